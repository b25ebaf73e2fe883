"""What a recommendation says: limits, changes by field, and two changes brought together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.errors import Invalid
from seminar.wording import MOST_TEXT, Wording, changes, merged

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
    [("title", ""), ("title", "x" * 101), ("text", "too short"), ("text", "x" * 2001)]
    + [("rationale", "x" * 1001), ("addressees", "x" * 301), ("title", "\u200b")],
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
