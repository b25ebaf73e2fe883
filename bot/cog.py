"""What every cog starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from bot.exchange import Exchange

if TYPE_CHECKING:
    from bot.client import Rapporteur
    from bot.house import House


class HouseCog(commands.Cog):
    """Its marked methods are enrolled with the router and the courier when it is loaded."""

    def __init__(self, bot: Rapporteur) -> None:
        self.bot = bot

    @property
    def house(self) -> House:
        return self.bot.house

    async def cog_load(self) -> None:
        self.bot.router.enrol(self)
        self.bot.courier.enrol(self)

    @staticmethod
    def exchange(interaction: discord.Interaction[Any], resume: str | None = None) -> Exchange:
        """The exchange of a command; `resume` is the button that would repeat it."""
        exchange: Exchange = interaction.extras["exchange"]
        exchange.resume = resume
        return exchange
