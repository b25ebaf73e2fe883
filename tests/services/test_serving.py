"""Several processes on one store: each serves its own servers, and no ballot ends where nobody can vote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from seminar.model import BallotStatus
from services.deadlines import LATE, LEASE
from services.serving import Serving
from services.voting.outages import OUT_OF_REACH
from storage import deadlines
from storage.engine import Database
from storage.schema import shard_leases
from storage.shards import Shards
from tests.services.polling_station import FOR, Station
from tests.services.registry import Registry
from tests.services.small_seminar import INITIATIVE
from tests.services.test_outages import MINUTE, closes_at, extensions, run, status

ONE, OTHER, BOTH = Shards(2, frozenset({0})), Shards(2, frozenset({1})), Shards(2, frozenset({0, 1}))
on_postgres = pytest.mark.postgres("only PostgreSQL is shared by processes; `make postgres` runs it")


def process(station: Station, shards: Shards, db: Database | None = None) -> Station:
    """A process on the same store and key folder that serves these shards; the seminar is in shard 0."""
    return Station(db or station.db, station.clock, key_dir=station.key_dir, serving=Serving(shards))


@dataclass
class Two:
    """`here` serves the seminar, `there` other servers; each has connections of its own."""

    here: Station
    there: Station

    async def lease(self, renewed_at: datetime, up_since: datetime | None) -> None:
        """The store knows that the seminar's shard is served, last renewed so, and reached since."""
        async with self.here.db.write() as tx:
            await tx.execute(shard_leases.delete())
            await tx.execute(
                shard_leases.insert().values(
                    shard=0,
                    shard_count=2,
                    holder="here",
                    process="machine:1",
                    taken_at=renewed_at,
                    renewed_at=renewed_at,
                    leased_until=datetime.max.replace(tzinfo=renewed_at.tzinfo),
                    up_since=up_since,
                )
            )

    async def lapse(self) -> None:
        """Nobody serves the seminar's shard any more."""
        async with self.here.db.write() as tx:
            await tx.execute(shard_leases.delete())


@pytest.fixture
async def two(station: Station) -> AsyncIterator[Two]:
    """Two processes on one PostgreSQL."""
    second = await Database.open(station.db.url)
    yield Two(process(station, ONE), process(station, OTHER, second))
    await second.close()


async def test_an_outage_of_a_shard_is_one_of_its_servers_alone(station: Station) -> None:
    """A shard of other servers changes nothing; the seminar's own gives back what was lost."""
    both = process(station, BOTH)
    both.ballots.outages.came_up(0)
    both.ballots.outages.came_up(1)
    first = await both.open(references="CAP-01", closes_in="3h")
    second = await both.open(references="CAP-02", closes_in="4h")
    await run(both, 150)
    both.ballots.outages.went_down(1)
    await run(both, 31)
    assert (await status(both, first), await extensions(both)) == (BallotStatus.CLOSED, [])
    await run(both, 29)
    both.ballots.outages.came_up(1)
    both.ballots.outages.went_down(0)
    await run(both, 45)
    assert await status(both, second) is BallotStatus.OPEN
    both.ballots.outages.came_up(0)
    await run(both, 2)
    given = await closes_at(both, second) - second.closes_at
    assert 45 * MINUTE <= given <= 47 * MINUTE
    assert len(await extensions(both)) == 1


async def test_a_closing_that_waits_is_done_as_soon_as_people_are_back(station: Station) -> None:
    """It was claimed by somebody who could not do it, and is not kept from whoever can."""
    one = process(station, ONE)
    one.ballots.outages.came_up(0)
    ballot = await one.open(closes_in="3h")
    await run(one, 179)
    one.ballots.outages.went_down(0)
    await run(one, 1)
    assert await status(one, ballot) is BallotStatus.OPEN
    one.ballots.outages.came_up(0)
    one.clock.pass_(seconds=OUT_OF_REACH.total_seconds())
    await one.deadlines.run_due()
    assert await status(one, ballot) is BallotStatus.CLOSED


async def test_an_initiative_is_kept_in_memory_by_who_serves_its_server_alone(station: Station) -> None:
    """Another process may do its deadlines, and must not go by what was loaded before."""
    here, there = process(station, ONE), process(station, OTHER)
    before = await there.initiatives.current(there.guild_id)
    assert await here.initiatives.current(here.guild_id) is await here.initiatives.current(here.guild_id)
    await here.load(INITIATIVE.replace("United Nations", "The United Nations"))
    assert await there.initiatives.current(there.guild_id) == await here.initiatives.current(here.guild_id)
    assert await there.initiatives.current(there.guild_id) != before


@on_postgres
async def test_another_process_closes_in_time_what_its_own_does_not(two: Two) -> None:
    """Killed a moment ago, it held its lease still: people could vote until the end."""
    two.here.ballots.outages.came_up(0)
    ballot = await two.here.open(closes_in="1h")
    await two.here.vote(two.here.ana, ballot, FOR)
    now = two.here.clock() + timedelta(hours=1)
    await two.lease(now, two.here.clock())
    two.here.clock.pass_(hours=1)
    await two.there.deadlines.run_due()
    assert await status(two.there, ballot) is BallotStatus.OPEN, "its own process is given its time"
    two.here.clock.pass_(seconds=LATE.total_seconds())
    await two.there.deadlines.run_due()
    result = await two.there.ballots.result(two.there.guild_id, ballot.id)
    assert (result.ballot.status, result.voters, result.sealed) == (BallotStatus.CLOSED, 1, True)
    await two.here.deadlines.run_due()
    assert await two.here.value("SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1
    assert await two.here.value("SELECT count(*) FROM outbox WHERE kind = 'ballot.outcome'") == 1
    assert (await two.here.audit.verify()).problems == ()


@on_postgres
async def test_where_nobody_serves_a_shard_its_ballots_wait_and_are_extended(two: Two) -> None:
    """Whoever takes it up gives back what was lost; nobody else closes them meanwhile."""
    two.here.ballots.outages.came_up(0)
    ballot = await two.here.open(closes_in="3h")
    await run(two.here, 150)
    for up_since in (None, "nobody"):
        if up_since is None:
            await two.lease(two.here.clock(), None)  # it holds the shard, and Discord does not reach it
        else:
            await two.lapse()
        await run(two.there, 20)
    assert await status(two.there, ballot) is BallotStatus.OPEN
    successor = process(two.here, ONE)
    successor.ballots.outages.came_up(0)
    await two.lease(two.here.clock(), two.here.clock())
    await run(successor, 1)
    given = await closes_at(successor, ballot) - ballot.closes_at
    assert 40 * MINUTE <= given <= 42 * MINUTE
    await run(two.there, 1)
    await run(successor, 40)
    assert await status(successor, ballot) is BallotStatus.CLOSED
    assert len(await extensions(successor)) == 1


@on_postgres
async def test_a_pulse_noted_by_another_process_says_when_its_own_was_last_there(two: Two) -> None:
    """Not when the other looked: between the two nobody may have been there."""
    two.here.ballots.outages.came_up(0)
    ballot = await two.here.open(closes_in="2h")
    since = two.here.clock()
    two.here.clock.pass_(minutes=62, seconds=LATE.total_seconds())
    renewed = two.here.clock() - timedelta(seconds=17)
    await two.lease(renewed, since)
    await two.there.deadlines.run_due()
    seen = await two.here.value(f"SELECT seen_at FROM ballots WHERE id = {ballot.id}")
    assert datetime.fromisoformat(str(seen)) == renewed


@on_postgres
async def test_every_deadline_is_done_once_though_one_process_dies_after_each_claim(two: Two) -> None:
    """Three processes at once, one of which claims and is gone: what it held comes round again."""
    third = await Database.open(two.here.db.url)
    ballots = [await two.here.open(references=f"CAP-0{n}", closes_in="1h") for n in (1, 2)]
    two.here.ballots.outages.came_up(0)
    await two.lease(two.here.clock() + timedelta(hours=1), two.here.clock())
    two.here.clock.pass_(hours=1, seconds=LATE.total_seconds())
    async with third.write() as tx:
        now = two.here.clock()
        claimed = await deadlines.claim(tx, ("ballot.close",), now, now + LEASE)
    await third.close()
    assert claimed is not None

    async def both(act: Callable[[Station], Awaitable[int]]) -> None:
        await asyncio.gather(act(two.here), act(two.there))

    await both(lambda one: one.deadlines.run_due())
    states = {ballot.id: await status(two.here, ballot) for ballot in ballots}
    assert states[claimed.subject] is BallotStatus.OPEN
    assert sorted(states.values()) == [BallotStatus.CLOSED, BallotStatus.OPEN]
    two.here.clock.pass_(seconds=LEASE.total_seconds())
    await both(lambda one: one.deadlines.run_due())
    assert await two.here.value("SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 2
    assert await two.here.value("SELECT count(*) FROM ledger WHERE act = 'ballot.sealed'") == 2
    assert (await two.here.audit.verify()).problems == ()


@on_postgres
@pytest.mark.parametrize("_time", range(4))
async def test_a_person_forgotten_while_another_process_starts_is_forgotten_once(
    two: Two, _time: int
) -> None:
    """The list outside the store names them before the store has them forgotten."""
    here, there = (Registry(one.db, one.clock, key_dir=one.key_dir) for one in (two.here, two.there))
    person = await here.participants.enter(here.dana, to_vote=True)
    here.forgotten.add([person.id])
    await asyncio.gather(here.forgetting.forget(here.dana), there.forgetting.again())
    assert await here.value("SELECT count(*) FROM ledger WHERE act = 'person.forgotten'") == 1
    assert await here.value(f"SELECT count(*) FROM people WHERE id = '{person.id}' AND user_id IS NULL") == 1
    assert (await here.audit.verify()).problems == ()
