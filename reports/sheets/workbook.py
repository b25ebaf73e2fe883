"""What every workbook is written with.

Every string is written as a string and never as a formula or link, and one
that looks like a formula is neutralised as well, for the day somebody saves the
sheet as CSV. Figures are numbers and times are dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from reports.charts import palette
from reports.format import Words
from reports.neutral import CELL_LIMIT, cut_to_cell, legible, neutralised, spreadsheet_text, utf16_units
from reports.sheets.names import SheetNames
from reports.words import labels
from seminar.words import Text, t

LINE, MOST_LINES = 15, 10  # height of a line in points, and the lines that a row shows at most
_CUT_NOTICE = t(" … [Shortened: a cell holds at most 32,767 characters. The JSON export has the whole text.]")
_FRONT_WIDTHS = (30, 36, 18, 12, 12, 12, 12)
_NOTE_WIDTH = 130  # characters of a note on one line


class Headed(labels.Dated, Protocol):
    """A report that says of what it is, and where the ledger stood."""

    @property
    def initiative(self) -> str: ...
    @property
    def ledger_head(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Run:
    """Part of a cell's text in a look of its own: `plain`, `removed` or `added`."""

    look: str
    text: str


Value: TypeAlias = "str | int | float | datetime | tuple[Run, ...] | None"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its title, its width in characters, and the look of its cells."""

    title: Text
    width: int
    look: str = "text"


class Book:
    """One workbook being written; `words` put its labels into the reader's language."""

    def __init__(self, report: Headed, title: Text, words: Words) -> None:
        self.words = words
        self.notice = words(_CUT_NOTICE)
        self.names = SheetNames()
        self.out = BytesIO()
        self.book = Workbook(
            self.out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.book.set_properties(
            {
                "title": self.safe(words(title)),
                "subject": self.safe(report.initiative),
                "created": report.generated_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        top = {"valign": "top"}
        self.looks = {
            "text": self.book.add_format({**top, "text_wrap": True, "indent": 1}),
            "number": self.book.add_format({**top, "num_format": "0"}),
            "figure": self.book.add_format({**top, "num_format": "General"}),
            "share": self.book.add_format({**top, "num_format": "0.000"}),
            "score": self.book.add_format({**top, "num_format": "[<1]0.000;General"}),
            "moment": self.book.add_format({**top, "num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            "head": self.book.add_format(
                {**top, "bold": True, "text_wrap": True, "bg_color": "#e8eef3", "bottom": 1}
            ),
            "title": self.book.add_format({**top, "bold": True, "font_size": 16}),
            "link": self.book.add_format({**top, "font_color": palette.FOR, "underline": 1}),
        }
        self.runs = {
            "plain": self.book.add_format({}),
            "removed": self.book.add_format({"font_strikeout": True, "font_color": palette.REMOVED}),
            "added": self.book.add_format({"bold": True, "font_color": palette.FOR}),
        }

    def safe(self, text: str) -> str:
        """`text` as a cell takes it: no formula, and cut with the notice where it is too long."""
        return cut_to_cell(spreadsheet_text(text), self.notice)

    def put(self, sheet: Any, row: int, column: int, value: Value, look: str) -> None:
        """Write one value by its own type; the generic `write` would guess."""
        style = self.looks[look]
        if value is None or value in ("", ()):
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, self.safe(value), style)
        elif isinstance(value, tuple):
            self._put_runs(sheet, row, column, value, style)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value, style)
        else:
            whole = look in ("share", "score") and isinstance(value, int)
            sheet.write_number(row, column, value, self.looks["number"] if whole else style)

    def _put_runs(self, sheet: Any, row: int, column: int, value: tuple[Run, ...], style: Any) -> None:
        runs = [Run(run.look, text) for run in value if (text := legible(run.text))]
        whole = "".join(run.text for run in runs)
        safe = neutralised(whole)
        if len(runs) < 2 or utf16_units(safe) > CELL_LIMIT:  # a single run is no rich text to the format
            self.put(sheet, row, column, whole, "text")
            return
        if safe != whole:
            runs.insert(0, Run("plain", safe[: len(safe) - len(whole)]))
        parts = [part for run in runs for part in (self.runs[run.look], run.text)]
        sheet.write_rich_string(row, column, *parts, style)

    def table(self, name: str, headings: Sequence[Heading], rows: Iterable[Sequence[Value]]) -> None:
        """A sheet with a line of headings and one for each row, made to be filtered and printed."""
        sheet = self.book.add_worksheet(self.names.take(name))
        for place, heading in enumerate(headings):
            sheet.set_column(place, place, heading.width)
            self.put(sheet, 0, place, self.words(heading.title), "head")
        last = 0
        for last, values in enumerate(rows, start=1):
            tallest = max(lines(value, one.width) for value, one in zip(values, headings, strict=True))
            sheet.set_row(last, LINE * min(MOST_LINES, tallest))
            for place, (value, heading) in enumerate(zip(values, headings, strict=True)):
                self.put(sheet, last, place, value, heading.look)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(headings) - 1)
        self.on_paper(sheet)
        sheet.repeat_rows(0)

    def front(self, report: Headed, title: Text, notes: Iterable[Text]) -> tuple[Any, int]:
        """The first sheet, with what the workbook is and how to read it; and the line that comes next."""
        words = self.words
        sheet = self.book.add_worksheet(self.names.take(words(t("Summary"))))
        for column, width in enumerate(_FRONT_WIDTHS):
            sheet.set_column(column, column, width)
        self.on_paper(sheet)
        sheet.write_string(0, 0, self.safe(report.initiative), self.looks["title"])
        head = report.ledger_head
        said = [
            words(title),
            words(labels.as_of(report)),
            *([words(t("Head of the ledger: {head}", head=head))] if head else []),
            *map(words, notes),
        ]
        for line, note in enumerate(said, start=1):
            sheet.merge_range(line, 0, line, len(_FRONT_WIDTHS) - 1, self.safe(note), self.looks["text"])
            sheet.set_row(line, LINE * (1 + len(note) // _NOTE_WIDTH))
        return sheet, len(said) + 2

    def on_paper(self, sheet: Any) -> None:
        """Let a sheet be printed across A4, as wide as a page."""
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_paper(9)  # A4

    def done(self) -> bytes:
        """The finished workbook; nothing can be written into it any more."""
        self.book.close()
        return self.out.getvalue()


def lines(value: Value, width: int) -> int:
    """How many lines a value takes in a column; not every program finds the height by itself."""
    if isinstance(value, tuple):
        value = "".join(run.text for run in value)
    if not isinstance(value, str):
        return 1
    return sum(1 + len(part) // width for part in value.split("\n"))


def clock(value: datetime | None, zone: str) -> datetime | None:
    """A moment as a spreadsheet can hold it: the zone's clock, without the zone."""
    return None if value is None else value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
