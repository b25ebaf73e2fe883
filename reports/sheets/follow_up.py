"""The follow-up as a workbook to read: a summary with the overview, and a sheet with every row."""

from __future__ import annotations

from reports.format import Words
from reports.models.follow_up import TITLE, FollowUpReport
from reports.sheets.workbook import Book, Heading, clock
from reports.words import follow_up as said
from reports.words import labels
from seminar.follow_up import ACCEPTANCE_WORDS, FIELD_WORDS, IMPLEMENTATION_WORDS, REPORTED, VERIFIED
from seminar.terms import STATE_WORDS
from seminar.words import t


def follow_up(report: FollowUpReport, words: Words) -> bytes:
    """The report as an Office Open XML workbook."""
    book = Book(report, TITLE, words)
    sheet, top = book.front(report, TITLE, said.notes(report) if report.lines else (said.EMPTY,))
    titles = (
        t("Addressee"),
        t("Title"),
        t("Rows"),
        t("To do"),
        t("Overdue"),
        t("Verified"),
        *IMPLEMENTATION_WORDS.values(),
    )
    for place, title in enumerate(titles):
        book.put(sheet, top, place, words(title), "head")
    sheet.set_column(6, len(titles) - 1, 14)
    for line, one in enumerate(report.overview, start=top + 1):
        figures = (one.rows, one.open, one.overdue, one.verified)
        counts = (one.implementation.get(state, 0) for state in IMPLEMENTATION_WORDS)
        book.put(sheet, line, 0, words(one.called), "text")
        book.put(sheet, line, 1, "" if one.title == one.entity else one.title, "text")
        for place, figure in enumerate((*figures, *counts), start=2):
            book.put(sheet, line, place, figure, "number")
    headings = (
        Heading(t("Reference"), 11),
        Heading(t("Final text"), 8),
        Heading(t("Recommendation"), 40),
        Heading(t("State"), 14),
        Heading(t("Addressee"), 22),
        Heading(t("Number"), 8, "number"),
        Heading(FIELD_WORDS["action"], 40),
        Heading(FIELD_WORDS["acceptance"], 18),
        Heading(FIELD_WORDS["implementation"], 22),
        Heading(FIELD_WORDS["verified"], 11),
        Heading(FIELD_WORDS["owner"], 20),
        Heading(FIELD_WORDS["due_on"], 12),
        Heading(t("Overdue"), 9),
        Heading(FIELD_WORDS["as_of"], 12),
        Heading(FIELD_WORDS["note"], 44),
        Heading(FIELD_WORDS["evidence"], 30),
        Heading(t("Set by"), 20),
        Heading(t("Changed at ({zone})", zone=report.time_zone), 17, "moment"),
    )
    rows = (
        (
            line.reference,
            line.final,
            line.title,
            words(STATE_WORDS[line.state]),
            words(line.called),
            line.number,
            line.content.action,
            words(ACCEPTANCE_WORDS[line.content.acceptance]),
            words(IMPLEMENTATION_WORDS[line.content.implementation]),
            words(VERIFIED if line.content.verified else REPORTED),
            line.content.owner,
            None if line.content.due_on is None else line.content.due_on.isoformat(),
            words(labels.YES) if line.overdue else None,
            None if line.content.as_of is None else line.content.as_of.isoformat(),
            line.content.note,
            line.content.evidence,
            line.set_by,
            clock(line.updated_at, report.time_zone),
        )
        for line in report.lines
    )
    book.table(words(t("Rows")), headings, rows)
    return book.done()
