"""What stands at the end of an initiative's documents: ballots, who took part, method, checks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from reports.charts.activity import activity_drawing
from reports.compose.ballots import checks as ballot_checks
from reports.compose.ballots import summaries
from reports.compose.frame import Writing, named
from reports.compose.initiative_words import Saying, days, held_by, quorum_words, said_by
from reports.compose.tables import MATRIX, pairwise_table
from reports.document import Col, Facts, Figure, Listing, Look, Paragraph, Table
from reports.models.initiative import BallotFacts, InitiativeReport
from reports.neutral import one_line
from reports.words import labels
from reports.words.by_method import BASES, method_words, notes_on
from reports.words.drafting import kin_words
from seminar.methods import METHODS
from seminar.model import RECUSED, Choice, Purpose, Secrecy
from seminar.terms import STATE_WORDS, choice_words, counts_text
from seminar.words import Text, t

_CHOICES = {RECUSED, *Choice}


def decided(out: Writing, report: InitiativeReport, saying: Saying) -> None:
    """How it was decided: every ballot with its rules, and how each item came out."""
    if not report.ballots:
        return
    out.heading(1, t("How it was decided"), "ballots")
    out.add(summaries(report.ballots, report.time_zone, out.words))
    for ballot in report.ballots:
        _ballot(out, ballot, saying)


def _ballot(out: Writing, ballot: BallotFacts, saying: Saying) -> None:
    words, rules = out.words, ballot.rules
    title = t("Ballot {label}: {method}", label=ballot.label, method=method_words(rules.method))
    out.heading(2, title, ballot.label)
    explained = METHODS[rules.method].explained(rules)
    voting = ballot.method != "silence"
    said: list[tuple[Text, Text | str | None]] = [
        (t("Event"), saying.event(ballot.event)),
        (t("Purpose"), t("indicative") if rules.purpose is Purpose.INDICATIVE else None),
        (t("Rule"), explained),
        (t("Quorum"), quorum_words(rules.quorum) if voting else None),
        (t("Secrecy"), _secrecy(ballot) if voting else None),
        (t("Who votes"), held_by(ballot)),
        (
            t("Round"),
            t("{round} of {rounds}", round=rules.round, rounds=rules.rounds) if rules.rounds > 1 else None,
        ),
        (t("Entitled"), str(ballot.electorate)),
        (t("Voted"), str(ballot.voters) if voting else None),
        (t("Notified"), None if ballot.notified is None else str(ballot.notified)),
        (t("Set aside"), str(ballot.set_aside) if ballot.set_aside else None),
        (t("Was open"), _open(ballot, out.zone)),
    ]
    out.add(Facts(tuple((words(name), words(value)) for name, value in said if value)))
    columns = (
        Col(words(t("Reference")), 1.2),
        Col(words(t("Recommendation")), 3.6),
        Col(words(t("Result")), 4),
    )
    rows = tuple((item.reference, one_line(item.title), words(item.verdict)) for item in ballot.items)
    if rows:
        out.add(Table(words(t("Results of ballot {label}", label=ballot.label)), columns, rows))
    _said_beside(out, ballot, saying)
    if ballot.pairwise is not None:
        items = [item.reference for item in ballot.items]
        if len(items) <= MATRIX:
            heading = t("Pairwise comparisons of ballot {ballot}", ballot=ballot.label)
            out.add(pairwise_table(heading, items, ballot.pairwise, words))
            out.say(labels.PAIRWISE, look=Look.NOTE)


def _said_beside(out: Writing, ballot: BallotFacts, saying: Saying) -> None:
    """Hands in the room, and what was said in a silence procedure."""
    for title, items in (
        (t("Hands shown in the room"), [_hands(one, saying) for one in ballot.room]),
        (t("Silence was broken by"), said_by(ballot.objections)),
        (t("Explanations of position"), said_by(ballot.explanations)),
    ):
        if items:
            out.add(Paragraph(out.words(title), Look.LABEL))
            out.add(Listing(tuple(one_line(out.words(item)) for item in items)))


def _hands(one: Any, saying: Saying) -> Text:
    counted = counts_text(one.counts)
    if one.constituency is None:
        said = t("{reference}: {figures}", reference=one.reference, figures=counted)
    else:
        (group,) = saying.groups([one.constituency])
        said = t("{reference}, {group}: {figures}", reference=one.reference, group=group, figures=counted)
    return t("{said} ({asked})", said=said, asked=one.asked) if one.asked.strip() else said


def _secrecy(ballot: BallotFacts) -> Text:
    if ballot.rules.secrecy is Secrecy.SECRET:
        return t("secret: nobody is told who voted how")
    return t("open: the record says who voted how")


def _open(ballot: BallotFacts, zone: str) -> Text | None:
    if ballot.opened_at is None or ballot.closed_at is None:
        return None
    return t(
        "from {opened} to {closed} ({zone})",
        opened=labels.local(ballot.opened_at, zone),
        closed=labels.local(ballot.closed_at, zone),
        zone=zone,
    )


def activity(out: Writing, report: InitiativeReport) -> None:
    """What was done and when, as a picture."""
    if report.activity:
        out.add(Figure(activity_drawing(report.activity, out.words), out.words(t("What was done, and when"))))


def taking_part(out: Writing, report: InitiativeReport, saying: Saying) -> None:
    """When and where people met, and who took part, in numbers."""
    words = out.words
    out.heading(1, t("Events and participants"), "participants")
    met = (
        Col(words(t("Event")), 3),
        Col(words(t("Place")), 1.4),
        Col(words(t("Dates")), 3),
        Col(words(t("Opened")), 1.6),
        Col(words(t("Closed")), 1.6),
    )
    rows = tuple(
        (
            named(event.code, event.title),
            event.city,
            words(days(event)),
            "" if event.opened_at is None else labels.local(event.opened_at, out.zone),
            "" if event.closed_at is None else labels.local(event.closed_at, out.zone),
        )
        for event in report.events
    )
    out.add(Table(words(t("Events")), met, rows))
    people = report.people
    if people.groups:
        columns = (
            Col(words(t("Constituency")), 4),
            Col(words(t("Code")), 1),
            Col(words(t("Participants")), 1.4, figures=True),
        )
        groups = tuple(
            (words(group.title), group.code or "", str(group.participants)) for group in people.groups
        )
        out.add(Table(words(t("Registered participants by constituency")), columns, groups))
    out.say(
        t(
            "Participants registered: {participants}; observers: {observers}.",
            participants=people.participants,
            observers=people.observers,
        ),
        t("Contributions: {number} proposals, amendments and arguments.", number=report.contributions),
    )
    if people.organisations:
        out.add(Paragraph(words(t("Organisations")), Look.LABEL))
        out.add(Listing(tuple(map(one_line, people.organisations))))
    activity(out, report)


def others(out: Writing, report: InitiativeReport, title: Text, saying: Saying) -> None:
    """Recommendations that are only named, with what became of them."""
    if not report.others:
        return
    words = out.words
    out.heading(1, title, "others")
    columns = (
        Col(words(t("Reference")), 1.2),
        Col(words(t("Recommendation")), 4),
        Col(words(t("Event")), 0.9),
        Col(words(t("State")), 2),
        Col(words(t("What became of it")), 3),
    )
    rows = tuple(
        (
            other.reference,
            one_line(other.title),
            other.event,
            words(_state(other.state, saying)),
            " ".join(words(kin_words(kin)) for kin in other.lineage if kin.onwards),
        )
        for other in report.others
    )
    out.add(Table(words(title), columns, rows))


def _state(state: Any, saying: Saying) -> Text:
    if state == "adopted":
        return saying.carried
    return saying.failed if state == "not_adopted" else STATE_WORDS[state]


def method(out: Writing, report: InitiativeReport) -> None:
    """How to read the figures, for exactly the methods that were used."""
    if not report.methods:
        return
    out.heading(1, t("Method: how to read the figures"), "method")
    rows = [result.row for entry in report.entries for result in entry.results]
    bases = [BASES[name] for name in METHODS if name in report.methods and name in BASES]
    out.add(Listing(tuple(out.words(note) for note in (*bases, *notes_on(rows, report.methods)))))


def checks(out: Writing, report: InitiativeReport) -> None:
    """The receipts, where they were asked for, and where the ledger stood."""
    words = out.words
    if report.receipts is not None:
        out.heading(1, t("Receipts"), "receipts")
        out.say(
            t(
                "Each receipt was shown to its voter alone, and leads to the vote as it was counted. They "
                "stand in random order."
            )
        )
        if not report.receipts:
            out.say(t("No receipts were given in these ballots."))
        columns = (
            Col(words(t("Receipt")), 1.6),
            Col(words(t("Reference")), 1.2),
            Col(words(t("Vote")), 5),
        )
        for one in report.receipts:
            lines = tuple((row.receipt, row.reference or "", words(_vote(row.vote))) for row in one.receipts)
            out.add(Table(words(t("Receipts of ballot {label}", label=one.ballot)), columns, lines))
    if report.ledger_head is not None:
        out.heading(1, t("How to check this document"), "ledger")
        out.say(
            t(
                "Every act was entered in a chained ledger. With its head, `rapporteur audit verify --head` "
                "finds out whether the record is still the one that this document was made from; the "
                "checksums of the ballots are those that were posted at their closing."
            )
        )
        out.add(ballot_checks(report.ballots, report.ledger_head, words))


def _vote(vote: Any) -> Text | str:
    if isinstance(vote, str):
        return choice_words(vote) if vote in _CHOICES else vote
    return json.dumps(vote, ensure_ascii=False)


def open_points(out: Writing, report: InitiativeReport, points: Sequence[Any], saying: Saying) -> None:
    """Texts that were discussed and not decided on, in a table."""
    if not points:
        return
    words = out.words
    out.heading(1, t("Open points"), "open")
    out.say(t("These texts were discussed, and nothing has been decided on them yet."))
    columns = (
        Col(words(t("Reference")), 1.2),
        Col(words(t("Recommendation")), 5),
        Col(words(t("State")), 2),
    )
    rows = tuple(
        (entry.reference, one_line(entry.ranked.title), words(saying.state(entry))) for entry in points
    )
    out.add(Table(words(t("Open points")), columns, rows))
