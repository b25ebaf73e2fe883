"""`/event`: an organiser opens, closes and schedules events; the bot makes channels and start panels."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.colours import CALM
from bot.cards.conference_despatch import left_open_card
from bot.cards.event import days_text
from bot.cog import HouseCog
from bot.courier import on_post
from bot.places import Posting
from bot.router import custom_id
from bot.ui import Button, card, escape, listing, rows
from seminar.errors import Refused
from seminar.model import EventStatus
from seminar.words import Value, t, tn

if TYPE_CHECKING:
    from bot.client import Rapporteur

MOST_LEFT_OPEN = 20  # references in one answer
THEMES_ROOM = 3000  # characters of a layout's 4,000; the rest is for what frames them


class EventsCog(HouseCog):
    def __init__(self, bot: Rapporteur) -> None:
        super().__init__(bot)
        self._scheduling = asyncio.Lock()

    group = app_commands.Group(
        name=locale_str("event"), description=locale_str("Seminars and conferences"), guild_only=True
    )

    @group.command(name=locale_str("open"), description=locale_str("Open an event and make its channel"))
    @app_commands.describe(code=locale_str("The event's code, for example ROM"))
    @app_commands.rename(code=locale_str("code"))
    async def open(self, interaction: discord.Interaction[Any], code: str) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        channels = {channel.id for channel in exchange.guild.channels}
        view = await self.house.events.open(exchange.actor, code, channels.__contains__)
        await self.bot.errands.run()
        view = await self.house.events.view(exchange.actor.guild_id, view.event.code)
        if view.channel_id is None:
            await exchange.say(
                t(
                    "{event} is open, but Discord did not let the bot make its channel. Give the bot the "
                    "permissions Manage Channels and Send Messages; it goes on trying.",
                    event=escape(view.event.title),
                )
            )
        else:
            await exchange.say(
                t(
                    "{event} is open in {channel}.",
                    event=escape(view.event.title),
                    channel=f"<#{view.channel_id}>",
                )
            )

    @group.command(name=locale_str("close"), description=locale_str("Close an event"))
    @app_commands.describe(code=locale_str("The event's code, for example ROM"))
    @app_commands.rename(code=locale_str("code"))
    async def close(self, interaction: discord.Interaction[Any], code: str) -> None:
        exchange = self.exchange(interaction)
        view = await self.house.events.close(exchange.actor, code)
        closed = t(
            "{event} is closed. Its recommendations can still be read and exported.",
            event=escape(view.event.title),
        )
        if view.left_open:
            more = len(view.left_open) - MOST_LEFT_OPEN
            named: tuple[Value, ...] = view.left_open[:MOST_LEFT_OPEN]
            if more > 0:
                named = (*named, tn("{count} more", "{count} more", more))
            closed = tn(
                "{closed} {count} text was not decided on and stays open: {references}.",
                "{closed} {count} texts were not decided on and stay open: {references}.",
                len(view.left_open),
                closed=closed,
                references=named,
            )
        await exchange.say(closed)

    @group.command(
        name=locale_str("schedule"), description=locale_str("Put an event into the server's calendar")
    )
    @app_commands.describe(code=locale_str("The event's code, for example ROM"))
    @app_commands.rename(code=locale_str("code"))
    async def schedule(self, interaction: discord.Interaction[Any], code: str) -> None:
        exchange = self.exchange(interaction)
        dates = await self.house.events.dates(exchange.actor, code)
        await exchange.think()
        async with self._scheduling:  # asked for twice at once, it is made once
            try:
                url, new = await self.bot.places.schedule(exchange.guild, dates)
            except discord.Forbidden:
                raise Refused(
                    t(
                        "The bot may not make events here. Give it the permissions Create Events and Manage "
                        "Events, and ask again."
                    )
                ) from None
            await self.house.events.scheduled(exchange.actor, dates.event.code)
        said = (
            t("{event} is in the server's calendar: {link}", event=escape(dates.event.title), link=url)
            if new
            else t("{event} was changed in the calendar: {link}", event=escape(dates.event.title), link=url)
        )
        await exchange.say(said)

    open.autocomplete("code")(HouseCog.fitting_events)
    close.autocomplete("code")(HouseCog.fitting_events)
    schedule.autocomplete("code")(HouseCog.fitting_events)

    @on_post("event.opened")
    async def opened(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        await self.bot.places.say(guild, subject, await self._panel(guild, subject))

    @on_post("event.closed")
    async def closed(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        await self.bot.places.redraw(guild, await self._panel(guild, subject))

    @on_post("conference.left_open")
    async def left_open(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """What a conference did not decide on, where it was held; said at each closing."""
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        title = initiative.event(subject).title
        view = left_open_card(title, payload["named"], int(payload["number"]), tr)
        posting = Posting("left_open", f"{subject} {payload['key']}", tr(t("Left open")), view)
        await self.bot.places.say(guild, subject, posting)

    async def _panel(self, guild: discord.Guild, code: str) -> Posting:
        """The start panel: nobody needs to know a command."""
        initiative = await self.house.initiatives.current(guild.id)
        known = await self.house.events.view(guild.id, code)
        tr = self.bot.catalogues.first(initiative.head.languages)
        event, open_ = known.event, known.status is EventStatus.OPEN
        themes = [f"- **{theme}** {escape(initiative.theme(theme).title)}" for theme in event.themes]
        buttons = [
            Button(
                tr(t("Propose")),
                custom_id("propose"),
                style=discord.ButtonStyle.primary,
                emoji="📝",
                disabled=not open_,
            ),
            Button(tr(t("Browse")), custom_id("browse"), emoji="📚"),
            Button(tr(t("Vote")), custom_id("vote-list"), emoji="🗳️"),
            Button(tr(t("My page")), custom_id("my-page"), emoji="👤"),
            Button(tr(t("I am here")), custom_id("here"), emoji="✋"),
            Button(tr(t("Register")), custom_id("register"), emoji="🔑"),
            Button(tr(t("Help")), custom_id("help"), emoji="❔"),
        ]
        view = card(
            f"## {escape(event.title)}",
            tr(days_text(event.starts_on, event.ends_on))
            + (f" · {escape(event.city)}" if event.city else ""),
            listing(tr, themes, THEMES_ROOM),
            tr(
                t(
                    "Press **I am here** to register, or **Register** if you were given a code; **Propose** "
                    "to put a recommendation to the room, **Vote** when a ballot is open. No command needs "
                    "to be learnt."
                )
            )
            if open_
            else tr(t("This event is closed. Its recommendations can still be read.")),
            *rows(buttons),
            accent=CALM,
        )
        return Posting("panel", code, tr(t("Start here")), view, pin=True)


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(EventsCog(bot))
