"""Rapporteur itself, started as `rapporteur run` starts it, on a prepared store.

After the port and the folder: `--fast` switches the fast path on, `--no-cooldowns` lets one person be faster
than people are, and `--store URL` is for a store that is not in the folder.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import discord

from benchmarks import shapes
from benchmarks.sides.common import end, memory, point_at
from benchmarks.stores import rows
from benchmarks.wire import payloads
from benchmarks.wire.standin import LIFETIME, until_stdin_ends
from bot import running
from bot.client import Rapporteur, create_bot
from bot.house import House, open_house
from bot.i18n import Catalogues
from bot.settings import Discord, SecrecySettings, Settings, Storage
from seminar.model import Actor, Role
from services.keys import KeyStore
from services.voting.ballot_views import BallotRequest

KEYS = "keys"
FACILITATOR = Actor(
    guild_id=payloads.GUILD,
    user_id=payloads.user_id(0),
    name="Expert 0",
    roles=frozenset({Role.FACILITATOR, Role.ORGANISER}),
)


def has_fast_path() -> bool:
    """Whether this Rapporteur has one to be measured."""
    return find_spec("bot.fast_path") is not None and "fast_path" in Discord.model_fields


def settings(folder: Path, url: str | None = None, *, fast: bool = False, cooldowns: bool = True) -> Settings:
    """Settings for the store of `folder`, or the one at `url`, with a token that opens nothing."""
    given: dict[str, Any] = {"token": "a.b.c", "cooldowns": cooldowns, "shard_count": 1}
    if fast:
        given["fast_path"] = True
    return Settings(
        discord=Discord.model_validate(given),
        storage=Storage(url=url or shapes.store_url(folder)),
        secrecy=SecrecySettings(key_dir=folder / KEYS),
    )


def prepare(
    folder: Path,
    references: list[str],
    method: str = "support",
    *,
    importance: bool = False,
    url: str | None = None,
) -> int:
    """Open a secret ballot on `references` in the store of `folder`, or the one at `url`; its id."""
    request = BallotRequest(
        method,
        references=", ".join(references),
        closes_in="1d",
        importance=importance or None,
        channel_id=payloads.CHANNEL,
    )
    return asyncio.run(_prepare(folder, request, url))


async def _prepare(folder: Path, request: BallotRequest, url: str | None) -> int:
    async with house_of(folder, url) as house:
        prepared = await house.ballots.prepare(FACILITATOR, request)
        return (await house.ballots.open(FACILITATOR, prepared.id)).id


@asynccontextmanager
async def house_of(folder: Path, url: str | None = None) -> AsyncIterator[House]:
    """Every service over the store of `folder`, or the one at `url`, without a bot."""
    house = await open_house(settings(folder, url), discord.utils.utcnow, Catalogues.load())
    try:
        yield house
    finally:
        await house.close()


def stored(folder: Path, url: str | None = None, ballot: int | None = None) -> set[tuple[int, int, str]]:
    """Who has voted what in an open ballot (None: the first): person's number, position, choice."""
    return {
        (user - payloads.FIRST_USER, position, choice)
        for user, position, choice in _votes(folder, url or shapes.store_url(folder), ballot)
    }


def _votes(folder: Path, url: str, ballot: int | None) -> list[tuple[int, int, str]]:
    found = rows(url, "SELECT id, key_id FROM ballots WHERE status = 'open' ORDER BY id")
    keys = dict(found)
    if ballot is None:
        ballot = found[0][0]
    votes = rows(url, f"SELECT voter, position, choice FROM votes WHERE ballot_id = {int(ballot)}")
    people = dict(rows(url, "SELECT id, user_id FROM people"))
    marks = KeyStore(folder / KEYS).marks(keys[ballot], people)
    users = {mark: people[person] for person, mark in marks.items()}
    return [(users[voter], position, choice) for voter, position, choice in votes]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--no-cooldowns", action="store_true")
    parser.add_argument("--store")
    given = parser.parse_args()
    point_at(given.port)
    made = settings(given.folder, given.store, fast=given.fast, cooldowns=not given.no_cooldowns)

    def create_and_tell(*arguments: Any, **options: Any) -> Rapporteur:
        bot = create_bot(*arguments, **options)
        _tell(bot)
        return bot

    # It is the program's own way to start that is measured: all that is added is a word when it is ready.
    vars(running)["create_bot"] = create_and_tell
    running.run_here(made)
    end()


def _tell(bot: Rapporteur) -> None:
    # discord.py waits two seconds for more servers after the first; the same for every side, and not ours.
    bot._connection.guild_ready_timeout = 0.05
    ending: list[asyncio.Task[None]] = []

    async def end_with_stdin() -> None:
        await until_stdin_ends(LIFETIME)
        os.kill(os.getpid(), signal.SIGTERM)

    async def ready() -> None:
        bot.remove_listener(ready, "on_ready")
        fast = getattr(bot, "fast_path", None) is not None
        print(json.dumps({"memory": memory(), "fast": fast}), flush=True)
        ending.append(asyncio.create_task(end_with_stdin()))

    bot.add_listener(ready, "on_ready")


if __name__ == "__main__":
    main()
