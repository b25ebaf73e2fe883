"""One's own page: registration, open ballots, own proposals (`/me show` and the panel's button)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.receipts import found_card, own_card
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import custom_id, on_component
from bot.ui import Button, card, escape, one_line, rows
from seminar.model import Status, VoteBy
from seminar.terms import STATE_WORDS
from seminar.words import t, tn

if TYPE_CHECKING:
    from bot.client import Rapporteur

OWN_SHOWN = 10


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

    @on_component("my-page")
    async def page(self, exchange: Exchange) -> None:
        await exchange.say(view=await self._page(exchange))

    async def _page(self, exchange: Exchange) -> discord.ui.LayoutView:
        tr, actor = exchange.tr, exchange.actor
        initiative = await self.house.initiatives.current(actor.guild_id)
        titles = {constituency.code: constituency.title for constituency in initiative.constituencies}
        person = await self.house.participants.person(actor)
        if person.status is None:
            standing = tr(t("You are not registered yet. Press I am here, or simply take part."))
        elif person.status is Status.OBSERVER:
            standing = tr(
                t("You are registered as an observer: you can follow and discuss, and do not vote.")
            )
        elif person.constituency in titles:  # one that the initiative no longer has does not count
            standing = tr(
                t(
                    "You are registered as a participant and speak for {constituency}.",
                    constituency=escape(titles[person.constituency]),
                )
            )
        else:
            standing = tr(t("You are registered as a participant."))
        organisation = None
        if person.organisation:
            named = escape(person.organisation)
            together = initiative.rules.vote_by is VoteBy.DELEGATION and person.status is Status.PARTICIPANT
            organisation = tr(
                t("Your delegation is {organisation}; it holds one vote together.", organisation=named)
                if together
                else t("Organisation: {organisation}", organisation=named)
            )
        own = await self.house.finding.own(actor, size=OWN_SHOWN)
        listed = "\n".join(
            f"- **{rec.reference}** {one_line(rec.title, 120)} · {tr(STATE_WORDS[rec.state])}"
            for rec in own.items
        )
        more = own.total - len(own.items)
        return card(
            f"## {escape(person.name)}",
            standing,
            organisation,
            f"**{tr(t('Your recommendations'))}**\n" + (listed or tr(t("None yet."))),
            tr(tn("and {count} more", "and {count} more", more)) if more > 0 else None,
            *rows(
                [
                    Button(tr(t("What can I vote on?")), custom_id("vote-list"), emoji="🗳️"),
                    Button(tr(t("Help")), custom_id("help"), emoji="❔"),
                ]
            ),
        )


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(MeCog(bot))
