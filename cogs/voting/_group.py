"""`/ballot`: the one group of commands that facilitators have, and what its options suggest.

Its commands stand in several classes, each about one thing; `BallotsCog` is all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import MOST_SUGGESTED, HouseCog, Suggestions
from bot.ui import label
from seminar.errors import Refused
from services.voting.ballot_views import BallotView

BALLOT: Final = locale_str("The ballot, for example B3")


class BallotGroup(HouseCog):
    group = app_commands.Group(name=locale_str("ballot"), description=locale_str("Votes"), guild_only=True)

    async def fitting_ballots(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that names an open ballot."""
        return _offered(await self._open(interaction), typed)

    async def fitting_items(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that names an item of the ballot named before."""
        if await self.bot.access.initiative(interaction.guild_id or 0) is None:
            return []
        try:
            named = str(getattr(interaction.namespace, "ballot", "") or "")
            ballot = await self.house.ballots.find(interaction.guild_id or 0, named)
        except Refused:  # no ballot is named yet, or none that there is
            return []
        return [
            app_commands.Choice(name=label(f"{item.reference} · {item.title}", 100), value=item.reference)
            for item in ballot.items
            if typed.casefold() in f"{item.reference} {item.title}".casefold()
        ][:MOST_SUGGESTED]

    async def _open(self, interaction: discord.Interaction[Any]) -> tuple[BallotView, ...]:
        guild_id = interaction.guild_id or 0
        if await self.bot.access.initiative(guild_id) is None:
            return ()
        return await self.house.ballots.all_open(guild_id)


def _offered(ballots: Iterable[BallotView], typed: str) -> Suggestions:
    return [
        app_commands.Choice(
            name=label(f"{ballot.label} · {', '.join(item.reference for item in ballot.items)}", 100),
            value=ballot.label,
        )
        for ballot in ballots
        if typed.casefold() in ballot.label.casefold()
    ][:MOST_SUGGESTED]
