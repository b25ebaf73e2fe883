"""The first half page of an initiative's documents: what matters, in sentences with their figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.compose.frame import Writing, named
from reports.compose.initiative_words import DECIDED, Saying, days
from reports.document import Col, Listing, Look, Paragraph, Table
from reports.format import Words
from reports.models.initiative import (
    ConferencePaper,
    Entry,
    EventFacts,
    FinalReport,
    InitiativeReport,
    SeminarReport,
)
from reports.neutral import one_line
from seminar.conference import Basis
from seminar.model import EventStatus, State
from seminar.words import Text, t, tn

Which = Callable[[Entry], bool]
Counting = tuple[Text, Which]
"""What a column counts of entries, and which ones."""

Sentence = tuple[Callable[[int], Text], Which]
"""How a number of entries is said, and which ones are counted."""

_MOST_FIRST = 12  # themes whose first recommendation is named


def facts(report: InitiativeReport, words: Words) -> list[tuple[Text, Text | str]]:
    """What stands on the cover: the events with place and dates, and who took part."""
    return [
        *(
            [(t("Events"), "\n".join(words(_met(event)) for event in held))]
            if (held := _held(report))
            else []
        ),
        (t("Took part"), _registered(report)),
        (t("Recommendations"), str(len(report.entries))),
    ]


def of_seminars(out: Writing, report: SeminarReport, saying: Saying) -> None:
    """How many texts there were and what was decided on them; the first of each theme."""
    counted: list[Counting] = [
        (saying.carried, carried),
        (saying.failed, _failed),
        (t("undecided"), _undecided),
    ]
    said: list[Sentence] = [
        (saying.count_carried, carried),
        (saying.count_failed, _failed),
        (lambda n: tn("{count} is undecided", "{count} are undecided", n), _undecided),
    ]
    out.heading(1, t("Summary"), "summary")
    out.say(
        tn(
            "{count} recommendation is in this report.",
            "{count} recommendations are in this report.",
            len(report.entries),
        ),
        _said(said, report.entries),
        _disputed(report.entries),
        _ballots(report),
        look=Look.LEAD,
    )
    _registration(out, report)
    _by_theme(out, report, counted)
    _first(out, report)


def of_paper(out: Writing, report: ConferencePaper) -> None:
    """How many texts came from where."""
    said: list[Sentence] = [(_coming_from(event.title), _from(event.code)) for event in report.events]
    out.heading(1, t("Summary"), "summary")
    out.say(
        tn(
            "{count} recommendation was forwarded to the conference.",
            "{count} recommendations were forwarded to the conference.",
            len(report.entries),
        ),
        _said(said, report.entries),
        _disputed(report.entries),
        _ballots(report),
        look=Look.LEAD,
    )
    _registration(out, report)
    _by_theme(out, report, [(t("contested"), _contested)])


def of_final(out: Writing, report: FinalReport) -> None:
    """How many texts are final, and on what they rest; how many are open, or were not finalised."""
    counted: list[Counting] = [
        (t("final"), _final),
        (t("still open"), _open),
        (t("not finalised"), _unfinalised),
    ]
    said: list[Sentence] = [
        (lambda n: tn("{count} is final", "{count} are final", n), _final),
        (lambda n: tn("{count} remains open", "{count} remain open", n), _open),
        (lambda n: tn("{count} was not finalised", "{count} were not finalised", n), _unfinalised),
    ]
    rests: list[Sentence] = [
        (
            lambda n: tn(
                "{count} final text rests on the decision of a seminar",
                "{count} final texts rest on decisions of seminars",
                n,
            ),
            _rests_on(Basis.SEMINAR),
        ),
        (
            lambda n: tn(
                "{count} rests on a decision of the conference itself",
                "{count} rest on decisions of the conference itself",
                n,
            ),
            _rests_on(Basis.CONFERENCE),
        ),
    ]
    out.heading(1, t("Summary"), "summary")
    out.say(
        tn(
            "{count} recommendation came to the conference.",
            "{count} recommendations came to the conference.",
            len(report.entries),
        ),
        _said(said, report.entries),
        _said(rests, report.entries),
        _disputed(report.entries),
        _ballots(report),
        look=Look.LEAD,
    )
    _registration(out, report)
    _by_theme(out, report, counted)


def carried(entry: Entry) -> bool:
    """Whether the event where it was proposed carried it."""
    return entry.state in DECIDED or entry.forwarding is not None


def _final(entry: Entry) -> bool:
    return entry.decision is not None and entry.decision.final


def _open(entry: Entry) -> bool:
    return entry.open


def _unfinalised(entry: Entry) -> bool:
    return entry.decision is not None and not entry.decision.final


def _failed(entry: Entry) -> bool:
    return entry.state is State.NOT_ADOPTED


def _undecided(entry: Entry) -> bool:
    return not carried(entry) and not _failed(entry)


def _contested(entry: Entry) -> bool:
    return any(result.latest and result.row.contested for result in entry.results)


def _from(code: str) -> Callable[[Entry], bool]:
    return lambda entry: entry.event == code


def _rests_on(basis: Basis) -> Callable[[Entry], bool]:
    return lambda entry: entry.decision is not None and entry.decision.final and entry.decision.basis is basis


def _coming_from(event: str) -> Callable[[int], Text]:
    return lambda n: tn("{count} comes from {event}", "{count} come from {event}", n, event=event)


def _said(sentences: Sequence[Sentence], entries: Sequence[Entry]) -> Text | None:
    """`8 were adopted and 2 were not adopted.` What there is none of is not said."""
    counted = [(say, sum(map(which, entries))) for say, which in sentences]
    parts = tuple(say(number) for say, number in counted if number)
    return t("{parts}.", parts=parts) if parts else None


def _disputed(entries: Sequence[Entry]) -> Text | None:
    """How many a constituency was against, though they were carried."""
    number = sum(map(_contested, entries))
    if not number:
        return None
    return tn(
        "On {count} of them a constituency was divided from the majority.",
        "On {count} of them constituencies were divided from the majority.",
        number,
    )


def _ballots(report: InitiativeReport) -> Text:
    return tn(
        "{count} closed ballot stands behind these results.",
        "{count} closed ballots stand behind these results.",
        len(report.ballots),
    )


def _held(report: InitiativeReport) -> list[EventFacts]:
    """The events the report is about: those that were opened, and those with texts in it."""
    used = {entry.event for entry in report.entries} | {report.event}
    return [event for event in report.events if event.status is not EventStatus.PLANNED or event.code in used]


def _met(event: EventFacts) -> Text:
    if event.city:
        return t("{title}, {city}, {days}", title=event.title, city=event.city, days=days(event))
    return t("{title}, {days}", title=event.title, days=days(event))


def _registered(report: InitiativeReport) -> Text:
    return tn(
        "{count} participant and {observers} registered",
        "{count} participants and {observers} registered",
        report.people.participants,
        observers=tn("{count} observer", "{count} observers", report.people.observers),
    )


def _registration(out: Writing, report: InitiativeReport) -> None:
    """Where and when people met."""
    held = _held(report)
    if held:
        out.add(Paragraph(out.words(t("Events")), Look.LABEL))
        out.add(Listing(tuple(one_line(out.words(_met(event))) for event in held)))
    out.say(t("{registered}.", registered=_registered(report)))


def _by_theme(out: Writing, report: InitiativeReport, counted: Sequence[Counting]) -> None:
    """The same figures for each theme of each event."""
    words = out.words
    lines = [
        (
            named(section.theme.code, section.theme.title),
            section.event.code,
            str(len(section.entries)),
            *(str(sum(map(which, section.entries))) for _, which in counted),
        )
        for section in report.sections()
    ]
    if lines:
        columns = (
            Col(words(t("Theme")), 3.6),
            Col(words(t("Event")), 1),
            Col(words(t("Recommendations")), 1.8, figures=True),
            *(Col(words(name), 1.4, figures=True) for name, _ in counted),
        )
        out.add(Table(words(t("Recommendations by event and theme")), columns, tuple(lines)))


def _first(out: Writing, report: InitiativeReport) -> None:
    """What came first in each theme."""
    items = []
    for section in report.sections():
        first = next((entry for entry in section.entries if entry.ranked.rank == 1), None)
        if first is not None:
            items.append(
                t(
                    "{theme} ({event}): {reference}, {title}",
                    theme=section.theme.title,
                    event=section.event.code,
                    reference=first.reference,
                    title=first.ranked.title,
                )
            )
    if items:
        out.add(Paragraph(out.words(t("First in its theme")), Look.LABEL))
        out.add(Listing(tuple(one_line(out.words(item)) for item in items[:_MOST_FIRST])))
