"""Drafting in a rehearsal, one class a verb: amendments, merging, splitting, arguments, moderation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from rehearsal.ballot_verbs import first_of
from rehearsal.shown import Refusal, Shown
from rehearsal.step import Code, Reference, References, Step, typed
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player

_ACCEPT_AS = "amendment-accept-as:"  # how the custom ids of the ways to change what is adopted begin


class Amend(Step):
    """By the form, which offers the text as it stands: what is not given stays."""

    does: ClassVar[str] = "amend"
    reference: Reference
    text: str | None = None
    title: str | None = None
    rationale: str | None = None
    addressees: str | None = None
    reason: str | None = None

    def tells(self) -> Text:
        if self.reason:
            return t("asks to amend {reference}: “{reason}”", reference=self.reference, reason=self.reason)
        return t("asks to amend {reference}", reference=self.reference)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        shown = await player.command("amend", reference=self.reference)
        await player.fill(
            shown,
            title=self.title,
            text=self.text,
            rationale=self.rationale,
            addressees=self.addressees,
            reason=self.reason,
        )


class _OnAmendment(Step):
    """Without a number the amendment that has been open longest."""

    reference: Reference
    amendment: StrictInt | None = None

    def _named(self) -> Text:
        if self.amendment is None:
            return t("the amendment to {reference}", reference=self.reference)
        return t("amendment {number} to {reference}", number=self.amendment, reference=self.reference)

    async def _press(self, player: Player, button: str) -> Shown | None:
        """Press it on the amendment's message; None where that is not there."""
        begun = f"{button}:{self.reference}:"
        offered = re.compile(rf"{re.escape(begun)}(\d+)")
        found = {
            int(match[1]): shown
            for shown in player.posted()
            for _, control in shown.controls()
            if (match := offered.fullmatch(control.custom_id)) and not control.disabled
        }
        number = min(found, default=0) if self.amendment is None else self.amendment
        if number not in found:
            return None
        shown = await player.press(found[number], f"{begun}{number}")
        return shown if shown.form is None else await player.fill(shown, **self._answers())

    def _answers(self) -> dict[str, str]:
        return {}


class SecondAmendment(_OnAmendment):
    does: ClassVar[str] = "second_amendment"

    def tells(self) -> Text:
        return t("seconds {amendment}", amendment=self._named())

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        if not await self._press(player, "amendment-second"):
            raise Refusal(t("there is no amendment to second on {reference}.", reference=self.reference))


class AcceptAmendment(_OnAmendment):
    """`change` says whether it is one in substance or of wording alone; in substance where that is asked
    and the script does not say.
    """

    does: ClassVar[str] = "accept_amendment"
    change: Literal["substantive", "editorial"] | None = None

    def tells(self) -> Text:
        if self.change == "editorial":
            return t("accepts {amendment} as a change of wording", amendment=self._named())
        return t("accepts {amendment}", amendment=self._named())

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        shown = await self._press(player, "amendment-accept") if self.change is None else None
        if shown is None:
            shown = await player.command(
                "amendment accept", reference=self.reference, amendment=self.amendment, change=self.change
            )
        if shown.offers(_ACCEPT_AS):
            await player.press(shown, shown.ending(_ACCEPT_AS, "substantive"))


class RejectAmendment(_OnAmendment):
    does: ClassVar[str] = "reject_amendment"
    reason: str = ""

    def tells(self) -> Text:
        if self.reason:
            return t("rejects {amendment}: “{reason}”", amendment=self._named(), reason=self.reason)
        return t("rejects {amendment}", amendment=self._named())

    def _answers(self) -> dict[str, str]:
        return {"reason": self.reason}

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        if not await self._press(player, "amendment-reject"):
            await player.command(
                "amendment reject",
                reference=self.reference,
                amendment=self.amendment,
                reason=self.reason or None,
            )


class WithdrawAmendment(_OnAmendment):
    does: ClassVar[str] = "withdraw_amendment"

    def tells(self) -> Text:
        return t("withdraws {amendment}", amendment=self._named())

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        await player.command("amendment withdraw", reference=self.reference, amendment=self.amendment)


class ReworkAmendment(_OnAmendment):
    """Takes up an amendment on the text as it stands now; what is not given stays as asked before."""

    does: ClassVar[str] = "rework_amendment"
    text: str | None = None
    title: str | None = None
    rationale: str | None = None
    reason: str | None = None

    def tells(self) -> Text:
        return t("reworks {amendment}", amendment=self._named())

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        shown = await player.command("amendment rework", reference=self.reference, amendment=self.amendment)
        await player.fill(
            shown, title=self.title, text=self.text, rationale=self.rationale, reason=self.reason
        )


class Merge(Step):
    """By the form, which offers a text to begin with: what is not given stays as it is offered."""

    does: ClassVar[str] = "merge"
    reference: References
    into: Reference
    text: str | None = None
    title: str | None = None
    rationale: str | None = None
    addressees: str | None = None
    reason: str | None = None

    def tells(self) -> Text:
        return t("merges {references} into {into}", references=typed(self.reference) or "", into=self.into)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.into)
        shown = await player.command("moderate merge", reference=typed(self.reference), into=self.into)
        await player.fill(
            shown,
            title=self.title,
            text=self.text,
            rationale=self.rationale,
            addressees=self.addressees,
            reason=self.reason,
        )


class Part(BaseModel):
    """One of the two that a recommendation is split into; without a text that of the whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    text: str | None = None


class Split(Step):
    does: ClassVar[str] = "split"
    reference: Reference
    parts: Annotated[tuple[Part, ...], Field(min_length=2, max_length=2)]
    reason: str | None = None

    def tells(self) -> Text:
        titles = tuple(t("“{title}”", title=part.title) for part in self.parts)
        return t("splits {reference} into {titles}", reference=self.reference, titles=titles)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        shown = await player.command("moderate split", reference=self.reference)
        first, second = self.parts
        await player.fill(
            shown,
            first_title=first.title,
            first_text=first.text,
            second_title=second.title,
            second_text=second.text,
            reason=self.reason,
        )


class Undo(Step):
    """Takes back the last merge or split that the recommendation took part in."""

    does: ClassVar[str] = "undo"
    reference: Reference

    def tells(self) -> Text:
        return t("undoes what was done to {reference}", reference=self.reference)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        await player.command("moderate undo", reference=self.reference)


class Argue(Step):
    does: ClassVar[str] = "argue"
    reference: Reference
    stance: Literal["for", "against", "question", "evidence", "reservation"]
    text: str

    def tells(self) -> Text:
        match self.stance:
            case "for":
                return t("argues for {reference}: “{text}”", reference=self.reference, text=self.text)
            case "against":
                return t("argues against {reference}: “{text}”", reference=self.reference, text=self.text)
            case "question":
                return t("asks about {reference}: “{text}”", reference=self.reference, text=self.text)
            case "evidence":
                return t("shows for {reference}: “{text}”", reference=self.reference, text=self.text)
            case _:
                return t(
                    "raises a reservation on {reference}: “{text}”", reference=self.reference, text=self.text
                )

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        await player.command("argue", reference=self.reference, stance=self.stance, text=self.text)


class AddToTheRecord(Step):
    """Puts what somebody said last in the discussion of a recommendation on its record."""

    does: ClassVar[str] = "add_to_record"
    reference: Reference
    said_by: str
    stance: Literal["for", "against", "question", "evidence", "reservation"]
    text: str | None = None

    def tells(self) -> Text:
        return t(
            "puts on the record of {reference} what {name} said there",
            reference=self.reference,
            name=self.said_by,
        )

    async def play(self, player: Player) -> None:
        shown = await player.on_message("Add to the record", self.reference, self.said_by)
        await player.fill(shown, stance=self.stance, text=self.text)


class WithdrawArgument(Step):
    does: ClassVar[str] = "withdraw_argument"
    reference: Reference
    number: StrictInt

    def tells(self) -> Text:
        return t("withdraws argument {number} on {reference}", number=self.number, reference=self.reference)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        await player.command("argument withdraw", reference=self.reference, number=self.number)


class SetAsideArgument(Step):
    does: ClassVar[str] = "set_aside_argument"
    reference: Reference
    number: StrictInt
    reason: str

    def tells(self) -> Text:
        return t(
            "sets argument {number} on {reference} aside: “{reason}”",
            number=self.number,
            reference=self.reference,
            reason=self.reason,
        )

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        await player.command(
            "argument set-aside", reference=self.reference, number=self.number, reason=self.reason
        )


class Admit(Step):
    does: ClassVar[str] = "admit"
    reference: Reference

    def tells(self) -> Text:
        return t("admits {reference}", reference=self.reference)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        await player.command("moderate admit", reference=self.reference)


class _WithReason(Step):
    reference: Reference
    reason: str
    command: ClassVar[str]

    async def play(self, player: Player) -> None:
        player.stand_at(reference=first_of(self.reference))
        await player.command(self.command, reference=self.reference, reason=self.reason)


class Return(_WithReason):
    does: ClassVar[str] = "return"
    command: ClassVar[str] = "moderate return"

    def tells(self) -> Text:
        return t("returns {reference}: “{reason}”", reference=self.reference, reason=self.reason)


class Reject(_WithReason):
    does: ClassVar[str] = "reject"
    command: ClassVar[str] = "moderate reject"

    def tells(self) -> Text:
        return t("rejects {reference}: “{reason}”", reference=self.reference, reason=self.reason)


class Reopen(_WithReason):
    does: ClassVar[str] = "reopen"
    command: ClassVar[str] = "moderate reopen"

    def tells(self) -> Text:
        return t("reopens {reference}: “{reason}”", reference=self.reference, reason=self.reason)


class Retheme(Step):
    does: ClassVar[str] = "retheme"
    reference: Reference
    theme: Code

    def tells(self) -> Text:
        return t("moves {reference} to the theme {theme}", reference=self.reference, theme=self.theme)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=self.reference)
        await player.command("moderate retheme", reference=self.reference, theme=self.theme)
