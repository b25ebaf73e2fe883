"""One's own page, one's own data, and being forgotten (`/me`, and the panel's button)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.own_page import OwnPage, forget_card, forgotten_card, own_page
from bot.cards.receipts import found_card, own_card
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import custom_id, on_component
from bot.ui import card
from seminar.model import Role
from seminar.words import t

if TYPE_CHECKING:
    from bot.client import Rapporteur

OWN_SHOWN = 10
_UNKNOWN = t("Nothing is kept about you here.")


class MeCog(HouseCog):
    group = app_commands.Group(
        name=locale_str("me"), description=locale_str("Your own data"), guild_only=True
    )

    @group.command(name=locale_str("show"), description=locale_str("What is known about you here"))
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        exchange = self.exchange(interaction, custom_id("my-page"))
        await exchange.say(view=await self._page(exchange))

    @group.command(
        name=locale_str("receipts"),
        description=locale_str("Your receipts of open ballots, or the published vote of a receipt"),
    )
    @app_commands.describe(receipt=locale_str("Look up this receipt in the records of closed ballots"))
    @app_commands.rename(receipt=locale_str("receipt"))
    async def receipts(
        self, interaction: discord.Interaction[Any], receipt: app_commands.Range[str, 1, 40] | None = None
    ) -> None:
        exchange = self.exchange(interaction)
        await self.house.initiatives.current(exchange.actor.guild_id)
        if receipt is None:
            view = own_card(await self.house.receipts.own(exchange.actor), exchange.tr)
        else:
            view = found_card(await self.house.receipts.find(exchange.actor, receipt), exchange.tr)
        await exchange.say(view=view)

    @group.command(
        name=locale_str("export"), description=locale_str("Everything that is kept about you here, as a file")
    )
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        with self.costly(exchange):
            data = await self.house.own_data.export(exchange.actor)
        if data is None:
            await exchange.say(_UNKNOWN)
            return
        await exchange.say(
            t("This is everything that is kept about you here. Votes of closed secret ballots are nobody's."),
            files=[discord.File(BytesIO(data), "my-data.json")],
        )

    @group.command(name=locale_str("forget"), description=locale_str("Remove what is kept about you here"))
    async def forget(self, interaction: discord.Interaction[Any]) -> None:
        exchange = self.exchange(interaction)
        await self.house.initiatives.current(exchange.actor.guild_id)
        if await self.house.participants.known.peek(exchange.actor) is None:
            await exchange.say(_UNKNOWN)
            return
        await exchange.say(view=forget_card(exchange.tr))

    @on_component("forget-me")
    async def forget_confirmed(self, exchange: Exchange) -> None:
        await exchange.interaction.response.defer()
        done = await self.house.forgetting.forget(exchange.actor)
        if done is None:
            await exchange.redraw(card(exchange.tr(_UNKNOWN)))
            return
        await self.bot.errands.run()
        left = await self.house.forgetting.unreached(exchange.actor.guild_id, done.cards)
        await exchange.redraw(forgotten_card(done, left, exchange.tr))

    @on_component("forget-not")
    async def kept(self, exchange: Exchange) -> None:
        await exchange.redraw(card(exchange.tr(t("Nothing was changed."))))

    @on_component("my-page")
    async def page(self, exchange: Exchange) -> None:
        await exchange.say(view=await self._page(exchange))

    async def _page(self, exchange: Exchange) -> discord.ui.LayoutView:
        house, actor = self.house, exchange.actor
        initiative = await house.initiatives.current(actor.guild_id)
        person = await house.participants.person(actor)
        takes_part = actor.roles.intersection((Role.PARTICIPANT, Role.OBSERVER))
        page = OwnPage(
            person=person,
            recommendations=await house.finding.own(actor, size=OWN_SHOWN),
            ballots=await house.ballots.all_open(actor.guild_id),
            counts=await house.own_data.counts(person.id),
            may_register=bool(takes_part) and await house.codes.may_enter(actor),
        )
        return own_page(page, initiative, exchange.tr)


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(MeCog(bot))
