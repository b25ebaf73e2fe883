"""Papers as a room of four camps might fill them in: drawn at random, the same on every run.

Somebody likes a recommendation as much as their camp does, give or take their own
mind, so that papers agree in part, as real ones do, and hardly two are the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from seminar.model import BallotRules, Choice, Quorum, Reasons, Secrecy, Threshold

PAPERS: Final = 10_000
OPTIONS: Final = 50
SEATS: Final = 10
POINTS: Final = 100
CAMPS: Final = 4

CHOICES: Final = (Choice.AGAINST.value, Choice.ABSTAIN.value, Choice.FOR.value)

Paper: TypeAlias = dict[int, tuple[int, ...]]
"""By position, from 1, the numbers given; on a `support` ballot the place of the vote in `CHOICES`."""

_Liked: TypeAlias = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of paper, and the method it is tallied by."""

    method: str
    title: str
    fill: Callable[[random.Random, _Liked], Paper]

    @property
    def rules(self) -> BallotRules:
        """The rules its papers keep to; receipts, no quorum."""
        return BallotRules(
            method=self.method,
            threshold=Threshold(Fraction(1, 2), strict=True),
            quorum=Quorum(),
            secrecy=Secrecy.SECRET,
            reasons=Reasons.NONE,
            receipts=True,
            points=POINTS if self.method == "points" else None,
            seats=SEATS if self.method == "shortlist" else None,
            importance=self.method == "rating",
        )


def draw(case: Case, papers: int = PAPERS, options: int = OPTIONS) -> list[Paper]:
    """That many papers, of which fewer are the first; person number n is of the camp n modulo `CAMPS`."""
    dice = random.Random(f"{case.title}, of {options}")
    camps = [{place: dice.gauss(0, 1) for place in range(1, options + 1)} for _ in range(CAMPS)]
    return [
        case.fill(dice, {place: liked + dice.gauss(0, 0.7) for place, liked in camps[n % CAMPS].items()})
        for n in range(papers)
    ]


def _support(dice: random.Random, liked: _Liked) -> Paper:
    """Nearly everything is answered, two in three for."""
    return {
        place: (1 if dice.random() < 0.08 else 2 if much > -0.5 else 0,)
        for place, much in liked.items()
        if dice.random() < 0.95
    }


def _rating(dice: random.Random, liked: _Liked) -> Paper:
    """Agreement and importance, which go together in part."""
    return {
        place: (_of_nine(5.5 + 2 * much), _of_nine(5.5 + much + 2 * dice.gauss(0, 1)))
        for place, much in liked.items()
    }


def _of_nine(value: float) -> int:
    return max(1, min(9, round(value)))


def _best(liked: _Liked, number: int) -> list[int]:
    return sorted(liked, key=lambda place: -liked[place])[:number]


def _ranked_loosely(dice: random.Random, liked: _Liked) -> Paper:
    """Three to twenty are ranked, a third of them beside the one before."""
    rank = 0
    answers: Paper = {}
    for place in _best(liked, dice.choice((3, 3, 5, 5, 8, 10, 12, 20))):
        rank += rank == 0 or dice.random() < 2 / 3
        answers[place] = (rank,)
    return answers


def _ranked_in_part(dice: random.Random, liked: _Liked) -> Paper:
    """Three to twenty are ranked, none beside another."""
    best = _best(liked, dice.choice((3, 3, 5, 5, 8, 10, 12, 20)))
    return {place: (rank,) for rank, place in enumerate(best, 1)}


def _ranked_in_full(dice: random.Random, liked: _Liked) -> Paper:
    """Every recommendation has a rank of its own."""
    return {place: (rank,) for rank, place in enumerate(_best(liked, len(liked)), 1)}


def _points(dice: random.Random, liked: _Liked) -> Paper:
    """All points are spread over two to twelve, the more the better liked."""
    left = POINTS
    answers: Paper = {}
    for place in _best(liked, dice.randint(2, 12)):
        answers[place] = (max(1, min(left, round(left * dice.uniform(0.2, 0.6)))),)
        left -= answers[place][0]
        if left == 0:
            break
    return answers


def _shortlist(dice: random.Random, liked: _Liked) -> Paper:
    """One to fifteen are approved."""
    return dict.fromkeys(_best(liked, dice.randint(1, 15)), (1,))


SUPPORT: Final = Case("support", "support", _support)
RATING: Final = Case("rating", "rating, agreement and importance", _rating)
RANKED_LOOSELY: Final = Case("ranked", "ranked, 3 to 20 with equals", _ranked_loosely)
RANKED_IN_PART: Final = Case("ranked", "ranked, 3 to 20 without equals", _ranked_in_part)
RANKED_IN_FULL: Final = Case("ranked", "ranked, all 50 without equals", _ranked_in_full)
SPREAD: Final = Case("points", f"points, {POINTS} to spread", _points)
SHORTLIST: Final = Case("shortlist", f"shortlist of {SEATS}", _shortlist)
CASES: Final = (SUPPORT, RATING, RANKED_LOOSELY, RANKED_IN_PART, RANKED_IN_FULL, SPREAD, SHORTLIST)
