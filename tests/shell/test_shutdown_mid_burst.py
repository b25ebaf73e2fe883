"""The whole program is ended in the middle of a burst of votes, and none that it answered is lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from benchmarks import shapes, stock
from benchmarks.sides import rapporteur
from benchmarks.sides.common import clicked, vote_ids
from benchmarks.wire.payloads import FIRST_INTERACTION
from benchmarks.wire.standin import StandIn
from bot.settings import TOKEN_VARIABLE

pytestmark = pytest.mark.thorough

CHILD = Path(__file__).with_name("bot_child.py")
ROOT = Path(__file__).parents[2]
SHAPE = shapes.Shape(events=1, themes=1, people=1200)
RATE = 800  # clicks a second, so that they go on arriving while the bot ends
ENOUGH = 60  # answered votes, after which the bot is ended


@dataclass
class Listening(StandIn):
    """A stand-in that notes whose vote was answered as recorded."""

    recorded: set[int] = field(default_factory=set)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def callback(self, request: web.Request) -> web.Response:
        if b"Recorded" in await request.read():
            self.recorded.add(int(request.match_info["id"]) - FIRST_INTERACTION)
            if len(self.recorded) >= ENOUGH:
                self.enough.set()
        return await super().callback(request)


@asynccontextmanager
async def serving(discord: StandIn) -> AsyncIterator[int]:
    """The port on which the stand-in answers."""
    runner = web.AppRunner(discord.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def everybody_clicks(port: int, ids: list[str]) -> None:
    """Everybody votes; ends when all are answered, the bot is gone, or it is given up."""
    order = {"custom_ids": ids, "clicks": SHAPE.people, "first_user": 0, "rate": RATE}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}/measure/fire", json=order) as response,
    ):
        await response.read()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A folder with a store, its keys and settings, and the id of the ballot open in it."""
    folder = tmp_path_factory.mktemp("prepared")
    stock.fill(folder, SHAPE)
    return folder, rapporteur.prepare(folder, shapes.open_references(SHAPE))


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)]
)
async def test_a_vote_answered_before_the_end_is_there_afterwards(
    number: signal.Signals, status: int, prepared: tuple[Path, int], tmp_path: Path
) -> None:
    """Told to stop, it ends by itself with status 0 and closes the store; killed, it loses nothing either."""
    folder, ballot = tmp_path / "bot", prepared[1]
    shutil.copytree(prepared[0], folder)
    config = tmp_path / "config.toml"
    config.write_text(
        f'[storage]\nurl = "{shapes.store_url(folder)}"\n[secrecy]\nkey_dir = "{folder / rapporteur.KEYS}"\n'
        f'[logging]\nfile = "{tmp_path / "log"}"\n'
    )
    ids = vote_ids(ballot)
    discord = Listening()
    async with serving(discord) as port:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, str(CHILD), str(port), "run", "--config", str(config)),
            env={**os.environ, "PYTHONPATH": str(ROOT), TOKEN_VARIABLE: "a.b.c"},
        )
        await discord.ready.wait()
        clicking = asyncio.create_task(everybody_clicks(port, ids))
        await discord.enough.wait()
        bot.send_signal(number)
        assert await bot.wait() == status
        left = [file.name for file in folder.glob("rapporteur.db-*")]
        discord.all_answered.set()
        await clicking
    answered = {(place, *clicked(ids[place % len(ids)])) for place in discord.recorded}
    assert answered <= rapporteur.stored(folder)
    if status == 0:
        assert left == []  # SQLite removes its log when the last connection is closed
        assert "Traceback" not in (tmp_path / "log").read_text()
