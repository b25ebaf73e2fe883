"""Markdown: for reading, and for pasting into a wiki.

One table for each theme of an event, never one across; below it the
recommendations in full. User text is escaped or quoted and can be no markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from reports import labels
from reports.format import Format, Words
from reports.model import RankingReport, RankingRow, Section
from reports.neutral import markdown_line, markdown_quote
from seminar.model import State
from seminar.terms import STATE_WORDS
from seminar.words import Text, t

_COLUMNS: tuple[tuple[Text, str], ...] = (
    (t("Rank"), "---:"),
    (t("Reference"), "---"),
    (t("Recommendation"), "---"),
    (t("For"), "---:"),
    (t("Against"), "---:"),
    (t("Abstain"), "---:"),
    (t("Outcome"), "---"),
    (t("Consensus index"), "---:"),
    (t("Wilson lower bound"), "---:"),
    (t("Score"), "---:"),
)


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
    yield "\n".join(f"- {markdown_line(words(note))}" for note in labels.NOTES)
    event = None
    for section in report.sections():
        if section.event != event:
            event = section.event
            yield f"## {_heading(event.code, event.title)}"
        yield f"### {_heading(section.theme.code, section.theme.title)}"
        yield _table(section, words)
        for row in section.rows:
            yield from _recommendation(row, report.time_zone, words)


def _heading(code: str, title: str) -> str:
    return markdown_line(code if code == title else f"{code} · {title}")


def _table(section: Section, words: Words) -> str:
    lines = [
        _table_line([markdown_line(words(title)) for title, _ in _COLUMNS]),
        _table_line([ruler for _, ruler in _COLUMNS]),
    ]
    for row in section.rows:
        cells = (
            labels.number(row.rank),
            row.reference,
            row.title,
            labels.number(row.for_),
            labels.number(row.against),
            labels.number(row.abstain),
            labels.outcome_words(row, words),
            labels.share(row.consensus),
            labels.share(row.wilson),
            labels.score(row),
        )
        lines.append(_table_line([markdown_line(cell) for cell in cells]))
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
    facts = [
        t("State: {state}", state=STATE_WORDS[row.state]),
        t("Proposed by {author}", author=row.author) if row.author else None,
        t("Addressed to {addressees}", addressees=row.addressees) if row.addressees else None,
        t("By constituency: {figures}", figures=labels.groups_words(row, words))
        if row.by_constituency
        else None,
    ]
    yield "\n".join(f"- {markdown_line(words(fact))}" for fact in facts if fact is not None)


def _verdict(row: RankingRow, zone: str, words: Words) -> str:
    """The result in sentences: outcome, counts, turnout, ballot."""
    if row.ballot is None and row.method is None:
        return words(labels.WITHDRAWN if row.state is State.WITHDRAWN else labels.NO_BALLOT)
    counts = row.counts
    sentences = []
    if counts is not None:
        told = labels.counts_words(counts, words)
        outcome = labels.outcome_words(row, words)
        # Not `capitalize`: it would take the capitals from nouns of other languages.
        opening = outcome[:1].upper() + outcome[1:] or words(t("Votes"))
        sentences.append(words(t("{outcome}: {counts}.", outcome=opening, counts=told)))
    sentences.append(labels.turnout_words(row, words))
    if row.ballot is not None and row.closed_at is not None:
        moment = labels.local(row.closed_at, zone)
        closed = t(
            "Ballot {ballot} closed on {moment} ({zone}).", ballot=row.ballot, moment=moment, zone=zone
        )
        sentences.append(words(closed))
    return " ".join(sentence for sentence in sentences if sentence)


FORMAT = Format("markdown", "md", "text/markdown", render)
