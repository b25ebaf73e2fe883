"""Percentiles of whole numbers, exactly: an outcome may hang on them, so nothing is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, repeat
from math import floor

HALF = Fraction(1, 2)
QUARTER = Fraction(1, 4)


def percentile(ordered: Sequence[int], share: Fraction) -> Fraction:
    """The value below which that share (0…1) of the values lies; `ordered` ascends.

    By linear interpolation at the position share·(n−1), counted from 0: type 7 of R. J. Hyndman
    and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996),
    which spreadsheets, R and NumPy take where nothing else is asked for.

    Raises:
        ValueError: there are no values, or the share is less than none or more than all.
    """
    if not ordered:
        raise ValueError("no values, no percentile")
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, {share} does not")
    position = share * (len(ordered) - 1)
    below = floor(position)
    if below == position:
        return Fraction(ordered[below])
    return ordered[below] + (position - below) * (ordered[below + 1] - ordered[below])


def median(ordered: Sequence[int]) -> Fraction:
    """The middle value, or half-way between the two middle ones; `ordered` ascends.

    Raises:
        ValueError: there are no values.
    """
    return percentile(ordered, HALF)


def spelled_out(distribution: Sequence[int]) -> list[int]:
    """The values, ascending, of which the distribution counts how often each of 1, 2, 3… occurs."""
    return list(chain.from_iterable(repeat(value, count) for value, count in enumerate(distribution, 1)))
