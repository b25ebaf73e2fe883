"""A bare discord.py bot: a persistent view that stores nothing and answers with a constant."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord.ext import commands

from benchmarks.sides.common import arguments, end, point_at, run, vote_ids


class VoteButton(discord.ui.Button["Votes"]):
    """Answers a click, in private."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("Your vote is recorded.", ephemeral=True)


class Votes(discord.ui.View):
    """The buttons of one ballot; persistent, since its ids are known."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        for custom_id in vote_ids(1):
            self.add_item(VoteButton(label=custom_id, custom_id=custom_id))


class Bare(commands.Bot):
    async def setup_hook(self) -> None:
        self.add_view(Votes())


def main() -> None:
    port, _ = arguments()
    point_at(port)
    asyncio.run(run(Bare(command_prefix="!", intents=discord.Intents(guilds=True))))
    end()


if __name__ == "__main__":
    main()
