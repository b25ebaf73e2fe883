"""Where the bot's own messages are in Discord, so that they can be redrawn after a restart."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_into
from storage.schema import posts

BEFORE = ".before"
"""Ends the kind of a post that stays where it was when another took its place elsewhere."""

# Asked for every post that is drawn again, and so made once.
_ONE = select(posts).where(
    posts.c.guild_id == bindparam("of_guild"),
    posts.c.kind == bindparam("of_kind"),
    posts.c.subject == bindparam("of_subject"),
)


@dataclass(frozen=True, slots=True)
class PostRow:
    """One message: `kind` is panel, card, ballot or outcome; `thread_id` a card's discussion."""

    guild_id: int
    kind: str
    subject: str
    channel_id: int
    message_id: int
    thread_id: int | None


async def put(
    tx: AsyncConnection,
    guild_id: int,
    kind: str,
    subject: str | int,
    channel_id: int,
    message_id: int,
    thread_id: int | None = None,
) -> None:
    """Remember where a message is; one posted anew takes the place of the one before."""
    place = {"channel_id": channel_id, "message_id": message_id, "thread_id": thread_id}
    await tx.execute(
        insert_into(tx, posts)
        .values(guild_id=guild_id, kind=kind, subject=str(subject), **place)
        .on_conflict_do_update(index_elements=["guild_id", "kind", "subject"], set_=place)
    )


async def get(tx: AsyncConnection, guild_id: int, kind: str, subject: str | int) -> PostRow | None:
    """Where a message is; None if it was never posted."""
    key = {"of_guild": guild_id, "of_kind": kind, "of_subject": str(subject)}
    row = (await tx.execute(_ONE, key)).one_or_none()
    return None if row is None else PostRow(**row._mapping)


async def put_aside(tx: AsyncConnection, guild_id: int, kind: str, subject: str | int) -> None:
    """Let the next post of this kind be made anew, elsewhere; the one there is stays, as one of before."""
    aside = kind + BEFORE
    if await get(tx, guild_id, kind, subject) is None:
        return
    await tx.execute(delete(posts).where(*_key(guild_id, aside, subject)))
    await tx.execute(update(posts).where(*_key(guild_id, kind, subject)).values(kind=aside))


async def discussed_in(tx: AsyncConnection, guild_id: int, thread_id: int) -> str | None:
    """The reference of the recommendation whose discussion that thread is, or was, if it is one."""
    found = await tx.execute(
        select(posts.c.subject).where(
            posts.c.thread_id == thread_id,
            posts.c.guild_id == guild_id,
            posts.c.kind.in_(("card", "card" + BEFORE)),
        )
    )
    return found.scalars().first()


def _key(guild_id: int, kind: str, subject: str | int) -> tuple[ColumnElement[bool], ...]:
    return (posts.c.guild_id == guild_id, posts.c.kind == kind, posts.c.subject == str(subject))
