"""The whole program is ended in the middle of a burst of votes, and none that it answered is lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from benchmarks import shapes, stock
from benchmarks.sides import rapporteur
from benchmarks.sides.common import clicked, vote_ids
from benchmarks.wire.http import Answered, Proceed, Request
from benchmarks.wire.payloads import FIRST_INTERACTION
from benchmarks.wire.standin import StandIn, serving
from bot.settings import TOKEN_VARIABLE

pytestmark = pytest.mark.thorough

CHILD = Path(__file__).with_name("bot_child.py")
ROOT = Path(__file__).parents[2]
SHAPE = shapes.Shape(events=1, themes=1, people=1200)
RATE = 800  # clicks a second, so that they go on arriving while the bot ends
ENOUGH = 60  # answered votes, after which the bot is ended


class Listening(StandIn):
    """A stand-in that notes whose vote was answered as recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.recorded: set[int] = set()
        self.enough = asyncio.Event()
        self.troubles.append(self._listen)

    async def _listen(self, request: Request, proceed: Proceed) -> Answered:
        if request.path.endswith("/callback") and b"Recorded" in request.body:
            self.recorded.add(int(request.parts[2]) - FIRST_INTERACTION)
            if len(self.recorded) >= ENOUGH:
                self.enough.set()
        return await proceed(request)


async def everybody_clicks(discord: StandIn, ids: list[str]) -> None:
    """Everybody votes; ends when all are answered, the bot is gone, or it is given up."""
    asks = [{"kind": "click", "who": who, "id": ids[who % len(ids)], "on": 0} for who in range(SHAPE.people)]
    await discord.controls.fire({"asks": asks, "cards": [{"ids": ids}], "rate": RATE})


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A folder with a store, its keys and settings, and the id of the ballot open in it."""
    folder = tmp_path_factory.mktemp("prepared")
    stock.fill(folder, SHAPE)
    return folder, rapporteur.prepare(folder, shapes.open_references(SHAPE))


@pytest.mark.parametrize("fast_path", ["false", "true"])
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)]
)
async def test_a_vote_answered_before_the_end_is_there_afterwards(
    number: signal.Signals, status: int, fast_path: str, prepared: tuple[Path, int], tmp_path: Path
) -> None:
    """Told to stop, it ends by itself with status 0 and closes the store; killed, it loses nothing either."""
    folder, ballot = tmp_path / "bot", prepared[1]
    shutil.copytree(prepared[0], folder)
    config = tmp_path / "config.toml"
    config.write_text(
        f'[storage]\nurl = "{shapes.store_url(folder)}"\n[secrecy]\nkey_dir = "{folder / rapporteur.KEYS}"\n'
        f"[discord]\nfast_path = {fast_path}\n"
        f'[logging]\nfile = "{tmp_path / "log"}"\n'
    )
    ids = vote_ids(ballot)
    discord = Listening()
    async with serving(discord) as port:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, str(CHILD), str(port), "run", "--config", str(config)),
            env={**os.environ, "PYTHONPATH": str(ROOT), TOKEN_VARIABLE: "a.b.c"},
        )
        await discord.gateway.ready.wait()
        clicking = asyncio.create_task(everybody_clicks(discord, ids))
        await discord.enough.wait()
        bot.send_signal(number)
        assert await bot.wait() == status
        left = [file.name for file in folder.glob("rapporteur.db-*")]
        discord.book.all_answered.set()
        await clicking
    answered = {(place, *clicked(ids[place % len(ids)])) for place in discord.recorded}
    assert answered <= rapporteur.stored(folder)
    if status == 0:
        assert left == []  # SQLite removes its log when the last connection is closed
        assert "Traceback" not in (tmp_path / "log").read_text()
