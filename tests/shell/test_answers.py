"""Answers over connections of the bot's own: in order, each once, and told truly how it went."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot import answers as module
from bot.answers import NO_ANSWER, Answers

NOTHING = b"HTTP/1.1 204 No Content\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n"
CLOSING = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
REFUSED = b'HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n{"code": 10062}'
BROKEN = b"HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"


@dataclass
class Discord:
    """A server that reads requests and answers what it is told to; None cuts the connection."""

    answer: Callable[[bytes], bytes | None] = lambda request: NOTHING
    pause: float = 0.0
    in_pieces: bool = False
    asked: list[bytes] = field(default_factory=list)
    connections: list[asyncio.StreamWriter] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                request = head + await reader.readexactly(length)
                self.asked.append(request)
                await asyncio.sleep(self.pause)
                answer = self.answer(request)
                if answer is None:
                    break
                for piece in (answer[:9], answer[9:40], answer[40:]) if self.in_pieces else (answer,):
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.001 if self.in_pieces else 0)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @property
    def order(self) -> list[int]:
        """The ids of the interactions, in the order in which answers to them came."""
        return [int(request.split(b"/")[4]) for request in self.asked]


@asynccontextmanager
async def talking(discord: Discord, limit: int = 8) -> AsyncIterator[Answers]:
    """The bot's end of connections to `discord`."""
    server = await asyncio.start_server(discord.serve, "127.0.0.1", 0)
    discord.port = server.sockets[0].getsockname()[1]
    answers = Answers(f"http://127.0.0.1:{discord.port}/api/v10", limit, "DiscordBot (test, 1)")
    try:
        yield answers
    finally:
        await answers.close()
        server.close()
        for writer in discord.connections:
            writer.close()


async def test_an_answer_is_one_small_request_at_the_documented_place() -> None:
    """Method, path, headers and body are those of Discord's reference; a token is quoted."""
    discord = Discord()
    async with talking(discord) as answers:
        assert await answers.send(42, "to/ken=", b'{"type":4}') == 204
    assert discord.asked == [
        b"POST /api/v10/interactions/42/to%2Fken%3D/callback HTTP/1.1\r\n"
        b"Host: 127.0.0.1:" + str(discord.port).encode() + b"\r\n"
        b"User-Agent: DiscordBot (test, 1)\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n"
        b'{"type":4}'
    ]


@pytest.mark.parametrize("in_pieces", [False, True])
@pytest.mark.parametrize(
    ("said", "status", "connections"),
    [(NOTHING, 204, 1), (REFUSED, 404, 1), (CLOSING, 204, 3), (BROKEN, 503, 3), (b"nonsense\r\n\r\n", 0, 3)],
)
async def test_how_it_went_is_told_and_a_whole_answer_keeps_the_connection(
    said: bytes, status: int, connections: int, in_pieces: bool
) -> None:
    """One after the other: refusals keep it too; what is not told to its end, or says so, does not."""
    discord = Discord(lambda request: said, in_pieces=in_pieces)
    told: list[tuple[int, int]] = []
    async with talking(discord) as answers:
        answers.watched = lambda number, came: told.append((number, came))
        for number in range(3):
            assert await answers.send(number, "t", b"{}") == status
            await asyncio.sleep(0.005)
    assert discord.order == [0, 1, 2]
    assert len(discord.connections) == connections
    assert told == [(0, status), (1, status), (2, status)]


async def test_a_burst_goes_out_in_order_over_few_connections() -> None:
    """More connections than allowed are never opened, and nobody overtakes anybody."""
    discord = Discord(pause=0.002)
    async with talking(discord, limit=4) as answers:
        sent = [answers.send(number, "t", b"{}") for number in range(200)]
        assert answers.waiting == 200
        assert await asyncio.gather(*sent) == [204] * 200
        assert answers.waiting == 0
    # Four connections answer four at a time, which may come to the server in any order among themselves.
    assert all(abs(number - place) < 4 for place, number in enumerate(discord.order))
    assert len(discord.connections) == 4


async def test_a_connection_that_was_closed_meanwhile_costs_no_answer() -> None:
    """It is sent once more on another; only a second loss is told as one."""
    losses = iter((NOTHING, None, NOTHING, None, None, NOTHING))
    discord = Discord(lambda request: next(losses))
    async with talking(discord) as answers:
        came = [await answers.send(number, "t", b"{}") for number in range(4)]
    assert came == [204, 204, NO_ANSWER, 204]
    assert discord.order == [0, 1, 1, 2, 2, 3]


async def test_one_who_gives_up_waiting_takes_nobody_along() -> None:
    """The answer of a handler that is cancelled is sent all the same, and the next one too."""
    discord = Discord(pause=0.01)
    async with talking(discord, limit=1) as answers:
        first, second = answers.send(1, "t", b"{}"), answers.send(2, "t", b"{}")
        await asyncio.sleep(0.005)
        first.cancel()
        assert await second == 204
    assert discord.order == [1, 2]


async def test_where_discord_does_not_listen_or_answer_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever: not for a connection, not for an answer, not at the end."""
    discord = Discord(pause=30.0)
    monkeypatch.setattr(module, "_PATIENCE", 0.5)
    async with talking(discord, limit=1) as answers:
        waited = [answers.send(number, "t", b"{}") for number in range(2)]
        assert await asyncio.wait_for(waited[0], 5) == NO_ANSWER
        last = answers.send(3, "t", b"{}")
        await answers.close()
        assert await waited[1] == await last == NO_ANSWER
        assert await answers.send(4, "t", b"{}") == NO_ANSWER
    nobody = Answers(f"http://127.0.0.1:{discord.port}", 4, "DiscordBot (test, 1)")
    assert await asyncio.gather(*(nobody.send(n, "t", b"{}") for n in range(6))) == [NO_ANSWER] * 6
    await nobody.close()


def test_an_address_that_is_none_is_refused() -> None:
    """Only the addresses of REST interfaces will do."""
    with pytest.raises(ValueError, match="no address"):
        Answers("ftp://discord.example/api", 4, "DiscordBot (test, 1)")
