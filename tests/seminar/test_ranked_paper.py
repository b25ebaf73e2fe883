"""A `ranked` paper: filled in one tap at a time, checked when it is submitted, published afterwards."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.errors import Invalid
from seminar.methods import ranked
from seminar.paper import ASIDE, Answers, spell
from tests.ranked_papers import ITEMS, POSITIONS, papers_with_asides, prefers, ranking, rules

TAPS = ("next", "equal", "up", "down", "out", "aside", "back", "clear")


@pytest.mark.parametrize(
    ("paper", "sentence"),
    [
        ({}, "Rank at least one recommendation, or stand aside on one, before you submit."),
        ({1: (1,), 6: (2,)}, "not on the paper"),
        ({6: ASIDE}, "not on the paper"),
        ({1: (0,)}, "a whole number from 1"),
        ({1: (-3,)}, "a whole number from 1"),
        ({1: (1, 2)}, "a whole number from 1"),
    ],
)
def test_a_paper_that_may_not_be_submitted_says_why(paper: Answers, sentence: str) -> None:
    """One clear sentence for each."""
    with pytest.raises(Invalid, match=sentence):
        ranked.check(paper, POSITIONS, rules())


@pytest.mark.parametrize(
    "paper", [ranking("1"), ranking("1=2=3=4=5"), {2: (7,), 5: (900,)}, {3: ASIDE}, {3: ASIDE, 1: (4,)}]
)
def test_equal_missing_and_far_apart_ranks_may_be_submitted(paper: Answers) -> None:
    """Standing aside on one is enough of an answer."""
    ranked.check(paper, POSITIONS, rules())


def tapped(taps: Iterable[tuple[str, int]], paper: Answers | None = None) -> Answers:
    """A paper filled in by these taps, from an empty one."""
    answers: Answers = {} if paper is None else paper
    for said, position in taps:
        answers = ranked.changed(answers, position, said, POSITIONS, rules())
    return answers


@given(
    papers_with_asides,
    st.lists(st.tuples(st.sampled_from(TAPS), st.sampled_from(POSITIONS)), max_size=25),
)
def test_any_taps_leave_a_paper_that_is_legal_and_closed_up(
    paper: Answers, taps: list[tuple[str, int]]
) -> None:
    """Ranks run from 1 without a gap after every tap, from whatever paper one begins with."""
    for said, position in taps:
        before = dict(paper)
        after = ranked.changed(paper, position, said, POSITIONS, rules())
        assert paper == before
        given_ranks = {rank for numbers in after.values() for rank in numbers}
        assert given_ranks == set(range(1, len(given_ranks) + 1))
        assert all(after.get(other) == ASIDE for other in before if other != position and not before[other])
        if after:
            ranked.check(after, POSITIONS, rules())
        paper = after


@given(papers_with_asides, st.sampled_from(TAPS), st.sampled_from(POSITIONS))
def test_a_tap_leaves_the_order_of_all_other_items_as_it_was(
    paper: Answers, said: str, position: int
) -> None:
    """Only the item that was tapped moves."""
    after = tapped([(said, position)], paper)
    others = [other for other in POSITIONS if other != position]
    for one in others:
        for other in others:
            assert prefers(after, one, other) == prefers(paper, one, other)


@pytest.mark.parametrize(
    ("before", "said", "position", "after"),
    [
        ("", "next", 3, "3"),
        ("3", "next", 1, "3>1"),
        ("3>1=2", "next", 4, "3>1=2>4"),
        ("3>1=2", "next", 3, "1=2>3"),
        ("3>1=2", "next", 1, "3>2>1"),
        ("3>1", "next", 1, "3>1"),
        ("", "equal", 3, "3"),
        ("3>1", "equal", 2, "3>1=2"),
        ("3>1=2", "equal", 3, "1=2=3"),
        ("3>1=2", "equal", 1, "3>1=2"),
        ("3>1", "equal", 1, "1=3"),
        ("3", "equal", 3, "3"),
        ("3>1=2>4", "up", 4, "3>4>1=2"),
        ("3>1=2>4", "up", 1, "3>1>2>4"),
        ("3>1>2", "up", 1, "1>3>2"),
        ("3>1", "up", 3, "3>1"),
        ("1=3", "up", 3, "3>1"),
        ("3>1=2>4", "down", 3, "1=2>3>4"),
        ("3>1=2>4", "down", 1, "3>2>1>4"),
        ("3>1", "down", 3, "1>3"),
        ("3>1", "down", 1, "3>1"),
        ("1=3", "down", 3, "1>3"),
        ("3>1", "up", 2, "3>1"),
        ("3>1", "down", 2, "3>1"),
        ("3>1=2>4", "out", 3, "1=2>4"),
        ("3>1=2", "out", 1, "3>2"),
        ("3>1", "out", 2, "3>1"),
        ("3>1", "clear", 3, "1"),
        ("3>1", "back", 3, "3>1"),
    ],
)
def test_each_tap_does_what_it_says(before: str, said: str, position: int, after: str) -> None:
    """Placing, placing beside, moving by one step, taking out."""
    assert tapped([(said, position)], ranking(before)) == ranking(after)


def test_gaps_close_up_at_the_first_tap() -> None:
    """A paper that came with gaps is shown in places from then on."""
    assert tapped([("next", 3)], {1: (40,), 2: (7,), 4: (40,)}) == ranking("2>1=4>3")


def test_standing_aside_takes_the_item_out_of_the_order_and_back_leaves_it_open() -> None:
    """Only a new place in the order, or taking it back, ends standing aside."""
    aside = tapped([("aside", 1)], ranking("3>1>2"))
    assert aside == {**ranking("3>2"), 1: ASIDE}
    for said in ("up", "down", "out", "aside"):
        assert tapped([(said, 1)], aside) == aside
    for said in ("back", "clear"):
        assert tapped([(said, 1)], aside) == ranking("3>2")
    assert tapped([("next", 1)], aside) == ranking("3>2>1")
    assert tapped([("equal", 1)], aside) == ranking("3>1=2")


@pytest.mark.parametrize(
    ("said", "position"), [("", 1), ("8", 1), ("NEXT", 1), ("for", 1), ("next", 6), ("aside", 0)]
)
def test_a_tap_that_means_nothing_is_refused(said: str, position: int) -> None:
    """Words of other methods, and items that are not on the ballot."""
    with pytest.raises(Invalid):
        tapped([(said, position)])


def test_an_item_is_done_when_it_has_a_rank_or_is_stood_aside_on() -> None:
    """What is left open is still to do."""
    paper = {1: (2,), 2: ASIDE}
    assert [ranked.answered(paper, position, rules()) for position in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize(
    ("paper", "record"),
    [
        (ranking("2>1=3"), {"ranking": [["CAP-02"], ["CAP-01", "CAP-03"]]}),
        ({3: (8,), 5: (2,)}, {"ranking": [["CAP-05"], ["CAP-03"]]}),
        ({**ranking("2"), 4: ASIDE, 1: ASIDE}, {"ranking": [["CAP-02"]], "aside": ["CAP-01", "CAP-04"]}),
        ({1: ASIDE}, {"ranking": [], "aside": ["CAP-01"]}),
    ],
)
def test_the_published_record_shows_the_order_by_reference(paper: Answers, record: object) -> None:
    """Best first, equals together, asides only where there are any."""
    assert ranked.published(spell(paper), dict(ITEMS)) == record


@pytest.mark.parametrize("choice", ["", "{", '{"9":[1]}', '{"1":[0]}', '{"1":[1,2]}'])
def test_what_is_no_paper_is_not_published(choice: str) -> None:
    """A damaged store ends in one kind of error."""
    with pytest.raises(ValueError):
        ranked.published(choice, dict(ITEMS))
