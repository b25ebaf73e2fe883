"""The daily digest of each event: what is new, changed, asked for and decided, and what closes soon.

What it tells is read from the ledger since the last one, so that a day on which the program did not run
is not lost, and one on which nothing happened is passed over in silence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.digests import CLOSED, TOLD, Section, What, happened, next_digest
from seminar.errors import NotFound
from seminar.initiative import Initiative
from seminar.methods import silence
from seminar.model import EventStatus, State
from services.clock import Clock
from services.deadlines import Handler
from services.initiatives import DIGEST, Initiatives
from storage import deadlines, digests, events, initiatives, ledger, outbox
from storage.deadlines import DeadlineRow
from storage.digests import BallotLine
from storage.engine import Database

SHOWN: Final = 12  # lines of each section that are told at most
SOON: Final = timedelta(hours=24)

_LABEL = re.compile("B([1-9][0-9]*)")
# What has ended otherwise since is told of those it lives on in, or not at all.
_PASSED_OVER: Final = (State.WITHDRAWN, State.MERGED)

Place = tuple[int, int]
"""Channel and message of a post."""


@dataclass(frozen=True, slots=True)
class DigestItem:
    """What happened to one recommendation; `place` is where its card is, if it is posted."""

    reference: str
    title: str
    what: What
    place: Place | None


@dataclass(frozen=True, slots=True)
class DigestBallot:
    """A ballot that was closed, or closes at `closes_at` (in the initiative's zone); `place` as above."""

    label: str
    theme: str | None
    silent: bool
    closes_at: datetime | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Digest:
    """One event's digest at the moment `at`, in the initiative's zone.

    Of each kind at most `SHOWN` are there; the numbers say how many there would be.
    """

    event: str
    at: datetime
    items: Mapping[Section, tuple[DigestItem, ...]]
    numbers: Mapping[Section, int]
    closed: tuple[DigestBallot, ...]
    closed_number: int
    closing: tuple[DigestBallot, ...]
    closing_number: int


@dataclass(slots=True)
class _Gathered:
    """What there is to tell of one event."""

    sections: dict[Section, dict[str, What]] = field(default_factory=lambda: defaultdict(dict))
    closed: list[BallotLine] = field(default_factory=list)
    closing: list[BallotLine] = field(default_factory=list)


class Digests:
    """Makes the digests of every server."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    def deadline_handlers(self) -> Mapping[str, Handler]:
        """What the deadline of a digest does, for `services.deadlines`."""
        return {DIGEST: self.due}

    async def due(self, deadline: DeadlineRow) -> None:
        """Have a digest posted to every open event of which there is something to tell, and set the next."""
        guild_id, now = deadline.guild_id, self._clock()
        try:
            initiative = await self._initiatives.current(guild_id)
        except NotFound:
            initiative = None
        async with self._db.write() as tx:
            if initiative is None or not initiative.rules.digest:
                await deadlines.done(tx, (DIGEST,), deadline.subject, now)
                return
            after, until = await initiatives.told_until(tx, guild_id), (await ledger.head(tx, guild_id)).seq
            gathered = await _gather(tx, guild_id, after, until, now)
            payload = {"after": after, "until": until, "at": now.isoformat()}
            for code, row in sorted((await events.fetch_all(tx, guild_id)).items()):
                if row.status is EventStatus.OPEN and code in gathered:
                    await outbox.put(tx, guild_id, DIGEST, code, now, payload)
            await initiatives.set_told_until(tx, guild_id, until)
            following = next_digest(initiative.rules.digest, initiative.zone, now)
            await deadlines.put(tx, guild_id, DIGEST, deadline.subject, following)

    async def content(self, guild_id: int, event: str, after: int, until: int, at: datetime) -> Digest | None:
        """What one event's digest tells: of the ledger's entries after one up to another, and of what
        closes within a day of `at`. None where there is nothing, or the event has been closed since.

        Raises:
            NotFound: the server has no initiative.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            row = await events.fetch(tx, guild_id, event)
            gathered = (await _gather(tx, guild_id, after, until, at)).get(event)
            if gathered is None or row is None or row.status is not EventStatus.OPEN:
                return None
            return await _told(tx, guild_id, initiative, event, gathered, at)


async def _gather(
    tx: AsyncConnection, guild_id: int, after: int, until: int, at: datetime
) -> dict[str, _Gathered]:
    """What there is to tell, by event."""
    found: dict[str, _Gathered] = defaultdict(_Gathered)
    acts = await digests.acts(tx, guild_id, TOLD, after, until)
    told = happened(acts)
    rows = await digests.concerned(tx, guild_id, told)
    for reference, what in told.items():
        row = rows.get(reference)
        if row is not None and row.state not in _PASSED_OVER:
            found[row.event].sections[what.section][reference] = what
    numbers = {
        int(label[1]) for act, subject in acts if act == CLOSED and (label := _LABEL.fullmatch(subject))
    }
    for ballot in await digests.closed(tx, guild_id, numbers):
        found[ballot.event].closed.append(ballot)
    for ballot in await digests.closing(tx, guild_id, at, at + SOON):
        found[ballot.event].closing.append(ballot)
    return dict(found)


async def _told(
    tx: AsyncConnection,
    guild_id: int,
    initiative: Initiative,
    event: str,
    gathered: _Gathered,
    at: datetime,
) -> Digest:
    """With titles and places of what is shown, and of that alone."""
    shown = {section: list(told.items())[:SHOWN] for section, told in gathered.sections.items()}
    references = [reference for lines in shown.values() for reference, _ in lines]
    closed, closing = gathered.closed[:SHOWN], gathered.closing[:SHOWN]
    titles = await digests.titles(tx, guild_id, references)
    subjects = [*references]
    for line in (*closed, *closing):
        subjects += [str(line.id), _outcome(line)]
    places = await digests.places(tx, guild_id, ("card", "outcome", "ballot"), subjects)

    def ballot(line: BallotLine) -> DigestBallot:
        place = places.get(("outcome", _outcome(line))) or places.get(("ballot", str(line.id)))
        closes = line.closes_at.astimezone(initiative.zone) if line.closes_at else None
        return DigestBallot(f"B{line.number}", line.theme, line.method == silence.name, closes, place)

    return Digest(
        event=event,
        at=at.astimezone(initiative.zone),
        items={
            section: tuple(
                DigestItem(reference, titles.get(reference, ""), what, places.get(("card", reference)))
                for reference, what in lines
            )
            for section, lines in shown.items()
        },
        numbers={section: len(told) for section, told in gathered.sections.items()},
        closed=tuple(map(ballot, closed)),
        closed_number=len(gathered.closed),
        closing=tuple(map(ballot, closing)),
        closing_number=len(gathered.closing),
    )


def _outcome(ballot: BallotLine) -> str:
    """The subject of the first message that told how a ballot came out."""
    return f"{ballot.id}.0"
