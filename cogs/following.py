"""Following a recommendation is following its discussion: Discord tells, and nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from bot.ui import card, link_button
from seminar.words import Text, t

if TYPE_CHECKING:
    from bot.client import Rapporteur


class FollowingCog(HouseCog):
    @on_component("follow")
    async def follow(self, exchange: Exchange, reference: str) -> None:
        rec = await self.house.recommendations.get(exchange.actor.guild_id, reference)
        await exchange.think()
        guild, user_id = exchange.guild, exchange.actor.user_id
        if await self.bot.places.add_to(guild, rec.reference, user_id):
            said = t(
                "You follow {reference}: Discord shows you what is new in its discussion. To stop, leave "
                "the discussion from its menu.",
                reference=rec.reference,
            )
            await self._say(exchange, said, rec.reference)
            return
        await self.bot.courier.redraw("card.refresh", guild.id, rec.reference)
        if await self.bot.places.add_to(guild, rec.reference, user_id):
            said = t(
                "The discussion of {reference} had been deleted and was made again; you follow it now.",
                reference=rec.reference,
            )
            await self._say(exchange, said, rec.reference)
            return
        await self.bot.places.leave(guild, "card.refresh", rec.reference)
        await exchange.say(
            t(
                "The discussion of {reference} is gone and cannot be made again just now. The bot keeps "
                "trying; press Follow again in a few minutes.",
                reference=rec.reference,
            )
        )

    async def _say(self, exchange: Exchange, said: Text, reference: str) -> None:
        post = await self.bot.places.find(exchange.guild, "card", reference)
        view = card(exchange.tr(said))
        if post is not None and post.thread_id is not None:
            url = f"https://discord.com/channels/{exchange.guild.id}/{post.thread_id}"
            view.add_item(discord.ui.ActionRow(link_button(exchange.tr(t("Go to the discussion")), url)))
        await exchange.say(view=view)


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(FollowingCog(bot))
