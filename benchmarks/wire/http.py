"""As much of HTTP/1.1 as discord.py speaks, in one small protocol: a general server costs more than a bot.

Every request is read whole, handed to one function, and answered, at once or after a while. A connection is
kept; of a request that asks to be upgraded, the connection goes to whoever answers it with `Upgrade`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, cast

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}


@dataclass(slots=True)
class Request:
    """One request, read whole; `path` is without the query, `head` is as it came."""

    method: str
    path: str
    query: str
    head: bytes
    body: bytes
    _parts: list[str] | None = None

    @property
    def parts(self) -> list[str]:
        """The path by its slashes, without the first."""
        if self._parts is None:
            self._parts = self.path[1:].split("/")
        return self._parts

    def header(self, name: str) -> str:
        """A header's value, empty where it is not there."""
        found = re.search(rb"\r\n" + re.escape(name.encode()) + rb": *([^\r]*)", self.head, re.IGNORECASE)
        return found[1].decode("latin-1") if found else ""

    @property
    def is_json(self) -> bool:
        return b"application/json" in self.head


@dataclass(slots=True)
class Answer:
    """What comes back: `headers` as lines that end in CRLF; sent `after` so many seconds. Where it is to be
    `cut`, the connection ends in the middle of it.
    """

    status: int = 200
    body: bytes = b""
    headers: bytes = b""
    after: float = 0.0
    cut: bool = False

    def encoded(self) -> bytes:
        return b"HTTP/1.1 %d %s\r\n%sContent-Length: %d\r\n\r\n%s" % (
            self.status,
            _REASONS.get(self.status, "Odd").encode(),
            self.headers,
            len(self.body),
            self.body,
        )


@dataclass(slots=True)
class Upgrade:
    """The connection goes on as something else: `headers` finish the handshake, `take` gets it."""

    headers: bytes
    take: Callable[[asyncio.Transport], asyncio.Protocol]


# None: the connection is cut without a word.
Answered = Answer | Upgrade | None
Handler = Callable[[Request], "Answered | Coroutine[Any, Any, Answered]"]
Proceed = Callable[[Request], Awaitable[Answered]]
Trouble = Callable[[Request, Proceed], Awaitable[Answered]]
"""Comes before the answer: may wait, answer in its place, change it, or cut the connection (None)."""


@dataclass(slots=True)
class Server:
    """Hands every request to `handler`."""

    handler: Handler
    connections: set[Connection] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> int:
        """Listen on 127.0.0.1; the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), "127.0.0.1", port, backlog=4096)
        address: tuple[str, int] = self._server.sockets[0].getsockname()
        return address[1]

    def stop(self) -> None:
        """Listen no more and cut every connection."""
        if self._server is not None:
            self._server.close()
        for connection in tuple(self.connections):
            connection.cut()


async def troubled(troubles: Sequence[Trouble], handler: Handler, request: Request) -> Answered:
    """What `handler` says, with `troubles` on the way to it."""

    async def plainly(request: Request) -> Answered:
        answer = handler(request)
        return await answer if isinstance(answer, Coroutine) else answer

    proceed: Proceed = plainly
    for trouble in reversed(troubles):
        proceed = _through(trouble, proceed)
    return await proceed(request)


def _through(trouble: Trouble, proceed: Proceed) -> Proceed:
    return lambda request: trouble(request, proceed)


class Connection(asyncio.Protocol):
    """One connection of a client: one request after the other."""

    __slots__ = ("_buffer", "_server", "_tasks", "_transport")

    def __init__(self, server: Server) -> None:
        self._server = server
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._server.connections.discard(self)

    def cut(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        while self._buffer and (taken := self._take()) is not None:
            request, self._buffer = taken
            answer = self._server.handler(request)
            if isinstance(answer, Coroutine):
                task = asyncio.get_running_loop().create_task(self._wait(answer))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            else:
                self._send(answer)

    async def _wait(self, answer: Coroutine[Any, Any, Answered]) -> None:
        self._send(await answer)

    def _send(self, answer: Answered) -> None:
        if self._transport is None:
            return
        if answer is None:
            self._transport.abort()
        elif isinstance(answer, Upgrade):
            self._server.connections.discard(self)
            self._transport.write(b"HTTP/1.1 101 Switching Protocols\r\n" + answer.headers + b"\r\n")
            self._transport.set_protocol(answer.take(self._transport))
        elif answer.cut:
            whole = answer.encoded()
            self._transport.write(whole[: len(whole) - len(answer.body) // 2 - 1])
            self._transport.close()
        elif answer.after:
            asyncio.get_running_loop().call_later(answer.after, self._write, answer.encoded())
        else:
            self._transport.write(answer.encoded())

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _take(self) -> tuple[Request, bytes] | None:
        """The first whole request of what has come in, and the rest; None: it is not whole yet."""
        data = self._buffer
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return None
        head, begin = data[: end + 2], end + 4
        if (found := _LENGTH.search(head)) is not None:
            until = begin + int(found[1])
            if len(data) < until:
                return None
            body, rest = data[begin:until], data[until:]
        elif _CHUNKED.search(head):
            if (taken := _chunks(data, begin)) is None:
                return None
            body, rest = taken
        else:
            body, rest = b"", data[begin:]
        method, target, _ = head[: head.index(b"\r\n")].decode("latin-1").split(" ", 2)
        path, _, query = target.partition("?")
        return Request(method, path, query, head, body), rest


def _chunks(data: bytes, at: int) -> tuple[bytes, bytes] | None:
    """A chunked body that begins there, and what follows it."""
    parts: list[bytes] = []
    while (line := data.find(b"\r\n", at)) >= 0:
        size = int(data[at:line].partition(b";")[0], 16)
        begin = line + 2
        if len(data) < begin + size + 2:
            return None
        if not size:
            return b"".join(parts), data[begin + 2 :]
        parts.append(data[begin : begin + size])
        at = begin + size + 2
    return None
