"""The workbooks of a record of arguments and of a drafting history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reports.format import Words
from reports.models.arguments import ArgumentsReport
from reports.models.drafting import AmendmentLine, Changes, DraftedLine, DraftingReport, VersionLine
from reports.sheets.workbook import Book, Heading, Run, Value, clock
from reports.words import drafting as said
from reports.words import labels
from seminar.differences import Mark
from seminar.terms import ARGUMENT_WORDS, CHANGE_WORDS, STANCE_WORDS
from seminar.wording import FIELD_WORDS
from seminar.words import Text, t

_WHERE = (Heading(t("Event"), 9), Heading(t("Theme"), 9), Heading(t("Reference"), 11))
# Told by more than colour: formats are lost where somebody saves the sheet as CSV or has it read out.
_SIGNS = {Mark.REMOVED: "−", Mark.ADDED: "+"}


def _at(report: ArgumentsReport | DraftingReport) -> Heading:
    return Heading(t("At ({zone})", zone=report.time_zone), 17, "moment")


def arguments(report: ArgumentsReport, words: Words) -> bytes:
    """A summary, and one sheet with a row for each argument."""
    book = Book(report, said.ARGUMENTS, words)
    book.front(report, said.ARGUMENTS, said.arguments_notes(report))
    headings = (
        *_WHERE,
        Heading(t("Recommendation"), 36),
        Heading(t("Number"), 9, "number"),
        Heading(t("What it is"), 18),
        Heading(t("Text"), 70),
        Heading(t("By"), 26),
        Heading(t("Constituency"), 14),
        Heading(t("Status"), 12),
        Heading(t("Why set aside"), 30),
        Heading(t("Message"), 24),
        _at(report),
    )
    rows: Iterator[tuple[Value, ...]] = (
        (
            line.event,
            line.theme,
            line.reference,
            line.title,
            line.number,
            words(STANCE_WORDS[line.stance]),
            line.text,
            words(line.who),
            line.constituency,
            words(ARGUMENT_WORDS[line.status]),
            line.reason,
            line.link,
            clock(line.at, report.time_zone),
        )
        for line in report.lines
    )
    book.table(words(t("Arguments")), headings, rows)
    return book.done()


def drafting(report: DraftingReport, words: Words) -> bytes:
    """A summary, and a sheet each for versions, amendments and lineage."""
    book = Book(report, said.DRAFTING, words)
    book.front(report, said.DRAFTING, [*said.drafting_notes(report), said.CHANGES_IN_SHEETS])
    _versions(book, report, words)
    _amendments(book, report, words)
    headings = (*_WHERE, Heading(t("Lineage"), 50), Heading(t("Undone"), 10))
    rows: Iterator[tuple[Value, ...]] = (
        (*_where(line), words(said.kin_words(kin)), words(labels.YES) if kin.undone else None)
        for line in report.recommendations
        for kin in line.lineage
    )
    book.table(words(t("Lineage")), headings, rows)
    return book.done()


def _where(line: DraftedLine) -> tuple[str, str, str]:
    return line.event, line.theme, line.reference


def _versions(book: Book, report: DraftingReport, words: Words) -> None:
    headings = (
        *_WHERE,
        Heading(t("Version"), 9, "number"),
        _at(report),
        Heading(t("By"), 26),
        Heading(t("Change"), 18),
        Heading(t("From amendment"), 11, "number"),
        Heading(t("Reason"), 30),
        Heading(t("Difference from the version before"), 70),
        Heading(FIELD_WORDS["title"], 36),
        Heading(FIELD_WORDS["text"], 70),
        Heading(FIELD_WORDS["rationale"], 50),
        Heading(FIELD_WORDS["addressees"], 18),
    )

    def row(line: DraftedLine, one: VersionLine) -> tuple[Value, ...]:
        return (
            *_where(line),
            one.number,
            clock(one.at, report.time_zone),
            words(one.who),
            words(CHANGE_WORDS[one.change]),
            one.amendment,
            one.reason,
            _difference(one.changes, words),
            one.wording.title,
            one.wording.text,
            one.wording.rationale,
            one.wording.fields["addressees"],
        )

    rows = (row(line, one) for line in report.recommendations for one in line.versions)
    book.table(words(t("Versions")), headings, rows)


def _amendments(book: Book, report: DraftingReport, words: Words) -> None:
    headings = (
        *_WHERE,
        Heading(t("Amendment"), 12, "number"),
        _at(report),
        Heading(t("By"), 26),
        Heading(t("Status"), 24),
        Heading(t("Seconds"), 9, "number"),
        Heading(t("Changes version"), 10, "number"),
        Heading(t("Became version"), 10, "number"),
        Heading(t("Reason"), 30),
        Heading(t("Decision"), 30),
        Heading(t("Difference from the version it changes"), 70),
    )

    def row(line: DraftedLine, one: AmendmentLine) -> tuple[Value, ...]:
        return (
            *_where(line),
            one.number,
            clock(one.at, report.time_zone),
            words(one.who),
            words(said.amendment_status(one)),
            one.seconds,
            one.base,
            one.version,
            one.reason,
            one.decision,
            _difference(one.changes, words),
        )

    rows = (row(line, one) for line in report.recommendations for one in line.amendments)
    book.table(words(t("Amendments")), headings, rows)


def _difference(changes: Changes, words: Words) -> tuple[Run, ...]:
    """The changed fields, one below the other, in runs of text."""
    return tuple(_runs(changes, words))


def _runs(changes: Changes, words: Words) -> Iterable[Run]:
    for place, (name, pieces) in enumerate(changes.items()):
        label: Text = t("{field}: ", field=FIELD_WORDS[name])
        yield Run("plain", ("\n" if place else "") + words(label))
        for piece in pieces:
            if piece.mark is Mark.SAME:
                yield Run("plain", piece.text)
            else:
                yield Run(piece.mark.value, f"[{_SIGNS[piece.mark]}{piece.text}]")
