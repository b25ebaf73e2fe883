"""What was asked of the bot, and when it acknowledged and answered it.

A click's clock starts when the click was due (in a burst: for all at once), not
when the socket had room for it, and stops when the bot's whole answer has been
read. Deferring is an acknowledgement, but only words are an answer: both are
measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

DEFERRED: Final = (5, 6)  # callback types that promise an answer
REDRAWN: Final = 7  # callback type that changes the message clicked on
RECORDED: Final = b"ecorded"  # in the answer to a vote that was taken
SAID: Final = 400  # bytes of an answer that are kept, to tell what went wrong


@dataclass(slots=True)
class Asked:
    """One interaction sent, and what came back; moments are seconds of the monotonic clock."""

    due: float
    acknowledged: float | None = None
    answered: float | None = None
    kind: int | None = None
    recorded: bool = False  # the answer says so
    file: bool = False  # a file came with the answer
    said: bytes = b""  # how the answer begins

    @property
    def took(self) -> float | None:
        """Seconds to the answer."""
        return None if self.answered is None else self.answered - self.due


@dataclass(slots=True)
class Book:
    """All that is asked, by number; what is waited for together is in `open`."""

    asked: dict[int, Asked] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)
    all_answered: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: dict[int, asyncio.Future[None]] = field(default_factory=dict)
    numbers: int = 0

    def next_numbers(self, count: int) -> range:
        """Numbers that nothing else has."""
        self.numbers += count
        return range(self.numbers - count, self.numbers)

    def expect(self, numbers: Iterable[int]) -> None:
        """`all_answered` is set when the last of these is answered."""
        self.open = set(numbers)
        self.all_answered.clear()

    def acknowledge(self, number: int, now: float, kind: int) -> None:
        """The first callback to it came."""
        asked = self.asked.get(number)
        if asked is not None and asked.acknowledged is None:
            asked.acknowledged = now
            asked.kind = kind

    def answer(self, number: int, now: float, body: bytes, *, file: bool) -> None:
        """Words came, or a picture of them; `file` if a file came along."""
        asked = self.asked.get(number)
        if asked is None:
            return
        if asked.answered is None:
            asked.answered = now
            asked.recorded = RECORDED in body
            asked.said = body[:SAID]
        asked.file |= file
        waiting = self.waiting.pop(number, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
        self.open.discard(number)
        if not self.open:
            self.all_answered.set()

    def wait_for(self, number: int) -> asyncio.Future[None]:
        """Done when that one is answered."""
        self.waiting[number] = future = asyncio.get_running_loop().create_future()
        return future
