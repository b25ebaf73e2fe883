"""The road to the conference and through it, in a rehearsal, one class a verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import StrictInt

from rehearsal.step import Code, Reference, Step
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player


class Forward(Step):
    """`event` is where the recommendations were adopted; `top` takes the first of each theme alone."""

    does: ClassVar[str] = "forward"
    event: Code
    top: StrictInt | None = None
    to: Code | None = None

    def tells(self) -> Text:
        if self.top is None:
            return t("forwards what {event} adopted", event=self.event)
        return t("forwards the first {top} of each theme of {event}", top=self.top, event=self.event)

    async def play(self, player: Player) -> None:
        await player.command("conference forward", event=self.event, top=self.top, to=self.to)


class Schedule(Step):
    """Puts an event into the server's own calendar."""

    does: ClassVar[str] = "schedule_event"
    event: Code

    def tells(self) -> Text:
        return t("puts the event {event} into the calendar", event=self.event)

    async def play(self, player: Player) -> None:
        await player.command("event schedule", code=self.event)


class Agenda(Step):
    """Shows the agenda to everybody; with a `reference`, moves that one or gives it a time."""

    does: ClassVar[str] = "agenda"
    event: Code | None = None
    reference: Reference | None = None
    move: Literal["up", "down"] | None = None
    starts: str | None = None
    ends: str | None = None

    def tells(self) -> Text:
        if self.reference is None:
            return t("shows the agenda")
        if self.move == "up":
            return t("moves {reference} up on the agenda", reference=self.reference)
        if self.move == "down":
            return t("moves {reference} down on the agenda", reference=self.reference)
        return t("gives {reference} its time on the agenda", reference=self.reference)

    async def play(self, player: Player) -> None:
        shown = await player.command("conference agenda", event=self.event)
        if self.reference is None:
            return
        shown = await player.choose(shown, "agenda-item", self.reference)
        if self.move is not None:
            shown = await player.press(shown, f"agenda-{self.move}")
        if self.starts is not None or self.ends is not None:
            shown = await player.press(shown, "agenda-time")
            await player.fill(shown, starts=self.starts, ends=self.ends)


class Present(Step):
    does: ClassVar[str] = "present"
    reference: Reference

    def tells(self) -> Text:
        return t("presents {reference}", reference=self.reference)

    async def play(self, player: Player) -> None:
        await player.command("conference present", reference=self.reference)
        player.moved(self.reference)


class Finalise(Step):
    """Looks at what would become final, and confirms it."""

    does: ClassVar[str] = "finalise"
    reference: Reference
    outcome: Literal["finalised", "not finalised"] | None = None
    reason: str | None = None

    def tells(self) -> Text:
        if self.outcome == "not finalised":
            return t("leaves {reference} without a final text", reference=self.reference)
        return t("finalises {reference}", reference=self.reference)

    async def play(self, player: Player) -> None:
        shown = await player.command(
            "conference finalise", reference=self.reference, outcome=self.outcome, reason=self.reason
        )
        await player.press(shown, "conference-finalise:")


class TakeUp(Step):
    """Decides anew on what the conference had decided."""

    does: ClassVar[str] = "take_up"
    reference: Reference
    reason: str

    def tells(self) -> Text:
        return t("takes {reference} up again: “{reason}”", reference=self.reference, reason=self.reason)

    async def play(self, player: Player) -> None:
        await player.command("conference reopen", reference=self.reference, reason=self.reason)
