"""The bot: opens the house, loads the cogs by name and lets every act in through one door."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot import fast_path, options
from bot.access import Access
from bot.answers import Answers
from bot.courier import Courier
from bot.errands import SHARED_SLEEP, Errands
from bot.exchange import Exchange
from bot.floods import TYPING, Floods, Reply, too_fast
from bot.granted import Granted
from bot.house import House, open_house
from bot.i18n import Catalogues, CommandTranslator
from bot.places import Places
from bot.presenter import COMMAND_CHANGED, Presenter
from bot.refresher import Refresher
from bot.router import Router
from bot.settings import Settings
from bot.shards import ShardLeases, StoreClock
from seminar.errors import Refused
from storage.errors import STOPPING, StoreUnavailable
from storage.shards import Shards

if TYPE_CHECKING:
    from bot.metrics import Metrics

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
FENCED_ACTS = 1.5  # the same, when another process may take over


class HouseTree(app_commands.CommandTree["Rapporteur"]):
    """Every command gets its exchange before it runs, and its failure presented."""

    async def interaction_check(self, interaction: discord.Interaction[Rapporteur], /) -> bool:
        if interaction.type is discord.InteractionType.autocomplete:
            return interaction.client.leases.held and not interaction.client.flooded(interaction, TYPING)
        client = interaction.client
        exchange = await client.admit(interaction)
        if exchange is None:
            return False
        if not options.fit(interaction):
            await client.presenter.present(interaction, exchange, Refused(COMMAND_CHANGED))
            return False
        return True

    async def on_error(
        self, interaction: discord.Interaction[Rapporteur], error: app_commands.AppCommandError, /
    ) -> None:
        client = interaction.client
        if interaction.type is not discord.InteractionType.autocomplete:
            await client.presenter.present(interaction, interaction.extras.get("exchange"), error)
            await client.errands.run()
            await client.tell_what_is_lacking(interaction)


class Rapporteur(commands.AutoShardedBot):
    """`house` is there from `setup_hook` until `close`."""

    house: House
    tree: HouseTree

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = discord.utils.utcnow,
        connector: aiohttp.BaseConnector | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        intents = discord.Intents(guilds=True)
        more: dict[str, Any] = {"http_trace": metrics.trace()} if metrics else {}
        if not settings.discord.all_shards:
            more["shard_ids"] = list(settings.discord.shard_ids or ())
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
            shard_count=settings.discord.shard_count or 1,  # until Discord has been asked
            **more,
        )
        self.settings = settings
        self.metrics = metrics
        self.arrived: Callable[[discord.Interaction[Any]], None] | None = None  # told, where we are watched
        self._clock = StoreClock(clock)
        self.catalogues = Catalogues.load()
        self.presenter = Presenter(self.catalogues)
        self.router = Router()
        self.granted = Granted(clock)
        self.floods = Floods(lambda: clock().timestamp(), on=settings.discord.cooldowns)
        self.courier = Courier(self, lambda: self.house, self._share, lambda: self.leases.held)
        self.refresher = Refresher(self.courier)
        self.errands = Errands(lambda: self.house, self.courier)
        self.answers: Answers | None = None  # set where the process is tuned for bursts
        self.leases = ShardLeases(settings.storage.url, self._clock, self._up, self._fence)
        self._there: set[int] = set()  # shards of which the servers are known
        self.fast_path: fast_path.FastPath | None = None
        self._acts: set[asyncio.Future[Any]] = set()
        self._opened = False
        self._leaving = False
        self._closing = asyncio.Lock()
        self._ending: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        watched = self.metrics.batch if self.metrics else None
        self.house = await open_house(self.settings, self._clock, self.catalogues, watched)
        self._opened = True
        self.house.serving.shards = self._shards
        self.access = Access(self.house.initiatives, self.catalogues)
        self.places = Places(self, self.house, self.access)
        await self.tree.set_translator(CommandTranslator(self.catalogues))
        for name in COGS:
            # Not as extensions, which are imported anew by every bot of a process.
            await import_module(name).setup(self)
        if self.settings.discord.fast_path:
            self.fast_path = fast_path.install(self)
        await self.tree.sync()

    async def connect(self, *, reconnect: bool = True) -> None:
        """Connect to Discord as soon as nobody else serves our shards; until then, be a stand-by."""
        if self.settings.discord.shard_count is None:
            self.shard_count, _, _ = await self.http.get_bot_gateway()
            self.house.serving.shards = self._shards
        if self.leases.needed:
            self.errands.longest_sleep = SHARED_SLEEP
        await self.leases.take(self._shards)
        await super().connect(reconnect=reconnect)

    @property
    def _shards(self) -> Shards:
        return Shards(self.shard_count or 1, frozenset(self.shard_ids or range(self.shard_count or 1)))

    def _share(self) -> Shards | None:
        """Whose servers' messages are ours to say; None for everybody's."""
        count = self.shard_count or 1
        return None if count == 1 else Shards(count, frozenset(self._there))

    def _up(self) -> Mapping[int, datetime]:
        return self.house.ballots.outages.up

    async def on_shard_ready(self, shard_id: int) -> None:
        """Say what was left unsaid, and draw again what clicks may have changed before the restart."""
        self._there.add(shard_id)
        self._reachable(shard_id)
        await self.errands.run()
        for guild in self.guilds:
            if guild.shard_id == shard_id and await self.access.initiative(guild.id) is not None:
                for ballot in await self.house.ballots.all_open(guild.id):
                    self.refresher.mark("ballot.refresh", guild.id, str(ballot.id))

    async def on_shard_disconnect(self, shard_id: int) -> None:
        if self._opened:
            self.house.ballots.outages.went_down(shard_id)
            self.leases.tell()

    async def on_shard_resumed(self, shard_id: int) -> None:
        self._reachable(shard_id)
        await self.errands.run()

    def _reachable(self, shard_id: int) -> None:
        self.house.ballots.outages.came_up(shard_id)
        self.leases.tell()

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
        await self.tell_what_is_lacking(interaction)

    async def tell_what_is_lacking(self, interaction: discord.Interaction[Any]) -> None:
        """After a command, tell whoever runs the seminar what the bot may not do, if it is time to."""
        exchange: Exchange | None = interaction.extras.get("exchange")
        if exchange is None or interaction.response.type is discord.InteractionResponseType.modal:
            return
        remark = self.granted.remark(exchange.guild, exchange.actor)
        if remark is not None:
            with suppress(discord.HTTPException):
                await exchange.say(remark)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Components and modals; commands come through the tree."""
        if self.arrived is not None:
            self.arrived(interaction)
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
        if self.is_closed() or not self.leases.held:
            return None  # too late even to say so, and another process may be answering
        self.track(asyncio.current_task())
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
        tr = self.catalogues.speak(actor.language)
        exchange = Exchange(self.house, interaction, actor, tr, self.answers)
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

    def track(self, act: asyncio.Future[Any] | None) -> None:
        """At its end the bot waits until `act`, a task or what a callback follows, is done."""
        if act is not None:
            self._acts.add(act)
            act.add_done_callback(self._acts.discard)

    @property
    def is_taking_acts(self) -> bool:
        """Whether an act that comes now is let in; else `admit` says why not."""
        return self.leases.held and not self._leaving and not self.is_closed()

    async def _no_act_in_progress(self, deadline: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                while acts := {act for act in self._acts if act is not asyncio.current_task()}:
                    await asyncio.wait(acts)

    def _fence(self) -> None:
        """Another process may serve our shards in a moment: begin nothing more, and be gone by then."""
        self._leaving = True
        self._ending = asyncio.create_task(self.close())

    async def close(self) -> None:
        """Begin no act any more, let those in progress be answered, leave Discord and close the store."""
        async with self._closing:
            if not self.is_closed():
                await self._close()

    async def _close(self) -> None:
        self._leaving = True
        patience = FENCED_ACTS if self.leases.lost.is_set() else LAST_ACTS
        deadline = asyncio.get_running_loop().time() + patience
        await self.errands.stop(patience)
        await self._no_act_in_progress(deadline)
        await self.refresher.stop()
        await self.courier.stop()
        await self._no_act_in_progress(deadline)  # whoever came meanwhile is told that nothing was saved
        if self.answers is not None:
            await self.answers.close()
        # Of a bot that never signed in, discord.py misses at the end what it makes when it signs in.
        with suppress(*(() if self.user else (AttributeError,))):
            await super().close()
        await self.leases.release()
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
    metrics = None
    if settings.watch.port:
        # Imported where it is wanted: most of what it brings is for other roads than ours.
        from bot.metrics import Metrics

        metrics = Metrics()
    return Rapporteur(settings, clock, connector, metrics)
