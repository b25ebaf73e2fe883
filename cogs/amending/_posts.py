"""An amendment's own message in the discussion, and what is read privately under it."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import discord

from bot.cards.amendment import amendment_card, comparison, title
from bot.cards.difference import changes_document, conflicts_document
from bot.cog import HouseCog
from bot.courier import on_post
from bot.exchange import Exchange
from bot.places import Posting
from bot.router import on_component
from seminar import references
from seminar.words import t


class AmendmentPostsCog(HouseCog):
    @on_post("amendment.post")
    async def posted(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """Posted beside its recommendation, or drawn again where it is there already."""
        reference, number = references.parse_amendment(subject)
        amendment = await self.house.amendments.view(guild.id, reference, number)
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        view = amendment_card(amendment, tr)
        posting = Posting("amendment", subject, tr(title(amendment)), view, beside=reference)
        await self.bot.places.say(guild, amendment.room, posting)

    @on_post("amendment.refresh")
    async def refreshed(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        await self.posted(guild, subject, payload)

    @on_component("amendment-whole")
    async def whole(self, exchange: Exchange, reference: str, number: int) -> None:
        """The whole difference, as a file: it did not fit the message."""
        found = await self.house.amendments.view(exchange.actor.guild_id, reference, number)
        heading = exchange.tr(title(found))
        text = changes_document(heading, found.before, found.after, exchange.tr)
        await exchange.say(
            t("The whole difference, with everything that stays: ~~taken out~~, **put in**."),
            files=[_file(text, f"{found.reference}-amendment-{found.number}.md")],
        )

    @on_component("amendment-compare")
    async def compare(self, exchange: Exchange, reference: str, number: int) -> None:
        """Each place in conflict as it was, as it is now and as asked; as a file where it does not fit."""
        found = await self.house.amendments.view(exchange.actor.guild_id, reference, number)
        if not (found.open and found.conflicting):
            await exchange.say(
                t(
                    "Amendment {number} to {reference} is not in conflict with the text.",
                    number=found.number,
                    reference=found.reference,
                )
            )
            return
        view = comparison(found, exchange.tr)
        if view is not None:
            await exchange.say(view=view)
            return
        text = conflicts_document(exchange.tr(title(found)), found.merge(), exchange.tr)
        await exchange.say(
            t("The places in conflict, each as it was, as it is now and as asked."),
            files=[_file(text, f"{found.reference}-amendment-{found.number}-conflict.md")],
        )


def _file(text: str, name: str) -> discord.File:
    return discord.File(BytesIO(text.encode()), name)
