"""A returned list as it is read: columns in two languages, marks, and rows that cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.errors import Invalid
from seminar.follow_up import Acceptance
from seminar.follow_up_list import Mark, mark_of, read
from seminar.sheets import Number, Row

ENGLISH = ("Row", "Reference", "Addressee", "Action", "Acceptance", "Due on", "Mark")
FRENCH = ("Ligne", "Référence", "Destinataire", "Mesure", "Acceptation", "Échéance", "Repère")
KEY = "0123456789ab"
MARK = mark_of(900, 7, 3, KEY, "DPKO")
CELLS = st.text(st.characters(codec="utf-8"), max_size=20)


def rows(*lines: tuple[str, ...], head: tuple[str, ...] = ENGLISH) -> list[Row]:
    return [(number, cells) for number, cells in enumerate((head, *lines), start=1)]


@pytest.mark.parametrize("head", [ENGLISH, FRENCH, tuple(name.upper() + " " for name in FRENCH)])
def test_columns_are_known_in_two_languages(head: tuple[str, ...]) -> None:
    """In any case; a row that was handed out is known by its mark, and what is empty there is emptied."""
    found = read(rows(("7", "cap 1", "", "", "Noted", "", str(MARK)), head=head))
    (entry,) = found.entries
    assert (entry.mark, entry.reference) == (MARK, "CAP-01")
    assert entry.given == {"action": "", "acceptance": Acceptance.NOTED, "due_on": None}
    assert found.unread == () and found.refused == ()


def test_without_a_mark_an_empty_cell_says_nothing() -> None:
    """And a list that says what it is of needs no more than a reference."""
    (entry,) = read(rows(("", "CAP-01", "DPKO", "", "", Number("42094"), ""))).entries
    assert entry.mark is None and list(entry.given) == ["due_on"]
    assert entry.said == "CAP-01 · DPKO"


def test_a_mark_fits_one_row_of_one_server_in_one_state() -> None:
    """Whatever of it is changed, it fits no more."""
    assert MARK.fits("DPKO") and not MARK.fits("DPO")
    for other in (
        Mark(901, 7, 3, KEY, MARK.check),
        Mark(900, 8, 3, KEY, MARK.check),
        Mark(900, 7, 4, KEY, MARK.check),
        Mark(900, 7, 3, KEY[::-1], MARK.check),
    ):
        assert not other.fits("DPKO")


@given(
    st.lists(st.lists(CELLS, max_size=8), max_size=6),
    st.sampled_from([ENGLISH, FRENCH, ("Reference", "Note")]),
)
def test_any_row_is_read_refused_or_empty(lines: list[list[str]], head: tuple[str, ...]) -> None:
    """No row is lost, none is there twice, and each refusal is one sentence."""
    try:
        found = read([(1, head), *((number, cells) for number, cells in enumerate(lines, start=2))])
    except Invalid as refused:
        assert "\n" not in str(refused)
        return
    told = [one.row for one in found.entries] + [one.row for one in found.refused]
    assert len(told) == len(set(told)) and set(told) <= set(range(2, len(lines) + 2))
    assert all("\n" not in str(one.why) for one in found.refused)


@given(st.lists(CELLS, max_size=6))
def test_any_headings_are_understood_or_refused_in_one_sentence(head: list[str]) -> None:
    """With what a list needs."""
    try:
        read([(1, head)])
    except Invalid as refused:
        assert "\n" not in str(refused)
