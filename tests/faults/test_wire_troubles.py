"""The whole program over a broken line: REST that refuses, limits, loses and halves, a gateway that drops.

What people were told is stored; whoever was told nothing is stored or not; every message was posted once; and
when the line is mended the bot answers and says what is unsaid, without a restart.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks import shapes, stock
from benchmarks.sides import rapporteur
from benchmarks.sides.common import clicked, vote_ids
from benchmarks.wire.http import Answered, Proceed, Request
from benchmarks.wire.payloads import FIRST_INTERACTION
from benchmarks.wire.standin import StandIn, serving
from benchmarks.wire.troubles import Troubles, drop_now_and_then
from bot.settings import TOKEN_VARIABLE
from tests.faults.plan import seeds
from tests.soaking import amount

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
CHILD = ROOT / "tests" / "shell" / "bot_child.py"
SHAPE = shapes.Shape(events=1, themes=1, people=600)
RATE = 200  # clicks a second, so that the gateway is dropped several times meanwhile
KILLS = amount(0, 24)  # of one bot after the other on one store


class Listening(StandIn):
    """A stand-in that notes whose vote was answered as recorded, before anything happens to the answer."""

    def __init__(self, troubles: Troubles | None = None) -> None:
        super().__init__(limited=False)
        self.asked: dict[int, tuple[int, str]] = {}  # by the interaction's number: who pressed what
        self.recorded: set[tuple[int, int, str]] = set()  # who was told that what of theirs is stored
        self.told = asyncio.Event()
        self.troubles.append(self._listen)
        if troubles is not None:
            self.troubles.append(troubles)

    async def _listen(self, request: Request, proceed: Proceed) -> Answered:
        if request.path.endswith("/callback") and b"Recorded" in request.body:
            who, pressed = self.asked[int(request.parts[2]) - FIRST_INTERACTION]
            self.recorded.add((who, *clicked(pressed)))
            self.told.set()
        return await proceed(request)


@asynccontextmanager
async def bot_on(port: int, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program, told to stop at the end if it still runs."""
    config = folder.parent / "config.toml"
    config.write_text(
        f"[discord]\ncooldowns = false\n"
        f'[storage]\nurl = "{shapes.store_url(folder)}"\n[secrecy]\nkey_dir = "{folder / rapporteur.KEYS}"\n'
        f'[logging]\nfile = "{folder.parent / "log"}"\n'
    )
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, str(CHILD), str(port), "run", "--config", str(config)),
        env={**os.environ, "PYTHONPATH": str(ROOT), TOKEN_VARIABLE: "a.b.c"},
    )
    try:
        yield bot
    finally:
        if bot.returncode is None:
            bot.send_signal(signal.SIGTERM)
        await asyncio.wait_for(bot.wait(), 60)


async def click(discord: StandIn, ids: list[str], people: range, patience: float) -> dict[str, Any]:
    """These people vote, each once on one item; what the stand-in says of it."""
    first = discord.book.numbers
    discord.asked |= {first + place: (who, ids[who % len(ids)]) for place, who in enumerate(people)}
    asks = [{"kind": "click", "who": who, "id": ids[who % len(ids)], "on": 0} for who in people]
    order = {"asks": asks, "cards": [{"ids": ids}], "rate": RATE, "patience": patience}
    return await discord.controls.fire(order)


async def answering(discord: StandIn, ids: list[str]) -> None:
    """The bot is back: it waits a while before it comes again, and longer each time. What was sent to a
    session that it could not resume is gone, as with Discord, so somebody presses again and again.
    """
    while True:
        seen = await click(discord, ids, range(SHAPE.people - 1, SHAPE.people), 3.0)
        if seen["answered"] != [None]:
            return


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A folder with a store, its keys and settings, and the id of the ballot open in it."""
    folder = tmp_path_factory.mktemp("prepared")
    stock.fill(folder, SHAPE)
    return folder, rapporteur.prepare(folder, shapes.open_references(SHAPE))


@pytest.mark.parametrize("seed", seeds(1, 1, 8))
async def test_a_bot_on_a_broken_line_loses_nothing_and_goes_on(
    seed: int, prepared: tuple[Path, int], tmp_path: Path
) -> None:
    """A third of all requests goes wrong while people vote; afterwards everything is as it was told."""
    folder, ballot = tmp_path / "bot", prepared[1]
    shutil.copytree(prepared[0], folder)
    ids, half = vote_ids(ballot), SHAPE.people // 2
    troubles = Troubles(seed, 0.3, {"GET": 0.0, "PUT": 0.0, "PATCH applications": 0.0})
    discord = Listening(troubles)
    async with serving(discord) as port, bot_on(port, folder) as bot:
        await asyncio.wait_for(discord.gateway.ready.wait(), 60)
        dropping = asyncio.create_task(drop_now_and_then(discord.gateway, seed, 0.6))
        await click(discord, ids, range(half), 6.0)
        dropping.cancel()
        troubles.lifted, discord.gateway.resumable = True, True
        await asyncio.wait_for(answering(discord, ids), 100)
        after = await click(discord, ids, range(half, SHAPE.people - 1), 40.0)
        assert bot.returncode is None
    assert sum(troubles.counts.values()) > half // 5, troubles.counts
    unanswered = after["answered"].count(None)
    assert not unanswered, f"seed {seed}: {unanswered} not answered after {discord.gateway.counts}"
    assert all(after["recorded"])
    stored = rapporteur.stored(folder)
    lost = discord.recorded - stored
    assert not lost, f"seed {seed}: {lost} were told that their vote is recorded"
    made = Counter(message["nonce"] for message in troubles.messages if message.get("nonce"))
    assert not [nonce for nonce, times in made.items() if times > 1], f"seed {seed}: posted twice"


@pytest.mark.skipif(not KILLS, reason="`make soak` has the time for it")
async def test_no_vote_that_was_answered_is_lost_when_the_bot_is_killed(
    prepared: tuple[Path, int], tmp_path: Path
) -> None:
    """One bot after the other on one store, each killed in the middle of a burst."""
    folder, ballot, chance = tmp_path / "bot", prepared[1], Random(KILLS)
    shutil.copytree(prepared[0], folder)
    ids, each = vote_ids(ballot), SHAPE.people // KILLS
    told: set[tuple[int, int, str]] = set()
    for number in range(KILLS):
        discord, people = Listening(), range(number * each, (number + 1) * each)
        async with serving(discord) as port, bot_on(port, folder) as bot:
            await asyncio.wait_for(discord.gateway.ready.wait(), 60)
            clicking = asyncio.create_task(click(discord, ids, people, 60.0))
            await discord.told.wait()
            await asyncio.sleep(chance.uniform(0, each / RATE))
            bot.kill()
            await bot.wait()
            discord.book.all_answered.set()
            await clicking
        told |= discord.recorded
        assert told <= rapporteur.stored(folder)
