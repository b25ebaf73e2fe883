"""A table of a Word document: header row repeated, rows whole, columns as wide as they should be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.table import CT_Row, CT_Tbl
from docx.shared import Twips

from reports.document import Col, Table
from reports.neutral import legible, one_line
from reports.word.paragraph import Set, told
from reports.word.styles import TEXT_WIDTH

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

_TIGHT = (
    f"<w:tblCellMar {nsdecls('w')}>"
    '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
)


@dataclass(frozen=True, slots=True)
class _Size:
    """A size of letters: its style, about a bold letter, and the space beside a cell's text, in twentieths
    of a point.
    """

    style: str
    letter: int
    sides: int


_SIZES = (_Size("Cell", 110, 190), _Size("CellSmall", 98, 140), _Size("CellTiny", 86, 140))


def drawn(table: Table) -> CT_Tbl:
    """The table, without its caption."""
    size, widths = _measured(table)
    made = CT_Tbl.new_tbl(len(table.rows) + 1, len(table.columns), Twips(TEXT_WIDTH))
    _dress(made, table, size, widths)
    head, *rows = made.tr_lst
    _fill(
        head, table.columns, widths, f"{size.style}Head", [one_line(column.title) for column in table.columns]
    )
    head.get_or_add_trPr().extend([OxmlElement("w:cantSplit"), OxmlElement("w:tblHeader")])
    together, last = len(rows) <= _KEPT_TOGETHER, len(rows) - 1
    for place, (line, row) in enumerate(zip(rows, table.rows, strict=True)):
        texts = [legible(text).strip("\n") for text in row]
        _fill(line, table.columns, widths, size.style, texts, keep=together and place < last)
        if max(map(len, row), default=0) <= _LONGEST_UNSPLIT:
            line.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return made


def _dress(made: CT_Tbl, table: Table, size: _Size, widths: Sequence[int]) -> None:
    form = made.tblPr
    form.style = "ReportTable"
    form.autofit = False
    whole = form.find(qn("w:tblW"))
    whole.set(qn("w:type"), "dxa")
    whole.set(qn("w:w"), str(sum(widths)))
    if size is not _SIZES[0]:
        form.insert_element_before(parse_xml(_TIGHT), "w:tblLook")
    form.append(OxmlElement("w:tblCaption", {qn("w:val"): one_line(table.caption)}))
    for column, width in zip(made.tblGrid.gridCol_lst, widths, strict=True):
        column.w = Twips(width)


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


def _fill(
    row: CT_Row,
    columns: Sequence[Col],
    widths: Sequence[int],
    style: str,
    texts: Sequence[str],
    *,
    keep: bool = False,
) -> None:
    for cell, column, width, text in zip(row.tc_lst, columns, widths, texts, strict=True):
        cell.width = Twips(width)
        cell[-1] = told(style, text, Set(keep=keep, right=column.figures))
