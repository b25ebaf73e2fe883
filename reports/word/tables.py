"""A table of WordprocessingML: header row repeated, rows whole, columns as wide as they should be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from reports.document import Col, Table
from reports.neutral import legible, one_line
from reports.word.package import TEXT_WIDTH
from reports.word.paragraph import Set, told
from reports.word.text import attribute

_KEPT_TOGETHER = 6
"""Tables of no more rows stay on one page."""

_MEASURED = 50
_LONGEST_WORD = 18
_FULL = 0.92
"""How much of the width may go to the longest words before a table is set smaller."""

_BREAKS = re.compile(r"[\s-]+")
_WIDE, _NARROW = re.compile("[mwA-Z@%]"), re.compile("[fijlrt.,:;'|()]")
_LONGEST_UNSPLIT = 1200
"""A row with a cell of more characters may go on on the next page, lest it be cut off."""

_TIGHT = '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'


@dataclass(frozen=True, slots=True)
class _Size:
    """A size of letters: its style, about a bold letter, and the space beside a cell's text, in twentieths
    of a point.
    """

    style: str
    letter: int
    sides: int


_SIZES = (_Size("Cell", 110, 190), _Size("CellSmall", 98, 140), _Size("CellTiny", 86, 140))
AFTER = '<w:p><w:pPr><w:pStyle w:val="TableEnd"/></w:pPr></w:p>'
"""What parts a table from what follows: tables have no space of their own behind them."""


def drawn(table: Table) -> str:
    """The table, without its caption, and the space behind it."""
    size, widths = _measured(table)
    together = len(table.rows) <= _KEPT_TOGETHER
    tight = "" if size is _SIZES[0] else _TIGHT
    head = "".join(
        _cell(told(f"{size.style}Head", one_line(column.title), Set(right=column.figures)), width)
        for column, width in zip(table.columns, widths, strict=True)
    )
    last = len(table.rows) - 1
    rows = "".join(
        _row(row, table.columns, widths, size.style, keep=together and place < last)
        for place, row in enumerate(table.rows)
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="ReportTable"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>{tight}'
        '<w:tblLook w:val="04A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" '
        'w:noHBand="0" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{attribute(one_line(table.caption))}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>{AFTER}"
    )


def _measured(table: Table) -> tuple[_Size, list[int]]:
    """The size of the letters, and the widths of the columns, which together fill the page.

    By weight, but no column so narrow that its words would break, as far as there is room.
    """
    longest = [
        min(max(map(_longest_word, (column.title, *values))), _LONGEST_WORD)
        for column, values in zip(table.columns, _by_column(table), strict=True)
    ]
    for size in _SIZES:
        least = [size.letter * word + size.sides for word in longest]
        if sum(least) <= _FULL * TEXT_WIDTH:
            break
    spare = TEXT_WIDTH - sum(least)
    if spare <= 0:
        return size, _filled(least)
    whole = sum(column.weight for column in table.columns)
    wanted = [
        max(TEXT_WIDTH * column.weight / whole - need, 0)
        for column, need in zip(table.columns, least, strict=True)
    ]
    asked = sum(wanted) or 1
    return size, _filled([need + spare * want / asked for need, want in zip(least, wanted, strict=True)])


def _filled(shares: Sequence[float]) -> list[int]:
    """Whole widths in these proportions, which together are exactly the text's."""
    ends = [0.0, *accumulate(shares)]
    whole = ends[-1] or 1
    return [
        round(TEXT_WIDTH * end / whole) - round(TEXT_WIDTH * start / whole) for start, end in pairwise(ends)
    ]


def _by_column(table: Table) -> Sequence[Sequence[str]]:
    """The cells of each column, of the first rows: a long table is not measured to its end."""
    rows = table.rows[:_MEASURED]
    return list(zip(*rows, strict=True)) if rows else [() for _ in table.columns]


def _longest_word(text: str) -> float:
    """How wide the longest word is, in letters of middling width."""
    longest = max(_BREAKS.split(text), key=len)
    return len(longest) + 0.5 * len(_WIDE.findall(longest)) - 0.4 * len(_NARROW.findall(longest))


def _row(row: Sequence[str], columns: Sequence[Col], widths: Sequence[int], style: str, *, keep: bool) -> str:
    whole = max(map(len, row), default=0) <= _LONGEST_UNSPLIT
    cells = "".join(
        _cell(told(style, legible(text).strip("\n"), Set(keep=keep, right=column.figures)), width)
        for text, column, width in zip(row, columns, widths, strict=True)
    )
    return f"<w:tr>{'<w:trPr><w:cantSplit/></w:trPr>' if whole else ''}{cells}</w:tr>"


def _cell(inner: str, width: int) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{inner}</w:tc>'
