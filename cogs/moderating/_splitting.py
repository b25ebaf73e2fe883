"""`/moderate split`: the form in which one recommendation becomes two."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot import ui
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.i18n import Translator
from bot.presenter import offer_again
from bot.router import custom_id, on_component, on_modal
from cogs.moderating._group import REFERENCE, ModerateGroup, reason_field, undoable
from seminar.errors import Invalid, Refused
from seminar.model import Role
from seminar.wording import LEAST_TEXT, MOST_TEXT, MOST_TITLE
from seminar.words import t
from services.drafting.recommendations import RecView
from services.drafting.regrouping_requests import Part, SplitRequest
from services.drafting.undoing import Regrouped

FIELDS = ("first_title", "first_text", "second_title", "second_text", "reason")
NO_FORM = t("This form is no longer known. Please start again with `/moderate split`.")


class SplitCommand(ModerateGroup):
    @ModerateGroup.group.command(
        name=locale_str("split"), description=locale_str("Split a recommendation into two")
    )
    @app_commands.describe(reference=REFERENCE)
    @app_commands.rename(reference=locale_str("reference"))
    async def split(self, interaction: discord.Interaction[Any], reference: str) -> None:
        exchange = self.exchange(interaction)
        rec = await self.house.regrouping.splitting(exchange.actor, reference)
        filled = {
            "first_title": rec.title,
            "first_text": rec.text,
            "second_title": rec.title,
            "second_text": rec.text,
        }
        await exchange.ask(_form(exchange.tr, rec, secrets.token_urlsafe(12), filled))

    @on_component("split-again")
    async def split_again(self, exchange: Exchange, draft_id: str) -> None:
        """The form as it was sent in, now on the text as it stands."""
        draft = await self.house.drafts.fetch(exchange.actor, draft_id)
        if "split" not in draft:  # of another form
            raise Invalid(NO_FORM)
        rec = await self.house.regrouping.splitting(exchange.actor, draft["split"])
        await exchange.ask(_form(exchange.tr, rec, draft_id, draft))

    @on_modal("split")
    async def split_submitted(
        self, exchange: Exchange, reference: str, version: int, draft_id: str, nonce: str
    ) -> None:
        done = await self.house.regrouping.done(exchange.actor, draft_id)
        if done is not None:  # the same form sent twice
            await _is_split(exchange, done)
            return
        typed = {name: exchange.fields.get(name, "") for name in FIELDS}
        kept = {**typed, "split": reference}
        await self.house.drafts.keep(exchange.actor, draft_id, kept, Role.FACILITATOR)
        parts = (
            Part(typed["first_title"], typed["first_text"]),
            Part(typed["second_title"], typed["second_text"]),
        )
        request = SplitRequest(reference, version, parts, typed["reason"])
        try:
            done = await self.house.regrouping.split(exchange.actor, request, draft_id)
        except Refused as refused:
            await offer_again(exchange, refused, custom_id("split-again", draft_id))
            return
        await self.house.drafts.drop(exchange.actor, draft_id)
        await _is_split(exchange, done)

    split.autocomplete("reference")(HouseCog.fitting_references)


def _form(tr: Translator, rec: RecView, draft_id: str, filled: Mapping[str, str]) -> discord.ui.Modal:
    """The id ends in a nonce: phones show the first text they saw for an id again."""
    return ui.form(
        tr(t("Split {reference}", reference=rec.reference)),
        custom_id("split", rec.reference, rec.version, draft_id, secrets.token_hex(3)),
        ui.text_field(tr(t("Title of the first")), "first_title", filled, 1, MOST_TITLE),
        ui.text_field(tr(t("Text of the first")), "first_text", filled, LEAST_TEXT, MOST_TEXT, long=True),
        ui.text_field(tr(t("Title of the second")), "second_title", filled, 1, MOST_TITLE),
        ui.text_field(tr(t("Text of the second")), "second_text", filled, LEAST_TEXT, MOST_TEXT, long=True),
        reason_field(tr, filled),
    )


async def _is_split(exchange: Exchange, done: Regrouped) -> None:
    await exchange.say(
        t(
            "{reference} was split into {references}. Everybody concerned is told; for an hour it can be "
            "undone.",
            reference=done.reference,
            references=done.others,
        ),
        view=undoable(exchange.tr, done.id),
    )
