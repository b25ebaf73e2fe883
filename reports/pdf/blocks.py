"""A document as plain data for `document.typ`: its text as the fonts can show it, its columns measured."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import zip_longest
from struct import unpack_from
from typing import Any, TypeAlias

from reports import fonts
from reports.document import (
    Block,
    Document,
    Facts,
    Figure,
    Heading,
    Listing,
    PageBreak,
    Paragraph,
    Quote,
    Table,
)
from reports.pdf.tables import capacity, column_widths, font_size, longest_word

WIDTH = 453.5
"""The width of the text on the page, in points."""

CONTENTS_LINES = 120
"""The most lines that the contents have, unless there are more chapters."""

NAMELESS = "–"
"""What a heading without words is called, since PDF/UA asks for some."""

LONGEST = 40
"""How many letters of a word fit on any line but a table's."""

_LONG_ROW = 1200
_SHORT_LIST = 300  # letters of facts that are not parted by the end of a page
_INTRODUCTION = 400  # letters of a paragraph that stays on the page of the table or chart it introduces
_LETTERS_HYPHENATED = 18
_PIECE = 6
_LOGO_HEIGHT, _LOGO_WIDTH = 62.0, 230.0
_PARAGRAPHS = re.compile(r"\n[ \u00a0]*(?:\n[ \u00a0]*)+")
_INDENTS = re.compile(r"(?m)^ +")

Shown: TypeAlias = str | Mapping[str, Any]
"""Text as it is drawn; a mapping where it is written from the right, or must be hyphenated to fit."""


def document_data(document: Document, note: str) -> dict[str, Any]:
    """The whole document; `note` ends it, where there is one."""
    cover = document.cover
    levels = _levels(document.blocks)
    return {
        "fonts": fonts.FAMILIES,
        "language": document.language,
        "title": _visible(cover.title) or _visible(document.header) or NAMELESS,
        "cover": {
            "title": line_of(cover.title),
            "subtitle": line_of(cover.subtitle),
            "facts": _facts(cover.facts),
            "marks": [line_of(mark) for mark in cover.marks if mark.strip()],
            "status": text_of(cover.status),
            "logo_height": None if cover.logo is None else _logo_height(cover.logo),
            "logo_alt": fonts.drawable(cover.logo_alt),
        },
        "contents": line_of(_visible(document.contents) or NAMELESS),
        "depth": contents_depth(levels),
        "header": fonts.drawable(document.header),
        "page": re.split(r"\{(page|pages)\}", fonts.drawable(document.page)),
        "blocks": list(_blocks(document.blocks, levels)),
        "note": text_of(note),
    }


def text_of(text: str) -> list[Shown]:
    """The paragraphs of a text, their lines kept."""
    drawn = _INDENTS.sub(_indent, fonts.drawable_lines(text).strip("\n"))
    return [_directed(broken(part, LONGEST)) for part in _PARAGRAPHS.split(drawn) if part.strip()]


def line_of(text: str, longest: int = LONGEST) -> Shown:
    """A text without lines of its own."""
    return _directed(broken(fonts.drawable(text), longest))


def broken(text: str, longest: int) -> str:
    """`text` with places at which words of more than `longest` letters may be broken."""
    if len(text) <= longest:
        return text
    return _words_beyond(longest).sub(_in_pieces, text)


def contents_depth(levels: Iterable[int]) -> int:
    """Down to which level the contents list headings, so that they stay a contents and no second document."""
    counts = [0, 0, 0]
    for level in levels:
        for depth in range(level, len(counts) + 1):
            counts[depth - 1] += 1
    return max((depth for depth in (1, 2, 3) if counts[depth - 1] <= CONTENTS_LINES), default=1)


def _visible(text: str) -> str:
    """`text` on one line, or nothing where there is nothing to see in it."""
    drawn = fonts.drawable(text)
    return drawn if any(unicodedata.category(character)[0] != "C" for character in drawn) else ""


def _levels(blocks: Iterable[Block]) -> list[int]:
    """The levels of the headings: none is skipped on the way down, as PDF/UA asks."""
    levels: list[int] = []
    for block in blocks:
        if isinstance(block, Heading):
            above = levels[-1] if levels else 0
            levels.append(max(1, min(block.level, above + 1, 4)))
    return levels


def _blocks(blocks: Sequence[Block], levels: Iterable[int]) -> Iterator[dict[str, Any]]:
    level = iter(levels)
    for block, following in zip_longest(blocks, blocks[1:]):
        match block:
            case Heading():
                named = line_of(_visible(block.text) or NAMELESS)
                yield {"kind": "heading", "level": next(level), "text": named}
            case Paragraph():
                keep = isinstance(following, Table | Figure) and len(block.text) <= _INTRODUCTION
                yield {"kind": block.look.value, "text": text_of(block.text), "keep": keep}
            case Quote():
                yield {"kind": "quote", "text": text_of(block.text)}
            case Listing():
                kind = "numbered" if block.numbered else "listing"
                yield {"kind": kind, "items": [text_of(item) for item in block.items]}
            case Facts():
                yield {"kind": "facts", **_facts(block.items)}
            case Table():
                yield _table(block)
            case Figure():
                yield {
                    "kind": "figure",
                    "template": block.drawing.template,
                    "data": block.drawing.data,
                    "alt": fonts.drawable_lines(block.drawing.alt),
                    "caption": line_of(block.caption),
                }
            case PageBreak():
                yield {"kind": "break"}


def _facts(items: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Names and what is said of them; `letters` is how long the longest name is."""
    shown = [(line_of(name, 20), text_of(said)) for name, said in items]
    return {
        "items": shown,
        "letters": max((len(name) for name, _ in items), default=0),
        "whole": sum(len(said) for _, said in items) <= _SHORT_LIST,
    }


def _table(table: Table) -> dict[str, Any]:
    size = font_size(table)
    widths = column_widths(table, WIDTH)
    longest = [capacity(width, size) for width in widths]
    places = range(len(widths))
    return {
        "kind": "table",
        "caption": line_of(table.caption),
        "size": size,
        "widths": [round(width, 2) for width in widths],
        "figures": [column.figures for column in table.columns],
        "titles": [_cell(table.columns[place].title, longest[place]) for place in places],
        "cells": [_cell(row[place], longest[place]) for row in table.rows for place in places],
        "whole": not any(len(cell) > _LONG_ROW for row in table.rows for cell in row),
    }


def _cell(text: str, letters: int) -> Shown:
    """The text of a cell whose lines surely hold so many letters: only a longer word is ever broken."""
    drawn = fonts.drawable_lines(text).strip("\n")
    longest = longest_word(drawn)
    if longest <= letters:
        return _directed(drawn)
    return _directed(broken(drawn, max(letters, _LETTERS_HYPHENATED)), hyphenate=True)


def _indent(found: re.Match[str]) -> str:
    return "\u00a0" * len(found[0])


def _logo_height(png: bytes) -> float:
    """How high the logo is drawn, in points, so that it is neither higher nor wider than it may be."""
    width: int
    height: int
    width, height = unpack_from(">II", png, 16)
    return min(_LOGO_HEIGHT, _LOGO_WIDTH * height / max(width, 1))


@cache
def _words_beyond(longest: int) -> re.Pattern[str]:
    return re.compile(rf"\S{{{longest + 1},}}")


def _in_pieces(found: re.Match[str]) -> str:
    """A word with a place to break it every few letters, never between a letter and what combines with it."""
    out: list[str] = []
    for place, character in enumerate(found[0]):
        if place and place % _PIECE == 0 and unicodedata.category(character)[0] not in "MC":
            out.append("\u200b")
        out.append(character)
    return "".join(out)


def _directed(text: str, *, hyphenate: bool = False) -> Shown:
    rtl = fonts.reads_right_to_left(text)
    return {"text": text, "rtl": rtl, "hyphenate": hyphenate} if rtl or hyphenate else text
