"""The initiative of a server and the counters of its themes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import events, initiatives, themes


async def document(tx: AsyncConnection, guild_id: int) -> dict[str, Any] | None:
    """The initiative as JSON, or None where none is loaded."""
    row = await tx.execute(select(initiatives.c.document).where(initiatives.c.guild_id == guild_id))
    return cast("dict[str, Any] | None", row.scalar_one_or_none())


async def guilds(tx: AsyncConnection) -> list[int]:
    """Every server that holds an initiative."""
    rows = await tx.execute(select(initiatives.c.guild_id).order_by(initiatives.c.guild_id))
    return list(rows.scalars())


async def store(tx: AsyncConnection, guild_id: int, document: Mapping[str, Any], at: datetime) -> None:
    """Keep `document` as the server's initiative, in place of the one before."""
    changed = await tx.execute(
        update(initiatives)
        .where(initiatives.c.guild_id == guild_id)
        .values(document=dict(document), loaded_at=at)
    )
    if changed.rowcount == 0:
        await tx.execute(
            insert(initiatives).values(
                guild_id=guild_id, document=dict(document), loaded_at=at, next_ballot=1
            )
        )


async def told_until(tx: AsyncConnection, guild_id: int) -> int:
    """The sequence number of the last ledger entry that a digest told of."""
    found = await tx.execute(select(initiatives.c.digest_seq).where(initiatives.c.guild_id == guild_id))
    return cast("int", found.scalar_one())


async def set_told_until(tx: AsyncConnection, guild_id: int, seq: int) -> None:
    """The next digest begins after this entry of the ledger."""
    await tx.execute(update(initiatives).where(initiatives.c.guild_id == guild_id).values(digest_seq=seq))


async def add_codes(
    tx: AsyncConnection, guild_id: int, theme_codes: Iterable[str], event_codes: Iterable[str]
) -> None:
    """Make rows for themes and events not seen before.

    Rows are never deleted: a theme that comes back goes on counting where it
    stopped, so that no reference is ever given twice.
    """
    known = set(await tx.scalars(select(themes.c.code).where(themes.c.guild_id == guild_id)))
    new = [code for code in theme_codes if code not in known]
    if new:
        await tx.execute(insert(themes), [{"guild_id": guild_id, "code": c, "next_number": 1} for c in new])
    known = set(await tx.scalars(select(events.c.code).where(events.c.guild_id == guild_id)))
    new = [code for code in event_codes if code not in known]
    if new:
        await tx.execute(
            insert(events), [{"guild_id": guild_id, "code": c, "status": "planned"} for c in new]
        )


async def take_number(tx: AsyncConnection, guild_id: int, theme: str) -> int:
    """The theme's next number, counted up: it is given once."""
    taken = await tx.execute(
        update(themes)
        .where(themes.c.guild_id == guild_id, themes.c.code == theme)
        .values(next_number=themes.c.next_number + 1)
        .returning(themes.c.next_number)
    )
    return cast("int", taken.scalar_one()) - 1
