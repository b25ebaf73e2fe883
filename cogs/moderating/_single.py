"""Deciding on one recommendation, by command."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog
from bot.exchange import Exchange
from cogs.moderating._group import REFERENCE, ModerateGroup
from seminar.terms import STATE_WORDS
from seminar.words import t
from services.drafting.recommendations import RecView
from services.reasons import MOST_REASON


class SingleCommands(ModerateGroup):
    @ModerateGroup.group.command(
        name=locale_str("admit"), description=locale_str("Let a proposal be discussed and put to the vote")
    )
    @app_commands.describe(reference=REFERENCE)
    @app_commands.rename(reference=locale_str("reference"))
    async def admit(self, interaction: discord.Interaction[Any], reference: str) -> None:
        exchange = self.exchange(interaction)
        await decided(exchange, await self.house.moderation.admit(exchange.actor, reference))

    @ModerateGroup.group.command(
        name=locale_str("return"), description=locale_str("Return a recommendation to its author for rework")
    )
    @app_commands.describe(reference=REFERENCE, reason=locale_str("What should be reworked"))
    @app_commands.rename(reference=locale_str("reference"), reason=locale_str("reason"))
    async def return_(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        reason: app_commands.Range[str, 1, MOST_REASON],
    ) -> None:
        exchange = self.exchange(interaction)
        await decided(exchange, await self.house.moderation.return_(exchange.actor, reference, reason))

    @ModerateGroup.group.command(
        name=locale_str("reject"), description=locale_str("Reject a recommendation; it stays on record")
    )
    @app_commands.describe(reference=REFERENCE, reason=locale_str("Why it is rejected"))
    @app_commands.rename(reference=locale_str("reference"), reason=locale_str("reason"))
    async def reject(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        reason: app_commands.Range[str, 1, MOST_REASON],
    ) -> None:
        exchange = self.exchange(interaction)
        await decided(exchange, await self.house.moderation.reject(exchange.actor, reference, reason))

    @ModerateGroup.group.command(
        name=locale_str("reopen"),
        description=locale_str("Take up again what was rejected or not adopted"),
    )
    @app_commands.describe(reference=REFERENCE, reason=locale_str("Why it is taken up again"))
    @app_commands.rename(reference=locale_str("reference"), reason=locale_str("reason"))
    async def reopen(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        reason: app_commands.Range[str, 1, MOST_REASON],
    ) -> None:
        exchange = self.exchange(interaction)
        await decided(exchange, await self.house.moderation.reopen(exchange.actor, reference, reason))

    @ModerateGroup.group.command(
        name=locale_str("retheme"),
        description=locale_str("Move a recommendation to another theme; its reference stays"),
    )
    @app_commands.describe(reference=REFERENCE, theme=locale_str("Code of the theme"))
    @app_commands.rename(reference=locale_str("reference"), theme=locale_str("theme"))
    async def retheme(self, interaction: discord.Interaction[Any], reference: str, theme: str) -> None:
        exchange = self.exchange(interaction)
        rec = await self.house.moderation.retheme(exchange.actor, reference, theme)
        await exchange.say(
            t(
                "{reference} belongs to the theme {theme} now. The room and its author are told.",
                reference=rec.reference,
                theme=rec.theme,
            )
        )

    admit.autocomplete("reference")(HouseCog.fitting_references)
    return_.autocomplete("reference")(HouseCog.fitting_references)
    reject.autocomplete("reference")(HouseCog.fitting_references)
    reopen.autocomplete("reference")(HouseCog.fitting_references)
    retheme.autocomplete("reference")(HouseCog.fitting_references)
    retheme.autocomplete("theme")(HouseCog.fitting_themes)


async def decided(exchange: Exchange, rec: RecView) -> None:
    """Say where the recommendation stands now."""
    await exchange.say(
        t(
            "{reference} is {state} now. The room and its author are told.",
            reference=rec.reference,
            state=STATE_WORDS[rec.state],
        )
    )
