"""XLSX: a workbook with a summary and one sheet, with its chart, for each theme of an event.

Every string is written as a string and never as a formula or link, and one
that looks like a formula is neutralised as well, for the day somebody saves the
sheet as CSV. Figures are numbers and times are dates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from reports import labels, palette
from reports.format import Format, Words
from reports.model import RankingReport, RankingRow, Section
from reports.neutral import cut_to_cell, spreadsheet_text
from reports.sheets import SheetNames
from seminar.model import Outcome
from seminar.terms import OUTCOME_WORDS, STATE_WORDS
from seminar.words import Text, t

Cell: TypeAlias = "str | int | float | datetime | None"

CHART_ROWS = 30
"""The most bars of one chart: more cannot be read."""

_CUT_NOTICE = t(" … [Shortened: a cell holds at most 32,767 characters. The JSON export has the whole text.]")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a theme's sheet: heading, width in characters, look, and where its values come from."""

    title: Text
    width: int
    look: str
    value: Callable[[RankingRow, Words], Cell]


def _local(row: RankingRow, zone: ZoneInfo) -> datetime | None:
    """The closing time as a spreadsheet can hold it: the zone's clock, without the zone."""
    return None if row.closed_at is None else row.closed_at.astimezone(zone).replace(tzinfo=None)


def _columns(report: RankingReport) -> tuple[_Column, ...]:
    zone = ZoneInfo(report.time_zone)
    return (
        _Column(t("Rank"), 6, "number", lambda row, words: row.rank),
        _Column(t("Reference"), 11, "text", lambda row, words: row.reference),
        _Column(t("Recommendation"), 44, "text", lambda row, words: row.title),
        _Column(t("For"), 8, "number", lambda row, words: row.for_),
        _Column(t("Against"), 9, "number", lambda row, words: row.against),
        _Column(t("Abstain"), 9, "number", lambda row, words: row.abstain),
        _Column(t("Outcome"), 13, "text", lambda row, words: _outcome(row, words)),
        _Column(t("Contested"), 11, "text", lambda row, words: _contested(row, words)),
        _Column(t("Turnout"), 9, "number", lambda row, words: row.turnout),
        _Column(t("Electorate"), 11, "number", lambda row, words: row.electorate),
        _Column(t("Consensus index"), 11, "share", lambda row, words: row.consensus),
        _Column(t("Wilson lower bound"), 11, "share", lambda row, words: row.wilson),
        _Column(t("Score"), 9, "share", lambda row, words: row.score),
        _Column(t("By constituency"), 36, "text", lambda row, words: labels.groups_words(row, words)),
        _Column(t("State"), 14, "text", lambda row, words: words(STATE_WORDS[row.state])),
        _Column(t("Method"), 10, "text", lambda row, words: row.method),
        _Column(t("Ballot"), 8, "text", lambda row, words: row.ballot),
        _Column(
            t("Closed at ({zone})", zone=report.time_zone), 17, "moment", lambda row, words: _local(row, zone)
        ),
        _Column(t("Author"), 22, "text", lambda row, words: words(row.author) if row.author else None),
        _Column(t("Addressees"), 18, "text", lambda row, words: "; ".join(row.addressees)),
        _Column(t("Text"), 70, "text", lambda row, words: row.text),
        _Column(t("Rationale"), 50, "text", lambda row, words: row.rationale),
    )


_SUMMARY_WIDTHS = (30, 36, 18, 12, 12, 12, 12)
_PRINTED = 14
"""How many columns go on paper, where they can be read: the figures, by constituency the last."""

_LINE, _MOST_LINES = 15, 10  # height of a line in points, and the lines that a row shows at most
_ROW = 20  # pixels of a row that holds nothing
_REFERENCE, _FOR, _ABSTAIN = 1, 3, 5  # where the chart finds its figures in `_columns`


def _outcome(row: RankingRow, words: Words) -> str | None:
    return None if row.outcome is None else words(OUTCOME_WORDS[row.outcome])


def _contested(row: RankingRow, words: Words) -> str | None:
    return None if row.contested is None else words(labels.YES if row.contested else labels.NO)


def render(report: RankingReport, words: Words) -> bytes:
    """The report as an Office Open XML workbook."""
    return _Book(report, words).render()


class _Book:
    """One workbook being written."""

    def __init__(self, report: RankingReport, words: Words) -> None:
        self.report = report
        self.words = words
        self.notice = words(_CUT_NOTICE)
        self.names = SheetNames()
        self.out = BytesIO()
        self.book = Workbook(
            self.out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.book.set_properties(
            {
                "title": self.safe(words(labels.TITLE)),
                "subject": self.safe(report.initiative),
                "created": report.generated_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        top = {"valign": "top"}
        self.looks = {
            "text": self.book.add_format({**top, "text_wrap": True, "indent": 1}),
            "number": self.book.add_format({**top, "num_format": "0"}),
            "share": self.book.add_format({**top, "num_format": "0.000"}),
            "moment": self.book.add_format({**top, "num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            "head": self.book.add_format(
                {**top, "bold": True, "text_wrap": True, "bg_color": "#e8eef3", "bottom": 1}
            ),
            "title": self.book.add_format({**top, "bold": True, "font_size": 16}),
            "link": self.book.add_format({**top, "font_color": palette.FOR, "underline": 1}),
        }

    def safe(self, text: str) -> str:
        return cut_to_cell(spreadsheet_text(text), self.notice)

    def render(self) -> bytes:
        summary = self.book.add_worksheet(self.names.take(self.words(t("Summary"))))
        columns = _columns(self.report)
        places = []
        for section in self.report.sections():
            name = self.names.take(f"{section.event.code} {section.theme.code}")
            places.append((section, name))
            self.theme(self.book.add_worksheet(name), name, section, columns)
        self.summary(summary, places)
        self.book.close()
        return self.out.getvalue()

    def put(self, sheet: Any, row: int, column: int, value: Cell, look: str) -> None:
        """Write one value by its own type; the generic `write` would guess."""
        style = self.looks[look]
        if value is None or value == "":
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, self.safe(value), style)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value, style)
        else:
            whole = look == "share" and isinstance(value, int)
            sheet.write_number(row, column, value, self.looks["number"] if whole else style)

    def theme(self, sheet: Any, name: str, section: Section, columns: tuple[_Column, ...]) -> None:
        """The table of one theme of one event, a row a recommendation, and its chart below."""
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            self.put(sheet, 0, place, self.words(column.title), "head")
        sheet.set_row(0, 2 * _LINE)
        for line, row in enumerate(section.rows, start=1):
            values = [column.value(row, self.words) for column in columns]
            sheet.set_row(line, _LINE * min(_MOST_LINES, max(map(_lines, values, columns))))
            for place, (column, value) in enumerate(zip(columns, values, strict=True)):
                self.put(sheet, line, place, value, column.look)
        sheet.freeze_panes(1, _REFERENCE + 1)
        sheet.autofilter(0, 0, len(section.rows), len(columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_paper(9)  # A4
        sheet.repeat_rows(0)
        last = self.chart(sheet, name, section)
        sheet.print_area(0, 0, last, _PRINTED - 1)

    def chart(self, sheet: Any, name: str, section: Section) -> int:
        """A stacked bar for each of the first recommendations that have votes for and against.

        Returns the last row that the table or the chart fills.
        """
        last = max(
            (line for line, row in enumerate(section.rows[:CHART_ROWS], start=1) if row.counts), default=0
        )
        if not last:
            return len(section.rows)
        chart = self.book.add_chart({"type": "bar", "subtype": "stacked"})
        colours = (palette.FOR, palette.AGAINST, palette.ABSTAIN)
        for place, colour in zip(range(_FOR, _ABSTAIN + 1), colours, strict=True):
            chart.add_series(
                {
                    "name": [name, 0, place],
                    "categories": [name, 1, _REFERENCE, last, _REFERENCE],
                    "values": [name, 1, place, last, place],
                    "fill": {"color": colour},
                    "gap": 60,
                }
            )
        chart.set_title({"name": self.safe(_heading(section)), "name_font": {"size": 12}, "overlay": False})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis(
            {"num_format": "0", "major_gridlines": {"visible": True, "line": {"color": "#d0d0d0"}}}
        )
        chart.set_legend({"position": "top"})
        height = 140 + 26 * last
        chart.set_size({"width": 640, "height": height})
        description = self.words(t("Votes for, against and abstaining, as in the columns of this sheet"))
        top = len(section.rows) + 2
        sheet.insert_chart(top, _REFERENCE, chart, {"description": description, "object_position": 2})
        return top + -(-height // _ROW)

    def summary(self, sheet: Any, places: list[tuple[Section, str]]) -> None:
        """What the workbook is, how to read it, and a line for each theme with a link to its sheet."""
        report, words = self.report, self.words
        for column, width in enumerate(_SUMMARY_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, self.safe(report.initiative), self.looks["title"])
        head = report.ledger_head
        notes = [
            words(labels.TITLE),
            words(labels.as_of(report)),
            *([words(t("Head of the ledger: {head}", head=head))] if head else []),
            *(words(note) for note in (labels.NOTES if places else (labels.EMPTY,))),
        ]
        for line, note in enumerate(notes, start=1):
            sheet.merge_range(line, 0, line, len(_SUMMARY_WIDTHS) - 1, self.safe(note), self.looks["text"])
            sheet.set_row(line, 15 * (1 + len(note) // 130))
        if not places:
            return
        line = len(notes) + 2
        titles = (
            t("Event"),
            t("Theme"),
            t("Recommendations"),
            *OUTCOME_WORDS.values(),
            labels.CONTESTED,
        )
        for column, title in enumerate(titles):
            self.put(sheet, line, column, words(title), "head")
        for below, (section, name) in enumerate(places, start=line + 1):
            self.put(sheet, below, 0, _named(section.event.code, section.event.title), "text")
            sheet.write_url(
                below,
                1,
                f"internal:'{name}'!A1",
                self.looks["link"],
                self.safe(_named(section.theme.code, section.theme.title)),
            )
            for column, figure in enumerate(_figures(section), start=2):
                self.put(sheet, below, column, figure, "number")


def _lines(value: Cell, column: _Column) -> int:
    """How many lines a value takes in its column; not every program finds the height by itself."""
    if not isinstance(value, str):
        return 1
    return sum(1 + len(part) // column.width for part in value.split("\n"))


def _named(code: str, title: str) -> str:
    return code if code == title else f"{code} · {title}"


def _heading(section: Section) -> str:
    return f"{section.event.code} – {_named(section.theme.code, section.theme.title)}"


def _figures(section: Section) -> tuple[int, ...]:
    """How many recommendations a theme has, by outcome, and how many of them are contested."""
    outcomes = [row.outcome for row in section.rows]
    return (
        len(section.rows),
        *(outcomes.count(outcome) for outcome in Outcome),
        sum(row.contested is True for row in section.rows),
    )


FORMAT = Format("xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", render)
