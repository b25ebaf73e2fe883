"""`/moderate merge`: the form in which the text of several becomes the text of one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
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
from cogs.moderating._group import ModerateGroup, reason_field, undoable
from seminar.errors import Invalid, Refused
from seminar.joining import joined
from seminar.model import Role
from seminar.wording import LEAST_TEXT, MOST_ADDRESSEES, MOST_RATIONALE, MOST_TEXT, MOST_TITLE
from seminar.words import t, tn
from services.drafting.recommendations import RecView
from services.drafting.regrouping_requests import MergeRequest
from services.drafting.undoing import Regrouped

FIELDS = ("title", "text", "rationale", "addressees", "reason")
NO_FORM = t("This form is no longer known. Please start again with `/moderate merge`.")


class MergeCommand(ModerateGroup):
    @ModerateGroup.group.command(
        name=locale_str("merge"), description=locale_str("Merge recommendations into one, and edit its text")
    )
    @app_commands.describe(
        reference=locale_str("What is merged into the other; several as CAP-02, CAP-03"),
        into=locale_str("Reference of the recommendation that stays"),
    )
    @app_commands.rename(reference=locale_str("reference"), into=locale_str("into"))
    async def merge(self, interaction: discord.Interaction[Any], reference: str, into: str) -> None:
        exchange = self.exchange(interaction)
        survivor, others = await self.house.regrouping.merging(exchange.actor, reference, into)
        offered = joined(survivor.wording, [other.wording for other in others])
        draft_id = secrets.token_urlsafe(12)
        await self._ask_merge(exchange, draft_id, survivor, others, offered.wording.fields, offered.alone)

    @on_component("merge-again")
    async def merge_again(self, exchange: Exchange, draft_id: str) -> None:
        """The form as it was sent in, now on the texts as they stand."""
        draft = await self._merge_draft(exchange, draft_id)
        survivor, others = await self.house.regrouping.merging(
            exchange.actor, draft["references"], draft["into"]
        )
        await self._ask_merge(exchange, draft_id, survivor, others, draft, ())

    async def _ask_merge(
        self,
        exchange: Exchange,
        draft_id: str,
        survivor: RecView,
        others: Sequence[RecView],
        filled: Mapping[str, str],
        alone: Sequence[str],
    ) -> None:
        """Keep what is merged, in which versions, beside the form; its id could not hold that."""
        kept = {name: filled.get(name, "") for name in FIELDS} | {
            "references": ", ".join(other.reference for other in others),
            "into": survivor.reference,
            "versions": " ".join(f"{rec.reference}={rec.version}" for rec in (survivor, *others)),
        }
        await self.house.drafts.keep(exchange.actor, draft_id, kept, Role.FACILITATOR)
        await exchange.ask(_form(exchange.tr, draft_id, survivor, kept, alone))

    @on_modal("merge")
    async def merge_submitted(self, exchange: Exchange, draft_id: str, nonce: str) -> None:
        done = await self.house.regrouping.done(exchange.actor, draft_id)
        if done is not None:  # the same form sent twice
            await _merged(exchange, done)
            return
        draft = await self._merge_draft(exchange, draft_id)
        draft |= {name: exchange.fields.get(name, "") for name in FIELDS}
        await self.house.drafts.keep(exchange.actor, draft_id, draft, Role.FACILITATOR)
        request = MergeRequest(
            references=tuple(draft["references"].split(",")),
            into=draft["into"],
            title=draft["title"],
            text=draft["text"],
            rationale=draft["rationale"],
            addressees=draft["addressees"],
            reason=draft["reason"],
            versions=_versions(draft["versions"]),
        )
        try:
            done = await self.house.regrouping.merge(exchange.actor, request, draft_id)
        except Refused as refused:
            await offer_again(exchange, refused, custom_id("merge-again", draft_id))
            return
        await self.house.drafts.drop(exchange.actor, draft_id)
        await _merged(exchange, done)

    async def _merge_draft(self, exchange: Exchange, draft_id: str) -> dict[str, str]:
        draft = await self.house.drafts.fetch(exchange.actor, draft_id)
        if not {"references", "into", "versions"} <= draft.keys():  # of another form
            raise Invalid(NO_FORM)
        return draft

    merge.autocomplete("reference")(HouseCog.fitting_lists)
    merge.autocomplete("into")(HouseCog.fitting_references)


def _versions(kept: str) -> dict[str, int]:
    pairs = (pair.partition("=") for pair in kept.split())
    return {reference: int(version) for reference, _, version in pairs}


def _form(
    tr: Translator, draft_id: str, survivor: RecView, filled: Mapping[str, str], alone: Sequence[str]
) -> discord.ui.Modal:
    """The id ends in a nonce: phones show the first text they saw for an id again."""
    notice = tr(t("Of {reference} alone: all together are too long.", reference=survivor.reference))
    hints = dict.fromkeys(alone, notice)
    return ui.form(
        tr(t("Merge into {reference}", reference=survivor.reference)),
        custom_id("merge", draft_id, secrets.token_hex(3)),
        ui.text_field(tr(t("Title")), "title", filled, 1, MOST_TITLE),
        ui.text_field(
            tr(t("Text")), "text", filled, LEAST_TEXT, MOST_TEXT, long=True, hint=hints.get("text")
        ),
        ui.text_field(
            tr(t("Rationale (optional)")),
            "rationale",
            filled,
            0,
            MOST_RATIONALE,
            long=True,
            hint=hints.get("rationale"),
        ),
        ui.text_field(
            tr(t("Addressed to (optional)")),
            "addressees",
            filled,
            0,
            MOST_ADDRESSEES,
            hint=hints.get("addressees", tr(t("Codes or names, separated by commas"))),
        ),
        reason_field(tr, filled),
    )


async def _merged(exchange: Exchange, done: Regrouped) -> None:
    await exchange.say(
        tn(
            "{references} was merged into {reference}, which is in version {version} now. Everybody "
            "concerned is told; for an hour it can be undone.",
            "{references} were merged into {reference}, which is in version {version} now. Everybody "
            "concerned is told; for an hour it can be undone.",
            len(done.others),
            references=done.others,
            reference=done.reference,
            version=done.version,
        ),
        view=undoable(exchange.tr, done.id),
    )
