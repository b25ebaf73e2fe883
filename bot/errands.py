"""What has to be done without anybody asking: deadlines, and what the outbox still holds.

One timer sleeps until the next of them. Nothing here remembers anything: after
a restart the store says what is due.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.courier import Courier
from storage.errors import StoreUnavailable

if TYPE_CHECKING:
    from bot.house import House

log = logging.getLogger(__name__)

SHORTEST_SLEEP = 0.05  # seconds
LONGEST_SLEEP = 3600.0  # seconds; a clock that was set is noticed within the hour
SHARED_SLEEP = 3.0  # seconds, where another process may leave something to say or to do
AFTER_FAILURE = 15.0  # seconds
LAST_RUN = 10.0  # seconds that a run in progress has to end at shutdown


class Errands:
    """`longest_sleep` is the most seconds that pass before it looks at the clock again."""

    longest_sleep = LONGEST_SLEEP

    def __init__(self, house: Callable[[], House], courier: Courier) -> None:
        self._house = house
        self._courier = courier
        courier.when_idle = self.run
        self._lock = asyncio.Lock()
        self._asked = self._seen_to = 0
        self._timer: asyncio.Task[None] | None = None
        self._wakes_at = 0.0  # by the loop's clock
        self._stopped = False

    async def run(self) -> None:
        """Do everything that is due and set the timer for the rest. Never raises."""
        if self._stopped:
            return
        self._asked += 1
        asked = self._asked
        async with self._lock:
            if self._seen_to >= asked:  # by a run that began later than this was asked
                return
            self._seen_to = self._asked
            try:
                deadline, message = await self._until_next()
                # Most acts leave nothing to do, and the write lock is not taken to find out.
                if deadline <= 0:
                    await self._house().deadlines.run_due()
                if min(deadline, message) <= 0:
                    await self._courier.deliver()
                    deadline, message = await self._until_next()
                delay = min(deadline, message)
            except StoreUnavailable as unavailable:
                log.warning("errands are put off: %s", unavailable)
                delay = AFTER_FAILURE
            except Exception:
                log.exception("errands failed and are tried again")
                delay = AFTER_FAILURE
            self._arm(min(max(delay, SHORTEST_SLEEP), self.longest_sleep))

    async def stop(self, patience: float = LAST_RUN) -> None:
        """Set no timer any more, and let the run in progress end, for so many seconds: cut off between
        saying something and noting that it was said, it would say it twice.
        """
        self._stopped = True
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), self._lock:
                pass
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            await asyncio.gather(timer, return_exceptions=True)

    async def _until_next(self) -> tuple[float, float]:
        """Seconds until the next deadline and the next message; none or less while one is due."""
        house = self._house()
        moments = await house.deadlines.next_with(self._courier.looks_for())
        now = house.clock()
        deadline, message = (
            self.longest_sleep if moment is None else (moment - now).total_seconds() for moment in moments
        )
        return deadline, message

    def _arm(self, delay: float) -> None:
        """Look again after `delay` seconds; a timer that comes earlier is left, and looks then."""
        wakes_at = asyncio.get_running_loop().time() + delay
        if self._timer is not None and self._timer is not asyncio.current_task() and not self._timer.done():
            if self._wakes_at <= wakes_at and not self._stopped:
                return
            self._timer.cancel()
        self._wakes_at = wakes_at
        self._timer = None if self._stopped else asyncio.create_task(self._after(delay))

    async def _after(self, delay: float) -> None:
        await asyncio.sleep(delay)
        await self.run()
