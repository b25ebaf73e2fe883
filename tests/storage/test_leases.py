"""Leases of shards: of several processes one serves a shard, whatever their clocks say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import leases
from storage.engine import Database
from storage.shards import Shards

pytestmark = pytest.mark.postgres("a store in a file has one process and no leases; `make postgres` runs it")

T = TypeVar("T")
LENGTH = timedelta(seconds=30)
FIRST, SECOND, BOTH = Shards(2, frozenset({0})), Shards(2, frozenset({1})), Shards(2, frozenset({0, 1}))
WHOLE = Shards(1, frozenset({0}))


@pytest.fixture
async def other(url: str) -> AsyncIterator[Database]:
    """The same store, as another process has it open."""
    database = await Database.open(url)
    yield database
    await database.close()


async def do(db: Database, act: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async with db.write() as tx:
        return await act(tx)


async def take(
    db: Database, shards: Shards, holder: str, length: timedelta = LENGTH
) -> tuple[leases.Lease, ...]:
    return await do(db, lambda tx: leases.take(tx, shards, holder, f"machine:{holder}", length))


async def held(db: Database) -> dict[int, str]:
    async with db.read() as tx:
        return {one.shard: one.holder for one in await leases.held(tx)}


async def lapse(db: Database, holder: str) -> None:
    """Time passes until the leases of `holder` have run out."""
    async with db.write() as tx:
        await tx.execute(
            text(
                "UPDATE shard_leases SET leased_until = '2014-01-01T00:00:00.000000Z' WHERE holder = :holder"
            ),
            {"holder": holder},
        )


async def test_a_shard_has_one_holder_and_the_others_learn_who(db: Database, other: Database) -> None:
    """With the moment until which they have to wait, by the database's clock."""
    assert await take(db, FIRST, "a") == ()
    (blocking,) = await take(other, FIRST, "b")
    async with other.read() as tx:
        now = await leases.now(tx)
    assert (blocking.shard, blocking.shard_count, blocking.process) == (0, 2, "machine:a")
    assert timedelta(0) < blocking.leased_until - now <= LENGTH
    assert await take(other, SECOND, "b") == ()
    assert await held(db) == {0: "a", 1: "b"}


async def test_it_is_all_shards_or_none(db: Database, other: Database) -> None:
    """Who waits for one keeps the other from nobody."""
    await take(db, FIRST, "a")
    assert [one.shard for one in await take(other, BOTH, "b")] == [0]
    assert await held(db) == {0: "a"}


async def test_whoever_counts_other_shards_stands_in_the_way_of_all(db: Database, other: Database) -> None:
    """Shard 1 of 2 and shard 0 of 1 have servers in common, though their numbers differ."""
    await take(db, SECOND, "a")
    assert [one.holder for one in await take(other, WHOLE, "b")] == ["a"]
    await do(db, lambda tx: leases.release(tx, "a"))
    assert await take(other, WHOLE, "b") == ()
    assert [one.holder for one in await take(db, SECOND, "a")] == ["b"]


async def test_what_has_run_out_is_taken_up_and_cannot_be_renewed(db: Database, other: Database) -> None:
    """Neither after another has it, nor before, since another may have looked already."""
    await take(db, BOTH, "a")
    await lapse(db, "a")
    assert await held(other) == {}
    assert await do(db, lambda tx: leases.renew(tx, BOTH, "a", LENGTH, {})) is None
    assert await take(other, FIRST, "b") == ()
    assert await do(db, lambda tx: leases.renew(tx, BOTH, "a", LENGTH, {})) is None
    assert await held(other) == {0: "b"}
    assert await do(db, lambda tx: leases.renew(tx, FIRST, "b", LENGTH, {})) is not None


async def test_a_lease_lasts_as_long_as_it_is_renewed_and_says_who_is_reached(db: Database) -> None:
    """The length counts from the renewal; each shard is told of by itself."""
    await take(db, BOTH, "a", length=timedelta(seconds=0.3))
    since = datetime(2014, 10, 22, 9, tzinfo=UTC)
    before = await do(db, leases.now)
    renewed = await do(db, lambda tx: leases.renew(tx, BOTH, "a", LENGTH, {1: since}))
    assert renewed is not None
    assert renewed >= before
    async with db.read() as tx:
        down = await leases.of_shard(tx, 0, 2)
        up = await leases.of_shard(tx, 1, 2)
        assert await leases.of_shard(tx, 0, 1) is None, "nobody who counts so serves it"
    assert down is not None
    assert up is not None
    assert (down.up_since, up.up_since, up.renewed_at) == (None, since, renewed)
    assert up.leased_until == renewed + LENGTH
    await do(db, lambda tx: leases.renew(tx, BOTH, "a", LENGTH, {}))
    async with db.read() as tx:
        assert [one.up_since for one in await leases.held(tx)] == [None, None]


@pytest.mark.parametrize("wanted", [[FIRST] * 6, [FIRST, BOTH, SECOND, BOTH, WHOLE, FIRST]])
async def test_of_many_who_start_at_once_nobody_shares_a_server(url: str, wanted: list[Shards]) -> None:
    """Whoever was first has it; what is free goes on being taken, and nothing is held twice."""
    databases = [await Database.open(url) for _ in wanted]
    for round_ in range(5):
        answers = await asyncio.gather(
            *(
                take(db, shards, f"{round_}.{n}")
                for n, (db, shards) in enumerate(zip(databases, wanted, strict=True))
            )
        )
        holders = [n for n, answer in enumerate(answers) if not answer]
        counts = {wanted[n].count for n in holders}
        served = [shard for n in holders for shard in wanted[n].ids]
        assert holders
        assert len(counts) == 1
        assert len(served) == len(set(served))
        assert await held(databases[0]) == {
            shard: f"{round_}.{n}" for n in holders for shard in wanted[n].ids
        }
        for n in holders:
            async with databases[n].write() as tx:
                await leases.release(tx, f"{round_}.{n}")
    for db in databases:
        await db.close()


async def test_who_stands_still_while_taking_lets_the_others_renew(db: Database, other: Database) -> None:
    """The server ends a transaction in which nothing happens; else all would lose what they hold."""
    await take(db, FIRST, "a")
    async with asyncio.timeout(10):
        with pytest.raises(Exception, match="nothing was saved"):
            async with other.write() as tx:
                assert await leases.take(tx, SECOND, "b", "machine:b", LENGTH) == ()
                renewed = await do(db, lambda tx: leases.renew(tx, FIRST, "a", LENGTH, {}))
                assert renewed is not None
    assert await held(db) == {0: "a"}
