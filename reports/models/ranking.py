"""What a ranking says, before anybody has drawn it.

A report is complete: renderers look nothing up, count nothing and decide
nothing. Recommendations are ranked within one event and one theme, and never
across; `RankingReport.sections` is the only grouping renderers use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from reports.models.covering import PLAIN, Covering
from seminar.model import Attribution, Counts, Outcome, Purpose, Secrecy, State
from seminar.words import Text

RECORD_FIELDS: tuple[str, ...] = (
    "rank",
    "reference",
    "title",
    "text",
    "rationale",
    "theme",
    "event",
    "state",
    "author",
    "addressees",
    "method",
    "electorate",
    "turnout",
    "for",
    "against",
    "abstain",
    "outcome",
    "contested",
    "consensus",
    "wilson",
    "score",
    "by_constituency",
    "ballot",
    "closed_at",
    "purpose",
    "figures",
)
"""The public names of a row's fields, in the order of the machine-readable exports."""


@dataclass(frozen=True, slots=True)
class ThemeSection:
    """A theme within an event: its code (`TRN`) and its title."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class EventSection:
    """An event and its themes, in the initiative's order."""

    code: str
    title: str
    themes: tuple[ThemeSection, ...] = ()


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One recommendation with the figures of its latest closed ballot.

    `theme` and `event` are codes. `rank` is within event and theme. Without a
    closed ballot, everything from `method` on is None, and so is `rank`; a
    method that has no such figure leaves it None too. `turnout` and
    `electorate` count persons (or delegations). `consensus` and `wilson` lie in
    0…1. `contested_by` names the published groups behind `contested`, for people to
    read; records leave them to `by_constituency`, which holds `Counts` for `support` and for other
    methods what their figures hold. `author` is what attribution allows
    to be shown. `closed_at` is aware. `figures` are the method's own (`seminar.methods.base.Figures`).
    """

    rank: int | None
    reference: str
    title: str
    text: str
    rationale: str
    theme: str
    event: str
    state: State
    author: str | Text | None
    addressees: tuple[str, ...] = ()
    method: str | None = None
    electorate: int | None = None
    turnout: int | None = None
    for_: int | None = None
    against: int | None = None
    abstain: int | None = None
    outcome: Outcome | None = None
    contested: bool | None = None
    contested_by: tuple[str, ...] = ()
    consensus: float | None = None
    wilson: float | None = None
    score: int | float | None = None
    by_constituency: Mapping[str, Any] | None = None
    ballot: str | None = None
    closed_at: datetime | None = None
    purpose: Purpose | None = None
    figures: Any = None

    @property
    def counts(self) -> Counts | None:
        """For, against and abstentions together, or None where the method has none."""
        if self.for_ is None or self.against is None or self.abstain is None:
            return None
        return Counts(self.for_, self.against, self.abstain)


@dataclass(frozen=True, slots=True)
class BallotSummary:
    """A closed ballot on recommendations of the report.

    `electorate` and `voters` count persons (or delegations) as frozen at closing, `closed_at` is aware.
    `checksum` is the one that the ledger keeps of its record and tally (SHA-256, hex; None where the
    ledger has none). `items` are references in the ballot's order. `pairwise` is the matrix of a
    `ranked` ballot: by two references, how many papers prefer the first to the second.
    """

    label: str
    method: str
    purpose: Purpose
    secrecy: Secrecy
    electorate: int
    voters: int
    closed_at: datetime | None
    checksum: str | None
    items: tuple[str, ...]
    pairwise: Mapping[str, Mapping[str, int]] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one theme at one event: what one table, sheet or chart shows."""

    event: EventSection
    theme: ThemeSection
    rows: tuple[RankingRow, ...]


@dataclass(frozen=True, slots=True)
class RankingReport:
    """The ranked recommendations of an initiative, or of the part that was asked for.

    `generated_at` is aware; `time_zone` is the IANA name of the zone in which
    people read its times. `ledger_head` is the SHA-256 (hex) of the ledger's
    last entry, None while it is empty. `ballots` are the closed ballots on these recommendations, the
    latest and earlier ones, by number. `covering` is what documents carry on their cover. Build it with
    `ranking_report`, which puts the rows in order.
    """

    initiative: str
    generated_at: datetime
    ledger_head: str | None
    time_zone: str
    attribution: Attribution
    events: tuple[EventSection, ...]
    recommendations: tuple[RankingRow, ...]
    ballots: tuple[BallotSummary, ...] = ()
    covering: Covering = PLAIN

    @property
    def methods(self) -> frozenset[str]:
        """The voting methods of the rows' ballots."""
        return frozenset(row.method for row in self.recommendations if row.method is not None)

    def sections(self) -> tuple[Section, ...]:
        """The themes that have recommendations, by event, each with its own rows and no others.

        An event or theme without a title in `events` is headed by its code.
        """
        return tuple(
            Section(event, theme, tuple(rows))
            for event, theme, rows in grouped(self.events, self.recommendations)
        )


class Placed(Protocol):
    """Whatever belongs to an event and a theme, by their codes."""

    @property
    def event(self) -> str: ...
    @property
    def theme(self) -> str: ...


P = TypeVar("P", bound=Placed)


def grouped(
    events: Iterable[EventSection], items: Iterable[P]
) -> Iterator[tuple[EventSection, ThemeSection, list[P]]]:
    """What belongs to each theme of each event, as far as there is something, in the order of `items`.

    An event or theme without a title in `events` is headed by its code.
    """
    known = {event.code: event for event in events}
    found: dict[tuple[str, str], list[P]] = {}
    for item in items:
        found.setdefault((item.event, item.theme), []).append(item)
    for (event_code, theme_code), members in found.items():
        event = known.get(event_code, EventSection(event_code, event_code))
        themes = {theme.code: theme for theme in event.themes}
        yield event, themes.get(theme_code, ThemeSection(theme_code, theme_code)), members


def in_order(events: Iterable[EventSection]) -> Callable[[Placed], tuple[tuple[int, str], tuple[int, str]]]:
    """A key that sorts by event and theme as `events` have them; unknown ones follow by code."""
    known = tuple(events)
    event_places = {event.code: place for place, event in enumerate(known)}
    theme_places = {
        (event.code, theme.code): place for event in known for place, theme in enumerate(event.themes)
    }

    def order(item: Placed) -> tuple[tuple[int, str], tuple[int, str]]:
        return (
            (event_places.get(item.event, len(known)), item.event),
            (theme_places.get((item.event, item.theme), len(theme_places)), item.theme),
        )

    return order


def ranking_report(
    *,
    initiative: str,
    generated_at: datetime,
    ledger_head: str | None,
    time_zone: str,
    attribution: Attribution,
    events: Iterable[EventSection],
    recommendations: Iterable[RankingRow],
    ballots: Iterable[BallotSummary] = (),
    covering: Covering = PLAIN,
) -> RankingReport:
    """A report with its rows in order: event, theme, rank (none last), reference.

    Events and themes stand in the order of `events`; unknown ones follow by code.
    """
    known = tuple(events)
    place = in_order(known)

    def order(row: RankingRow) -> tuple[object, ...]:
        return (
            *place(row),
            (row.rank is None, row.rank or 0),
            (len(row.reference), row.reference),  # CAP-99 before CAP-100
        )

    return RankingReport(
        initiative=initiative,
        generated_at=generated_at,
        ledger_head=ledger_head,
        time_zone=time_zone,
        attribution=attribution,
        events=known,
        recommendations=tuple(sorted(recommendations, key=order)),
        ballots=tuple(ballots),
        covering=covering,
    )
