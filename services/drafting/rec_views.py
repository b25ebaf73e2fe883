"""What is asked about recommendations and shown of them: values, and how rows become them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.conference import Basis
from seminar.initiative import Initiative, Theme
from seminar.methods import method
from seminar.methods.base import Figures
from seminar.model import Kinship, Stance, State
from seminar.wording import Wording
from seminar.words import Text
from services.people.authors import Authors
from storage import amendments, ballots, conference, contributions, lineage, recommendations, versions
from storage.recommendations import RecRow


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new recommendation would go: `event` is "" while the choice of theme decides it."""

    event: str
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person filled in. An `event` of "" is found from theme and channel (a thread's parent).

    `derived` names the rejected amendment it takes up, as `CAP-01/2`.
    """

    theme: str
    event: str
    title: str
    text: str
    rationale: str = ""
    addressees: str = ""
    channel_id: int | None = None
    derived: str = ""


@dataclass(frozen=True, slots=True)
class LastResult:
    """How the latest closed ballot came out: the method's name, and its figures for the recommendation."""

    method: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Kin:
    """A recommendation that this one came from or went into, one step away."""

    kind: Kinship
    reference: str


@dataclass(frozen=True, slots=True)
class AtConference:
    """Where a recommendation was forwarded, and what became of it there.

    `origin` and `conference` are titles of events; `rank` is that within its theme at the origin.
    `presented` says that its card and its discussion are at the conference. `number` is `R3` once it has a
    final text; `basis` and `ballot` (`B3`) say on what the conference's decision rests, `reason` why.
    """

    origin: str
    conference: str
    rank: int | None
    presented: bool
    number: str | None
    basis: Basis | None
    ballot: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Background:
    """What stands behind a recommendation: where it came from, what was said and asked for.

    `carried_seconds` counts people who seconded a predecessor and not the recommendation itself;
    `others` are the authors of what went into it, each once, as they may be shown, but for its own.
    `voted_version` is the version its latest closed ballot voted on, or the present one where that has
    the same words again. `lives_on` names where a merged or split one is to be found, if that is further
    away than its successors.
    """

    predecessors: tuple[Kin, ...] = ()
    successors: tuple[Kin, ...] = ()
    carried_seconds: int = 0
    open_amendments: int = 0
    arguments: Mapping[Stance, int] = field(default_factory=dict)
    voted_version: int | None = None
    others: tuple[str | Text, ...] = ()
    lives_on: tuple[str, ...] = ()
    at_conference: AtConference | None = None


@dataclass(frozen=True, slots=True)
class RecView:
    """A recommendation as shown: its current version, its open ballots (ids) and latest closed result.

    `author_id` is the internal id of a person, never shown; `author_shown` is what may be.
    `addressees` are entity codes or free names. `background` is None in lists. `room` is the code of the
    event that deals with it now: the conference it was forwarded to, or `event`, where it was proposed.
    """

    id: int
    reference: str
    event: str
    theme: str
    state: State
    title: str
    text: str
    rationale: str
    addressees: tuple[str, ...]
    author_id: str
    author_shown: str | Text
    seconds: int
    version: int
    created_at: datetime
    ballots: tuple[int, ...]
    last_result: LastResult | None
    background: Background | None = None
    conference: str | None = None

    @property
    def room(self) -> str:
        return self.conference or self.event

    @property
    def wording(self) -> Wording:
        return Wording(self.title, self.text, self.rationale, self.addressees)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, counted from 0; `total` counts the items of all pages."""

    items: tuple[RecView, ...]
    total: int
    page: int


async def views(
    tx: AsyncConnection, guild_id: int, initiative: Initiative, rows: Iterable[RecRow]
) -> list[RecView]:
    """The rows as they are shown, in a bounded number of statements."""
    rows = list(rows)
    if not rows:
        return []
    return await _shown(tx, rows, await Authors.of(tx, guild_id, initiative))


async def _shown(tx: AsyncConnection, rows: Sequence[RecRow], authors: Authors) -> list[RecView]:
    voting = [row.id for row in rows if row.state in (State.VOTING, State.ADMITTED, State.FORWARDED)]
    open_ballots = await recommendations.open_ballots(tx, voting)
    return [
        RecView(
            id=row.id,
            reference=row.reference,
            event=row.event,
            theme=row.theme,
            state=row.state,
            title=row.title,
            text=row.text,
            rationale=row.rationale,
            addressees=row.addressees,
            author_id=row.author_id,
            author_shown=authors.shown(row),
            seconds=row.seconds,
            version=row.version,
            created_at=row.created_at,
            ballots=open_ballots.get(row.id, ()),
            last_result=None
            if row.last is None
            else LastResult(row.last.method, method(row.last.method).from_json(row.last.figures)),
            conference=row.conference,
        )
        for row in rows
    ]


async def with_background(tx: AsyncConnection, guild_id: int, initiative: Initiative, row: RecRow) -> RecView:
    """One recommendation with everything its card tells, in a bounded number of statements."""
    authors = await Authors.of(tx, guild_id, initiative)
    (view,) = await _shown(tx, [row], authors)
    kin = [one for one in await lineage.of(tx, [row.id]) if one.ended_at is None]
    predecessors = tuple(Kin(one.kind, one.predecessor) for one in kin if one.successor_id == row.id)
    successors = tuple(Kin(one.kind, one.successor) for one in kin if one.predecessor_id == row.id)
    ends = await lineage.ends(tx, row.id) if row.state in (State.MERGED, State.SPLIT) else ()
    return replace(
        view,
        background=Background(
            predecessors=predecessors,
            successors=successors,
            carried_seconds=(await lineage.seconds_of_predecessors(tx, [row.id])).get(row.id, 0)
            if predecessors
            else 0,
            open_amendments=(await amendments.open_counts(tx, [row.id])).get(row.id, 0),
            arguments=(await contributions.counts(tx, [row.id])).get(row.id, {}),
            voted_version=await _voted_version(tx, row),
            others=await _other_authors(tx, row, authors) if predecessors else (),
            lives_on=() if {kin.reference for kin in successors}.issuperset(ends) else ends,
            at_conference=await _at_conference(tx, initiative, row) if row.conference else None,
        ),
    )


async def _at_conference(tx: AsyncConnection, initiative: Initiative, row: RecRow) -> AtConference | None:
    item = await conference.item(tx, row.id)
    if item is None:
        return None
    ballot = None if item.basis_ballot_id is None else await ballots.get(tx, item.basis_ballot_id)
    return AtConference(
        origin=initiative.event(item.origin).title,
        conference=initiative.event(item.event).title,
        rank=item.rank,
        presented=item.presented_at is not None,
        number=item.final_name,
        basis=item.basis,
        ballot=None if ballot is None else f"B{ballot.number}",
        reason=item.reason,
    )


async def _voted_version(tx: AsyncConnection, row: RecRow) -> int | None:
    """The version that was voted on last; the present one where its words were given back since."""
    if row.last is None:
        return None
    voted_on = (await recommendations.voted_versions(tx, [(row.id, row.last.ballot_id)])).get(row.id)
    if voted_on is None or voted_on == row.version:
        return voted_on
    known = (await versions.numbered(tx, row.id, [voted_on])).get(voted_on)
    return row.version if known is not None and known.wording == row.wording else voted_on


async def _other_authors(tx: AsyncConnection, row: RecRow, authors: Authors) -> tuple[str | Text, ...]:
    """Whose recommendations went into it. What is shown alike is shown once, and so tells nothing more."""
    before = await recommendations.by_ids(tx, await lineage.went_into(tx, row.id))
    author = authors.shown(row)
    shown: list[str | Text] = []
    for one in before:
        other = authors.shown(one)
        if one.author_id != row.author_id and other != author and other not in shown:
            shown.append(other)
    return tuple(shown)
