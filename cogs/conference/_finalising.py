"""`/conference finalise` and `reopen`: seen first, then confirmed."""

from __future__ import annotations

import secrets
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.conference_texts import final_preview_card
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from cogs.conference._group import REFERENCE, ConferenceGroup
from seminar.conference import Ending
from seminar.model import Role
from seminar.words import t
from services.conference.conference import ending_of
from services.reasons import MOST_REASON

ENDINGS = {Ending.FINALISED: t("finalised"), Ending.NOT_FINALISED: t("not finalised")}
_REASON = "reason"


class FinaliseCommands(ConferenceGroup):
    @ConferenceGroup.group.command(
        name=locale_str("finalise"),
        description=locale_str("Make a text final, or leave it without a final text"),
    )
    @app_commands.describe(
        reference=REFERENCE,
        outcome=locale_str("Finalised, if you leave it out"),
        reason=locale_str("Why; needed where it is not finalised"),
    )
    @app_commands.rename(
        reference=locale_str("reference"), outcome=locale_str("outcome"), reason=locale_str("reason")
    )
    @app_commands.choices(
        outcome=[
            app_commands.Choice(name=locale_str(words.singular), value=ending.value)
            for ending, words in ENDINGS.items()
        ]
    )
    async def finalise(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        outcome: str | None = None,
        reason: app_commands.Range[str, 1, MOST_REASON] | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        ending = ending_of(outcome)
        preview = await self.house.conference.preview(exchange.actor, reference, ending, reason or "")
        draft = ""
        if preview.reason:
            draft = secrets.token_urlsafe(12)
            kept = {_REASON: preview.reason}
            await self.house.drafts.keep(exchange.actor, draft, kept, Role.ORGANISER)
        await exchange.say(view=final_preview_card(preview, draft, exchange.tr))

    @on_component("conference-finalise")
    async def confirmed(
        self, exchange: Exchange, reference: str, version: int, ending: Ending, draft: str
    ) -> None:
        kept = await self.house.drafts.waiting(exchange.actor, draft) if draft else {}
        made = await self.house.conference.settle(
            exchange.actor, reference, version, ending, kept.get(_REASON, "")
        )
        if draft:
            await self.house.drafts.drop(exchange.actor, draft)
        if made.number is None:
            await exchange.say(
                t(
                    "{reference} gets no final text. The room and its author are told.",
                    reference=made.rec.reference,
                )
            )
        else:
            await exchange.say(
                t(
                    "{reference} is final, as text {number}. The room and its author are told.",
                    reference=made.rec.reference,
                    number=f"R{made.number}",
                )
            )

    @ConferenceGroup.group.command(
        name=locale_str("reopen"),
        description=locale_str("Take up again what the conference has decided on"),
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
        rec = await self.house.conference.reopen(exchange.actor, reference, reason)
        await exchange.say(
            t(
                "{reference} is open for a decision again. The room and its author are told.",
                reference=rec.reference,
            )
        )

    finalise.autocomplete("reference")(HouseCog.fitting_references)
    reopen.autocomplete("reference")(HouseCog.fitting_references)
