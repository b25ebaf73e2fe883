"""The documents of an initiative, in the order in which somebody who has to act on them reads."""

from __future__ import annotations

from collections.abc import Sequence

from reports.compose import initiative_annexes as annexes
from reports.compose import initiative_summary as summary
from reports.compose.frame import Writing, named
from reports.compose.initiative_entries import entry_in_full
from reports.compose.initiative_words import Saying
from reports.compose.tables import ranking_figures, ranking_tables
from reports.document import Col, Document, Look, Table
from reports.format import Words
from reports.models.initiative import ConferencePaper, Entry, FinalReport, InitiativeReport, SeminarReport
from reports.models.ranking import RankingRow
from reports.neutral import one_line
from seminar.model import State
from seminar.words import Text, t

_UNDECIDED = frozenset((State.PROPOSED, State.ADMITTED, State.VOTING, State.RETURNED))


def seminar_report(report: SeminarReport, words: Words) -> Document:
    """What a seminar brought: its recommendations, ranked by theme and each in full."""
    out, saying = Writing(report, words), Saying(report, words)
    out.foreword()
    summary.of_seminars(out, report, saying)
    event = None
    for section in report.sections():
        if section.event != event:
            event = section.event
            out.heading(1, named(event.code, event.title), event.code)
        title = named(section.theme.code, section.theme.title)
        out.heading(2, title, f"{event.code}-{section.theme.code}")
        rows = [entry.ranked for entry in section.entries]
        out.add(*ranking_tables(rows, title, words), *ranking_figures(rows, title, words))
        for entry in section.entries:
            entry_in_full(out, entry, report, saying, 3)
    annexes.open_points(out, report, [entry for entry in report.entries if entry.state in _UNDECIDED], saying)
    _annexes(out, report, saying, t("Texts that were withdrawn, rejected, merged or split"))
    return out.done(_seminar_title(report), summary.facts(report, words))


def conference_paper(report: ConferencePaper, words: Words) -> Document:
    """What a conference has before it: the agenda, and each text with its support and its history."""
    out, saying = Writing(report, words), Saying(report, words)
    out.foreword()
    summary.of_paper(out, report)
    out.heading(1, t("Texts before the conference"), "agenda")
    _agenda(out, report, saying)
    for section in report.sections():
        title = f"{section.event.code} · {named(section.theme.code, section.theme.title)}"
        out.heading(1, title, f"{section.event.code}-{section.theme.code}")
        rows = [entry.ranked for entry in _by_rank(section.entries)]
        out.say(_as_ranked_by(section.event.title), look=Look.NOTE)
        out.add(*ranking_tables(rows, title, words), *ranking_figures(rows, title, words))
        _at_conference(out, report, section.entries, title)
        for entry in section.entries:
            entry_in_full(out, entry, report, saying, 2)
    _annexes(out, report, saying, t("Recommendations that were not forwarded to the conference"))
    return out.done(t("Paper for the conference"), summary.facts(report, words))


def final_report(report: FinalReport, words: Words) -> Document:
    """What a conference ended with: final recommendations, texts that remain open, those not finalised."""
    out, saying = Writing(report, words), Saying(report, words)
    out.foreword()
    summary.of_final(out, report)
    out.heading(1, t("Final recommendations"), "final")
    if report.final:
        _finals(out, report.final, saying)
        for entry in report.final:
            entry_in_full(out, entry, report, saying, 2)
    else:
        out.say(t("No text has been finalised yet."))
    _others_of_conference(out, report, saying)
    out.heading(1, t("Support at the seminars and at the conference"), "support")
    for section in report.sections():
        title = f"{section.event.code} · {named(section.theme.code, section.theme.title)}"
        out.heading(2, title, f"support-{section.event.code}-{section.theme.code}")
        rows = [entry.ranked for entry in _by_rank(section.entries)]
        out.say(_as_ranked_by(section.event.title), look=Look.NOTE)
        out.add(*ranking_tables(rows, title, words), *ranking_figures(rows, title, words))
        _at_conference(out, report, section.entries, title)
    _annexes(out, report, saying, t("Recommendations that did not come to the conference"))
    return out.done(t("Final report"), summary.facts(report, words))


def _seminar_title(report: SeminarReport) -> Text:
    if report.event is None:
        return t("Report of the seminars")
    return t("Report of {event}", event=report.events[0].title)


def _as_ranked_by(event: str) -> Text:
    return t("Ranks and votes in this part are those of {event} alone.", event=event)


def _by_rank(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.ranked.rank is None, entry.ranked.rank or 0))


def _at_conference(out: Writing, report: InitiativeReport, entries: Sequence[Entry], title: str) -> None:
    """What the conference's own ballots said of these texts, apart from what the seminars' did."""
    conference = next((event for event in report.events if event.code == report.event), None)
    if conference is None:
        return
    rows = [
        result.row
        for entry in entries
        if entry.event != conference.code
        for result in entry.at(conference.code)
        if result.latest
    ]
    if rows:
        ordered: list[RankingRow] = sorted(rows, key=lambda row: (row.rank is None, row.rank or 0))
        out.say(t("The conference’s own ballots on these texts:"))
        heading = f"{conference.code}: {title}"
        out.add(*ranking_tables(ordered, heading, out.words), *ranking_figures(ordered, heading, out.words))


def _agenda(out: Writing, report: ConferencePaper, saying: Saying) -> None:
    words = out.words
    if not report.entries:
        out.say(t("Nothing is on the agenda yet."))
        return
    columns = (
        Col(words(t("Item")), 0.7, figures=True),
        Col(words(t("Reference")), 1.2),
        Col(words(t("Recommendation")), 4.4),
        Col(words(t("From")), 1),
        Col(words(t("Rank there")), 1, figures=True),
        Col(words(t("Addressees")), 2),
    )
    rows = tuple(
        (
            str(place),
            entry.reference,
            one_line(entry.ranked.title),
            entry.event,
            "" if entry.forwarding is None or entry.forwarding.rank is None else str(entry.forwarding.rank),
            ", ".join(one.name for one in entry.addressees),
        )
        for place, entry in enumerate(report.entries, start=1)
    )
    out.add(Table(words(t("Agenda")), columns, rows))


def _finals(out: Writing, entries: Sequence[Entry], saying: Saying) -> None:
    words = out.words
    columns = (
        Col(words(t("Number")), 0.8),
        Col(words(t("Reference")), 1.2),
        Col(words(t("Recommendation")), 5),
        Col(words(t("Addressees")), 2.4),
    )
    rows = tuple(
        (
            entry.final_name or "",
            entry.reference,
            one_line(entry.ranked.title),
            ", ".join(one.name for one in entry.addressees),
        )
        for entry in entries
    )
    out.add(Table(words(t("Final recommendations")), columns, rows))


def _others_of_conference(out: Writing, report: FinalReport, saying: Saying) -> None:
    """What has no final text: open ones and those not finalised, in full, so that nothing is dropped."""
    if report.still_open:
        out.heading(1, t("Texts that remain open"), "open")
        out.say(
            t("The conference had these texts before it, and has neither finalised them nor decided not to.")
        )
        for entry in report.still_open:
            entry_in_full(out, entry, report, saying, 2)
    if report.unfinalised:
        out.heading(1, t("Texts that were not finalised"), "not-finalised")
        for entry in report.unfinalised:
            entry_in_full(out, entry, report, saying, 2)


def _annexes(out: Writing, report: InitiativeReport, saying: Saying, others: Text) -> None:
    annexes.decided(out, report, saying)
    annexes.taking_part(out, report, saying)
    annexes.others(out, report, others, saying)
    annexes.method(out, report)
    annexes.checks(out, report)
