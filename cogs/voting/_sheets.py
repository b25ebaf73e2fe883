"""A voter's sheet, whatever the method: the one place that knows which service gives which."""

from __future__ import annotations

import discord

from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.i18n import Translator
from bot.ui import form, text_field
from cogs.voting.papers import aside, paper
from seminar.methods import METHODS
from seminar.words import Text, t
from services.voting.ballot_views import Sheet


class SheetsCog(HouseCog):
    """What cogs need that show sheets."""

    async def sheet(self, exchange: Exchange, ballot: int) -> Sheet:
        """The actor's sheet as it is stored now. Raises what the services raise."""
        rules = await self.house.voting.rules(exchange.actor.guild_id, ballot)
        on_paper = METHODS[rules.method].on_paper
        service = self.house.papers if on_paper else self.house.voting
        return await service.sheet(exchange.actor, ballot)

    @staticmethod
    def drawn(exchange: Exchange, sheet: Sheet, page: int) -> discord.ui.LayoutView:
        return paper(sheet.ballot.rules.method).sheet(sheet, exchange.tr, page)

    @staticmethod
    def drawn_aside(exchange: Exchange, sheet: Sheet, page: int) -> discord.ui.LayoutView:
        return aside(sheet, exchange.tr, page)

    def mark(self, exchange: Exchange, ballot: int) -> None:
        """The ballot's public message no longer shows how many have voted."""
        self.bot.refresher.mark("ballot.refresh", exchange.actor.guild_id, str(ballot))


def reason_form(tr: Translator, made: str, why: Text) -> discord.ui.Modal:
    """Asks for a reason, which may stay empty; it comes back as the field `reason` of the modal `made`."""
    hint = tr(t("Kept apart from your name. You may leave it empty."))
    asked = text_field(tr(why), "reason", {}, 0, 1000, long=True, hint=hint)
    return form(tr(t("Your reason")), made, asked)
