"""Open ballots and their end: extended, reminded of, closed and counted, or cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from seminar.errors import Invalid, Refused
from seminar.model import BallotStatus, Outcome, Role
from storage.errors import StoreUnavailable
from tests import stores
from tests.services.polling_station import ABSTAIN, AGAINST, FOR, Station
from tests.services.small_seminar import actor


@contextmanager
def listening(statements: list[str]) -> Iterator[None]:
    """Note every statement any connection executes meanwhile; `executemany` is one."""

    def heard(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


async def test_closing_early_shows_turnout_and_what_is_below_quorum(station: Station) -> None:
    """So that nobody closes a ballot that two more votes would decide."""
    await station.vote(station.ana, ballot := await station.open(quorum="2"), FOR, FOR)
    await station.vote(station.ben, ballot, FOR)
    preview = await station.ballots.closing_preview(station.facilitator, ballot.id)
    assert (preview.voted, preview.entitled, preview.below_quorum) == (2, 2, ("CAP-02",))
    assert (await station.ballots.status(station.facilitator, ballot.id)) == preview


async def test_closing_decides_counts_and_records(station: Station) -> None:
    """The outcome, the states, the frozen electorate, the ledger and the messages agree."""
    voters = await station.register(un=3, eu=3)
    ballot = await station.open(quorum="1/3", threshold=">=2/3")
    for voter, first in zip(voters, [FOR, FOR, FOR, FOR, AGAINST, AGAINST], strict=True):
        await station.vote(voter, ballot, first)
    await station.vote(voters[0], ballot, FOR, ABSTAIN)
    await station.hush()
    result = await station.close(ballot)
    one, two = result.figures
    assert (one.for_, one.against, one.outcome) == (4, 2, Outcome.CARRIED)
    assert two.outcome is Outcome.NO_QUORUM
    assert one.contested_by == ("EU",)
    assert set(one.by_constituency) == {"UN", "EU"}
    assert (result.electorate, result.voters, result.set_aside, result.sealed) == (7, 6, 0, True)
    assert await station.states() == ["adopted", "admitted"]
    assert await station.value("SELECT count(*) FROM recommendations WHERE last_ballot_id = 1") == 2
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await station.value("SELECT count(*) FROM electorates WHERE voted") == 6
    assert await station.said() == ["ballot.outcome", "card.refresh", "card.refresh", "ballot.refresh"]
    assert result == await station.ballots.result(station.guild_id, ballot.id)
    assert result.ledger_head == await station.value("SELECT hash FROM ledger WHERE act = 'ballot.closed'")
    assert await station.value("SELECT count(*) FROM deadlines WHERE done_at IS NULL") == 0


async def test_a_small_constituency_is_pooled_under_secrecy_and_not_in_the_open(station: Station) -> None:
    """Two votes of a group would tell too much, unless everybody's vote is known anyway."""
    voters = await station.register(un=4, eu=1)
    secret = await station.open(references="CAP-01")
    named = await station.open(references="CAP-02", secrecy="open")
    for voter in voters:
        await station.vote(voter, secret, FOR)
        await station.vote(voter, named, FOR)
    assert set((await station.close(secret)).figures[0].by_constituency) == {"others"}
    assert set((await station.close(named)).figures[0].by_constituency) == {"UN", "EU"}
    pseudonyms = "SELECT count(DISTINCT voter) FROM cast_votes JOIN people ON pseudonym = voter"
    assert await station.value(f"{pseudonyms} WHERE ballot_id = {named.id}") == 5
    assert await station.value(f"{pseudonyms} WHERE ballot_id = {secret.id}") == 0


async def test_votes_of_people_who_left_the_electorate_are_set_aside(station: Station) -> None:
    """They are counted as such, and nowhere else."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR, FOR)
    await station.vote(station.ben, ballot, AGAINST)
    await station.participants.enter(actor(12, Role.OBSERVER, name="Ben", constituencies=("EU",)))
    result = await station.close(ballot)
    assert (result.electorate, result.voters, result.set_aside) == (1, 1, 1)
    assert result.figures[0].against == 0
    assert await station.value("SELECT count(*) FROM cast_votes") == 2


async def test_later_joiners_count_in_the_electorate_at_closing(station: Station) -> None:
    """The size announced at opening stays on the record beside it."""
    ballot = await station.open()
    await station.register(un=3)
    assert (await station.close(ballot)).electorate == 4
    assert await station.value("SELECT entitled_at_opening FROM ballots") == 1


async def test_closing_twice_at_once_closes_once(station: Station) -> None:
    """Two facilitators press the button; one of them reads that it is closed already."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR, FOR)
    answers = await asyncio.gather(
        station.ballots.close(station.facilitator, ballot.id),
        station.ballots.close(station.facilitator, ballot.id),
        return_exceptions=True,
    )
    assert sorted(isinstance(answer, Refused) for answer in answers) == [False, True]
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1
    assert (await station.said()).count("ballot.outcome") == 1


async def test_a_deadline_and_a_person_closing_at_once_close_once(station: Station) -> None:
    """Whoever comes second changes nothing, and the deadline complains to nobody."""
    ballot = await station.open(closes_in="1h")
    station.clock.pass_(hours=1)
    await asyncio.gather(
        station.deadlines.run_due(),
        station.ballots.close(station.facilitator, ballot.id),
        station.ballots.close(None, ballot.id),
        return_exceptions=True,
    )
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1
    assert (await station.said()).count("ballot.outcome") == 1
    assert (await station.ballots.result(station.guild_id, ballot.id)).sealed


async def test_a_ballot_stored_before_a_restart_is_closed_after_it(station: Station) -> None:
    """Votes, key and deadline are all found again."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR, AGAINST)
    again = station.restarted()
    await again.vote(again.ana, ballot, AGAINST)
    result = await again.close(ballot)
    assert [(one.for_, one.against) for one in result.figures] == [(0, 1), (0, 1)]


async def test_a_closing_that_cannot_be_written_leaves_the_ballot_open(station: Station) -> None:
    """Votes and key are untouched, and the next try closes it."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    stores.shelf().refuse(station.db.url, "tallies")
    with pytest.raises(Exception, match="full"):
        await station.close(ballot)
    assert await station.value("SELECT count(*) FROM votes") == 1
    assert await station.states() == ["voting", "voting"]
    stores.shelf().accept(station.db.url, "tallies")
    assert (await station.close(ballot)).voters == 1


async def test_a_store_that_another_holds_refuses_to_close_in_one_sentence(station: Station) -> None:
    """Closing the store under a service's feet is no crash."""
    ballot = await station.open()
    await station.db.close()
    with pytest.raises(StoreUnavailable):
        await station.ballots.close(station.facilitator, ballot.id)


async def test_the_result_is_hidden_until_closing(station: Station) -> None:
    """And a cancelled ballot never has one."""
    ballot = await station.open()
    with pytest.raises(Refused, match="hidden"):
        await station.ballots.result(station.guild_id, ballot.id)
    await station.ballots.cancel(station.facilitator, ballot.id, "Wrong text")
    with pytest.raises(Refused, match="has no result"):
        await station.ballots.result(station.guild_id, ballot.id)


async def test_extending_moves_the_closing_time_and_its_deadlines(station: Station) -> None:
    """The last call comes again before the new time."""
    ballot = await station.open(closes_in="4h")
    station.clock.pass_(hours=3, minutes=30)
    await station.deadlines.run_due()
    await station.hush()
    extended = await station.ballots.extend(station.facilitator, ballot.id, "2h")
    assert extended.closes_at == ballot.closes_at + timedelta(hours=2)
    assert await station.said() == ["ballot.extended", "card.refresh", "card.refresh"]
    assert await station.deadlines.next_due() == extended.closes_at - timedelta(hours=1)
    station.clock.pass_(minutes=45)
    await station.vote(station.ana, ballot, FOR)


@pytest.mark.parametrize("by", ["", "-1h", "soon", "0m", "100d"])
async def test_an_extension_that_cannot_be_read_changes_nothing(station: Station, by: str) -> None:
    """The ballot closes when it was announced to."""
    ballot = await station.open()
    with pytest.raises(Invalid):
        await station.ballots.extend(station.facilitator, ballot.id, by)
    assert (await station.ballots.view(station.guild_id, ballot.id)).closes_at == ballot.closes_at


async def test_a_closed_ballot_is_neither_extended_nor_cancelled_nor_reminded(station: Station) -> None:
    """What is counted stays counted."""
    ballot = await station.open()
    await station.close(ballot)
    for act in (
        station.ballots.extend(station.facilitator, ballot.id, "1h"),
        station.ballots.cancel(station.facilitator, ballot.id, "Second thoughts"),
        station.ballots.remind(station.facilitator, ballot.id),
        station.ballots.close(station.facilitator, ballot.id),
        station.ballots.open(station.facilitator, ballot.id),
    ):
        with pytest.raises(Refused, match="B1 is closed"):
            await act


async def test_a_ballot_whose_time_is_up_is_not_extended(station: Station) -> None:
    """Late votes were refused already; nobody gets a second chance."""
    ballot = await station.open(closes_in="1h")
    station.clock.pass_(hours=1)
    with pytest.raises(Refused, match="is up"):
        await station.ballots.extend(station.facilitator, ballot.id, "1h")


async def test_cancelling_destroys_the_votes_unseen_and_posts_the_reason(station: Station) -> None:
    """The recommendations can be voted on again, and no record of the votes is left."""
    ballot = await station.open(reasons="all")
    await station.voting.cast(station.ana, ballot.id, 1, FOR, "Long overdue")
    await station.hush()
    view = await station.ballots.cancel(station.facilitator, ballot.id, " Wrong text ")
    assert (view.status, view.sealed) == (BallotStatus.CANCELLED, True)
    for table in ("votes", "cast_votes", "tallies", "vote_reasons", "electorates"):
        assert await station.value(f"SELECT count(*) FROM {table}") == 0
    assert await station.states() == ["admitted", "admitted"]
    assert list(station.key_dir.iterdir()) == []
    kind, payload = (await station.rows("SELECT kind, payload FROM outbox ORDER BY id"))[0]
    assert (kind, payload) == ("ballot.cancelled", '{"reason": "Wrong text"}')
    assert await station.value("SELECT count(*) FROM ledger WHERE body LIKE '%Wrong text%'") == 0
    assert (await station.open()).label == "B2"


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 1001])
async def test_cancelling_without_a_reason_that_can_be_posted_is_refused(
    station: Station, reason: str
) -> None:
    """Voters are told why their votes were destroyed."""
    ballot = await station.open()
    with pytest.raises(Invalid):
        await station.ballots.cancel(station.facilitator, ballot.id, reason)


async def test_people_who_have_not_voted_are_reminded_once(station: Station) -> None:
    """Voters are not, and nobody is twice."""
    ballot = await station.open()
    await station.register(eu=2)
    await station.vote(station.ana, ballot, FOR)
    assert await station.ballots.non_voters(ballot.id) == (1000, 1001)
    await station.hush()
    assert await station.ballots.remind(station.facilitator, ballot.id) == 2
    assert await station.ballots.remind(station.facilitator, ballot.id) == 0
    assert await station.rows("SELECT kind, subject, payload FROM outbox") == [
        ("ballot.reminder", str(ballot.id), '{"user_id": 1000}'),
        ("ballot.reminder", str(ballot.id), '{"user_id": 1001}'),
    ]
    await station.close(ballot)
    assert await station.ballots.non_voters(ballot.id) == ()
    assert await station.value("SELECT count(*) FROM reminders") == 0


async def test_who_has_not_voted_in_an_open_ballot_is_known_too(station: Station) -> None:
    """There the votes name their voters."""
    ballot = await station.open(secrecy="open")
    await station.register(un=1)
    await station.vote(station.ana, ballot, FOR)
    assert await station.ballots.non_voters(ballot.id) == (1000,)
    assert list(station.key_dir.iterdir()) == [] if station.key_dir.exists() else True


async def test_closing_takes_as_many_statements_for_many_voters_as_for_few(station: Station) -> None:
    """So that a large ballot does not hold up the votes on others."""
    few = await station.open(references="CAP-01")
    many = await station.open(references="CAP-02")
    await station.vote(station.ana, few, FOR)
    for voter in await station.register(un=20, eu=20):
        await station.vote(voter, many, FOR)
    counts = []
    for ballot in (few, many):
        statements: list[str] = []
        with listening(statements):
            await station.close(ballot)
        counts.append(len(statements))
    assert counts[0] == counts[1]
