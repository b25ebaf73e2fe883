"""Rating over rounds: the same items, one's own last answers, the group's spread, one key until the end."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from seminar import paper
from seminar.errors import NotAllowed, Refused
from seminar.methods.base import Stability
from seminar.model import Actor, BallotStatus
from services.voting.ballot_views import BallotRequest, BallotView
from services.voting.sealing import AWAITED, RETRY_AFTER
from tests.services.polling_station import Station


async def begin(station: Station, rounds: int = 2, **more: object) -> BallotView:
    """The first round of a rating."""
    return await station.open(method="rating", rounds=rounds, **more)


async def following(station: Station, ballot: BallotView) -> BallotView:
    """The next round, opened."""
    prepared = await station.ballots.prepare_next_round(station.facilitator, ballot.id)
    return await station.ballots.open(station.facilitator, prepared.id)


async def rate(station: Station, who: Actor, ballot: BallotView, *ratings: int | None) -> None:
    """A rating for each item of the ballot in its order, None for one left open, and the paper submitted."""
    for item, rating in zip(ballot.items, ratings, strict=False):
        if rating is not None:
            await station.papers.fill(who, ballot.id, item.position, f"a{rating}")
    await station.papers.submit(who, ballot.id)


def keys(station: Station) -> list[Path]:
    return list(station.key_dir.iterdir())


async def problems(station: Station) -> tuple[str, ...]:
    return (await station.audit.verify()).problems


async def test_the_next_round_shows_ones_own_last_answers_and_the_groups_spread(station: Station) -> None:
    """To those who rated and to those who did not; standing aside is an answer too."""
    ann, bob, eve = await station.register(un=2, eu=1)
    first = await begin(station)
    await rate(station, ann, first, 8, 3)
    await rate(station, bob, first, 6)
    await station.papers.fill(bob, first.id, 2, "aside")
    await station.papers.submit(bob, first.id)
    assert (await station.papers.sheet(ann, first.id)).items[0].before is None
    await station.close(first)
    second = await following(station, first)
    assert [item.reference for item in second.items] == ["CAP-01", "CAP-02"]
    assert (second.rules.round, second.rules.rounds, second.rules.last_round) == (2, 2, True)
    anns = (await station.papers.sheet(ann, second.id)).items
    bobs = (await station.papers.sheet(bob, second.id)).items
    eves = (await station.papers.sheet(eve, second.id)).items
    assert [item.before for item in anns] == [(8, 0), (3, 0)]
    assert [item.before for item in bobs] == [(6, 0), paper.ASIDE]
    assert [item.before for item in eves] == [None, None]
    assert [item.answer for item in anns] == [None, None], "each round is filled in anew"
    assert [str(item.group) for item in anns] == [str(item.group) for item in eves]
    assert "7" in str(anns[0].group) and "3" in str(anns[1].group)
    filled = await station.papers.fill(ann, second.id, 1, "a9")
    assert [item.before for item in filled.items] == [(8, 0), (3, 0)], "after each tap too"


async def test_a_round_with_an_item_taken_out_hands_on_the_right_answers(station: Station) -> None:
    """The next round counts its items from one; an answer belongs to a recommendation and not to a place."""
    await station.propose(station.ana, title="Recommendation 3")
    voters = await station.register(un=3)
    first = await begin(station)
    for voter in voters:
        await rate(station, voter, first, 1, 5, 9)
    await station.removal.remove(station.facilitator, first.id, "CAP-01", "Wrong text")
    await station.close(first)
    second = await following(station, first)
    assert [(item.position, item.reference) for item in second.items] == [(1, "CAP-02"), (2, "CAP-03")]
    items = (await station.papers.sheet(voters[0], second.id)).items
    assert [(item.reference, item.before) for item in items] == [("CAP-02", (5, 0)), ("CAP-03", (9, 0))]
    assert "5" in str(items[0].group) and "9" in str(items[1].group)
    for voter in voters:
        await rate(station, voter, second, 5, 8)
    two, three = (await station.close(second)).figures
    assert two.stability == Stability(3, 1.0, None)
    assert three.stability is not None
    assert (three.stability.voters, three.stability.unchanged) == (3, 1.0)
    assert await problems(station) == ()


async def test_stability_is_of_those_who_rated_in_both_rounds(station: Station) -> None:
    """Of four, three rated both times and one of them moved to another third of the scale."""
    voters = await station.register(un=5)
    first = await begin(station)
    for voter, rating in zip(voters, (2, 5, 8, 9, 1), strict=True):
        await rate(station, voter, first, rating)
    assert (await station.close(first)).figures[0].stability is None
    second = await following(station, first)
    for voter, rating in zip(voters[:3], (3, 5, 4), strict=True):
        await rate(station, voter, second, rating)
    result = await station.close(second)
    one, two = result.figures
    assert (one.stability.voters, one.stability.unchanged) == (3, pytest.approx(2 / 3))
    assert two.stability is None
    closed = await station.rows("SELECT body FROM ledger WHERE act = 'ballot.closed' ORDER BY seq")
    bodies = [json.loads(str(body)) for (body,) in closed]
    assert "beside" not in bodies[0]
    assert bodies[1]["beside"]["stability"][0][:2] == [1, 3]
    assert await problems(station) == ()


async def test_stability_of_fewer_than_three_people_is_not_told(station: Station) -> None:
    """It would say of each what the other did; and whoever has left is not counted."""
    voters = await station.register(un=3)
    first = await begin(station)
    for voter in voters:
        await rate(station, voter, first, 8)
    await station.close(first)
    second = await following(station, first)
    for voter in voters:
        await rate(station, voter, second, 8)
    await station.participants.enter(Actor(station.guild_id, 1002, "Person 1002", station.obi.roles))
    assert (await station.close(second)).figures[0].stability is None


async def test_the_key_lives_until_the_series_ends_and_no_longer(station: Station) -> None:
    """Three rounds share one; votes of earlier rounds are kept, marked, and destroyed with it."""
    first = await begin(station, rounds=3)
    (key,) = keys(station)
    ballot = first
    for number in (1, 2):
        await rate(station, station.ana, ballot, number)
        result = await station.close(ballot)
        assert (result.sealed, result.ballot.kept) == (False, True)
        assert keys(station) == [key]
        assert await station.value("SELECT count(*) FROM votes") == number
        assert await station.value("SELECT count(*) FROM papers") == 0
        assert await problems(station) == ()
        ballot = await following(station, ballot)
        assert keys(station) == [key]
    await rate(station, station.ana, ballot, 9)
    assert [item.before for item in (await station.papers.sheet(station.ana, ballot.id)).items] == [
        (2, 0),
        None,
    ]
    assert (await station.close(ballot)).sealed
    assert keys(station) == []
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await station.value("SELECT count(*) FROM ballots WHERE sealed_at IS NULL") == 0
    assert await station.value("SELECT count(*) FROM ballots WHERE kept") == 0
    assert await station.value("SELECT count(*) FROM deadlines WHERE done_at IS NULL") == 0
    assert await station.value("SELECT count(*) FROM cast_votes") == 3
    assert await problems(station) == ()


async def test_after_the_last_round_none_follows(station: Station) -> None:
    """Nor after a ballot that was announced with one."""
    first = await begin(station)
    with pytest.raises(Refused, match="announce several rounds"):
        await station.ballots.prepare_next_round(station.facilitator, first.id)
    await station.close(first)
    second = await following(station, first)
    await station.close(second)
    for ballot in (first, second):
        with pytest.raises(Refused, match="announce several rounds"):
            await station.ballots.prepare_next_round(station.facilitator, ballot.id)
    single = await begin(station, rounds=1)
    await station.close(single)
    with pytest.raises(Refused, match="announce several rounds"):
        await station.ballots.prepare_next_round(station.facilitator, single.id)


async def test_a_changed_text_is_not_rated_on(station: Station) -> None:
    """The answers of the last round were on another text; the series ends, or the text goes back."""
    first = await begin(station)
    await station.close(first)
    prepared = await station.ballots.prepare_next_round(station.facilitator, first.id)
    async with station.db.write() as tx:
        for statement in (
            "INSERT INTO versions (recommendation_id, number, title, text, rationale, addressees, author_id, "
            "created_at, change, reason) SELECT recommendation_id, 2, title, text, rationale, addressees, "
            "author_id, created_at, 'substantive', '' FROM versions WHERE recommendation_id = 2",
            "UPDATE recommendations SET version = 2 WHERE id = 2",
        ):
            await tx.exec_driver_sql(statement)
    with pytest.raises(Refused, match="text has changed since the last round: CAP-02"):
        await station.ballots.prepare_next_round(station.facilitator, first.id)
    with pytest.raises(Refused, match="text has changed since the last round: CAP-02"):
        await station.ballots.open(station.facilitator, prepared.id)
    assert len(keys(station)) == 1
    await station.ballots.end_series(station.facilitator, first.id)
    assert keys(station) == []


async def test_a_recommendation_withdrawn_between_rounds_is_not_rated_on(station: Station) -> None:
    """The series cannot go on without it."""
    first = await begin(station)
    await station.close(first)
    async with station.db.write() as tx:
        await tx.exec_driver_sql("UPDATE recommendations SET state = 'withdrawn' WHERE id = 1")
    with pytest.raises(Refused, match="CAP-01 is withdrawn"):
        await station.ballots.prepare_next_round(station.facilitator, first.id)


async def test_a_series_can_be_ended_before_its_last_round(station: Station) -> None:
    """Its votes are destroyed and its rounds sealed; what was prepared opens no more."""
    first = await begin(station, rounds=3)
    await rate(station, station.ana, first, 7)
    await station.close(first)
    prepared = await station.ballots.prepare_next_round(station.facilitator, first.id)
    with pytest.raises(NotAllowed):
        await station.ballots.end_series(station.ana, first.id)
    ended = await station.ballots.end_series(station.facilitator, first.id)
    assert (ended.sealed, ended.kept) == (True, False)
    assert keys(station) == []
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'ballot.series_ended'") == 1
    with pytest.raises(Refused, match="series has ended"):
        await station.ballots.open(station.facilitator, prepared.id)
    with pytest.raises(Refused, match="No votes of ballot B1 are kept"):
        await station.ballots.end_series(station.facilitator, first.id)
    assert await station.value("SELECT count(*) FROM deadlines WHERE done_at IS NULL") == 0
    assert await problems(station) == ()


async def test_a_series_is_not_ended_over_an_open_round(station: Station) -> None:
    """It is closed or cancelled first."""
    first = await begin(station)
    with pytest.raises(Refused, match="No votes of ballot B1 are kept"):
        await station.ballots.end_series(station.facilitator, first.id)
    await station.close(first)
    second = await following(station, first)
    with pytest.raises(Refused, match="B2, the next round, is open"):
        await station.ballots.end_series(station.facilitator, first.id)
    await station.ballots.cancel(station.facilitator, second.id, "Too few came")
    await station.ballots.end_series(station.facilitator, first.id)
    assert keys(station) == []


async def test_a_cancelled_round_can_be_held_again(station: Station) -> None:
    """By the same voters' marks: the answers of the round before are still shown."""
    first = await begin(station)
    await rate(station, station.ana, first, 7)
    await station.close(first)
    second = await following(station, first)
    await rate(station, station.ana, second, 1)
    cancelled = await station.ballots.cancel(station.facilitator, second.id, "Too few came")
    assert (cancelled.status, cancelled.sealed) == (BallotStatus.CANCELLED, True)
    assert len(keys(station)) == 1
    again = await following(station, first)
    assert (again.label, again.rules.round) == ("B3", 2)
    assert (await station.papers.sheet(station.ana, again.id)).items[0].before == (7, 0)
    await rate(station, station.ana, again, 8)
    assert (await station.close(again)).sealed
    assert keys(station) == []
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await problems(station) == ()


async def test_a_cancelled_first_round_is_no_series(station: Station) -> None:
    """Nothing is kept of it, and nothing follows."""
    first = await begin(station)
    await rate(station, station.ana, first, 7)
    await station.ballots.cancel(station.facilitator, first.id, "Wrong text")
    assert keys(station) == []
    with pytest.raises(Refused, match="announce several rounds"):
        await station.ballots.prepare_next_round(station.facilitator, first.id)


async def test_of_two_prepared_second_rounds_one_is_held(station: Station) -> None:
    """The other says so when it is tapped."""
    first = await begin(station)
    await station.close(first)
    prepared = [await station.ballots.prepare_next_round(station.facilitator, first.id) for _ in range(2)]
    await station.ballots.open(station.facilitator, prepared[0].id)
    with pytest.raises(Refused, match="next round is ballot B2 already"):
        await station.ballots.open(station.facilitator, prepared[1].id)
    with pytest.raises(Refused, match="next round is ballot B2 already"):
        await station.ballots.prepare_next_round(station.facilitator, first.id)


async def test_a_series_nobody_goes_on_with_ends_after_a_month(station: Station) -> None:
    """By the deadline, on record; a round held in time puts it off."""
    first = await begin(station, rounds=3)
    await rate(station, station.ana, first, 7)
    await station.close(first)
    station.clock.pass_(days=29)
    await station.deadlines.run_due()
    assert len(keys(station)) == 1
    second = await following(station, first)
    await station.close(second)
    station.clock.now += AWAITED - timedelta(seconds=1)
    await station.deadlines.run_due()
    assert len(keys(station)) == 1
    assert await station.value("SELECT count(*) FROM votes") == 1
    station.clock.now += timedelta(seconds=1) + RETRY_AFTER
    await station.deadlines.run_due()
    assert keys(station) == []
    assert await station.value("SELECT count(*) FROM votes") == 0
    station.clock.now += RETRY_AFTER
    await station.deadlines.run_due()
    assert await station.value("SELECT count(*) FROM ballots WHERE sealed_at IS NULL") == 0
    assert await station.rows("SELECT actor FROM ledger WHERE act = 'ballot.series_ended'") == [("system",)]
    station.clock.pass_(days=1)
    await station.deadlines.run_due()
    assert await station.value("SELECT count(*) FROM deadlines WHERE done_at IS NULL") == 0
    assert await problems(station) == ()


async def test_a_cancelled_round_lets_the_series_wait_another_month(station: Station) -> None:
    """And then it ends."""
    first = await begin(station)
    await rate(station, station.ana, first, 7)
    await station.close(first)
    second = await following(station, first)
    station.clock.pass_(hours=1)
    await station.ballots.cancel(station.facilitator, second.id, "Too few came")
    station.clock.pass_(days=29, hours=23)
    await station.deadlines.run_due()
    assert len(keys(station)) == 1
    station.clock.pass_(hours=1)
    await station.deadlines.run_due()
    assert keys(station) == []
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await problems(station) == ()


async def test_an_open_series_needs_no_key(station: Station) -> None:
    """Its votes name their voters, and are taken out at its end all the same."""
    voters = await station.register(un=3)
    first = await begin(station, secrecy="open")
    for voter in voters:
        await rate(station, voter, first, 8)
    await station.close(first)
    second = await following(station, first)
    assert (await station.papers.sheet(voters[0], second.id)).items[0].before == (8, 0)
    for voter in voters:
        await rate(station, voter, second, 2)
    result = await station.close(second)
    assert (result.sealed, result.figures[0].stability.unchanged) == (True, 0.0)
    assert not station.key_dir.exists() or keys(station) == []
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await problems(station) == ()


async def test_a_series_goes_on_over_restarts(station: Station) -> None:
    """Between the rounds, and in the middle of one; what waits is not sealed at the start."""
    voters = await station.register(un=3)
    first = await begin(station)
    for voter in voters:
        await rate(station, voter, first, 8)
    await station.close(first)
    station = station.restarted()
    await station.ballots.resume_sealing()
    assert len(keys(station)) == 1
    second = await following(station, first)
    await station.papers.fill(voters[0], second.id, 1, "a9")
    station = station.restarted()
    await station.ballots.resume_sealing()
    sheet = await station.papers.sheet(voters[0], second.id)
    assert (sheet.items[0].before, sheet.items[0].answer) == ((8, 0), (9, 0))
    for voter in voters:
        await rate(station, voter, second, 9)
    result = await station.close(second)
    assert (result.sealed, result.figures[0].stability.voters) == (True, 3)
    assert keys(station) == []
    assert await problems(station) == ()


async def test_a_round_closes_at_its_time_and_waits_for_the_next(station: Station) -> None:
    """By the deadline as by hand."""
    first = await begin(station, closes_in="1h")
    await rate(station, station.ana, first, 7)
    station.clock.pass_(hours=1)
    await station.deadlines.run_due()
    view = await station.ballots.view(station.guild_id, first.id)
    assert (view.status, view.kept, view.sealed) == (BallotStatus.CLOSED, True, False)
    second = await following(station, first)
    assert second.closes_at - station.clock() == timedelta(hours=1), "as long as the first was asked to last"


async def test_between_rounds_the_items_are_free_for_another_ballot(station: Station) -> None:
    """Which does not disturb the series; while the next round is open it decides nothing on them."""
    first = await begin(station)
    await station.close(first)
    ranked = await station.open(method="ranked", references="CAP-01")
    second = await following(station, first)
    with pytest.raises(Refused, match="already under vote"):
        await station.open(references="CAP-02")
    await station.close(ranked)
    await station.close(second)
    assert await problems(station) == ()


async def test_a_next_round_is_not_opened_on_what_is_being_decided(station: Station) -> None:
    """The decision comes first, and then the rating is of what was decided."""
    first = await begin(station)
    await station.close(first)
    prepared = await station.ballots.prepare_next_round(station.facilitator, first.id)
    await station.open(references="CAP-02")
    for act in (
        station.ballots.open(station.facilitator, prepared.id),
        station.ballots.prepare_next_round(station.facilitator, first.id),
    ):
        with pytest.raises(Refused, match="CAP-02 is already under vote in ballot B2"):
            await act
    assert len(keys(station)) == 2


async def test_the_electorate_of_each_round_is_its_own(station: Station) -> None:
    """Who joins later rates in the second round, who has left does not."""
    ann, bob = await station.register(un=2)
    first = await begin(station)
    await rate(station, ann, first, 8)
    assert (await station.close(first)).electorate == 3
    await station.participants.enter(Actor(station.guild_id, ann.user_id, ann.name, station.obi.roles))
    second = await following(station, first)
    with pytest.raises(NotAllowed):
        await station.papers.sheet(ann, second.id)
    await rate(station, bob, second, 4)
    await station.participants.enter(station.ben)
    result = await station.close(second)
    assert (result.electorate, result.voters, result.figures[0].ratings) == (3, 1, 1)


async def test_a_request_for_rounds_within_reason(station: Station) -> None:
    """One to five; a live sounding may have several too."""
    for rounds in (0, -1, 6, 1000):
        with pytest.raises(Refused, match="whole number from 1 to 5"):
            await station.ballots.prepare(
                station.facilitator, BallotRequest(method="rating", theme="CAP", rounds=rounds)
            )
    prepared = await station.ballots.prepare(
        station.facilitator, BallotRequest(method="rating", theme="CAP", rounds=5)
    )
    assert prepared.rules.rounds == 5


async def test_votes_of_earlier_rounds_are_kept_as_long_as_a_round_is_open(station: Station) -> None:
    """A cancelled round sets a day on which the series would end; a round open on that day comes first."""
    voters = await station.register(un=3)
    first = await begin(station, rounds=3, closes_in="40d")
    for voter in voters:
        await rate(station, voter, first, 8)
    await station.close(first)
    second = await following(station, first)
    for voter in voters:
        await rate(station, voter, second, 8)
    await station.close(second)
    await station.ballots.cancel(
        station.facilitator, (await following(station, second)).id, "Not everybody was told"
    )
    third = await following(station, second)
    for voter in voters:
        await rate(station, voter, third, 7)
    station.clock.pass_(days=AWAITED.days + 1)
    await station.deadlines.run_due()
    assert await station.value("SELECT count(*) FROM ballots WHERE kept") == 2
    steady = (await station.close(third)).figures[0].stability
    assert steady is not None and (steady.voters, steady.unchanged) == (3, 1.0)
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await station.value("SELECT count(*) FROM ballots WHERE sealed_at IS NULL") == 0
    assert keys(station) == []
    assert await problems(station) == ()


async def test_between_rounds_only_answers_are_kept(station: Station) -> None:
    """Receipts and reasons are in the published record by then, and no mark leads to them any more."""
    (ann,) = await station.register(un=1)
    first = await begin(station, reasons="all")
    await station.papers.fill(ann, first.id, 1, "a8")
    await station.papers.submit(ann, first.id, "It is needed")
    await station.close(first)
    assert await station.rows("SELECT choice, receipt, reason, cast_by FROM votes") == [
        ('{"1":[8,0]}', None, None, None)
    ]
    assert await station.value("SELECT text FROM vote_reasons") == "It is needed"
    second = await following(station, first)
    assert (await station.papers.sheet(ann, second.id)).items[0].before == (8, 0)


async def test_no_round_is_opened_without_the_key_of_its_series(station: Station) -> None:
    """A store put back from a copy may remember a series whose key is gone: nobody could vote in it."""
    first = await begin(station)
    await station.close(first)
    prepared = await station.ballots.prepare_next_round(station.facilitator, first.id)
    for file in keys(station):
        file.unlink()
    with pytest.raises(Refused, match="key"):
        await station.ballots.open(station.facilitator, prepared.id)
    assert (await station.ballots.view(station.facilitator.guild_id, prepared.id)).status == "prepared"
    await station.ballots.end_series(station.facilitator, first.id)
    assert await station.value("SELECT count(*) FROM ballots WHERE kept") == 0
