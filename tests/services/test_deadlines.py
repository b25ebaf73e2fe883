"""Deadlines: what is due happens once, whatever crashes in between."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from seminar.model import BallotStatus
from services.deadlines import LEASE, Deadlines
from storage import deadlines
from storage.deadlines import DeadlineRow
from storage.engine import Database
from tests.services.polling_station import FOR, Station
from tests.services.small_seminar import StillClock


class Diary:
    """A handler that notes what it was called with, and marks it done unless told to fail."""

    def __init__(self, db: Database, clock: StillClock) -> None:
        self.db, self.clock = db, clock
        self.failing = False
        self.noted: list[int] = []

    async def __call__(self, row: DeadlineRow) -> None:
        self.noted.append(row.subject)
        if self.failing:
            raise RuntimeError("the power went out")
        async with self.db.write() as tx:
            await deadlines.done(tx, (row.kind,), row.subject, self.clock())


@pytest.fixture
def diary(db: Database, clock: StillClock) -> Diary:
    """For deadlines of the kind `test`."""
    return Diary(db, clock)


@pytest.fixture
def due(db: Database, clock: StillClock, diary: Diary) -> Deadlines:
    """Deadlines that the diary handles."""
    return Deadlines(db, clock, {"test": diary})


async def put(db: Database, clock: StillClock, subject: int, **wait: float) -> None:
    """A deadline of the kind `test`."""
    async with db.write() as tx:
        await deadlines.put(tx, 1, "test", subject, clock() + timedelta(**wait))


async def test_nothing_waits_in_an_empty_store(due: Deadlines) -> None:
    """The scheduler may sleep as long as it likes."""
    assert await due.next_due() is None
    assert await due.run_due() == 0


async def test_what_is_due_runs_in_order_and_the_rest_waits(
    db: Database, clock: StillClock, due: Deadlines, diary: Diary
) -> None:
    """And what has run never runs again."""
    await put(db, clock, 3, hours=2)
    await put(db, clock, 1, minutes=30)
    await put(db, clock, 2, hours=1)
    clock.pass_(hours=1)
    assert await due.run_due() == 2
    assert await due.run_due() == 0
    assert diary.noted == [1, 2]
    assert await due.next_due() == clock() + timedelta(hours=1)


async def test_a_deadline_whose_handler_failed_runs_again_when_its_lease_is_over(
    db: Database, clock: StillClock, due: Deadlines, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    """The failure is logged, and others are not held up by it."""
    await put(db, clock, 1)
    diary.failing = True
    assert await due.run_due() == 0
    assert "will be tried again" in caplog.text
    diary.failing = False
    assert await due.run_due() == 0
    assert await due.next_due() == clock() + LEASE
    clock.pass_(seconds=LEASE.total_seconds())
    assert await due.run_due() == 1
    assert diary.noted == [1, 1]


async def test_a_crash_after_the_claim_loses_nothing(
    db: Database, clock: StillClock, due: Deadlines, diary: Diary
) -> None:
    """Another process, or the same one after its restart, takes it up."""
    await put(db, clock, 1)
    async with db.write() as tx:
        assert await deadlines.claim(tx, ("test",), clock(), clock() + LEASE) is not None
    assert await due.run_due() == 0
    clock.pass_(seconds=LEASE.total_seconds())
    assert await Deadlines(db, clock, {"test": diary}).run_due() == 1


async def test_two_schedulers_at_once_run_each_deadline_once(
    db: Database, clock: StillClock, due: Deadlines, diary: Diary
) -> None:
    """Each claim is seen by the other."""
    for subject in range(10):
        await put(db, clock, subject)
    other = Deadlines(db, clock, {"test": diary})
    assert sum(await asyncio.gather(due.run_due(), other.run_due())) == 10
    assert sorted(diary.noted) == list(range(10))


async def test_a_deadline_nobody_handles_is_left_to_who_does(
    db: Database, clock: StillClock, diary: Diary
) -> None:
    """An older program leaves a newer one's deadlines alone."""
    await put(db, clock, 1)
    stranger = Deadlines(db, clock, {"other": diary})
    assert await stranger.run_due() == 0
    assert await stranger.next_due() is None


async def test_a_ballot_closes_when_its_time_has_come(station: Station) -> None:
    """Once, by itself, and not a moment earlier."""
    ballot = await station.open(closes_in="1h")
    await station.vote(station.ana, ballot, FOR)
    station.clock.pass_(minutes=59)
    await station.deadlines.run_due()
    assert (await station.ballots.view(station.guild_id, ballot.id)).status is BallotStatus.OPEN
    station.clock.pass_(minutes=1)
    await station.deadlines.run_due()
    await station.deadlines.run_due()
    result = await station.ballots.result(station.guild_id, ballot.id)
    assert (result.voters, result.sealed) == (1, True)
    assert await station.rows("SELECT actor FROM ledger WHERE act = 'ballot.closed'") == [("system",)]
    assert await station.deadlines.next_due() is None


async def test_a_ballot_whose_time_came_while_nobody_was_awake_closes_at_the_start(
    station: Station,
) -> None:
    """No last call is made and nobody is reminded after the fact."""
    ballot = await station.open(closes_in="4h")
    await station.hush()
    station.clock.pass_(days=3)
    await station.restarted().deadlines.run_due()
    assert (await station.ballots.view(station.guild_id, ballot.id)).status is BallotStatus.CLOSED
    assert await station.said() == ["ballot.outcome", "card.refresh", "card.refresh", "ballot.refresh"]


async def test_last_call_and_reminder_come_once_at_their_moments(station: Station) -> None:
    """A quarter and half of a short ballot's time before it closes."""
    ballot = await station.open(closes_in="2h")
    await station.hush()
    station.clock.pass_(minutes=59)
    await station.deadlines.run_due()
    assert await station.said() == []
    station.clock.pass_(minutes=1)
    await station.deadlines.run_due()
    assert await station.said() == ["ballot.reminder"]
    station.clock.pass_(minutes=30)
    await station.deadlines.run_due()
    await station.deadlines.run_due()
    assert await station.said() == ["ballot.reminder", "ballot.last_call"]
    assert await station.ballots.remind(station.facilitator, ballot.id) == 0


async def test_nobody_is_reminded_when_everybody_has_voted(station: Station) -> None:
    """The reminder's moment passes in silence."""
    ballot = await station.open(closes_in="2h")
    await station.vote(station.ana, ballot, FOR)
    await station.hush()
    station.clock.pass_(hours=1)
    await station.deadlines.run_due()
    assert await station.said() == []


async def test_the_deadline_of_an_extended_ballot_does_not_close_it(station: Station) -> None:
    """Also not one that was claimed before the extension."""
    ballot = await station.open(closes_in="1h")
    await station.ballots.extend(station.facilitator, ballot.id, "1h")
    station.clock.pass_(hours=1)
    await station.deadlines.run_due()
    assert await station.ballots.close(None, ballot.id) is None
    assert (await station.ballots.view(station.guild_id, ballot.id)).status is BallotStatus.OPEN
    station.clock.pass_(hours=1)
    await station.deadlines.run_due()
    assert (await station.ballots.view(station.guild_id, ballot.id)).status is BallotStatus.CLOSED


async def test_a_long_ballot_gives_an_hours_call_and_a_days_reminder(station: Station) -> None:
    """However many days it lasts."""
    ballot = await station.open(closes_in="10d")
    moments = dict(await station.rows("SELECT kind, due_at FROM deadlines"))
    assert moments["ballot.last_call"] == "2014-11-01T08:00:00.000000Z"
    assert moments["ballot.reminder"] == "2014-10-31T09:00:00.000000Z"
    assert ballot.closes_at == station.clock() + timedelta(days=10)
