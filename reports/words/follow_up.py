"""The words in which the follow-up is told, so that every format says a thing the same way."""

from __future__ import annotations

from collections.abc import Iterator

from reports.format import Words
from reports.models.follow_up import FollowUpLine, FollowUpReport
from seminar.follow_up import ACCEPTANCE_WORDS, IMPLEMENTATION_WORDS, REPORTED, VERIFIED, Implementation
from seminar.follow_up_overview import Overview
from seminar.words import Text, t, tn

EMPTY = t("Nothing is followed up yet.")
OVERDUE = t("overdue")


def acceptance(line: FollowUpLine, words: Words) -> str:
    return words(ACCEPTANCE_WORDS[line.content.acceptance])


def implementation(line: FollowUpLine, words: Words) -> str:
    """`implemented (verified)`; nothing is added to what has not begun."""
    state = IMPLEMENTATION_WORDS[line.content.implementation]
    if line.content.implementation is Implementation.NOT_STARTED and not line.content.verified:
        return words(state)
    how = VERIFIED if line.content.verified else REPORTED
    return words(t("{state} ({how})", state=state, how=how))


def due(line: FollowUpLine, words: Words) -> str:
    """`2015-03-31 (overdue)`, or nothing."""
    day = line.content.due_on
    if day is None:
        return ""
    said = day.isoformat()
    return words(t("{day} ({remark})", day=said, remark=OVERDUE)) if line.overdue else said


def named(one: Overview, words: Words) -> str:
    """`DPKO · UN Department of Peacekeeping Operations`."""
    called = words(one.called)
    return called if one.title == one.entity else f"{called} · {one.title}"


def notes(report: FollowUpReport) -> Iterator[Text]:
    """How to read it."""
    yield t(
        "A recommendation is followed up with each of its addressees, action by action: acceptance is what "
        "the addressee says to it, implementation how far it is with it."
    )
    yield t(
        "What is reported was said by the addressee and not checked; what is verified was checked by the "
        "organisers."
    )
    yield t(
        "Overdue on {day} is what was due before and is neither implemented nor closed otherwise.",
        day=report.as_of.isoformat(),
    )
    if any(one.former for one in report.overview):
        yield t(
            "An addressee that was succeeded by another keeps its rows; they stand under whoever answers for "
            "them today."
        )


def summary(report: FollowUpReport) -> Text:
    """How much there is, and how much of it is overdue."""
    late = sum(one.overdue for one in report.overview)
    return t(
        "{rows} with {addressees}; {late}.",
        rows=tn("{count} row is followed up", "{count} rows are followed up", len(report.lines)),
        addressees=tn("{count} addressee", "{count} addressees", len(report.overview)),
        late=tn("{count} is overdue", "{count} are overdue", late),
    )
