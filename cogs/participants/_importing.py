"""`/participants import`: a list is looked at, and applied when its sender confirms it."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.people import codes_file, codes_text, imported_card, preview_card, refused_file
from bot.exchange import Exchange
from bot.router import on_component
from bot.ui import card
from bot.uploads import fetch
from cogs.participants._group import ParticipantsGroup
from seminar.words import t
from services.people.importing import MOST_BYTES, TOO_LARGE


class ImportCommands(ParticipantsGroup):
    @ParticipantsGroup.group.command(
        name=locale_str("import"), description=locale_str("Register everybody on a list")
    )
    @app_commands.describe(
        file=locale_str("A CSV file or workbook: name or Discord id, constituency, organisation, status")
    )
    @app_commands.rename(file=locale_str("file"))
    async def import_list(self, interaction: discord.Interaction[Any], file: discord.Attachment) -> None:
        exchange = self.exchange(interaction)
        await self.house.importing.ready(exchange.actor)
        await exchange.think()
        with self.costly(exchange):
            data = await fetch(file, MOST_BYTES, TOO_LARGE)
            preview = await self.house.importing.preview(exchange.actor, file.filename, data)
        refused = refused_file(preview.refused, exchange.tr)
        if refused is not None:
            await exchange.say(t("Every row that is not taken is in this file."), files=[refused])
        await exchange.say(view=preview_card(preview, exchange.tr))

    @on_component("import-apply")
    async def apply(self, exchange: Exchange, import_id: str) -> None:
        await exchange.interaction.response.defer()
        done = await self.house.importing.apply(exchange.actor, import_id)
        if done.codes:
            # First of all: nobody can make these codes out again.
            await exchange.say(codes_text(done.codes), files=[codes_file(done.codes)])
        await exchange.redraw(imported_card(done, exchange.tr))

    @on_component("import-drop")
    async def drop(self, exchange: Exchange, import_id: str) -> None:
        await self.house.importing.drop(exchange.actor, import_id)
        await exchange.redraw(card(exchange.tr(t("Nothing was changed."))))
