"""A stand-in for Discord that also says what is in its server, for whoever looks from outside."""

from __future__ import annotations

from typing import Any

import orjson

from benchmarks.wire import payloads
from benchmarks.wire.http import Answer, Answered, Proceed, Request
from benchmarks.wire.limits import JSON
from benchmarks.wire.payloads import Json
from benchmarks.wire.standin import StandIn
from bot.permissions import INVITE, OPTIONAL

EVERYTHING = INVITE | OPTIONAL


class Discord(StandIn):
    """A stand-in that also says what is in its server."""

    def __init__(self, commands: list[Json]) -> None:
        super().__init__()
        self.guild: Json = {**payloads.guild(), "name": "Rome \u202e\x1b[31mseminar"}
        self.guild["roles"][0]["permissions"] = str(EVERYTHING.value)
        self.channels = [payloads.channel()]
        self.application = payloads.application()
        self.commands = commands
        self.present = True
        self.changed: list[str] = []  # what was asked for other than to know
        self.troubles.append(self._says)

    async def _says(self, request: Request, proceed: Proceed) -> Answered:
        me = {**payloads.member(0), "user": payloads.bot_user(), "roles": []}
        if request.method != "GET":
            self.changed.append(request.path)
            return await proceed(request)
        match request.parts[1:]:
            case ["users", "@me", "guilds"]:
                said: Any = [self.guild] if self.present else []
            case ["oauth2", "applications", "@me"]:
                said = self.application
            case ["guilds", _]:
                said = self.guild
            case ["guilds", _, "channels"]:
                said = self.channels
            case ["guilds", _, "members", _]:
                said = me
            case ["applications", _, "commands"]:
                said = self.commands
            case _:
                return await proceed(request)
        return Answer(200, orjson.dumps(said), JSON)

    def fails(self, answer: Answered, *at: str) -> None:
        """Answer so instead, where the path has all of `at` in it."""

        async def trouble(request: Request, proceed: Proceed) -> Answered:
            return answer if all(part in request.parts for part in at) else await proceed(request)

        self.troubles.insert(0, trouble)
