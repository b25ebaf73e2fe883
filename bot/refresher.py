"""Redraws figures that change with every click, but each message only every few seconds.

Discord allows a handful of edits a message and five seconds; hundreds of clicks
must therefore share one. What is pending is held in memory only: at the next
start every open ballot is drawn again.
"""

from __future__ import annotations

import asyncio
import logging

from bot.courier import Courier

log = logging.getLogger(__name__)

PAUSE = 6.0  # seconds between two drawings of the same messages; Discord allows five edits in five


MOST_TRIES = 10  # after a failure; then it waits for the next click, the closing or the next start


class Refresher:
    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._pending: dict[tuple[str, int, str], None] = {}
        self._failed: dict[tuple[str, int, str], int] = {}  # how often in a row
        self._task: asyncio.Task[None] | None = None

    def mark(self, kind: str, guild_id: int, subject: str) -> None:
        """`subject`'s message is out of date; it is redrawn soon, together with later marks."""
        self._pending[(kind, guild_id, subject)] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    @property
    def waiting(self) -> int:
        """How many messages are out of date."""
        return len(self._pending)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while self._pending:
            await asyncio.sleep(PAUSE)
            pending, self._pending = list(self._pending), {}
            for one in pending:
                try:
                    drawn = await self._courier.redraw(*one)
                except Exception:
                    log.exception("%s could not be redrawn", one[0])
                    drawn = True
                self._note(one, drawn)

    def _note(self, one: tuple[str, int, str], drawn: bool) -> None:
        """Draw what Discord did not take once more, unless it has not taken it for long."""
        if drawn or self._failed.get(one, 0) >= MOST_TRIES:
            self._failed.pop(one, None)
            return
        self._failed[one] = self._failed.get(one, 0) + 1
        self._pending.setdefault(one)
