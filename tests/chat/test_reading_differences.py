"""Differences as they are shown: readable back, within their room, and never interpreted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.difference import (
    changes_document,
    changes_text,
    conflicts_document,
    conflicts_text,
    difference_text,
)
from bot.i18n import Catalogues
from seminar.differences import difference
from seminar.wording import Wording, merged

TR = Catalogues.load().speak("en")
BASE = Wording("Plan together", "The UN and the EU should plan missions together from the first day on.")
ANYTHING = st.text(alphabet="ab c\n\t*~_`|\\[]()<>#-1.@:/e\u0301", max_size=60)
PHRASES = st.lists(
    st.sampled_from(["one", "two", "*three*", "~~", "http://a.example/x_y", "\n", "4.", "- five", "**"]),
    max_size=25,
).map(" ".join)


def read(markdown: str) -> tuple[str, str]:
    """The old and the new text as somebody sees them: what is struck through, in bold, or neither."""
    old, new, inside, place = "", "", "", 0
    while place < len(markdown):
        two, character = markdown[place : place + 2], markdown[place]
        if two in ("~~", "**") and inside in ("", two):
            inside, place = ("" if inside else two), place + 2
            continue
        if character == "\\":
            place += 1
            character = markdown[place]
        old += character if inside != "**" else ""
        new += character if inside != "~~" else ""
        place += 1
    assert not inside, markdown
    return old, new


def bare(text: str) -> str:
    """Without white space and what stands for it, and without what nobody sees."""
    return re.sub(r"[\s↵␣⇥\u200b]", "", text)


@given(ANYTHING | PHRASES, ANYTHING | PHRASES)
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    """Whatever signs are in them, and wherever they change."""
    shown = difference_text(difference(old, new), 10**6, around=None)
    before, after = read(shown.text)
    assert shown.whole
    assert (bare(before), bare(after)) == (bare(old), bare(new))


@given(ANYTHING | PHRASES, ANYTHING | PHRASES, st.integers(120, 600))
def test_it_stays_within_its_room(old: str, new: str, room: int) -> None:
    """After escaping; and what is cut is called so."""
    pieces = difference(old * 20, new * 20)
    shown = difference_text(pieces, room)
    assert len(shown.text) <= room
    assert shown.whole == (len(difference_text(pieces, 10**6).text) <= room)
    read(shown.text.removesuffix("…"))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("From the first day on.", "From the first hour on.", "From the first ~~day~~**hour** on."),
        ("a b\nc", "a b c", "a b~~↵~~**␣**c"),
        ("Plan.", "Plan.\n\nMore.", "Plan.\n\n**More.\u200b**"),
        ("Plan it.", "Plan it. ", "Plan it.**␣**"),
        ("one, two", "one and two", "one~~\u200b,\u200b~~ **and** two"),
        ("~ sign ~", "~ sign !", "\\~ sign ~~\u200b\\~\u200b~~**\u200b!\u200b**"),
        (
            "see https://good.example/x",
            "see https://bad.example/x",
            "see https:\\//~~good~~**bad**.example/x",
        ),
        (
            "w1 w2 w3 w4 w5 w6 w7 w8 w9 day v1 v2 v3 v4 v5 v6 v7 v8 v9",
            "w1 w2 w3 w4 w5 w6 w7 w8 w9 hour v1 v2 v3 v4 v5 v6 v7 v8 v9",
            "…w4 w5 w6 w7 w8 w9 ~~day~~**hour** v1 v2 v3 v4 v5 v6…",
        ),
    ],
)
def test_only_the_places_that_changed_are_shown(old: str, new: str, shown: str) -> None:
    """With some words around them; signs stand beside words and not beside white space."""
    assert difference_text(difference(old, new), 2000).text == shown


def test_a_word_longer_than_its_room_is_not_parted_from_its_marks() -> None:
    """No piece begins or ends between a letter and the accents on it."""
    old, new = "e\u0301" * 1000, "o\u0308" * 1000
    for room in (130, 131, 400, 2000):
        shown = difference_text(difference(old, new), room)
        assert not shown.whole and len(shown.text) <= room
        for before, after in zip(shown.text, shown.text[1:], strict=False):
            assert not (unicodedata.combining(after) and before in "~*…")
    around = difference_text(difference(old + " x", old + " y"), 2000).text
    assert around.startswith("…e") and around.endswith("~~x~~**y**")


def test_fields_share_the_room_and_a_short_one_leaves_its_own() -> None:
    """Each is under its name; a document has them all in full."""
    other = Wording("Plan jointly", "Other. " * 280, "Why? " * 200, ("DPKO",))
    shown = changes_text(BASE, other, TR, 1200)
    assert not shown.whole and len(shown.text) <= 1200
    for name in ("Title", "Text", "Rationale", "Addressees"):
        assert f"**{name}**\n" in shown.text
    assert "Plan ~~together~~**jointly**" in shown.text and "**DPKO**" in shown.text
    document = changes_document("CAP-01", BASE, other, TR)
    assert document.startswith("# CAP-01\n\n## Title\n\n") and "missions together" in document
    assert changes_text(BASE, BASE, TR, 1200).text == ""


def test_conflicts_are_shown_three_ways() -> None:
    """Place by place, with what stands around it; nothing is said to be nothing."""
    ours = replace(BASE, text=BASE.text.replace("first day", "first hour"))
    theirs = replace(BASE, text=BASE.text.replace("first day", ""))
    shown = conflicts_text(merged(BASE, ours, theirs), TR, 2000)
    assert shown.whole
    assert "As it was: …should plan missions together from the **first day** on." in shown.text
    assert "**first hour**" in shown.text and "*(nothing)*" in shown.text
    long = [replace(BASE, text=f"{sign} " * 900) for sign in ("a*", "b*", "c*")]
    made = merged(*long)
    cut = conflicts_text(made, TR, 900)
    assert not cut.whole and len(cut.text) <= 900
    assert len(conflicts_document("CAP-01", made, TR)) > 5000
