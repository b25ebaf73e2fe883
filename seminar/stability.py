"""How steady ratings stay from one round of a series to the next.

Only the same voters' ratings are compared, and only in exact fractions, so that
a recount elsewhere gives the same digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from seminar.appropriateness import HIGHEST, LOWEST
from seminar.methods.base import Stability
from seminar.paper import Answers

SMALLEST_PAIRED = 3
"""Voters who rated an item in both rounds, for its stability to be shown.

Of one voter, "unchanged: all" says what the person did; of two, each could take the own
rating out and read the other's. The same number as in `seminar.pooling`.
"""

_SCALE = range(LOWEST, HIGHEST + 1)
_THIRD = 3


def stability(before: Sequence[int], after: Sequence[int]) -> Stability:
    """How far the second ratings are the first ones; the n-th of each are the same voter's.

    Ratings are whole numbers from 1 to 9. `unchanged` is the share of voters whose rating stayed
    in its third of the scale (1–3, 4–6, 7–9), `kappa` that of `weighted_kappa`.

    Raises:
        ValueError: no ratings, not as many in one as in the other, or one that is not on the scale.
    """
    kappa = weighted_kappa(before, after)
    same = sum(_third(one) == _third(other) for one, other in zip(before, after, strict=True))
    return Stability(
        voters=len(before),
        unchanged=float(Fraction(same, len(before))),
        kappa=None if kappa is None else float(kappa),
    )


def weighted_kappa(before: Sequence[int], after: Sequence[int]) -> Fraction | None:
    """Cohen's kappa of paired ratings from 1 to 9, a disagreement weighing as much as it is wide.

    1 − observed/expected disagreement, both with weights |i − j|: J. Cohen, "Weighted kappa",
    Psychological Bulletin 70 (1968), with linear weights. 1 where nothing changed, 0 where no
    more agrees than chance would bring about; may be negative. None where chance could bring
    about no disagreement, since everybody gave one and the same rating in both rounds.

    Raises:
        ValueError: as `stability`.
    """
    if len(before) != len(after) or not before:
        raise ValueError("ratings come in pairs, and there is at least one pair")
    if not all(rating in _SCALE for rating in (*before, *after)):
        raise ValueError("a rating is a whole number from 1 to 9")
    observed = sum(abs(one - other) for one, other in zip(before, after, strict=True))
    first, second = Counter(before), Counter(after)
    expected = sum(
        first[one] * second[other] * abs(one - other) for one in first for other in second
    )  # times the number of pairs, and so in whole numbers
    return 1 - Fraction(observed * len(before), expected) if expected else None


def between(
    previous: Mapping[str, Answers],
    present: Mapping[str, Answers],
    positions: Collection[int],
    smallest: int = SMALLEST_PAIRED,
) -> dict[int, Stability]:
    """The stability of agreement on each item, by position, from one round's papers to the next's.

    Papers are by what stands for their voter in both rounds. An item is in the result only where
    at least `smallest` voters gave an agreement in both rounds: a smaller number could point at
    people (see `SMALLEST_PAIRED`).
    """
    paired: dict[int, list[tuple[int, int]]] = {position: [] for position in sorted(positions)}
    for voter in previous.keys() & present.keys():
        for position, pairs in paired.items():
            before, after = _agreement(previous[voter], position), _agreement(present[voter], position)
            if before and after:
                pairs.append((before, after))
    return {
        position: stability([before for before, _ in pairs], [after for _, after in pairs])
        for position, pairs in paired.items()
        if len(pairs) >= max(smallest, 1)
    }


def _agreement(answers: Answers, position: int) -> int:
    """The agreement given on an item; 0 where the item was left open or the voter stood aside."""
    numbers = answers.get(position)
    return numbers[0] if numbers else 0


def _third(rating: int) -> int:
    return (rating - LOWEST) // _THIRD
