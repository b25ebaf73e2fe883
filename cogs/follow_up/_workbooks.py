"""`/follow-up export` and `import`: workbooks that go out to the addressees and come back."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.follow_up_import import applied_card, preview_card, preview_file
from bot.cards.names import names_card
from bot.exchange import Exchange
from bot.export_notes import names_in
from bot.follow_up_files import packed
from bot.router import custom_id, on_component
from bot.ui import card
from bot.uploads import fetch
from cogs.follow_up._group import FollowUpGroup
from cogs.follow_up._setting import MOST_NAME
from seminar.errors import Refused
from seminar.words import t, tn
from services.tracking.returning import MOST_BYTES, TOO_LARGE

_MIB = 1 << 20


class WorkbookCommands(FollowUpGroup):
    @FollowUpGroup.group.command(
        name=locale_str("export"),
        description=locale_str("A workbook for an addressee to fill in, or for each"),
    )
    @app_commands.describe(entity=locale_str("Only this addressee, by code or name; without it all, packed"))
    @app_commands.rename(entity=locale_str("entity"))
    async def export(
        self,
        interaction: discord.Interaction[Any],
        entity: app_commands.Range[str, 1, MOST_NAME] | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        await self.house.returning.ready(exchange.actor)
        await exchange.think()
        key = "" if entity is None else (await self.house.follow_ups.group(exchange.actor, entity)).key
        with self.costly(exchange):
            await self._hand_out(exchange, key, "")

    export.autocomplete("entity")(FollowUpGroup.fitting_addressees)

    @on_component("follow-up-named")
    async def named(self, exchange: Exchange, entity: str, seen: str) -> None:
        """Go on after names in the texts were looked at; with other names than those, ask again."""
        await exchange.think()
        with self.costly(exchange):
            await self._hand_out(exchange, entity, seen)

    async def _hand_out(self, exchange: Exchange, entity: str, seen: str) -> None:
        actor = exchange.actor
        handed_out = await self.house.follow_up_record.hand_out(actor, entity or None)
        names = names_in(
            [
                name
                for report in handed_out
                for name in await self.house.exports.names_in(actor.guild_id, report)
            ],
            exchange.tr,
        )
        if names is not None and names.mark != seen:
            again = custom_id("follow-up-named", entity, names.mark)
            await exchange.say(view=names_card(names, again, exchange.tr))
            return
        file = await asyncio.to_thread(packed, handed_out, exchange.tr)
        most = exchange.guild.filesize_limit
        if len(file.data) > most:
            raise Refused(
                t(
                    "This file has {size} MiB, and this server takes at most {most} MiB. Export the "
                    "addressees one by one.",
                    size=-(-len(file.data) // _MIB),
                    most=most // _MIB,
                )
            )
        said = tn(
            "The workbook of {count} addressee. Once it is filled in, `/follow-up import` takes it back.",
            "The workbooks of {count} addressees. Once one is filled in, `/follow-up import` takes it back.",
            len(handed_out),
        )
        await exchange.say(said, files=[discord.File(BytesIO(file.data), file.name)])

    @FollowUpGroup.group.command(
        name=locale_str("import"), description=locale_str("Take in a workbook that was sent back")
    )
    @app_commands.describe(file=locale_str("The workbook as it came back, or a CSV file"))
    @app_commands.rename(file=locale_str("file"))
    async def import_list(self, interaction: discord.Interaction[Any], file: discord.Attachment) -> None:
        exchange = self.exchange(interaction)
        await self.house.returning.ready(exchange.actor)
        await exchange.think()
        with self.costly(exchange):
            data = await fetch(file, MOST_BYTES, TOO_LARGE)
            preview = await self.house.returning.preview(exchange.actor, file.filename, data)
        listed = preview_file(preview, exchange.tr)
        if listed is not None:
            await exchange.say(
                t("Everything that would change or is not taken is in this file."), files=[listed]
            )
        await exchange.say(view=preview_card(preview, exchange.tr))

    @on_component("follow-up-apply")
    async def apply(self, exchange: Exchange, import_id: str) -> None:
        await self._apply(exchange, import_id, conflicts=False)

    @on_component("follow-up-overwrite")
    async def overwrite(self, exchange: Exchange, import_id: str) -> None:
        await self._apply(exchange, import_id, conflicts=True)

    @on_component("follow-up-discard")
    async def discard(self, exchange: Exchange, import_id: str) -> None:
        await self.house.returning.drop(exchange.actor, import_id)
        await exchange.redraw(card(exchange.tr(t("Nothing was changed."))))

    async def _apply(self, exchange: Exchange, import_id: str, *, conflicts: bool) -> None:
        await exchange.interaction.response.defer()
        done = await self.house.returning.apply(exchange.actor, import_id, conflicts=conflicts)
        await exchange.redraw(applied_card(done, exchange.tr))
