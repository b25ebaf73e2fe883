"""A forum post that somebody writes by hand gets one answer: how it becomes a recommendation.

What it says is neither read nor needed: that takes an intent this bot does without.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import discord
from discord.ext import commands

from bot.cards.colours import CALM
from bot.cog import HouseCog
from bot.courier import NotYet, on_post
from bot.exchange import QUIET
from bot.places import GONE, Posting
from bot.router import custom_id
from bot.ui import Button, card, line, rows
from seminar.canonical import digest
from seminar.errors import Refused
from seminar.model import EventStatus
from seminar.words import t

if TYPE_CHECKING:
    from bot.client import Rapporteur

HINT: Final = "hint"
# The post is announced before its first message is there, and until then nobody else may write in it.
_NOT_BEGUN: Final = 40058
UNTIL_BEGUN: Final = timedelta(seconds=10)
PATIENCE: Final = timedelta(minutes=10)
ALL_LANGUAGES: Final = 1200  # characters up to which it is said in every language of the initiative


class ForumCog(HouseCog):
    @commands.Cog.listener()
    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Leave an answer to be sent, where somebody opened a post in the forum of an open event."""
        if self.bot.user is None or thread.owner_id == self.bot.user.id:
            return
        if not isinstance(thread.parent, discord.ForumChannel):
            return
        try:
            events = await self.house.events.all(thread.guild.id)
        except Refused:  # no initiative
            return
        if not any(
            event.channel_id == thread.parent_id and event.status is EventStatus.OPEN for event in events
        ):
            return
        await self.bot.places.leave(thread.guild, HINT, str(thread.id), after=UNTIL_BEGUN / 5)
        await self.bot.errands.run()

    @on_post("hint")
    async def hinted(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """Say it once; what was announced twice, or was deleted meanwhile, is passed over."""
        if await self.bot.places.find(guild, HINT, subject) is not None:
            return
        thread_id = int(subject)
        thread = self.bot.get_partial_messageable(thread_id, guild_id=guild.id)
        view = await self._hint(guild)
        view.stop()
        try:
            message = await thread.send(view=view, allowed_mentions=QUIET, nonce=digest(HINT, subject)[:25])
        except discord.HTTPException as failed:
            if failed.code in GONE:
                return
            if failed.code != _NOT_BEGUN:
                raise
            if self.house.clock() - discord.utils.snowflake_time(thread_id) > PATIENCE:
                return
            raise NotYet(UNTIL_BEGUN) from None
        await self.bot.places.keep(guild, Posting(HINT, subject, "", view), message, thread_id)

    async def _hint(self, guild: discord.Guild) -> discord.ui.LayoutView:
        initiative = await self.house.initiatives.current(guild.id)
        said = t(
            "Thank you for starting this discussion. So that it can be seconded, amended and voted on, make "
            "it a recommendation: open the menu of your first message (hold it down on a phone), then "
            "**Apps** and **{menu}**. Or press **Propose**, or type `/recommend`. The bot cannot read what "
            "is written here.",
            menu=t("Recommend this"),
        )
        first, *others = self.bot.catalogues.among(initiative.head.languages)
        pages = [first(said), *(tr(said) for tr in others)]
        if sum(map(len, pages)) > ALL_LANGUAGES:
            pages = pages[:1]
        parts = [part for page in pages for part in (line(), page)][1:]
        button = Button(
            first(t("Propose")), custom_id("propose"), style=discord.ButtonStyle.primary, emoji="📝"
        )
        return card(*parts, *rows([button]), accent=CALM)


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(ForumCog(bot))
