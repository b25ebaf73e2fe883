"""When the bot was down near the end of a ballot, the ballot stays open for as much longer.

In its last hour a ballot notes every few minutes that the bot runs. When the program
starts again, or is connected again, and finds that note old, nobody could vote in
between: the closing time moves by as much, on record, and the room is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from seminar.model import BallotStatus
from services.clock import Clock
from services.voting.ballot_reading import label_of
from services.voting.closing import PULSE, SYSTEM
from services.voting.opening import set_deadlines, watch
from storage import ballots, deadlines, ledger, outbox
from storage.ballots import BallotRow
from storage.deadlines import DeadlineRow
from storage.engine import Database

PULSES = 30
"""How many times the bot notes that it runs while a ballot is watched."""

SHORTEST_PULSE = timedelta(seconds=10)


class Outages:
    """Knows since when the bot has been up, and makes good for when it was not."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._up_since: datetime | None = None
        self.down = False
        """Whether the bot runs, and nobody can reach it."""

    def went_down(self) -> None:
        """Nobody can reach the bot from now on."""
        self._up_since = None
        self.down = True

    def came_up(self) -> None:
        """People can reach the bot again."""
        self.down = False
        if self._up_since is None:
            self._up_since = self._clock()

    async def make_good(self, ballot_id: int) -> bool:
        """Extend a ballot by the outage that it has just seen, if it has; whether it was extended."""
        now = self._clock()
        async with self._db.write() as tx:
            row = await ballots.get(tx, ballot_id, lock=True)
            if row is None or row.status != BallotStatus.OPEN or row.closes_at is None:
                return False
            lost = self._lost(row)
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
        """The deadline `ballot.pulse`: make good for an outage, else note that the bot runs."""
        if await self.make_good(deadline.subject):
            return
        now = self._clock()
        async with self._db.write() as tx:
            row = await ballots.get(tx, deadline.subject, lock=True)
            await deadlines.done(tx, (PULSE,), deadline.subject, now)
            if row is None or row.status != BallotStatus.OPEN or row.closes_at is None:
                return
            if self._up_since is not None:
                await ballots.change(tx, row.id, seen_at=now)
            following = now + _pulse(row)
            if following < row.closes_at:
                await deadlines.put(tx, row.guild_id, PULSE, row.id, following)

    def _lost(self, row: BallotRow) -> timedelta | None:
        """How long nobody could vote while the ballot was watched; None for no more than a moment."""
        if self._up_since is None or row.opened_at is None or row.closes_at is None:
            return None
        watched_from = row.closes_at - watch(row.closes_at - row.opened_at)
        last_seen = max(watched_from, row.seen_at or watched_from)
        lost = self._up_since - last_seen
        return lost if lost > 2 * _pulse(row) else None


def _pulse(row: BallotRow) -> timedelta:
    """How often the bot notes that it runs."""
    if row.opened_at is None or row.closes_at is None:
        return SHORTEST_PULSE
    return max(watch(row.closes_at - row.opened_at) / PULSES, SHORTEST_PULSE)
