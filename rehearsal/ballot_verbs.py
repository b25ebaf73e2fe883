"""What facilitators do with ballots in a rehearsal, one class a verb.

Whatever can be typed on the screen may stand in a script, however wrong: the bot
answers it there, not the reader of scripts here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import ConfigDict, Field, StrictInt

from rehearsal.step import Alias, Code, Reference, References, Step, typed
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player


class OpenBallot(Step):
    """`name` is the script's own word for the ballot; the bot's preview is confirmed."""

    does: ClassVar[str] = "open_ballot"
    name: Alias
    method: str = "support"
    theme: Code | None = None
    references: References | None = None
    closes_in: str | None = None
    quorum: str | StrictInt | None = None
    threshold: str | None = None
    secrecy: Literal["secret", "open"] | None = None
    results: Literal["hidden", "live"] | None = None
    reasons: Literal["none", "against", "all"] | None = None
    points: StrictInt | None = None
    most: StrictInt | None = None
    seats: StrictInt | None = None
    purpose: Literal["decisive", "indicative"] | None = None
    importance: bool | None = None
    rounds: StrictInt | None = None

    def tells(self) -> Text:
        about = typed(self.references) or self.theme
        if about is None:
            return t("opens the ballot “{ballot}” ({method})", ballot=self.name, method=self.method)
        return t(
            "opens the ballot “{ballot}” ({method}) on {about}",
            ballot=self.name,
            method=self.method,
            about=about,
        )

    async def play(self, player: Player) -> None:
        references = typed(self.references)
        player.stand_at(theme=self.theme, reference=first_of(references))
        shown = await player.command(
            "ballot open",
            method=self.method,
            theme=self.theme,
            references=references,
            closes_in=self.closes_in,
            quorum=None if self.quorum is None else str(self.quorum),
            threshold=self.threshold,
            secrecy=self.secrecy,
            results=self.results,
            reasons=self.reasons,
            points=self.points,
            most=self.most,
            seats=self.seats,
            purpose=self.purpose,
            importance=self.importance,
            rounds=self.rounds,
        )
        await player.ballots.confirm(shown, self.name)


def first_of(references: str | None) -> str | None:
    """The first of several, which says where they belong."""
    return references.split(",")[0].strip() if references else None


class CloseBallot(Step):
    """A facilitator closes a ballot early; the turnout shown before is confirmed."""

    does: ClassVar[str] = "close_ballot"
    ballot: Alias

    def tells(self) -> Text:
        return t("closes the ballot “{ballot}”", ballot=self.ballot)

    async def play(self, player: Player) -> None:
        shown = await player.command("ballot close", ballot=player.ballots.label(self.ballot))
        await player.confirm(shown, "ballot-close")
        await player.linger()


class ExtendBallot(Step):
    does: ClassVar[str] = "extend_ballot"
    ballot: Alias
    by: str

    def tells(self) -> Text:
        return t("extends the ballot “{ballot}” by {by}", ballot=self.ballot, by=self.by)

    async def play(self, player: Player) -> None:
        await player.command("ballot extend", ballot=player.ballots.label(self.ballot), by=self.by)


class CancelBallot(Step):
    does: ClassVar[str] = "cancel_ballot"
    ballot: Alias
    reason: str

    def tells(self) -> Text:
        return t("cancels the ballot “{ballot}”: {reason}", ballot=self.ballot, reason=self.reason)

    async def play(self, player: Player) -> None:
        label = player.ballots.label(self.ballot)
        shown = await player.command("ballot cancel", ballot=label, reason=self.reason)
        await player.confirm(shown, "ballot-cancel")
        await player.linger()


class Remind(Step):
    does: ClassVar[str] = "remind"
    ballot: Alias

    def tells(self) -> Text:
        return t("reminds those who have not voted in “{ballot}”", ballot=self.ballot)

    async def play(self, player: Player) -> None:
        await player.command("ballot remind", ballot=player.ballots.label(self.ballot))


class Hands(Step):
    """A show of hands in the room; `asked` says who was asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    does: ClassVar[str] = "hands"
    ballot: Alias
    reference: Reference
    for_: StrictInt = Field(0, alias="for")
    against: StrictInt = 0
    abstain: StrictInt = 0
    constituency: str | None = None
    asked: str | None = None

    def tells(self) -> Text:
        counted = t(
            "{for_} for, {against} against, {abstain} abstaining",
            for_=self.for_,
            against=self.against,
            abstain=self.abstain,
        )
        if self.constituency is None:
            return t("counts hands on {reference}: {counted}", reference=self.reference, counted=counted)
        return t(
            "counts hands of {group} on {reference}: {counted}",
            reference=self.reference,
            group=self.constituency,
            counted=counted,
        )

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        await player.command(
            "ballot hands",
            ballot=player.ballots.label(self.ballot),
            reference=self.reference,
            constituency=self.constituency,
            asked=self.asked,
            **{"for": self.for_, "against": self.against, "abstain": self.abstain},
        )


class RemoveItem(Step):
    """Takes one item out of an open ballot; what was said on it is destroyed uncounted."""

    does: ClassVar[str] = "remove_item"
    ballot: Alias
    reference: Reference
    reason: str

    def tells(self) -> Text:
        return t(
            "takes {reference} out of the ballot “{ballot}”: {reason}",
            reference=self.reference,
            ballot=self.ballot,
            reason=self.reason,
        )

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        shown = await player.command(
            "ballot remove",
            ballot=player.ballots.label(self.ballot),
            reference=self.reference,
            reason=self.reason,
        )
        await player.confirm(shown, "ballot-remove")


class VoteAgain(Step):
    """Opens a ballot, `name`, on an item that was taken out of another, from under the post that said so."""

    does: ClassVar[str] = "vote_again"
    ballot: Alias
    reference: Reference
    name: Alias

    def tells(self) -> Text:
        return t(
            "puts {reference}, taken out of “{ballot}”, to the vote again, in the ballot “{name}”",
            reference=self.reference,
            ballot=self.ballot,
            name=self.name,
        )

    async def play(self, player: Player) -> None:
        shown = await player.ballots.press(self.ballot, "ballot-again", self.reference)
        await player.ballots.confirm(shown, self.name)


class NextRound(Step):
    """Opens the round that follows a closed one, from under its outcome, as the ballot `name`."""

    does: ClassVar[str] = "next_round"
    ballot: Alias
    name: Alias

    def tells(self) -> Text:
        return t("opens “{name}”, the round after “{ballot}”", name=self.name, ballot=self.ballot)

    async def play(self, player: Player) -> None:
        shown = await player.ballots.press(self.ballot, "ballot-round")
        await player.ballots.confirm(shown, self.name)


class EndSeries(Step):
    """Lets no further round follow: the votes kept for it are destroyed."""

    does: ClassVar[str] = "end_series"
    ballot: Alias

    def tells(self) -> Text:
        return t("ends the series of “{ballot}”; no further round follows", ballot=self.ballot)

    async def play(self, player: Player) -> None:
        await player.ballots.press(self.ballot, "ballot-end-series")
        await player.linger()
