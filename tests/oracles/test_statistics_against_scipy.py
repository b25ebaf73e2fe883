"""Percentiles, Wilson bound and weighted kappa, against NumPy and statsmodels on random cases.

An independent count by programs that many rely on. They are large, and not among what the tests
need otherwise: without them these tests are skipped.
"""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from seminar.consensus import Z, wilson
from seminar.quantiles import percentile
from seminar.stability import weighted_kappa

np = pytest.importorskip("numpy")
scipy_stats = pytest.importorskip("scipy.stats")
proportion = pytest.importorskip("statsmodels.stats.proportion")
inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")

CASES = 400
SHARES = (Fraction(3, 10), Fraction(7, 10), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@pytest.mark.parametrize("seed", range(CASES))
def test_percentiles_are_those_of_numpy(seed: int) -> None:
    """Its method "linear", on lists with many ties."""
    chance = random.Random(seed)
    ordered = sorted(chance.randint(1, 9) for _ in range(chance.randint(1, 60)))
    for share in SHARES:
        theirs = np.quantile(ordered, float(share), method="linear")
        assert float(percentile(ordered, share)) == pytest.approx(float(theirs), abs=1e-12)


@pytest.mark.parametrize("seed", range(CASES))
def test_the_wilson_bound_is_that_of_statsmodels(seed: int) -> None:
    """At the level that makes its quantile 1.96; none for and none against among the cases."""
    chance = random.Random(seed)
    for_ = chance.choice((0, 1, chance.randint(0, 2_000)))
    against = chance.choice((0, 1, chance.randint(0, 2_000)))
    if for_ + against == 0:
        for_ = 1
    alpha = 2 * (1 - scipy_stats.norm.cdf(Z))
    low, _ = proportion.proportion_confint(for_, for_ + against, alpha=alpha, method="wilson")
    assert wilson(for_, against) == pytest.approx(float(low), abs=1e-12)


@pytest.mark.parametrize("seed", range(CASES))
def test_weighted_kappa_is_that_of_statsmodels(seed: int) -> None:
    """With linear weights on the nine categories; every fourth case hardly changes between rounds."""
    chance = random.Random(seed)
    voters, shift = chance.randint(2, 60), 1 if seed % 4 == 0 else 8
    before = [chance.randint(1, 9) for _ in range(voters)]
    before[:2] = [1, 9]  # so that there is something to disagree about, and kappa is defined
    after = [min(9, max(1, one + chance.randint(-shift, shift))) for one in before]
    table = np.zeros((9, 9))
    for one, other in zip(before, after, strict=True):
        table[one - 1, other - 1] += 1
    theirs = inter_rater.cohens_kappa(table, wt="linear", return_results=False)
    ours = weighted_kappa(before, after)
    assert ours is not None
    assert float(ours) == pytest.approx(float(theirs), abs=1e-12)
