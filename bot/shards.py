"""A process serves its shards only while it holds their leases, so that no two ever serve the same.

Where several processes share a PostgreSQL store, each takes the leases of its shards before it
connects to Discord, and renews them for as long as it runs. While another holds one of them it
waits, as a stand-by. A process that has not renewed in time stops before its leases end, by a
clock of its own that nobody can set: whoever takes the shards up then finds nobody else there.
A store in a file has one process, and no leases.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from bot.settings import SettingsError
from services.clock import Clock
from storage import leases
from storage.engine import Database, store_path
from storage.errors import BUSY, StoreUnavailable
from storage.leases import Lease
from storage.shards import ALL, Shards

log = logging.getLogger(__name__)
T = TypeVar("T")

LENGTH: Final = timedelta(seconds=30)
"""For how long a lease is held without being renewed; it is renewed three times as often."""
MARGIN: Final = timedelta(seconds=6)
"""How long before its leases end a process stops: in this time it has left Discord."""

_PATIENCE = 5.0  # seconds that the store has to answer about leases, a third of what there is in all
_AGAIN = 1.0  # seconds until what failed is tried again
_LOOK = 2.0  # seconds between two looks of a stand-by
_SAY = 60.0  # seconds between two lines of a stand-by in the log
_APART = timedelta(seconds=1)  # so far a clock may be off without being corrected

# Goes on while the machine sleeps, where there is such a clock: a lease does not sleep either.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _steady() -> float:
    return time.clock_gettime(_STEADY)


class LeaseLost(SettingsError):
    """The process may serve its shards no more, since it could not renew their leases."""


class StoreClock:
    """The present moment, as `base` has it until it is set by the clock of the store.

    Processes that share a store go by one clock, however far their machines' clocks are apart.
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        return self._base() + self._ahead

    async def set_by(self, ask: Callable[[], Awaitable[datetime | None]]) -> bool:
        """Go by what the store answers, if it does at all; whether it did."""
        before = self._base()
        moment = await ask()
        if moment is None:
            return False
        ahead = moment - (before + (self._base() - before) / 2)
        if abs(ahead - self._ahead) > _APART:
            log.warning(
                "this machine's clock is %.0f s %s that of the store, which is used instead",
                abs(ahead.total_seconds()),
                "behind" if ahead > timedelta(0) else "before",
            )
            self._ahead = ahead
        return True


class ShardLeases:
    """The leases of this process on the store at `url`.

    `up` says since when Discord has reached each shard; `on_lost` is called, once, when the process
    has to stop serving.
    """

    def __init__(
        self,
        url: str,
        clock: StoreClock,
        up: Callable[[], Mapping[int, datetime]],
        on_lost: Callable[[], None],
    ) -> None:
        self._url = url
        self._clock = clock
        self._up = up
        self._on_lost = on_lost
        self._holder = secrets.token_urlsafe(16)
        self._process = f"{socket.gethostname()[:250]}:{os.getpid()}"
        self._shards = ALL
        self._db: Database | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._left: set[asyncio.Task[None]] = set()  # what hangs, and is waited for no more
        self._poked = asyncio.Event()
        self._ends = math.inf  # when to stop serving, by the steady clock; never, where none are taken
        self._ended = False
        self.needed = store_path(url) is None
        """Whether others may be at the same store."""
        self.standing_by = False
        """Whether the process waits for shards that another one serves."""
        self.lost = asyncio.Event()
        """Set when the process has to stop serving."""

    @property
    def held(self) -> bool:
        """Whether the process may serve just now."""
        return _steady() < self._ends

    async def take(self, shards: Shards) -> None:
        """Return when the leases are held; as long as another process holds one, wait.

        Raises:
            StoreUnavailable: the store does not answer the first time; later it is asked again.
        """
        if not self.needed:
            return
        self._shards = shards
        said = waiting = None
        while not self._ended:
            begun = _steady()
            try:
                in_the_way = await self._attempt(
                    lambda tx: leases.take(tx, shards, self._holder, self._process, LENGTH)
                )
                if self._ended:
                    return
                if not in_the_way:
                    # Before anything is done by it.
                    await self._clock.set_by(lambda: self._attempt(leases.now))
            except StoreUnavailable as unavailable:
                if waiting is None:
                    raise
                log.warning("a stand-by cannot look whether it is needed: %s", unavailable)
            else:
                self.standing_by = bool(in_the_way)
                if not in_the_way:
                    self._prolong(begun)
                    log.info("this process serves %s", _named(shards))
                    self._keeping = asyncio.create_task(self._keep())
                    return
                waiting = waiting or begun
                if said is None or begun - said >= _SAY:
                    said = begun
                    log.warning("a stand-by for %s: %s", _named(shards), _told(in_the_way))
            await asyncio.sleep(_LOOK)

    def tell(self) -> None:
        """What `up` says has changed: let the others know soon."""
        self._poked.set()

    async def release(self) -> None:
        """Let go of the leases at once, so that a stand-by need not wait for their end."""
        self._ended = True
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._db is None:
            return
        self._ends = 0.0
        if not self.lost.is_set():
            try:
                # After what is under way: a stand-by may just be taking them.
                await self._attempt(lambda tx: leases.release(tx, self._holder))
            except StoreUnavailable as unavailable:
                log.warning("the leases run out by themselves: %s", unavailable)
        if self._db is not None:
            await self._db.close()

    # --- renewing --------------------------------------------------------------------------------

    async def _keep(self) -> None:
        pause = LENGTH.total_seconds() / 3
        while True:
            self._poked.clear()
            try:
                async with asyncio.timeout(min(pause, max(0.0, self._ends - _steady()))):
                    await self._poked.wait()
            except TimeoutError:
                pass
            begun = _steady()
            if begun >= self._ends:
                self._lose("the store did not answer in time")
                return
            try:
                renewed = await self._clock.set_by(self._renew)
            except Exception as failed:
                # Whatever it was, what counts is whether it is over in time.
                log.warning("the leases could not be renewed: %s", failed)
                pause = _AGAIN
                continue
            if not renewed:
                self._lose("another process took them up")
                return
            self._prolong(begun)
            pause = LENGTH.total_seconds() / 3

    async def _renew(self) -> datetime | None:
        up = dict(self._up())
        return await self._attempt(lambda tx: leases.renew(tx, self._shards, self._holder, LENGTH, up))

    def _prolong(self, begun: float) -> None:
        """What was asked for at `begun` was answered later, and lasts longer than is counted on here."""
        self._ends = begun + (LENGTH - MARGIN).total_seconds()

    def _lose(self, why: str) -> None:
        log.error("the leases of %s are lost: %s", _named(self._shards), why)
        self._ends = 0.0
        self.lost.set()
        self._on_lost()

    async def _attempt(self, act: Callable[[Any], Awaitable[T]]) -> T:
        """One transaction on a connection that waits for no vote and no report.

        Raises:
            StoreUnavailable: the store does not answer, or not in time.
        """
        task = asyncio.create_task(self._transaction(act))
        try:
            done, _ = await asyncio.wait({task}, timeout=_PATIENCE)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if done:
            return task.result()
        # A connection over which nothing comes does not even let itself be closed: the next try has another.
        task.cancel()
        if self._db is not None:
            closing = asyncio.create_task(self._db.close())
            self._left.add(closing)
            closing.add_done_callback(self._left.discard)
            self._db = None
        raise StoreUnavailable(BUSY)

    async def _transaction(self, act: Callable[[Any], Awaitable[T]]) -> T:
        if self._db is None:
            self._db = await Database.open(self._url)
        async with self._db.write() as tx:
            return await act(tx)


def _named(shards: Shards) -> str:
    which = ", ".join(map(str, sorted(shards.ids)))
    return f"shard{'s' if len(shards.ids) > 1 else ''} {which} of {shards.count}"


def _told(in_the_way: tuple[Lease, ...]) -> str:
    return "; ".join(
        f"{one.process} serves shard {one.shard} of {one.shard_count}, until {one.leased_until:%H:%M:%S} UTC"
        for one in in_the_way
    )
