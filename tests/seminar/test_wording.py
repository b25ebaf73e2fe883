"""What a recommendation says: limits, changes by field, and two changes brought together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.errors import Invalid
from seminar.wording import MOST_TEXT, Wording, brought_forward, changes, merged, told_briefly

ENTITIES = (("DPKO", "Department of Peacekeeping Operations"),)
BASE = Wording(
    "Joint planning", "Planning should begin early and include the field.", "It saves time.", ("DPKO", "CMPD")
)
NAMES = st.lists(st.sampled_from(["DPKO", "CMPD", "CPCC", "UNLOPS"]), unique=True).map(tuple)


def test_fields_are_kept_as_typed_and_addressees_by_code() -> None:
    """Outer white space goes, entities become their codes."""
    made = Wording.checked(" Joint\nplanning ", "  Plan together, early on. ", "", "dpko; Others", ENTITIES)
    assert made == Wording("Joint planning", "Plan together, early on.", "", ("DPKO", "Others"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 101),
        ("title", "\u200b"),
        ("text", "too short"),
        ("text", "x" * 2001),
        ("rationale", "x" * 1001),
        ("addressees", "x" * 301),
    ],
)
def test_a_field_outside_its_limits_is_refused_by_name(field: str, value: str) -> None:
    """One sentence that says which."""
    typed = {"title": "A title", "text": "x" * 20, "rationale": "", "addressees": ""} | {field: value}
    with pytest.raises(Invalid, match=f"“{field.capitalize()}”"):
        Wording.checked(**typed, entities=())


def test_only_what_changed_is_told() -> None:
    """Field by field."""
    assert changes(BASE, BASE) == {}
    assert set(changes(BASE, replace(BASE, title="Planning together", addressees=("DPKO",)))) == {
        "title",
        "addressees",
    }


def test_how_accents_are_encoded_is_no_change_that_anybody_could_read() -> None:
    """A letter with its accent is the letter and its accent; another letter is another."""
    composed = replace(BASE, title="Caf\u00e9", text="D\u00e9ploiement rapide, d\u00e8s le d\u00e9but.")
    apart = replace(BASE, title="Cafe\u0301", text="De\u0301ploiement rapide, de\u0300s le de\u0301but.")
    assert composed != apart and composed.reads_like(apart) and apart.reads_like(composed)
    assert not composed.reads_like(replace(composed, title="Cafe"))


def test_changes_of_different_fields_and_words_come_together() -> None:
    """One renames it and drops an addressee, the other changes two words and adds one."""
    ours = replace(BASE, title="Planning jointly", addressees=("CMPD",))
    theirs = replace(
        BASE,
        text="Planning must begin early and include the field.",
        addressees=("DPKO", "CMPD", "CPCC"),
    )
    assert merged(BASE, ours, theirs).wording == Wording(
        "Planning jointly",
        "Planning must begin early and include the field.",
        "It saves time.",
        ("CMPD", "CPCC"),
    )


def test_a_field_in_conflict_leaves_nothing_merged() -> None:
    """And only the field in conflict is named."""
    made = merged(BASE, replace(BASE, title="Early planning"), replace(BASE, title="Late planning"))
    assert made.wording is None
    assert set(made.conflicts) == {"title"}


def test_two_additions_that_are_too_long_together_are_not_merged() -> None:
    """Each fits by itself."""
    most = "x " * ((MOST_TEXT - len(BASE.text)) // 2 - 10)
    made = merged(BASE, replace(BASE, text=most + BASE.text), replace(BASE, text=f"{BASE.text} {most}"))
    assert made.wording is None
    assert made.too_long == ("text",)


@given(NAMES, NAMES, NAMES)
def test_addressees_follow_both_sides(
    base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    """Added by one is added, taken away by one is gone, and nobody is there twice."""
    made = merged(*(replace(BASE, addressees=names) for names in (base, ours, theirs))).wording
    assert made is not None
    removed = {name for name in base if name not in ours or name not in theirs}
    assert set(made.addressees) == (set(base) | set(ours) | set(theirs)) - removed
    assert len(set(made.addressees)) == len(made.addressees)


def test_what_is_reworked_keeps_what_others_changed_elsewhere() -> None:
    """Only where both touch the same words it is as asked; what does not fit stays as asked."""
    ours = replace(BASE, text="Planning must begin early and include the whole field.", addressees=("DPKO",))
    theirs = replace(BASE, text="Planning may begin early and include the field.", rationale="x" * 600)
    assert merged(BASE, ours, theirs).wording is None
    assert brought_forward(BASE, ours, theirs) == Wording(
        "Joint planning", "Planning may begin early and include the whole field.", "x" * 600, ("DPKO",)
    )
    long, longer = (
        replace(BASE, rationale=text)
        for text in ("It saves time. " + "y " * 490, "z " * 300 + "It saves time.")
    )
    assert brought_forward(BASE, long, longer).rationale == longer.rationale
    assert brought_forward(BASE, BASE, theirs) == theirs


def test_changes_are_told_briefly_in_any_language() -> None:
    """Old words and new ones, place by place; what was added or taken out alone; cut to its room."""
    other = replace(BASE, title="Joint planning now", text="Planning must begin early and include the field.")
    assert told_briefly(BASE, other, 200) == "+ “now”; “should” → “must”"
    assert told_briefly(other, BASE, 200) == "− “now”; “must” → “should”"
    assert len(told_briefly(BASE, replace(BASE, text="x" * 2000), 50)) <= 50
    assert told_briefly(BASE, BASE, 200) == ""


def test_what_a_merge_leaves_is_checked_and_cleaned_again() -> None:
    """Outer space goes; a text too short is refused."""
    assert replace(BASE, text=f" {BASE.text} ").settled() == BASE
    with pytest.raises(Invalid, match="“Text”"):
        replace(BASE, text="early on.").settled()


def test_addressees_that_could_be_typed_can_be_typed_again() -> None:
    """However many short ones: they are told with as little between them as they need."""
    names = tuple(f"{first}{second}" for first in "abcdefghij" for second in "abcdefghij")
    made = Wording.checked("A title", "x" * 20, "", ",".join(names[:100]), ())
    assert len(made.fields["addressees"]) == 299
    assert merged(made, made, replace(made, title="Another")).wording == replace(made, title="Another")
