"""The pages at which a running bot can be watched, on 127.0.0.1 alone.

`/health` says whether everything works, with 503 and what is wrong where it does not;
`/ready` whether the bot is signed in; `/metrics` has the figures for Prometheus. Nothing
there names a person or needs a password: whoever is on the machine may know.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import discord
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.client import Rapporteur
from bot.metrics import Kind, Metrics
from bot.settings import SettingsError
from seminar.errors import Refused
from storage.watching import Figures, figures

HOST: Final = "127.0.0.1"
"""Whoever should see it from elsewhere comes by a tunnel or by a proxy, which can ask who they are."""

PAGES: Final = ("/health", "/ready", "/metrics")

PATIENCE: Final = 2.0
"""Seconds that the store may take to answer or to take a change."""
STUCK: Final = 10.0
"""Seconds after which a batch of votes that is being written counts as stuck."""

STANDING_BY: Final = "standing by"

T = TypeVar("T")


class _Probe(Generic[T]):
    """Asks the store something, once at a time, and waits no longer than `PATIENCE` for the answer.

    The question itself is never cut off: a connection in the middle of something is not given back.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._asking: asyncio.Task[T] | None = None

    async def answer(self) -> T:
        """Raises TimeoutError, or what the question raises."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._asked())
            self._asking.add_done_callback(_seen)
        async with asyncio.timeout(PATIENCE):
            return await asyncio.shield(self._asking)

    async def _asked(self) -> T:
        return await self._ask()

    async def stop(self) -> None:
        if self._asking is not None:
            with suppress(Exception):
                await self._asking


def _seen(task: asyncio.Task[Any]) -> None:
    """A failure that nobody waits for any more needs no record."""
    if not task.cancelled():
        task.exception()


class Watching:
    """The pages of one bot; `port` of `HOST`."""

    def __init__(self, bot: Rapporteur, metrics: Metrics, port: int) -> None:
        self._bot = bot
        self._metrics = metrics
        self._port = port
        self._reading = _Probe(self._read)
        self._writing = _Probe(self._write)
        metrics.shows(
            "votes_waiting", "Votes that wait for the batch before theirs.", lambda: self._writer("waiting")
        )
        metrics.shows(
            "vote_batch_running_seconds",
            "Seconds that the batch of votes under way has taken so far.",
            lambda: self._writer("writing_for"),
        )
        metrics.shows(
            "refreshes_waiting",
            "Messages whose figures are out of date and will be drawn again.",
            lambda: bot.refresher.waiting,
        )
        metrics.shows(
            "answers_waiting",
            "Answers to clicks that wait for a connection to Discord.",
            lambda: bot.answers.waiting if bot.answers else 0.0,
        )
        if bot.answers is not None:
            bot.answers.watched = metrics.replied
        bot.arrived = self._arrived
        app = web.Application()
        for page, answer in zip(PAGES, (self.health, self.ready, self.metrics), strict=True):
            app.router.add_get(page, answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start(self) -> None:
        """Answer from now on.

        Raises:
            SettingsError: something else uses the port, or the system does not let the bot use it.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise SettingsError(
                f"The port {self._port} of {HOST}, at which the bot is to be watched, cannot be used: "
                f"{error.strerror or error}. Choose another port in [watch], or 0 for none; several "
                "processes need one each."
            ) from None

    async def stop(self) -> None:
        """Answer no more; to be called before the store is closed or after."""
        self._bot.arrived = None
        await self._runner.cleanup()
        await self._reading.stop()
        await self._writing.stop()

    # --- the pages -------------------------------------------------------------------------------

    async def health(self, _request: web.Request) -> web.Response:
        """200 when all is well; 503 with what is not, in a few words each.

        A stand-by is well: it waits for shards that another process serves.
        """
        return _told({"gateway": self._gateway(), "store": await self._store(), "writer": self._stuck()})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 while people can reach the bot, which a stand-by they cannot. Does not ask the store."""
        gateway = self._gateway()
        if gateway == STANDING_BY:
            gateway = f"not connected: {gateway}"
        return _told({"gateway": gateway})

    async def metrics(self, _request: web.Request) -> web.Response:
        """Everything counted; the store's own figures are left out while it does not answer."""
        found: Figures | None = None
        if hasattr(self._bot, "house"):
            with suppress(Refused, TimeoutError):
                found = await self._reading.answer()
        self._metrics.stands(found, self._clock())
        self._metrics.connected(connections(self._bot))
        return web.Response(body=self._metrics.page(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    # --- the parts -------------------------------------------------------------------------------

    def _gateway(self) -> str | None:
        if self._bot.leases.standing_by:
            return STANDING_BY
        shards = connections(self._bot)
        away = [str(shard) for shard, connected in sorted(shards.items()) if not connected]
        if not shards:
            return "not connected to Discord yet"
        return f"not connected to Discord: shard {', '.join(away)}" if away else None

    async def _store(self) -> str | None:
        if not hasattr(self._bot, "house"):
            return "not opened yet"
        try:
            await self._reading.answer()
        except (Refused, TimeoutError) as error:
            return f"cannot be read: {_why(error)}"
        try:
            await self._writing.answer()
        except (Refused, TimeoutError) as error:
            return f"cannot be written: {_why(error)}"
        return None

    def _stuck(self) -> str | None:
        taken = self._writer("writing_for")
        return f"a batch of votes has been under way for {taken:.0f} seconds" if taken > STUCK else None

    def _clock(self) -> datetime:
        return self._bot.house.clock() if hasattr(self._bot, "house") else discord.utils.utcnow()

    async def _read(self) -> Figures:
        house = self._bot.house
        async with house.db.read() as tx:
            return await figures(tx, house.clock())

    async def _write(self) -> None:
        # To begin a transaction takes the write lock, which is what a click needs; it changes nothing.
        async with self._bot.house.db.write():
            pass

    def _writer(self, figure: str) -> float:
        return float(getattr(self._bot.house.writer, figure)) if hasattr(self._bot, "house") else 0.0

    def _arrived(self, interaction: discord.Interaction[Any]) -> None:
        if (kind := self._kind(interaction)) is not None:
            self._metrics.arrived(interaction.id, kind)

    def _kind(self, interaction: discord.Interaction[Any]) -> Kind | None:
        match interaction.type:
            case discord.InteractionType.application_command:
                return "command"
            case discord.InteractionType.component:
                return "vote" if self._bot.router.is_hot(interaction) else "control"
            case discord.InteractionType.modal_submit:
                return "control"
            case _:
                return None  # what is offered while somebody types


def connections(bot: Rapporteur) -> dict[int, bool]:
    """Whether people can reach each shard of this process; none are known before the store is open."""
    if not hasattr(bot, "house"):
        return {}
    up = bot.house.ballots.outages.up
    return {shard: shard in up for shard in bot.house.serving.shards.ids}


def _why(error: Refused | TimeoutError) -> str:
    return str(error) if isinstance(error, Refused) else f"no answer within {PATIENCE:.0f} seconds"


def _told(parts: Mapping[str, str | None]) -> web.Response:
    wrong = any(said not in (None, STANDING_BY) for said in parts.values())
    told = {"status": "failing" if wrong else "ok"} | {part: said or "ok" for part, said in parts.items()}
    return web.json_response(told, status=503 if wrong else 200)


@asynccontextmanager
async def watched(bot: Rapporteur, metrics: Metrics) -> AsyncIterator[None]:
    """Let `bot` be watched meanwhile, at the port of its settings.

    Raises:
        SettingsError: the port cannot be used.
    """
    watching = Watching(bot, metrics, bot.settings.watch.port)
    await watching.start()
    try:
        yield
    finally:
        await watching.stop()
