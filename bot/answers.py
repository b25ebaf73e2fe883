"""Short answers to interactions, each one small request over connections that are kept open.

What a person is told after a click is one POST to Discord's documented callback endpoint,
and nothing of what comes back is needed but its status. discord.py asks for the message that
was made, reads it and builds an object of it, on top of a general HTTP client: a third of a
click's processor time. Here the request is written as it is. Whatever is not a plain success
(a refusal, a rate limit, a fault of Discord's, a connection that breaks) is left to discord.py,
which knows how to wait and try again: `send` says how it went, and who called sends the same
answer that way. An answer that Discord took although it seemed lost is not given twice:
Discord refuses the second.
"""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias, cast
from urllib.parse import quote, urlsplit

log = logging.getLogger(__name__)

NEW_MESSAGE = 4
CHANGED_MESSAGE = 7
EPHEMERAL = 1 << 6
COMPONENTS_V2 = 1 << 15

NO_ANSWER = 0  # in place of a status: nothing came back

_WITHIN = 0.05  # seconds in which what waits should be on its way: more waiting needs more connections
_FEWEST = 8
_FIRST_ROUND_TRIP = 0.1  # seconds, until one was measured
_PATIENCE = 10.0  # seconds for a connection to come up, or an answer to come back
_KEPT = 30.0  # seconds for which an unused connection is kept; Discord closes them after minutes
_RESOLVED = 60.0  # seconds for which an address is good
_HEADERS_END = b"\r\n\r\n"
_LONGEST_HEADERS = 65_536


Done: TypeAlias = Callable[[int], None]
"""Told once how an answer went: the HTTP status, or `NO_ANSWER` where none came back."""
Watched: TypeAlias = Callable[[int, int], None]
"""Told of every answer sent: the interaction's id, and the status that came back or `NO_ANSWER`."""


@dataclass(slots=True, eq=False)
class _Request:
    interaction_id: int
    data: bytes
    done: Done
    again: bool = True


class _Line(asyncio.Protocol):
    """One connection, with one request at a time on it."""

    __slots__ = ("answers", "buffer", "request", "since", "transport")

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.transport: asyncio.Transport | None = None
        self.request: _Request | None = None
        self.buffer = b""
        self.since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by descent

    @property
    def is_open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def write(self, request: _Request, now: float) -> None:
        self.request = request
        self.since = now
        if self.transport is not None:
            self.transport.write(request.data)

    def data_received(self, data: bytes) -> None:
        if self.request is None:  # nobody asked: whatever it is, the connection is of no use
            self.close()
            return
        if self.buffer:
            data = self.buffer + data
        end = data.find(_HEADERS_END)
        if end < 0:
            self.buffer = data
            if len(data) > _LONGEST_HEADERS:
                self.close()
            return
        status, length, stays = _head(data[:end])
        if length is None:  # the status is all that is needed: the rest goes with the connection
            self._answered(status, stays=False)
        elif len(data) - end - len(_HEADERS_END) < length:
            self.buffer = data
        else:
            self._answered(status, stays and len(data) - end - len(_HEADERS_END) == length)

    def _answered(self, status: int, stays: bool) -> None:
        request, self.request, self.buffer = self.request, None, b""
        if not stays:
            self.close()
        if request is not None:
            self.answers.answered(self, request, status, stays)

    def connection_lost(self, error: Exception | None) -> None:
        self.answers.lost(self)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()


class Answers:
    """The connections to one REST interface at `base`; at most `limit` of them.

    What is sent first goes out first. There are only as many connections as the round trip and
    what waits need, since each costs a TLS handshake.
    """

    def __init__(self, base: str, limit: int, user_agent: str) -> None:
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"no address of a REST interface: {base}")
        self._host = parts.hostname
        self._secure = parts.scheme == "https"
        self._port = parts.port or (443 if self._secure else 80)
        self._path = parts.path.rstrip("/")
        self._limit = limit
        self._head = (
            f" HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: {user_agent}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )
        self._tls: ssl.SSLContext | None = None
        self._resolved: tuple[float, list[str]] = (-_RESOLVED, [])
        self._resolving = asyncio.Lock()
        self._idle: deque[_Line] = deque()
        self._busy: dict[_Line, None] = {}  # in the order in which they were written to
        self._opening: set[asyncio.Task[None]] = set()
        self._waiting: deque[_Request] = deque()
        self._round_trip = _FIRST_ROUND_TRIP
        self._sweep: asyncio.TimerHandle | None = None
        self._closed = False
        self.watched: Watched | None = None
        """Told of each answer: the interaction's id, and the status that came back (0: none)."""

    @property
    def waiting(self) -> int:
        """How many answers wait for a connection."""
        return len(self._waiting)

    def send(self, interaction_id: int, token: str, body: bytes) -> asyncio.Future[int]:
        """Answer an interaction with the JSON `body`, and get the HTTP status; `NO_ANSWER` if none came."""
        status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.put(interaction_id, token, body, lambda came: None if status.done() else status.set_result(came))
        return status

    def put(self, interaction_id: int, token: str, body: bytes, done: Done) -> None:
        """As `send`, not waited for: `done` is told how it went."""
        if self._closed:
            done(NO_ANSWER)
            return
        loop = asyncio.get_running_loop()
        head = (
            f"POST {self._path}/interactions/{interaction_id}/{quote(token, safe='-._~')}/callback"
            f"{self._head}{len(body)}\r\n\r\n"
        )
        request = _Request(interaction_id, head.encode("ascii") + body, done)
        if self._waiting or not self._write(request, loop.time()):
            self._waiting.append(request)
            self._open_more()
        if self._sweep is None:
            self._sweep = loop.call_later(1.0, self._swept)

    async def close(self) -> None:
        """Give every connection back; what still waits is not sent."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        while self._waiting:
            self._settle(self._waiting.popleft(), NO_ANSWER)
        for line in (*self._idle, *self._busy):
            line.close()
        await asyncio.sleep(0)

    def answered(self, line: _Line, request: _Request, status: int, stays: bool) -> None:
        """An answer came back on `line`."""
        now = asyncio.get_running_loop().time()
        self._busy.pop(line, None)
        # The shortest of late, for the longer ones have waited for this program itself.
        self._round_trip = min(now - line.since, self._round_trip * 1.001)
        self._settle(request, status)
        if not stays:
            self._open_more()
            return
        line.since = now
        if self._waiting:
            self._busy[line] = None
            line.write(self._waiting.popleft(), now)
        else:
            self._idle.append(line)

    def lost(self, line: _Line) -> None:
        """`line` is gone; what was asked on it may not have arrived."""
        request, line.request = line.request, None
        self._busy.pop(line, None)
        with suppress(ValueError):
            self._idle.remove(line)
        if request is not None:
            self._once_more(request)
        if self._waiting:
            self._open_more()

    def _once_more(self, request: _Request) -> None:
        # A connection that was kept may be closed from the other end at the very moment it is used.
        if request.again and not self._closed:
            request.again = False
            self._waiting.appendleft(request)
        else:
            self._settle(request, NO_ANSWER)

    def _write(self, request: _Request, now: float) -> bool:
        while self._idle:
            line = self._idle.pop()
            if not line.is_open:
                continue
            if now - line.since > _KEPT:
                line.close()
                continue
            self._busy[line] = None
            line.write(request, now)
            return True
        return False

    def _settle(self, request: _Request, status: int) -> None:
        if self.watched is not None:
            self.watched(request.interaction_id, status)
        try:
            request.done(status)
        except Exception:  # whoever fails at being told must not break the connection
            log.exception("how an answer went could not be told")

    def _open_more(self) -> None:
        if self._closed:
            return
        wanted = max(_FEWEST, math.ceil(len(self._waiting) * self._round_trip / _WITHIN))
        wanted = min(wanted, self._limit - len(self._busy) - len(self._idle), len(self._waiting))
        for _ in range(wanted - len(self._opening)):
            task = asyncio.create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        line = _Line(self)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._connect(line)
            if not line.is_open:
                raise ConnectionAbortedError
        except (OSError, TimeoutError) as error:
            log.warning("no connection to Discord for answers: %s", type(error).__name__)
            if not self._busy and not self._idle and len(self._opening) == 1:  # this was the last hope
                while self._waiting:
                    self._settle(self._waiting.popleft(), NO_ANSWER)
            return
        line.since = loop.time()
        if self._waiting:
            self._busy[line] = None
            line.write(self._waiting.popleft(), line.since)
        else:
            self._idle.append(line)

    async def _connect(self, line: _Line) -> None:
        loop = asyncio.get_running_loop()
        if self._secure and self._tls is None:
            self._tls = ssl.create_default_context()
        failure: OSError | None = None
        for address in await self._addresses():
            try:
                await loop.create_connection(
                    lambda: line,
                    address,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host if self._secure else None,
                )
                return
            except OSError as error:
                failure = error
        raise failure or OSError("no address")

    async def _addresses(self) -> list[str]:
        loop = asyncio.get_running_loop()
        async with self._resolving:
            when, found = self._resolved
            if loop.time() - when >= _RESOLVED:
                infos = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                found = list(dict.fromkeys(str(info[4][0]) for info in infos))
                self._resolved = (loop.time(), found)
            return found

    def _swept(self) -> None:
        """Give up on answers that do not come, and on connections that nobody has used for long."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._idle and now - self._idle[0].since > _KEPT:
            self._idle.popleft().close()
        for line in list(self._busy):
            if now - line.since <= _PATIENCE:
                break
            if line.request is not None:
                line.request.again = False
            line.abort()
        going_on = self._idle or self._busy or self._opening or self._waiting
        self._sweep = loop.call_later(1.0, self._swept) if going_on and not self._closed else None


def _head(head: bytes) -> tuple[int, int | None, bool]:
    """Status, length of the body (None: it is not told), and whether the connection stays."""
    if not head.startswith(b"HTTP/1.") or not head[9:12].isdigit():
        return NO_ANSWER, None, False
    status = int(head[9:12])
    lower = head.lower()
    stays = b"\r\nconnection: close" not in lower and head.startswith(b"HTTP/1.1")
    if status == 204:
        return status, 0, stays
    if status < 200:  # nothing of the kind was asked for
        return NO_ANSWER, None, False
    place = lower.find(b"\r\ncontent-length:")
    if place < 0:
        return status, None, stays
    length = lower[place + 17 :].partition(b"\r\n")[0].strip()
    return (status, int(length), stays) if length.isdigit() else (status, None, False)
