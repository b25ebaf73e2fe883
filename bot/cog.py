"""What every cog starts from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractContextManager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.exchange import QUIET, Exchange, cut
from bot.ui import escape, label
from seminar.words import Text, t

if TYPE_CHECKING:
    from bot.client import Rapporteur
    from bot.house import House

log = logging.getLogger(__name__)

MOST_SUGGESTED = 25
LONGEST_SUGGESTION = 100
_NOBODY = 50033  # an id that is nobody's, as may stand on an organiser's list
PRIVATE_LIMIT = 1850  # characters, so that a link fits beside them
Suggestions: TypeAlias = list[app_commands.Choice[str]]


class HouseCog(commands.Cog):
    """Its marked methods are enrolled with the router and the courier when it is loaded."""

    def __init__(self, bot: Rapporteur) -> None:
        self.bot = bot

    @property
    def house(self) -> House:
        return self.bot.house

    async def cog_load(self) -> None:
        self.bot.router.enrol(self)
        self.bot.courier.enrol(self)

    @staticmethod
    def exchange(interaction: discord.Interaction[Any], resume: str | None = None) -> Exchange:
        """The exchange of a command; `resume` is the button that would repeat it."""
        exchange: Exchange = interaction.extras["exchange"]
        exchange.resume = resume
        return exchange

    def costly(self, exchange: Exchange) -> AbstractContextManager[None]:
        """Around what takes long for this person: a file, a picture, an import, an audit.

        Raises:
            Refused: they asked for many just now, or too many run at the same time.
        """
        return self.bot.floods.costly(exchange.actor.guild_id, exchange.actor.user_id)

    async def tell_privately(
        self, guild: discord.Guild, user_id: int, said: Text, about: tuple[str, str]
    ) -> None:
        """One private message, in the initiative's first language, with the way to the post `about`.

        `about` is the post's kind and subject. Somebody who takes no private messages is passed over:
        nothing that matters is said only there.
        """
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        text = tr(t("{initiative}: {news}", initiative=escape(initiative.head.title), news=said))
        link = await self.bot.places.link(guild, *about)
        try:
            channel = await self.bot.create_dm(discord.Object(user_id))
            await channel.send(
                f"{cut(text, PRIVATE_LIMIT)}\n{link}" if link else cut(text, PRIVATE_LIMIT),
                allowed_mentions=QUIET,
            )
        except discord.HTTPException as closed:
            if closed.status not in (403, 404) and closed.code != _NOBODY:
                raise
            log.info("a private message reached nobody: HTTP %s, code %s", closed.status, closed.code)

    async def fitting_events(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that names an event."""
        initiative = await self.bot.access.initiative(interaction.guild_id or 0)
        return suggested(((e.code, e.title) for e in (initiative.events if initiative else ())), typed)

    async def fitting_themes(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that names a theme."""
        initiative = await self.bot.access.initiative(interaction.guild_id or 0)
        return suggested(((t.code, t.title) for t in (initiative.themes if initiative else ())), typed)

    async def fitting_constituencies(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that names a constituency."""
        initiative = await self.bot.access.initiative(interaction.guild_id or 0)
        constituencies = initiative.constituencies if initiative else ()
        return suggested(((c.code, c.title) for c in constituencies), typed)

    async def fitting_addressees(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that names an addressee: of the initiative, or with follow-up."""
        if await self.bot.access.initiative(interaction.guild_id or 0) is None:
            return []
        known = await self.house.follow_ups.suggest(interaction.guild_id or 0)
        # Longer names cannot be suggested: they can be typed.
        fitting = ((name, title) for name, title in known if len(name) <= LONGEST_SUGGESTION)
        return suggested(fitting, typed)

    async def fitting_lists(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that takes several, such as CAP-01, CAP-02: the last is completed."""
        before, comma, last = typed.rpartition(",")
        found = await self.fitting_references(interaction, last.strip())
        if not comma:
            return found
        lists = (f"{before.strip()}, {choice.value}" for choice in found)
        return [
            app_commands.Choice(name=made, value=made) for made in lists if len(made) <= LONGEST_SUGGESTION
        ]

    async def fitting_references(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of an option that names a recommendation."""
        found = await self.house.finding.suggest(interaction.guild_id or 0, typed)
        return [
            app_commands.Choice(name=label(f"{reference} · {title}", 100), value=reference)
            for reference, title in found
        ]


class MessageMenuCog(HouseCog):
    """A cog with one act that also stands in the menu of a chat message."""

    def __init__(
        self,
        bot: Rapporteur,
        name: locale_str,
        act: Callable[[discord.Interaction[Any], discord.Message], Coroutine[Any, Any, None]],
    ) -> None:
        super().__init__(bot)
        self._menu = app_commands.ContextMenu(name=name, callback=act, type=discord.AppCommandType.message)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        await super().cog_load()
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)


def suggested(named: Iterable[tuple[str, str]], typed: str) -> Suggestions:
    """Choices for an option, of (code, title), that contain what was typed so far."""
    shown = ((code, f"{code} · {title}") for code, title in named)
    fitting = (
        app_commands.Choice(name=name[:100], value=code)
        for code, name in shown
        if typed.casefold() in name.casefold()
    )
    return list(islice(fitting, MOST_SUGGESTED))
