"""`/participants`: the one group of commands that organisers have about people."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog
from seminar.model import Status

STATUSES = [
    app_commands.Choice(name=locale_str("participant"), value=Status.PARTICIPANT.value),
    app_commands.Choice(name=locale_str("observer"), value=Status.OBSERVER.value),
]


class ParticipantsGroup(HouseCog):
    group = app_commands.Group(
        name=locale_str("participants"), description=locale_str("Who takes part"), guild_only=True
    )
