"""The server's end of a WebSocket (RFC 6455), with Discord's transport compression inside it.

Discord compresses all that it sends over one connection as one zlib stream, flushed after every message;
discord.py asks for it in the address it connects to (`compress=zlib-stream`). Discord does not use the
compression that is part of WebSocket itself, and neither does this.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import parse_qs

from benchmarks.wire.http import Answer, Request, Upgrade

_SALT: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10
ZLIB_STREAM: Final = "zlib-stream"
LEVEL: Final = 6  # of zlib; what Discord takes is not known


class Socket(asyncio.Protocol):
    """One connection: `said` gets every message that comes in, `gone` is called when it has ended."""

    __slots__ = ("_buffer", "_packer", "_transport", "bytes_sent", "gone", "said")

    def __init__(
        self,
        transport: asyncio.Transport,
        compress: bool,
        said: Callable[[Socket, bytes], None],
        gone: Callable[[Socket], None],
    ) -> None:
        self._transport = transport
        self._packer = zlib.compressobj(LEVEL) if compress else None
        self._buffer = b""
        self.said = said
        self.gone = gone
        self.bytes_sent = 0

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    def frame(self, message: bytes) -> bytes:
        """The message as it goes over the wire. Frames must be sent in the order they were made in."""
        if self._packer is None:
            return _framed(_TEXT, message)
        return _framed(_BINARY, self._packer.compress(message) + self._packer.flush(zlib.Z_SYNC_FLUSH))

    def send(self, message: bytes) -> None:
        self.send_frames((self.frame(message),))

    def send_frames(self, frames: Iterable[bytes]) -> None:
        """Send what `frame` made."""
        if self.is_open:
            data = b"".join(frames)
            self.bytes_sent += len(data)
            self._transport.write(data)

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye with a code and end the connection."""
        if self.is_open:
            self._transport.write(_framed(_CLOSE, struct.pack("!H", code) + reason.encode()))
            self._transport.close()

    def cut(self) -> None:
        """End the connection without a word, as a broken line would."""
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (taken := _unframed(self._buffer)) is not None:
            kind, message, self._buffer = taken
            if kind in (_TEXT, _BINARY):
                self.said(self, message)
            elif kind == _PING:
                self._transport.write(_framed(_PONG, message))
            elif kind == _CLOSE:
                self._transport.write(_framed(_CLOSE, message[:2]))
                self._transport.close()


def accept(
    request: Request,
    said: Callable[[Socket, bytes], None],
    opened: Callable[[Socket], Callable[[Socket], None]],
) -> Upgrade | Answer:
    """Take a client's handshake. `opened` gets the socket, and gives what is to be called at its end."""
    key = request.header("Sec-WebSocket-Key").encode()
    asked = parse_qs(request.query).get("compress", [""])[0]
    if not key or asked not in ("", ZLIB_STREAM):
        return Answer(400, b"this gateway speaks plain or zlib-stream")
    token = base64.b64encode(hashlib.sha1(key + _SALT).digest())

    def take(transport: asyncio.Transport) -> asyncio.Protocol:
        socket = Socket(transport, asked == ZLIB_STREAM, said, lambda _: None)
        # After the handshake is out, and before anything that the client may say.
        socket.gone = opened(socket)
        return socket

    return Upgrade(
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + token + b"\r\n", take
    )


def _framed(kind: int, message: bytes) -> bytes:
    length = len(message)
    if length < 126:
        return struct.pack("!BB", 0x80 | kind, length) + message
    if length < 1 << 16:
        return struct.pack("!BBH", 0x80 | kind, 126, length) + message
    return struct.pack("!BBQ", 0x80 | kind, 127, length) + message


def _unframed(data: bytes) -> tuple[int, bytes, bytes] | None:
    """Kind and content of the first frame, and the rest; None: it is not whole yet. Clients mask theirs."""
    if len(data) < 6:
        return None
    kind, length, at = data[0] & 0x0F, data[1] & 0x7F, 2
    if length == 126:
        length, at = struct.unpack_from("!H", data, 2)[0], 4
    elif length == 127:
        if len(data) < 10:
            return None
        length, at = struct.unpack_from("!Q", data, 2)[0], 10
    begin = at + 4
    if len(data) < begin + length:
        return None
    mask = data[at:begin] * (length // 4 + 1)
    hidden = data[begin : begin + length]
    plain = int.from_bytes(hidden) ^ int.from_bytes(mask[:length])
    return kind, plain.to_bytes(length), data[begin + length :]
