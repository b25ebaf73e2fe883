"""The stand-in for Discord, with a bot of discord.py's own on it in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import orjson
import pytest
from discord.gateway import DiscordWebSocket
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from benchmarks.sides.common import point_at, vote_ids
from benchmarks.wire import limits, payloads
from benchmarks.wire.http import Answer, Answered, Proceed, Request
from benchmarks.wire.standin import StandIn, serving
from benchmarks.wire.websocket import Socket

pytestmark = pytest.mark.thorough

EDITED = f"/channels/{payloads.CHANNEL}/messages/{payloads.CARD}"


class Listening(discord.Client):
    """A bot that answers clicks, and notes what it is told of the connection."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.clicked: list[str] = []
        self.resumed = asyncio.Event()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        self.clicked.append(str((interaction.data or {})["custom_id"]))
        await interaction.response.send_message("Your vote is recorded.", ephemeral=True)

    async def on_resumed(self) -> None:
        self.resumed.set()


@asynccontextmanager
async def connected(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listening]:
    """A bot of discord.py's, connected to the stand-in in this very process."""
    for owner, name in ((discord.http.Route, "BASE"), (DiscordWebSocket, "DEFAULT_GATEWAY")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back afterwards
    # A simulated Discord of an earlier test may have left its own way to answer in this process.
    own_answers = async_context.set(AsyncWebhookAdapter())
    async with serving(stand_in) as port, Listening() as bot:
        point_at(port)
        await bot.login("a.b.c")
        connecting = asyncio.create_task(bot.connect())
        async with asyncio.timeout(10):
            await bot.wait_until_ready()
        yield bot
        await bot.close()
        connecting.cancel()
    async_context.reset(own_answers)


def clicks(count: int, **order: Any) -> dict[str, Any]:
    """An order: so many people click, one after the other."""
    ids = vote_ids(1)
    asks = [{"kind": "click", "who": who, "id": ids[who % len(ids)], "on": 0} for who in range(count)]
    return {"asks": asks, "cards": [{"ids": ids}], "patience": 10.0, **order}


async def test_discord_py_reads_the_compressed_stream_and_resumes_with_what_it_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It asks for zlib-stream and gets it; whatever is told while it is away comes when it is back."""
    stand_in = StandIn()
    addresses: list[str] = []
    connect = stand_in.gateway.connect

    def noted(request: Request) -> Answered:
        addresses.append(request.query)
        return connect(request)

    monkeypatch.setattr(type(stand_in.gateway), "connect", lambda _, request: noted(request))
    async with connected(stand_in, monkeypatch) as bot:
        assert "compress=zlib-stream" in addresses[0]
        told = await stand_in.controls.fire(clicks(50))
        assert all(told["recorded"]) and len(bot.clicked) == 50
        whole = len(orjson.dumps(payloads.click(1, 1, vote_ids(1)[0], payloads.card(vote_ids(1)))))
        assert 0 < told["bytes"] < 50 * whole / 4
        for code in (None, 4000):
            before = len(bot.clicked)
            bot.resumed.clear()
            assert stand_in.gateway.drop(code) == 1
            told = await stand_in.controls.fire(clicks(20))
            assert bot.resumed.is_set()
            assert all(told["recorded"]) and len(bot.clicked) == before + 20
        assert stand_in.gateway.counts["resumed"] == 2
        assert stand_in.gateway.counts["beats"] >= 3  # one at each beginning


async def test_too_many_edits_are_refused_with_headers_and_made_when_the_time_has_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Five in five seconds a channel; the sixth gets 429 and waits; answers to clicks wait for nothing."""
    monkeypatch.setattr(limits, "EDITS", (5, 0.5))
    stand_in = StandIn()
    seen: list[Answer] = []

    async def look(request: Request, proceed: Proceed) -> Answered:
        answer = await proceed(request)
        if isinstance(answer, Answer) and request.method == "PATCH":
            seen.append(answer)
        return answer

    stand_in.troubles.append(look)
    async with connected(stand_in, monkeypatch) as bot:
        stand_in.rest.limits.spend("PATCH", f"/api{EDITED}", 5)  # by somebody else
        message = bot.get_partial_messageable(payloads.CHANNEL).get_partial_message(payloads.CARD)
        editing = asyncio.create_task(message.edit(content="anew"))
        told = await stand_in.controls.fire(clicks(20))
        assert all(told["recorded"])
        async with asyncio.timeout(10):
            await editing
        assert [answer.status for answer in seen] == [429, 200]
        assert orjson.loads(seen[0].body)["retry_after"] <= 0.5
        for answer in seen:
            assert b"X-RateLimit-Bucket: " in answer.headers and b"X-RateLimit-Limit: 5" in answer.headers
        assert b"X-RateLimit-Remaining: 0" in seen[0].headers
        assert b"X-RateLimit-Remaining: 4" in seen[1].headers
        assert stand_in.rest.messages[payloads.CARD]["content"] == "anew"
        assert sum(stand_in.rest.limits.refused.values()) == 1


async def test_a_paced_load_is_paced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four hundred a second for half a second take that long, and each is measured from when it was due."""
    stand_in = StandIn()
    async with connected(stand_in, monkeypatch) as bot:
        told = await stand_in.controls.fire(clicks(200, rate=400.0))
        assert len(bot.clicked) == 200
        assert 0.49 <= told["sent"] < 5.0
        assert all(took > 0.0 for took in told["answered"])
        kept = await stand_in.controls.keep(
            {"ids": vote_ids(1), "people": 7, "votes": 100, "at_once": 8, "late": 3.0}
        )
        assert (kept["answered"], kept["late"]) == (100, 0)
        assert len(bot.clicked) == 300


async def test_what_troubles_the_way_reaches_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection cut without an answer, an answer in place of Discord's; all is well when they go."""
    stand_in = StandIn()
    async with connected(stand_in, monkeypatch) as bot:

        async def cut(request: Request, proceed: Proceed) -> Answered:
            return None

        async def refuse(request: Request, proceed: Proceed) -> Answered:
            return Answer(404, b"{}", limits.JSON)

        stand_in.troubles.append(cut)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await bot.fetch_channel(payloads.CHANNEL)
        stand_in.troubles[:] = [refuse]
        with pytest.raises(discord.NotFound):
            await bot.fetch_channel(payloads.CHANNEL)
        stand_in.troubles.clear()
        assert await bot.fetch_channel(payloads.CHANNEL)


def test_a_frame_is_read_back_at_every_length() -> None:
    """Lengths of one, two and eight bytes; and a frame that has not all come yet waits for its rest."""
    said: list[bytes] = []

    class Line(asyncio.Transport):
        def write(self, data: Any) -> None:
            raise AssertionError("nothing is sent here")

    socket = Socket(Line(), False, lambda _, message: said.append(message), lambda _: None)
    for length in (0, 125, 126, 65_535, 65_536):
        message = bytes(range(256)) * (length // 256 + 1)
        message = message[:length]
        plain = socket.frame(message)
        mask, begin = b"\x01\x02\x03\x04", len(plain) - length
        hidden = bytes(byte ^ mask[place % 4] for place, byte in enumerate(message))
        masked = plain[:1] + bytes((plain[1] | 0x80,)) + plain[2:begin] + mask + hidden
        for part in (masked[:5], masked[5:]):
            socket.data_received(part)
        assert said.pop() == message
