"""A whole bot in a process of its own, over a stand-in for Discord, with a port at which it is watched."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import shapes, stock
from benchmarks.sides import rapporteur
from benchmarks.wire.standin import StandIn, serving
from bot.settings import TOKEN_VARIABLE

CHILD = Path(__file__).with_name("bot_child.py")
ROOT = Path(__file__).parents[2]
SHAPE = shapes.Shape(events=1, themes=1, people=40)
TOKEN = "not-a-token.but-it-would.be-a-secret"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(folder: Path) -> int:
    """A store with one open ballot in `folder`, and the ballot's id."""
    stock.fill(folder, SHAPE)
    return rapporteur.prepare(folder, shapes.open_references(SHAPE))


@dataclass(slots=True)
class Room:
    """A bot that runs, the Discord it is in, and what it says about itself."""

    discord: StandIn
    process: asyncio.subprocess.Process
    port: int
    folder: Path
    session: aiohttp.ClientSession

    async def page(self, path: str) -> tuple[int, str]:
        """Status and text of one of the pages."""
        async with self.session.get(f"http://127.0.0.1:{self.port}{path}") as response:
            return response.status, await response.text()

    async def health(self) -> tuple[int, dict[str, str]]:
        """Status and parts of `/health`."""
        status, text = await self.page("/health")
        return status, json.loads(text)

    async def figures(self) -> dict[str, float]:
        """Every figure of `/metrics` by its name with labels, as Prometheus reads them."""
        _, text = await self.page("/metrics")
        lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
        return {name: float(figure) for name, _, figure in lines}

    async def until(self, wanted: Callable[[int, dict[str, str]], bool], seconds: float = 60.0) -> None:
        """Return once `/health` says so."""
        async with asyncio.timeout(seconds):
            while not wanted(*await self.health()):  # noqa: ASYNC110 -- another process sets no event here
                await asyncio.sleep(0.1)

    async def until_more(self, name: str, than: float = 0.0, seconds: float = 60.0) -> dict[str, float]:
        """All figures, once the one of this name is more."""
        async with asyncio.timeout(seconds):
            while (figures := await self.figures())[name] <= than:  # noqa: ASYNC110 -- as above
                await asyncio.sleep(0.1)
        return figures

    @property
    def store(self) -> Path:
        return self.folder / "rapporteur.db"

    def log(self) -> str:
        """Everything logged so far."""
        return (self.folder / "log").read_text(encoding="utf-8")


@asynccontextmanager
async def watched_room(prepared: Path, folder: Path) -> AsyncIterator[Room]:
    """A bot on a copy of the store in `prepared`, until the block ends."""
    shutil.copytree(prepared, folder)
    port = free_port()
    config = folder / "config.toml"
    config.write_text(
        f'[storage]\nurl = "{shapes.store_url(folder)}"\n[secrecy]\nkey_dir = "{folder / rapporteur.KEYS}"\n'
        f'[logging]\nfile = "{folder / "log"}"\nformat = "json"\nlevel = "debug"\n[watch]\nport = {port}\n'
    )
    discord = StandIn()
    async with serving(discord) as at, aiohttp.ClientSession() as session:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(CHILD), str(at), "run", "--config", str(config)),
            env={**os.environ, "PYTHONPATH": str(ROOT), TOKEN_VARIABLE: TOKEN},
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            await asyncio.wait_for(discord.gateway.ready.wait(), 60)
            yield Room(discord, process, port, folder, session)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
                await process.wait()


def anything_of_people(*more: str) -> tuple[str, ...]:
    """What must stand nowhere: names, numbers, tokens and words of those in the room, and `more`."""
    made: tuple[Any, ...] = ("Expert", "expert1", "400000000000000", "200000000000000", "700000000000000")
    return (*map(str, made), "token-", TOKEN, *more)
