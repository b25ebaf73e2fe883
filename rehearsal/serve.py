"""After the play: local pages where one walks into the seminar as anybody in it.

One address holds everything. The start page lists people and rooms; a room is
simcord's own chat page, passed through from its loopback server with a bar on
top that leads back and switches person or room. simcord shows one room at a
time, so opening another moves everybody there, and a page left behind says so.
Real time passing moves the rehearsal's clock; it and the clicks take turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp
import simcord
from aiohttp import web
from rich.console import Console

from rehearsal import pages
from rehearsal.rooms import Room, Rooms
from rehearsal.step import RehearsalFailed
from rehearsal.world import World
from seminar.words import t

USUAL_PORT = 8014
ANY_DAY = date(2025, 1, 15)
"""The day on which an initiative without events is rehearsed."""
_NEIGHBOURS = 20
_TICK = 1.0  # seconds between two looks at the clock and at what changed
_HOST = "127.0.0.1"
_HERE = Path(__file__).parent
_OWN_FILES = {
    "/rehearsal/start.css": "text/css",
    "/rehearsal/chat.css": "text/css",
    "/rehearsal/chat.js": "text/javascript",
}
_START_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
)
_TOKEN = "X-Simcord-Capability"
_PASSED_ON = ("Content-Type", "X-Simcord-Context", "Accept")
_PASSED_BACK_NOT = frozenset(
    {"transfer-encoding", "content-length", "connection", "date", "server", "content-encoding"}
)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Doors:
    """Where the chat is opened: `port` 0 stands for the usual one, or the next that is free."""

    port: int

    def check(self) -> None:
        """Find out before the play, and not after it, that a wanted port is taken.

        Raises:
            RehearsalFailed: it is.
        """
        try:
            socket.create_server((_HOST, self.port)).close()
        except (OSError, OverflowError):
            raise self._taken() from None

    def _taken(self) -> RehearsalFailed:
        return RehearsalFailed(0, t("Port {port} is taken; choose another with --port.", port=self.port))

    async def open(self, world: World, console: Console) -> None:
        """Serve until SIGINT or SIGTERM.

        Raises:
            RehearsalFailed: no port is free.
        """
        stopped = asyncio.Event()
        with _ended_by_signals(stopped):
            async with aiohttp.ClientSession() as client:
                site = Site(world, client)
                runner = web.AppRunner(site.app, access_log=None, shutdown_timeout=1.0)
                await runner.setup()
                try:
                    address = f"http://{_HOST}:{await self._bind(runner, site)}/"
                    console.print(
                        str(t("Walk in at {address} (Ctrl-C ends it).", address=address)), markup=False
                    )
                    _show(address)
                    await site.tend(stopped)
                finally:
                    await site.rooms.leave()
                    await runner.cleanup()

    async def _bind(self, runner: web.AppRunner, site: Site) -> int:
        wanted = [self.port] if self.port else [*range(USUAL_PORT, USUAL_PORT + _NEIGHBOURS), 0]
        for port in wanted:
            with contextlib.suppress(OSError):
                await web.TCPSite(runner, _HOST, port).start()
                site.port = int(runner.addresses[-1][1])
                return site.port
        raise self._taken()


@contextlib.contextmanager
def _ended_by_signals(stopped: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _show(address: str) -> None:
    """Open a browser where there is a screen; the address printed is enough everywhere else."""
    on_screen = (
        sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if on_screen and sys.stderr.isatty():
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(address)


class Site:
    """The pages over one world."""

    def __init__(self, world: World, client: aiohttp.ClientSession) -> None:
        self.world = world
        self.rooms = Rooms(world)
        self.port = 0
        self._client = client
        self._turn = asyncio.Lock()
        self.app = web.Application(middlewares=[self._guard], client_max_size=32 * 1024 * 1024)
        self.app.router.add_get("/", self._start)
        self.app.router.add_get("/chat", self._enter)
        self.app.router.add_get("/room", self._room)
        self.app.router.add_get("/rehearsal/here", self._here)
        self.app.router.add_get("/favicon.ico", self._no_icon)
        for path in _OWN_FILES:
            self.app.router.add_get(path, self._own_file)
        self.app.router.add_route("*", "/{rest:.+}", self._pass)

    async def tend(self, stopped: asyncio.Event) -> None:
        """Let the rehearsal's time pass with the wall clock's, and show what changed, until `stopped`."""
        loop = asyncio.get_running_loop()
        before = loop.time()
        while not stopped.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), _TICK)
            async with self._turn:
                now = loop.time()
                elapsed, before = now - before, now
                with contextlib.suppress(TimeoutError):  # a bot that is busy is caught up with next time
                    await self.world.simulation.advance(elapsed)
                    await self.rooms.show_changes()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Only pages of this address may ask: another site in the same browser may not."""
        if request.host not in (f"{_HOST}:{self.port}", f"localhost:{self.port}"):
            raise web.HTTPForbidden(text=str(t("This address is not served here.")))
        origin = request.headers.get("Origin")
        if origin is not None and origin not in (
            f"http://{_HOST}:{self.port}",
            f"http://localhost:{self.port}",
        ):
            raise web.HTTPForbidden(text=str(t("This page may only be used from itself.")))
        try:
            return await handler(request)
        except (aiohttp.ClientError, LookupError, simcord.SetupError) as error:
            # The room was left or is just being changed: pages start again, scripts ask again.
            if request.path.startswith("/api/") or request.path == "/":
                raise web.HTTPServiceUnavailable from error
            raise web.HTTPSeeOther("/") from error

    async def _start(self, request: web.Request) -> web.Response:
        body = pages.start_page(self.world, self.rooms.listed(), request.query.get("in"))
        return web.Response(
            text=body,
            content_type="text/html",
            headers={"Content-Security-Policy": _START_POLICY, "Cache-Control": "no-store"},
        )

    async def _enter(self, request: web.Request) -> web.Response:
        """Go into a room as somebody: make it the open one, then to its page."""
        async with self._turn:
            room = await self.rooms.enter(request.query.get("as"), request.query.get("in"))
        if room is None:
            raise web.HTTPSeeOther("/")
        raise web.HTTPSeeOther(f"/room?as={room.person.actor.id}&in={room.key}#{room.token}")

    async def _room(self, request: web.Request) -> web.Response:
        room = self.rooms.current(request.query.get("as"), request.query.get("in"))
        if room is None:  # a page opened again later, or left behind: the room is opened anew
            raise web.HTTPSeeOther(f"/chat?{request.query_string}")
        status, headers, body = await self._ask("GET", "/", room, None, {})
        if status != 200:
            raise web.HTTPSeeOther("/")
        page = pages.chat_page(body.decode("utf-8"), self.world, self.rooms.listed(), room)
        headers["Content-Type"] = "text/html; charset=utf-8"
        return web.Response(body=page.encode(), headers=headers)

    async def _here(self, request: web.Request) -> web.Response:
        """What the bar on top asks now and then: is this page still in the open room, and what time is it?"""
        live = self.rooms.holder(request.query.get("token", "")) is not None
        return web.json_response(
            {"live": live, "clock": pages.clock(self.world)}, headers={"Cache-Control": "no-store"}
        )

    async def _no_icon(self, request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _own_file(self, request: web.Request) -> web.Response:
        name = Path(request.path).name
        text = await asyncio.to_thread((_HERE / name).read_text, "utf-8")
        return web.Response(
            text=text, content_type=_OWN_FILES[request.path], headers={"Cache-Control": "no-store"}
        )

    async def _pass(self, request: web.Request) -> web.Response:
        """Hand a request of the chat page to simcord's server, as the person the page belongs to."""
        room = self.rooms.holder(request.headers.get(_TOKEN, ""))
        if room is None:
            if request.path.startswith("/api/") or self.rooms.open_room is None:
                raise web.HTTPUnauthorized
            room = self.rooms.open_room  # scripts and fonts are the same for everybody
        body = await request.read()
        if request.path == "/api/pages" and request.method == "POST":
            body = pages.opening(room)
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        if request.path == "/api/action":
            async with self._turn:
                status, back, answer = await self._ask(request.method, request.path_qs, room, body, headers)
        else:
            status, back, answer = await self._ask(request.method, request.path_qs, room, body, headers)
        return web.Response(status=status, body=answer, headers=back)

    async def _ask(
        self, method: str, path: str, room: Room, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        address, capability = self.rooms.upstream()
        asked = {**headers, _TOKEN: capability} if path.startswith("/api/") else headers
        async with self._client.request(method, address + path, data=body, headers=asked) as answer:
            kept = {k: v for k, v in answer.headers.items() if k.lower() not in _PASSED_BACK_NOT}
            return answer.status, kept, await answer.read()
