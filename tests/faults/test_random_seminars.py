"""Random seminars on a store that breaks at random points: nothing acknowledged is lost, nothing twice.

Everything is played through the house of services as the program builds it. After every step the store is
read from outside and held against what was acknowledged (`look.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from bot.house import House
from tests import stores
from tests.faults import breaking, plan
from tests.faults.breaking import Breaking, BreakingServer
from tests.faults.desk import ends_well, errands, opened, rows_of
from tests.faults.look import Watcher
from tests.faults.memory import Memory
from tests.faults.plan import Step
from tests.faults.seminar_acts import ENTITLED, Acting
from tests.services.small_seminar import StillClock

LENGTH = 60
OTHER_TROUBLES = {"mend": 6, "cut_off": 4, "restart": 2, "clock_on": 3, "clock_back": 2}
OF_STORE = breaking.OF_SERVER if stores.ON_POSTGRES else breaking.OF_FILE
MOST = 60 if stores.ON_POSTGRES else 250  # seeds of a soak; a look at a server takes long
MOST_ACTS = 4  # that one trouble lasts


class Troubled:
    """One seminar on one store, played step by step while it breaks."""

    def __init__(self, url: str, keys: Path) -> None:
        self.keys = keys
        self.clock = StillClock()
        self.watcher = Watcher(url, keys, Memory(ENTITLED))
        self.at = 0  # the number of the step that is played
        self._left = 0  # acts until what is broken now is mended
        self._cut = False  # whether the next act is cut off
        self.house: House
        self.acting: Acting
        self.store: Breaking | BreakingServer

    async def start(self) -> None:
        url = self.watcher.url
        self.house = await opened(url, self.keys, self.clock)
        self.acting = Acting(self.house, self.clock, self.watcher.memory, lambda sql: rows_of(url, sql))
        self.watcher.keys_came_back = False
        self.store = breaking.of(self.house.db, url, self.keys)
        await self.store.prepare()

    async def play(self, steps: Sequence[Step]) -> None:
        """Every step, and after each of them what is due and a look at the store; then the end."""
        await self.start()
        try:
            await self.watcher.begin()
            for step in steps:
                self.at = step.number
                await self._step(step, Random(str(step)))
                await errands(self.house)
                await self.watcher.check()
        finally:
            await self._mend()
            await self.house.close()
        self.watcher.keys_came_back = False
        await ends_well(self.watcher, self.clock)

    async def _mend(self) -> None:
        self.watcher.keys_came_back |= self.store.keys_are_away
        await self.store.mend()

    async def _step(self, step: Step, chance: Random) -> None:
        if step.does in plan.ACTS:
            await (self._cut_off(step, chance) if self._cut else self.acting.play(step))
            self._cut = False
            self._left -= 1
            if self._left == 0:
                await self._mend()
            return
        match step.does:
            case "cut_off":
                self._cut = True
            case "mend":
                await self._mend()
            case "restart":
                await self._mend()
                await self.house.close()
                await self.start()
            case "clock_on":  # over the end of summer time too, on the fifth day
                self.clock.pass_(hours=(1, 7, 30, 100)[step.how % 4])
            case "clock_back":
                self.clock.pass_(minutes=-(5, 70, 300)[step.how % 3])
            case trouble:
                await getattr(self.store, trouble)(chance)
                self._left = 1 + step.how % MOST_ACTS

    async def _cut_off(self, step: Step, chance: Random) -> None:
        """The act is given up at a random point, as when the program ends in the middle of it."""
        doing = asyncio.create_task(self.acting.play(step))
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        await self.house.writer.drain()
        await self.store.prepare()  # a connection that was in the middle of something is given up


async def played(seed: int, url: str, keys: Path) -> Troubled:
    """A seed's seminar; where it fails, its plan is part of what is said."""
    steps = plan.plan(seed, LENGTH, {**OF_STORE, **OTHER_TROUBLES})
    seminar = Troubled(url, keys)
    try:
        await seminar.play(steps)
    except BaseException as failed:
        failed.add_note(f"at step {seminar.at}; {plan.written(seed, steps)}")
        raise
    return seminar


@pytest.mark.parametrize("seed", plan.seeds(6, 30, MOST))
@pytest.mark.usefixtures("impatient")
async def test_a_random_seminar_survives_a_store_that_breaks(seed: int, tmp_path: Path, begun: str) -> None:
    """Locked, full, failing, read-only or cut off at any moment, and a clock that jumps."""
    url = stores.shelf().copy(begun, tmp_path / "seminar.db")
    seminar = await played(seed, url, tmp_path / "keys")
    assert seminar.watcher.memory.acknowledged
