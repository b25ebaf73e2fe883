"""Where the bot's own messages are in Discord, so that they can be redrawn after a restart."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_into
from storage.schema import posts


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
    row = (await tx.execute(select(posts).where(*_key(guild_id, kind, subject)))).one_or_none()
    return None if row is None else PostRow(**row._mapping)


async def discussed_in(tx: AsyncConnection, guild_id: int, thread_id: int) -> str | None:
    """The reference of the recommendation whose discussion that thread is, if it is one."""
    found = await tx.execute(
        select(posts.c.subject).where(
            posts.c.thread_id == thread_id, posts.c.guild_id == guild_id, posts.c.kind == "card"
        )
    )
    return found.scalars().first()


def _key(guild_id: int, kind: str, subject: str | int) -> tuple[ColumnElement[bool], ...]:
    return (posts.c.guild_id == guild_id, posts.c.kind == kind, posts.c.subject == str(subject))
