"""What is due is told in time, privately, to whoever entered it last."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from services.people import persons
from services.tracking.opening import open_rows
from storage import recommendations
from tests.services.follow_up_desk import FollowUpDesk


async def reminded(desk: FollowUpDesk) -> list[int]:
    """The Discord ids of those to whom a message waits."""
    rows = await desk.rows("SELECT payload FROM outbox WHERE kind = 'follow_up.reminder' ORDER BY id")
    return [json.loads(str(payload))["user_id"] for (payload,) in rows]


async def test_two_weeks_before_at_nine_and_on_the_day_itself(tracking: FollowUpDesk) -> None:
    """By the initiative's clock, whatever was restarted meanwhile; told to whoever entered it last."""
    await tracking.set("CAP-01", "DPKO", due_on="2015-03-31")
    assert await tracking.deadlines.next_due() == datetime(2015, 3, 17, 8, tzinfo=UTC)  # nine in Brussels
    await tracking.follow_ups.set(tracking.second, "CAP-01", "DPKO", {"note": "Still on it."})
    tracking.clock.now = datetime(2015, 3, 17, 7, 59, tzinfo=UTC)
    assert await tracking.deadlines.run_due() == 0
    tracking.clock.pass_(minutes=1)
    again = tracking.restarted()
    assert await again.deadlines.run_due() == 1 and await again.deadlines.run_due() == 0
    assert await reminded(tracking) == [tracking.second.user_id]
    # Summer time has begun meanwhile.
    assert await again.deadlines.next_due() == datetime(2015, 3, 31, 7, tzinfo=UTC)
    tracking.clock.now = datetime(2015, 4, 2, tzinfo=UTC)
    assert await again.deadlines.run_due() == 1
    assert await reminded(tracking) == [tracking.second.user_id] * 2
    assert await again.deadlines.next_due() is None
    assert [body["due_on"] for _, body in await tracking.acts("follow_up.reminded")] == ["2015-03-31"] * 2


@pytest.mark.parametrize(
    ("due", "at", "then"),
    [
        ("2014-10-30", datetime(2014, 10, 22, 9, tzinfo=UTC), datetime(2014, 10, 30, 8, tzinfo=UTC)),
        ("2014-10-22", datetime(2014, 10, 22, 9, tzinfo=UTC), None),  # nine o'clock is over in Brussels
        ("2014-10-21", None, None),  # and the day is over too
    ],
)
async def test_what_is_due_sooner_is_told_at_once(
    tracking: FollowUpDesk, due: str, at: datetime | None, then: datetime | None
) -> None:
    """Once; and on the day itself, if that is still to come."""
    await tracking.set("CAP-01", "DPKO", due_on=due)
    assert await tracking.deadlines.next_due() == at
    assert await tracking.deadlines.run_due() == (at is not None)
    assert await tracking.deadlines.next_due() == then


async def test_reminders_follow_the_day_and_end_when_it_is_closed(tracking: FollowUpDesk) -> None:
    """Another note moves nothing; what is opened again is told again."""
    await tracking.set("CAP-01", "DPKO", due_on="2015-03-31")
    await tracking.set("CAP-01", "DPKO", due_on="2015-06-30")
    assert await tracking.deadlines.next_due() == datetime(2015, 6, 16, 7, tzinfo=UTC)
    await tracking.set("CAP-01", "DPKO", implementation="implemented")
    assert await tracking.deadlines.next_due() is None
    await tracking.set("CAP-01", "DPKO", implementation="in progress")
    assert await tracking.deadlines.next_due() == datetime(2015, 6, 16, 7, tzinfo=UTC)
    tracking.clock.now = datetime(2015, 6, 20, tzinfo=UTC)
    await tracking.deadlines.run_due()
    await tracking.set("CAP-01", "DPKO", note="Told.")
    assert await tracking.deadlines.next_due() == datetime(2015, 6, 30, 7, tzinfo=UTC)
    await tracking.set("CAP-01", "DPKO", due_on="-")
    assert await tracking.deadlines.next_due() is None
    assert len(await reminded(tracking)) == 1


async def test_what_nobody_in_chat_entered_is_told_to_nobody(tracking: FollowUpDesk) -> None:
    """The command line has no private messages; the act stands in the ledger all the same."""
    preview = await tracking.returning.look(
        tracking.guild_id, "list.csv", b"reference,entity,due\nCAP-01,DPKO,2014-10-23\n"
    )
    await tracking.returning.carry_out(tracking.guild_id, preview)
    assert await tracking.deadlines.run_due() == 1
    assert await reminded(tracking) == []
    assert [body["told"] for _, body in await tracking.acts("follow_up.reminded")] == [0]
    standings = await tracking.follow_ups.standings(tracking.ana)
    assert standings.soon == 1


async def test_opening_by_nobody_in_chat_is_the_systems_act(tracking: FollowUpDesk) -> None:
    """Whoever makes a text final opens its rows; where that is nobody, the ledger says so."""
    async with tracking.db.write() as tx:
        row = await recommendations.by_reference(tx, tracking.guild_id, "CAP-02")
        assert row is not None
        assert await open_rows(tx, tracking.guild_id, row, tracking.clock(), None) == 2
        person = await persons.of_actor(tx, tracking.organiser)
        assert await open_rows(tx, tracking.guild_id, row, tracking.clock(), person) == 0
    assert await tracking.rows("SELECT actor FROM ledger WHERE act = 'follow_up.opened'") == [("system",)]
