"""A voter's private sheet, filled in as on a phone: page by page, tap by tap, by what the screen offers.

Nothing here knows what a method allows. What the screen does not offer is a
refusal, and so is what the bot answers with one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehearsal.shown import Refusal, Shown
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player

_NOTHING = frozenset({"a0", "i0"})  # what a select calls no answer; no voter means a rating of 0 by it


@dataclass(slots=True)
class Sheet:
    """The sheet of one ballot, `shown` as it stands now."""

    player: Player
    ballot: str
    shown: Shown

    @property
    def is_paper(self) -> bool:
        """Whether it is submitted as a whole, and not saved with each tap."""
        return self.shown.offers(f"paper-submit:{self.ballot}:")

    async def vote(self, votes: Mapping[str, str], reason: str) -> None:
        """Tap for, against or abstain for each reference; give the reason where one is asked."""
        for reference, choice in votes.items():
            position = await self._find(reference)
            await self._press(f"sheet-vote:{self.ballot}:{position}:{choice}:")
            await self._give_reason(reason)

    async def empty(self) -> None:
        """Clear what was filled in before, if anything."""
        await self._press(f"sheet-aside:{self.ballot}:")
        clear = f"paper-empty:{self.ballot}:"
        if any(c.custom_id.startswith(clear) and not c.disabled for _, c in self.shown.controls()):
            await self._press(clear)
        await self._back()

    async def rate(self, agreement: Mapping[str, object], importance: Mapping[str, object]) -> None:
        """Choose agreement, and importance where it is given."""
        for kind, ratings in (("a", agreement), ("i", importance)):
            for reference, value in ratings.items():
                said = f"{kind}{value}"
                position = await self._find(reference)
                if said in _NOTHING or not self._offers(position, said):
                    raise Refusal(_no_rating(kind, reference, value))
                await self._tap(position, said)

    async def rank(self, ranking: Sequence[Sequence[str]]) -> None:
        """Place one after another, equals beside each other."""
        _once(reference for tier in ranking for reference in tier)
        for tier in ranking:
            for place, reference in enumerate(tier):
                await self._tap(await self._find(reference), "equal" if place else "next")

    async def spread(self, points: Mapping[str, object]) -> None:
        """Type how many points each gets."""
        for reference, number in points.items():
            position = await self._find(reference)
            await self._press(f"paper-number:{self.ballot}:{position}:")
            self.shown = await self.player.fill(self.shown, points=str(number))

    async def approve(self, references: Sequence[str]) -> None:
        """Say yes to each."""
        _once(references)
        for reference in references:
            await self._tap(await self._find(reference), "yes")

    async def stand_aside(self, references: Sequence[str]) -> None:
        """Leave these items to others, which the sheet offers on a screen of its own."""
        _once(references)
        for reference in references:
            position = await self._find(reference)
            await self._press(f"sheet-aside:{self.ballot}:")
            by_item = f"sheet-vote:{self.ballot}:{position}:recused:"
            if self.shown.offers(by_item):
                await self._press(by_item)
            else:
                await self._tap(position, "aside")
            await self._back()

    async def submit(self, reason: str) -> None:
        """Let the paper count; give the reason where one is asked."""
        await self._press(f"paper-submit:{self.ballot}:")
        await self._give_reason(reason)

    async def _give_reason(self, reason: str) -> None:
        """Fill in the form for a reason where the ballot asks one; it may stay empty."""
        if self.shown.form is not None:
            self.shown = await self.player.fill(self.shown, reason=reason)

    async def _back(self) -> None:
        """From the screen for standing aside to the sheet itself, which one votes on."""
        on_it = self.is_paper or any(":for:" in control.custom_id for _, control in self.shown.controls())
        if not on_it:
            await self._press(f"sheet-page:{self.ballot}:")

    async def _find(self, reference: str) -> str:
        """The item's position; the sheet is turned to the page it is on.

        Raises:
            Refusal: it is on no page.
        """
        seen: set[str] = set()
        while reference not in self.shown.places():
            turns = [
                c.custom_id
                for _, c in self.shown.controls()
                if c.custom_id.startswith(f"sheet-page:{self.ballot}:") and not c.disabled
            ]
            unseen = [turn for turn in turns if turn not in seen]
            if not unseen:
                raise Refusal(t("{reference} is not on this ballot's sheet.", reference=reference))
            seen.add(unseen[-1])
            await self._press(unseen[-1])
        return self.shown.places()[reference]

    def _offers(self, position: str, said: str) -> bool:
        return self._button(position, said) is not None or self._select(position, said) is not None

    def _button(self, position: str, said: str) -> str | None:
        beginning = f"paper:{self.ballot}:{position}:{said}:"
        found = (control.custom_id for _, control in self.shown.controls())
        return next((custom_id for custom_id in found if custom_id.startswith(beginning)), None)

    def _select(self, position: str, said: str) -> str | None:
        beginning = f"paper-pick:{self.ballot}:{position}:"
        for _, control in self.shown.controls():
            if control.custom_id.startswith(beginning) and said in control.options:
                return control.custom_id
        return None

    async def _tap(self, position: str, said: str) -> None:
        """Say one thing on an item, by its button or in its select."""
        select = self._select(position, said)
        if select is not None:
            self.shown = await self.player.choose(self.shown, select, said)
        else:
            await self._press(self._button(position, said) or f"paper:{self.ballot}:{position}:{said}:")

    async def _press(self, beginning: str) -> None:
        self.shown = await self.player.press(self.shown, beginning)


def _once(references: Iterable[str]) -> None:
    """On a screen everything stands in one place.

    Raises:
        Refusal: something is named twice.
    """
    seen: set[str] = set()
    for reference in references:
        if reference in seen:
            raise Refusal(
                t("{reference} stands on the paper once and cannot be named twice.", reference=reference)
            )
        seen.add(reference)


def _no_rating(kind: str, reference: str, value: object) -> Text:
    said: dict[str, str] = {"reference": reference, "value": str(value)}
    if kind == "a":
        return t("The sheet offers no rating “{value}” of {reference}.", **said)
    return t("The sheet offers no importance “{value}” of {reference}.", **said)
