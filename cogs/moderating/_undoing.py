"""Taking back a merge or a split within an hour: by command, or by the button under what was told of it."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from cogs.moderating._group import ModerateGroup
from seminar.words import t, tn
from services.drafting.undoing import Regrouped


class UndoCommand(ModerateGroup):
    @ModerateGroup.group.command(
        name=locale_str("undo"), description=locale_str("Take back the last merge or split, within an hour")
    )
    @app_commands.describe(reference=locale_str("Reference of one that took part in it"))
    @app_commands.rename(reference=locale_str("reference"))
    async def undo(self, interaction: discord.Interaction[Any], reference: str) -> None:
        exchange = self.exchange(interaction)
        await _undone(exchange, await self.house.regrouping.undo(exchange.actor, reference))

    @on_component("regroup-undo")
    async def undo_pressed(self, exchange: Exchange, regrouping: int) -> None:
        await _undone(exchange, await self.house.regrouping.undo(exchange.actor, regrouping))

    undo.autocomplete("reference")(HouseCog.fitting_references)


async def _undone(exchange: Exchange, done: Regrouped) -> None:
    if done.kind == "merge":
        said = tn(
            "The merge is undone: {references} stands for itself again, and {reference} has its earlier "
            "words back.",
            "The merge is undone: {references} stand for themselves again, and {reference} has its earlier "
            "words back.",
            len(done.others),
            references=done.others,
            reference=done.reference,
        )
    else:
        said = t(
            "The split is undone: {reference} stands again, and {references} lead to it.",
            reference=done.reference,
            references=done.others,
        )
    await exchange.say(said)
