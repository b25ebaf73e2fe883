"""Houses that people work in until they are killed: a process that forks one after the other.

Each line of standard input orders one: a JSON object with `url`, `keys`, `seed`, `run` (what marks its
texts), `hours` (by which its clock is ahead) and `at` (see `Ending`). The child is a fork of this process,
so that the imports are paid for once. What it prints, a line each:

    PID ready                 the house is open
    PID tries N CHANGES       an act is about to be asked for
    PID done N                it was acknowledged
    PID refused N             it was refused, and nothing of it is stored
    PID failed WHAT           the program failed, which no kill explains
    PID gone STATUS           by this process: it has ended
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import event

from bot.house import House
from storage.engine import Database
from tests.conftest import compile_once
from tests.faults import plan
from tests.faults.desk import catalogues, opened, prepared_store, rows_of
from tests.faults.memory import Changes, Memory, spelled
from tests.faults.plan import Step
from tests.faults.seminar_acts import ENTITLED, VOTERS, Acting, Ears
from tests.services.small_seminar import StillClock
from tests.stores import ON_POSTGRES

STREAMS = 3  # people who act at the same time, each with voters of their own
LENGTH = 400
WARMING = 70  # acts
APART = ("burst",)  # streams are the burst here
# What kills should hit often: the long transactions, and those with something to do after COMMIT.
OFTEN = {"vote": 30, "open": 14, "close": 10, "merge": 4, "forget": 2, "submit": 8, "fill": 8}


class Telling:
    """Says what is tried and done to whoever reads standard output; see `seminar_acts.Ears`."""

    def __init__(self) -> None:
        self._numbers = 0

    def tries(self, changes: Changes) -> int:
        self._numbers += 1
        say(f"tries {self._numbers} {spelled(changes)}")
        return self._numbers

    def done(self, number: int) -> None:
        say(f"done {number}")

    def was_refused(self, number: int) -> None:
        say(f"refused {number}")


def say(line: str) -> None:
    """One write, which no kill can cut in two."""
    os.write(1, f"{os.getpid()} {line}\n".encode())


class Ending:
    """Kills its own process at a moment that the order names: `["statement", 40]` before the writer's 40th
    statement, `["commit", 7]` before the 7th COMMIT, `["committed", 7]` at the first statement after it.
    Anything else leaves it to whoever reads the lines.
    """

    def __init__(self, at: list[Any]) -> None:
        self._kind, self._left = at

    def watch(self, db: Database) -> None:
        engine = db._writer.sync_engine

        @event.listens_for(engine, "before_cursor_execute")
        def executed(*_: object) -> None:
            if self._kind == "committed":
                if self._left <= 0:
                    self._end()
            elif self._kind == "statement":
                self._count()

        @event.listens_for(engine, "commit")
        def committing(_: object) -> None:
            if self._kind == "commit":
                self._count()
            elif self._kind == "committed":
                self._left -= 1

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._end()

    def _end(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


async def work(order: dict[str, Any]) -> None:
    """Open the house and act in it, several at once, until nothing is left to do."""
    url, clock = order["url"], StillClock()
    clock.pass_(hours=order["hours"])
    house = await opened(url, Path(order["keys"]), clock)
    Ending(order["at"] or ["", 0]).watch(house.db)
    say("ready")
    telling = Telling()
    await asyncio.gather(*(stream(house, clock, telling, order, number) for number in range(STREAMS)))


async def stream(house: House, clock: StillClock, ears: Ears, order: dict[str, Any], number: int) -> None:
    own, run = VOTERS[number::STREAMS], f"{order['run']}{number}-"
    acting = Acting(house, clock, ears, lambda sql: rows_of(order["url"], sql), run, own)
    for step in steps(f"{order['seed']}/{number}"):
        await acting.play(step)
        await house.deadlines.run_due()


def steps(seed: str) -> list[Step]:
    """What one of the streams does."""
    chance = Random(seed)
    weights = {**plan.ACTS, **OFTEN}
    for name in APART:
        del weights[name]
    drawn = chance.choices(list(weights), weights=list(weights.values()), k=LENGTH)
    return [
        Step(number, does, *(chance.randrange(1000) for _ in range(3)))
        for number, does in enumerate(drawn, start=1)
    ]


def run(order: dict[str, Any]) -> None:
    status = 0
    try:
        asyncio.run(work(order))
    except BaseException:
        say(f"failed {json.dumps(traceback.format_exc())}")
        status = 1
    os._exit(status)


async def warm_up() -> None:
    """Work a little in a store that is thrown away, so that no child compiles what all of them need."""
    with tempfile.TemporaryDirectory() as folder:
        url, keys = f"sqlite:///{folder}/warm.db", Path(folder) / "keys"
        await prepared_store(url, keys)
        clock = StillClock()
        house = await opened(url, keys, clock)
        acting = Acting(house, clock, Memory(ENTITLED), lambda sql: rows_of(url, sql))
        for step in steps("warm")[:WARMING]:
            await acting.play(step)
        await house.close()


def main() -> None:
    if ON_POSTGRES:
        catalogues()
    else:
        compile_once()  # compiled statements are found again in every child
        asyncio.run(warm_up())
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line))
        _, status = os.waitpid(child, 0)
        os.write(1, f"{child} gone {os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
