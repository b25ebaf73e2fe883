"""The bare bot with the plain way to store: one INSERT and one COMMIT a click, then the answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiosqlite
import discord
from discord.ext import commands

from benchmarks.sides.common import arguments, end, point_at, run, vote_ids

STORE = "votes.db"


class VoteButton(discord.ui.Button["Votes"]):
    """Stores a click in a transaction of its own and answers it, in private."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view is not None
        assert self.custom_id is not None
        await self.view.store(interaction.user.id, self.custom_id)
        await interaction.response.send_message("Your vote is recorded.", ephemeral=True)


class Votes(discord.ui.View):
    def __init__(self, database: aiosqlite.Connection) -> None:
        super().__init__(timeout=None)
        self.database = database
        # Without it, one handler's COMMIT would carry others' rows along, by accident.
        self.lock = asyncio.Lock()
        for custom_id in vote_ids(1):
            self.add_item(VoteButton(label=custom_id, custom_id=custom_id))

    async def store(self, user_id: int, custom_id: str) -> None:
        async with self.lock:
            await self.database.execute("INSERT INTO votes VALUES (?, ?)", (user_id, custom_id))
            await self.database.commit()


class OneCommit(commands.Bot):
    def __init__(self, folder: Path) -> None:
        super().__init__(command_prefix="!", intents=discord.Intents(guilds=True))
        self.folder = folder

    async def setup_hook(self) -> None:
        database = await aiosqlite.connect(self.folder / STORE)
        await database.execute("PRAGMA journal_mode=WAL")
        await database.execute("PRAGMA synchronous=FULL")
        await database.execute("CREATE TABLE votes (user_id INTEGER, custom_id TEXT)")
        await database.commit()
        self.add_view(Votes(database))


def main() -> None:
    port, folder = arguments()
    point_at(port)
    asyncio.run(run(OneCommit(folder)))
    end()


if __name__ == "__main__":
    main()
