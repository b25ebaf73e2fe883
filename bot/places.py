"""Where things are in Discord: an event's channel, the bot's own posts and their threads.

Whatever people delete by hand is made again when it is needed next; the store
knows what should be there, Discord only what is. Forum or text channel is
decided here and nowhere else.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.courier import NotYet
from bot.exchange import QUIET, cut
from bot.ui import label, take_controls
from seminar.canonical import digest
from seminar.model import Role
from services.events import Dates
from storage import outbox, posts

if TYPE_CHECKING:
    from bot.access import Access
    from bot.house import House

log = logging.getLogger(__name__)

EventChannel = discord.TextChannel | discord.ForumChannel
GONE = frozenset({10003, 10008})  # unknown channel, unknown message
_ARCHIVED = 50083
_HAD_THREAD = 160004
MOST_TAGS = 20  # in a forum
MOST_APPLIED = 5  # on one post
BEFORE: Final = posts.BEFORE
SCHEDULED: Final = "scheduled"
"""The kind under which an event of the server's calendar is remembered: its id, and no channel's."""
UNTIL_THERE: Final = timedelta(seconds=2)
A_WEEK: Final = 10080  # minutes until a quiet thread is archived


@dataclass(frozen=True, slots=True)
class Posting:
    """One of the bot's own posts: `kind` and `subject` are how it is found again.

    `title` names it where posts have names (a forum, a thread); `discuss` opens a
    thread beside it where it is not one already; `tag` is a theme's code. One that is `beside` a
    recommendation, named by its reference, stands in that one's discussion.
    """

    kind: str
    subject: str
    title: str
    view: discord.ui.LayoutView
    discuss: bool = False
    tag: str | None = None
    mention: Role | None = None
    pin: bool = False
    beside: str | None = None


class Places:
    def __init__(self, client: discord.Client, house: House, access: Access) -> None:
        self._client = client
        self._house = house
        self._access = access

    async def channel(self, guild: discord.Guild, code: str) -> EventChannel:
        """The channel of event `code`, made when it is not there.

        Raises:
            discord.HTTPException: Discord did not let the bot make it.
        """
        known = await self._house.events.view(guild.id, code)
        channel = guild.get_channel(known.channel_id) if known.channel_id else None
        if isinstance(channel, discord.TextChannel | discord.ForumChannel):
            return channel
        made = await self._make(guild, code)
        await self._house.events.placed(guild.id, code, made.id, isinstance(made, discord.ForumChannel))
        if known.channel_id is not None:
            # The channel there was has been deleted, and its start panel with it.
            async with self._house.db.write() as tx:
                await outbox.put(tx, guild.id, "event.opened", code, self._house.clock())
        return made

    async def say(self, guild: discord.Guild, code: str, posting: Posting) -> None:
        """Post in event `code`, or redraw the post when it is there already."""
        if await self.redraw(guild, posting):
            if posting.discuss:
                await self._keep_discussed(guild, posting)
            if posting.tag is not None:
                await self._keep_tagged(guild, posting, posting.tag)
        else:
            await self._post(guild, code, posting)
        if posting.beside is not None:
            await self._redraw_before(guild, posting)

    async def _redraw_before(self, guild: discord.Guild, posting: Posting) -> None:
        """Where the discussion has moved to the conference, the post in the old one says the same, and
        offers nothing any more.
        """
        aside = replace(posting, kind=posting.kind + BEFORE)
        if await self.find(guild, aside.kind, aside.subject) is not None:
            take_controls(posting.view)
            await self.redraw(guild, aside)

    async def _post(self, guild: discord.Guild, code: str, posting: Posting) -> None:
        """Post anew, in event `code` or in the discussion that it stands in."""
        before = await self.find(guild, posting.kind, posting.subject)
        gone = str(before.message_id if before else None)
        if posting.beside is not None:
            key = f"{posting.kind}:{posting.subject}:{gone}"
            await self.keep(guild, posting, await self.note(guild, posting.beside, posting.view, key), None)
            return
        channel = await self.channel(guild, code)
        view, mentions = posting.view, await self._mentions(guild, posting)
        view.stop()
        if isinstance(channel, discord.ForumChannel):
            post = await channel.create_thread(
                name=_name(posting.title),
                applied_tags=await _tagged(channel, posting.tag),
                auto_archive_duration=A_WEEK,
                view=view,
                allowed_mentions=mentions,
            )
            await self.keep(guild, posting, post.message, post.thread.id)
            if posting.pin:
                await _quietly(post.thread.edit(pinned=True))
            return
        # Should the answer get lost, the next try carries the same nonce, and Discord posts it once.
        nonce = digest(str(channel.id), posting.kind, posting.subject, gone)[:25]
        message = await channel.send(view=view, allowed_mentions=mentions, nonce=nonce)
        await self.keep(guild, posting, message, None)
        if posting.pin:
            await _quietly(message.pin())
        if posting.discuss:
            await self.keep(guild, posting, message, await self._discussion(guild, posting, message))

    async def redraw(self, guild: discord.Guild, posting: Posting) -> bool:
        """Draw an existing post again; False when there is none, or it has been deleted."""
        row = await self.find(guild, posting.kind, posting.subject)
        if row is None:
            return False
        channel = self._client.get_partial_messageable(row.channel_id, guild_id=guild.id)
        message = channel.get_partial_message(row.message_id)
        posting.view.stop()
        try:
            try:
                await message.edit(view=posting.view, allowed_mentions=discord.AllowedMentions.none())
            except discord.HTTPException as failed:
                if failed.code != _ARCHIVED:
                    raise
                await self._wake(guild, row.channel_id)
                await message.edit(view=posting.view, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as failed:
            if failed.code not in GONE:
                raise
            return False
        return True

    async def note(
        self, guild: discord.Guild, reference: str, view: discord.ui.LayoutView, key: str
    ) -> discord.Message:
        """Post `view` in the discussion of a recommendation; the same `key` again posts nothing more.

        Raises:
            NotYet: its discussion is gone and is being made again.
        """
        row = await self.find(guild, "card", reference)
        if row is None or row.thread_id is None:
            await self.leave(guild, "card.refresh", reference)
            raise NotYet(UNTIL_THERE)
        thread = self._client.get_partial_messageable(row.thread_id, guild_id=guild.id)
        nonce = digest(str(row.thread_id), key)[:25]
        view.stop()
        try:
            try:
                return await thread.send(view=view, allowed_mentions=QUIET, nonce=nonce)
            except discord.HTTPException as failed:
                if failed.code != _ARCHIVED:
                    raise
                await self._wake(guild, row.thread_id)
                return await thread.send(view=view, allowed_mentions=QUIET, nonce=nonce)
        except discord.HTTPException as failed:
            if failed.code not in GONE:
                raise
            await self.leave(guild, "card.refresh", reference)
            raise NotYet(UNTIL_THERE) from None

    async def add_to(self, guild: discord.Guild, reference: str, user_id: int) -> bool:
        """Add somebody to the discussion of a recommendation; False when there is none any more.

        Whoever is in it already stays.
        """
        row = await self.find(guild, "card", reference)
        if row is None or row.thread_id is None:
            return False
        try:
            thread = guild.get_thread(row.thread_id) or await guild.fetch_channel(row.thread_id)
            if not isinstance(thread, discord.Thread):
                return False
            if thread.archived:
                await thread.edit(archived=False)
            await thread.add_user(discord.Object(user_id))
        except discord.HTTPException as failed:
            if failed.code not in GONE:
                raise
            return False
        return True

    async def _wake(self, guild: discord.Guild, thread_id: int) -> None:
        """Open an archived thread again."""
        thread = await guild.fetch_channel(thread_id)
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)

    async def _keep_discussed(self, guild: discord.Guild, posting: Posting) -> None:
        """Open a thread beside a post that should have one and has not, or has no longer."""
        row = await self.find(guild, posting.kind, posting.subject)
        if row is None or (row.thread_id is not None and await self._exists(guild, row.thread_id)):
            return
        channel = self._client.get_partial_messageable(row.channel_id, guild_id=guild.id)
        message = channel.get_partial_message(row.message_id)
        await self.keep(guild, posting, message, await self._discussion(guild, posting, message))

    async def _keep_tagged(self, guild: discord.Guild, posting: Posting, tag: str) -> None:
        """Give a forum's post the tag of its theme again, in place of those of other themes.

        Whatever else people tagged it with stays. Where the bot may not, it goes without.
        """
        row = await self.find(guild, posting.kind, posting.subject)
        if row is None or row.thread_id is None or row.thread_id != row.channel_id:
            return  # beside a message of a text channel there are no tags
        thread = guild.get_thread(row.thread_id) or await guild.fetch_channel(row.thread_id)
        if not isinstance(thread, discord.Thread) or not isinstance(thread.parent, discord.ForumChannel):
            return
        initiative = await self._house.initiatives.current(guild.id)
        themes = {theme.code for theme in initiative.themes}
        if [one.name for one in thread.applied_tags if one.name in themes] == [tag]:
            return
        try:
            wanted = await _tagged(thread.parent, tag)
            others = [one for one in thread.applied_tags if one.name not in themes]
            await thread.edit(applied_tags=[*wanted, *others][:MOST_APPLIED])
        except discord.Forbidden as refused:
            log.warning("a post could not be tagged: HTTP %s, code %s", refused.status, refused.code)

    async def _discussion(
        self, guild: discord.Guild, posting: Posting, message: discord.Message | discord.PartialMessage
    ) -> int:
        """The id of a new thread at `message`, or beside it where a deleted one has taken its place."""
        name = _name(posting.title)
        try:
            return (await message.create_thread(name=name, auto_archive_duration=A_WEEK)).id
        except discord.HTTPException as failed:
            channel = guild.get_channel(message.channel.id)
            if failed.code != _HAD_THREAD or not isinstance(channel, discord.TextChannel):
                raise
        if await self._exists(guild, message.id):
            return message.id
        thread = await channel.create_thread(
            name=name, type=discord.ChannelType.public_thread, auto_archive_duration=A_WEEK
        )
        return thread.id

    async def _exists(self, guild: discord.Guild, thread_id: int) -> bool:
        """Whether a thread is there; archived ones are not in the cache, so Discord is asked."""
        if guild.get_thread(thread_id) is not None:
            return True
        try:
            await guild.fetch_channel(thread_id)
        except discord.NotFound:
            return False
        return True

    async def leave(
        self, guild: discord.Guild, kind: str, subject: str, *, after: timedelta = timedelta(0)
    ) -> None:
        """Leave `kind` to be said as well, not before `after`, and again until Discord takes it."""
        now = self._house.clock()
        async with self._house.db.write() as tx:
            await outbox.put(tx, guild.id, kind, subject, now, due_at=now + after)

    async def leave_once(self, guild: discord.Guild, kind: str, subject: str) -> None:
        """The same, unless it waits to be said already: for what is drawn again after several changes."""
        async with self._house.db.write() as tx:
            await outbox.put_once(tx, guild.id, kind, subject, self._house.clock())

    async def find(self, guild: discord.Guild, kind: str, subject: str) -> posts.PostRow | None:
        """Where the post was put; it may have been deleted by hand since."""
        async with self._house.db.read() as tx:
            return await posts.get(tx, guild.id, kind, subject)

    async def link(self, guild: discord.Guild, kind: str, subject: str) -> str | None:
        """Where a click leads to the post, if it is there."""
        row = await self.find(guild, kind, subject)
        if row is None:
            return None
        return f"https://discord.com/channels/{guild.id}/{row.channel_id}/{row.message_id}"

    async def schedule(self, guild: discord.Guild, dates: Dates) -> tuple[str, bool]:
        """Put an event into the server's calendar, or change it there; its address, and whether it is new.

        Raises:
            discord.Forbidden: the bot may not.
        """
        code = dates.event.code
        wanted: dict[str, Any] = {
            "name": label(dates.event.title, 100),
            "start_time": dates.starts,
            "end_time": dates.ends,
            "location": label(dates.place, 100),
        }
        known = await self.find(guild, SCHEDULED, code)
        if known is not None:
            try:
                made = await guild.fetch_scheduled_event(known.message_id, with_counts=False)
                if made.status is discord.EventStatus.scheduled:
                    return (await made.edit(**wanted)).url, False
            except discord.NotFound:
                pass  # somebody deleted it
        made = await guild.create_scheduled_event(
            **wanted,
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
        )
        async with self._house.db.write() as tx:
            await posts.put(tx, guild.id, SCHEDULED, code, guild.id, made.id)
        return made.url, True

    async def _mentions(self, guild: discord.Guild, posting: Posting) -> discord.AllowedMentions:
        """Add the mention the post carries, and allow that one only."""
        if posting.mention is None:
            return discord.AllowedMentions.none()
        initiative = await self._house.initiatives.current(guild.id)
        roles = self._access.mention(guild, initiative, posting.mention)
        if roles:
            posting.view.add_item(discord.ui.TextDisplay(" ".join(role.mention for role in roles)))
        return discord.AllowedMentions(everyone=False, users=False, roles=list(roles))

    async def keep(
        self,
        guild: discord.Guild,
        posting: Posting,
        message: discord.Message | discord.PartialMessage,
        thread_id: int | None,
    ) -> None:
        """Remember where a post is, and which thread is its discussion."""
        async with self._house.db.write() as tx:
            await posts.put(
                tx, guild.id, posting.kind, posting.subject, message.channel.id, message.id, thread_id
            )

    async def _make(self, guild: discord.Guild, code: str) -> EventChannel:
        initiative = await self._house.initiatives.current(guild.id)
        event = initiative.event(code)
        name = channel_name(f"{event.code} {event.title}")
        if "COMMUNITY" not in guild.features:
            return await guild.create_text_channel(name, topic=cut(event.title, 1024))
        forum = await guild.create_forum(name, topic=cut(event.title, 1024))
        return await _with_tags(forum, event.themes)


async def _tagged(forum: discord.ForumChannel, tag: str | None) -> list[discord.ForumTag]:
    """The forum's tag of that name, made again where somebody removed it or the theme is new."""
    if tag is None:
        return []
    if all(known.name != tag for known in forum.available_tags):
        forum = await _with_tags(forum, [tag])
    return [known for known in forum.available_tags if known.name == tag]


async def _with_tags(forum: discord.ForumChannel, names: Sequence[str]) -> discord.ForumChannel:
    tags = [*forum.available_tags, *(discord.ForumTag(name=name) for name in names)]
    if len(tags) > MOST_TAGS:
        return forum  # others fill the forum with tags of their own; a post does without
    return await forum.edit(available_tags=tags) or forum


def channel_name(title: str) -> str:
    """`title` as Discord wants channels called: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:90] or "event"


def _name(title: str) -> str:
    return label(title, 100)


async def _quietly(act: Coroutine[Any, Any, Any]) -> None:
    """Pinning is a comfort: without the permission for it the post is there all the same."""
    try:
        await act
    except discord.HTTPException as failed:
        log.warning("a post could not be pinned: HTTP %s, code %s", failed.status, failed.code)
