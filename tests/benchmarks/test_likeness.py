"""Suggestions of near-duplicates, held against pairs labelled by hand, and against hostile texts."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import likeness as measured
from benchmarks.likeness import HELD_OUT, OTHER, SAME, TRANSLATION, TUNING, judged, pairs, unlike
from services.drafting.similarity import ALIKE, Rarity, likeness, read

pytestmark = pytest.mark.thorough

LABELLED = [pair for pair in pairs() if pair.kind != TRANSLATION]
HALVES = {half: [pair for pair in LABELLED if pair.half == half] for half in (TUNING, HELD_OUT)}


def test_there_are_enough_labelled_pairs_of_every_kind_and_length() -> None:
    """At least 60, both labels well represented in both halves; no text is in both."""
    assert len(LABELLED) >= 60
    for among in HALVES.values():
        kinds = Counter(pair.kind for pair in among)
        assert kinds.keys() == SAME | OTHER
        assert min(sum(kinds[kind] for kind in SAME), sum(kinds[kind] for kind in OTHER)) >= 20
    for pair in pairs():
        assert 80 <= len(pair.proposed.text) <= 400 and len(pair.proposed.title) <= 100
    tuning, held_out = ({text for pair in among for text in pair.server} for among in HALVES.values())
    assert tuning.isdisjoint(held_out)


@pytest.mark.parametrize(("half", "recall"), [(TUNING, 0.9), (HELD_OUT, 0.85)])
def test_suggestions_are_right_and_few_are_missed(half: str, recall: float) -> None:
    """On a server with other recommendations; far better on both counts than letters and phrases were."""
    now, before = (judged(judge, HALVES[half]) for judge in (measured.now, measured.before))
    assert now.precision >= 0.95 and now.recall >= recall
    assert now.precision > before.precision and now.recall > before.recall


@pytest.mark.parametrize("half", HALVES)
def test_suggestions_are_right_from_the_first_evening_on(half: str) -> None:
    """Where nobody can know yet which words tell, more is missed, but nothing wrong is suggested."""
    first = judged(measured.at_first, HALVES[half])
    assert first.precision >= 0.95 and first.recall >= 0.75


def test_opposites_are_never_suggested() -> None:
    """Whoever proposes the contrary is not asked whether it is the same."""
    assert not [pair.proposed.title for pair in LABELLED if pair.kind == "opposite" and measured.now(pair)]


def test_texts_that_have_nothing_to_do_with_each_other_are_not_suggested() -> None:
    """Of two thousand such pairs at most two."""
    assert sum(map(measured.now, unlike())) <= 2


@given(st.text(max_size=60), st.text(max_size=300), st.text(max_size=60), st.text(max_size=300))
def test_any_text_can_be_compared_with_any_other(
    title: str, text: str, other_title: str, other_text: str
) -> None:
    """Whatever the characters, the likeness is between 0 and 100 and the same each time."""
    mine, other = read(title, text), read(other_title, other_text)
    for rarity in (Rarity(), Rarity(5_000, dict.fromkeys("abc", 7))):
        score = likeness(mine, other, rarity)
        assert 0 <= score <= 100
        assert likeness(mine, other, rarity) == score


@given(st.text(alphabet="abcdefg 0123456789éß中.-", min_size=30, max_size=300))
def test_a_text_is_alike_to_itself(text: str) -> None:
    """Also without words of which anything is known."""
    mine = read("A title", text)
    assert likeness(mine, mine, Rarity()) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("within sixty days", "within two months"),
        ("for forty-eight hours", "for 2 days"),
        ("a third of the staff", "one third of the staff"),
        ("la moitié en quatre-vingt-dix jours", "la moitié en trois mois"),
    ],
)
def test_numbers_and_times_are_the_same_however_they_are_put(one: str, other: str) -> None:
    """In digits, in words, in days or in months."""
    assert read("", one).numbers == read("", other).numbers != frozenset()
