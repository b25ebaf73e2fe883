"""Markdown: for reading, and for pasting into a wiki.

One table for each theme of an event, never one across, and where a theme met several
methods one for each of them; below it the recommendations in full. Reports of the whole
initiative are documents, drawn as every document is. User text is escaped or quoted and can
be no markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from reports.compose import drawn_by
from reports.format import Format, Words
from reports.models.arguments import ArgumentsReport
from reports.models.drafting import DraftingReport
from reports.models.ranking import BallotSummary, RankingReport, RankingRow, Section
from reports.neutral import markdown_line, markdown_quote
from reports.text.document import drawn
from reports.text.drafting import arguments, drafting
from reports.words import labels
from reports.words.by_method import notes
from reports.words.columns import COLUMNS, OUTCOME, Cell, Column, table
from seminar.terms import STATE_WORDS
from seminar.words import t, tn

_SAID = replace(OUTCOME, value=lambda row, words: labels.outcome_words(row, words))
_BRIEF = tuple(_SAID if column is OUTCOME else column for column in COLUMNS if column.brief)
_RIGHT, _LEFT = "---:", "---"


def render(report: RankingReport, words: Words) -> bytes:
    """The report as a Markdown document in UTF-8."""
    return ("\n\n".join(_blocks(report, words)) + "\n").encode()


def _blocks(report: RankingReport, words: Words) -> Iterator[str]:
    yield f"# {markdown_line(words(labels.TITLE))}"
    yield f"**{markdown_line(report.initiative)}**"
    yield markdown_line(words(labels.as_of(report)))
    if report.recommendations:
        yield from _rankings(report, words)
    else:
        yield markdown_line(words(labels.EMPTY))
    if report.ledger_head is not None:
        yield "---"
        yield markdown_line(words(t("Head of the ledger: {head}", head=report.ledger_head)))


def _rankings(report: RankingReport, words: Words) -> Iterator[str]:
    """How to read the figures, then theme after theme."""
    yield "\n".join(f"- {markdown_line(words(note))}" for note in notes(report))
    event = None
    for section in report.sections():
        if section.event != event:
            event = section.event
            yield f"## {_heading(event.code, event.title)}"
        yield f"### {_heading(section.theme.code, section.theme.title)}"
        for rows in _by_method(section):
            yield _table(rows, words)
        for row in section.rows:
            yield from _recommendation(row, report.time_zone, words)
    for ballot in report.ballots:
        if ballot.pairwise is not None:
            yield f"## {markdown_line(words(labels.pairwise_title(ballot)))}"
            yield markdown_line(words(labels.PAIRWISE))
            yield _pairwise(ballot)


def _heading(code: str, title: str) -> str:
    return markdown_line(code if code == title else f"{code} · {title}")


def _by_method(section: Section) -> Iterator[list[RankingRow]]:
    """The rows that stand in one table: all, or each method's own where there are several."""
    if len({row.method for row in section.rows} - {None}) <= 1:
        yield list(section.rows)
        return
    for _, rows in groupby(section.rows, key=lambda row: row.method):
        yield list(rows)


def _table(rows: Sequence[RankingRow], words: Words) -> str:
    columns = table(rows, words, _BRIEF)
    lines = [
        _table_line([markdown_line(words(column.title)) for column, _ in columns]),
        _table_line([_LEFT if column.look == "text" else _RIGHT for column, _ in columns]),
    ]
    for place in range(len(rows)):
        cells = [_cell(values[place], column) for column, values in columns]
        lines.append(_table_line([markdown_line(cell) for cell in cells]))
    return "\n".join(lines)


def _cell(value: Cell, column: Column) -> str:
    match value:
        case None:
            return ""
        case int() | float():
            return labels.share(value) if column.look == "share" else labels.number(value)
        case _:
            return str(value)


def _pairwise(ballot: BallotSummary) -> str:
    """The matrix of a ranked ballot: how many papers prefer the row to the column."""
    matrix = ballot.pairwise or {}
    lines = [
        _table_line(["", *ballot.items]),
        _table_line([_LEFT, *(_RIGHT for _ in ballot.items)]),
    ]
    for one in ballot.items:
        row = matrix.get(one, {})
        lines.append(_table_line([one, *(labels.number(row.get(other)) for other in ballot.items)]))
    return "\n".join(lines)


def _table_line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _recommendation(row: RankingRow, zone: str, words: Words) -> Iterator[str]:
    yield f"#### {_heading(row.reference, row.title)}"
    yield markdown_line(_verdict(row, zone, words))
    yield markdown_quote(row.text)
    if row.rationale.strip():
        yield markdown_line(words(t("Rationale:")))
        yield markdown_quote(row.rationale)
    groups, room, aside = labels.groups_words(row, words), labels.room_words(row, words), labels.recused(row)
    facts = [
        t("State: {state}", state=STATE_WORDS[row.state]),
        t("Proposed by {author}", author=row.author) if row.author else None,
        t("Addressed to {addressees}", addressees=row.addressees) if row.addressees else None,
        t("By constituency: {figures}", figures=groups) if groups else None,
        t("Shown in the room: {figures}", figures=room) if room else None,
        tn("{count} stood aside", "{count} stood aside", aside) if aside else None,
    ]
    yield "\n".join(f"- {markdown_line(words(fact))}" for fact in facts if fact is not None)


def _verdict(row: RankingRow, zone: str, words: Words) -> str:
    """The result in sentences: how it came out, turnout, ballot."""
    sentences = [labels.verdict(row, words), labels.turnout_words(row, words)]
    if row.ballot is not None and row.closed_at is not None:
        moment = labels.local(row.closed_at, zone)
        closed = t(
            "Ballot {ballot} closed on {moment} ({zone}).", ballot=row.ballot, moment=moment, zone=zone
        )
        sentences.append(words(closed))
    return " ".join(sentence for sentence in sentences if sentence)


FORMAT = Format(
    "markdown",
    "md",
    "text/markdown",
    {**drawn_by(drawn), RankingReport: render, ArgumentsReport: arguments, DraftingReport: drafting},
)
