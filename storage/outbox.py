"""What must still be said in Discord, stored by the transaction that made it true.

A row goes only when its message is known to have been sent, so a crash or a
refusal by Discord repeats or delays a message and never loses one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import outbox
from storage.shards import Shards, among_shards, of_shards

# Asked after every act, and so made once.
_OF_KINDS = outbox.c.kind.in_(bindparam("kinds", expanding=True))
_OF_SHARDS = among_shards(outbox.c.guild_id)
_DUE = (
    select(outbox)
    .where(outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_DUE_OF_KINDS = _DUE.where(_OF_KINDS)
_NEXT_DUE = select(func.min(outbox.c.due_at))
_NEXT_DUE_OF_KINDS = _NEXT_DUE.where(_OF_KINDS)
_DUE_OF_SHARDS = _DUE_OF_KINDS.where(_OF_SHARDS)
_NEXT_DUE_OF_SHARDS = _NEXT_DUE_OF_KINDS.where(_OF_SHARDS)


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


async def put_once(
    tx: AsyncConnection,
    guild_id: int,
    kind: str,
    subject: str | int,
    at: datetime,
    *,
    due_at: datetime | None = None,
) -> None:
    """The same without a payload, unless such a message waits already: what is drawn anew is drawn once."""
    waiting = select(outbox.c.id).where(
        outbox.c.guild_id == guild_id, outbox.c.kind == kind, outbox.c.subject == str(subject)
    )
    if (await tx.execute(waiting.limit(1))).first() is None:
        await put(tx, guild_id, kind, subject, at, due_at=due_at)


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody is ready to send: messages of these kinds, to the servers of `shards` (None: to all)."""

    kinds: Collection[str]
    shards: Shards | None = None


async def due(
    tx: AsyncConnection, now: datetime, limit: int = 50, wanted: Wanted | None = None
) -> list[OutboxRow]:
    """What is to be sent by now, of what is wanted (None: everything), the oldest first."""
    query, given = _which(wanted, _DUE, _DUE_OF_KINDS, _DUE_OF_SHARDS)
    found = await tx.execute(query, {"now": now, "limit": limit, **given})
    return [OutboxRow(**row._mapping) for row in found]


async def next_due(tx: AsyncConnection, wanted: Wanted | None = None) -> datetime | None:
    """When there will be something to send of what is wanted (None: everything); None while nothing waits."""
    query, given = _which(wanted, _NEXT_DUE, _NEXT_DUE_OF_KINDS, _NEXT_DUE_OF_SHARDS)
    earliest: datetime | None = (await tx.execute(query, given)).scalar_one()
    return earliest


def _which(
    wanted: Wanted | None, everything: Select[Any], of_kinds: Select[Any], of_both: Select[Any]
) -> tuple[Select[Any], dict[str, object]]:
    if wanted is None:
        return everything, {}
    if wanted.shards is None:
        return of_kinds, {"kinds": wanted.kinds}
    return of_both, {"kinds": wanted.kinds, **of_shards(wanted.shards)}


async def waits(tx: AsyncConnection, guild_id: int, subject: str) -> bool:
    """Whether something of a server about `subject` waits to be sent, due or put off."""
    query = select(outbox.c.id).where(outbox.c.guild_id == guild_id, outbox.c.subject == subject).limit(1)
    return await tx.scalar(query) is not None


async def sent(tx: AsyncConnection, outbox_id: int) -> None:
    """Take a message out that Discord has accepted; nothing happens when it is gone already."""
    await tx.execute(delete(outbox).where(outbox.c.id == outbox_id))


async def postpone(tx: AsyncConnection, outbox_id: int, until: datetime) -> None:
    """Try a message again from `until` on, and count the failed attempt."""
    await tx.execute(
        update(outbox).where(outbox.c.id == outbox_id).values(due_at=until, attempts=outbox.c.attempts + 1)
    )
