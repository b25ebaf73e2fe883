"""A table as it is sent: the bytes of a CSV file or a workbook, read into rows of text.

What a file says of itself is not trusted: kind and encoding are told from its bytes, and
everything that it could be large in has a bound. Nothing here is quick enough for the
event loop; whoever calls it does so in a thread.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from io import StringIO

from seminar.errors import Invalid
from seminar.sheets import Row
from seminar.words import t
from services import workbooks
from services.workbooks import Bounds

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_MACROS = (".xlsm", ".xltm", ".xlam", ".xlsb")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def read_rows(filename: str, data: bytes, bounds: Bounds) -> list[Row]:
    """The rows of a file, with the numbers a spreadsheet shows them under.

    Raises:
        Invalid: it is too large, has macros, is of another kind, or cannot be read; nothing of it is used.
    """
    if len(data) > bounds.bytes:
        raise Invalid(bounds.too_large)
    if filename.lower().endswith(_MACROS):
        raise Invalid(workbooks.MACROS)
    if data.startswith(_OLE):
        raise Invalid(
            t("This is an old or a locked workbook. Save it as an unlocked workbook (.xlsx) or as CSV UTF-8.")
        )
    if data.startswith(_ZIP):
        return list(workbooks.read_rows(data, bounds))
    return list(_of_text(_decoded(data), bounds))


def _decoded(data: bytes) -> str:
    marked = (one for one in _MARKS if data.startswith(one[0]))
    mark, encoding = next(marked, (b"", _guessed(data[:1000])))
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        raise Invalid(
            t(
                "The file is neither a workbook (.xlsx) nor text in UTF-8 or UTF-16. In a spreadsheet, save "
                "it as “CSV UTF-8”."
            )
        ) from None


def _guessed(begin: bytes) -> str:
    """UTF-16 without its mark has a zero in every second place, as long as it is mostly Latin."""
    even, odd = begin[::2].count(0), begin[1::2].count(0)
    if max(even, odd) * 4 < len(begin):
        return "utf-8"
    return "utf-16-be" if even > odd else "utf-16-le"


def _of_text(text: str, bounds: Bounds) -> Iterator[Row]:
    said = _SEPARATOR.match(text)
    if said is not None:  # a line for spreadsheets, which do not show it
        text = text[said.end() :]
    delimiter = said[1] if said is not None else _delimiter(text, bounds)
    number = 0
    try:
        for number, cells in enumerate(_records(text, delimiter), start=1):
            if number > bounds.last_row:
                raise Invalid(bounds.too_large)
            if any(cell.strip() for cell in cells[bounds.columns :]):
                raise Invalid(bounds.too_wide)
            yield number, tuple(cell[: bounds.cell] for cell in cells[: bounds.columns])
    except csv.Error:
        raise Invalid(
            t("Row {row} cannot be read: its quotation marks do not match.", row=number + 1)
        ) from None


def _delimiter(text: str, bounds: Bounds) -> str:
    """What stands between the cells: that by which most of the headings mean something."""

    def fits(delimiter: str) -> tuple[int, int]:
        try:
            headings = next((cells for cells in _records(text[:10_000], delimiter) if any(cells)), [])
        except csv.Error:
            return 0, 0
        return bounds.recognised(headings), len(headings)

    return max((",", ";", "\t"), key=fits)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
