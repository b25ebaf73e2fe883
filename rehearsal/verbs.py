"""What people do in a rehearsal, one class a verb.

To add a verb, write a class here (or in a module imported by `rehearsal.script`)
with its `does`, its keys as fields, `tells` and `play`. Nothing else changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from rehearsal.step import Step
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,8}$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,8}-\d{2,}$")]
Alias = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Choice = Literal["for", "against", "abstain"]


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


class OpenBallot(Step):
    """`name` is the script's own word for the ballot; the bot's preview is confirmed."""

    does: ClassVar[str] = "open_ballot"
    name: Alias
    method: str = "support"
    theme: Code | None = None
    references: str | tuple[Reference, ...] | None = None
    closes_in: str | None = None
    quorum: str | None = None
    threshold: str | None = None
    secrecy: Literal["secret", "open"] | None = None
    reasons: Literal["none", "against", "all"] | None = None

    def tells(self) -> Text:
        about = self._references() or self.theme
        return t("opens a ballot on {about}", about=about) if about else t("opens a ballot")

    def _references(self) -> str | None:
        return ", ".join(self.references) if isinstance(self.references, tuple) else self.references

    async def play(self, player: Player) -> None:
        references = self._references()
        player.stand_at(theme=self.theme, reference=references.split(",")[0].strip() if references else None)
        shown = await player.command(
            "ballot open",
            method=self.method,
            theme=self.theme,
            references=references,
            closes_in=self.closes_in,
            quorum=self.quorum,
            threshold=self.threshold,
            secrecy=self.secrecy,
            reasons=self.reasons,
        )
        await player.confirm(shown, "ballot-open")
        player.remember_ballot(self.name)


class Vote(Step):
    """One vote on a card (`reference`, `choice`), or several on the ballot's sheet (`votes`)."""

    does: ClassVar[str] = "vote"
    discreet: ClassVar[bool] = True
    ballot: Alias
    reference: Reference | None = None
    choice: Choice | None = None
    votes: dict[Reference, Choice] = Field(default_factory=dict)
    reason: Annotated[str, StringConstraints(max_length=1000)] = ""
    """Given where the ballot asks for one."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        single = self.reference is not None and self.choice is not None
        if single == bool(self.votes) or (self.votes and (self.reference or self.choice)):
            raise ValueError("give either reference and choice, or votes = {…}.")
        return self

    def tells(self) -> Text:
        if self.reference is not None:
            return t("votes on {reference}", reference=self.reference)
        return t("votes on {references}", references=tuple(self.votes))

    async def play(self, player: Player) -> None:
        if self.reference is not None and self.choice is not None:
            await player.vote_on_card(self.ballot, self.reference, self.choice, self.reason)
        else:
            await player.vote_on_sheet(self.ballot, self.votes, self.reason)


class CloseBallot(Step):
    """A facilitator closes a ballot early; the turnout shown before is confirmed."""

    does: ClassVar[str] = "close_ballot"
    ballot: Alias

    def tells(self) -> Text:
        return t("closes the ballot “{ballot}”", ballot=self.ballot)

    async def play(self, player: Player) -> None:
        shown = await player.command("ballot close", ballot=player.label(self.ballot))
        await player.confirm(shown, "ballot-close")
        await player.linger()


class ExtendBallot(Step):
    does: ClassVar[str] = "extend_ballot"
    ballot: Alias
    by: str

    def tells(self) -> Text:
        return t("extends the ballot “{ballot}” by {by}", ballot=self.ballot, by=self.by)

    async def play(self, player: Player) -> None:
        await player.command("ballot extend", ballot=player.label(self.ballot), by=self.by)


class CancelBallot(Step):
    does: ClassVar[str] = "cancel_ballot"
    ballot: Alias
    reason: str

    def tells(self) -> Text:
        return t("cancels the ballot “{ballot}”: {reason}", ballot=self.ballot, reason=self.reason)

    async def play(self, player: Player) -> None:
        shown = await player.command("ballot cancel", ballot=player.label(self.ballot), reason=self.reason)
        await player.confirm(shown, "ballot-cancel")
        await player.linger()


class Remind(Step):
    does: ClassVar[str] = "remind"
    ballot: Alias

    def tells(self) -> Text:
        return t("reminds those who have not voted in “{ballot}”", ballot=self.ballot)

    async def play(self, player: Player) -> None:
        await player.command("ballot remind", ballot=player.label(self.ballot))


class Export(Step):
    """An organiser asks for a file; it lands in the rehearsal's folder."""

    does: ClassVar[str] = "export"
    format: str
    event: Code | None = None
    theme: Code | None = None

    def tells(self) -> Text:
        return t("exports the ranking as {format}", format=self.format)

    async def play(self, player: Player) -> None:
        shown = await player.command("export", format=self.format, event=self.event, theme=self.theme)
        player.keep_files(shown)


class Wait(Step):
    """Time passes; nobody acts. Deadlines that fall into it happen."""

    does: ClassVar[str] = "wait"
    who: str = ""
    days: Annotated[float, Field(ge=0, le=400)] = 0
    hours: Annotated[float, Field(ge=0, le=10_000)] = 0
    minutes: Annotated[float, Field(ge=0, le=100_000)] = 0
    seconds: Annotated[float, Field(ge=0, le=10_000_000)] = 0

    def tells(self) -> Text:
        return t("Time passes: {time}.", time=_spoken(self._amount()))

    def _amount(self) -> float:
        return ((self.days * 24 + self.hours) * 60 + self.minutes) * 60 + self.seconds

    async def play(self, player: Player) -> None:
        await player.wait(self._amount())


def _spoken(seconds: float) -> str:
    """A duration as a person writes it: `1 d 2 h`."""
    rest = round(seconds)
    parts = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{amount} {unit}")
    return " ".join(parts) or "0 s"
