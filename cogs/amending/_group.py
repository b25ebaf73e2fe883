"""`/amendment`: the group of commands on amendments that there are, and what its options suggest."""

from __future__ import annotations

from typing import Any, Final

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import MOST_SUGGESTED, HouseCog
from bot.ui import label
from seminar.errors import Refused

REFERENCE: Final = locale_str("Reference of the recommendation, for example TRN-07")
AMENDMENT: Final = locale_str("Number of the amendment; not needed where one is open")
NAMES: Final = {"reference": locale_str("reference"), "amendment": locale_str("amendment")}


class AmendmentGroup(HouseCog):
    group = app_commands.Group(
        name=locale_str("amendment"),
        description=locale_str("Decide on amendments, rework or withdraw them"),
        guild_only=True,
    )

    async def fitting_amendments(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[int]]:
        """Autocomplete of an option that names an open amendment to the recommendation named before."""
        guild_id = interaction.guild_id or 0
        initiative = await self.bot.access.initiative(guild_id)
        if initiative is None:
            return []
        named = str(getattr(interaction.namespace, "reference", "") or "")
        try:
            found = await self.house.amendments.all_of(guild_id, named)
        except Refused:  # no recommendation is named yet, or none that there is
            return []
        tr = self.bot.catalogues.pick(str(interaction.locale), initiative.head.languages)
        return [
            app_commands.Choice(
                name=label(f"{one.number} · {tr(one.author_shown)} · {one.reason}", 100), value=one.number
            )
            for one in found
            if one.open and str(one.number).startswith(str(typed).strip())
        ][:MOST_SUGGESTED]
