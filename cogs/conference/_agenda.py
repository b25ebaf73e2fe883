"""`/conference agenda`: what everybody reads, and the private screen that puts it in order."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.conference_agenda import agenda_card, editor_card, reading_card, time_form
from bot.courier import on_post
from bot.exchange import Exchange
from bot.places import Posting
from bot.router import custom_id, on_component, on_modal
from cogs.conference._group import ConferenceGroup
from seminar.errors import Invalid, NotFound
from seminar.words import t


class AgendaCommand(ConferenceGroup):
    @ConferenceGroup.group.command(
        name=locale_str("agenda"), description=locale_str("Show the agenda to everybody, and put it in order")
    )
    @app_commands.describe(event=locale_str("Which conference, where there are several"))
    @app_commands.rename(event=locale_str("event"))
    async def agenda(self, interaction: discord.Interaction[Any], event: str | None = None) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        view = await self.house.conference.show(exchange.actor, event)
        await exchange.say(view=editor_card(view, exchange.tr))

    agenda.autocomplete("event")(ConferenceGroup.fitting_conferences)

    @on_component("agenda-item")
    async def item_chosen(self, exchange: Exchange, event: str, page: int) -> None:
        if len(exchange.values) != 1:
            raise Invalid(t("Please choose one recommendation."))
        view = await self.house.conference.edited(exchange.actor, event)
        await exchange.redraw(editor_card(view, exchange.tr, page=page, chosen=exchange.values[0]))

    @on_component("agenda-page")
    async def page_turned(self, exchange: Exchange, event: str, page: int) -> None:
        view = await self.house.conference.edited(exchange.actor, event)
        await exchange.redraw(editor_card(view, exchange.tr, page=page))

    @on_component("agenda-up")
    async def moved_up(self, exchange: Exchange, event: str, reference: str) -> None:
        await self._move(exchange, event, reference, -1)

    @on_component("agenda-down")
    async def moved_down(self, exchange: Exchange, event: str, reference: str) -> None:
        await self._move(exchange, event, reference, 1)

    async def _move(self, exchange: Exchange, event: str, reference: str, by: int) -> None:
        view = await self.house.conference.move(exchange.actor, event, reference, by)
        await exchange.redraw(editor_card(view, exchange.tr, chosen=reference))

    @on_component("agenda-time")
    async def time_asked(self, exchange: Exchange, event: str, reference: str) -> None:
        view = await self.house.conference.edited(exchange.actor, event)
        place = view.place(reference)
        if place is None:
            raise NotFound(
                t("{reference} is not on the agenda of {code}.", reference=reference, code=view.event.code)
            )
        made = custom_id("agenda-time", view.event.code, reference, secrets.token_urlsafe(9))
        await exchange.ask(time_form(view, view.items[place], made, exchange.tr))

    @on_modal("agenda-time")
    async def time_given(self, exchange: Exchange, event: str, reference: str, nonce: str) -> None:
        fields = exchange.fields
        view = await self.house.conference.set_time(
            exchange.actor, event, reference, fields.get("starts", ""), fields.get("ends", "")
        )
        await exchange.redraw(editor_card(view, exchange.tr, chosen=reference))

    @on_component("agenda-read")
    async def read(self, exchange: Exchange, event: str, page: int) -> None:
        """The whole agenda, for whoever asks."""
        view = await self.house.conference.agenda(exchange.actor.guild_id, event)
        await exchange.redraw(reading_card(view, page, exchange.tr))

    @on_post("agenda.post")
    async def agenda_posted(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        view = await self.house.conference.agenda(guild.id, subject)
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        card = agenda_card(view, tr)
        await self.bot.places.say(guild, subject, Posting("agenda", subject, tr(t("Agenda")), card, pin=True))

    @on_post("agenda.refresh")
    async def agenda_refreshed(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """Drawn again where it was shown; nobody has to show it."""
        if await self.bot.places.find(guild, "agenda", subject) is not None:
            await self.agenda_posted(guild, subject, payload)
