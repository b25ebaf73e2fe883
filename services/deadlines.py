"""Deadlines: what must happen at a moment, once, whoever is awake then.

A deadline is claimed by a lease. Its handler marks it done in the transaction of its
effect, so a crash after the claim loses nothing: the lease runs out and it is claimed again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from services.clock import Clock
from storage import deadlines, outbox
from storage.deadlines import DeadlineRow
from storage.engine import Database

log = logging.getLogger(__name__)

# Longer than the largest ballot takes to close; a second run of a handler does no harm anyway.
LEASE = timedelta(minutes=1)

Handler: TypeAlias = "Callable[[DeadlineRow], Awaitable[None]]"


class Deadlines:
    """Runs what is due; `handlers` maps a deadline's kind to what it does."""

    def __init__(self, db: Database, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        self._db = db
        self._clock = clock
        self._handlers = handlers

    async def next_due(self) -> datetime | None:
        """When to call `run_due` next, in UTC; None while nothing waits."""
        async with self._db.read() as tx:
            return await deadlines.next_due(tx, tuple(self._handlers))

    async def next_with(self, messages: Collection[str]) -> tuple[datetime | None, datetime | None]:
        """The same, and when a message of these kinds is to be sent, in one look at the store."""
        async with self._db.read() as tx:
            return (
                await deadlines.next_due(tx, tuple(self._handlers)),
                await outbox.next_due(tx, messages),
            )

    async def run_due(self) -> int:
        """Run every deadline that is due and not claimed by another; how many ran through.

        A handler that fails is logged and tried again when its lease has run out.
        """
        ran = 0
        while row := await self._claim():
            try:
                await self._handlers[row.kind](row)
            except Exception:
                log.exception("deadline %s of %s failed and will be tried again", row.kind, row.subject)
            else:
                ran += 1
        return ran

    async def _claim(self) -> DeadlineRow | None:
        now = self._clock()
        async with self._db.write() as tx:
            return await deadlines.claim(tx, tuple(self._handlers), now, now + LEASE)
