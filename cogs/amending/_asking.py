"""Asking for another wording: the form, its draft, and what the person is answered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.amendment import accept_button, conflict_buttons
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.presenter import offer_again
from bot.router import custom_id, on_component, on_modal
from bot.ui import Button, below
from cogs.amending._form import REASON, form, typed
from seminar.errors import Refused
from seminar.model import Role
from seminar.words import t
from services.drafting.amendments import AmendmentView, WouldBreakSilence
from services.people.registering import NeedsConstituency, NeedsNotice

UNBROKEN = 0
"""In place of the silence procedure that an amendment breaks."""


class AskingCog(HouseCog):
    @app_commands.command(
        name=locale_str("amend"), description=locale_str("Ask for another wording of a recommendation")
    )
    @app_commands.describe(reference=locale_str("Reference of the recommendation, for example TRN-07"))
    @app_commands.rename(reference=locale_str("reference"))
    @app_commands.guild_only()
    async def amend(self, interaction: discord.Interaction[Any], reference: str) -> None:
        await self._open(self.exchange(interaction, custom_id("amend", reference[:60])), reference)

    amend.autocomplete("reference")(HouseCog.fitting_references)

    @on_component("amend")
    async def pressed(self, exchange: Exchange, reference: str) -> None:
        await self._open(exchange, reference)

    @on_component("amend-again")
    async def again(self, exchange: Exchange, reference: str, version: int, draft_id: str) -> None:
        """The form with what was typed before, over the text that it was typed over."""
        filled = await self.house.drafts.fetch(exchange.actor, draft_id)
        await self._open(exchange, reference, filled, version, draft_id)

    async def _open(
        self,
        exchange: Exchange,
        reference: str,
        filled: Mapping[str, str] | None = None,
        version: int | None = None,
        draft_id: str | None = None,
    ) -> None:
        """The form; it says so where filing it breaks a silence, and its id carries which."""
        opened = await self.house.amendments.opening(exchange.actor, reference)
        rec, silence = opened.rec, opened.silence
        about = (rec.reference, version or rec.version, draft_id or secrets.token_urlsafe(12))
        nonce = secrets.token_hex(3)
        filled = rec.wording.fields if filled is None else filled
        if silence is None:
            title, hint = t("Amend {reference}", reference=rec.reference), None
            made = custom_id("amend", *about, nonce)
        else:
            title = t("Break the silence on {reference}", reference=rec.reference)
            hint = t(
                "Sent, this breaks {label} at once, and is posted as the objection.", label=silence.label
            )
            made = custom_id("amend-breaking", silence.id, *about, nonce)
        await exchange.ask(form(exchange.tr, title, made, filled, hint))

    @on_modal("amend")
    async def submitted(
        self, exchange: Exchange, reference: str, version: int, draft_id: str, nonce: str
    ) -> None:
        await self._submitted(exchange, reference, version, draft_id, UNBROKEN)

    @on_modal("amend-breaking")
    async def submitted_as_objection(
        self, exchange: Exchange, silence: int, reference: str, version: int, draft_id: str, nonce: str
    ) -> None:
        await self._submitted(exchange, reference, version, draft_id, silence)

    async def _submitted(
        self, exchange: Exchange, reference: str, version: int, draft_id: str, silence: int
    ) -> None:
        filed = await self.house.amendments.proposed(exchange.actor, draft_id)
        if filed is not None:  # the same form sent twice
            await self._answer(exchange, filed)
            return
        fields = typed(exchange.fields)
        await self.house.drafts.keep(exchange.actor, draft_id, fields, Role.PARTICIPANT)
        await self._file(exchange, fields, reference, version, draft_id, silence)

    @on_component("amend-anyway")
    async def anyway(
        self, exchange: Exchange, reference: str, version: int, draft_id: str, silence: int
    ) -> None:
        """What was kept is filed now, after the author was asked something, or told of the silence."""
        fields = await self.house.drafts.fetch(exchange.actor, draft_id)
        await self._file(exchange, fields, reference, version, draft_id, silence)

    async def _file(
        self,
        exchange: Exchange,
        fields: Mapping[str, str],
        reference: str,
        version: int,
        draft_id: str,
        silence: int,
    ) -> None:
        """File the draft; where that is refused, its author can mend it."""
        if silence:
            await exchange.think()  # counting and sealing take their time
        again = custom_id("amend-again", reference, version, draft_id)
        try:
            filed = await self.house.amendments.propose(
                exchange.actor,
                reference,
                version,
                fields,
                fields.get(REASON, ""),
                draft_id,
                breaking=silence or None,
            )
        except (NeedsNotice, NeedsConstituency):
            exchange.resume = custom_id("amend-anyway", reference, version, draft_id, silence)
            raise
        except WouldBreakSilence as asked:
            breaking = Button(
                exchange.tr(t("Break the silence with it")),
                custom_id("amend-anyway", reference, version, draft_id, asked.ballot.id),
                style=discord.ButtonStyle.danger,
            )
            await offer_again(exchange, asked, again, breaking)
            return
        except Refused as refused:
            await offer_again(exchange, refused, again)
            return
        await self.house.drafts.drop(exchange.actor, draft_id)
        await self._answer(exchange, filed, broken=bool(silence))

    async def _answer(self, exchange: Exchange, filed: AmendmentView, *, broken: bool = False) -> None:
        """What became of it, and what its author may want to do next."""
        buttons = conflict_buttons(filed, exchange.tr)
        if broken:
            said = t(
                "You have broken the silence. Amendment {number} to {reference} is filed, and stands in its "
                "discussion.",
                number=filed.number,
                reference=filed.reference,
            )
        elif filed.open and filed.conflicting:
            said = t(
                "Amendment {number} to {reference} is filed. The text has changed in the same words while "
                "you wrote: it can be accepted once it is reworked.",
                number=filed.number,
                reference=filed.reference,
            )
        else:
            said = t(
                "Amendment {number} to {reference} is filed. It stands in the discussion as a difference, to "
                "be seconded and decided on.",
                number=filed.number,
                reference=filed.reference,
            )
        if filed.author_id == filed.recommendation_author and filed.acceptable:
            buttons = [accept_button(filed, exchange.tr(t("Make it the text now"))), *buttons]
        await exchange.say(said, view=below(*buttons))
