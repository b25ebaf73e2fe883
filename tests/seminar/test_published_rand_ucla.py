"""The RAND/UCLA classes, on an example that others worked out in print.

Table 1 of an article in BMJ Open 2 (2012) e001431, doi 10.1136/bmjopen-2012-001431, "An example of
the application of the RAND/UCLA appropriateness method to one criterion (criterion one) from round
one": 15 panellists. It gives the counts 1, 1, 1, 5, 5 and 2; in the copy at hand the empty columns
are lost. The printed percentiles leave no other place for the last three than 7, 8 and 9, and
nothing that is printed depends on where below 7 the first three stand: so every place is tried.
The printed formula rounds 2.35 to 2.5; its printed result, 6.1, comes of 2.35.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest

from seminar.amounts import parse_quorum, parse_threshold
from seminar.appropriateness import allowed_range, assess
from seminar.methods import rating
from seminar.methods.rating import Class
from seminar.model import BallotRules, Reasons, Secrecy
from seminar.paper import spell

RULES = BallotRules(
    "rating", parse_threshold(">1/2"), parse_quorum("0"), Secrecy.SECRET, Reasons.NONE, receipts=True
)


@pytest.mark.parametrize("low", list(combinations(range(1, 7), 3)))
def test_criterion_one_of_bmj_open_2012_e001431(low: tuple[int, int, int]) -> None:
    """Median 7, P30 7, P70 8, range 1.0, centre 7.5, asymmetry 2.5, IPRAS 6.1: accepted, no disagreement."""
    ratings = [*low, *[7] * 5, *[8] * 5, *[9] * 2]
    votes = [(0, spell({1: (one, 0)}), None) for one in ratings]
    (figures,) = rating.tally([(1, "CAP-01")], votes, RULES, 15, ["all"])
    assert figures.ratings == 15
    assert (figures.median, figures.p30, figures.p70) == (7.0, 7.0, 8.0)
    assert (figures.disagreement, figures.classed) == (False, Class.SUPPORTED)

    said = assess(figures.distribution)
    centre = (said.p30 + said.p70) / 2
    assert said.p70 - said.p30 == 1
    assert centre == Fraction(15, 2)
    assert abs(5 - centre) == Fraction(5, 2)
    assert allowed_range(said.p30, said.p70) == Fraction(61, 10)


def test_its_other_counts_cannot_stand_anywhere_else() -> None:
    """Of all ways to put six counts into nine columns, what is printed fits those with 7, 8, 9 last."""
    fitting = set()
    for columns in combinations(range(1, 10), 6):
        distribution = [0] * 9
        for column, count in zip(columns, (1, 1, 1, 5, 5, 2), strict=True):
            distribution[column - 1] = count
        said = assess(distribution)
        if (said.median, said.p30, said.p70) == (7, 7, 8):
            fitting.add(columns[3:])
    assert fitting == {(7, 8, 9)}
