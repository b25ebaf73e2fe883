"""Submitted forms that are still waiting: for a decision of their author, or for a mended field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import drafts


async def keep(
    tx: AsyncConnection, draft_id: str, guild_id: int, user_id: int, fields: Mapping[str, str], at: datetime
) -> bool:
    """Keep `fields` under `draft_id`, in place of what was kept there by the same person.

    False, and nothing is kept, where another person's draft has that id.
    """
    changed = await tx.execute(
        update(drafts)
        .where(drafts.c.id == draft_id, drafts.c.guild_id == guild_id, drafts.c.user_id == user_id)
        .values(fields=dict(fields), created_at=at)
    )
    if changed.rowcount:
        return True
    taken = await tx.execute(select(drafts.c.id).where(drafts.c.id == draft_id))
    if taken.scalar_one_or_none() is not None:
        return False
    await tx.execute(
        insert(drafts).values(
            id=draft_id, guild_id=guild_id, user_id=user_id, fields=dict(fields), created_at=at
        )
    )
    return True


async def fetch(tx: AsyncConnection, draft_id: str, guild_id: int, user_id: int) -> dict[str, str] | None:
    """The kept fields, or None; another person's draft is not found."""
    row = await tx.execute(
        select(drafts.c.fields).where(
            drafts.c.id == draft_id, drafts.c.guild_id == guild_id, drafts.c.user_id == user_id
        )
    )
    return cast("dict[str, str] | None", row.scalar_one_or_none())


async def drop(tx: AsyncConnection, draft_id: str, guild_id: int, user_id: int) -> None:
    """Another person's draft stays."""
    await tx.execute(
        delete(drafts).where(
            drafts.c.id == draft_id, drafts.c.guild_id == guild_id, drafts.c.user_id == user_id
        )
    )


async def drop_older(tx: AsyncConnection, than: datetime) -> None:
    await tx.execute(delete(drafts).where(drafts.c.created_at < than))
