"""What ratings from 1 to 9 come to, by the RAND/UCLA appropriateness method.

A class depends on the median and on whether there is disagreement; both are
exact fractions until they have been compared. Percentiles are interpolated
linearly, as `seminar.quantiles` says.

Source: K. Fitch et al., "The RAND/UCLA Appropriateness Method User's Manual",
MR-1269, RAND 2001, chapter 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from seminar.quantiles import QUARTER, median, percentile, spelled_out
from seminar.words import Text, t

LOWEST, HIGHEST = 1, 9
CENTRE = Fraction(LOWEST + HIGHEST, 2)

SYMMETRIC_RANGE = Fraction(235, 100)
"""The range P70−P30 beyond which symmetric ratings disagree (the manual's IPRr)."""

ASYMMETRY_FACTOR = Fraction(3, 2)
"""How much wider the range may be for each point the ratings lie away from 5 (the manual's CFA)."""

SUPPORTED_FROM = Fraction(13, 2)
NOT_SUPPORTED_BELOW = Fraction(7, 2)
"""Half-way between two regions of the scale, so that a median lying there counts to the higher."""

CONSENSUS_HIGH = Fraction(70, 100)
CONSENSUS_LOW = Fraction(15, 100)
"""The 70/15 rule of core outcome sets: P. R. Williamson et al., "The COMET Handbook", Trials 18 (2017)."""

_THIRTY, _SEVENTY = Fraction(3, 10), Fraction(7, 10)


class Class(StrEnum):
    """How an item is classed; the manual's appropriate, uncertain and inappropriate."""

    SUPPORTED = "supported"
    UNCERTAIN = "uncertain"
    NOT_SUPPORTED = "not_supported"


CLASS_WORDS: Mapping[Class, Text] = MappingProxyType(
    {
        Class.SUPPORTED: t("supported"),
        Class.UNCERTAIN: t("uncertain"),
        Class.NOT_SUPPORTED: t("not supported"),
    }
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the ratings of one item say. Shares lie in 0…1; `high` is that of 7–9, `low` that of 1–3."""

    median: Fraction
    p30: Fraction
    p70: Fraction
    q1: Fraction
    q3: Fraction
    high: Fraction
    low: Fraction

    @property
    def disagreement(self) -> bool:
        return disagree(self.p30, self.p70)

    @property
    def classed(self) -> Class:
        return classify(self.median, self.disagreement)

    @property
    def agreed(self) -> bool:
        """Consensus: at least 70 % in 7–9, and under 15 % in 1–3."""
        return self.high >= CONSENSUS_HIGH and self.low < CONSENSUS_LOW


def assess(distribution: Sequence[int]) -> Assessment:
    """The assessment of ratings, of which `distribution` counts how many are 1, 2, … 9.

    Raises:
        ValueError: there are no ratings.
    """
    ordered = spelled_out(distribution)
    if not ordered:
        raise ValueError("without ratings there is nothing to assess")
    return Assessment(
        median=median(ordered),
        p30=percentile(ordered, _THIRTY),
        p70=percentile(ordered, _SEVENTY),
        q1=percentile(ordered, QUARTER),
        q3=percentile(ordered, 1 - QUARTER),
        high=Fraction(sum(distribution[6:]), len(ordered)),
        low=Fraction(sum(distribution[:3]), len(ordered)),
    )


def allowed_range(p30: Fraction, p70: Fraction) -> Fraction:
    """The range P70−P30 at which ratings around there begin to disagree (IPRAS).

    IPRAS = 2.35 + 1.5·|5 − (P30 + P70)/2|: the further from the middle of the scale, the wider.
    """
    return SYMMETRIC_RANGE + ASYMMETRY_FACTOR * abs(CENTRE - (p30 + p70) / 2)


def disagree(p30: Fraction, p70: Fraction) -> bool:
    """Whether the ratings lie further apart than `allowed_range`."""
    return p70 - p30 > allowed_range(p30, p70)


def classify(middle: Fraction, disagreement: bool) -> Class:
    """The class of an item with this median; with disagreement it is uncertain whatever the median."""
    if disagreement:
        return Class.UNCERTAIN
    if middle >= SUPPORTED_FROM:
        return Class.SUPPORTED
    return Class.NOT_SUPPORTED if middle < NOT_SUPPORTED_BELOW else Class.UNCERTAIN
