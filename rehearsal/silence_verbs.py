"""Silence procedures in a rehearsal, one class a verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import StrictFloat, StrictInt, model_validator

from rehearsal.ballot_verbs import first_of
from rehearsal.step import Alias, Reference, References, Step, spoken, typed
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player


class StartSilence(Step):
    """On one reference, or on a package; `name` is only needed to extend, close or cancel it later."""

    does: ClassVar[str] = "start_silence"
    reference: Reference | None = None
    references: References | None = None
    hours: StrictInt | StrictFloat | None = None
    until: str | None = None
    name: Alias | None = None

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if (self.reference is None) == (self.references is None):
            raise ValueError("give either reference, or references for a package.")
        return self

    @property
    def _about(self) -> str:
        return self.reference or typed(self.references) or ""

    def tells(self) -> Text:
        if self.hours is not None:
            time = spoken(self.hours * 3600)
            return t("starts a silence procedure of {time} on {about}", time=time, about=self._about)
        if self.until is not None:
            return t(
                "starts a silence procedure on {about} until {until}", until=self.until, about=self._about
            )
        return t("starts a silence procedure on {about}", about=self._about)

    async def play(self, player: Player) -> None:
        player.stand_at(reference=first_of(self._about))
        shown = await player.command(
            "silence start", reference=self._about, hours=self.hours, until=self.until
        )
        await player.ballots.confirm(shown, self.name or self._about)


class BreakSilence(Step):
    does: ClassVar[str] = "break_silence"
    reference: Reference
    text: str

    def tells(self) -> Text:
        if not self.text:
            return t("breaks the silence on {reference} and gives no reason", reference=self.reference)
        return t("breaks the silence on {reference}: “{text}”", reference=self.reference, text=self.text)

    async def play(self, player: Player) -> None:
        await player.ballots.speak(self.reference, "silence-break", reason=self.text)
        await player.linger()


class ExplainPosition(Step):
    """Says something for the record without breaking the silence."""

    does: ClassVar[str] = "explain_position"
    reference: Reference
    text: str

    def tells(self) -> Text:
        return t("explains a position on {reference}: “{text}”", reference=self.reference, text=self.text)

    async def play(self, player: Player) -> None:
        await player.ballots.speak(self.reference, "silence-explain", text=self.text)
