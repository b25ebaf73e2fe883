"""Telling what happened to a recommendation: in its discussion, and in private to those it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord

from bot.cards.colours import CALM
from bot.cards.decisions import news_buttons
from bot.cards.news import news_text
from bot.cog import HouseCog
from bot.courier import on_post
from bot.ui import card, line, rows

if TYPE_CHECKING:
    from bot.client import Rapporteur


class NewsCog(HouseCog):
    @on_post("news")
    async def told(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """Said in every language of the initiative that the house speaks."""
        initiative = await self.house.initiatives.current(guild.id)
        said = news_text(subject, payload)
        languages = self.bot.catalogues.among(initiative.head.languages)
        parts = [part for tr in languages for part in (line(), tr(said))][1:]
        buttons = rows(news_buttons(payload, languages[0]))
        await self.bot.places.note(guild, subject, card(*parts, *buttons, accent=CALM), str(payload["key"]))

    @on_post("news.private", slow=True)
    async def told_privately(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        said = news_text(subject, payload)
        await self.tell_privately(guild, int(payload["user_id"]), said, ("card", subject))


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(NewsCog(bot))
