"""`/follow-up list` and `history`: how things stand, for everybody who takes part."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.follow_up import (
    PAGE,
    PICTURE,
    history_card,
    last_overview,
    overview_card,
    overview_picture,
    rows_card,
)
from bot.exchange import Exchange
from bot.router import on_component
from cogs.follow_up._group import FollowUpGroup
from cogs.follow_up._setting import MOST_NAME
from seminar.errors import Invalid
from seminar.follow_up_rows import MOST_ACTIONS
from seminar.words import t


class LookingCommands(FollowUpGroup):
    @FollowUpGroup.group.command(
        name=locale_str("list"), description=locale_str("How things stand with the addressees")
    )
    @app_commands.describe(
        entity=locale_str("Only this addressee, by code or name"),
        reference=locale_str("Only this recommendation"),
        overdue=locale_str("Only what is overdue"),
    )
    @app_commands.rename(
        entity=locale_str("entity"), reference=locale_str("reference"), overdue=locale_str("overdue")
    )
    async def list_rows(
        self,
        interaction: discord.Interaction[Any],
        entity: app_commands.Range[str, 1, MOST_NAME] | None = None,
        reference: str | None = None,
        overdue: bool = False,
    ) -> None:
        exchange = self.exchange(interaction)
        if entity is None and reference is None and not overdue:
            await exchange.think()
            with self.costly(exchange):
                view, files = await self._overview(exchange, 0)
            await exchange.say(view=view, files=files)
            return
        key = "" if entity is None else (await self.house.follow_ups.group(exchange.actor, entity)).key
        await exchange.say(view=await self._rows(exchange, 0, key, reference or "", overdue=overdue))

    list_rows.autocomplete("entity")(FollowUpGroup.fitting_addressees)
    list_rows.autocomplete("reference")(FollowUpGroup.fitting_references)

    @FollowUpGroup.group.command(
        name=locale_str("history"), description=locale_str("What was said of an action before, and by whom")
    )
    @app_commands.describe(
        reference=locale_str("Reference of the recommendation, for example TRN-07"),
        entity=locale_str("The addressee, by code or name"),
        number=locale_str("Which action, where there are several"),
    )
    @app_commands.rename(
        reference=locale_str("reference"), entity=locale_str("entity"), number=locale_str("number")
    )
    async def history(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        entity: app_commands.Range[str, 1, MOST_NAME],
        number: app_commands.Range[int, 1, MOST_ACTIONS] | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.follow_ups.history(exchange.actor, reference, entity, number)
        await exchange.say(view=history_card(found, exchange.tr, 0))

    history.autocomplete("reference")(FollowUpGroup.fitting_references)
    history.autocomplete("entity")(FollowUpGroup.fitting_addressees)

    @on_component("follow-up-overview")
    async def overview_turned(self, exchange: Exchange, page: int) -> None:
        await exchange.interaction.response.defer()
        with self.costly(exchange):
            view, files = await self._overview(exchange, page)
        await exchange.redraw(view, files=files)

    @on_component("follow-up-rows")
    async def rows_turned(
        self, exchange: Exchange, page: int, entity: str, reference: str, overdue: bool
    ) -> None:
        view = await self._rows(exchange, page, entity, reference, overdue=overdue)
        await exchange.redraw(view, files=())

    @on_component("follow-up-history")
    async def history_chosen(self, exchange: Exchange) -> None:
        chosen = exchange.values[0] if len(exchange.values) == 1 else ""
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
            raise Invalid(t("Please choose one of the list."))
        found = await self.house.follow_ups.history_of(exchange.actor, int(chosen))
        await exchange.say(view=history_card(found, exchange.tr, 0))

    @on_component("follow-up-states")
    async def history_turned(self, exchange: Exchange, follow_up_id: int, page: int) -> None:
        found = await self.house.follow_ups.history_of(exchange.actor, follow_up_id)
        await exchange.redraw(history_card(found, exchange.tr, page))

    async def _overview(
        self, exchange: Exchange, page: int
    ) -> tuple[discord.ui.LayoutView, list[discord.File]]:
        standings = await self.house.follow_ups.standings(exchange.actor)
        page = max(0, min(page, last_overview(standings)))
        drawing = overview_picture(standings, exchange.tr, page)
        files = []
        if drawing is not None:
            files.append(discord.File(BytesIO(await asyncio.to_thread(drawing.png)), PICTURE))
        return overview_card(standings, exchange.tr, page, drawing), files

    async def _rows(
        self, exchange: Exchange, page: int, entity: str, reference: str, *, overdue: bool
    ) -> discord.ui.LayoutView:
        named = (await self.house.follow_ups.group(exchange.actor, entity)).entity if entity else None
        found = await self.house.follow_ups.page(
            exchange.actor, page, PAGE, entity=entity or None, reference=reference or None, overdue=overdue
        )
        return rows_card(found, exchange.tr, entity, found.reference, overdue=overdue, named=named)
