"""`/participants codes`: fresh codes for people who are registered without an account."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.people import codes_file, codes_text
from bot.exchange import Exchange
from bot.router import custom_id, on_component
from bot.ui import Button, card, escape, rows
from cogs.participants._group import ParticipantsGroup
from seminar.words import t, tn


class CodeCommands(ParticipantsGroup):
    @ParticipantsGroup.group.command(
        name=locale_str("codes"),
        description=locale_str("A new code for somebody registered without an account, or for all of them"),
    )
    @app_commands.describe(name=locale_str("The person's name as it is registered; without it, everybody"))
    @app_commands.rename(name=locale_str("name"))
    async def codes(
        self, interaction: discord.Interaction[Any], name: app_commands.Range[str, 1, 200] | None = None
    ) -> None:
        exchange = self.exchange(interaction)
        if name is None:
            await self._offer(exchange)
            return
        (issued,) = await self.house.codes.issue(exchange.actor, name)
        await exchange.say(
            t(
                "The code of {name} is `{code}`. It is shown this once, and an earlier one is void. Hand it "
                "over in a safe way; it is entered under **Register** on the start panel.",
                name=escape(issued.name),
                code=issued.code,
            )
        )

    async def _offer(self, exchange: Exchange) -> None:
        tr, number = exchange.tr, await self.house.codes.without_account(exchange.actor)
        if number == 0:
            await exchange.say(t("Everybody registered here has an account."))
            return
        said = tn(
            "{count} registered person has no account. A new code makes the one given out before void.",
            "{count} registered people have no account. New codes make those given out before void.",
            number,
        )
        button = Button(tr(t("Make new codes")), custom_id("codes-all"), style=discord.ButtonStyle.danger)
        await exchange.say(view=card(tr(said), *rows([button])))

    @on_component("codes-all")
    async def for_all(self, exchange: Exchange) -> None:
        await exchange.interaction.response.defer()
        issued = await self.house.codes.issue(exchange.actor)
        await exchange.say(codes_text(issued), files=[codes_file(issued)])
        await exchange.redraw(card(exchange.tr(t("The earlier codes are void."))))
