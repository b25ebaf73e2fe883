"""When nobody could reach the bot near a ballot's end, the ballot stays open for as much longer, once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from seminar.errors import Refused
from seminar.model import BallotStatus
from services.voting.ballot_views import BallotView
from tests.services.polling_station import FOR, Station

MINUTE = timedelta(minutes=1)


def up(station: Station) -> Station:
    """The same store, in a process that people can reach from now on."""
    started = station.restarted()
    started.ballots.outages.came_up()
    return started


async def run(station: Station, minutes: float, step: float = 1) -> None:
    """Time passes while the program runs, and looks every minute at what is due."""
    for _ in range(round(minutes / step)):
        station.clock.pass_(minutes=step)
        await station.deadlines.run_due()


async def closes_at(station: Station, ballot: BallotView) -> datetime:
    return (await station.ballots.view(station.guild_id, ballot.id)).closes_at


async def status(station: Station, ballot: BallotView) -> BallotStatus:
    return (await station.ballots.view(station.guild_id, ballot.id)).status


async def extensions(station: Station) -> list[int | None]:
    """The seconds of each extension on record; None for one that a facilitator gave."""
    rows = await station.rows("SELECT body FROM ledger WHERE act = 'ballot.extended' ORDER BY seq")
    return [json.loads(str(body)).get("outage") for (body,) in rows]


async def test_a_program_that_runs_extends_nothing(station: Station) -> None:
    """The ballot closes when it was announced to."""
    station = up(station)
    ballot = await station.open(closes_in="3h")
    await run(station, 180)
    assert (await closes_at(station, ballot), await status(station, ballot)) == (
        ballot.closes_at,
        BallotStatus.CLOSED,
    )
    assert await extensions(station) == []


async def test_a_program_that_was_down_over_the_end_extends_by_as_much(station: Station) -> None:
    """From when it was last known to run until it runs again: so many minutes are given back."""
    station = up(station)
    ballot = await station.open(closes_in="3h")
    await run(station, 150)
    station.clock.pass_(minutes=75)
    station = up(station)
    with pytest.raises(Refused):
        await station.vote(station.ana, ballot, FOR)
    await station.hush()
    await station.deadlines.run_due()
    assert await status(station, ballot) is BallotStatus.OPEN
    # A pulse comes every two minutes; the last one was at most that long before the end of the run.
    given = await closes_at(station, ballot) - ballot.closes_at
    assert 75 * MINUTE <= given <= 77 * MINUTE
    assert await extensions(station) == [int(given.total_seconds())]
    assert await station.said() == ["ballot.extended", "card.refresh", "card.refresh"]
    payload = json.loads(
        str(await station.value("SELECT payload FROM outbox WHERE kind = 'ballot.extended'"))
    )
    assert payload == {"outage": given / MINUTE}
    await station.vote(station.ana, ballot, FOR, FOR)
    await run(station, given / MINUTE)
    assert await extensions(station) == [int(given.total_seconds())], "once"
    assert (await station.ballots.result(station.guild_id, ballot.id)).voters == 1
    assert (await station.audit.verify()).problems == ()


async def test_a_program_down_for_days_gives_back_days(station: Station) -> None:
    """But no more than the last hour of the ballot was lost before its end."""
    ballot = await up(station).open(closes_in="3d")
    station.clock.pass_(days=5)
    station = up(station)
    await station.deadlines.run_due()
    # In UTC, since summer time ends on one of these days.
    given = (await closes_at(station, ballot)).astimezone(UTC) - ballot.closes_at.astimezone(UTC)
    assert given == timedelta(days=2, hours=1)
    assert await extensions(station) == [(2 * 24 + 1) * 3600]


async def test_an_outage_before_the_last_hour_changes_nothing(station: Station) -> None:
    """People had time enough afterwards."""
    ballot = await up(station).open(closes_in="3h")
    station.clock.pass_(minutes=115)
    station = up(station)
    await run(station, 65)
    assert await status(station, ballot) is BallotStatus.CLOSED
    assert await extensions(station) == []


async def test_an_outage_that_reaches_into_the_last_hour_counts_from_its_beginning(station: Station) -> None:
    """Of two and a half hours down, the half hour within the last one is given back."""
    ballot = await up(station).open(closes_in="3h")
    station.clock.pass_(minutes=150)
    station = up(station)
    await station.deadlines.run_due()
    assert await closes_at(station, ballot) == ballot.closes_at + 30 * MINUTE


async def test_a_short_restart_extends_nothing(station: Station) -> None:
    """A minute in the last hour is no outage, and several of them are none either."""
    station = up(station)
    ballot = await station.open(closes_in="3h")
    await run(station, 130)
    for _ in range(4):
        station.clock.pass_(minutes=1)
        station = up(station)
        await run(station, 10)
    await run(station, 10)
    assert await status(station, ballot) is BallotStatus.CLOSED
    assert await extensions(station) == []


async def test_two_outages_are_made_good_one_by_one(station: Station) -> None:
    """Each by itself, and neither twice."""
    station = up(station)
    ballot = await station.open(closes_in="3h")
    await run(station, 130)
    for _ in range(2):
        station.clock.pass_(minutes=20)
        station = up(station)
        await run(station, 6)
    first, second = await extensions(station)
    assert first is not None and second is not None
    assert 20 * 60 <= first <= 22 * 60
    assert 20 * 60 <= second <= 22 * 60 + 30
    assert await closes_at(station, ballot) == ballot.closes_at + timedelta(seconds=first + second)
    assert (await station.audit.verify()).problems == ()


async def test_an_outage_during_a_short_ballot_counts_from_its_start(station: Station) -> None:
    """Of ten minutes, four were lost."""
    ballot = await up(station).open(closes_in="10m")
    station.clock.pass_(minutes=4)
    station = up(station)
    await station.deadlines.run_due()
    assert await closes_at(station, ballot) == ballot.closes_at + 4 * MINUTE
    await run(station, 10)
    assert await status(station, ballot) is BallotStatus.CLOSED


async def test_a_ballot_opened_while_the_program_runs_has_lost_nothing(station: Station) -> None:
    """However long the program had been down before."""
    station.clock.pass_(days=3)
    station = up(station)
    ballot = await station.open(closes_in="10m")
    await run(station, 10)
    assert (await status(station, ballot), await extensions(station)) == (BallotStatus.CLOSED, [])


async def test_while_nobody_can_reach_it_a_running_program_closes_nothing(station: Station) -> None:
    """Cut off from Discord over the end: the ballot waits, and goes on when people are there again."""
    station = up(station)
    ballot = await station.open(closes_in="3h")
    await run(station, 150)
    station.ballots.outages.went_down()
    await run(station, 45)
    assert await status(station, ballot) is BallotStatus.OPEN
    station.ballots.outages.came_up()
    await run(station, 2)
    given = await closes_at(station, ballot) - ballot.closes_at
    assert 45 * MINUTE <= given <= 47 * MINUTE
    await station.vote(station.ana, ballot, FOR)
    await run(station, 45)
    assert await status(station, ballot) is BallotStatus.CLOSED
    assert len(await extensions(station)) == 1


async def test_cut_off_for_a_moment_it_closes_a_moment_later(station: Station) -> None:
    """Discord disconnects now and then, which is no outage."""
    station = up(station)
    ballot = await station.open(closes_in="3h")
    await run(station, 179)
    station.ballots.outages.went_down()
    await run(station, 1)
    assert await status(station, ballot) is BallotStatus.OPEN
    station.ballots.outages.came_up()
    await run(station, 1)
    assert (await status(station, ballot), await extensions(station)) == (BallotStatus.CLOSED, [])


async def test_cut_off_and_back_long_before_the_end_it_extends_by_as_much(station: Station) -> None:
    """Found by the next pulse, and not only at the end."""
    station = up(station)
    ballot = await station.open(closes_in="3h")
    await run(station, 125)
    station.ballots.outages.went_down()
    await run(station, 20)
    station.ballots.outages.came_up()
    await run(station, 3)
    given = await closes_at(station, ballot) - ballot.closes_at
    assert 20 * MINUTE <= given <= 22 * MINUTE


async def test_a_silence_is_given_the_time_too(station: Station) -> None:
    """Nobody could have objected meanwhile."""
    ballot = await up(station).open(method="silence", references="CAP-01", closes_in="2h")
    station.clock.pass_(hours=3)
    station = up(station)
    await station.deadlines.run_due()
    assert await station.states() == ["voting", "admitted"]
    assert await closes_at(station, ballot) == ballot.closes_at + timedelta(hours=2)
    await station.silences.break_silence(station.ben, ballot.id, "Now I can say it")
    assert await station.states() == ["admitted", "admitted"]
    assert (await station.audit.verify()).problems == ()


async def test_after_a_long_outage_the_last_hour_is_there_again(station: Station) -> None:
    """However long it was, people have an hour from when they can vote again."""
    ballot = await up(station).open(closes_in="4h")
    for hours in (6, 30):
        station.clock.pass_(hours=hours)
        station = up(station)
        await station.deadlines.run_due()
        assert await closes_at(station, ballot) == station.clock() + timedelta(hours=1)
    await run(station, 60)
    assert await status(station, ballot) is BallotStatus.CLOSED
    assert len(await extensions(station)) == 2


async def test_a_ballot_closed_by_hand_is_closed(station: Station) -> None:
    """A facilitator may close early or late, whatever was lost."""
    ballot = await up(station).open(closes_in="2h")
    station.clock.pass_(hours=3)
    station = up(station)
    result = await station.close(ballot)
    assert (result.ballot.status, await extensions(station)) == (BallotStatus.CLOSED, [])
    await station.deadlines.run_due()
    assert await extensions(station) == []


async def test_extended_by_hand_in_the_last_hour_it_is_watched_anew(station: Station) -> None:
    """An outage before the new last hour is none that counts."""
    station = up(station)
    ballot = await station.open(closes_in="2h")
    await run(station, 90)
    await station.ballots.extend(station.facilitator, ballot.id, "3h")
    station.clock.pass_(minutes=90)
    station = up(station)
    await run(station, 120)
    assert await status(station, ballot) is BallotStatus.CLOSED
    assert await extensions(station) == [None]


async def test_a_clock_set_back_extends_nothing_and_closes_nothing_twice(station: Station) -> None:
    """The ballot closes when its time comes again."""
    station = up(station)
    ballot = await station.open(closes_in="2h")
    await run(station, 110)
    station.clock.pass_(minutes=-60)
    await station.vote(station.ana, ballot, FOR)
    station = up(station)
    await run(station, 60)
    assert await status(station, ballot) is BallotStatus.OPEN
    await run(station, 10)
    assert await status(station, ballot) is BallotStatus.CLOSED
    assert await extensions(station) == []
    station.clock.pass_(hours=-2)
    station = up(station)
    await station.deadlines.run_due()
    with pytest.raises(Refused, match="closed"):
        await station.vote(station.ana, ballot, FOR)
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1
    assert (await station.audit.verify()).problems == ()


async def test_a_clock_set_back_before_the_opening_leaves_the_ballot_open(station: Station) -> None:
    """It is extended by nothing and takes votes."""
    station = up(station)
    ballot = await station.open(closes_in="2h")
    station.clock.pass_(days=-1)
    station = up(station)
    await run(station, 5)
    await station.vote(station.ana, ballot, FOR)
    assert (await status(station, ballot), await extensions(station)) == (BallotStatus.OPEN, [])


async def test_a_ballot_that_is_over_is_not_made_good(station: Station) -> None:
    """Closed, cancelled, prepared or unknown."""
    closed = await up(station).open(references="CAP-01")
    cancelled = await station.open(references="CAP-02")
    await station.close(closed)
    await station.ballots.cancel(station.facilitator, cancelled.id, "Wrong text")
    station.clock.pass_(days=9)
    station = up(station)
    for ballot_id in (closed.id, cancelled.id, 404):
        assert not await station.ballots.outages.make_good(ballot_id)
    assert await extensions(station) == []


async def test_two_processes_that_come_back_at_once_extend_once(station: Station) -> None:
    """Whoever is second finds the time given back."""
    ballot = await up(station).open(closes_in="2h")
    station.clock.pass_(hours=3)
    processes = [up(station), up(station)]
    for process in processes:
        await process.ballots.outages.make_good(ballot.id)
        await process.deadlines.run_due()
    assert await extensions(station) == [2 * 3600]
