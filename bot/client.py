"""The bot: opens the house, loads the cogs by name and lets every act in through one door."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.access import Access
from bot.courier import Courier
from bot.errands import Errands
from bot.exchange import Exchange
from bot.floods import TYPING, Floods, Reply, too_fast
from bot.house import House, open_house
from bot.i18n import Catalogues, CommandTranslator
from bot.places import Places
from bot.presenter import Presenter
from bot.refresher import Refresher
from bot.router import Router
from bot.settings import Settings
from seminar.errors import Refused
from storage.errors import STOPPING, StoreUnavailable

log = logging.getLogger(__name__)

COGS = (
    "cogs.initiative",
    "cogs.events",
    "cogs.participants",
    "cogs.proposing",
    "cogs.moderating",
    "cogs.amending",
    "cogs.conference",
    "cogs.history",
    "cogs.news",
    "cogs.arguing",
    "cogs.browsing",
    "cogs.digests",
    "cogs.following",
    "cogs.forum",
    "cogs.voting",
    "cogs.follow_up",
    "cogs.results",
    "cogs.exporting",
    "cogs.audit",
    "cogs.me",
    "cogs.help",
)
LAST_ACTS = 10.0  # seconds that acts in progress have to end at shutdown


class HouseTree(app_commands.CommandTree["Rapporteur"]):
    """Every command gets its exchange before it runs, and its failure presented."""

    async def interaction_check(self, interaction: discord.Interaction[Rapporteur], /) -> bool:
        if interaction.type is discord.InteractionType.autocomplete:
            return not interaction.client.flooded(interaction, TYPING)
        return await interaction.client.admit(interaction) is not None

    async def on_error(
        self, interaction: discord.Interaction[Rapporteur], error: app_commands.AppCommandError, /
    ) -> None:
        client = interaction.client
        if interaction.type is not discord.InteractionType.autocomplete:
            await client.presenter.present(interaction, interaction.extras.get("exchange"), error)
            await client.errands.run()


class Rapporteur(commands.Bot):
    """`house` is there from `setup_hook` until `close`."""

    house: House
    tree: HouseTree

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = discord.utils.utcnow,
        connector: aiohttp.BaseConnector | None = None,
    ) -> None:
        intents = discord.Intents(guilds=True)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            tree_cls=HouseTree,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            connector=connector,
        )
        self.settings = settings
        self._clock = clock
        self.catalogues = Catalogues.load()
        self.presenter = Presenter(self.catalogues)
        self.router = Router()
        self.floods = Floods(lambda: clock().timestamp(), on=settings.discord.cooldowns)
        self.courier = Courier(self, lambda: self.house)
        self.refresher = Refresher(self.courier)
        self.errands = Errands(lambda: self.house, self.courier)
        self._acts: set[asyncio.Task[Any]] = set()
        self._opened = False
        self._leaving = False

    async def setup_hook(self) -> None:
        self.house = await open_house(self.settings, self._clock, self.catalogues)
        self._opened = True
        self.access = Access(self.house.initiatives, self.catalogues)
        self.places = Places(self, self.house, self.access)
        await self.tree.set_translator(CommandTranslator(self.catalogues))
        for name in COGS:
            # Not as extensions, which are imported anew by every bot of a process.
            await import_module(name).setup(self)
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Say what was left unsaid, and draw again what clicks may have changed before the restart."""
        self.house.ballots.outages.came_up()
        await self.errands.run()
        for guild in self.guilds:
            if await self.access.initiative(guild.id) is not None:
                for ballot in await self.house.ballots.all_open(guild.id):
                    self.refresher.mark("ballot.refresh", guild.id, str(ballot.id))

    async def on_disconnect(self) -> None:
        if self._opened:
            self.house.ballots.outages.went_down()

    async def on_resumed(self) -> None:
        self.house.ballots.outages.came_up()
        await self.errands.run()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.errands.run()

    async def on_guild_role_create(self, role: discord.Role) -> None:
        self.access.forget_roles(role.guild.id)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        self.access.forget_roles(after.guild.id)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        self.access.forget_roles(role.guild.id)

    async def on_app_command_completion(self, interaction: discord.Interaction[Any], command: object) -> None:
        await self.errands.run()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Components and modals; commands come through the tree."""
        if interaction.type not in (
            discord.InteractionType.component,
            discord.InteractionType.modal_submit,
        ):
            return
        exchange = await self.admit(interaction)
        if exchange is None:
            return
        hot = False
        try:
            route, texts = self.router.find(interaction)
            hot = route.control.hot
            await self.router.dispatch(exchange, route, texts)
        except Exception as error:
            await self.presenter.present(interaction, exchange, error)
        if not hot:
            # After a failure too: what the act stored must be said though its own answer was not taken.
            await self.errands.run()

    async def admit(self, interaction: discord.Interaction[Any]) -> Exchange | None:
        """The exchange of `interaction`, or None after it was refused."""
        if self.is_closed():
            return None  # too late even to say so
        self._track()
        if wait := self.flooded(interaction):
            await self._hold_back(interaction, wait)
            return None
        try:
            if self._leaving:
                raise StoreUnavailable(STOPPING)
            actor = await self.access.actor(interaction)
        except Exception as error:
            await self.presenter.present(interaction, None, error)
            return None
        exchange = Exchange(self.house, interaction, actor, self.catalogues.speak(actor.language))
        interaction.extras["exchange"] = exchange
        return exchange

    def flooded(self, interaction: discord.Interaction[Any], weight: float = 1.0) -> float:
        """The seconds this person has to wait, 0.0 for none."""
        return self.floods.let_in(interaction.guild_id or 0, interaction.user.id, weight)

    async def _hold_back(self, interaction: discord.Interaction[Any], wait: float) -> None:
        """Answer an act that came too fast, before anything is read for it.

        Only a click can be taken note of without a word; of a command Discord would show that it failed,
        and of a form the text would be gone.
        """
        click = interaction.type is discord.InteractionType.component
        vote = click and self.router.is_hot(interaction)
        match self.floods.reply(interaction.guild_id or 0, interaction.user.id, vote=vote):
            case Reply.NOTHING:
                pass
            case Reply.NOD if click:
                with suppress(discord.HTTPException):
                    await interaction.response.defer()
            case Reply.NOD | Reply.SENTENCE:
                await self.presenter.present(interaction, None, Refused(too_fast(wait)))

    def _track(self) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._acts.add(task)
            task.add_done_callback(self._acts.discard)

    async def _no_act_in_progress(self, deadline: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                while acts := self._acts - {asyncio.current_task()}:
                    await asyncio.wait(acts)

    def _track(self) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._acts.add(task)
            task.add_done_callback(self._acts.discard)

    async def _no_act_in_progress(self, deadline: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                while acts := self._acts - {asyncio.current_task()}:
                    await asyncio.wait(acts)

    async def close(self) -> None:
        """Begin no act any more, let those in progress be answered, leave Discord and close the store."""
        if self.is_closed():
            return
        self._leaving = True
        deadline = asyncio.get_running_loop().time() + LAST_ACTS
        await self.errands.stop()
        await self._no_act_in_progress(deadline)
        await self.refresher.stop()
        await self.courier.stop()
        await self._no_act_in_progress(deadline)  # whoever came meanwhile is told that nothing was saved
        await super().close()
        if self._opened:
            self._opened = False
            await self.house.close()


def create_bot(
    settings: Settings,
    clock: Callable[[], datetime] = discord.utils.utcnow,
    connector: aiohttp.BaseConnector | None = None,
) -> Rapporteur:
    """The bot, ready to start with `settings`.

    `clock` gives the present moment, aware and in UTC; everything in the house goes by it.
    `connector` holds the connections to Discord's REST interface (None: as many as are wanted at once).
    """
    return Rapporteur(settings, clock, connector)
