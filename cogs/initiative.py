"""`/initiative`: an organiser loads the initiative and looks at it."""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.event import days_text
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import custom_id, on_component
from bot.ui import Button, card, escape, line, listing, one_line, rows
from bot.uploads import fetch
from seminar.errors import Invalid, NotFound
from seminar.initiative import MOST_BYTES, Initiative
from seminar.model import Actor, Role
from seminar.words import t
from services.initiatives import LoadPreview
from services.logos import LOGO_TOO_LARGE, MOST_LOGO_BYTES

if TYPE_CHECKING:
    from bot.client import Rapporteur

WAITING = 20  # files that wait for their confirmation at the same time
CHANGES_ROOM = 3500  # characters of a layout's 4,000; the rest is for what frames them
LIST_ROOM = 1100  # for each of the three lists of a summary

LOGO = "logo.png"
_NO_LONGER = t("This file is no longer waiting. Please load it again.")
TOO_LARGE = t("This file has more than 1 MiB; an initiative file is far smaller. Is it the right one?")


class InitiativeCog(HouseCog):
    group = app_commands.Group(
        name=locale_str("initiative"),
        description=locale_str("The initiative of this server"),
        guild_only=True,
    )

    def __init__(self, bot: Rapporteur) -> None:
        super().__init__(bot)
        self._waiting: dict[str, tuple[Actor, bytes]] = {}

    @group.command(name=locale_str("load"), description=locale_str("Load or update the initiative file"))
    @app_commands.describe(file=locale_str("The initiative as a TOML file, at most 1 MiB"))
    @app_commands.rename(file=locale_str("file"))
    async def load(self, interaction: discord.Interaction[Any], file: discord.Attachment) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        with self.costly(exchange):
            data = await fetch(file, MOST_BYTES, TOO_LARGE)
            preview = await self.house.initiatives.preview(exchange.actor, data)
        if preview.first:
            loaded = await self.house.initiatives.load(exchange.actor, data)
            await exchange.say(
                view=_summary(exchange, loaded.initiative, exchange.tr(t("The initiative is loaded.")))
            )
        elif not preview.changes:
            await exchange.say(t("Nothing has changed: the initiative here is the same as in this file."))
        else:
            await exchange.say(view=_changes(exchange, preview, self._wait(exchange.actor, data)))

    @on_component("initiative-apply")
    async def apply(self, exchange: Exchange, token: str) -> None:
        data = self._file(exchange, token)
        if data is None:
            raise NotFound(_NO_LONGER)
        waiting = self._waiting.pop(token)  # before it is loaded, or a second click would load it again
        try:
            loaded = await self.house.initiatives.load(exchange.actor, data)
        except BaseException:
            self._waiting[token] = waiting
            raise
        await exchange.redraw(
            _summary(exchange, loaded.initiative, exchange.tr(t("The changes are applied.")))
        )

    @on_component("initiative-drop")
    async def drop(self, exchange: Exchange, token: str) -> None:
        await self.house.initiatives.current(exchange.actor.guild_id)
        exchange.actor.require(Role.ORGANISER)
        if self._file(exchange, token) is not None:
            self._waiting.pop(token, None)
        await exchange.redraw(card(exchange.tr(t("Nothing was changed."))))

    def _file(self, exchange: Exchange, token: str) -> bytes | None:
        """The file that waits under `token`; None where none does any more.

        Raises:
            NotFound: it is somebody else's.
        """
        found = self._waiting.get(token)
        if found is None:
            return None
        sender, data = found
        if (sender.guild_id, sender.user_id) != (exchange.actor.guild_id, exchange.actor.user_id):
            raise NotFound(_NO_LONGER)
        return data

    @group.command(name=locale_str("show"), description=locale_str("Show the initiative of this server"))
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        exchange = self.exchange(interaction)
        initiative = await self.house.initiatives.current(exchange.actor.guild_id)
        await exchange.say(view=_summary(exchange, initiative))

    @group.command(
        name=locale_str("logo"),
        description=locale_str("Put a logo on the covers of documents, or take it away"),
    )
    @app_commands.describe(
        file=locale_str("A PNG or JPEG picture, at most 1 MiB"),
        alt=locale_str("What it shows, for whoever cannot see it; the initiative's title if empty"),
        remove=locale_str("Take the logo away"),
    )
    @app_commands.rename(file=locale_str("file"), alt=locale_str("alt"), remove=locale_str("remove"))
    async def logo(
        self,
        interaction: discord.Interaction[Any],
        file: discord.Attachment | None = None,
        alt: str = "",
        remove: bool = False,
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        await self.house.initiatives.current(exchange.actor.guild_id)
        exchange.actor.require(Role.ORGANISER)  # before anything is fetched
        if remove == (file is not None):
            raise Invalid(t("Please attach a picture, or choose `remove`, and not both."))
        if file is None:
            await self.house.logos.remove(exchange.actor)
            await exchange.say(t("The covers of documents have no logo any more."))
            return
        kept = await self.house.logos.put(
            exchange.actor, await fetch(file, MOST_LOGO_BYTES, LOGO_TOO_LARGE), alt
        )
        await exchange.say(
            t(
                "This is the logo on the covers of documents now. It is read out as “{alt}”.",
                alt=escape(kept.alt),
            ),
            files=[discord.File(BytesIO(kept.image), LOGO, description=kept.alt)],
        )

    def _wait(self, sender: Actor, data: bytes) -> str:
        token = secrets.token_urlsafe(12)
        while len(self._waiting) >= WAITING:
            self._waiting.pop(next(iter(self._waiting)))
        self._waiting[token] = sender, data
        return token


def _changes(exchange: Exchange, preview: LoadPreview, token: str) -> discord.ui.LayoutView:
    tr = exchange.tr
    return card(
        "### " + tr(t("These changes will be applied")),
        listing(tr, [f"- {one_line(tr(change), 600)}" for change in preview.changes], CHANGES_ROOM),
        *rows(
            [
                Button(
                    tr(t("Apply")), custom_id("initiative-apply", token), style=discord.ButtonStyle.primary
                ),
                Button(tr(t("Leave as it is")), custom_id("initiative-drop", token)),
            ]
        ),
    )


def _summary(exchange: Exchange, initiative: Initiative, news: str | None = None) -> discord.ui.LayoutView:
    tr = exchange.tr
    themes = [f"- **{theme.code}** {escape(theme.title)}" for theme in initiative.themes]
    events = [
        f"- **{event.code}** {escape(event.title)} · "
        + tr(days_text(event.starts_on, event.ends_on))
        + " · "
        + ", ".join(event.themes)
        for event in initiative.events
    ]
    groups = [f"- **{c.code}** {escape(c.title)}" for c in initiative.constituencies]
    lists = ((t("Events"), events), (t("Themes"), themes), (t("Constituencies"), groups))
    rules = initiative.rules
    return card(
        news,
        f"## {escape(initiative.head.title)}",
        *(f"**{tr(heading)}**\n{listing(tr, lines, LIST_ROOM)}" for heading, lines in lists if lines),
        line(),
        tr(
            t(
                "Threshold {threshold}, quorum {quorum}, {ballots}, time zone {zone}.",
                threshold=rules.threshold,
                quorum=rules.quorum,
                ballots=t("secret ballots") if rules.secrecy == "secret" else t("open ballots"),
                zone=initiative.head.time_zone,
            )
        ),
        tr(t("Next: `/event open` opens an event and makes its channel.")) if news else None,
    )


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(InitiativeCog(bot))
