"""What every part of `/conference` starts from."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog, Suggestions, suggested

REFERENCE = locale_str("Reference of the recommendation, for example TRN-07")


class ConferenceGroup(HouseCog):
    group = app_commands.Group(
        name=locale_str("conference"),
        description=locale_str("Forward, present and finalise recommendations"),
        guild_only=True,
    )

    async def fitting_conferences(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that names a conference."""
        initiative = await self.bot.access.initiative(interaction.guild_id or 0)
        conferences = initiative.conferences if initiative else ()
        return suggested(((event.code, event.title) for event in conferences), typed)
