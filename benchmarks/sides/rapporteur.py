"""Rapporteur itself, started as `rapporteur run` starts it, on a prepared store."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord

from benchmarks import shapes
from benchmarks.sides.common import arguments, end, point_at, run
from benchmarks.wire import payloads
from bot.client import create_bot
from bot.house import House, open_house
from bot.i18n import Catalogues
from bot.settings import Discord, SecrecySettings, Settings, Storage
from bot.tuning import connector, tune
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


def settings(folder: Path) -> Settings:
    """Settings for the store of `folder`, with a token that opens nothing."""
    return Settings(
        discord=Discord.model_validate({"token": "a.b.c"}),
        storage=Storage(url=shapes.store_url(folder)),
        secrecy=SecrecySettings(key_dir=folder / KEYS),
    )


def prepare(folder: Path, references: list[str], method: str = "support", *, importance: bool = False) -> int:
    """Open a secret ballot on `references` in the store of `folder`; its id."""
    request = BallotRequest(
        method,
        references=", ".join(references),
        closes_in="1d",
        importance=importance or None,
        channel_id=payloads.CHANNEL,
    )
    return asyncio.run(_prepare(folder, request))


async def _prepare(folder: Path, request: BallotRequest) -> int:
    async with house_of(folder) as house:
        prepared = await house.ballots.prepare(FACILITATOR, request)
        return (await house.ballots.open(FACILITATOR, prepared.id)).id


@asynccontextmanager
async def house_of(folder: Path) -> AsyncIterator[House]:
    """Every service over the store of `folder`, without a bot."""
    house = await open_house(settings(folder), discord.utils.utcnow, Catalogues.load())
    try:
        yield house
    finally:
        await house.close()


def stored(folder: Path) -> set[tuple[int, int, str]]:
    """Who has voted what in the open ballot of `folder`: person's number, position, choice."""
    with sqlite3.connect(folder / "rapporteur.db") as database:
        ballot, key_id = database.execute("SELECT id, key_id FROM ballots WHERE status = 'open'").fetchone()
        votes = database.execute(
            "SELECT voter, position, choice FROM votes WHERE ballot_id = ?", (ballot,)
        ).fetchall()
        people = dict(database.execute("SELECT id, user_id FROM people").fetchall())
    marks = KeyStore(folder / KEYS).marks(key_id, people)
    numbers = {mark: people[person] - payloads.FIRST_USER for person, mark in marks.items()}
    return {(numbers[voter], position, choice) for voter, position, choice in votes}


def main() -> None:
    port, folder = arguments()
    point_at(port)
    asyncio.run(_run(folder))
    end()


async def _run(folder: Path) -> None:
    bot = create_bot(settings(folder), connector=connector())
    tune(bot)
    await run(bot)


if __name__ == "__main__":
    main()
