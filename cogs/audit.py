"""`/audit`: organisers verify the ledger and every closed ballot, and read what was done when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.audit import log_card, verified_card
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component

if TYPE_CHECKING:
    from bot.client import Rapporteur


class AuditCog(HouseCog):
    group = app_commands.Group(
        name=locale_str("audit"),
        description=locale_str("Prove that nothing was changed"),
        guild_only=True,
    )

    @group.command(
        name=locale_str("verify"),
        description=locale_str("Recompute the ledger and tally every closed ballot again"),
    )
    async def verify(self, interaction: discord.Interaction[Any]) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        with self.costly(exchange):
            report = await self.house.ledger_log.verify(exchange.actor)
        await exchange.say(view=verified_card(report, exchange.tr))

    @group.command(name=locale_str("log"), description=locale_str("Who did what and when, the latest first"))
    @app_commands.describe(page=locale_str("The page; the first one if empty"))
    @app_commands.rename(page=locale_str("page"))
    async def log(
        self, interaction: discord.Interaction[Any], page: app_commands.Range[int, 1, 1_000_000] = 1
    ) -> None:
        exchange = self.exchange(interaction)
        shown = await self.house.ledger_log.page(exchange.actor, page - 1)
        await exchange.say(view=log_card(shown, exchange.tr))

    @on_component("audit-page")
    async def turned(self, exchange: Exchange, page: int) -> None:
        shown = await self.house.ledger_log.page(exchange.actor, page)
        await exchange.redraw(log_card(shown, exchange.tr))


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(AuditCog(bot))
