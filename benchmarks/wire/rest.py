"""Discord's REST interface, as much of it as the bots use: answers to interactions, and the rest.

What the bot sends is taken as sent and echoed with an id, as Discord does; the last state of every message of
a channel is kept, so that a measurement can see what people would.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from benchmarks.wire import limits, payloads
from benchmarks.wire.asked import DEFERRED, REDRAWN, Book
from benchmarks.wire.http import Answer, Answered, Request
from benchmarks.wire.limits import Limits
from benchmarks.wire.payloads import FIRST_INTERACTION, Json

TOKEN: Final = "token-"


@dataclass(slots=True)
class Rest:
    """One Discord; `round_trip` in seconds delays each answer."""

    book: Book
    round_trip: float = 0.0
    limits: Limits = field(default_factory=Limits)
    # Grows with time, so that a bot which comes again elsewhere finds nothing under an id it knows.
    made: int = field(default_factory=lambda: payloads.FIRST_MADE + (time.time_ns() >> 10))
    other_requests: dict[str, int] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)

    def answer(self, request: Request) -> Answered:
        """What Discord answers; every request but those of `/measure` and the gateway's comes here."""
        parts = request.parts  # the first is `api`
        match parts[1:]:
            case ["interactions", number, _token, "callback"]:
                return self._callback(request, int(number) - FIRST_INTERACTION)
            case ["webhooks", _application, token, *_]:
                return self._webhook(request, token)
        refused, headers = self.limits.take(request.method, parts)
        if refused is not None:
            refused.after = self.round_trip
            return refused
        given: Any = orjson.loads(request.body) if request.is_json and request.body else {}
        match parts[1:]:
            case ["users", "@me"]:
                said: Any = payloads.bot_user()
            case ["oauth2", "applications", "@me"]:
                said = payloads.application()
            case ["gateway", "bot"]:
                start = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                address = f"ws://{request.header('Host')}/gateway"
                said = {"url": address, "shards": 1, "session_start_limit": start}
            case ["applications", _, "commands"] | ["applications", _, "guilds", _, "commands"]:
                said = self._commands(given)
            case _:
                said = self._anything(request, given)
        if said is None:
            return Answer(204, b"", headers, self.round_trip)
        return Answer(200, orjson.dumps(said), headers, self.round_trip)

    # --- what the bot answers ------------------------------------------------------------------

    def _callback(self, request: Request, number: int) -> Answer:
        now = time.perf_counter()
        body = request.body
        given: Json = orjson.loads(body) if request.is_json else _first_json(body)
        kind: int = given["type"]
        self.book.acknowledge(number, now, kind)
        if kind not in DEFERRED:
            self.book.answer(number, now, body, file=not request.is_json)
        if "with_response=" not in request.query:
            return Answer(204, b"", limits.INTERACTION, self.round_trip)
        identifier = self._make()
        answered = {"id": request.parts[2], "type": 3, "response_message_id": str(identifier)}
        data = given.get("data") or {}
        layout = kind == REDRAWN or data.get("flags", 0) & 1 << 15
        # Discord sends the message back as it now is; a bot that redraws reads it all again.
        resource = {
            "type": kind,
            "message": payloads.message(
                identifier,
                components=data.get("components") if layout else None,
                flags=data.get("flags", 0) | 64,
                content=data.get("content") or "",
            ),
        }
        said = orjson.dumps({"interaction": answered, "resource": resource})
        return Answer(200, said, limits.INTERACTION, self.round_trip)

    def _webhook(self, request: Request, token: str) -> Answer:
        now = time.perf_counter()
        if token.startswith(TOKEN) and request.method in ("POST", "PATCH"):
            number = int(token.removeprefix(TOKEN).partition("-")[0]) - FIRST_INTERACTION
            self.book.answer(number, now, request.body, file=not request.is_json)
        if request.method == "DELETE":
            return Answer(204, b"", limits.INTERACTION, self.round_trip)
        said = orjson.dumps(payloads.message(self._make(), flags=64))
        return Answer(200, said, limits.INTERACTION, self.round_trip)

    # --- the rest of REST ----------------------------------------------------------------------

    def _make(self) -> int:
        self.made += 1
        return self.made

    def _commands(self, given: list[Json]) -> list[Json]:
        """Bulk overwrite: every command comes back with an id."""
        return [
            {
                **one,
                "id": str(self._make()),
                "application_id": str(payloads.APPLICATION),
                "version": "1",
                "description": one.get("description", ""),
            }
            for one in given
        ]

    def _anything(self, request: Request, given: Json) -> Any:
        """Messages, threads and channels: taken as sent, echoed with an id, and counted."""
        parts = request.parts
        kind = f"{request.method} {_shape(request.path)}"
        self.other_requests[kind] = self.other_requests.get(kind, 0) + 1
        if request.method in ("PUT", "DELETE"):
            return None
        if "messages" in parts and "threads" not in parts:
            return self._message(parts, given)
        if parts[-1] == "threads":
            return self._thread(parts[parts.index("channels") + 1], given)
        if request.method == "GET" and parts[-1] == "roles":
            return payloads.guild()["roles"]
        return {**payloads.channel(), **given, "id": str(self._make())}

    def _message(self, parts: list[str], given: Json) -> Json:
        last = parts[-1]
        identifier = int(last) if last.isdigit() else self._make()
        sent = payloads.message(
            identifier,
            components=given.get("components"),
            flags=given.get("flags", 0),
            content=given.get("content") or "",
        )
        sent["channel_id"] = parts[parts.index("channels") + 1]
        self.messages[identifier] = sent
        return sent

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


_KIND: Final = re.compile(rb'\{"type": ?(\d+)\b')


def _first_json(body: bytes) -> Json:
    """The JSON of a body with files, which stands in its first part."""
    # Mostly its type stands first: reading a whole sheet for it would take time from the bot's processor.
    if (found := _KIND.search(body, 0, 1000)) is not None:
        return {"type": int(found[1])}
    begin = body.index(b"{")
    decoded, _ = json.JSONDecoder().raw_decode(body[begin : begin + 100_000].decode("utf-8", "replace"))
    return {"type": int(decoded["type"])}


def _shape(path: str) -> str:
    return "/".join("*" if part.isdigit() else part for part in path.split("/"))
