"""Does the bot grow as it works? A million votes in one process, by people who vote over and over."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, Final

from benchmarks.load.bursts import LATE, OURS, Prepared, running
from benchmarks.sides.common import vote_ids
from benchmarks.wire.processes import SideFailed

PEOPLE: Final = 5_000
AT_ONCE: Final = 64  # votes that are not answered yet
EVERY: Final = 0.25  # seconds between two looks at the memory
PATIENCE: Final = 1_500.0  # seconds for all of it


@dataclass(frozen=True, slots=True)
class Kept:
    """What a bot had in memory as it worked: votes answered so far, and bytes."""

    votes: int
    answered: int
    late: int
    took: float
    samples: tuple[tuple[int, int], ...]

    def at(self, share: float, width: float = 0.02) -> float:
        """Bytes when that share of the votes was answered, as the mean of the looks about that time."""
        off = [(abs(votes / self.votes - share), size) for votes, size in self.samples]
        return mean([size for away, size in off if away <= width] or [min(off)[1]])

    @property
    def growth(self) -> float:
        """By which share memory grew over the last tenth of the votes."""
        return self.at(0.98) / self.at(0.88) - 1.0


def keep_voting(work: Path, prepared: Prepared, votes: int, people: int = PEOPLE) -> Kept:
    """So many votes in one process."""
    ids = vote_ids(prepared.ballot)
    result: dict[str, Any] = {}
    failed: list[Exception] = []
    samples: list[tuple[int, int]] = []
    with running(OURS, work, prepared) as (discord, bot):

        def vote() -> None:
            try:
                order = {"people": people, "votes": votes, "at_once": AT_ONCE, "late": LATE}
                result.update(discord.keep(ids, PATIENCE, **order))
            except Exception as error:
                failed.append(error)

        voting = threading.Thread(target=vote, daemon=True)
        voting.start()
        while voting.is_alive():
            samples.append((discord.kept(), bot.memory()))
            voting.join(EVERY)
        bot.kill()
    if failed:
        raise SideFailed(f"the votes came to no end: {failed[0]!r}")
    return Kept(votes, result["answered"], result["late"], result["took"], tuple(samples))
