"""How steady ratings stay between rounds: shares by third and weighted kappa, of the same voters only."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.methods.base import Stability
from seminar.paper import ASIDE, Answers
from seminar.stability import between, stability, weighted_kappa

pairs = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=40)
a_paper = st.dictionaries(
    st.integers(1, 3), st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(any) | st.just(ASIDE)
)
rounds = st.dictionaries(st.sampled_from([f"voter {n}" for n in range(8)]), a_paper)


def columns(paired: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """First and second ratings."""
    return [one for one, _ in paired], [other for _, other in paired]


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_voters_changes_nothing(paired: list[tuple[int, int]], chance: random.Random) -> None:
    """Only who rated what twice counts, not where they stand in a list."""
    shuffled = [*paired]
    chance.shuffle(shuffled)
    assert stability(*columns(paired)) == stability(*columns(shuffled))


@given(pairs)
def test_both_figures_are_the_same_seen_from_the_later_round(paired: list[tuple[int, int]]) -> None:
    """Neither asks which rating came first."""
    before, after = columns(paired)
    assert stability(before, after) == stability(after, before)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_nothing_changed_is_a_share_and_a_kappa_of_one(ratings: list[int]) -> None:
    """Kappa is not defined where everybody rated alike, in both rounds."""
    steady = stability(ratings, ratings)
    assert steady == Stability(len(ratings), 1.0, 1.0 if len(set(ratings)) > 1 else None)


@given(pairs)
def test_kappa_never_exceeds_one_and_is_one_only_where_nothing_changed(paired: list[tuple[int, int]]) -> None:
    """It is undefined only where one rating is all there is."""
    before, after = columns(paired)
    kappa = weighted_kappa(before, after)
    assert (kappa is None) == (len({*before, *after}) == 1)
    if kappa is not None:
        assert kappa <= 1
        assert (kappa == 1) == (before == after)


@given(pairs)
def test_kappa_is_as_its_definition_says(paired: list[tuple[int, int]]) -> None:
    """By the table of all 81 cells: (observed − expected agreement) / (1 − expected agreement)."""
    cells = [(i, j) for i in range(1, 10) for j in range(1, 10)]
    weight = {(i, j): 1 - Fraction(abs(i - j), 8) for i, j in cells}
    share = {cell: Fraction(paired.count(cell), len(paired)) for cell in cells}
    row = {i: sum(share[i, j] for j in range(1, 10)) for i in range(1, 10)}
    column = {j: sum(share[i, j] for i in range(1, 10)) for j in range(1, 10)}
    observed = sum(weight[cell] * share[cell] for cell in cells)
    expected = sum(weight[i, j] * row[i] * column[j] for i, j in cells)
    kappa = weighted_kappa(*columns(paired))
    assert kappa == (None if expected == 1 else (observed - expected) / (1 - expected))


@given(pairs, st.integers(2, 4))
def test_as_many_again_of_every_pair_leave_both_figures(paired: list[tuple[int, int]], times: int) -> None:
    """They describe shares, not sizes."""
    once, more = stability(*columns(paired)), stability(*columns(paired * times))
    assert (once.unchanged, once.kappa) == (more.unchanged, more.kappa)
    assert more.voters == times * once.voters


@pytest.mark.parametrize(
    ("before", "after", "unchanged"),
    [
        ([1, 4, 7], [3, 6, 9], 1.0),  # as far as a third reaches
        ([3, 6], [4, 7], 0.0),  # one step, over a border
        ([3, 7, 5, 5], [4, 9, 5, 6], 0.75),
        ([1], [9], 0.0),
    ],
)
def test_the_share_unchanged_is_by_thirds_of_the_scale(
    before: list[int], after: list[int], unchanged: float
) -> None:
    """1–3, 4–6 and 7–9: what the classes are made of."""
    assert stability(before, after).unchanged == unchanged


def test_ends_changed_for_each_other_are_the_worst_there_is() -> None:
    """Chance would halve the disagreement: kappa is −1."""
    assert weighted_kappa([1, 9], [9, 1]) == -1


@pytest.mark.parametrize(
    ("before", "after"), [([], []), ([1], []), ([1, 2], [1]), ([0], [1]), ([1], [10]), ([4.5], [4])]
)
def test_what_are_no_pairs_of_ratings_are_refused(before: list[int], after: list[int]) -> None:
    """A wrong call ends in an error and not in a figure."""
    with pytest.raises(ValueError):
        stability(before, after)
    with pytest.raises(ValueError):
        weighted_kappa(before, after)


def papers(ratings: dict[str, int]) -> dict[str, Answers]:
    """Papers with agreement on the first item alone."""
    return {voter: {1: (rating, 0)} for voter, rating in ratings.items()}


def test_voters_are_joined_by_who_they_are_and_not_by_their_place() -> None:
    """Who rated in one round only is in no figure."""
    first = papers({"a": 2, "b": 5, "c": 8, "left": 9})
    second = papers({"new": 1, "c": 8, "b": 5, "a": 2})
    assert between(first, second, [1]) == {1: Stability(3, 1.0, 1.0)}


def test_an_item_fewer_than_three_rated_twice_is_not_told_of() -> None:
    """Of two, each could take the own rating out and read the other's."""
    first, second = papers({"a": 2, "b": 5, "c": 8}), papers({"a": 2, "b": 5})
    assert between(first, second, [1]) == {}
    assert between(first, second, [1], smallest=2) == {1: Stability(2, 1.0, 1.0)}
    assert between(first, {}, [1], smallest=0) == {}


def test_open_items_importance_alone_and_standing_aside_are_no_ratings() -> None:
    """Each takes its voter out of the item, in whichever round."""
    first: dict[str, Answers] = {
        **papers({"a": 2, "b": 5, "c": 8, "d": 7, "e": 6}),
        "f": {1: ASIDE, 2: (4, 4)},
    }
    second: dict[str, Answers] = {
        **papers({"a": 2, "b": 5, "c": 8, "f": 3}),
        "d": {1: (0, 7)},
        "e": {1: ASIDE},
    }
    assert between(first, second, [1, 2, 3]) == {1: Stability(3, 1.0, 1.0)}


@given(rounds, rounds, st.integers(1, 4))
def test_every_item_told_of_was_rated_twice_by_so_many(
    first: dict[str, Answers], second: dict[str, Answers], smallest: int
) -> None:
    """Against a plain count, item by item; and the other way round it is the same."""
    found = between(first, second, [1, 2, 3], smallest)
    for position in (1, 2, 3):
        twice = [
            voter
            for voter in first
            if voter in second and all((paper[voter].get(position) or (0,))[0] for paper in (first, second))
        ]
        assert (position in found) == (len(twice) >= smallest)
        if position in found:
            assert found[position] == stability(
                [first[voter][position][0] for voter in twice],
                [second[voter][position][0] for voter in twice],
            )
    assert between(second, first, [3, 2, 1], smallest) == found


# The data set `anxiety` of the R package irr (M. Gamer et al., "Various coefficients of interrater
# reliability and agreement"): 20 people rated by its second and third rater. Nobody was rated 5, so
# that R knows five categories: what stands as 5 here is a 6 there.
SECOND_RATER = [3, 5, 4, 5, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4]
THIRD_RATER = [2, 1, 4, 4, 3, 2, 1, 5, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2]


def test_kappa_is_what_another_program_published() -> None:
    """`kappa2(anxiety[,2:3], "equal")` gives 0.1459075; the tests of statsmodels hold to it too.

    Linear weights make kappa the same on five categories as on nine: the length of the scale cancels.
    """
    kappa = weighted_kappa(SECOND_RATER, THIRD_RATER)
    assert kappa is not None
    assert round(float(kappa), 7) == 0.1459075
