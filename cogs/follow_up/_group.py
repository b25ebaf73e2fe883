"""`/follow-up`: the one group of commands about what became of the recommendations."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog, Suggestions, suggested


class FollowUpGroup(HouseCog):
    group = app_commands.Group(
        name=locale_str("follow-up"),
        description=locale_str("What became of the recommendations"),
        guild_only=True,
    )

    async def fitting_addressees(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that names an addressee: of the initiative, or with rows."""
        if await self.bot.access.initiative(interaction.guild_id or 0) is None:
            return []
        known = await self.house.follow_ups.suggest(interaction.guild_id or 0)
        # Longer names cannot be suggested: they can be typed.
        return suggested(((name, title) for name, title in known if len(name) <= 100), typed)
