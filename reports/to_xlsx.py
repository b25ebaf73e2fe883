"""XLSX: a workbook with a summary and one sheet, with its chart, for each theme of an event.

How cells are written, so that none is ever a formula, is said in `reports.sheets.workbook`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reports.charts import palette
from reports.format import Format, Words
from reports.models.arguments import ArgumentsReport
from reports.models.drafting import DraftingReport
from reports.models.follow_up import FollowUpReport
from reports.models.initiative import FinalReport
from reports.models.ranking import BallotSummary, RankingReport, RankingRow, Section
from reports.sheets.drafting import arguments, drafting
from reports.sheets.final import final
from reports.sheets.follow_up import follow_up
from reports.sheets.workbook import LINE, MOST_LINES, Book, clock, lines
from reports.words import labels
from reports.words.by_method import notes
from reports.words.columns import ABSTAIN, AGAINST, BY_CONSTITUENCY, COLUMNS, FOR, REFERENCE, Column, table
from seminar.model import Outcome
from seminar.terms import OUTCOME_WORDS
from seminar.words import t

CHART_ROWS = 30
"""The most bars of one chart: more cannot be read."""


def _columns(report: RankingReport) -> tuple[Column, ...]:
    def closed(row: RankingRow, words: Words) -> datetime | None:
        return clock(row.closed_at, report.time_zone)

    return (
        *COLUMNS,
        Column(t("Closed at ({zone})", zone=report.time_zone), 17, "moment", closed, always=False),
        Column(t("Author"), 22, "text", lambda row, words: words(row.author) if row.author else None),
        Column(t("Addressees"), 18, "text", lambda row, words: "; ".join(row.addressees)),
        Column(t("Text"), 70, "text", lambda row, words: row.text),
        Column(t("Rationale"), 50, "text", lambda row, words: row.rationale),
    )


_ROW = 20  # pixels of a row that holds nothing
_MATRIX, _PAIR_WIDTH = 3, 11  # the first row of a pairwise matrix, and the width of its columns


def render(report: RankingReport, words: Words) -> bytes:
    """The report as an Office Open XML workbook."""
    return _Book(report, words).render()


class _Book(Book):
    """The workbook of a ranking."""

    def __init__(self, report: RankingReport, words: Words) -> None:
        super().__init__(report, labels.TITLE, words)
        self.report = report

    def render(self) -> bytes:
        said = notes(self.report) if self.report.recommendations else (labels.EMPTY,)
        summary, line = self.front(self.report, labels.TITLE, said)
        columns = _columns(self.report)
        places = []
        for section in self.report.sections():
            name = self.names.take(f"{section.event.code} {section.theme.code}")
            places.append((section, name))
            self.theme(self.book.add_worksheet(name), name, section, columns)
        for ballot in self.report.ballots:
            if ballot.pairwise is not None:
                name = self.names.take(self.words(t("{ballot} pairs", ballot=ballot.label)))
                self.pairwise(self.book.add_worksheet(name), ballot)
        self.overview(summary, line, places)
        return self.done()

    def theme(self, sheet: Any, name: str, section: Section, columns: tuple[Column, ...]) -> None:
        """The table of one theme of one event, a row a recommendation, and its chart below."""
        shown = table(section.rows, self.words, columns)
        for place, (column, _) in enumerate(shown):
            sheet.set_column(place, place, column.width)
            self.put(sheet, 0, place, self.words(column.title), "head")
        sheet.set_row(0, LINE * max(lines(self.words(column.title), column.width) for column, _ in shown))
        for line in range(1, len(section.rows) + 1):
            cells = [(column, values[line - 1]) for column, values in shown]
            tallest = max(lines(value, column.width) for column, value in cells)
            sheet.set_row(line, LINE * min(MOST_LINES, tallest))
            for place, (column, value) in enumerate(cells):
                self.put(sheet, line, place, value, column.look)
        known = [column for column, _ in shown]
        sheet.freeze_panes(1, known.index(REFERENCE) + 1)
        sheet.autofilter(0, 0, len(section.rows), len(known) - 1)
        self.on_paper(sheet)
        sheet.repeat_rows(0)
        last = self.chart(sheet, name, section, known)
        sheet.print_area(0, 0, last, _printed(known))

    def chart(self, sheet: Any, name: str, section: Section, columns: list[Column]) -> int:
        """A stacked bar for each of the first recommendations that have votes for and against.

        Returns the last row that the table or the chart fills.
        """
        last = max(
            (line for line, row in enumerate(section.rows[:CHART_ROWS], start=1) if row.counts), default=0
        )
        if not last:
            return len(section.rows)
        chart = self.book.add_chart({"type": "bar", "subtype": "stacked"})
        named = columns.index(REFERENCE)
        for column, colour in ((FOR, palette.FOR), (AGAINST, palette.AGAINST), (ABSTAIN, palette.ABSTAIN)):
            place = columns.index(column)
            chart.add_series(
                {
                    "name": [name, 0, place],
                    "categories": [name, 1, named, last, named],
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
        sheet.insert_chart(top, named, chart, {"description": description, "object_position": 2})
        return top + -(-height // _ROW)

    def pairwise(self, sheet: Any, ballot: BallotSummary) -> None:
        """The matrix of a ranked ballot: how many papers prefer the row to the column."""
        matrix = ballot.pairwise or {}
        last = len(ballot.items)
        sheet.set_column(0, last, _PAIR_WIDTH)
        sheet.write_string(0, 0, self.safe(self.words(labels.pairwise_title(ballot))), self.looks["title"])
        sheet.write_string(1, 0, self.safe(self.words(labels.PAIRWISE)))
        for place, one in enumerate(ballot.items, start=1):
            self.put(sheet, _MATRIX, place, one, "head")
            self.put(sheet, _MATRIX + place, 0, one, "head")
            for beside, other in enumerate(ballot.items, start=1):
                self.put(sheet, _MATRIX + place, beside, matrix.get(one, {}).get(other), "number")
        sheet.freeze_panes(_MATRIX + 1, 1)
        self.on_paper(sheet)
        sheet.repeat_rows(_MATRIX)

    def overview(self, sheet: Any, line: int, places: list[tuple[Section, str]]) -> None:
        """A line for each theme, with a link to its sheet, from `line` on."""
        if not places:
            return
        words = self.words
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


def _printed(columns: list[Column]) -> int:
    """The last column that goes on paper, where it can be read: the figures, by constituency the last."""
    return columns.index(BY_CONSTITUENCY) if BY_CONSTITUENCY in columns else min(len(columns) - 1, 4)


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


FORMAT = Format(
    "xlsx",
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    {
        RankingReport: render,
        ArgumentsReport: arguments,
        DraftingReport: drafting,
        FinalReport: final,
        FollowUpReport: follow_up,
    },
)
