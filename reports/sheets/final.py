"""A final report as a workbook: its texts, one a row, to be sorted, filtered and worked with."""

from __future__ import annotations

from collections.abc import Iterator

from reports.format import Words
from reports.models.initiative import Entry, FinalReport
from reports.sheets.workbook import Book, Heading, Value, clock
from seminar.conference import Basis
from seminar.words import Text, t, tn

TITLE = t("Final report")

_STATUS = {"final": t("final"), "open": t("still open"), "not_finalised": t("not finalised")}
_BASIS = {
    Basis.SEMINAR: t("decision of a seminar"),
    Basis.CONFERENCE: t("decision of the conference"),
    Basis.NOT_FINALISED: None,
}


def final(report: FinalReport, words: Words) -> bytes:
    """The report as an Office Open XML workbook."""
    book = Book(report, TITLE, words)
    book.front(report, TITLE, _counts(report))
    book.table(words(t("Texts")), _headings(report), _rows(report, words))
    return book.done()


def _counts(report: FinalReport) -> list[Text]:
    """How many texts there are of each kind."""
    return [
        tn("{count} final text", "{count} final texts", len(report.final)),
        tn("{count} text that remains open", "{count} texts that remain open", len(report.still_open)),
        tn(
            "{count} text that was not finalised",
            "{count} texts that were not finalised",
            len(report.unfinalised),
        ),
    ]


def _headings(report: FinalReport) -> tuple[Heading, ...]:
    return (
        Heading(t("Number"), 9),
        Heading(t("Reference"), 11),
        Heading(t("Recommendation"), 44),
        Heading(t("Text"), 70),
        Heading(t("Rationale"), 50),
        Heading(t("Addressees"), 30),
        Heading(t("Status"), 14),
        Heading(t("Event"), 8),
        Heading(t("Theme"), 8),
        Heading(t("Rests on"), 24),
        Heading(t("Ballot"), 8),
        Heading(t("Reason"), 40),
        Heading(t("Decided at ({zone})", zone=report.time_zone), 17, "moment"),
        Heading(t("For"), 9, "number"),
        Heading(t("Against"), 9, "number"),
        Heading(t("Abstain"), 9, "number"),
    )


def _rows(report: FinalReport, words: Words) -> Iterator[tuple[Value, ...]]:
    for status, entries in (
        ("final", report.final),
        ("open", report.still_open),
        ("not_finalised", report.unfinalised),
    ):
        for entry in entries:
            yield _row(entry, words(_STATUS[status]), report.time_zone, words)


def _row(entry: Entry, status: str, zone: str, words: Words) -> tuple[Value, ...]:
    ranked, decision = entry.ranked, entry.decision
    basis = None if decision is None or not decision.final else _BASIS[decision.basis]
    last = entry.results[-1].row if entry.results else ranked
    return (
        entry.final_name,
        entry.reference,
        ranked.title,
        ranked.text,
        ranked.rationale,
        "; ".join(one.name for one in entry.addressees),
        status,
        entry.event,
        entry.theme,
        None if basis is None else words(basis),
        None if decision is None else decision.ballot,
        None if decision is None else decision.reason,
        None if decision is None else clock(decision.at, zone),
        last.for_,
        last.against,
        last.abstain,
    )
