"""Results: `/results` shows a ranking in chat, for organisers."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.results import last_page, results_card, results_pictures
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from seminar.errors import Invalid, NotFound
from seminar.words import t

if TYPE_CHECKING:
    from bot.client import Rapporteur


class ResultsCog(HouseCog):
    @app_commands.command(
        name=locale_str("results"), description=locale_str("Show how recommendations came out, ranked")
    )
    @app_commands.describe(event=locale_str("Only this event"), theme=locale_str("Only this theme"))
    @app_commands.rename(event=locale_str("event"), theme=locale_str("theme"))
    @app_commands.guild_only()
    async def results(
        self, interaction: discord.Interaction[Any], event: str | None = None, theme: str | None = None
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        with self.costly(exchange):
            view, files = await self._drawn(exchange, event, theme)
        await exchange.say(view=view, files=files)

    @on_component("results-section")
    async def another_theme(self, exchange: Exchange, event: str) -> None:
        await self._turn(exchange, event, _only(exchange))

    @on_component("results-event")
    async def another_event(self, exchange: Exchange) -> None:
        await self._turn(exchange, _only(exchange))

    @on_component("results-page")
    async def turned(self, exchange: Exchange, event: str, theme: str, page: int) -> None:
        await self._turn(exchange, event, theme, page)

    results.autocomplete("event")(HouseCog.fitting_events)
    results.autocomplete("theme")(HouseCog.fitting_themes)

    async def _turn(self, exchange: Exchange, event: str, theme: str | None = None, page: int = 0) -> None:
        """Put another ranking, or another page, in place of the one whose control was used."""
        await exchange.interaction.response.defer()
        with self.costly(exchange):
            view, files = await self._drawn(exchange, event, theme, page)
        await exchange.redraw(view, files=files)

    async def _drawn(
        self, exchange: Exchange, event: str | None, theme: str | None, page: int = 0
    ) -> tuple[discord.ui.LayoutView, list[discord.File]]:
        found = await self.house.results.section(exchange.actor, event, theme)
        if found is None:
            raise NotFound(t("There are no recommendations there yet, so there is nothing to rank."))
        page = max(0, min(page, last_page(found)))
        pictures = results_pictures(found, exchange.tr, page)
        drawn = [(name, await asyncio.to_thread(picture.png)) for name, picture in pictures.items()]
        files = [discord.File(BytesIO(png), name) for name, png in drawn]
        return results_card(found, exchange.tr, page, pictures), files


def _only(exchange: Exchange) -> str:
    if len(exchange.values) != 1:
        raise Invalid(t("Please choose one of the list."))
    return exchange.values[0]


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(ResultsCog(bot))
