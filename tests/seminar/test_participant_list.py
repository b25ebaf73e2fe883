"""What a list of participants means: its headings, its rows, and why a row is not taken."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.errors import Invalid, NotFound
from seminar.initiative import read_initiative
from seminar.model import Status
from seminar.participant_list import (
    MOST_ROWS,
    Entry,
    Number,
    ParticipantList,
    checked,
    read,
    recognised,
)
from tests.small_initiative import INITIATIVE

SMALL = read_initiative(INITIATIVE.encode())
ANA = 123456789012345678


def listed(*rows: Sequence[str]) -> ParticipantList:
    """The rows of a list, numbered as a spreadsheet numbers them."""
    return read(enumerate(rows, start=1), SMALL)


def why(*rows: Sequence[str]) -> list[str]:
    """Why rows are refused, in order; nothing of such a list is about anybody else."""
    return [str(one.why) for one in listed(*rows).refused]


def test_a_row_says_who_for_whom_and_as_what() -> None:
    """By name, by Discord id, or by both; what is left empty is left as it is."""
    found = listed(
        ("Name", "Discord ID", "Constituency", "Organisation", "Status"),
        ("Mia Moser", "", "un", " EEAS ", ""),
        ("", str(ANA), "", "", "observer"),
        ("Ben", f"<@{ANA + 1}>", "EU institutions", "", "participant"),
        ("", "", "", "", ""),
    )
    assert found.entries == (
        Entry(2, None, "Mia Moser", None, "UN", "EEAS"),
        Entry(3, ANA, "", Status.OBSERVER, None, None),
        Entry(4, ANA + 1, "Ben", Status.PARTICIPANT, "EU", None),
    )
    assert (found.refused, found.unread) == ((), ())


@pytest.mark.parametrize(
    "headings",
    [
        ("name or Discord id", "constituency", "organisation", "status"),
        ("NOM", "Collège", "Délégation", "Statut"),
        (" nom ou identifiant Discord ", "COLLEGE", "organisme", "STATUT"),
        ("Full_Name", "constituency code", "Organization", "status:"),
    ],
)
def test_headings_are_read_in_english_and_french_whatever_their_case_and_accents(
    headings: tuple[str, ...],
) -> None:
    """And in any order."""
    row = ("Zoë", "UN", "ONU", "observatrice")
    wanted = Entry(2, None, "Zoë", Status.OBSERVER, "UN", "ONU")
    assert listed(headings, row).entries == (wanted,)
    assert listed(headings[::-1], row[::-1]).entries == (wanted,)
    assert recognised(headings) == 4


def test_first_and_last_names_are_put_together() -> None:
    """Lists often have two columns, and a family name alone would make one of two people."""
    found = listed(("Prénom", "Nom", "e-mail"), ("Maria", "Rossi", "m@x"), ("Carla", "Rossi", ""))
    assert [entry.name for entry in found.entries] == ["Maria Rossi", "Carla Rossi"]
    assert found.unread == ("e-mail",)


def test_a_column_may_hold_names_and_ids() -> None:
    """Whatever is a number of so many digits is an id."""
    found = listed(("Name or Discord id",), ("Mia",), (str(ANA),), (f"<@!{ANA + 1}>",))
    assert [(entry.user_id, entry.name) for entry in found.entries] == [
        (None, "Mia"),
        (ANA, ""),
        (ANA + 1, ""),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("Mia", "", "XX", "", ""), "There is no constituency “XX”; there are UN and EU."),
        (("Mia", "", "UN", "", "boss"), "“boss” is no status"),
        (("x" * 101, "", "UN", "", ""), "“Name” has 101 characters"),
        (("Mia", "", "UN", "y" * 101, ""), "“Organisation” has 101 characters"),
        (("Mia", "ana#1234", "UN", "", ""), "“ana#1234” is no Discord id"),
        (("Mia", str(2**63), "UN", "", ""), "is no Discord id"),
        (("12345", "", "UN", "", ""), "neither a name nor a Discord id"),
        (("\u200b", "", "UN", "", ""), "“Name” is empty"),
        (("", "", "UN", "", ""), "“Name” is empty"),
        (('=HYPERLINK("x")', "", "UN", "", ""), "a formula"),
        (("Mia", "", "UN", " =A1&B1", ""), "a formula"),
        (("Mia", "1.23456789012346E+17", "UN", "", ""), "rounded this Discord id"),
        (("Mia", "1,23457E+17", "UN", "", ""), "rounded this Discord id"),
        (("Mia", Number("123456789012345680"), "UN", "", ""), "rounded this Discord id"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(row: tuple[str, ...], told: str) -> None:
    """By its number, and alone: the others are taken."""
    found = listed(
        ("name", "id", "constituency", "organisation", "status"), row, ("Ben", "", "EU", "", "observer")
    )
    (refused,) = found.refused
    assert refused.row == 2 and told in str(refused.why)
    assert [entry.name for entry in found.entries] == ["Ben"]


def test_nobody_stands_on_a_list_twice() -> None:
    """By id or by name; two people with accounts may be called alike, somebody without one not as they."""
    head = ("name", "id")
    assert why(head, ("Mia", ""), (" MÍA ", "")) == [
        "Row 2 has the same name; tell them apart, or give their Discord ids."
    ]
    assert why(head, ("Mia", str(ANA)), ("", f"<@{ANA}>")) == ["Row 2 has the same Discord id."]
    assert why(head, ("Mia", str(ANA)), ("Mia", "")) == why(head, ("Mia", ""), ("Mia", str(ANA)))
    assert why(head, ("Mia", str(ANA)), ("Mia", str(ANA + 1))) == []


def test_a_row_that_is_refused_does_not_stand_in_anothers_way() -> None:
    """Whoever is mistyped in one row may be right in the next."""
    assert len(why(("name", "status"), ("Mia", "boss"), ("Mia", "observer"))) == 1


def test_ids_that_a_spreadsheet_has_rounded_are_found_even_as_text() -> None:
    """One that ends in zeros may be chance; many are not, and would register strangers."""
    head = ("id",)
    rounded = [(str((ANA // 1000 + one) * 1000),) for one in range(3)]
    assert len(why(head, *rounded)) == 3
    exact = [(str(ANA + one),) for one in range(60)]
    assert why(head, *exact, rounded[0]) == []


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [()],
        [("Constituency", "Status"), ("UN", "observer")],
        [("Mia", "UN"), ("Ben", "EU")],
    ],
)
def test_a_list_must_say_who_is_meant(rows: list[tuple[str, ...]]) -> None:
    """With headings: who comes first must not be taken for one."""
    with pytest.raises(Invalid, match="first line of headings"):
        listed(*rows)


def test_two_columns_of_one_meaning_are_refused() -> None:
    """Which of them counts would be a guess."""
    with pytest.raises(Invalid, match="“Organisme” and “organisation”"):
        listed(("name", "Organisme", "organisation"), ("Mia", "A", "B"))


def test_a_list_has_an_end() -> None:
    """Of 20,000 rows, empty ones not counted."""
    rows = [(f"Person {number}",) for number in range(MOST_ROWS)]
    assert len(listed(("name",), *rows[:3], ("",), *rows[3:]).entries) == MOST_ROWS
    with pytest.raises(Invalid, match="more than 20,000 rows"):
        listed(("name",), *rows, ("One more",))


def test_what_was_read_is_held_against_the_initiative_of_now() -> None:
    """A constituency may be gone when the list is confirmed."""
    entry = Entry(2, None, "Mia", None, "EU")
    assert checked(entry, SMALL) is entry
    with pytest.raises(NotFound):
        checked(Entry(2, None, "Mia", None, "NATO"), SMALL)


@given(st.lists(st.lists(st.text(max_size=30), max_size=6), max_size=8))
def test_whatever_rows_there_are_each_is_taken_or_refused_once(rows: list[list[str]]) -> None:
    """No row is lost without a word, and none is taken whose name could not be shown."""
    found = listed(("name", "id", "constituency", "organisation", "status"), *rows)
    taken, refused = {entry.row for entry in found.entries}, {one.row for one in found.refused}
    assert not taken & refused
    said = {number for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row[:5])}
    assert taken | refused == said
    assert all(entry.user_id is not None or 0 < len(entry.name) <= 100 for entry in found.entries)
