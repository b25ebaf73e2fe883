"""Canonical JSON and hashes, whose name is shown, and the order within a theme."""

from __future__ import annotations

import hashlib
import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.attribution import shown_author, shown_voter
from seminar.canonical import GENESIS, canonical, digest, entry_hash
from seminar.methods.support import SupportFigures
from seminar.model import Attribution, Counts, Outcome
from seminar.ranking import Standing, rank
from seminar.words import t
from tests.ranked_papers import ranking, tallied

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)  # fmt: skip
several_parts = st.lists(st.text("ab:12", max_size=4), min_size=2, max_size=4)


@given(values)
def test_canonical_json_reads_back_and_is_its_own_canonical_form(value: object) -> None:
    """One spelling for each value."""
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


def test_canonical_json_by_example() -> None:
    """Sorted keys, no spaces, letters as they are."""
    assert canonical({"b": [1, None], "a": {"é": True, "Z": 0.5}}) == '{"a":{"Z":0.5,"é":true},"b":[1,null]}'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_does_not_know_are_refused(number: float) -> None:
    """A hash over NaN would be a hash over somebody's extension."""
    with pytest.raises(ValueError, match="JSON"):
        canonical({"figure": number})


def test_the_digest_of_one_part_is_plain_sha_256() -> None:
    """Anybody can check a published file with the tools of their system."""
    assert digest("Zürich") == digest("Zürich".encode()) == hashlib.sha256("Zürich".encode()).hexdigest()


@given(several_parts, several_parts)
def test_parts_do_not_run_into_each_other(parts: list[str], others: list[str]) -> None:
    """Moving the border between salt and text changes the digest."""
    assert (digest(*parts) == digest(*others)) == (parts == others)


def test_every_field_of_an_entry_is_in_its_hash() -> None:
    """Change any one, and the chain says so."""
    entry = (GENESIS, 1, 1, "2014-10-22T09:00:00.000000Z", "p1", "event.opened", "ROM", "{}")
    changed = ("1" * 64, 2, 2, "2014-10-22T09:00:00.000001Z", "p2", "event.closed", "BER", '{"a":1}')
    hashes = {entry_hash(*entry)}
    for field, other in enumerate(changed):
        hashes.add(entry_hash(*entry[:field], other, *entry[field + 1 :]))  # type: ignore[arg-type, call-arg]
    assert len(hashes) == len(entry) + 1
    assert all(len(one) == 64 for one in hashes)


SOMEBODY = t("a participant")


@pytest.mark.parametrize(
    ("rule", "organisation", "constituency", "registered", "shown"),
    [
        (Attribution.CHATHAM, "CMPD", "EU institutions", 5, "EU institutions"),
        (Attribution.CHATHAM, "CMPD", "EU institutions", 4, SOMEBODY),
        (Attribution.CHATHAM, None, None, 99, SOMEBODY),
        (Attribution.ORGANISATION, "CMPD", "EU institutions", 1, "CMPD"),
        (Attribution.ORGANISATION, None, "EU institutions", 5, "EU institutions"),
        (Attribution.ORGANISATION, "", "EU institutions", 4, SOMEBODY),
        (Attribution.NAMED, "CMPD", None, 1, "Ana"),
    ],
)
def test_an_author_is_shown_as_the_initiative_allows(
    rule: Attribution, organisation: str | None, constituency: str | None, registered: int, shown: object
) -> None:
    """The rule of Chatham House by default, down to groups that would point at a person."""
    assert shown_author(rule, "Ana", organisation, constituency, registered) == shown


def test_a_named_author_is_shown_by_name_alone() -> None:
    """Whoever reads the file for names finds names, whatever else is known of the person."""
    shown = shown_author(Attribution.NAMED, "Ana", "CMPD", "EU institutions", 1)
    assert str(shown) == "Ana"


def test_an_erased_name_is_a_former_participant() -> None:
    """Whoever asked to be forgotten is not made visible by their constituency or organisation instead."""
    former = t("a former participant")
    assert shown_author(Attribution.NAMED, "", None, "EU institutions", 99) == former
    assert shown_author(Attribution.ORGANISATION, "", None, "EU institutions", 99) == former


def test_under_chatham_nothing_says_that_somebody_was_forgotten() -> None:
    """In a small group that would point at whoever has left."""
    assert shown_author(Attribution.CHATHAM, "", None, None, 0) == SOMEBODY


@given(
    st.sampled_from(Attribution),
    st.text(min_size=1),
    st.none() | st.text(),
    st.none() | st.text(),
    st.integers(0, 9),
)
def test_only_named_ever_shows_a_name(
    rule: Attribution, name: str, organisation: str | None, constituency: str | None, registered: int
) -> None:
    """What is shown depends on the name under one rule only."""
    shown = shown_author(rule, name, organisation, constituency, registered)
    if rule is not Attribution.NAMED:
        assert shown == shown_author(rule, name + "x", organisation, constituency, registered)


@pytest.mark.parametrize(
    ("rule", "name", "organisation", "shown"),
    [
        (Attribution.NAMED, "Ana", "CMPD", "Ana"),
        (Attribution.NAMED, "", "CMPD", None),
        (Attribution.ORGANISATION, "Ana", "CMPD", "CMPD"),
        (Attribution.ORGANISATION, "Ana", None, None),
        (Attribution.ORGANISATION, "Ana", "", None),
        (Attribution.CHATHAM, "Ana", "CMPD", None),
    ],
)
def test_a_voter_of_an_open_ballot_is_shown_as_the_initiative_allows(
    rule: Attribution, name: str, organisation: str | None, shown: str | None
) -> None:
    """By name, by organisation or not at all; never the one in place of the other."""
    assert shown_voter(rule, name, organisation) == shown


def standing(event: str, theme: str, reference: str, consensus: float | None = None) -> Standing:
    """A recommendation, with a closed ballot where it has an index."""
    if consensus is None:
        return Standing(event, theme, reference)
    figures = SupportFigures(
        reference, 9, 9, 9, 0, 0, Outcome.CARRIED, False, (), consensus, 0.5, {"UN": Counts(9)}
    )
    return Standing(event, theme, reference, "support", figures)


STANDINGS = [
    standing("ROM", "CAP", "CAP-01"),
    standing("ROM", "CAP", "CAP-02", 0.4),
    standing("ROM", "TRN", "TRN-01", 0.1),
    standing("ROM", "CAP", "CAP-100"),
    standing("ROM", "CAP", "CAP-03", 0.9),
    standing("BER", "CAP", "CAP-04", 0.2),
    standing("ROM", "CAP", "CAP-99"),
]


def test_ranks_stand_within_event_and_theme_and_the_undecided_come_last() -> None:
    """Never across themes, and never a rank without a ballot."""
    assert [(placed.rank, placed.standing.reference) for placed in rank(STANDINGS)] == [
        (1, "CAP-03"),
        (2, "CAP-02"),
        (None, "CAP-01"),
        (None, "CAP-99"),
        (None, "CAP-100"),
        (1, "TRN-01"),
        (1, "CAP-04"),
    ]


def test_the_order_recommendations_come_in_changes_no_rank() -> None:
    """Whatever order the store reads them in."""
    expected = {placed.standing.reference: placed.rank for placed in rank(STANDINGS)}
    for turned in itertools.islice(itertools.permutations(STANDINGS), 0, 5040, 97):
        assert {placed.standing.reference: placed.rank for placed in rank(turned)} == expected


def test_those_left_of_a_ranked_ballot_close_up_when_one_moves_on_to_another() -> None:
    """A rank in a ballot counts those that beat it there; in the theme it counts those that still do."""
    first = {one.reference: one for one in tallied([ranking("1>2>3>4>5")])}
    second = {one.reference: one for one in tallied([ranking("2")])}
    standings = [
        Standing("ROM", "CAP", reference, "ranked", first[reference], 1)
        for reference in ("CAP-01", "CAP-03", "CAP-04", "CAP-05")
    ]
    standings.append(Standing("ROM", "CAP", "CAP-02", "ranked", second["CAP-02"], 2))
    assert [(one.standing.reference, one.rank) for one in rank(standings)] == [
        ("CAP-02", 1),
        ("CAP-01", 2),
        ("CAP-03", 3),
        ("CAP-04", 4),
        ("CAP-05", 5),
    ]


def test_ranks_that_are_shared_stay_shared_when_others_move_on() -> None:
    """CAP-01 and CAP-02 are first together; without CAP-01 nobody is first with CAP-02."""
    figures = {one.reference: one for one in tallied([ranking("1=2>3=4")])}

    def left(*references: str) -> list[tuple[str, int | None]]:
        standings = [Standing("ROM", "CAP", one, "ranked", figures[one], 1) for one in references]
        return [(placed.standing.reference, placed.rank) for placed in rank(standings)]

    assert left("CAP-01", "CAP-02", "CAP-03", "CAP-04") == [
        ("CAP-01", 1),
        ("CAP-02", 1),
        ("CAP-03", 3),
        ("CAP-04", 3),
    ]
    assert left("CAP-02", "CAP-03", "CAP-04") == [("CAP-02", 1), ("CAP-03", 2), ("CAP-04", 2)]
