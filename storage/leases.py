"""Who serves which shard: a process may, for as long as it holds the shard's lease.

For PostgreSQL, which several processes share. Time is the database's: those of the machines may differ.
Every answer is true for the moment at which the transaction asked; what is taken or renewed lasts
`length` from a moment that is later than the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import shard_leases
from storage.shards import Shards

# Any fixed number will do: those who want to take shards take turns by it.
_TAKING = 0x5261_7071
# A process that stands still while it takes a lease must not keep the others from renewing theirs.
_PATIENCE_MS = 3000


@dataclass(frozen=True, slots=True)
class Lease:
    """`shard` of `shard_count` is served by `holder` until `leased_until`.

    `process` names it for people. Discord has reached it since `up_since`; None while it does not.
    """

    shard: int
    shard_count: int
    holder: str
    process: str
    taken_at: datetime
    renewed_at: datetime
    leased_until: datetime
    up_since: datetime | None


async def now(tx: AsyncConnection) -> datetime:
    """The database's clock."""
    moment: datetime = (await tx.execute(select(func.clock_timestamp()))).scalar_one()
    return moment


async def held(tx: AsyncConnection) -> tuple[Lease, ...]:
    """Every lease that has not run out."""
    return await _live(tx)


async def take(
    tx: AsyncConnection, shards: Shards, holder: str, process: str, length: timedelta
) -> tuple[Lease, ...]:
    """Take all of `shards`, or none; the leases that stand in the way, none when they were taken.

    Whoever counts another number of shards divides the servers otherwise, and stands in the way of all.
    """
    if blocking := _in_the_way(await _live(tx), shards):
        return blocking
    await tx.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {_PATIENCE_MS}"))
    await tx.execute(text("SELECT pg_advisory_xact_lock(:taking)"), {"taking": _TAKING})
    # Whoever is just renewing is waited for, and its lease seen as it is then.
    if blocking := _in_the_way(await _live(tx, lock=True), shards):
        return blocking
    moment = await now(tx)
    await tx.execute(delete(shard_leases).where(shard_leases.c.leased_until <= moment))
    await tx.execute(
        insert(shard_leases),
        [
            {
                "shard": shard,
                "shard_count": shards.count,
                "holder": holder,
                "process": process,
                "taken_at": moment,
                "renewed_at": moment,
                "leased_until": moment + length,
                "up_since": None,
            }
            for shard in sorted(shards.ids)
        ],
    )
    return ()


async def renew(
    tx: AsyncConnection, shards: Shards, holder: str, length: timedelta, up: Mapping[int, datetime]
) -> datetime | None:
    """Hold the leases for `length` more, and note since when Discord has reached each shard.

    The database's clock; None when one has run out: then none of them is held any more.
    """
    moment = await now(tx)
    up_since = shard_leases.c.up_since
    told = {shard: literal(since, up_since.type) for shard, since in up.items()}
    renewed = await tx.execute(
        update(shard_leases)
        .where(shard_leases.c.holder == holder, shard_leases.c.leased_until > moment)
        .values(
            {
                shard_leases.c.renewed_at: moment,
                shard_leases.c.leased_until: moment + length,
                up_since: case(told, value=shard_leases.c.shard, else_=None) if told else None,
            }
        )
    )
    return moment if renewed.rowcount == len(shards.ids) else None


async def release(tx: AsyncConnection, holder: str) -> None:
    """Let go of every shard at once."""
    await tx.execute(delete(shard_leases).where(shard_leases.c.holder == holder))


async def of_shard(tx: AsyncConnection, shard: int, count: int) -> Lease | None:
    """The lease under which a shard is served just now; None while nobody serves it."""
    return next((one for one in await _live(tx) if (one.shard, one.shard_count) == (shard, count)), None)


async def _live(tx: AsyncConnection, *, lock: bool = False) -> tuple[Lease, ...]:
    query = select(shard_leases).order_by(shard_leases.c.shard)
    rows = (await tx.execute(query.with_for_update() if lock else query)).all()
    moment = await now(tx)  # read afterwards, since a lock may have been waited for
    return tuple(Lease(*row) for row in rows if row.leased_until > moment)


def _in_the_way(live: tuple[Lease, ...], shards: Shards) -> tuple[Lease, ...]:
    return tuple(one for one in live if one.shard_count != shards.count or one.shard in shards.ids)
