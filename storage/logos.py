"""The picture on the covers of a server's documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import insert_into
from storage.schema import logos


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG, and the words that stand in its place for whoever cannot see it."""

    image: bytes
    alt: str


async def fetch(tx: AsyncConnection, guild_id: int) -> Logo | None:
    """The server's logo, or None where it has none."""
    found = await tx.execute(select(logos.c.image, logos.c.alt).where(logos.c.guild_id == guild_id))
    row = found.one_or_none()
    return None if row is None else Logo(row.image, row.alt)


async def store(tx: AsyncConnection, guild_id: int, logo: Logo, at: datetime) -> None:
    """Keep the logo, in place of the one before."""
    values = {"image": logo.image, "alt": logo.alt, "loaded_at": at}
    await tx.execute(
        insert_into(tx, logos)
        .values(guild_id=guild_id, **values)
        .on_conflict_do_update(index_elements=[logos.c.guild_id], set_=values)
    )


async def drop(tx: AsyncConnection, guild_id: int) -> bool:
    """Keep it no longer; whether there was one."""
    return (await tx.execute(delete(logos).where(logos.c.guild_id == guild_id))).rowcount > 0
