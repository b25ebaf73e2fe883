"""Documents as Markdown, read back by markdown-it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reports.compose import COMPOSERS
from reports.document import Col, Document, Facts, Heading, Listing, Look, Paragraph, Quote, Table
from reports.neutral import legible, one_line, paragraphs
from reports.text.document import drawn
from reports.to_markdown import FORMAT
from tests.reports.document_sample import ALT, COVER, HOSTILE, hostile_cover, ranking, sample

MARKS = {"strong_open", "strong_close"}


def tokens(document: Document) -> list[Token]:
    """The document, drawn and read."""
    return MarkdownIt("gfm-like", {"linkify": False}).parse(drawn(document, str).decode())


def words(inline: Token) -> str:
    """The text of a paragraph, a line feed for each break; fails if it holds more than heavy letters."""
    shown = []
    for token in inline.children or []:
        assert token.type in {"text", "text_special", "hardbreak", *MARKS}, token
        shown.append("\n" if token.type == "hardbreak" else token.content)
    return "".join(shown)


def told(read: Sequence[Token], opening: str, tag: str = "") -> list[str]:
    """The texts right within elements that begin so."""
    return [
        words(following)
        for one, following in pairwise(read)
        if one.type == opening and tag in ("", one.tag) and following.type == "inline"
    ]


def lines(text: str) -> str:
    """How a text with lines is shown: white space within them is one space, and no line is blank."""
    return "\n".join(one_line(line) for line in legible(text).split("\n") if one_line(line))


def test_cover_headings_tables_and_lists_are_markdown_s_own() -> None:
    """A chapter stands one level below the title."""
    read = tokens(sample("plain"))
    assert told(read, "heading_open", "h1") == [COVER.title]
    assert told(read, "heading_open", "h2") == ["Foreword", "Military capabilities", "Method", "Nasty texts"]
    assert told(read, "heading_open", "h4") == ["Every figure"]
    assert f"**{COVER.subtitle}**" in drawn(sample("plain"), str).decode()
    text = told(read, "paragraph_open")
    assert {*COVER.marks, COVER.status, "Seminars: Rome, May 2014\nBerlin, July 2014"} <= set(text)
    expected = ranking(40)
    assert expected.caption in text
    assert told(read, "th_open")[:6] == [column.title for column in expected.columns]
    assert told(read, "td_open")[:240] == [cell for row in expected.rows for cell in row]
    rights = [one.attrs.get("style") for one in read if one.type == "th_open"][:6]
    assert rights == ["text-align:right", None, None, "text-align:right", "text-align:right", None]


def test_a_chart_is_told_in_words() -> None:
    """Its text alternative, a line each, below the caption."""
    text = told(tokens(sample("plain")), "paragraph_open")
    place = text.index("Support by recommendation")
    assert text[place + 1 : place + 4] == ALT.split("\n")


def test_lists_that_follow_one_another_stay_apart() -> None:
    """Facts and two lists in a row are three lists, each numbered from one."""
    blocks = (
        Facts((("a", "b"),)),
        Listing(("c", "d\ne")),
        Listing(("f",)),
        Listing(("g", "h"), numbered=True),
        Listing(("i",), numbered=True),
    )
    read = tokens(Document("en", COVER, "", "", "", blocks))
    kinds = [one.type for one in read if one.type.endswith("_list_open")]
    assert kinds == ["bullet_list_open"] * 4 + ["ordered_list_open"] * 2
    assert told(read, "paragraph_open")[-7:] == ["a: b", "c", "d\ne", "f", "g", "h", "i"]


def test_nasty_texts_are_shown_as_they_were_written() -> None:
    """In headings, paragraphs, quotations, facts, lists, tables and captions; nothing in them is markup."""
    read = tokens(sample())
    text = told(read, "paragraph_open")
    for nasty in HOSTILE:
        assert one_line(nasty) in told(read, "heading_open", "h3")
        assert {lines(part) for part in paragraphs(nasty)} <= set(text)
        assert lines(nasty) in text
        assert f"{one_line(nasty)}: {lines(nasty)}" in text
        assert one_line(nasty) in told(read, "td_open")
        assert one_line(nasty) in told(read, "th_open")
    assert {one.type.rpartition("_")[0] for one in read} - {""} <= {
        "heading", "paragraph", "blockquote", "bullet_list", "ordered_list", "list_item",
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_nasty_texts_can_stand_on_the_cover(text: str) -> None:
    """As its title, marks, facts and status."""
    read = tokens(hostile_cover(text))
    assert told(read, "heading_open") == [one_line(text)]
    once = one_line(text)
    assert told(read, "paragraph_open") == [once, once, f"{once}: {lines(text)}", once]


def test_every_report_that_can_be_a_document_can_be_markdown() -> None:
    """The ranking has a form of its own."""
    assert set(COMPOSERS) <= set(FORMAT.renderers)


ANY_TEXT = st.one_of(
    st.text(), st.text(alphabet=st.sampled_from("=+-@\t\r\n \u200b'\"|`*_[]()<>&#~!$\\1.:a é😀א\u202e\x00"))
)


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT)
@example("1. one\n\n- two\n===")
@example("*")
@example("\\")
def test_any_text_survives(text: str) -> None:
    """Line for line, once it is legible and its white space is collapsed."""
    blocks = (
        Heading(1, text, text),
        Paragraph(text, Look.LABEL),
        Quote(text),
        Listing((text, "z")),
        Listing((text, "z"), numbered=True),
        Facts(((text, text),)),
        Table(text, (Col(text), Col("x")), ((text, text),)),
    )
    read = tokens(Document("en", COVER, "", "", "", blocks))
    once = one_line(text)
    assert told(read, "heading_open", "h2") == [once or "–"]
    shown = told(read, "paragraph_open")
    assert shown.count(lines(text)) >= (2 if once else 0)
    assert shown.count("z") >= 2
    assert one_line(f"{once}: {lines(text)}") in [one_line(one) for one in shown]
    assert told(read, "td_open") == [once, once]
    assert len([one for one in read if one.type.endswith("list_open")]) == 4
