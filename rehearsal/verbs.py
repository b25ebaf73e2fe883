"""What people do in a rehearsal, one class a verb; votes have modules of their own beside this one.

To add a verb, write a class here (or in a module imported by `rehearsal.script`)
with its `does`, its keys as fields, `tells` and `play`. Nothing else changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, StrictBool, StringConstraints

from rehearsal.step import Code, Reference, Step, spoken
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player


class OpenEvent(Step):
    """An organiser opens an event; the bot makes its channel."""

    does: ClassVar[str] = "open_event"
    event: Code

    def tells(self) -> Text:
        return t("opens the event {event}", event=self.event)

    async def play(self, player: Player) -> None:
        await player.command("event open", code=self.event)
        player.enter(self.event)


class CloseEvent(Step):
    does: ClassVar[str] = "close_event"
    event: Code

    def tells(self) -> Text:
        return t("closes the event {event}", event=self.event)

    async def play(self, player: Player) -> None:
        shown = await player.command("event close", code=self.event)
        await player.confirm(shown, "event-close")


class Recommend(Step):
    """Goes on past a suggestion that something like it exists, unless `duplicate` says to second that."""

    does: ClassVar[str] = "recommend"
    title: str
    text: str
    rationale: str = ""
    addressees: str = ""
    theme: Code | None = None
    duplicate: Literal["propose", "second"] = "propose"

    def tells(self) -> Text:
        if self.theme is None:
            return t("proposes “{title}”", title=self.title)
        return t("proposes “{title}” under {theme}", title=self.title, theme=self.theme)

    async def play(self, player: Player) -> None:
        player.stand_at(theme=self.theme)
        shown = await player.command("recommend", theme=self.theme)
        shown = await player.fill(
            shown,
            title=self.title,
            text=self.text,
            rationale=self.rationale,
            addressees=self.addressees,
            theme=self.theme,
        )
        other = "second-instead" if self.duplicate == "second" else "propose-anyway"
        if shown.offers("propose-anyway"):
            await player.press(shown, other)


class Second(Step):
    """By the card's button where there is one, else by command."""

    does: ClassVar[str] = "second"
    reference: Reference

    def tells(self) -> Text:
        return t("seconds {reference}", reference=self.reference)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        card = player.card(self.reference)
        if card is not None and card.has(f"second:{self.reference}"):
            await player.press(card, f"second:{self.reference}")
        else:
            await player.command("second", reference=self.reference)


class Withdraw(Step):
    does: ClassVar[str] = "withdraw"
    reference: Reference

    def tells(self) -> Text:
        return t("withdraws {reference}", reference=self.reference)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        shown = await player.command("withdraw", reference=self.reference)
        await player.confirm(shown, "withdraw")


class Say(Step):
    """A chat message: in the thread of a recommendation, or in an event's channel."""

    does: ClassVar[str] = "say"
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    reference: Reference | None = None
    event: Code | None = None

    def tells(self) -> Text:
        if self.reference is not None:
            return t("says on {reference}: “{text}”", reference=self.reference, text=self.text)
        return t("says: “{text}”", text=self.text)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference, event=self.event)
        await player.say(self.text, self.reference)


class Export(Step):
    """An organiser asks for a file; it lands in the rehearsal's folder."""

    does: ClassVar[str] = "export"
    format: str
    kind: str | None = None
    event: Code | None = None
    theme: Code | None = None
    entity: str | None = None
    language: str | None = None
    draft: StrictBool | None = None

    def tells(self) -> Text:
        if self.kind is None:
            return t("exports the ranking as {format}", format=self.format)
        return t("exports {kind} as {format}", kind=self.kind, format=self.format)

    async def play(self, player: Player) -> None:
        given = self.model_dump(exclude={"who", "expect"}, exclude_none=True)
        player.keep_files(await player.export(**given))


class Wait(Step):
    """Time passes; nobody acts. Deadlines that fall into it happen."""

    does: ClassVar[str] = "wait"
    who: str = ""
    days: Annotated[float, Field(ge=0, le=400)] = 0
    hours: Annotated[float, Field(ge=0, le=10_000)] = 0
    minutes: Annotated[float, Field(ge=0, le=100_000)] = 0
    seconds: Annotated[float, Field(ge=0, le=10_000_000)] = 0

    def tells(self) -> Text:
        return t("Time passes: {time}.", time=spoken(self._amount()))

    def _amount(self) -> float:
        return ((self.days * 24 + self.hours) * 60 + self.minutes) * 60 + self.seconds

    async def play(self, player: Player) -> None:
        await player.wait(self._amount())
