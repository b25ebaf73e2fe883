"""Votes in a rehearsal: one verb, in the form of each method.

How a form is written is checked when the script is read. What is said in it is
not: a rating of 10 or points beyond the budget are tried out on the screen, and
refused there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, StrictFloat, StrictInt, StrictStr, StringConstraints, model_validator

from rehearsal.step import Alias, Reference, Step
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player
    from rehearsal.sheet import Sheet

Choice = Literal["for", "against", "abstain"]
Amount = StrictInt | StrictFloat | StrictStr
"""What is tapped or typed as a number, right or wrong."""

_FORMS = ("votes", "ratings", "ranking", "points", "approve")
_WANTED = (
    "give one of: reference and choice, votes = {…}, ratings = {…}, ranking = [[…], […]], points = {…}, "
    "approve = […], or aside = […] alone."
)


class Vote(Step):
    """One vote on a card (`reference`, `choice`), several on the ballot's sheet (`votes`), or a paper.

    Whatever is said of a paper is all that is on it when it is submitted: what the voter had filled
    in before is cleared first. `aside` are the items the voter stands aside on.
    """

    does: ClassVar[str] = "vote"
    discreet: ClassVar[bool] = True
    ballot: Alias
    reference: Reference | None = None
    choice: Choice | None = None
    votes: dict[Reference, Choice] = Field(default_factory=dict)
    ratings: dict[Reference, Amount] = Field(default_factory=dict)
    importance: dict[Reference, Amount] = Field(default_factory=dict)
    ranking: tuple[tuple[Reference, ...], ...] = ()
    points: dict[Reference, Amount] = Field(default_factory=dict)
    approve: tuple[Reference, ...] = ()
    aside: tuple[Reference, ...] = ()
    reason: Annotated[str, StringConstraints(max_length=1000)] = ""
    """Given where the ballot asks for one."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        forms = [form for form in _FORMS if form in self.model_fields_set]
        on_card = self.reference is not None or self.choice is not None
        if len(forms) + on_card > 1 or not (forms or on_card or self.aside):
            raise ValueError(_WANTED)
        if on_card and (self.reference is None or self.choice is None):
            raise ValueError("a vote on a card needs both reference and choice.")
        if forms == ["votes"] and not (self.votes or self.aside):
            raise ValueError("votes = {} says nothing; name a reference.")
        if self.importance and forms != ["ratings"]:
            raise ValueError("importance goes with ratings.")
        return self

    def tells(self) -> Text:
        if self.reference is not None:
            return t("votes on {reference}", reference=self.reference)
        if self.votes:
            return t("votes on {references}", references=tuple(self.votes))
        return t("hands in a paper in the ballot “{ballot}”", ballot=self.ballot)

    async def play(self, player: Player) -> None:
        if self.reference is not None and self.choice is not None:
            await player.ballots.vote_on_card(self.ballot, self.reference, self.choice, self.reason)
            if not self.aside:
                return
        sheet = await player.ballots.open_sheet(self.ballot)
        if self._on_paper(sheet):
            await sheet.empty()
            await sheet.rate(self.ratings, self.importance)
            await sheet.rank(self.ranking)
            await sheet.spread(self.points)
            await sheet.approve(self.approve)
            await sheet.stand_aside(self.aside)
            await sheet.submit(self.reason)
        else:
            await sheet.vote(self.votes, self.reason)
            await sheet.stand_aside(self.aside)

    def _on_paper(self, sheet: Sheet) -> bool:
        """Standing aside alone looks the same in either form; the sheet shows which one it is."""
        if self.reference is not None or "votes" in self.model_fields_set:
            return False
        return bool(self.model_fields_set.intersection(_FORMS)) or sheet.is_paper
