"""When the bot was down near the end of a ballot, the ballot stays open for as much longer.

In its last hour a ballot notes every few minutes that the bot runs. When the program
starts again, or is connected again, and finds that note old, nobody could vote in
between: the closing time moves by as much, on record, and the room is told.

Each shard of the bot is connected by itself, and an outage of one concerns the servers of that
shard. Of a shard that another process serves the store says whether people can reach it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotStatus
from services.clock import Clock
from services.deadlines import NotNow
from services.serving import Serving
from services.voting.ballot_reading import label_of
from services.voting.closing import PULSE, SYSTEM
from services.voting.opening import set_deadlines, watch
from storage import ballots, deadlines, leases, ledger, outbox
from storage.ballots import BallotRow
from storage.deadlines import DeadlineRow
from storage.engine import Database
from storage.shards import shard_of

PULSES = 30
"""How many times the bot notes that it runs while a ballot is watched."""

SHORTEST_PULSE = timedelta(seconds=10)


OUT_OF_REACH = timedelta(seconds=3)
"""How soon a deadline is looked at again that waits until people can reach the bot."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Since when people can reach the bot, and when that was last known; None where nobody has looked.

    `down` where it is known that they cannot.
    """

    down: bool
    since: datetime | None = None
    seen: datetime | None = None


class Outages:
    """Knows since when the bot has been up, and makes good for when it was not."""

    def __init__(self, db: Database, clock: Clock, serving: Serving | None = None) -> None:
        self._db = db
        self._clock = clock
        self._serving = serving or Serving()
        self._up: dict[int, datetime] = {}
        self._down: set[int] = set()

    def went_down(self, shard: int = 0) -> None:
        """Nobody in the servers of this shard can reach the bot from now on."""
        self._up.pop(shard, None)
        self._down.add(shard)

    def came_up(self, shard: int = 0) -> None:
        """People in the servers of this shard can reach the bot again."""
        self._down.discard(shard)
        self._up.setdefault(shard, self._clock())

    @property
    def up(self) -> Mapping[int, datetime]:
        """Since when people can reach each shard of this process that they can reach."""
        return self._up

    async def reach(self, tx: AsyncConnection, guild_id: int) -> Reach:
        """Whether people in a server can reach the bot, in this process or another."""
        count = self._serving.shards.count
        shard = shard_of(guild_id, count)
        if self._serving.serves(guild_id):
            since = self._up.get(shard)
            return Reach(shard in self._down, since, self._clock() if since else None)
        lease = await leases.of_shard(tx, shard, count)
        if lease is None or lease.up_since is None:
            return Reach(down=True)
        return Reach(False, lease.up_since, lease.renewed_at)

    async def make_good(self, ballot_id: int) -> bool:
        """Extend a ballot by the outage that it has just seen, if it has; whether it was extended."""
        now = self._clock()
        async with self._db.write() as tx:
            row = await ballots.get(tx, ballot_id, lock=True)
            if row is None or row.status != BallotStatus.OPEN or row.closes_at is None:
                return False
            lost = _lost(row, (await self.reach(tx, row.guild_id)).since)
            if lost is None or row.opened_at is None:
                return False
            closes_at = row.closes_at + lost
            await ballots.change(tx, row.id, closes_at=closes_at, seen_at=now)
            await set_deadlines(tx, row, row.opened_at, closes_at, now)
            body = {
                "ballot": row.id,
                "from": row.closes_at.isoformat(),
                "to": closes_at.isoformat(),
                "outage": int(lost.total_seconds()),
            }
            await ledger.append(tx, row.guild_id, now, SYSTEM, "ballot.extended", label_of(row), body)
            minutes = -(-int(lost.total_seconds()) // 60)
            await outbox.put(tx, row.guild_id, "ballot.extended", row.id, now, {"outage": minutes})
            for candidate in await ballots.candidates_on(tx, row.id):
                await outbox.put(tx, row.guild_id, "card.refresh", candidate.reference, now)
        return True

    async def pulse_due(self, deadline: DeadlineRow) -> None:
        """The deadline `ballot.pulse`: make good for an outage, else note that the bot runs.

        Raises:
            NotNow: nobody can reach the bot.
        """
        if await self.make_good(deadline.subject):
            return
        now = self._clock()
        async with self._db.write() as tx:
            row = await ballots.get(tx, deadline.subject, lock=True)
            reach = await self.reach(tx, deadline.guild_id)
            if reach.down:
                raise NotNow(OUT_OF_REACH)
            await deadlines.done(tx, (PULSE,), deadline.subject, now)
            if row is None or row.status != BallotStatus.OPEN or row.closes_at is None:
                return
            if reach.seen is not None:
                await ballots.change(tx, row.id, seen_at=reach.seen)
            following = now + _pulse(row)
            if following < row.closes_at:
                await deadlines.put(tx, row.guild_id, PULSE, row.id, following)


def _lost(row: BallotRow, up_since: datetime | None) -> timedelta | None:
    """How long nobody could vote while the ballot was watched; None for no more than a moment."""
    if up_since is None or row.opened_at is None or row.closes_at is None:
        return None
    watched_from = row.closes_at - watch(row.closes_at - row.opened_at)
    last_seen = max(watched_from, row.seen_at or watched_from)
    lost = up_since - last_seen
    return lost if lost > 2 * _pulse(row) else None


def _pulse(row: BallotRow) -> timedelta:
    """How often the bot notes that it runs."""
    if row.opened_at is None or row.closes_at is None:
        return SHORTEST_PULSE
    return max(watch(row.closes_at - row.opened_at) / PULSES, SHORTEST_PULSE)
