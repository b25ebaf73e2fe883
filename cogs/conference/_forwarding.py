"""`/conference forward`: what was adopted goes to the conference."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.conference_despatch import despatch_card
from bot.cog import HouseCog
from cogs.conference._group import ConferenceGroup


class ForwardCommand(ConferenceGroup):
    @ConferenceGroup.group.command(
        name=locale_str("forward"), description=locale_str("Send to the conference what was adopted")
    )
    @app_commands.describe(
        event=locale_str("The event that adopted it, for example ROM"),
        top=locale_str("Only the first so many of each theme, by the ranking"),
        to=locale_str("Which conference, where there are several"),
    )
    @app_commands.rename(event=locale_str("event"), top=locale_str("top"), to=locale_str("to"))
    async def forward(
        self, interaction: discord.Interaction[Any], event: str, top: int | None = None, to: str | None = None
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        made = await self.house.conference.forward(exchange.actor, event, top, to)
        await exchange.say(view=despatch_card(made, exchange.tr))

    forward.autocomplete("event")(HouseCog.fitting_events)
    forward.autocomplete("to")(ConferenceGroup.fitting_conferences)
