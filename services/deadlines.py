"""Deadlines: what must happen at a moment, once, whoever is awake then.

A deadline is claimed by a lease. Its handler marks it done in the transaction of its
effect, so a crash after the claim loses nothing: the lease runs out and it is claimed again.
Of several processes each does what concerns its own servers, and takes up what is late of the others'.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from services.clock import Clock
from services.serving import Serving
from storage import deadlines, outbox
from storage.deadlines import DeadlineRow, Preference
from storage.engine import Database
from storage.outbox import Wanted

log = logging.getLogger(__name__)

# Longer than the largest ballot takes to close; a second run of a handler does no harm anyway.
LEASE = timedelta(minutes=1)

# So long another process may take with what is its own to do; it notices what is due at once.
LATE = timedelta(seconds=10)

Handler: TypeAlias = "Callable[[DeadlineRow], Awaitable[None]]"


class NotNow(Exception):
    """A handler cannot do it yet; whoever can is to try again after `pause`."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__(pause)
        self.pause = pause


class Deadlines:
    """Runs what is due; `handlers` maps a deadline's kind to what it does."""

    def __init__(
        self, db: Database, clock: Clock, handlers: Mapping[str, Handler], serving: Serving | None = None
    ) -> None:
        self._db = db
        self._clock = clock
        self._handlers = handlers
        self._serving = serving or Serving()

    async def next_due(self) -> datetime | None:
        """When to call `run_due` next, in UTC; None while nothing waits."""
        async with self._db.read() as tx:
            return await deadlines.next_due(tx, tuple(self._handlers), self._preference)

    async def next_with(self, messages: Wanted) -> tuple[datetime | None, datetime | None]:
        """The same, and when one of these messages is to be sent, in one look at the store."""
        async with self._db.read() as tx:
            return (
                await deadlines.next_due(tx, tuple(self._handlers), self._preference),
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
            except NotNow as later:
                async with self._db.write() as tx:
                    await deadlines.put_off(tx, row.id, self._clock() + later.pause)
            except Exception:
                log.exception("deadline %s of %s failed and will be tried again", row.kind, row.subject)
            else:
                ran += 1
        return ran

    async def _claim(self) -> DeadlineRow | None:
        now = self._clock()
        async with self._db.write() as tx:
            return await deadlines.claim(tx, tuple(self._handlers), now, now + LEASE, self._preference)

    @property
    def _preference(self) -> Preference | None:
        shards = self._serving.shards
        return None if shards.whole else Preference(shards, LATE)
