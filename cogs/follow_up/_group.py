"""`/follow-up`: the one group of commands about what became of the recommendations."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog


class FollowUpGroup(HouseCog):
    group = app_commands.Group(
        name=locale_str("follow-up"),
        description=locale_str("What became of the recommendations"),
        guild_only=True,
    )
