"""The acts of a person who proposes, seconds or withdraws, and the cards that follow."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.recommendation import body, recommendation_card
from bot.cog import HouseCog, MessageMenuCog
from bot.courier import on_post
from bot.exchange import QUIET, Exchange
from bot.places import BEFORE, Posting
from bot.presenter import offer_again
from bot.router import custom_id, on_component, on_modal
from bot.ui import one_line
from cogs.proposing._form import ANY_THEME, alike, form
from seminar import references
from seminar.canonical import digest
from seminar.errors import Refused
from seminar.model import Role
from seminar.words import t, tn
from services.drafting.recommendations import Draft, RecView
from services.people.registering import NeedsConstituency, NeedsNotice

if TYPE_CHECKING:
    from bot.client import Rapporteur

DERIVED = "derived"
"""In a draft, the rejected amendment that it takes up, as `CAP-01/2`."""

RECOMMEND_THIS = locale_str("Recommend this")


class ProposingCog(MessageMenuCog):
    def __init__(self, bot: Rapporteur) -> None:
        super().__init__(bot, RECOMMEND_THIS, self.recommend_this)

    @app_commands.command(
        name=locale_str("recommend"), description=locale_str("Propose a recommendation to the room")
    )
    @app_commands.describe(theme=locale_str("Code of the theme"))
    @app_commands.rename(theme=locale_str("theme"))
    @app_commands.guild_only()
    async def recommend(self, interaction: discord.Interaction[Any], theme: str | None = None) -> None:
        exchange = self.exchange(
            interaction, custom_id("propose", theme[:60]) if theme else custom_id("propose")
        )
        await self._open_form(exchange, theme)

    @on_component("propose")
    async def propose(self, exchange: Exchange, *theme: str) -> None:
        await self._open_form(exchange, theme[0] if theme else None)

    async def recommend_this(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """The form, filled with the text of a chat message."""
        said = message.clean_content.strip()
        filled = {"title": said.partition("\n")[0], "text": said}
        await self._open_form(self.exchange(interaction), None, filled)

    async def _open_form(
        self, exchange: Exchange, theme: str | None, filled: Mapping[str, str] | None = None
    ) -> None:
        place = await self.house.recommendations.place(exchange.actor, theme, exchange.channel_id)
        await exchange.ask(form(exchange.tr, place.themes, secrets.token_urlsafe(12), filled))

    @on_modal("recommend")
    async def submitted(self, exchange: Exchange, theme: str, draft_id: str, nonce: str) -> None:
        fields = dict(exchange.fields)
        if theme != ANY_THEME:
            fields["theme"] = theme
        rec = await self.house.recommendations.proposed(exchange.actor, draft_id)
        if rec is not None:  # the same form sent twice
            await self._on_the_table(exchange, rec)
            return
        fields[DERIVED] = (await self.house.drafts.waiting(exchange.actor, draft_id)).get(DERIVED, "")
        await self.house.drafts.keep(exchange.actor, draft_id, fields, Role.PARTICIPANT)
        found = await self.house.finding.similar(
            exchange.actor.guild_id,
            fields.get("theme", ""),
            fields.get("title", ""),
            fields.get("text", ""),
        )
        # What a rejected amendment wanted to change reads much like it, of course.
        amended = fields[DERIVED].partition("/")[0]
        found = [rec for rec in found if rec.reference != amended]
        if found:
            await exchange.say(view=alike(exchange.tr, found, draft_id))
        else:
            await self._store(exchange, fields, draft_id)

    @on_component("amendment-derive")
    async def derive(self, exchange: Exchange, reference: str, number: int) -> None:
        """The form with what a rejected amendment asked for, for its author."""
        found = await self.house.amendments.derivable(exchange.actor, reference, number)
        place = await self.house.recommendations.place(exchange.actor, found.theme, exchange.channel_id)
        draft_id, filled = secrets.token_urlsafe(12), dict(found.asked.fields)
        taken_up = {DERIVED: references.of_amendment(found.reference, found.number)}
        await self.house.drafts.keep(exchange.actor, draft_id, filled | taken_up, Role.PARTICIPANT)
        await exchange.ask(form(exchange.tr, place.themes, draft_id, filled))

    @on_component("propose-again")
    async def again(self, exchange: Exchange, draft_id: str) -> None:
        filled = await self.house.drafts.fetch(exchange.actor, draft_id)
        place = await self.house.recommendations.place(exchange.actor, None, exchange.channel_id)
        await exchange.ask(form(exchange.tr, place.themes, draft_id, filled))

    @on_component("propose-anyway")
    async def anyway(self, exchange: Exchange, draft_id: str) -> None:
        await self._store(exchange, await self.house.drafts.fetch(exchange.actor, draft_id), draft_id)

    @on_component("second-instead")
    async def second_instead(self, exchange: Exchange, reference: str, draft_id: str) -> None:
        await self._second(exchange, reference)
        await self.house.drafts.drop(exchange.actor, draft_id)

    async def _store(self, exchange: Exchange, fields: Mapping[str, str], draft_id: str) -> None:
        """Put the draft on the table; where that is refused, its author can mend it."""
        draft = Draft(
            theme=fields.get("theme", ""),
            event="",
            title=fields.get("title", ""),
            text=fields.get("text", ""),
            rationale=fields.get("rationale", ""),
            addressees=fields.get("addressees", ""),
            channel_id=exchange.channel_id,
            derived=fields.get(DERIVED, ""),
        )
        try:
            rec = await self.house.recommendations.propose(exchange.actor, draft, draft_id)
        except (NeedsNotice, NeedsConstituency):
            exchange.resume = custom_id("propose-anyway", draft_id)
            raise
        except Refused as refused:
            await offer_again(exchange, refused, custom_id("propose-again", draft_id))
            return
        await self.house.drafts.drop(exchange.actor, draft_id)
        await self._on_the_table(exchange, rec)

    async def _on_the_table(self, exchange: Exchange, rec: RecView) -> None:
        await exchange.say(
            t(
                "{reference} is on the table: “{title}”. Its card and its discussion thread are in the "
                "event's channel.",
                reference=rec.reference,
                title=one_line(rec.title, 220),
            )
        )

    @app_commands.command(name=locale_str("second"), description=locale_str("Support a recommendation"))
    @app_commands.describe(reference=locale_str("Reference of the recommendation, for example TRN-07"))
    @app_commands.rename(reference=locale_str("reference"))
    @app_commands.guild_only()
    async def second(self, interaction: discord.Interaction[Any], reference: str) -> None:
        await self._second(self.exchange(interaction, custom_id("second", reference[:60])), reference)

    @on_component("second")
    async def second_pressed(self, exchange: Exchange, reference: str) -> None:
        await self._second(exchange, reference)

    async def _second(self, exchange: Exchange, reference: str) -> None:
        rec = await self.house.recommendations.second(exchange.actor, reference)
        await exchange.say(
            tn(
                "You second {reference}. It now has {count} second.",
                "You second {reference}. It now has {count} seconds.",
                rec.seconds,
                reference=rec.reference,
            )
        )

    @app_commands.command(
        name=locale_str("withdraw"), description=locale_str("Take back your own recommendation")
    )
    @app_commands.describe(reference=locale_str("Reference of the recommendation, for example TRN-07"))
    @app_commands.rename(reference=locale_str("reference"))
    @app_commands.guild_only()
    async def withdraw(self, interaction: discord.Interaction[Any], reference: str) -> None:
        exchange = self.exchange(interaction, custom_id("withdraw", reference[:60]))
        await self._withdraw(exchange, reference)

    @on_component("withdraw")
    async def withdraw_resumed(self, exchange: Exchange, reference: str) -> None:
        await self._withdraw(exchange, reference)

    async def _withdraw(self, exchange: Exchange, reference: str) -> None:
        rec = await self.house.recommendations.withdraw(exchange.actor, reference)
        await exchange.say(
            t("{reference} is withdrawn. It stays on record as withdrawn.", reference=rec.reference)
        )

    second.autocomplete("reference")(HouseCog.fitting_references)
    withdraw.autocomplete("reference")(HouseCog.fitting_references)
    recommend.autocomplete("theme")(HouseCog.fitting_themes)

    @on_post("card.post")
    async def posted(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        rec = await self.house.recommendations.get(guild.id, subject)
        before = await self._thread(guild, subject)
        await self.bot.places.say(guild, _home(rec), await self._card(guild, rec))
        if before != await self._thread(guild, subject):
            await self.bot.places.leave(guild, "card.continued", subject)
        if rec.conference is not None:
            await self._draw_before(guild, rec)
            await self.bot.places.leave_once(guild, "agenda.refresh", rec.conference)

    async def _draw_before(self, guild: discord.Guild, rec: RecView) -> None:
        """The card that stayed where it was proposed, when it was presented at the conference."""
        places, kind = self.bot.places, "card" + BEFORE
        if await places.find(guild, kind, rec.reference) is None:
            return
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        goes_on = await places.link(guild, "card", rec.reference)
        view = recommendation_card(rec, tr, initiative, goes_on=goes_on)
        await places.redraw(guild, Posting(kind, rec.reference, rec.title, view))

    @on_post("card.refresh")
    async def refreshed(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        await self.posted(guild, subject, payload)

    async def _card(self, guild: discord.Guild, rec: RecView) -> Posting:
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        ballots = [await self.house.ballots.view(guild.id, ballot) for ballot in rec.ballots]
        view = recommendation_card(rec, tr, initiative, ballots)
        return Posting(
            "card", rec.reference, f"{rec.reference} {rec.title}", view, discuss=True, tag=rec.theme
        )

    @on_post("card.continued")
    async def continued(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """What does not fit the card goes to its thread, in each version anew; a part that was sent is not
        sent again.
        """
        rec = await self.house.recommendations.get(guild.id, subject)
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        thread_id = await self._thread(guild, subject)
        if thread_id is None:
            return
        thread = self.bot.get_partial_messageable(thread_id, guild_id=guild.id)
        for number, message in enumerate(body(rec, tr).overflow):
            nonce = digest(str(thread_id), str(rec.version), str(number))[:25]
            await thread.send(message, allowed_mentions=QUIET, nonce=nonce)

    async def _thread(self, guild: discord.Guild, reference: str) -> int | None:
        row = await self.bot.places.find(guild, "card", reference)
        return None if row is None else row.thread_id


def _home(rec: RecView) -> str:
    """The event in whose channel the card belongs: at the conference from when it was presented there."""
    known = rec.background.at_conference if rec.background is not None else None
    return rec.room if known is None or known.presented else rec.event
