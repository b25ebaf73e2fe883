"""Programs are killed (SIGKILL) in whatever they do, one after the other on one store that goes on.

Votes, openings, closings with their sealing, merges, forgetting: whatever was acknowledged before a kill is
there afterwards, whatever was refused is not, and of what was under way all is there or nothing.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests import stores
from tests.faults.desk import ends_well, opened, verified
from tests.faults.forking import Forking
from tests.faults.look import Watcher, sound
from tests.faults.memory import Memory, read
from tests.faults.plan import seeds
from tests.faults.seminar_acts import ENTITLED
from tests.services.small_seminar import StillClock
from tests.soaking import amount

KILLS = 22 if stores.ON_POSTGRES else amount(22, 60)  # on one store
VERIFIED_EVERY = 8  # kills, by the program's own audit
HOURS_BETWEEN = 3


class Killed(Forking):
    """A process whose forks work in a store until they are killed."""

    module = "killed_child"

    def work(self, order: dict[str, Any], memory: Memory, chance: Random) -> bool:
        """Let one work until it is killed, and tell the memory what it said; whether it was killed.

        Where the order names no moment, it is killed after so many lines, or while it starts.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        left = chance.choice([1, chance.randint(2, 80), chance.randint(2, 80)])
        pause = chance.random() * 0.004  # seconds
        numbers: dict[str, int] = {}
        for line in self._process.stdout:
            process, said, *rest = line.split(maxsplit=3)
            match said:
                case "tries":
                    numbers[rest[0]] = memory.tries(read(rest[1]))
                case "done":
                    memory.done(numbers.pop(rest[0]))
                case "refused":
                    memory.was_refused(numbers.pop(rest[0]))
                case "failed":
                    raise AssertionError(json.loads(" ".join(rest)))
                case "gone":
                    return rest[0] == str(-signal.SIGKILL)
            left -= 1
            if left == 0 and not order["at"]:
                time.sleep(pause)
                with suppress(ProcessLookupError):
                    os.kill(int(process), signal.SIGKILL)
        raise AssertionError("the process whose forks are killed has ended itself")


@pytest.fixture(scope="module")
def killed() -> Iterator[Killed]:
    """Imports are paid for once."""
    process = Killed()
    yield process
    process.close()


def moment(chance: Random) -> list[Any] | None:
    """When a child ends itself; None leaves it to us, at whatever it happens to be doing."""
    return chance.choice(
        [
            None,
            None,
            ["statement", chance.randint(1, 250)],
            ["commit", chance.randint(1, 25)],
            ["committed", chance.randint(1, 25)],
        ]
    )


@pytest.mark.parametrize("seed", seeds(1, 1, 1 if stores.ON_POSTGRES else 3))
async def test_nothing_acknowledged_is_lost_when_the_program_is_killed(
    seed: int, killed: Killed, tmp_path: Path, begun: str
) -> None:
    """Kill after kill: the store is sound, everything acknowledged is there, and the audit finds nothing."""
    url, keys, clock = stores.shelf().copy(begun, tmp_path / "seminar.db"), tmp_path / "keys", StillClock()
    memory, chance = Memory(ENTITLED), Random(seed)
    watcher = Watcher(url, keys, memory)
    await watcher.begin()
    kills = 0
    for number in range(1, KILLS + 1):
        clock.pass_(hours=HOURS_BETWEEN)
        at = moment(chance)
        order = {"url": url, "keys": str(keys), "seed": f"{seed}/{number}", "run": f"{number}-"}
        order |= {"hours": number * HOURS_BETWEEN, "at": at}
        try:
            kills += killed.work(order, memory, chance)
            sound(url)
            await watcher.check(each_step=False)
        except BaseException as failed:
            failed.add_note(f"seed {seed}, kill {number}, at {at}; much the same: FAULTS_SEED={seed}")
            raise
        if number % VERIFIED_EVERY == 0:
            house = await opened(url, keys, clock)
            await verified(house)
            await house.close()
            sound(url)
    assert kills == KILLS
    await ends_well(watcher, clock)
