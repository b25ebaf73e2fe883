"""`/conference present`: a text is put before the room, and from then on it is discussed there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.conference_texts import presented_card
from bot.cog import HouseCog
from bot.courier import on_post
from bot.places import Posting
from cogs.conference._group import REFERENCE, ConferenceGroup
from seminar.words import t


class PresentCommand(ConferenceGroup):
    @ConferenceGroup.group.command(
        name=locale_str("present"), description=locale_str("Present a recommendation at the conference")
    )
    @app_commands.describe(reference=REFERENCE)
    @app_commands.rename(reference=locale_str("reference"))
    async def present(self, interaction: discord.Interaction[Any], reference: str) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        rec = await self.house.conference.present(exchange.actor, reference)
        await self.bot.errands.run()
        link = await self.bot.places.link(exchange.guild, "card", rec.reference)
        if link is None:
            await exchange.say(
                t(
                    "{reference} is presented, but Discord did not take its card yet; the bot goes on "
                    "trying.",
                    reference=rec.reference,
                )
            )
        else:
            await exchange.say(
                t("{reference} is presented at the conference: {link}", reference=rec.reference, link=link)
            )

    present.autocomplete("reference")(HouseCog.fitting_references)

    @on_post("conference.presented")
    async def presented(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """What the conference is told, in the text's own discussion there."""
        found = await self.house.conference.presentation(guild.id, subject)
        initiative = await self.house.initiatives.current(guild.id)
        view = presented_card(found, self.bot.catalogues.first(initiative.head.languages))
        posting = Posting("presented", subject, subject, view, beside=subject)
        await self.bot.places.say(guild, found.rec.room, posting)
