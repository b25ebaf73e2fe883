"""The stand-in's server: `python -m benchmarks.wire.standin` prints its port and serves until stdin ends.

It is put together here: what was asked (`asked`), the gateway (`gateway`), REST with its limits (`rest`,
`limits`), and the orders of a measurement (`controls`), all on one port of 127.0.0.1. What is to go wrong on
the way of requests is put into `troubles`; a measurement runs without any.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

from benchmarks.wire.asked import Book
from benchmarks.wire.controls import Controls
from benchmarks.wire.gateway import Gateway
from benchmarks.wire.http import Answer, Answered, Request, Server, Trouble, troubled
from benchmarks.wire.limits import Limits
from benchmarks.wire.rest import Rest

LIFETIME: Final = 1800.0  # seconds; a forgotten stand-in ends by itself


class StandIn:
    """Discord for one server and the bot in it; `round_trip` in seconds delays each REST answer.

    Unless it is `limited`, no request is too much.
    """

    def __init__(self, round_trip: float = 0.0, *, limited: bool = True) -> None:
        self.book = Book()
        self.gateway = Gateway()
        self.rest = Rest(self.book, round_trip, Limits(on=limited))
        self.controls = Controls(self.book, self.gateway, self.rest)
        self.server = Server(self.answer)
        # What comes in the way of requests to REST, the first of them outermost.
        self.troubles: list[Trouble] = []

    def answer(self, request: Request) -> Answered | Coroutine[Any, Any, Answered]:
        """Every request comes through here."""
        match request.parts[0]:
            case "api":
                if self.troubles:
                    return troubled(self.troubles, self.rest.answer, request)
                return self.rest.answer(request)
            case "measure":
                return self.controls.answer(request)
            case "gateway":
                return self.gateway.connect(request)
        return Answer(404)


@asynccontextmanager
async def serving(discord: StandIn) -> AsyncIterator[int]:
    """The port on which the stand-in answers until the block ends."""
    port = await discord.server.start()
    try:
        yield port
    finally:
        discord.gateway.drop()
        discord.server.stop()


async def serve(round_trip: float, *, limited: bool) -> None:
    """Serve on a free port of 127.0.0.1, told on stdout, until stdin ends or `LIFETIME` is over."""
    async with serving(StandIn(round_trip, limited=limited)) as port:
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


def main() -> None:
    """Serve, on the quickest loop there is: what Discord costs must not be what is measured."""
    import uvloop

    parser = argparse.ArgumentParser()
    parser.add_argument("round_trip", type=float, nargs="?", default=0.0)
    parser.add_argument("--unlimited", action="store_true")
    given = parser.parse_args()
    gc.set_threshold(100_000, 50, 100)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(given.round_trip, limited=not given.unlimited))


if __name__ == "__main__":
    main()
