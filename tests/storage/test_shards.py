"""What a process does of what several share: its own servers' messages, and others' deadlines when late."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, literal, select

from storage import deadlines, outbox
from storage.deadlines import Preference
from storage.engine import Database
from storage.outbox import Wanted
from storage.shards import ALL, Shards, among_shards, of_shards, shard_of
from tests.storage.store_seed import NOW

EVEN, ODD = 42 << 22, 43 << 22 | 7
FIRST, SECOND = Shards(2, frozenset({0})), Shards(2, frozenset({1}))
KINDS = ("ballot.close",)


@given(st.integers(0, 2**63 - 1), st.integers(1, 64))
def test_every_server_belongs_to_one_shard(guild_id: int, count: int) -> None:
    """As Discord counts it; and to all of them together."""
    holders = [n for n in range(count) if Shards(count, frozenset({n})).has(guild_id)]
    assert holders == [shard_of(guild_id, count)] == [(guild_id >> 22) % count]
    assert Shards(count, frozenset(range(count))).whole
    assert ALL.has(guild_id)


async def test_the_store_counts_shards_as_discord_does(db: Database) -> None:
    """Up to the largest numbers there are."""
    async with db.read() as tx:
        for guild_id in (1, EVEN, ODD, 2**63 - 1, 1456074443980800027):
            query = select(among_shards(literal(guild_id, BigInteger)))
            found = [
                bool(await tx.scalar(query, of_shards(Shards(7, frozenset({shard}))))) for shard in range(7)
            ]
            assert [n for n, is_in in enumerate(found) if is_in] == [shard_of(guild_id, 7)]
            assert not await tx.scalar(query, of_shards(Shards(7, frozenset())))


async def test_messages_are_looked_for_by_shard(db: Database) -> None:
    """None delays another's, and a process that serves none yet has none to send."""
    async with db.write() as tx:
        for number, guild_id in enumerate((EVEN, ODD, EVEN)):
            await outbox.put(tx, guild_id, "digest", number, NOW, due_at=NOW + timedelta(minutes=number))
    later = NOW + timedelta(hours=1)
    async with db.read() as tx:
        for shards, subjects in ((FIRST, ["0", "2"]), (SECOND, ["1"]), (Shards(2, frozenset()), [])):
            wanted = Wanted(["digest"], shards)
            assert [row.subject for row in await outbox.due(tx, later, wanted=wanted)] == subjects
            first = NOW + timedelta(minutes=int(subjects[0])) if subjects else None
            assert await outbox.next_due(tx, wanted) == first
            assert await outbox.next_due(tx, Wanted(["card.post"], shards)) is None
        assert len(await outbox.due(tx, later, wanted=Wanted(["digest"]))) == 3


async def test_deadlines_of_others_are_taken_up_when_they_are_late(db: Database) -> None:
    """One's own at once; the others' own processes are given their time."""
    late = timedelta(seconds=10)
    first, second = Preference(FIRST, late), Preference(SECOND, late)
    async with db.write() as tx:
        await deadlines.put(tx, EVEN, "ballot.close", 1, NOW)
        await deadlines.put(tx, ODD, "ballot.close", 2, NOW + timedelta(seconds=5))
    async with db.read() as tx:
        assert await deadlines.next_due(tx, KINDS) == NOW
        assert await deadlines.next_due(tx, KINDS, first) == NOW
        assert await deadlines.next_due(tx, KINDS, second) == NOW + timedelta(seconds=5)
    now = NOW + timedelta(seconds=6)
    async with db.write() as tx:
        own = await deadlines.claim(tx, KINDS, now, now + timedelta(minutes=1), second)
        assert own is not None
        assert own.subject == 2
        assert await deadlines.claim(tx, KINDS, now, now + timedelta(minutes=1), second) is None
        assert await deadlines.next_due(tx, KINDS, second) == NOW + late
        now = NOW + late
        others = await deadlines.claim(tx, KINDS, now, now + timedelta(minutes=1), second)
        assert others is not None
        assert others.subject == 1
        await deadlines.put_off(tx, others.id, now + timedelta(seconds=3))
        assert await deadlines.claim(tx, KINDS, now, now + timedelta(minutes=1), first) is None
        now += timedelta(seconds=3)
        again = await deadlines.claim(tx, KINDS, now, now + timedelta(minutes=1), first)
        assert again is not None
        assert again.subject == 1
