"""Lists that somebody has sent and not confirmed yet: of participants, or of follow-up.

Each is its sender's alone, and is found only as what it was sent for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import imports

PARTICIPANTS: Final = "participants"
FOLLOW_UP: Final = "follow-up"


async def keep(
    tx: AsyncConnection, kind: str, import_id: str, guild_id: int, user_id: int, content: str, at: datetime
) -> None:
    await tx.execute(
        insert(imports).values(
            id=import_id, guild_id=guild_id, user_id=user_id, content=content, created_at=at, kind=kind
        )
    )


async def fetch(
    tx: AsyncConnection, kind: str, import_id: str, guild_id: int, user_id: int, since: datetime
) -> str | None:
    """What was kept, unless it is older than `since`; None too for another person's, or another kind."""
    query = select(imports.c.content).where(
        imports.c.id == import_id,
        imports.c.kind == kind,
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
