"""The gateway: sessions, heartbeats, and what was missed while a bot was away, sent again on RESUME.

A session outlives its socket, as with Discord: events go on being numbered and kept, and a bot that resumes
gets those it has not seen. Only the session of the shard that the server belongs to gets the server's events.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from benchmarks.wire import payloads
from benchmarks.wire.http import Answered, Request
from benchmarks.wire.payloads import Json
from benchmarks.wire.websocket import Socket, accept

HEARTBEAT: Final = 41_250  # milliseconds, as Discord asks for
KEPT: Final = 12_000  # events of a session that can be sent again
_DISPATCH, _BEAT, _IDENTIFY, _RESUME, _RECONNECT, _INVALID, _HELLO, _BEATEN = 0, 1, 2, 6, 7, 9, 10, 11


@dataclass(slots=True)
class Session:
    """What one shard of a bot has been told; `socket` is None while it is away."""

    id: str
    shard: tuple[int, int]
    socket: Socket | None = None
    sequence: int = 0
    kept: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def encode(self, event: str, data: bytes) -> bytes:
        """The next event of this session, numbered and kept; `data` is JSON."""
        self.sequence += 1
        message = b'{"t":"%s","s":%d,"op":0,"d":%s}' % (event.encode(), self.sequence, data)
        self.kept.append((self.sequence, message))
        return message

    def send(self, event: str, data: bytes) -> None:
        """Tell it now, or when it comes back."""
        message = self.encode(event, data)
        if self.socket is not None:
            self.socket.send(message)


@dataclass(slots=True)
class Gateway:
    """All sessions; unless `resumable`, RESUME is refused; unless `beating`, heartbeats are not answered."""

    sessions: dict[str, Session] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    counts: dict[str, int] = field(default_factory=dict)  # identified, resumed, refused, beats
    resumable: bool = True
    beating: bool = True
    address: str = ""  # where a bot resumes: told at READY
    _of: dict[Socket, Session] = field(default_factory=dict)

    # --- the bot's end -------------------------------------------------------------------------

    def connect(self, request: Request) -> Answered:
        """A bot comes in."""
        self.address = f"ws://{request.header('Host')}/gateway"
        return accept(request, self._said, self._opened)

    def _opened(self, socket: Socket) -> Any:
        hello = {"heartbeat_interval": HEARTBEAT}
        socket.send(orjson.dumps({"op": _HELLO, "s": None, "t": None, "d": hello}))
        return self._gone

    def _gone(self, socket: Socket) -> None:
        session = self._of.pop(socket, None)
        if session is not None and session.socket is socket:
            session.socket = None

    def _said(self, socket: Socket, message: bytes) -> None:
        said = orjson.loads(message)
        match said["op"]:
            case op if op == _BEAT:
                self._count("beats")
                if self.beating:
                    socket.send(orjson.dumps({"op": _BEATEN, "s": None, "t": None, "d": None}))
            case op if op == _IDENTIFY:
                self._identify(socket, said["d"])
            case op if op == _RESUME:
                self._resume(socket, said["d"])

    def _identify(self, socket: Socket, said: Json) -> None:
        self._count("identified")
        index, count = said.get("shard") or (0, 1)
        session = Session(f"session{len(self.sessions) + 1}", (index, count), socket)
        self.sessions[session.id] = session
        self._of[socket] = session
        serves = (payloads.GUILD >> 22) % count == index
        ready = {
            "v": 10,
            "user": payloads.bot_user(),
            "guilds": [{"id": str(payloads.GUILD), "unavailable": True}] if serves else [],
            "session_id": session.id,
            "resume_gateway_url": self.address,
            "session_type": "normal",
            "private_channels": [],
            "shard": [index, count],
            "application": {"id": str(payloads.APPLICATION), "flags": 0},
        }
        session.send("READY", orjson.dumps(ready))
        if serves:
            session.send("GUILD_CREATE", orjson.dumps(payloads.guild()))
            self.ready.set()

    def _resume(self, socket: Socket, said: Json) -> None:
        session = self.sessions.get(said["session_id"])
        seen = int(said["seq"] or 0)
        missed = [] if session is None else [message for number, message in session.kept if number > seen]
        if session is None or not self.resumable or len(missed) < session.sequence - seen:
            self._count("refused")
            socket.send(orjson.dumps({"op": _INVALID, "s": None, "t": None, "d": False}))
            return
        self._count("resumed")
        if session.socket is not None:
            session.socket.cut()
        session.socket = socket
        self._of[socket] = session
        for message in missed:
            socket.send(message)
        session.send("RESUMED", b'{"_trace":[]}')

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    # --- the stand-in's end --------------------------------------------------------------------

    @property
    def serving(self) -> Session:
        """The session that gets the server's events: the last to have come, here or away.

        Raises:
            LookupError: no bot has ever come.
        """
        for session in reversed(self.sessions.values()):
            index, count = session.shard
            if (payloads.GUILD >> 22) % count == index:
                return session
        raise LookupError("no bot has identified for the server's shard")

    def tell(self, event: str, data: bytes) -> None:
        """An event of the server, as JSON."""
        self.serving.send(event, data)

    def volley(self, event: str, all_data: Iterable[bytes]) -> Callable[[], None]:
        """Make ready to tell so many events at once; calling what comes back sends them all.

        Nothing else may be told in between: what is compressed must go out in its order.
        """
        session = self.serving
        socket = session.socket
        messages = [session.encode(event, data) for data in all_data]
        if socket is None:
            return lambda: None  # they are sent when it resumes
        frames = [socket.frame(message) for message in messages]
        return lambda: socket.send_frames(frames)

    # --- what may go wrong ---------------------------------------------------------------------

    def drop(self, code: int | None = None) -> int:
        """End every socket: with a close code, or as a broken line does (None). How many there were."""
        sockets = list(self._of)
        for socket in sockets:
            if code is None:
                socket.cut()
            else:
                socket.close(code)
        return len(sockets)

    def ask_to_reconnect(self) -> None:
        """Tell every bot to connect anew and resume, as Discord does before it takes a gateway away."""
        for socket in list(self._of):
            socket.send(orjson.dumps({"op": _RECONNECT, "s": None, "t": None, "d": None}))
