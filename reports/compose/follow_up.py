"""The follow-up as a document: how things stand with everybody, then row by row with each addressee."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reports.charts.follow_up import PARTS, count_of, follow_up_drawing
from reports.charts.picture import BARS
from reports.compose.frame import Writing
from reports.document import Block, Col, Document, Facts, Figure, Listing, Look, Table
from reports.format import Words
from reports.models.follow_up import TITLE, FollowUpLine, FollowUpReport
from reports.neutral import one_line
from reports.words import follow_up as said
from seminar.follow_up import FIELD_WORDS
from seminar.follow_up_overview import Overview
from seminar.words import Text, t


def follow_up(report: FollowUpReport, words: Words) -> Document:
    """The follow-up of an initiative, or of one addressee."""
    out = Writing(report, words)
    out.foreword()
    out.heading(1, t("How things stand"), "standing")
    if not report.lines:
        out.say(said.EMPTY, look=Look.LEAD)
    else:
        out.say(said.summary(report), look=Look.LEAD)
        out.add(_overview(report, words), *_figures(report, words))
    for one in report.overview:
        out.heading(1, said.named(one, words), f"addressee-{one.entity}")
        lines = list(report.of(one))
        out.add(_rows(one, lines, words))
        more = tuple(_more(lines, words))
        if more:
            out.heading(2, t("Owners, notes and evidence"), f"notes-{one.entity}")
            out.add(Facts(more))
    if report.lines:
        out.heading(1, t("How to read it"), "method")
        out.add(Listing(tuple(words(note) for note in said.notes(report))))
    if report.ledger_head is not None:
        out.say(t("Head of the ledger: {head}", head=report.ledger_head), look=Look.NOTE)
    return out.done(TITLE, _facts(report, words))


def _facts(report: FollowUpReport, words: Words) -> list[tuple[Text, Text | str]]:
    facts: list[tuple[Text, Text | str]] = []
    if report.overview:
        named = "\n".join(said.named(one, words) for one in report.overview[:BARS])
        facts.append((t("Addressees"), named))
    return [*facts, (t("Rows"), str(len(report.lines)))]


def _overview(report: FollowUpReport, words: Words) -> Table:
    columns = (
        Col(words(t("Addressee")), 3.2),
        Col(words(t("Rows")), 0.9, figures=True),
        Col(words(t("To do")), 0.9, figures=True),
        Col(words(t("Overdue")), 1.2, figures=True),
        *(Col(words(part), 1.5, figures=True) for part, _, _ in PARTS),
    )
    rows = tuple(
        (
            one_line(words(one.called)),
            str(one.rows),
            str(one.open),
            str(one.overdue),
            *(str(count_of(one, states)) for _, _, states in PARTS),
        )
        for one in report.overview
    )
    return Table(words(t("Rows by addressee and implementation")), columns, rows)


def _figures(report: FollowUpReport, words: Words) -> Iterator[Block]:
    """The chart, in as many pieces as it needs; all on one scale."""
    scale = max(one.rows for one in report.overview)
    for start in range(0, len(report.overview), BARS):
        drawing = follow_up_drawing(report.overview[start : start + BARS], words, scale=scale)
        yield Figure(drawing, words(t("Implementation by addressee")))


def _rows(one: Overview, lines: Iterable[FollowUpLine], words: Words) -> Table:
    columns = (
        Col(words(t("Reference")), 1.3),
        Col(words(t("Recommendation and action")), 4.6),
        Col(words(FIELD_WORDS["acceptance"]), 1.7),
        Col(words(FIELD_WORDS["implementation"]), 2.0),
        Col(words(FIELD_WORDS["due_on"]), 1.6),
        Col(words(FIELD_WORDS["as_of"]), 1.5),
    )
    rows = tuple(
        (
            _reference(line),
            _what(line, words),
            said.acceptance(line, words),
            said.implementation(line, words),
            said.due(line, words),
            "" if line.content.as_of is None else line.content.as_of.isoformat(),
        )
        for line in lines
    )
    return Table(words(t("Follow-up with {entity}", entity=one_line(words(one.called)))), columns, rows)


def _reference(line: FollowUpLine) -> str:
    """`CAP-01 (R3)`."""
    return line.reference if line.final is None else f"{line.reference} ({line.final})"


def _what(line: FollowUpLine, words: Words) -> str:
    title, action = one_line(line.title), one_line(line.content.action)
    if not action:
        return title
    return words(t("{title}: {action}", title=title, action=action))


def _more(lines: Iterable[FollowUpLine], words: Words) -> Iterator[tuple[str, str]]:
    """What does not fit into the table, of the rows that have it."""
    for line in lines:
        told = [
            words(t("{field}: {said}", field=FIELD_WORDS[name], said=one_line(getattr(line.content, name))))
            for name in ("owner", "note", "evidence")
            if getattr(line.content, name)
        ]
        if told:
            yield f"{line.reference} · {line.number}", "\n".join(told)
