"""Published groups, consensus index and Wilson bound, against counts made another way."""

from __future__ import annotations

import random
from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import geometric_mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.consensus import consensus_index, wilson
from seminar.model import Counts
from seminar.pooling import EVERYONE, OTHERS, group_of, pool

CODES = ("AF", "CIV", "EU", "MS", "NGO", "PRESS", "TT", "UN")
voters = st.dictionaries(st.sampled_from(CODES), st.integers(0, 9))
group_counts = st.dictionaries(
    st.sampled_from(CODES),
    st.builds(Counts, st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)),
)


def sizes(by_group: dict[str, int]) -> dict[str, int]:
    """How many voters each published group has."""
    published: dict[str, int] = {}
    for group, name in pool(by_group).items():
        published[name] = published.get(name, 0) + by_group[group]
    return published


@given(voters)
def test_a_published_group_has_three_voters_unless_fewer_voted_in_all(by_group: dict[str, int]) -> None:
    """No figure by constituency stands for one or two people."""
    published = sizes(by_group)
    assert sum(published.values()) == sum(by_group.values())
    if sum(by_group.values()) >= 3:
        assert all(number >= 3 for number in published.values())
    else:
        assert len(published) <= 1


@given(voters)
def test_no_more_is_pooled_than_has_to_be(by_group: dict[str, int]) -> None:
    """At most one group of three or more joins the others, and then the smallest of those, by code."""
    pooled = {group for group, name in pool(by_group).items() if name == OTHERS}
    large = sorted((number, group) for group, number in by_group.items() if number >= 3)
    joined = [(number, group) for number, group in large if group in pooled]
    assert joined in ([], large[:1])
    small_voters = sum(number for number in by_group.values() if number < 3)
    assert bool(joined) == (0 < small_voters < 3 and bool(large))


@given(voters, st.randoms(use_true_random=False))
def test_pooling_does_not_depend_on_the_order_of_groups(
    by_group: dict[str, int], chance: random.Random
) -> None:
    """The same people are pooled the same way at every recount."""
    turned = list(by_group.items())
    chance.shuffle(turned)
    assert list(pool(dict(turned)).items()) == list(pool(by_group).items())


@pytest.mark.parametrize(
    ("by_group", "published"),
    [
        ({"UN": 9, "EU": 8, "TT": 2, "MS": 1}, {"UN": "UN", "EU": "EU", "TT": OTHERS, "MS": OTHERS}),
        ({"UN": 9, "EU": 8, "TT": 2}, {"UN": "UN", "EU": OTHERS, "TT": OTHERS}),
        ({"UN": 8, "EU": 8, "TT": 1}, {"UN": "UN", "EU": OTHERS, "TT": OTHERS}),
        ({"UN": 1, "EU": 1}, {"UN": OTHERS, "EU": OTHERS}),
        ({"UN": 2}, {"UN": OTHERS}),
        ({"UN": 3, "EU": 4}, {"UN": "UN", "EU": "EU"}),
        ({"UN": 3, "EU": 0}, {"UN": "UN"}),
        ({OTHERS: 5, "UN": 4, "TT": 1}, {OTHERS: OTHERS, "UN": "UN", "TT": OTHERS}),
        ({OTHERS: 1, "UN": 4, "TT": 9}, {OTHERS: OTHERS, "UN": OTHERS, "TT": "TT"}),
        ({EVERYONE: 1}, {EVERYONE: EVERYONE}),
        ({}, {}),
    ],
)
def test_pooling_by_example(by_group: dict[str, int], published: dict[str, str]) -> None:
    """Small groups together, the next smallest added while that is not enough, ties by code."""
    assert pool(by_group) == published


def test_without_constituencies_a_voter_counts_with_everyone() -> None:
    """A code stays itself, and none is everyone."""
    assert (group_of(None), group_of("UN")) == (EVERYONE, "UN")


@given(group_counts)
def test_the_index_is_the_geometric_mean_over_groups_that_voted(groups: dict[str, Counts]) -> None:
    """Against the standard library's geometric mean of shares computed in decimals."""
    shares = [
        (Decimal(c.for_) + Decimal(c.abstain) / 2 + 1) / Decimal(c.for_ + c.against + c.abstain + 2)
        for c in groups.values()
        if (c.for_, c.against, c.abstain) != (0, 0, 0)
    ]
    index = consensus_index(groups)
    if not shares:
        assert index is None
        return
    assert index is not None
    assert index == pytest.approx(geometric_mean(float(share) for share in shares), abs=1e-12)
    with localcontext() as context:
        context.prec = 60
        exact = (sum((share.ln() for share in shares), start=Decimal(0)) / len(shares)).exp()
    assert round(index, 12) == pytest.approx(float(round(exact, 12)), abs=1.1e-12)
    assert 0 < index < 1


@given(group_counts, st.randoms(use_true_random=False))
def test_the_index_has_the_same_digits_in_every_order(
    groups: dict[str, Counts], chance: random.Random
) -> None:
    """Not nearly the same: checksums are taken of it."""
    turned = list(groups.items())
    chance.shuffle(turned)
    assert consensus_index(dict(turned)) == consensus_index(groups)


def test_the_index_by_hand() -> None:
    """Square root of 4/6 times 2/6, and groups without a vote stay out of it."""
    index = consensus_index({"UN": Counts(3, 1, 0), "EU": Counts(0, 2, 2), "TT": Counts()})
    assert index == pytest.approx((4 / 6 * 2 / 6) ** 0.5, abs=1e-15)
    assert consensus_index({"UN": Counts(for_=1)}) == float(Fraction(2, 3))


def test_support_across_groups_beats_a_large_majority_in_one() -> None:
    """Sixty to ten, once spread over both groups and once against the whole of one."""
    spread = consensus_index({"UN": Counts(50, 5, 0), "TT": Counts(10, 5, 0)})
    lopsided = consensus_index({"UN": Counts(55, 0, 0), "TT": Counts(5, 10, 0)})
    assert spread is not None
    assert lopsided is not None
    assert spread > lopsided


def test_very_many_large_groups_do_not_underflow() -> None:
    """Five hundred groups that all reject still have an index above zero."""
    index = consensus_index({str(number): Counts(0, 10_000, 0) for number in range(500)})
    assert index == pytest.approx(1 / 10_002, rel=1e-12)


def wilson_numerically(for_: int, votes: int) -> float:
    """The lower end of the set of q with |p - q| <= z * sqrt(q(1-q)/n), found by halving."""
    share, low, high = for_ / votes, 0.0, for_ / votes
    for _ in range(200):
        middle = (low + high) / 2
        if share - middle <= 1.96 * (middle * (1 - middle) / votes) ** 0.5:
            high = middle
        else:
            low = middle
    return high


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_wilson_solves_its_own_definition(for_: int, against: int) -> None:
    """The closed form against the inequality it comes from."""
    if for_ + against == 0:
        assert wilson(for_, against) == 0.0
    else:
        assert wilson(for_, against) == pytest.approx(wilson_numerically(for_, for_ + against), abs=1e-9)


@pytest.mark.parametrize(
    ("for_", "against", "bound"),
    [(0, 0, 0.0), (0, 9, 0.0), (1, 0, 1 / (1 + 1.96**2)), (5, 5, 0.5 - 0.98 / (10 + 1.96**2) ** 0.5)],
)
def test_wilson_by_example(for_: int, against: int, bound: float) -> None:
    """Where the formula shrinks to something that can be done by hand."""
    assert wilson(for_, against) == pytest.approx(bound, abs=1e-15)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_wilson_lies_between_nothing_and_all_and_follows_the_votes(for_: int, against: int) -> None:
    """More for never lowers it, more against never raises it, and it stays below the share."""
    here = wilson(for_, against)
    assert 0.0 <= here <= 1.0
    assert wilson(for_ + 1, against) >= here - 1e-12
    assert wilson(for_, against + 1) <= here + 1e-12
    if for_ + against:
        assert here <= for_ / (for_ + against)
