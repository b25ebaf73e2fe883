"""How documents of an initiative say what happened: neutral sentences, in its own word for an outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from reports.format import Words
from reports.models.drafting import Changes
from reports.models.initiative import (
    Addressee,
    BallotFacts,
    Decision,
    Entry,
    EventFacts,
    InitiativeReport,
    Result,
    Statement,
)
from reports.models.ranking import RankingRow
from reports.words.by_method import method_words, part_words
from reports.words.drafting import kin_words
from seminar.conference import Basis
from seminar.differences import Mark, Piece
from seminar.methods.support import group_words
from seminar.model import OutcomeWord, Quorum, State, VoteBy
from seminar.terms import STATE_WORDS
from seminar.words import Text, Value, t, tn

OUTCOMES: Mapping[OutcomeWord, Text] = {
    OutcomeWord.ADOPTED: t("adopted"),
    OutcomeWord.SUPPORTED: t("supported"),
    OutcomeWord.ENDORSED: t("endorsed"),
    OutcomeWord.AGREED: t("agreed"),
}
"""What a recommendation is called that a decision carried, as the initiative chose."""

NOT_OUTCOMES: Mapping[OutcomeWord, Text] = {
    OutcomeWord.ADOPTED: t("not adopted"),
    OutcomeWord.SUPPORTED: t("not supported"),
    OutcomeWord.ENDORSED: t("not endorsed"),
    OutcomeWord.AGREED: t("not agreed"),
}

DECIDED = frozenset((State.ADOPTED, State.FORWARDED, State.FINALISED, State.NOT_FINALISED))
"""The states of a recommendation that a seminar has adopted."""


_CARRIED: Mapping[OutcomeWord, Callable[[int], Text]] = {
    OutcomeWord.ADOPTED: lambda n: tn("{count} was adopted", "{count} were adopted", n),
    OutcomeWord.SUPPORTED: lambda n: tn("{count} was supported", "{count} were supported", n),
    OutcomeWord.ENDORSED: lambda n: tn("{count} was endorsed", "{count} were endorsed", n),
    OutcomeWord.AGREED: lambda n: tn("{count} was agreed", "{count} were agreed", n),
}
_FAILED: Mapping[OutcomeWord, Callable[[int], Text]] = {
    OutcomeWord.ADOPTED: lambda n: tn("{count} was not adopted", "{count} were not adopted", n),
    OutcomeWord.SUPPORTED: lambda n: tn("{count} was not supported", "{count} were not supported", n),
    OutcomeWord.ENDORSED: lambda n: tn("{count} was not endorsed", "{count} were not endorsed", n),
    OutcomeWord.AGREED: lambda n: tn("{count} was not agreed", "{count} were not agreed", n),
}


class Saying:
    """What a report says of its parts, in the words of its initiative."""

    def __init__(self, report: InitiativeReport, words: Words) -> None:
        self._report = report
        self._words = words
        self.carried = OUTCOMES[report.covering.outcome]
        self.failed = NOT_OUTCOMES[report.covering.outcome]
        self.count_carried = _CARRIED[report.covering.outcome]
        self.count_failed = _FAILED[report.covering.outcome]
        self._titles = {event.code: event.title for event in report.events}

    def event(self, code: str) -> str:
        """An event's title, or its code where the report does not know it."""
        return self._titles.get(code, code)

    def day(self, moment: datetime) -> date:
        """The day of a moment, where the initiative is."""
        return moment.astimezone(ZoneInfo(self._report.time_zone)).date()

    def groups(self, groups: Iterable[str]) -> tuple[Value, ...]:
        """Published groups by their titles."""
        return tuple(group_words(group, self._report.constituencies) for group in groups)

    def by_constituency(self, row: RankingRow) -> str:
        """The figures of each published group in one line, or nothing."""
        parts = row.by_constituency or {}
        if len(parts) < 2:
            return ""
        return "; ".join(
            self._words(
                t(
                    "{group}: {figures}",
                    group=group_words(group, self._report.constituencies),
                    figures=part_words(row.method, part),
                )
            )
            for group, part in parts.items()
        )

    def state(self, entry: Entry) -> Text:
        """Where a recommendation stands after the event where it was proposed."""
        if entry.state in DECIDED or entry.forwarding is not None:
            return self.carried
        return self.failed if entry.state is State.NOT_ADOPTED else STATE_WORDS[entry.state]

    def outcome(self, entry: Entry) -> Text:
        """What became of it, in a sentence."""
        decision, forwarding = entry.decision, entry.forwarding
        if decision is not None and decision.final:
            return t(
                "{outcome} as final text {number}, {basis}.",
                outcome=self.carried,
                number=entry.final_name or "",
                basis=self._basis(entry, decision),
            )
        if decision is not None:
            return t("Not finalised by {event}.", event=forwarding.conference_title if forwarding else "")
        if forwarding is not None:
            return t(
                "{outcome} by {origin} and forwarded to {conference}, where it is still open.",
                outcome=self.carried,
                origin=self.event(forwarding.origin),
                conference=forwarding.conference_title,
            )
        return t("{outcome}.", outcome=self.state(entry))

    def _basis(self, entry: Entry, decision: Decision) -> Text:
        origin = self.event(entry.forwarding.origin if entry.forwarding else entry.event)
        match decision.basis:
            case Basis.SEMINAR if decision.ballot:
                return t(
                    "on the basis of the decision of {event} in ballot {ballot}",
                    event=origin,
                    ballot=decision.ballot,
                )
            case Basis.SEMINAR:
                return t("on the basis of the decision of {event}", event=origin)
            case Basis.CONFERENCE if decision.ballot:
                return t("on the basis of the conference’s own ballot {ballot}", ballot=decision.ballot)
            case _:
                return t("on the basis of a decision of the conference")

    def contested(self, row: RankingRow) -> Text | None:
        """Who had more votes against than for, in neutral words; None where nobody had."""
        if not row.contested:
            return None
        if not row.contested_by:
            return t("In a constituency that is not named, more votes were against than for.")
        return t("Among {groups}, more votes were against than for.", groups=self.groups(row.contested_by))

    def addressees(self, addressees: Iterable[Addressee]) -> str:
        """All of them, each by its title and code, and by whoever came in its place."""
        return "; ".join(self._words(_addressee(one)) for one in addressees)

    def result(self, result: Result) -> Text:
        """Of which ballot a result is."""
        row = result.row
        method = method_words(row.method or "")
        if row.closed_at is None:
            return t(
                "{ballot}, {method}, {event}",
                ballot=result.ballot,
                method=method,
                event=self.event(result.event),
            )
        return t(
            "{ballot}, {method}, {event}, {day}",
            ballot=result.ballot,
            method=method,
            event=self.event(result.event),
            day=self.day(row.closed_at),
        )


def _addressee(one: Addressee) -> Text | str:
    if one.code is None or one.title is None:
        return one.name
    if one.present is not None:
        return t("{title} ({code}, today {present})", title=one.title, code=one.code, present=one.present)
    return one.title if one.title == one.code else t("{title} ({code})", title=one.title, code=one.code)


def days(event: EventFacts) -> Text:
    """When an event took place."""
    if event.starts_on == event.ends_on:
        return t("{day}", day=event.starts_on)
    first, last = event.starts_on, event.ends_on
    if (first.year, first.month) == (last.year, last.month):
        return t("{first}–{last}", first=first.day, last=last)
    return t("{first} to {last}", first=first, last=last)


def quorum_words(quorum: Quorum) -> Text:
    """How many had to vote."""
    if quorum.share is not None:
        return t("{share} of those entitled", share=str(quorum))
    if quorum.number == 0:
        return t("none")
    return tn("{count} vote", "{count} votes", quorum.number)


def held_by(ballot: BallotFacts) -> Text:
    """Who holds a vote."""
    if ballot.rules.vote_by is VoteBy.DELEGATION:
        return t("one vote a delegation")
    return t("one vote a person")


def said_by(statements: Iterable[Statement]) -> list[Text]:
    """What was said in silence procedures, and by whom as far as it is told."""
    return [t("{who}: {text}", who=one.who, text=one.text) for one in statements]


def lineage(entry: Entry) -> Iterator[Text]:
    """Where a recommendation came from and went to, and how much its text was worked on."""
    for kin in entry.lineage:
        yield kin_words(kin)
    if entry.versions > 1:
        yield tn("There was {count} version of it.", "There were {count} versions of it.", entry.versions)
    asked = sum(entry.amendments.values())
    if asked:
        yield tn("{count} amendment was asked for.", "{count} amendments were asked for.", asked)
    if entry.seconds:
        yield tn("{count} person seconded it.", "{count} people seconded it.", entry.seconds)


def differences(changes: Changes) -> Iterator[Text]:
    """Each place where a text differs from an earlier one."""
    for pieces in changes.values():
        for removed, added in _places(pieces):
            if removed and added:
                yield t("“{removed}” became “{added}”.", removed=removed, added=added)
            elif added:
                yield t("Added: “{added}”.", added=added)
            else:
                yield t("Left out: “{removed}”.", removed=removed)


def _places(pieces: Iterable[Piece]) -> Iterator[tuple[str, str]]:
    removed = added = ""
    for piece in pieces:
        match piece.mark:
            case Mark.REMOVED:
                removed += piece.text
            case Mark.ADDED:
                added += piece.text
            case _:
                if removed.strip() or added.strip():
                    yield removed.strip(), added.strip()
                removed = added = ""
    if removed.strip() or added.strip():
        yield removed.strip(), added.strip()
