"""The workbook that goes out to one addressee, to be filled in and sent back.

Its ids are locked and its answers are not; a hidden mark in each row says which row it is, in which state
it went out, and whose workbook it stood in, whatever is done to the file afterwards. Lists of states are
drop-downs, days are days. Below the rows there is room for actions that nobody has named yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from reports.format import Words
from reports.models.follow_up import FollowUpLine, FollowUpReport
from reports.neutral import one_line
from reports.sheets.workbook import LINE, MOST_LINES, Book, lines
from reports.words import follow_up as said
from reports.words import labels
from seminar.days import EARLIEST, LATEST
from seminar.follow_up import (
    ACCEPTANCE_WORDS,
    IMPLEMENTATION_WORDS,
    MOST_ACTION,
    MOST_EVIDENCE,
    MOST_NOTE,
    MOST_OWNER,
    REPORTED,
    VERIFIED,
)
from seminar.follow_up_list import FIELDS, HEADINGS, Column
from seminar.words import Text, t

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FURTHER: Final = 25
"""Rows below the others for further actions."""

_WIDTHS: Mapping[Column, int] = {
    Column.ROW: 7,
    Column.REFERENCE: 11,
    Column.ENTITY: 20,
    Column.NUMBER: 8,
    Column.TITLE: 36,
    Column.ACTION: 40,
    Column.ACCEPTANCE: 20,
    Column.IMPLEMENTATION: 24,
    Column.OWNER: 20,
    Column.DUE_ON: 12,
    Column.AS_OF: 12,
    Column.NOTE: 44,
    Column.EVIDENCE: 30,
    Column.VERIFIED: 11,
    Column.MARK: 12,
}
_PLACES: Mapping[Column, int] = {column: place for place, column in enumerate(_WIDTHS)}
_DAYS: Final = (Column.DUE_ON, Column.AS_OF)
_MOST: Mapping[Column, int] = {
    Column.ACTION: MOST_ACTION,
    Column.OWNER: MOST_OWNER,
    Column.NOTE: MOST_NOTE,
    Column.EVIDENCE: MOST_EVIDENCE,
}
_SHEET: Final = t("Follow-up")
_GUIDE_WIDTH: Final = 100


def workbook(report: FollowUpReport, words: Words) -> bytes:
    """The workbook of a report that is limited to one addressee.

    Raises:
        ValueError: it is not.
    """
    if report.entity is None:
        raise ValueError("a workbook goes out to one addressee")
    return _Workbook(report, words).made()


class _Workbook(Book):
    def __init__(self, report: FollowUpReport, words: Words) -> None:
        super().__init__(report, _SHEET, words)
        self.report = report
        top = {"valign": "top", "text_wrap": True}
        filled = {**top, "locked": False, "border": 1, "border_color": "#b8c0c8"}
        self.looks |= {
            "locked": self.book.add_format({**top, "font_color": "#59636e", "bg_color": "#f2f4f6"}),
            "answer": self.book.add_format({**filled, "num_format": "@"}),
            "choice": self.book.add_format(filled),
            "day": self.book.add_format({**filled, "num_format": "yyyy-mm-dd", "align": "left"}),
        }

    def made(self) -> bytes:
        sheet = self.book.add_worksheet(self.names.take(self.words(_SHEET)))
        guide = self.book.add_worksheet(self.names.take(self.words(t("How to fill it in"))))
        listed = self.book.add_worksheet(self.names.take(self.words(t("Lists"))))
        choices = self._lists(listed)
        listed.hide()
        self._rows(sheet)
        self._checks(sheet, choices)
        sheet.protect(
            "",
            {
                "format_columns": True,
                "format_rows": True,
                "sort": True,
                "autofilter": True,
                "select_locked_cells": True,
                "select_unlocked_cells": True,
            },
        )
        self._guide(guide)
        guide.protect("")
        listed.protect("")
        sheet.activate()
        return self.done()

    def _lists(self, sheet: Any) -> Mapping[Column, str]:
        """The words of both lists, on a sheet of their own: a list in place holds 255 characters."""
        found = {}
        listed: tuple[tuple[Column, tuple[Text, ...]], ...] = (
            (Column.ACCEPTANCE, tuple(ACCEPTANCE_WORDS.values())),
            (Column.IMPLEMENTATION, tuple(IMPLEMENTATION_WORDS.values())),
        )
        for place, (column, words) in enumerate(listed):
            for row, word in enumerate(words):
                self.put(sheet, row, place, self.words(word), "text")
            letter = "AB"[place]
            found[column] = f"='{sheet.get_name()}'!${letter}$1:${letter}${len(words)}"
        return found

    def _rows(self, sheet: Any) -> None:
        for column, place in _PLACES.items():
            sheet.set_column(place, place, _WIDTHS[column], None, {"hidden": column is Column.MARK})
            self.put(sheet, 0, place, self.words(HEADINGS[column]), "head")
        for row, line in enumerate(self.report.lines, start=1):
            values = self._values(line)
            tallest = max(lines(values[column], _WIDTHS[column]) for column in values)
            sheet.set_row(row, LINE * min(MOST_LINES, tallest))
            for column, place in _PLACES.items():
                self._put(sheet, row, place, column, values[column])
        first = len(self.report.lines) + 1
        for row in range(first, first + FURTHER):
            for column, place in _PLACES.items():
                if column is Column.REFERENCE:
                    self.put(sheet, row, place, None, "answer")
                else:
                    self._put(sheet, row, place, column, None)
        sheet.freeze_panes(1, _PLACES[Column.NUMBER] + 1)
        sheet.autofilter(0, 0, len(self.report.lines), len(_PLACES) - 1)
        self.on_paper(sheet)
        sheet.repeat_rows(0)

    def _values(self, line: FollowUpLine) -> dict[Column, Any]:
        content, words = line.content, self.words
        return {
            Column.ROW: line.id,
            Column.REFERENCE: line.reference,
            Column.ENTITY: words(line.called),
            Column.NUMBER: line.number,
            Column.TITLE: line.title,
            Column.ACTION: content.action,
            Column.ACCEPTANCE: words(ACCEPTANCE_WORDS[content.acceptance]),
            Column.IMPLEMENTATION: words(IMPLEMENTATION_WORDS[content.implementation]),
            Column.OWNER: content.owner,
            Column.DUE_ON: _moment(content.due_on),
            Column.AS_OF: _moment(content.as_of),
            Column.NOTE: content.note,
            Column.EVIDENCE: content.evidence,
            Column.VERIFIED: words(VERIFIED if content.verified else REPORTED),
            Column.MARK: line.mark,
        }

    def _put(self, sheet: Any, row: int, place: int, column: Column, value: Any) -> None:
        if column in _DAYS:
            look = "day"
        elif column in (Column.ACCEPTANCE, Column.IMPLEMENTATION):
            look = "choice"
        else:
            look = "answer" if column in FIELDS else "locked"
        self.put(sheet, row, place, value, look)

    def _checks(self, sheet: Any, choices: Mapping[Column, str]) -> None:
        """Drop-downs, days that are days, and no more text than is taken."""
        last = len(self.report.lines) + FURTHER
        wrong = self.words(t("This cannot be taken"))[:32]
        for column, place in _PLACES.items():
            if column in choices:
                said = t("Please choose from the list.")
                rule: dict[str, Any] = {"validate": "list", "source": choices[column]}
            elif column in _DAYS:
                said = t("Please enter a day, such as 2015-03-31.")
                rule = {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST}
            elif column in _MOST:
                said = t("At most {most} characters are taken.", most=_MOST[column])
                rule = {"validate": "length", "criteria": "<=", "value": _MOST[column]}
            else:
                continue
            told = {"error_title": wrong, "error_message": self.words(said)[:255], "ignore_blank": True}
            sheet.data_validation(1, place, last, place, {**rule, **told})

    def _guide(self, sheet: Any) -> None:
        """What it is, how to fill it in, and how to read it."""
        report, words = self.report, self.words
        sheet.set_column(0, 0, _GUIDE_WIDTH)
        self.on_paper(sheet)
        addressee = report.overview[0] if report.overview else None
        named = report.entity or "" if addressee is None else said.named(addressee, words)
        sheet.write_string(0, 0, self.safe(report.initiative), self.looks["title"])
        told: tuple[str | Text, ...] = (
            t("Follow-up of recommendations addressed to {entity}", entity=one_line(named)),
            labels.as_of(report),
            "",
            t("Fill in the white cells of the sheet “{sheet}”; the grey ones are locked.", sheet=_SHEET),
            t("Acceptance is what you say to the recommendation: {words}.", words=_each(ACCEPTANCE_WORDS)),
            t("Implementation is how far you are with it: {words}.", words=_each(IMPLEMENTATION_WORDS)),
            t(
                "“{as_of}” is the day of which your answer tells; without one it is the day on which the "
                "workbook is taken in.",
                as_of=HEADINGS[Column.AS_OF],
            ),
            t("Evidence is a web address that begins with https:// or http://."),
            t("An emptied cell takes away what stood there."),
            t(
                "A further action goes into one of the empty rows at the end, with the reference of its "
                "recommendation."
            ),
            t("Send the file back as a workbook (.xlsx) or as CSV; columns and rows may be in any order."),
            "",
            *said.notes(report),
        )
        for row, sentence in enumerate(told, start=1):
            text = words(sentence)
            sheet.write_string(row, 0, self.safe(text), self.looks["text"])
            sheet.set_row(row, LINE * max(1, lines(text, _GUIDE_WIDTH)))


def _moment(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time())


def _each(words: Mapping[Any, Text]) -> tuple[Text, ...]:
    return tuple(words.values())
