"""Sealing: after it, nothing that is left can link a voter to a vote.

The transaction that ends a ballot has already taken the votes out. What remains is
the ballot's key, and the write-ahead log, which still holds the pages as they were:
the key is destroyed, the log emptied, and only then is the ballot called sealed.
Every step may be repeated, so that an interrupted sealing is simply done again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotStatus
from services.clock import Clock
from services.keys import KeyStore
from storage import ballots, deadlines, ledger, outbox, votes
from storage.ballots import BallotRow
from storage.deadlines import DeadlineRow
from storage.engine import Database
from storage.errors import StoreUnavailable

log = logging.getLogger(__name__)

Sleep: TypeAlias = "Callable[[float], Awaitable[None]]"

SEAL = "ballot.seal"
# Seconds between tries to empty the log while somebody waits for the answer; then a deadline goes on.
PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4)
RETRY_AFTER = timedelta(seconds=15)
AWAITED = timedelta(days=30)
"""How long the votes of a round are kept for the next one, before the series ends by itself."""


async def expect_sealing(tx: AsyncConnection, guild_id: int, ballot_id: int, now: datetime) -> None:
    """Have the sealing taken up again should it not come to its end, in the transaction that needs it."""
    await deadlines.put(tx, guild_id, SEAL, ballot_id, now + RETRY_AFTER)


async def end_series(tx: AsyncConnection, row: BallotRow, now: datetime) -> tuple[int, ...]:
    """Destroy the votes kept of a series, in the transaction that ends it; what is now to be sealed."""
    ended = []
    for one in await ballots.series(tx, row.series_id):
        if one.kept:
            await votes.destroy(tx, one.id)
            await ballots.change(tx, one.id, kept=False)
            await expect_sealing(tx, one.guild_id, one.id, now)
            ended.append(one.id)
    return tuple(ended)


async def expect_next_round(tx: AsyncConnection, row: BallotRow, now: datetime) -> None:
    """Wait for another next round of a series, where this one has come to nothing."""
    for one in await ballots.series(tx, row.series_id):
        if one.kept:
            await deadlines.put(tx, one.guild_id, SEAL, one.id, now + AWAITED)


async def _round_open(tx: AsyncConnection, row: BallotRow) -> bool:
    """Whether a round of the series takes votes now."""
    held = await ballots.series(tx, row.series_id)
    return any(one.status == BallotStatus.OPEN for one in held)


class Sealer:
    """Seals ballots that are over."""

    def __init__(self, db: Database, clock: Clock, keys: KeyStore, sleep: Sleep) -> None:
        self._db = db
        self._clock = clock
        self._keys = keys
        self._sleep = sleep

    async def seal(self, ballot_id: int) -> bool:
        """Seal a ballot that is over; False if it could not be done now and will be tried again."""
        try:
            async with self._db.read() as tx:
                row = await ballots.get(tx, ballot_id)
                shared = await ballots.key_in_use(tx, ballot_id)
            if row is None or row.kept or row.status not in (BallotStatus.CLOSED, BallotStatus.CANCELLED):
                return False
            if row.sealed_at is not None:
                return True
            if row.key_id is not None and not shared:
                self._keys.destroy(row.key_id)
            if not await self._log_emptied():
                log.warning("ballot %s is not sealed yet: a reader keeps the log from being emptied", row.id)
                return False
            await self._note(row)
        except (OSError, StoreUnavailable) as error:
            log.error("ballot %s is not sealed yet: %s", ballot_id, error)
            return False
        return True

    async def resume(self) -> None:
        """Seal what an earlier run of the program left unsealed; for the start-up."""
        async with self._db.read() as tx:
            waiting = await ballots.unsealed(tx)
        for ballot_id in waiting:
            await self.seal(ballot_id)
        await self._destroy_returned()

    async def due(self, deadline: DeadlineRow) -> None:
        """The deadline `ballot.seal`: try once more, and again soon if need be.

        A series whose next round has not come by then ends here.
        """
        async with self._db.write() as tx:
            row = await ballots.get(tx, deadline.subject, lock=True)
            if row is not None and row.kept:
                await ledger.hold(tx, row.guild_id)
                if await _round_open(tx, row):
                    # Its votes are still compared with those of that round, whose end decides again.
                    await deadlines.put(tx, row.guild_id, SEAL, row.id, self._clock() + AWAITED)
                    return
                await self.end(tx, row, "system")
        if await self.seal(deadline.subject):
            return
        async with self._db.write() as tx:
            await expect_sealing(tx, deadline.guild_id, deadline.subject, self._clock())

    async def end(self, tx: AsyncConnection, row: BallotRow, pseudonym: str) -> tuple[int, ...]:
        """End a series before its last round, on record; what is now to be sealed."""
        now = self._clock()
        ended = await end_series(tx, row, now)
        body = {"ballot": row.id, "rounds": row.rules.round}
        await ledger.append(tx, row.guild_id, now, pseudonym, "ballot.series_ended", f"B{row.number}", body)
        return ended

    async def _destroy_returned(self) -> None:
        """Destroy keys of ballots that are over which somebody has brought back.

        A key folder that was out of reach when a ballot was cancelled still holds its key, and one
        put back from a copy holds keys that were destroyed.
        """
        try:
            async with self._db.read() as tx:
                returned = await ballots.sealed_keys(tx, self._keys.ids())
            for key_id in returned:
                self._keys.destroy(key_id)
                log.warning("the key %s of a ballot that is over was there again; it is destroyed", key_id)
        except (OSError, StoreUnavailable) as error:
            log.error("keys of ballots that are over may be left: %s", error)

    async def _log_emptied(self) -> bool:
        for pause in PAUSES:
            if await self._db.truncate_log():
                return True
            await self._sleep(pause)
        return await self._db.truncate_log()

    async def _note(self, row: BallotRow) -> None:
        now = self._clock()
        async with self._db.write() as tx:
            current = await ballots.get(tx, row.id, lock=True)
            if current is None or current.sealed_at is not None:
                return
            await ballots.change(tx, row.id, sealed_at=now)
            await deadlines.done(tx, (SEAL,), row.id, now)
            await ledger.append(tx, row.guild_id, now, "system", "ballot.sealed", f"B{row.number}", {})
            await outbox.put(tx, row.guild_id, "ballot.refresh", row.id, now)
