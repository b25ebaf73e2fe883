"""What an initiative reports: to whoever missed a seminar, to its conference, and to the addressees.

One model for three reports, each a class of its own: `SeminarReport`, `ConferencePaper` and `FinalReport`.
It is complete: renderers look nothing up, count nothing and decide nothing. Attribution has passed
`seminar.attribution` before anything stands here: under the Chatham House rule there is no person and no
organisation in it, nobody who voted, and a constituency only where it has enough people.

Rankings hold within one event and theme. An entry's own `ranked` row has the figures of the event where it
was proposed, never those of another one's ballots, which stand in `results` beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from reports.charts.activity import Activity
from reports.models.covering import Covering
from reports.models.drafting import Changes, KinLine
from reports.models.ranking import EventSection, RankingRow, ThemeSection, grouped
from seminar.conference import Basis
from seminar.model import (
    AmendmentStatus,
    Attribution,
    BallotRules,
    Counts,
    EventStatus,
    Outcome,
    Stance,
    State,
)
from seminar.words import Text


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event that the report is about: days are those of the file, moments when it really was open."""

    code: str
    kind: Literal["seminar", "conference"]
    title: str
    city: str
    starts_on: date
    ends_on: date
    themes: tuple[ThemeSection, ...]
    status: EventStatus
    opened_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupSize:
    """How many participants speak for a constituency; without a code those of whom it is not told, or who
    speak for none.
    """

    code: str | None
    title: str | Text
    participants: int


@dataclass(frozen=True, slots=True)
class TakingPart:
    """Who is registered, in numbers. `organisations` are named only where attribution allows it."""

    participants: int
    observers: int
    groups: tuple[GroupSize, ...]
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Addressee:
    """An entity by code and title, or a free name, which has no code; `present` came in its place."""

    name: str
    code: str | None = None
    title: str | None = None
    present: str | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """A contribution that stands: `number` counts within its recommendation; `who` may be told."""

    number: int
    stance: Stance
    text: str
    who: str | Text


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said in a silence procedure; `who` is told by the constituency alone."""

    ballot: str
    who: str | Text
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """How one closed ballot came out on one recommendation, in the words of `version`.

    `row` has the ballot's figures, and the rank by them within event and theme where this is the latest
    ballot there (`latest`).
    """

    ballot: str
    event: str
    version: int
    latest: bool
    row: RankingRow


@dataclass(frozen=True, slots=True)
class Forwarding:
    """How a recommendation came to a conference: `rank` and `ballot` are those it came with."""

    conference: str
    conference_title: str
    origin: str
    at: datetime
    rank: int | None
    ballot: str | None
    position: int
    version: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a conference made of a recommendation: a `final` text, or the decision to have none.

    `ballot` is the one that `basis` speaks of. `changes` is what differs between the text that was decided
    on, version `decided`, and the final one; empty where nothing does, as `since_forwarded` is, the same for
    the text that was forwarded. `reason` says why it was not finalised.
    """

    final: bool
    basis: Basis
    ballot: str | None
    version: int
    decided: int
    at: datetime | None
    reason: str
    changes: Changes
    since_forwarded: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One recommendation in full.

    `ranked` carries its words as the report shows them (`version`) and the ranking of the event where it
    was proposed. `final_name` is `R1` where it has a final text, or had one before it was taken up again.
    `results` are all closed ballots on it, the earliest first. Of `versions` and `amendments` there are so
    many; `objections` and `explanations` were said in silence procedures on it.
    """

    ranked: RankingRow
    version: int
    addressees: tuple[Addressee, ...]
    results: tuple[Result, ...]
    arguments: tuple[Argument, ...]
    lineage: tuple[KinLine, ...]
    seconds: int
    versions: int
    amendments: Mapping[AmendmentStatus, int]
    objections: tuple[Statement, ...] = ()
    explanations: tuple[Statement, ...] = ()
    forwarding: Forwarding | None = None
    decision: Decision | None = None
    final_name: str | None = None

    @property
    def reference(self) -> str:
        return self.ranked.reference

    @property
    def event(self) -> str:
        return self.ranked.event

    @property
    def theme(self) -> str:
        return self.ranked.theme

    @property
    def state(self) -> State:
        return self.ranked.state

    @property
    def open(self) -> bool:
        """Whether a conference has it and has neither finalised it nor decided not to."""
        return self.forwarding is not None and self.decision is None

    def at(self, event: str) -> tuple[Result, ...]:
        """The results of that event's own ballots."""
        return tuple(result for result in self.results if result.event == event)


@dataclass(frozen=True, slots=True)
class OtherText:
    """A recommendation that has no entry: it has ended, or it never came to the conference."""

    reference: str
    title: str
    event: str
    theme: str
    state: State
    lineage: tuple[KinLine, ...]


@dataclass(frozen=True, slots=True)
class BallotItem:
    """One item of a closed ballot: `outcome` where the method has one, and how it came out in a line."""

    reference: str
    title: str
    version: int
    outcome: Outcome | None
    verdict: Text


@dataclass(frozen=True, slots=True)
class RoomLine:
    """Hands that were counted: `constituency` where it may be told; `asked` is who was asked."""

    reference: str
    constituency: str | None
    counts: Counts
    asked: str


@dataclass(frozen=True, slots=True)
class BallotFacts:
    """A closed ballot: figures count persons (or delegations) as frozen at closing.

    `notified` people were told of a silence procedure; `objections` broke it. `checksum` is the ledger's
    (SHA-256, hex). `pairwise` is the matrix of a `ranked` ballot.
    """

    label: str
    event: str
    theme: str | None
    rules: BallotRules
    electorate: int
    voters: int
    set_aside: int
    opened_at: datetime | None
    closed_at: datetime | None
    checksum: str | None
    items: tuple[BallotItem, ...]
    room: tuple[RoomLine, ...] = ()
    notified: int | None = None
    objections: tuple[Statement, ...] = ()
    explanations: tuple[Statement, ...] = ()
    pairwise: Mapping[str, Mapping[str, int]] | None = None

    @property
    def method(self) -> str:
        """The name of its voting method."""
        return self.rules.method


@dataclass(frozen=True, slots=True)
class Receipt:
    """A row of a published cast-vote record that carries a receipt; without a reference, a whole paper."""

    receipt: str
    reference: str | None
    vote: Any


@dataclass(frozen=True, slots=True)
class BallotReceipts:
    """The receipts of one ballot, in the order of its record, which says nothing."""

    ballot: str
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class EventEntries:
    """The entries of one theme at one event, best first."""

    event: EventSection
    theme: ThemeSection
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class InitiativeReport:
    """What all three reports are made of.

    `generated_at` is aware; `time_zone` is the IANA name of the zone in which people read its times.
    `event` and `theme` are what it is limited to. `events` are those it is about, seminars before the
    conference. `constituencies` are the titles, by code, of those that may be told. `entries` stand by
    event, theme and rank in a seminar report, by the agenda in the other two. `activity` is by day of the
    zone: votes are those of ballots that closed on it. `contributions` counts what people added: proposals,
    amendments and arguments. `receipts` is None unless asked for.
    """

    initiative: str
    generated_at: datetime
    ledger_head: str | None
    time_zone: str
    attribution: Attribution
    covering: Covering
    event: str | None
    theme: str | None
    events: tuple[EventFacts, ...]
    constituencies: Mapping[str, str]
    people: TakingPart
    entries: tuple[Entry, ...]
    others: tuple[OtherText, ...]
    ballots: tuple[BallotFacts, ...]
    activity: tuple[tuple[date, Activity], ...]
    contributions: int
    receipts: tuple[BallotReceipts, ...] | None = None

    @property
    def recommendations(self) -> tuple[RankingRow, ...]:
        """The row of each entry, for whatever reads rankings."""
        return tuple(entry.ranked for entry in self.entries)

    @property
    def methods(self) -> frozenset[str]:
        """The voting methods of the ballots."""
        return frozenset(ballot.rules.method for ballot in self.ballots)

    def sections(self) -> Iterator[EventEntries]:
        """The themes that have entries, by event, each with its own and no others."""
        headed = tuple(EventSection(event.code, event.title, event.themes) for event in self.events)
        for event, theme, entries in grouped(headed, self.entries):
            yield EventEntries(event, theme, tuple(entries))


@dataclass(frozen=True, slots=True)
class SeminarReport(InitiativeReport):
    """What one seminar, or all of them, brought: its texts as they left it."""


@dataclass(frozen=True, slots=True)
class ConferencePaper(InitiativeReport):
    """What a conference has before it: the texts that were forwarded, with their history and support."""


@dataclass(frozen=True, slots=True)
class FinalReport(InitiativeReport):
    """What a conference ended with: final texts by number, those that are open, and those not finalised."""

    @property
    def final(self) -> tuple[Entry, ...]:
        """The entries that have a final text, by number."""
        found = (entry for entry in self.entries if entry.decision is not None and entry.decision.final)
        return tuple(sorted(found, key=lambda entry: int((entry.final_name or "R0")[1:])))

    @property
    def unfinalised(self) -> tuple[Entry, ...]:
        """The entries that the conference decided not to finalise."""
        return tuple(
            entry for entry in self.entries if entry.decision is not None and not entry.decision.final
        )

    @property
    def still_open(self) -> tuple[Entry, ...]:
        """The entries that nobody finalised, and about which nothing was decided."""
        return tuple(entry for entry in self.entries if entry.open)
