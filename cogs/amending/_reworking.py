"""Reworking an open amendment: the form with what it asks for, brought onto the text as it is now."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.amendment import conflict_buttons
from bot.exchange import Exchange
from bot.presenter import offer_again
from bot.router import custom_id, on_component, on_modal
from bot.ui import below
from cogs.amending._form import REASON, form, typed
from cogs.amending._group import AMENDMENT, NAMES, REFERENCE, AmendmentGroup
from seminar.errors import NotAllowed, Refused
from seminar.model import Role
from seminar.words import t
from services.people.registering import NeedsConstituency, NeedsNotice


class ReworkingCog(AmendmentGroup):
    @AmendmentGroup.group.command(
        name=locale_str("rework"), description=locale_str("Give an open amendment another wording")
    )
    @app_commands.describe(reference=REFERENCE, amendment=AMENDMENT)
    @app_commands.rename(**NAMES)
    async def rework(
        self, interaction: discord.Interaction[Any], reference: str, amendment: int | None = None
    ) -> None:
        await self._open_rework(self.exchange(interaction), reference, amendment)

    rework.autocomplete("reference")(AmendmentGroup.fitting_references)
    rework.autocomplete("amendment")(AmendmentGroup.fitting_amendments)

    @on_component("amendment-rework")
    async def rework_pressed(self, exchange: Exchange, reference: str, number: int) -> None:
        await self._open_rework(exchange, reference, number)

    @on_component("amendment-rework-again")
    async def rework_again(
        self, exchange: Exchange, reference: str, number: int, version: int, draft_id: str
    ) -> None:
        """The form with what was typed before, over the text that it was typed over."""
        filled = await self.house.drafts.fetch(exchange.actor, draft_id)
        await self._open_rework(exchange, reference, number, filled, version, draft_id)

    async def _open_rework(
        self,
        exchange: Exchange,
        reference: str,
        number: int | None,
        filled: Mapping[str, str] | None = None,
        version: int | None = None,
        draft_id: str | None = None,
    ) -> None:
        found = await self.house.amendments.reworking(exchange.actor, reference, number)
        asked = {**found.to_rework().fields, REASON: found.reason}
        made = custom_id(
            "amendment-rework",
            found.reference,
            found.number,
            version or found.current_version,
            draft_id or secrets.token_urlsafe(12),
            secrets.token_hex(3),
        )
        title = t("Rework amendment {number}", number=found.number)
        await exchange.ask(form(exchange.tr, title, made, asked if filled is None else filled))

    @on_modal("amendment-rework")
    async def rework_submitted(
        self, exchange: Exchange, reference: str, number: int, version: int, draft_id: str, nonce: str
    ) -> None:
        fields = typed(exchange.fields)
        await self.house.drafts.keep(exchange.actor, draft_id, fields, Role.PARTICIPANT, Role.FACILITATOR)
        again = custom_id("amendment-rework-again", reference, number, version, draft_id)
        try:
            done = await self.house.amendments.rework(
                exchange.actor, reference, number, version, fields, fields[REASON]
            )
        except (NeedsNotice, NeedsConstituency):
            exchange.resume = again
            raise
        except NotAllowed:  # no other wording would be let through
            await self.house.drafts.drop(exchange.actor, draft_id)
            raise
        except Refused as refused:
            await offer_again(exchange, refused, again)
            return
        await self.house.drafts.drop(exchange.actor, draft_id)
        if done.conflicting:
            said = t(
                "Amendment {number} to {reference} is reworked. The text has changed in the same words while "
                "you wrote: rework it once more.",
                number=done.number,
                reference=done.reference,
            )
        else:
            said = t(
                "Amendment {number} to {reference} is reworked, and can be accepted as it is.",
                number=done.number,
                reference=done.reference,
            )
        await exchange.say(said, view=below(*conflict_buttons(done, exchange.tr)))
