"""User text in other people's formats: shown as written, never run, never hiding anything."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reports.neutral import (
    cut_to_cell,
    legible,
    markdown_line,
    markdown_quote,
    neutralised,
    one_line,
    shortened,
    spreadsheet_text,
    utf16_units,
)

NASTY = st.text(
    alphabet=st.sampled_from("=+-@\t\r\n \u200b\ufeff\u2060'\"|`*_[]()<>&#~!$\\1.a é😀א\u202e\x00")
)
ANY_TEXT = st.one_of(st.text(), NASTY)


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x.example","click")',
        "+1+1",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "  =1",
        "\u200b=1",
        "\ufeff\u2060 \u00a0@x",
        "\n-1",
        "＝1+1",
    ],
)
def test_a_string_that_looks_like_a_formula_is_marked_as_text(text: str) -> None:
    """The apostrophe stands first, and the author's words are all still there."""
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "1-2", "co-operation", "é", "'=1", "(=1)", "  plain"])
def test_ordinary_text_gets_no_apostrophe(text: str) -> None:
    """Neutralising changes nothing that needs no change."""
    assert neutralised(text) == text


@given(ANY_TEXT)
@example("\u202e=1")
def test_no_spreadsheet_string_begins_as_a_formula_however_it_is_trimmed(text: str) -> None:
    """Neither as it is, nor after a program has stripped white space or zero-width characters."""
    safe = spreadsheet_text(text)
    bare = safe.lstrip().lstrip("\u200b\ufeff\u2060\u200e\u200f").lstrip()
    assert not bare.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(ANY_TEXT)
def test_legible_text_can_be_written_anywhere_and_stays_legible(text: str) -> None:
    """It is valid UTF-8, has no controls but tab and line feed, and a second pass changes nothing."""
    clean = legible(text)
    assert clean.encode().decode() == clean
    assert not any(ord(sign) < 32 and sign not in "\t\n" for sign in clean)
    assert not any(sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" for sign in clean)
    assert legible(clean) == clean


def test_direction_marks_and_joiners_that_scripts_are_spelled_with_stay() -> None:
    """Persian needs its non-joiner, Hebrew its mark, and an emoji family its joiners."""
    text = "می\u200cخواهم \u200fא 👨\u200d👩\u200d👧"
    assert legible(text) == text


@given(ANY_TEXT)
@example("1. one")
@example("---")
@example("&lt;b&gt; <b>")
@example("a | b")
def test_markdown_shows_a_line_exactly_as_written(text: str) -> None:
    """An independent reader finds one paragraph of nothing but text, and it is the author's."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown_line(text))
    if not one_line(text):
        assert not tokens
        return
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert _words(tokens[1]) == one_line(text)


@given(ANY_TEXT)
@example("- a\n- b\n\n    code\n```\n# head\n> quoted\n<script>\n|a|b|\n|-|-|")
@example("a\n===\n[x]: http://x")
def test_a_markdown_quotation_holds_all_its_lines_and_nothing_else(text: str) -> None:
    """No line of a text becomes a list, a heading, code, a table or HTML."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown_quote(text))
    assert {token.type for token in tokens} <= {
        "blockquote_open",
        "blockquote_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
    }
    lines = [line for token in tokens if token.type == "inline" for line in _words(token).split("\n")]
    assert lines == [one_line(line) for line in legible(text).split("\n") if one_line(line)]


@given(ANY_TEXT, st.integers(min_value=10, max_value=40))
def test_a_cell_never_holds_more_than_it_can(text: str, limit: int) -> None:
    """What is cut says so, and what fits is left alone."""
    cut = cut_to_cell(text, " [cut]", limit)
    assert utf16_units(cut) <= limit
    assert cut == text if utf16_units(text) <= limit else cut.endswith(" [cut]")


@given(ANY_TEXT, st.integers(min_value=1, max_value=30))
def test_a_shortened_title_has_at_most_the_length_asked_for(text: str, most: int) -> None:
    """The ellipsis counts too."""
    assert len(shortened(text, most)) <= most


def test_a_title_is_not_cut_between_a_letter_and_its_accent() -> None:
    """The letter goes with it."""
    assert shortened("abce\u0301fgh", 5) == "abc…"


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_safe_strings_survive_a_csv_file(cells: list[str]) -> None:
    """Quotes, commas and line feeds are the writer's business, and it does it."""
    safe = [spreadsheet_text(cell) for cell in cells]
    out = StringIO(newline="")
    csv.writer(out).writerow([*safe, "end"])
    assert list(csv.reader(StringIO(out.getvalue(), newline=""))) == [[*safe, "end"]]


def _words(inline: Token) -> str:
    """The text of a paragraph, a line feed for each break; fails if it holds anything but text."""
    shown = []
    for token in inline.children or []:
        assert token.type in {"text", "text_special", "hardbreak", "softbreak"}, token
        shown.append("\n" if token.type.endswith("break") else token.content)
    return "".join(shown)
