"""Cooldowns: how fast one person may act, so that nobody's flood slows anybody else.

Everything is counted by server and person, so what one does never touches another. Nothing here is stored,
nothing waits, and the clock is handed in (seconds, from any beginning).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from seminar.errors import Refused
from seminar.words import Text, t, tn

Key: TypeAlias = tuple[int, int]
"""A server and a person; 0 for the server in a private conversation."""


@dataclass(frozen=True, slots=True)
class Measure:
    """So much at once, and so much again every second."""

    capacity: float
    per_second: float


ACTS = Measure(60, 3)  # commands, clicks and forms: three a second all day long, or sixty in one go
COSTLY = Measure(20, 1 / 3)  # files, pictures, imports, audits
ANSWERS = Measure(20, 1)  # answers to acts that were not let in
SENTENCES = Measure(1, 1 / 5)  # of them, such as say why
TYPING = 0.1  # what a suggestion while typing weighs against an act
AT_ONCE_EACH = 2  # costly acts of one person that run at the same time
AT_ONCE = 4  # and of one server
MOST_KEPT = 20_000


class Buckets:
    """One token bucket for each key. Whoever acted longest ago is forgotten first, as if they were new."""

    def __init__(self, measure: Measure, clock: Callable[[], float], most: int = MOST_KEPT) -> None:
        self._measure = measure
        self._clock = clock
        self._most = most
        self._levels: dict[Key, tuple[float, float]] = {}  # what is left, and when it was counted

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: Key, weight: float = 1.0) -> float:
        """0.0 where there was enough, which is taken; else the seconds until there is, and nothing is taken.

        A weight above the capacity counts as the capacity. A clock that goes back gives nothing.
        """
        capacity, rate = self._measure.capacity, self._measure.per_second
        weight = min(weight, capacity)
        now = self._clock()
        left, since = self._levels.pop(key, (capacity, now))
        left = min(capacity, left + max(0.0, now - since) * rate)
        missing = weight - left
        if missing <= 1e-9:  # what counting in fractions of a second leaves over
            left, missing = max(0.0, -missing), 0.0
        if len(self._levels) >= self._most:
            self._levels.pop(next(iter(self._levels)))
        self._levels[key] = (left, now)
        return missing / rate


class Reply(Enum):
    """What somebody over the limit gets: told so, a bare nod that Discord wants, or nothing at all."""

    SENTENCE = "sentence"
    NOD = "nod"
    NOTHING = "nothing"


class Floods:
    """The cooldowns of one bot; with `on` false there are none, as in rehearsals."""

    def __init__(self, clock: Callable[[], float], *, on: bool = True) -> None:
        self._on = on
        self._acts = Buckets(ACTS, clock)
        self._costly = Buckets(COSTLY, clock)
        self._answers = Buckets(ANSWERS, clock)
        self._sentences = Buckets(SENTENCES, clock)
        self._running = Counter[Key]()
        self._running_in = Counter[int]()

    def let_in(self, guild_id: int, user_id: int, weight: float = 1.0) -> float:
        """0.0 for an act that may go on, or the seconds after which the next one may."""
        return self._acts.take((guild_id, user_id), weight) if self._on else 0.0

    def reply(self, guild_id: int, user_id: int, *, vote: bool) -> Reply:
        """What to answer an act that was not let in.

        A vote is never thrown away silently, so it always gets the sentence; others get it once in a while.
        Whoever goes on as only a program can gets nothing more: each answer costs a request to Discord,
        and those of the others would wait behind it. Discord then says itself that the act failed.
        """
        key = (guild_id, user_id)
        if self._answers.take(key):
            return Reply.NOTHING
        if not self._sentences.take(key) or vote:
            return Reply.SENTENCE
        return Reply.NOD

    @contextmanager
    def costly(self, guild_id: int, user_id: int) -> Iterator[None]:
        """Around an act that takes long: a file, a picture, an import, an audit.

        Raises:
            Refused: this person asked for many just now, or too many run at the same time.
        """
        key = (guild_id, user_id)
        if self._on:
            if self._running[key] >= AT_ONCE_EACH or self._running_in[guild_id] >= AT_ONCE:
                raise Refused(
                    t(
                        "The bot is still busy with other files and pictures for this server. Please try "
                        "again in a moment."
                    )
                )
            if wait := self._costly.take(key):
                raise Refused(too_fast(wait))
        self._running[key] += 1
        self._running_in[guild_id] += 1
        try:
            yield
        finally:
            self._running -= Counter((key,))  # what is down to none is kept no longer
            self._running_in -= Counter((guild_id,))


def too_fast(seconds: float) -> Text:
    """When to try again, in one sentence that also says that nothing was done."""
    return tn(
        "That was faster than the bot lets one person be, and nothing was done. Please try again in {count} "
        "second.",
        "That was faster than the bot lets one person be, and nothing was done. Please try again in {count} "
        "seconds.",
        max(1, math.ceil(seconds)),
    )
