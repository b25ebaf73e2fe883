"""`/participants list`: everybody registered, in pages or as a file."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.people import roll_card, roll_file
from bot.exchange import Exchange
from bot.router import on_component
from cogs.participants._group import STATUSES, ParticipantsGroup, status_of
from seminar.words import tn
from services.people.roll import UNDECLARED

NONE = "-"  # as an id carries those without a constituency


class RollCommands(ParticipantsGroup):
    @ParticipantsGroup.group.command(
        name=locale_str("list"), description=locale_str("Who is registered, and who has no account")
    )
    @app_commands.describe(
        constituency=locale_str("Only those who speak for this one; - for none"),
        status=locale_str("Only participants, or only observers"),
        as_file=locale_str("As a CSV file that can be imported again"),
    )
    @app_commands.rename(
        constituency=locale_str("constituency"), status=locale_str("status"), as_file=locale_str("as_file")
    )
    @app_commands.choices(status=STATUSES)
    async def roll(
        self,
        interaction: discord.Interaction[Any],
        constituency: str | None = None,
        status: str | None = None,
        as_file: bool = False,
    ) -> None:
        exchange = self.exchange(interaction)
        if not as_file:
            await exchange.say(view=await self._page(exchange, 0, status or "", constituency or ""))
            return
        await exchange.think()
        people = await self.house.roll.everybody(exchange.actor, status_of(status), _spoken_for(constituency))
        await exchange.say(
            tn("{count} person is in this file.", "{count} people are in this file.", len(people)),
            files=[roll_file(people)],
        )

    @on_component("roll-page")
    async def turned(self, exchange: Exchange, page: int, status: str, constituency: str) -> None:
        await exchange.redraw(await self._page(exchange, page, status, constituency))

    async def _page(
        self, exchange: Exchange, page: int, status: str, constituency: str
    ) -> discord.ui.LayoutView:
        wanted = _spoken_for(constituency)
        found = await self.house.roll.page(
            exchange.actor, page, status=status_of(status), constituency=wanted
        )
        initiative = await self.house.initiatives.current(exchange.actor.guild_id)
        titles = {one.code: one.title for one in initiative.constituencies}
        return roll_card(found, titles, exchange.tr, status, constituency)

    roll.autocomplete("constituency")(ParticipantsGroup.fitting_constituencies)


def _spoken_for(code: str | None) -> str | None:
    if not code:
        return None
    return UNDECLARED if code == NONE else code
