"""Differences and merges of texts, in words, against what any such difference must be."""

from __future__ import annotations

import difflib
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.differences import Conflict, Mark, difference, merge, tokens

WORDS = st.sampled_from(["peace", "keeping", "mission", "the", "a", "of", "units", "é", "planning", ",", "."])
TEXTS = st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=40)


def sides(pieces: tuple[object, ...]) -> tuple[str, str]:
    """The old and the new text that a difference tells."""
    old = "".join(p.text for p in pieces if p.mark is not Mark.ADDED)  # type: ignore[attr-defined]
    new = "".join(p.text for p in pieces if p.mark is not Mark.REMOVED)  # type: ignore[attr-defined]
    return old, new


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    """Nothing is lost in taking it apart."""
    assert "".join(tokens(text)) == text


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts_whole(old: str, new: str) -> None:
    """Whoever reads it can have either."""
    pieces = difference(old, new)
    assert sides(pieces) == (old, new)
    assert all(piece.text for piece in pieces)
    assert all(one.mark is not other.mark for one, other in pairwise(pieces))


@given(TEXTS)
def test_no_change_is_no_difference(text: str) -> None:
    """One piece, the same."""
    assert all(piece.mark is Mark.SAME for piece in difference(text, text))


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_as_much_is_kept_as_can_be(before: list[str], after: list[str]) -> None:
    """Against the textbook table of longest common subsequences."""
    from seminar.differences import _aligned

    table = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i, one in enumerate(before):
        for j, other in enumerate(after):
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else max(table[i][j + 1], table[i + 1][j])
    found = _aligned(before, after)
    assert len(found) == table[-1][-1]
    assert all(before[i] == after[j] for i, j in found)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(found))


def test_words_are_shown_and_not_letters() -> None:
    """A changed word is changed whole, its neighbours are not."""
    pieces = difference("The EU should share its helicopters.", "The EU shall share its aircraft, too.")
    assert [(p.mark, p.text) for p in pieces] == [
        (Mark.SAME, "The EU "),
        (Mark.REMOVED, "should"),
        (Mark.ADDED, "shall"),
        (Mark.SAME, " share its "),
        (Mark.REMOVED, "helicopters"),
        (Mark.ADDED, "aircraft, too"),
        (Mark.SAME, "."),
    ]


def test_short_words_between_two_changes_are_part_of_one() -> None:
    """Else a rewritten sentence would be a salad of changes around every "of"."""
    assert [(p.mark, p.text) for p in difference("5 of 9 members", "6 of 8 members")] == [
        (Mark.REMOVED, "5 of 9"),
        (Mark.ADDED, "6 of 8"),
        (Mark.SAME, " members"),
    ]


def test_what_comes_in_between_takes_no_space_along() -> None:
    """An insertion between two words is one, though another change follows."""
    pieces = difference(
        "learn together and write within six months", "learn together, as one, and write within a year"
    )
    assert [(p.mark, p.text) for p in pieces][:3] == [
        (Mark.SAME, "learn together"),
        (Mark.ADDED, ", as one,"),
        (Mark.SAME, " and write within "),
    ]


def test_marks_stay_on_their_letters() -> None:
    """An accent that is a character of its own is never torn off."""
    text = unicodedata.normalize("NFD", "coopération été")
    assert [unicodedata.normalize("NFC", token) for token in tokens(text)] == ["coopération", " ", "été"]


def test_a_text_made_to_be_slow_is_no_slower_than_the_size_of_its_answer() -> None:
    """Two thousand characters of equal words, in other order: the answer is exact all the same."""
    old, new = "a b " * 500, "b a " * 500
    assert sides(difference(old, new)) == (old, new)


@given(TEXTS, TEXTS)
def test_where_one_side_changes_nothing_the_other_is_taken(base: str, other: str) -> None:
    """And the same change on both sides is one change."""
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other
    assert merge(base, other, other).text == other


@given(TEXTS, TEXTS, TEXTS)
def test_a_merge_treats_both_sides_alike(base: str, ours: str, theirs: str) -> None:
    """Whoever came first: the same parts, with the sides of each conflict exchanged."""
    turned = [
        Conflict(part.base, part.theirs, part.ours) if isinstance(part, Conflict) else part
        for part in merge(base, theirs, ours).parts
    ]
    assert list(merge(base, ours, theirs).parts) == turned


@given(TEXTS, TEXTS, TEXTS)
def test_each_side_can_be_read_out_of_a_merge_that_is_in_conflict(base: str, ours: str, theirs: str) -> None:
    """A conflict holds all three wordings: nothing is dropped."""
    made = merge(base, ours, theirs)
    for conflict in made.conflicts:
        assert conflict.ours != conflict.theirs
        assert conflict.base in base
        assert conflict.ours in ours
        assert conflict.theirs in theirs


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta"]), min_size=6, max_size=6), st.data())
def test_changes_of_different_words_are_both_in_the_merged_text(
    words: list[str], data: st.DataObject
) -> None:
    """Two words apart, each side changes one: the result has both."""
    first = data.draw(st.integers(0, 2))
    second = data.draw(st.integers(first + 2, 5))
    ours, theirs, both = words.copy(), words.copy(), words.copy()
    ours[first] = both[first] = "FIRST"
    theirs[second] = both[second] = "SECOND"
    assert merge(" ".join(words), " ".join(ours), " ".join(theirs)).text == " ".join(both)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("The EU shall share helicopters.", "The EU may share helicopters."),
        ("The EU should share helicopters and aircraft.", "The EU should share helicopters and trucks."),
        ("The EU should share.", "The EU should share three helicopters."),
        ("Nothing.", "The EU should lend helicopters."),
    ],
)
def test_changes_of_the_same_words_are_a_conflict(ours: str, theirs: str) -> None:
    """However they differ: both replace, both add at one place, one deletes what the other changes."""
    made = merge("The EU should share helicopters.", ours, theirs)
    assert made.text is None
    assert made.conflicts


def test_a_merge_agrees_with_the_library_on_what_each_side_changed() -> None:
    """difflib finds the same words changed in a plain case."""
    base = "Planning should begin early and include the field."
    ours = "Planning must begin early and include the field."
    theirs = "Planning should begin early and always include the field offices."
    made = merge(base, ours, theirs)
    assert made.text == "Planning must begin early and always include the field offices."
    changed = {w[2:] for w in difflib.ndiff(base.split(), (made.text or "").split()) if w[0] in "+-"}
    assert changed == {"should", "must", "always", "field.", "field", "offices."}


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "together"),
    [
        ("within six months of it", "within nine months of it", "within six weeks of it", None),
        ("a six-month plan", "a nine-month plan", "a six-week plan", None),
        ("one, two", "uno, two", "one, due", "uno, due"),
        ("End one. Begin two.", "End once. Begin two.", "End one. Start two.", "End once. Start two."),
        ("On day one.", "On day two.", "On day one. And on.", "On day two. And on."),
        ("one\ntwo", "uno\ntwo", "one\ndue", "uno\ndue"),
    ],
)
def test_changes_meet_over_a_space_and_in_a_compound(
    base: str, ours: str, theirs: str, together: str | None
) -> None:
    """Nobody asked for nine weeks; a comma, the end of a sentence or of a line holds changes apart."""
    assert merge(base, ours, theirs).text == together
    assert merge(base, theirs, ours).text == together
