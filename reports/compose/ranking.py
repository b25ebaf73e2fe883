"""A ranking as a document: theme after theme, a table, its chart, and each recommendation in full."""

from __future__ import annotations

from reports.compose.ballots import checks, summaries
from reports.compose.frame import Writing, named
from reports.compose.tables import MATRIX, pairwise_table, ranking_figures, ranking_tables
from reports.document import Col, Document, Facts, Listing, Look, Paragraph, Quote, Table
from reports.format import Words
from reports.models.ranking import RankingReport, RankingRow, Section
from reports.words import labels
from reports.words.by_method import notes
from seminar.model import Outcome
from seminar.terms import OUTCOME_WORDS, STATE_WORDS
from seminar.words import Text, t, tn


def ranking(report: RankingReport, words: Words) -> Document:
    """The ranked recommendations of an initiative, or of the part that was asked for."""
    out = Writing(report, words)
    sections = report.sections()
    out.foreword()
    out.heading(1, t("Summary"), "summary")
    _summary(out, report, sections)
    event = None
    for section in sections:
        if section.event != event:
            event = section.event
            out.heading(1, named(event.code, event.title), event.code)
        title = named(section.theme.code, section.theme.title)
        out.heading(2, title, f"{event.code}-{section.theme.code}")
        out.add(*ranking_tables(section.rows, title, words), *ranking_figures(section.rows, title, words))
        for row in section.rows:
            _recommendation(out, row)
    if report.recommendations:
        out.heading(1, t("How to read the figures"), "method")
        out.add(Listing(tuple(words(note) for note in notes(report))))
    _ballots(out, report)
    return out.done(labels.TITLE, _facts(report, sections))


def _facts(report: RankingReport, sections: tuple[Section, ...]) -> list[tuple[Text, Text | str]]:
    events = dict.fromkeys(section.event.title for section in sections)
    return [
        *([(t("Events"), "\n".join(events))] if events else []),
        (t("Recommendations"), str(len(report.recommendations))),
    ]


def _summary(out: Writing, report: RankingReport, sections: tuple[Section, ...]) -> None:
    if not report.recommendations:
        out.say(labels.EMPTY)
        return
    rows = report.recommendations
    contested = sum(row.contested is True for row in rows)
    out.say(
        tn(
            "{count} recommendation, ranked within its event and theme.",
            "{count} recommendations, ranked within each event and theme.",
            len(rows),
        ),
        tn("{count} was carried.", "{count} were carried.", _so_many(rows, Outcome.CARRIED)),
        tn("{count} of them is contested.", "{count} of them are contested.", contested)
        if contested
        else None,
        look=Look.LEAD,
    )
    columns = (
        Col(out.words(t("Theme")), 3.6),
        Col(out.words(t("Event")), 1),
        Col(out.words(t("Recommendations")), 1.6, figures=True),
        *(Col(out.words(outcome), 1.2, figures=True) for outcome in OUTCOME_WORDS.values()),
        Col(out.words(labels.CONTESTED), 1.2, figures=True),
    )
    lines = tuple(
        (
            named(section.theme.code, section.theme.title),
            section.event.code,
            str(len(section.rows)),
            *(str(_so_many(section.rows, outcome)) for outcome in OUTCOME_WORDS),
            str(sum(row.contested is True for row in section.rows)),
        )
        for section in sections
    )
    out.add(Table(out.words(t("Recommendations by event and theme")), columns, lines))


def _so_many(rows: tuple[RankingRow, ...], outcome: Outcome) -> int:
    return sum(row.outcome is outcome for row in rows)


def _recommendation(out: Writing, row: RankingRow) -> None:
    words = out.words
    out.heading(3, named(row.reference, row.title), row.reference)
    out.add(Quote(row.text))
    aside = labels.recused(row)
    said: list[tuple[Text, Text | str | None]] = [
        (t("State"), STATE_WORDS[row.state]),
        (t("Result"), labels.verdict(row, words)),
        (t("Turnout"), labels.turnout_words(row, words)),
        (t("By constituency"), labels.groups_words(row, words)),
        (t("Shown in the room"), labels.room_words(row, words)),
        (t("Stood aside"), str(aside) if aside else None),
        (t("Ballot"), closed(row, out.zone)),
        (t("Addressees"), t("{addressees}", addressees=row.addressees) if row.addressees else None),
        (t("Proposed by"), row.author),
    ]
    out.add(Facts(tuple((words(name), words(value)) for name, value in said if value)))
    if row.rationale.strip():
        out.add(Paragraph(words(t("Rationale")), Look.LABEL), Quote(row.rationale))


def closed(row: RankingRow, zone: str) -> Text | None:
    """Which ballot the figures are of, and when it closed."""
    if row.ballot is None or row.closed_at is None:
        return None
    return t(
        "{ballot}, closed on {moment} ({zone})",
        ballot=row.ballot,
        moment=labels.local(row.closed_at, zone),
        zone=zone,
    )


def _ballots(out: Writing, report: RankingReport) -> None:
    """The closed ballots, what ranked ones compared, and where the ledger stood."""
    if report.ballots:
        out.heading(1, t("Ballots"), "ballots")
        out.add(summaries(report.ballots, report.time_zone, out.words))
        for ballot in report.ballots:
            if ballot.pairwise is not None and len(ballot.items) <= MATRIX:
                title = labels.pairwise_title(ballot)
                out.add(pairwise_table(title, ballot.items, ballot.pairwise, out.words))
                out.say(labels.PAIRWISE, look=Look.NOTE)
    if report.ledger_head is not None:
        out.heading(1, t("How to check this document"), "ledger")
        out.add(checks(report.ballots, report.ledger_head, out.words))
