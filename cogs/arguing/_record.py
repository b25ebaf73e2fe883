"""The record itself: `/argument`, and the living summary in the discussion of a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.arguments import PER_PAGE, list_card, summary_card
from bot.cog import HouseCog
from bot.courier import on_post
from bot.exchange import Exchange
from bot.places import Posting
from bot.router import on_component
from bot.ui import label
from seminar.terms import STANCE_WORDS
from seminar.words import t
from services.reasons import MOST_REASON

Numbers: TypeAlias = list[app_commands.Choice[int]]


class RecordCog(HouseCog):
    group = app_commands.Group(
        name=locale_str("argument"), description=locale_str("The record of arguments"), guild_only=True
    )

    @group.command(
        name=locale_str("list"), description=locale_str("Read what is on the record of a recommendation")
    )
    @app_commands.describe(reference=locale_str("Reference of the recommendation, for example TRN-07"))
    @app_commands.rename(reference=locale_str("reference"))
    async def list_(self, interaction: discord.Interaction[Any], reference: str) -> None:
        exchange = self.exchange(interaction)
        await exchange.say(view=await self._page(exchange, reference, 0))

    @on_component("argument-page")
    async def turned(self, exchange: Exchange, reference: str, page: int) -> None:
        await exchange.redraw(await self._page(exchange, reference, page))

    async def _page(self, exchange: Exchange, reference: str, page: int) -> discord.ui.LayoutView:
        found = await self.house.arguments.page(exchange.actor.guild_id, reference, page, PER_PAGE)
        return list_card(found, exchange.tr)

    @group.command(name=locale_str("withdraw"), description=locale_str("Take back an argument of your own"))
    @app_commands.describe(
        reference=locale_str("Reference of the recommendation, for example TRN-07"),
        number=locale_str("Number of the argument"),
    )
    @app_commands.rename(reference=locale_str("reference"), number=locale_str("number"))
    async def withdraw(self, interaction: discord.Interaction[Any], reference: str, number: int) -> None:
        exchange = self.exchange(interaction)
        made = await self.house.arguments.withdraw(exchange.actor, reference, number)
        await exchange.say(
            t(
                "Argument {number} on {reference} is withdrawn. Its text is no longer shown, only that it "
                "was there.",
                number=made.number,
                reference=made.reference,
            )
        )

    @group.command(
        name=locale_str("set-aside"),
        description=locale_str("Set an argument aside so that it no longer counts, and say why"),
    )
    @app_commands.describe(
        reference=locale_str("Reference of the recommendation, for example TRN-07"),
        number=locale_str("Number of the argument"),
        reason=locale_str("Why; it stands in the argument's place, and its author is told"),
    )
    @app_commands.rename(
        reference=locale_str("reference"), number=locale_str("number"), reason=locale_str("reason")
    )
    async def set_aside(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        number: int,
        reason: app_commands.Range[str, 1, MOST_REASON],
    ) -> None:
        exchange = self.exchange(interaction)
        made = await self.house.arguments.set_aside(exchange.actor, reference, number, reason)
        await exchange.say(
            t(
                "Argument {number} on {reference} is set aside, with your reason in its place; its author is "
                "told.",
                number=made.number,
                reference=made.reference,
            )
        )

    @withdraw.autocomplete("number")
    async def fitting_own(self, interaction: discord.Interaction[Any], typed: int | str) -> Numbers:
        return await self._fitting(interaction, str(typed), interaction.user.id)

    @set_aside.autocomplete("number")
    async def fitting_all(self, interaction: discord.Interaction[Any], typed: int | str) -> Numbers:
        return await self._fitting(interaction, str(typed), None)

    list_.autocomplete("reference")(HouseCog.fitting_references)
    withdraw.autocomplete("reference")(HouseCog.fitting_references)
    set_aside.autocomplete("reference")(HouseCog.fitting_references)

    async def _fitting(
        self, interaction: discord.Interaction[Any], typed: str, user_id: int | None
    ) -> Numbers:
        """Numbers that begin as was typed, each with the beginning of its text."""
        reference = str(getattr(interaction.namespace, "reference", "") or "")
        tr = self.bot.catalogues.pick(str(interaction.locale), ())
        found = await self.house.arguments.suggest(interaction.guild_id or 0, reference, user_id)
        return [
            app_commands.Choice(
                name=label(f"{number} · {tr(STANCE_WORDS[stance])}: {text}", 100), value=number
            )
            for number, stance, text in found
            if str(number).startswith(typed.strip())
        ]

    @on_post("arguments.refresh")
    async def refreshed(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """The summary in the discussion, posted with the first argument and drawn again at each change."""
        summary = await self.house.arguments.summary(guild.id, subject)
        if not summary.numbers:
            return
        initiative = await self.house.initiatives.current(guild.id)
        view = summary_card(summary, self.bot.catalogues.first(initiative.head.languages))
        posting = Posting("arguments", subject, subject, view, beside=subject)
        await self.bot.places.say(guild, summary.room, posting)
