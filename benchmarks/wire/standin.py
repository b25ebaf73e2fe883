"""The stand-in's server: `python -m benchmarks.wire.standin` prints its port and serves until stdin ends.

A click's clock starts when the click was due (in a burst: for all at once), not
when the socket had room for it, and stops when the bot's whole answer has been
read. Deferring is an acknowledgement, but only words are an answer: both are
measured. Everything listens on 127.0.0.1 only.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

from benchmarks.wire import payloads
from benchmarks.wire.payloads import FIRST_INTERACTION, Json

LIFETIME: Final = 900.0  # seconds; a forgotten stand-in ends by itself
ANSWERED: Final = 120.0  # seconds after which a command or a control counts as not answered
DEFERRED: Final = (5, 6)  # callback types that promise an answer
REDRAWN: Final = 7  # callback type that changes the message clicked on


@dataclass(slots=True)
class Asked:
    """One interaction sent, and what came back; moments are seconds of the monotonic clock."""

    due: float
    acknowledged: float | None = None
    answered: float | None = None
    kind: int | None = None


@dataclass(slots=True)
class StandIn:
    """Discord for one bot at a time; `round_trip` in seconds delays each REST answer."""

    round_trip: float = 0.0
    socket: web.WebSocketResponse | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    asked: dict[int, Asked] = field(default_factory=dict)
    all_answered: asyncio.Event = field(default_factory=asyncio.Event)
    open_clicks: set[int] = field(default_factory=set)
    sequence: int = 0
    numbers: int = 0
    made: int = payloads.FIRST_MADE
    other_requests: dict[str, int] = field(default_factory=dict)
    calls: dict[int, asyncio.Event] = field(default_factory=dict)  # what is asked alone, until answered
    delivered: set[int] = field(default_factory=set)  # those that were answered with a file

    # --- the gateway ---------------------------------------------------------------------------

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0, compress=False)
        await socket.prepare(request)
        self.socket = socket
        await socket.send_json({"op": 10, "s": None, "t": None, "d": {"heartbeat_interval": 41250}})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            said = json.loads(frame.data)
            if said["op"] == 1:
                await socket.send_json({"op": 11, "s": None, "t": None, "d": None})
            elif said["op"] in (2, 6):
                await self._welcome(request)
        return socket

    async def _welcome(self, request: web.Request) -> None:
        ready = {
            "v": 10,
            "user": payloads.bot_user(),
            "guilds": [{"id": str(payloads.GUILD), "unavailable": True}],
            "session_id": "session",
            "resume_gateway_url": f"ws://{request.host}/gateway",
            "session_type": "normal",
            "private_channels": [],
            "application": {"id": str(payloads.APPLICATION), "flags": 0},
        }
        await self._send("READY", ready)
        await self._send("GUILD_CREATE", payloads.guild())
        self.ready.set()

    def _frame(self, event: str, data: Json) -> str:
        self.sequence += 1
        return json.dumps({"op": 0, "s": self.sequence, "t": event, "d": data})

    async def _send(self, event: str, data: Json) -> None:
        assert self.socket is not None
        await self.socket.send_str(self._frame(event, data))

    # --- what the bot answers ------------------------------------------------------------------

    async def callback(self, request: web.Request) -> web.Response:
        body = await request.read()
        now = time.perf_counter()
        number = int(request.match_info["id"]) - FIRST_INTERACTION
        kind = _callback_kind(request, body)
        if (asked := self.asked.get(number)) is not None and asked.acknowledged is None:
            asked.acknowledged = now
            asked.kind = kind
            if kind not in DEFERRED:
                self._answered(number, now, request)
        if self.round_trip:
            await asyncio.sleep(self.round_trip)
        identifier = self._make()
        interaction = {"id": request.match_info["id"], "type": 3, "response_message_id": str(identifier)}
        # Discord sends the message back as it now is; a bot that redraws reads it all again.
        drawn = json.loads(body)["data"].get("components") if kind == REDRAWN else None
        resource = {"type": kind, "message": payloads.message(identifier, components=drawn, flags=64)}
        return as_json({"interaction": interaction, "resource": resource})

    async def webhook(self, request: web.Request) -> web.Response:
        await request.read()
        now = time.perf_counter()
        token = request.match_info["token"]
        if token.startswith("token-") and request.method in ("POST", "PATCH"):
            self._answered(int(token.removeprefix("token-")) - FIRST_INTERACTION, now, request)
        if self.round_trip:
            await asyncio.sleep(self.round_trip)
        if request.method == "DELETE":
            return web.Response(status=204)
        return as_json(payloads.message(self._make(), flags=64))

    def _answered(self, number: int, now: float, request: web.Request) -> None:
        if (asked := self.asked.get(number)) is None:
            return
        if asked.answered is None:
            asked.answered = now
        if (waiting := self.calls.get(number)) is not None:
            if request.content_type.startswith("multipart/"):
                self.delivered.add(number)
            waiting.set()
        self.open_clicks.discard(number)
        if not self.open_clicks:
            self.all_answered.set()

    # --- the rest of REST ----------------------------------------------------------------------

    def _make(self) -> int:
        self.made += 1
        return self.made

    async def me(self, request: web.Request) -> web.Response:
        return as_json(payloads.bot_user())

    async def application(self, request: web.Request) -> web.Response:
        return as_json(payloads.application())

    async def gateway_address(self, request: web.Request) -> web.Response:
        limits = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return as_json({"url": f"ws://{request.host}/gateway", "shards": 1, "session_start_limit": limits})

    async def commands(self, request: web.Request) -> web.Response:
        """Bulk overwrite: every command comes back with an id."""
        stored = []
        for given in await request.json():
            stored.append({**given, "id": str(self._make()), "application_id": str(payloads.APPLICATION)})
            stored[-1] |= {"version": "1", "description": given.get("description", "")}
        return as_json(stored)

    async def anything(self, request: web.Request) -> web.Response:
        """Messages, threads and channels: taken as sent, echoed with an id, and counted."""
        body = await request.read()
        kind = f"{request.method} {_shape(request.path)}"
        self.other_requests[kind] = self.other_requests.get(kind, 0) + 1
        if self.round_trip:
            await asyncio.sleep(self.round_trip)
        if request.method in ("PUT", "DELETE"):
            return web.Response(status=204)
        is_json = request.content_type == "application/json" and body
        given: Json = json.loads(body) if is_json else {}
        parts = request.path.strip("/").split("/")
        if "messages" in parts and "threads" not in parts:
            last = parts[-1]
            identifier = int(last) if last.isdigit() else self._make()
            sent = payloads.message(
                identifier, components=given.get("components"), flags=given.get("flags", 0)
            )
            channel_id = parts[parts.index("channels") + 1]
            return as_json({**sent, "channel_id": channel_id})
        if parts[-1] == "threads":
            return as_json(self._thread(parts[parts.index("channels") + 1], given))
        if request.method == "GET" and parts[-1] == "roles":
            return as_json(payloads.guild()["roles"])
        return as_json({**payloads.channel(), **given, "id": str(self._make())})

    def _thread(self, parent: str, given: Json) -> Json:
        identifier = self._make()
        return {
            **payloads.channel(),
            "id": str(identifier),
            "type": 11,
            "parent_id": parent,
            "name": given.get("name", "thread"),
            "owner_id": str(payloads.APPLICATION),
            "message_count": 0,
            "member_count": 1,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": payloads.JOINED,
                "locked": False,
            },
            "message": payloads.message(identifier),
        }

    # --- the controls of a measurement ---------------------------------------------------------

    async def wait_ready(self, request: web.Request) -> web.Response:
        await asyncio.wait_for(self.ready.wait(), 60)
        return as_json({"ready": True})

    async def fire(self, request: web.Request) -> web.Response:
        """Click `clicks` times and report each click's times.

        Body: `custom_ids`, the buttons on the card; `clicks`; `first_user`; `rate` in clicks a
        second, or null for a burst; `patience` in seconds; `command`, `[name, options]` of a slash
        command kept running meanwhile, or null; `ahead`, for how many seconds it runs before the clicks.
        """
        return as_json(await self._fire(await request.json()))

    async def _fire(self, order: Json) -> Json:
        custom_ids: list[str] = order["custom_ids"]
        count: int = order["clicks"]
        rate: float | None = order.get("rate")
        on = payloads.card(custom_ids)
        numbers = range(self.numbers, self.numbers + count)
        self.numbers += count
        frames = []
        for place, number in enumerate(numbers):
            button = custom_ids[place % len(custom_ids)]
            clicked = payloads.click(number, order["first_user"] + place, button, on)
            frames.append(self._frame("INTERACTION_CREATE", clicked))
        self.open_clicks = set(numbers)
        self.all_answered.clear()
        others_before = sum(self.other_requests.values())
        reporting: asyncio.Task[int] | None = None
        if order.get("command"):
            reporting = asyncio.create_task(self._keep_reporting(*order["command"]))
            # So that the report is under way when people click.
            await asyncio.sleep(order.get("ahead", 0.05))

        assert self.socket is not None
        start = time.perf_counter()
        for place, number in enumerate(numbers):
            self.asked[number] = Asked(start + (place / rate if rate else 0.0))
        for place, frame in enumerate(frames):
            if rate and (ahead := start + place / rate - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            await self.socket.send_str(frame)
        sent = time.perf_counter() - start
        try:
            await asyncio.wait_for(self.all_answered.wait(), order.get("patience", 30.0))
        except TimeoutError:
            self.all_answered.set()  # what is still open counts as unanswered
        reports = 0
        if reporting is not None:
            reports = await reporting
        asked = [self.asked[number] for number in numbers]
        return {
            "sent": sent,
            "acknowledged": [_since(one.acknowledged, one.due) for one in asked],
            "answered": [_since(one.answered, one.due) for one in asked],
            "span": max((one.answered for one in asked if one.answered), default=start) - start,
            "kinds": sorted({one.kind for one in asked if one.kind is not None}),
            "reports": reports,
            "other_requests": sum(self.other_requests.values()) - others_before,
        }

    async def _keep_reporting(self, name: str, options: dict[str, str]) -> int:
        """Call the command again and again until the clicks are done; how often a file came."""
        files = 0
        while not self.all_answered.is_set():
            took, with_file = await self._call(name, options)
            if took is None:
                break
            files += with_file
        return files

    async def call(self, request: web.Request) -> web.Response:
        """Call a slash command `times` times, one after the other: seconds to each answer, and how
        many came with a file.

        Body: `name`, `options`, `times`.
        """
        order = await request.json()
        calls = [await self._call(order["name"], order["options"]) for _ in range(order["times"])]
        return as_json({"answered": [took for took, _ in calls], "files": sum(file for _, file in calls)})

    async def press(self, request: web.Request) -> web.Response:
        """One person presses one control after the other, each when the last was answered: seconds to each.

        Body: `who`; `controls`, each `[custom_id, chosen]` with null for a button.
        """
        order = await request.json()
        times = []
        for custom_id, chosen in order["controls"]:
            on = payloads.card([custom_id])
            number = self._number()
            took, _ = await self._alone(number, payloads.click(number, order["who"], custom_id, on, chosen))
            times.append(took)
        return as_json({"answered": times})

    async def submit(self, request: web.Request) -> web.Response:
        """One person sends in one form after the other, each when the last was answered: seconds to each.

        Body: `who`; `forms`, each `[custom_id, fields]`.
        """
        order = await request.json()
        times = []
        for custom_id, fields in order["forms"]:
            number = self._number()
            sent = payloads.submission(number, order["who"], custom_id, fields)
            took, _ = await self._alone(number, sent)
            times.append(took)
        return as_json({"answered": times})

    async def _call(self, name: str, options: dict[str, str]) -> tuple[float | None, bool]:
        number = self._number()
        return await self._alone(number, payloads.command(number, 0, name, options))

    def _number(self) -> int:
        self.numbers += 1
        return self.numbers - 1

    async def _alone(self, number: int, interaction: Json) -> tuple[float | None, bool]:
        """Seconds until it was answered (None: not in `ANSWERED`), and whether a file came along."""
        asked = self.asked[number] = Asked(time.perf_counter())
        done = self.calls[number] = asyncio.Event()
        await self._send("INTERACTION_CREATE", interaction)
        try:
            await asyncio.wait_for(done.wait(), ANSWERED)
        except TimeoutError:
            return None, False
        finally:
            del self.calls[number]
        return _since(asked.answered, asked.due), number in self.delivered

    async def counts(self, request: web.Request) -> web.Response:
        return as_json(self.other_requests)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 << 20)
        add = app.router.add_route
        # The road of a click comes first: aiohttp tries dynamic routes in order.
        add("POST", "/api/interactions/{id}/{token}/callback", self.callback)
        add("*", "/api/webhooks/{app}/{token}", self.webhook)
        add("*", "/api/webhooks/{app}/{token}/{rest:.*}", self.webhook)
        add("GET", "/gateway", self.gateway)
        add("GET", "/api/users/@me", self.me)
        add("GET", "/api/oauth2/applications/@me", self.application)
        add("GET", "/api/gateway/bot", self.gateway_address)
        add("PUT", "/api/applications/{app}/commands", self.commands)
        add("PUT", "/api/applications/{app}/guilds/{guild}/commands", self.commands)
        add("GET", "/measure/ready", self.wait_ready)
        add("POST", "/measure/fire", self.fire)
        add("POST", "/measure/call", self.call)
        add("POST", "/measure/press", self.press)
        add("POST", "/measure/submit", self.submit)
        add("GET", "/measure/counts", self.counts)
        add("*", "/api/{rest:.*}", self.anything)
        return app


def as_json(value: Any) -> web.Response:
    """`value` as Discord sends it: discord.py reads JSON only where no charset is named."""
    return web.Response(body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def _since(moment: float | None, start: float) -> float | None:
    return None if moment is None else moment - start


_KIND: Final = re.compile(rb'\{"type": ?(\d+)\b')


def _callback_kind(request: web.Request, body: bytes) -> int:
    """The callback's type; a body with files carries its JSON in the first part."""
    # Mostly it stands first: reading a whole sheet for it would take time from the bot's processor.
    if (found := _KIND.match(body)) is not None:
        return int(found.group(1))
    if request.content_type == "application/json":
        return int(json.loads(body)["type"])
    begin = body.index(b"{")
    decoded, _ = json.JSONDecoder().raw_decode(body[begin : begin + 100_000].decode("utf-8", "replace"))
    return int(decoded["type"])


def _shape(path: str) -> str:
    return "/".join("*" if part.isdigit() else part for part in path.split("/"))


async def serve(round_trip: float) -> None:
    """Serve on a free port of 127.0.0.1, told on stdout, until stdin ends or `LIFETIME` is over."""
    runner = web.AppRunner(StandIn(round_trip=round_trip).app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    port: Any = runner.addresses[0][1]
    print(json.dumps({"port": port}), flush=True)
    await until_stdin_ends(LIFETIME)
    # Open sockets would make an orderly end wait; nobody is left to be polite to.
    os._exit(0)


async def until_stdin_ends(longest: float) -> None:
    """Return when whoever started this process closes its stdin or is gone, or after `longest` seconds."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def readable() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            ended.set()

    loop.add_reader(sys.stdin.fileno(), readable)
    try:
        await asyncio.wait_for(ended.wait(), longest)
    except TimeoutError:
        return


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0))
