"""Lists of participants that somebody has sent and not confirmed yet; each is its sender's alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import imports


async def keep(
    tx: AsyncConnection, import_id: str, guild_id: int, user_id: int, content: str, at: datetime
) -> None:
    await tx.execute(
        insert(imports).values(
            id=import_id, guild_id=guild_id, user_id=user_id, content=content, created_at=at
        )
    )


async def fetch(
    tx: AsyncConnection, import_id: str, guild_id: int, user_id: int, since: datetime
) -> str | None:
    """What was kept, unless it is older than `since`; None too for another person's."""
    query = select(imports.c.content).where(
        imports.c.id == import_id,
        imports.c.guild_id == guild_id,
        imports.c.user_id == user_id,
        imports.c.created_at >= since,
    )
    content: str | None = await tx.scalar(query)
    return content


async def drop(tx: AsyncConnection, import_id: str, guild_id: int, user_id: int) -> None:
    """Another person's stays."""
    await tx.execute(
        delete(imports).where(
            imports.c.id == import_id, imports.c.guild_id == guild_id, imports.c.user_id == user_id
        )
    )


async def drop_of(tx: AsyncConnection, guild_id: int, user_id: int) -> None:
    """Whatever somebody has sent and not confirmed, in one server."""
    await tx.execute(delete(imports).where(imports.c.guild_id == guild_id, imports.c.user_id == user_id))


async def drop_older(tx: AsyncConnection, than: datetime) -> None:
    await tx.execute(delete(imports).where(imports.c.created_at < than))
