"""What must still be said in Discord, stored by the transaction that made it true.

A row goes only when its message is known to have been sent, so a crash or a
refusal by Discord repeats or delays a message and never loses one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import outbox


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message to send: `kind` says which, `subject` about what; `attempts` failed so far."""

    id: int
    guild_id: int
    kind: str
    subject: str
    payload: dict[str, Any]
    created_at: datetime
    due_at: datetime
    attempts: int


async def put(
    tx: AsyncConnection,
    guild_id: int,
    kind: str,
    subject: str | int,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
    *,
    due_at: datetime | None = None,
) -> int:
    """Leave a message to be sent from `due_at` on (`at`, when not given); return its id."""
    written = await tx.execute(
        insert(outbox)
        .values(
            guild_id=guild_id,
            kind=kind,
            subject=str(subject),
            payload=dict(payload or {}),
            created_at=at,
            due_at=due_at or at,
            attempts=0,
        )
        .returning(outbox.c.id)
    )
    return int(written.scalar_one())


async def put_each(
    tx: AsyncConnection,
    guild_id: int,
    kind: str,
    subject: str | int,
    at: datetime,
    payloads: Iterable[Mapping[str, Any]],
) -> None:
    """Leave a message for each of `payloads`, so that one that Discord refuses is tried again by itself."""
    rows = [
        {
            "guild_id": guild_id,
            "kind": kind,
            "subject": str(subject),
            "payload": dict(payload),
            "created_at": at,
            "due_at": at,
            "attempts": 0,
        }
        for payload in payloads
    ]
    if rows:
        await tx.execute(insert(outbox), rows)


async def due(
    tx: AsyncConnection, now: datetime, limit: int = 50, kinds: Collection[str] | None = None
) -> list[OutboxRow]:
    """What is to be sent by now, of these kinds (None: of all), the oldest first."""
    wanted = select(outbox).where(outbox.c.due_at <= now)
    if kinds is not None:
        wanted = wanted.where(outbox.c.kind.in_(kinds))
    found = await tx.execute(wanted.order_by(outbox.c.due_at, outbox.c.id).limit(limit))
    return [OutboxRow(**row._mapping) for row in found]


async def next_due(tx: AsyncConnection, kinds: Collection[str] | None = None) -> datetime | None:
    """When there will be something of these kinds (None: of all) to send; None while nothing waits."""
    first = select(func.min(outbox.c.due_at))
    if kinds is not None:
        first = first.where(outbox.c.kind.in_(kinds))
    earliest: datetime | None = (await tx.execute(first)).scalar_one()
    return earliest


async def sent(tx: AsyncConnection, outbox_id: int) -> None:
    """Take a message out that Discord has accepted; nothing happens when it is gone already."""
    await tx.execute(delete(outbox).where(outbox.c.id == outbox_id))


async def postpone(tx: AsyncConnection, outbox_id: int, until: datetime) -> None:
    """Try a message again from `until` on, and count the failed attempt."""
    await tx.execute(
        update(outbox).where(outbox.c.id == outbox_id).values(due_at=until, attempts=outbox.c.attempts + 1)
    )
