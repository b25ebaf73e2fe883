"""Several processes of the program on one PostgreSQL and one stand-in for Discord; any may be ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from benchmarks import shapes
from benchmarks.sides import rapporteur
from benchmarks.wire import payloads
from benchmarks.wire.asked import Asked
from benchmarks.wire.http import Answered, Proceed, Request
from benchmarks.wire.payloads import FIRST_INTERACTION, Json
from benchmarks.wire.standin import StandIn, serving
from bot.settings import TOKEN_VARIABLE
from storage.engine import Database
from storage.shards import shard_of

CHILD = Path(__file__).with_name("shard_child.py")
ROOT = Path(__file__).parents[2]
SHAPE = shapes.Shape(events=1, themes=1, people=900, waiting=6)
COUNT = 2
OURS = shard_of(payloads.GUILD, COUNT)
"""The shard of the only server."""


class Listening(StandIn):
    """A stand-in that notes what was said to whom: answers by interaction, and messages in the channel."""

    def __init__(self) -> None:
        super().__init__()
        self.advised = COUNT
        self.answers: dict[int, list[str]] = {}
        self.posted: list[str] = []
        self.recorded = asyncio.Condition()
        self.troubles.append(self._listen)

    async def _listen(self, request: Request, proceed: Proceed) -> Answered:
        body = request.body.decode("utf-8", "replace")
        if request.path.endswith("/callback"):
            self.answers.setdefault(int(request.parts[2]) - FIRST_INTERACTION, []).append(body)
            async with self.recorded:
                self.recorded.notify_all()
        elif request.method == "POST" and request.parts[-1] == "messages":
            self.posted.append(body)
        answer = await proceed(request)
        if request.parts[1:] == ["gateway", "bot"]:
            answer.body = orjson.dumps({**orjson.loads(answer.body), "shards": self.advised})
        return answer

    def votes(self) -> set[int]:
        """The numbers of the clicks that were answered as recorded."""
        return {number for number, said in self.answers.items() if any("Recorded" in one for one in said)}

    async def until(self, wanted: Callable[[], bool], seconds: float = 30.0) -> None:
        """Return once it is so."""
        async with asyncio.timeout(seconds):
            while not wanted():  # noqa: ASYNC110 -- another process sets no event here
                await asyncio.sleep(0.02)

    def sessions(self, shard: int) -> int:
        """How often a process has come in for a shard of `COUNT`."""
        return sum(session.shard == (shard, COUNT) for session in self.gateway.sessions.values())

    async def press(self, custom_id: str, who: int, seconds: float = 10.0) -> str:
        """Somebody presses a button; what the bot answers, or nothing where it does not."""
        (number,) = self.book.next_numbers(1)
        self.gateway.tell("INTERACTION_CREATE", self.click(number, custom_id, who))
        with suppress(TimeoutError):
            await self.until(lambda: number in self.answers, seconds)
        return "".join(self.answers.get(number, []))

    def click(self, number: int, custom_id: str, who: int) -> bytes:
        """The interaction, as Discord sends it."""
        self.book.asked[number] = Asked(0.0)
        return orjson.dumps(payloads.click(number, who, custom_id, payloads.card([custom_id])))


@dataclass(slots=True)
class Process:
    """One process; `log` is what it has logged and `said` what it has printed, both to its end."""

    process: asyncio.subprocess.Process
    log_file: Path
    said_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text() if self.log_file.exists() else ""

    @property
    def said(self) -> str:
        return self.said_file.read_text()

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self, seconds: float = 30.0) -> int:
        """Its exit status, once it has ended."""
        return await asyncio.wait_for(self.process.wait(), seconds)

    async def end(self) -> int:
        """Tell it to stop; its exit status."""
        self.send(signal.SIGTERM)
        return await self.ended()

    async def logs(self, words: str, seconds: float = 30.0) -> None:
        """Return once it has logged so."""
        async with asyncio.timeout(seconds):
            while words not in self.log:
                if self.process.returncode is not None:
                    raise AssertionError(f"it ended with {self.process.returncode}: {self.said}\n{self.log}")
                await asyncio.sleep(0.05)


@dataclass
class Deployment:
    """A store on a server, its keys, a Discord, and the processes that were started."""

    url: str
    folder: Path
    discord: Listening = field(default_factory=Listening)
    port: int = 0
    processes: list[Process] = field(default_factory=list)

    async def start(
        self, *shards: int, lease: float = 12.0, ahead: float = 0.0, url: str | None = None
    ) -> Process:
        """A process for these shards, whose clock is so many seconds before the others'.

        Without shards it serves all that Discord advises.
        """
        name = f"process-{len(self.processes)}"
        config, log, said = (self.folder / f"{name}{end}" for end in (".toml", ".log", ".out"))
        config.write_text(
            f'[storage]\nurl = "{url or self.url}"\n[secrecy]\nkey_dir = "{self.folder / rapporteur.KEYS}"\n'
            f'[logging]\nfile = "{log}"\n'
            + (f"[discord]\nshard_count = {COUNT}\nshard_ids = {list(shards)}\n" if shards else "")
        )
        with said.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(CHILD), str(self.port), str(lease), str(ahead)),
                *("run", "--config", str(config)),
                env={**os.environ, "PYTHONPATH": str(ROOT), TOKEN_VARIABLE: "a.b.c"},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.processes.append(Process(process, log, said))
        return self.processes[-1]

    async def serving(self, *shards: int, **options: Any) -> Process:
        """The same, once it is in Discord for all of them."""
        before = {shard: self.discord.sessions(shard) for shard in shards}
        started = await self.start(*shards, **options)
        await started.logs("this process serves")
        await self.discord.until(
            lambda: all(self.discord.sessions(shard) > before[shard] for shard in shards)
        )
        return started

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the store has."""
        db = await Database.open(self.url)
        try:
            async with db.write() as tx:
                found = await tx.exec_driver_sql(sql)
                return [tuple(row) for row in found] if found.returns_rows else []
        finally:
            await db.close()

    async def until_rows(self, sql: str, wanted: Callable[[list[tuple[Any, ...]]], bool]) -> None:
        """Return once the store has what is wanted."""
        async with asyncio.timeout(40):
            while not wanted(await self.rows(sql)):  # noqa: ASYNC110 -- as above
                await asyncio.sleep(0.1)

    def asks(self, ids: list[str]) -> Json:
        """Everybody clicks, one after the other, quickly."""
        asks = [{"kind": "click", "who": n, "id": ids[n % len(ids)], "on": 0} for n in range(SHAPE.people)]
        return {"asks": asks, "cards": [{"ids": ids}], "rate": 300, "patience": 1.0}


@asynccontextmanager
async def deployed(url: str, folder: Path) -> AsyncIterator[Deployment]:
    """A deployment; whatever of it still runs at the end is killed."""
    made = Deployment(url, folder)
    async with serving(made.discord) as port:
        made.port = port
        try:
            yield made
        finally:
            for one in made.processes:
                if one.process.returncode is None:
                    with suppress(ProcessLookupError):
                        one.send(signal.SIGKILL)
                    await one.process.wait()


class Line:
    """The line to a server, which may go dead: nothing comes through, and nothing says so."""

    def __init__(self, host: str, port: int) -> None:
        self._server_at = (host, port)
        self._alive = asyncio.Event()
        self._alive.set()
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """The port at which the server answers until the block ends."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def die(self) -> None:
        """Let nothing through any more."""
        self._alive.clear()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._between(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._alive.wait()
        far_reader, far_writer = await asyncio.open_connection(*self._server_at)
        try:
            await asyncio.gather(self._through(reader, far_writer), self._through(far_reader, writer))
        except OSError:
            pass
        finally:
            far_writer.close()
            writer.close()

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self._alive.wait()
            writer.write(data)
            await writer.drain()
        writer.close()
