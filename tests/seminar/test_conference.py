"""The rules of a conference: times, order, who is among the first, and what needs a new decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.conference import Slot, chosen, meeting, needs_new_decision, read_slot, shifted
from seminar.errors import Invalid
from seminar.model import Change
from seminar.wording import Wording

MINUTES = st.integers(0, 24 * 60 - 1)
WORDS = [Wording("Title", f"A text that says number {number}.") for number in range(3)]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(MINUTES, MINUTES)
def test_a_time_is_read_back_as_it_is_shown(start: int, end: int) -> None:
    """Where the end comes after the beginning; otherwise it is refused."""
    if end <= start:
        with pytest.raises(Invalid):
            read_slot(clock(start), clock(end))
    else:
        assert read_slot(clock(start), clock(end)) == Slot(clock(start), clock(end))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9", "09:00"),
        ("9:05", "09:05"),
        ("9.30", "09:30"),
        ("14h", "14:00"),
        ("14:5", None),
        ("-1:00", None),
        ("14h15", "14:15"),
        (" 08:00 ", "08:00"),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, read: str | None) -> None:
    """Hours alone, and with colon, point or h."""
    if read is None:
        with pytest.raises(Invalid):
            read_slot(typed, "")
    else:
        assert read_slot(typed, "") == Slot(read)


@given(st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_typed_is_a_time_or_a_sentence(starts: str, ends: str) -> None:
    """Nothing else comes out of it."""
    try:
        slot = read_slot(starts, ends)
    except Invalid:
        return
    assert slot is None or (len(slot.starts) == 5 and (slot.ends is None or slot.starts < slot.ends))


@given(st.lists(st.tuples(MINUTES, st.integers(1, 120)), max_size=6))
def test_what_meets_shares_a_minute(spans: list[tuple[int, int]]) -> None:
    """Held against the minutes themselves; what ends when another begins does not meet it."""
    fitting = [(start, start + length) for start, length in spans if start + length < 24 * 60]
    slots = [(n, Slot(clock(start), clock(end))) for n, (start, end) in enumerate(fitting)]
    expected = [
        (one, other)
        for one in range(len(fitting))
        for other in range(one + 1, len(fitting))
        if set(range(*fitting[one])) & set(range(*fitting[other]))
    ]
    assert meeting(slots) == expected


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))), st.integers(-9, 9))
def test_a_move_changes_one_place_and_keeps_the_order_of_the_others(where: tuple[int, int], by: int) -> None:
    """And stops at the ends."""
    number, one = where
    moved = shifted(range(number), one, by)
    assert [x for x in moved if x != one] == [x for x in range(number) if x != one]
    assert moved.index(one) == min(max(one + by, 0), number - 1)


@given(st.lists(st.one_of(st.none(), st.integers(1, 6)), max_size=8), st.one_of(st.none(), st.integers(1, 6)))
def test_equals_go_together_and_nothing_is_lost(ranks: list[int | None], top: int | None) -> None:
    """Without a number all go; with one, nobody stays who is as good as one who goes."""
    going, staying = chosen(list(zip(ranks, range(len(ranks)), strict=True)), top)
    assert sorted([*going, *staying]) == list(range(len(ranks)))
    if top is None:
        assert not staying
    else:
        assert all((ranks[one] or 99) <= top for one in going)
        assert all((ranks[one] or 99) > top for one in staying)


@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(list(Change)[1:])), max_size=6),
)
def test_only_substance_that_was_not_given_back_needs_a_new_decision(
    changes: list[tuple[Wording, Change]],
) -> None:
    """By the plain reading: no words count but those decided on, and what became of such by their wording."""
    texts = [(1, WORDS[0], Change.ORIGINAL)]
    texts += [(number, words, change) for number, (words, change) in enumerate(changes, start=2)]

    def stands(number: int) -> bool:
        _, words, change = texts[number - 1]
        if number == 1 or (change is Change.EDITORIAL and stands(number - 1)):
            return True
        return any(words == texts[before - 1][1] and stands(before) for before in range(1, number))

    assert needs_new_decision(1, reversed(texts)) is not stands(len(texts))
    if texts[-1][1] == WORDS[0]:
        assert not needs_new_decision(1, texts)


def test_what_came_before_the_decision_does_not_count() -> None:
    """However it changed the text; and a decision on nothing is a mistake."""
    texts = [(1, WORDS[0], Change.ORIGINAL), (2, WORDS[1], Change.SUBSTANTIVE)]
    assert not needs_new_decision(2, texts)
    with pytest.raises(ValueError, match="missing"):
        needs_new_decision(3, texts)
