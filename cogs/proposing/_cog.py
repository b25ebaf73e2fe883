"""The acts of a person who proposes, seconds or withdraws, and the cards that follow."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.recommendation import body, recommendation_card
from bot.cog import HouseCog
from bot.courier import on_post
from bot.exchange import QUIET, Exchange
from bot.places import Posting
from bot.presenter import REFUSAL
from bot.router import custom_id, on_component, on_modal
from bot.ui import one_line
from cogs.proposing._form import ANY_THEME, alike, form, try_again
from seminar.errors import Refused
from seminar.words import t, tn
from services.recommendations import Draft, RecView

if TYPE_CHECKING:
    from bot.client import Rapporteur

RECOMMEND_THIS = locale_str("Recommend this")


class ProposingCog(HouseCog):
    def __init__(self, bot: Rapporteur) -> None:
        super().__init__(bot)
        self._menu = app_commands.ContextMenu(
            name=RECOMMEND_THIS, callback=self.recommend_this, type=discord.AppCommandType.message
        )
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        await super().cog_load()
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(
        name=locale_str("recommend"), description=locale_str("Propose a recommendation to the room")
    )
    @app_commands.describe(theme=locale_str("Code of the theme"))
    @app_commands.rename(theme=locale_str("theme"))
    @app_commands.guild_only()
    async def recommend(self, interaction: discord.Interaction[Any], theme: str | None = None) -> None:
        exchange = self.exchange(interaction, custom_id("propose", theme) if theme else custom_id("propose"))
        await self._open_form(exchange, theme)

    @on_component("propose")
    async def propose(self, exchange: Exchange, *theme: str) -> None:
        await self._open_form(exchange, theme[0] if theme else None)

    async def recommend_this(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """The form, filled with the text of a chat message."""
        first_line = message.content.strip().partition("\n")[0]
        filled = {"title": first_line[:100], "text": message.content.strip()[:2000]}
        await self._open_form(self.exchange(interaction), None, filled)

    async def _open_form(
        self, exchange: Exchange, theme: str | None, filled: Mapping[str, str] | None = None
    ) -> None:
        await self.house.participants.enter(exchange.actor)
        place = await self.house.recommendations.place(exchange.actor, theme, _channel(exchange))
        await exchange.ask(form(exchange.tr, place.themes, secrets.token_urlsafe(12), filled))

    @on_modal("recommend")
    async def submitted(self, exchange: Exchange, theme: str, draft_id: str, nonce: str) -> None:
        fields = dict(exchange.fields)
        if theme != ANY_THEME:
            fields["theme"] = theme
        await self.house.drafts.keep(exchange.actor, draft_id, fields)
        try:
            found = await self.house.recommendations.similar(
                exchange.actor.guild_id,
                fields.get("theme", ""),
                fields.get("title", ""),
                fields.get("text", ""),
            )
            if found:
                await exchange.say(view=alike(exchange.tr, found, draft_id))
                return
            await self._store(exchange, fields, draft_id)
        except Refused as refused:
            await exchange.say(REFUSAL + exchange.tr(refused.text), view=try_again(exchange.tr, draft_id))

    @on_component("propose-again")
    async def again(self, exchange: Exchange, draft_id: str) -> None:
        filled = await self.house.drafts.fetch(exchange.actor, draft_id)
        place = await self.house.recommendations.place(exchange.actor, None, _channel(exchange))
        await exchange.ask(form(exchange.tr, place.themes, draft_id, filled))

    @on_component("propose-anyway")
    async def anyway(self, exchange: Exchange, draft_id: str) -> None:
        await self._store(exchange, await self.house.drafts.fetch(exchange.actor, draft_id), draft_id)

    @on_component("second-instead")
    async def second_instead(self, exchange: Exchange, reference: str, draft_id: str) -> None:
        await self._second(exchange, reference)
        await self.house.drafts.drop(draft_id)

    async def _store(self, exchange: Exchange, fields: Mapping[str, str], draft_id: str) -> None:
        rec = await self.house.recommendations.propose(
            exchange.actor,
            Draft(
                theme=fields.get("theme", ""),
                event="",
                title=fields.get("title", ""),
                text=fields.get("text", ""),
                rationale=fields.get("rationale", ""),
                addressees=fields.get("addressees", ""),
                channel_id=_channel(exchange),
            ),
            draft_id,
        )
        await self.house.drafts.drop(draft_id)
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

    @second.autocomplete("reference")
    @withdraw.autocomplete("reference")
    async def references(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await suggestions(self, interaction, typed)

    @recommend.autocomplete("theme")
    async def themes(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await self.bot.access.themes(interaction, typed)

    @on_post("card.post")
    async def posted(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        rec = await self.house.recommendations.get(guild.id, subject)
        posting = await self._card(guild, rec)
        fresh = await self.bot.places.find(guild, "card", subject) is None
        await self.bot.places.say(guild, rec.event, posting)
        if fresh:
            await self._overflow(guild, rec)

    @on_post("card.refresh")
    async def refreshed(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        rec = await self.house.recommendations.get(guild.id, subject)
        await self.bot.places.say(guild, rec.event, await self._card(guild, rec))

    async def _card(self, guild: discord.Guild, rec: RecView) -> Posting:
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.among(initiative.head.languages)[0]
        ballot = await self.house.ballots.view(guild.id, rec.ballot) if rec.ballot is not None else None
        view = recommendation_card(rec, tr, initiative, ballot)
        return Posting(
            "card", rec.reference, f"{rec.reference} {rec.title}", view, discuss=True, tag=rec.theme
        )

    async def _overflow(self, guild: discord.Guild, rec: RecView) -> None:
        """What did not fit the card goes to its thread, once."""
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.among(initiative.head.languages)[0]
        row = await self.bot.places.find(guild, "card", rec.reference)
        if row is None or row.thread_id is None:
            return
        thread = self.bot.get_partial_messageable(row.thread_id, guild_id=guild.id)
        for message in body(rec, tr).overflow:
            await thread.send(message, allowed_mentions=QUIET)


def _channel(exchange: Exchange) -> int | None:
    """The event channel the person is in; inside a thread, the channel it belongs to."""
    channel = exchange.interaction.channel
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return exchange.interaction.channel_id


async def suggestions(
    cog: HouseCog, interaction: discord.Interaction[Any], typed: str
) -> list[app_commands.Choice[str]]:
    """References that fit what was typed so far."""
    found = await cog.house.recommendations.suggest(interaction.guild_id or 0, typed)
    return [
        app_commands.Choice(name=f"{reference} · {title}"[:100], value=reference)
        for reference, title in found
    ]
