"""What every side does alike: talk to the stand-in in place of Discord, say when ready, end by itself."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from pathlib import Path

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from benchmarks.wire.standin import LIFETIME, until_stdin_ends

# Three choices on each of five items: what a card or a sheet offers to click.
POSITIONS = 5
CHOICES = ("for", "against", "abstain")


def vote_ids(ballot_id: int) -> list[str]:
    """The custom ids of all vote buttons of a ballot with `POSITIONS` items."""
    return [f"vote:{ballot_id}:{place}:{choice}" for place in range(1, POSITIONS + 1) for choice in CHOICES]


def sheet_ids(ballot_id: int) -> list[str]:
    """The same buttons on a voter's private sheet, which is drawn again after each click."""
    return [f"sheet-{custom_id}:0" for custom_id in vote_ids(ballot_id)]


def clicked(custom_id: str) -> tuple[int, str]:
    """Position and choice of a vote button."""
    _, _, position, choice, *_ = custom_id.split(":")
    return int(position), choice


def point_at(port: int) -> None:
    """Send this process's discord.py to the stand-in on `port`; for measurements only."""
    Route.BASE = f"http://127.0.0.1:{port}/api"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/gateway")


def memory() -> int:
    """Bytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


async def run(client: discord.Client) -> None:
    """Connect `client`, say when it is ready, and stay until stdin ends."""
    # discord.py waits two seconds for more servers after the first; the same for every side, and not ours.
    client._connection.guild_ready_timeout = 0.05
    await client.login("a.b.c")
    connecting = asyncio.create_task(client.connect())
    readying = asyncio.create_task(client.wait_until_ready())
    await asyncio.wait({connecting, readying}, return_when=asyncio.FIRST_COMPLETED)
    if connecting.done():
        readying.cancel()
        connecting.result()
        return
    print(json.dumps({"memory": memory()}), flush=True)
    await until_stdin_ends(LIFETIME)
    await client.close()
    await asyncio.wait({connecting}, timeout=5)


def arguments() -> tuple[int, Path]:
    """The stand-in's port and the folder of this side's store."""
    return int(sys.argv[1]), Path(sys.argv[2])


def end() -> None:
    """Leave at once: what is measured is over."""
    sys.stdout.flush()
    os._exit(0)
