"""What people write, made fit to be stored, compared and shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.errors import Invalid
from seminar.texts import bounded, clean, clean_line, fold, seen, split_addressees
from seminar.words import t

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)


@given(ANYTHING)
def test_cleaning_again_changes_nothing(text: str) -> None:
    """What is stored is what would be stored."""
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(ANYTHING)
def test_a_clean_text_can_be_stored_anywhere(text: str) -> None:
    """It has an encoding in UTF-8, no zero byte, one kind of newline; a line has none."""
    cleaned = clean(text)
    cleaned.encode()
    assert {c for c in cleaned if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert "\n" not in clean_line(text)


@given(ANYTHING)
def test_cleaning_takes_away_nothing_that_can_be_seen(text: str) -> None:
    """Nor does it add anything."""
    assert seen(clean(text)) == seen(text)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\u202eb", "a\u202eb\u202c"),
        ("a\u2067b\u2069c", "a\u2067b\u2069c"),
        ("\u2067\u202ea", "\u2067\u202ea\u202c\u2069"),
        ("\u2067\u202ea\u2069b", "\u2067\u202ea\u2069b"),
        ("\u2069a\u202c", "\u2069a\u202c"),
    ],
)
def test_direction_marks_end_with_their_line(written: str, kept: str) -> None:
    """Otherwise a title would turn round whatever stands after it."""
    assert clean(f"{written}\nnext") == f"{kept}\nnext"


@given(ANYTHING)
def test_folding_is_blind_to_case_and_white_space(text: str) -> None:
    """And folding again changes nothing."""
    assert fold(fold(text)) == fold(text)
    assert fold(f"  {text}\n") == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sécurité  & Défense", "securite & defense"),
        ("STRASSE Straße", "strasse strasse"),
        ("Øresund Łódź Œuvre", "oresund lodz oeuvre"),
        ("ﬁn\u200bal", "final"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("one line\nand another", "one line and another"),
        ("𝐀 İ", "a i"),
    ],
)
def test_accents_and_letter_forms_do_not_matter_in_a_search(text: str, folded: str) -> None:
    """Someone without the keyboard for it finds it too."""
    assert fold(text) == folded


def test_the_least_counts_what_can_be_seen_and_the_most_what_is_stored() -> None:
    """Padding with invisible characters does not make a text long enough."""
    padded = "ab" + "\u200b" * 50
    with pytest.raises(Invalid, match="has 2 characters; at least 20 are"):
        bounded(padded, t("Text"), 20, 2000)
    with pytest.raises(Invalid, match="has 52 characters; at most 50 are"):
        bounded(padded, t("Text"), 1, 50)
    assert bounded(padded, t("Text"), 2, 52) == padded


def test_addressees_are_codes_where_entities_are_meant_and_names_elsewhere() -> None:
    """By code or title, whatever the case; each once, in the order written."""
    entities = [("DPKO", "Department of Peacekeeping Operations"), ("CMPD", "Crisis Management")]
    written = "crisis management; dpko, Member  states,\n, DPKO, member states"
    assert split_addressees(written, entities) == ("CMPD", "DPKO", "Member states")
    assert split_addressees(" ; ,", entities) == ()
