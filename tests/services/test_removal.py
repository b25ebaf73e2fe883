"""One item taken out of an open ballot: its votes are destroyed uncounted, and the rest goes on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from seminar import paper
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import RECUSED, BallotStatus, Counts, Outcome, Role
from services.voting.ballot_views import BallotRequest, BallotView
from services.voting.live import live_figures
from services.voting.polling import Polling
from tests.services.every_method import fill
from tests.services.polling_station import AGAINST, FOR, Station
from tests.services.small_seminar import actor
from tests.small_initiative import INITIATIVE

WHY = "The text named the wrong addressee"


async def remove(station: Station, ballot: BallotView, reference: str = "CAP-01") -> BallotView:
    return await station.removal.remove(station.facilitator, ballot.id, reference, WHY)


async def told(station: Station) -> list[int]:
    """The Discord ids of those who are told that what they said is gone."""
    rows = await station.rows("SELECT payload FROM outbox WHERE kind = 'ballot.removal_notice' ORDER BY id")
    return [json.loads(str(payload))["user_id"] for (payload,) in rows]


async def test_an_item_taken_out_is_open_for_discussion_and_its_votes_are_gone(station: Station) -> None:
    """The other item keeps its votes, and closing counts them alone."""
    voters = await station.register(un=3)
    ballot = await station.open(reasons="all")
    for voter in voters:
        await station.vote(voter, ballot, FOR, FOR)
    await station.voting.cast(voters[0], ballot.id, 1, AGAINST, "It says CMPD")
    await station.hush()
    view = await remove(station, ballot)
    assert [(item.position, item.reference) for item in view.items] == [(2, "CAP-02")]
    assert (view.status, await station.states()) == (BallotStatus.OPEN, ["admitted", "voting"])
    assert await station.rows("SELECT DISTINCT position FROM votes") == [(2,)]
    assert await station.said() == [
        "ballot.item_removed",
        *["ballot.removal_notice"] * 3,
        "card.refresh",
    ]
    payload = json.loads(
        str(await station.value("SELECT payload FROM outbox WHERE kind = 'ballot.item_removed'"))
    )
    assert payload == {"reference": "CAP-01", "title": "Recommendation 1", "reason": WHY}
    assert await told(station) == [1000, 1001, 1002]
    assert await station.value("SELECT count(*) FROM ledger WHERE body LIKE '%addressee%'") == 0
    result = await station.close(ballot)
    (figures,) = result.figures
    assert (figures.reference, figures.for_, figures.outcome) == ("CAP-02", 3, Outcome.CARRIED)
    assert await station.states() == ["admitted", "adopted"]
    assert await station.value("SELECT count(*) FROM cast_votes") == 3
    assert await station.value("SELECT count(*) FROM vote_reasons") == 0
    assert await station.value("SELECT count(*) FROM recommendations WHERE last_ballot_id IS NOT NULL") == 1
    assert (await station.audit.verify()).problems == ()


async def test_only_those_are_told_who_had_said_something_on_it(station: Station) -> None:
    """Standing aside is something; a vote on another item is not; who has left is told nothing."""
    voters = await station.register(un=5)
    ballot = await station.open()
    await station.voting.cast(voters[0], ballot.id, 1, FOR)
    await station.voting.cast(voters[1], ballot.id, 1, RECUSED)
    await station.voting.cast(voters[2], ballot.id, 2, FOR)
    await station.voting.cast(voters[3], ballot.id, 1, FOR)
    await station.voting.cast(voters[3], ballot.id, 1, None)
    await station.voting.cast(voters[4], ballot.id, 1, FOR)
    await station.participants.enter(replace(voters[4], roles=frozenset({Role.OBSERVER})))
    await remove(station, ballot)
    assert await told(station) == [1000, 1001]


async def test_everybody_of_a_delegation_is_told(station: Station) -> None:
    """The vote that is gone was theirs, whoever had cast it."""
    await station.load(INITIATIVE + '[rules]\nvote_by = "delegation"\n')
    for who in (station.ana, station.ben):
        held = (who.roles, who.constituencies)
        await station.participants.set(station.organiser, who.user_id, who.name, held, organisation="EEAS")
    ballot = await station.open()
    await station.voting.cast(station.ana, ballot.id, 1, FOR)
    await remove(station, ballot)
    assert await told(station) == [11, 12]


ON_PAPER = [
    ("rating", {}, [(1, "a8"), (2, "a3")], {2: (3, 0)}),
    ("ranked", {}, [(1, "next"), (2, "next")], {2: (2,)}),
    ("points", {"points": 5}, [(1, "3"), (2, "2")], {2: (2,)}),
    ("shortlist", {"seats": 2}, [(1, "yes"), (2, "yes")], {2: (1,)}),
]
on_paper = pytest.mark.parametrize(("method", "options", "taps", "left"), ON_PAPER, ids=lambda v: str(v)[:9])


@on_paper
async def test_papers_lose_the_item_and_keep_the_rest(
    station: Station,
    method: str,
    options: dict[str, int],
    taps: list[tuple[int, str]],
    left: dict[int, tuple[int, ...]],
) -> None:
    """Submitted ones, under the same receipt, and half-filled ones alike."""
    ann, bob = await station.register(un=2)
    ballot = await station.open(method=method, **options)
    await fill(station, ann, ballot, *taps)
    before = await station.papers.sheet(ann, ballot.id)
    for tap in taps:
        await station.papers.fill(bob, ballot.id, *tap)
    await remove(station, ballot)
    assert await told(station) == [1000], "who had not submitted had not said anything"
    for who in (ann, bob):
        sheet = await station.papers.sheet(who, ballot.id)
        assert (sheet.answers, sheet.total, [item.reference for item in sheet.items]) == (left, 1, ["CAP-02"])
    assert (await station.papers.sheet(ann, ballot.id)).receipt == before.receipt
    await station.papers.submit(bob, ballot.id)
    assert await station.states() == ["admitted", "admitted"]
    result = await station.close(ballot)
    (figures,) = result.figures
    assert (figures.reference, figures.turnout, result.voters) == ("CAP-02", 2, 2)
    assert await station.rows("SELECT DISTINCT choice FROM cast_votes") == [(paper.spell(left),)]
    assert (await station.audit.verify()).problems == ()


@on_paper
async def test_a_paper_with_nothing_else_on_it_is_none_any_more(
    station: Station,
    method: str,
    options: dict[str, int],
    taps: list[tuple[int, str]],
    left: dict[int, tuple[int, ...]],
) -> None:
    """Whoever said something on that item alone has not voted, and can vote on the rest."""
    voters = await station.register(un=3)
    ballot = await station.open(method=method, **options)
    await fill(station, voters[0], ballot, taps[0])
    await fill(station, voters[1], ballot, (1, "aside"))
    await station.papers.fill(voters[2], ballot.id, *taps[0])
    await remove(station, ballot)
    assert await told(station) == [1000, 1001]
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await station.value("SELECT count(*) FROM papers") == 0
    assert await station.ballots.non_voters(ballot.id) == (11, 1000, 1001, 1002)
    sheet = await station.papers.sheet(voters[0], ballot.id)
    assert (sheet.answers, sheet.submitted, sheet.done, sheet.total) == ({}, False, 0, 1)
    await fill(station, voters[0], ballot, taps[1])
    result = await station.close(ballot)
    assert (result.voters, result.figures[0].turnout) == (1, 1)
    assert (await station.audit.verify()).problems == ()


async def test_points_given_to_what_is_gone_can_be_given_again(station: Station) -> None:
    """To what is left, within the budget."""
    ballot = await station.open(method="points", points=5)
    await fill(station, station.ana, ballot, (1, "4"), (2, "1"))
    await remove(station, ballot)
    await fill(station, station.ana, ballot, (2, "5"))
    assert (await station.close(ballot)).figures[0].points == 5


async def test_more_seats_than_are_left_are_simply_not_filled(station: Station) -> None:
    """A short list of two from which one item was taken out."""
    ballot = await station.open(method="shortlist", seats=2)
    await fill(station, station.ana, ballot, (1, "yes"), (2, "yes"))
    await remove(station, ballot)
    (figures,) = (await station.close(ballot)).figures
    assert (figures.seat, figures.approvals) == (1, 1)
    assert (await station.audit.verify()).problems == ()


async def test_the_pairs_of_a_ranking_know_nothing_of_what_is_gone(station: Station) -> None:
    """A cycle broken by taking one out is a plain order."""
    await station.propose(station.ana, title="Recommendation 3")
    voters = await station.register(un=3)
    ballot = await station.open(method="ranked")
    for voter, order in zip(voters, ((1, 2, 3), (2, 3, 1), (3, 1, 2)), strict=True):
        await fill(station, voter, ballot, *[(position, "next") for position in order])
    await remove(station, ballot, "CAP-03")
    one, two = (await station.close(ballot)).figures
    assert (one.pairwise, one.rank, two.rank) == ({"CAP-02": 2}, 1, 2)
    assert (await station.audit.verify()).problems == ()


async def test_a_vote_on_what_is_gone_is_refused_and_the_sheet_shows_it_no_more(station: Station) -> None:
    """By the process that took it out, and by one that has not heard of it."""
    elsewhere = Station(station.db, station.clock, key_dir=station.key_dir)
    ballot = await station.open()
    await elsewhere.vote(station.ben, ballot, FOR)
    await remove(station, ballot)
    for process in (station, elsewhere):
        with pytest.raises(NotFound):
            await process.voting.cast(station.ana, ballot.id, 1, FOR)
    sheet = await station.voting.sheet(station.ben, ballot.id)
    assert ([item.reference for item in sheet.items], sheet.done, sheet.total) == (["CAP-02"], 0, 1)
    assert (await station.voting.cast(station.ana, ballot.id, 2, FOR)).total == 1


async def test_a_ballot_read_while_an_item_is_taken_out_is_not_remembered(station: Station) -> None:
    """What was read a moment too early would be shown until the next restart."""
    ballot = await station.open()
    polling = Polling(station.db, station.initiatives, station.participants, station.writer, station.keys)
    reading = asyncio.create_task(polling.ballot(station.guild_id, ballot.id))
    await asyncio.sleep(0)
    assert not reading.done()
    polling.forget(ballot.id)
    await reading
    await remove(station, ballot)
    assert list((await polling.ballot(station.guild_id, ballot.id)).items) == [2]


async def test_the_hands_on_it_are_gone_with_it(station: Station) -> None:
    """And those on the rest stay."""
    ballot = await station.open()
    for reference in ("CAP-01", "CAP-02"):
        await station.room.enter(station.facilitator, ballot.id, reference, Counts(1))
    view = await remove(station, ballot)
    assert [row.position for row in view.room] == [2]
    assert (await station.close(ballot)).figures[0].for_ == 1
    assert (await station.audit.verify()).problems == ()


async def test_the_only_item_is_not_taken_out(station: Station) -> None:
    """Neither of a ballot of one, nor the last that is left of several."""
    one = await station.open(references="CAP-01")
    with pytest.raises(Refused, match="only item"):
        await remove(station, one)
    await station.ballots.cancel(station.facilitator, one.id, "Wrong text")
    two = await station.open()
    await remove(station, two)
    with pytest.raises(NotFound, match="CAP-01 is not on ballot B2"):
        await remove(station, two)
    with pytest.raises(Refused, match="only item"):
        await remove(station, two, "CAP-02")
    assert (await station.ballots.view(station.guild_id, two.id)).status is BallotStatus.OPEN


async def test_two_items_taken_out_at_once_leave_at_least_one(station: Station) -> None:
    """Two facilitators press the button for the two items of a ballot."""
    ballot = await station.open()
    answers = await asyncio.gather(
        remove(station, ballot), remove(station, ballot, "CAP-02"), return_exceptions=True
    )
    assert sorted(isinstance(one, Refused) for one in answers) == [False, True]
    assert len((await station.ballots.view(station.guild_id, ballot.id)).items) == 1


async def test_votes_that_come_in_while_it_is_taken_out_are_destroyed_or_refused(station: Station) -> None:
    """None is left behind, whichever was first."""
    voters = await station.register(un=8)
    ballot = await station.open()
    coming = [asyncio.create_task(station.voting.cast(voter, ballot.id, 1, FOR)) for voter in voters[:4]]
    removing = asyncio.create_task(remove(station, ballot))
    coming += [asyncio.create_task(station.voting.cast(voter, ballot.id, 1, FOR)) for voter in voters[4:]]
    answers = await asyncio.gather(*coming, return_exceptions=True)
    await removing
    assert all(not isinstance(one, BaseException) or isinstance(one, NotFound) for one in answers)
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert set(await told(station)) == {
        1000 + number for number, one in enumerate(answers) if not isinstance(one, BaseException)
    }


@pytest.mark.parametrize("reason", ["", " \n ", "\u200b", "x" * 1001])
async def test_a_reason_that_can_be_posted_is_needed(station: Station, reason: str) -> None:
    """Voters are told why what they said is gone."""
    ballot = await station.open()
    with pytest.raises(Invalid):
        await station.removal.remove(station.facilitator, ballot.id, "CAP-01", reason)
    assert len((await station.ballots.view(station.guild_id, ballot.id)).items) == 2


async def test_only_a_facilitator_takes_items_out_of_open_ballots_of_the_server(station: Station) -> None:
    """A prepared one is prepared anew, and what is over stays as it was."""
    ballot = await station.open()
    for who in (station.ana, station.organiser):
        with pytest.raises(NotAllowed):
            await station.removal.remove(who, ballot.id, "CAP-01", WHY)
    await station.load(by=actor(6, guild_id=77, may_manage_server=True))
    with pytest.raises(NotFound):
        await station.removal.remove(actor(5, Role.FACILITATOR, guild_id=77), ballot.id, "CAP-01", WHY)
    with pytest.raises(NotFound):
        await remove(station, ballot, "CAP-09")
    with pytest.raises(Invalid):
        await remove(station, ballot, "the first one")
    await station.close(ballot)
    with pytest.raises(Refused, match="closed"):
        await remove(station, ballot)
    await station.propose(station.ana, title="Recommendation 3")
    await station.propose(station.ana, title="Recommendation 4")
    prepared = await station.ballots.prepare(station.facilitator, BallotRequest(references="CAP-03, CAP-04"))
    with pytest.raises(Refused, match="not been opened"):
        await remove(station, prepared, "CAP-03")


async def test_what_was_taken_out_can_be_put_to_the_vote_again_by_the_same_rules(station: Station) -> None:
    """While the rest of the first ballot goes on."""
    ballot = await station.open(quorum="1/3", threshold=">=2/3", closes_in="2h", reasons="against")
    await station.vote(station.ana, ballot, AGAINST, FOR)
    await remove(station, ballot)
    prepared = await station.ballots.prepare_again(station.facilitator, ballot.id, "cap-1")
    assert prepared.rules == ballot.rules
    assert [item.reference for item in prepared.items] == ["CAP-01"]
    again = await station.ballots.open(station.facilitator, prepared.id)
    assert (again.label, await station.states()) == ("B2", ["voting", "voting"])
    await station.vote(station.ana, again, FOR)
    await station.close(ballot)
    await station.close(again)
    assert await station.states() == ["adopted", "adopted"]
    assert (await station.audit.verify()).problems == ()


async def test_what_is_still_on_the_ballot_is_not_put_to_the_vote_again(station: Station) -> None:
    """It would be decided twice at once."""
    ballot = await station.open()
    with pytest.raises(Refused, match="already under vote"):
        await station.ballots.prepare_again(station.facilitator, ballot.id, "CAP-02")
    with pytest.raises(NotFound):
        await station.ballots.prepare_again(station.facilitator, ballot.id, "CAP-09")


@pytest.mark.parametrize("method", ["shortlist", "rating", "points", "ranked"])
async def test_one_of_several_is_prepared_again_by_every_method(station: Station, method: str) -> None:
    """A short list of one has one seat, and a series begins anew."""
    options = {"seats": 2} if method == "shortlist" else {"rounds": 3} if method == "rating" else {}
    ballot = await station.open(method=method, **options)
    await remove(station, ballot)
    prepared = await station.ballots.prepare_again(station.facilitator, ballot.id, "CAP-01")
    assert prepared.rules.method == method
    assert prepared.rules.seats == (1 if method == "shortlist" else None)
    opened = await station.ballots.open(station.facilitator, prepared.id)
    assert (opened.rules.round, opened.rules.rounds) == (1, 1)


async def test_live_totals_are_not_shown_with_what_is_gone(station: Station) -> None:
    """They are taken anew once enough votes have changed."""
    voters = await station.register(un=6)
    ballot = await station.open(purpose="indicative", results="live")
    for voter in voters[:3]:
        await station.vote(voter, ballot, FOR, FOR)
    await station.live.draw(ballot.id)
    assert len(live_figures(await station.ballots.view(station.guild_id, ballot.id))) == 2
    view = await remove(station, ballot)
    assert live_figures(view) == ()
    for voter in voters[3:]:
        await station.voting.cast(voter, ballot.id, 2, AGAINST)
    await station.live.draw(ballot.id)
    (figures,) = live_figures(await station.ballots.view(station.guild_id, ballot.id))
    assert (figures.reference, figures.for_, figures.against) == ("CAP-02", 3, 3)  # type: ignore[attr-defined]


async def test_a_silence_over_a_package_loses_one_item(station: Station) -> None:
    """It goes back to the discussion, and the rest is adopted by silence."""
    ballot = await station.open(method="silence", closes_in="1h")
    await remove(station, ballot)
    assert await station.states() == ["admitted", "voting"]
    station.clock.pass_(hours=1)
    await station.deadlines.run_due()
    assert await station.states() == ["admitted", "adopted"]
    assert (await station.audit.verify()).problems == ()


@pytest.mark.parametrize("method", ["support", "rating"])
async def test_another_process_that_has_the_sheet_in_memory_learns_of_it(
    station: Station, method: str
) -> None:
    """After the next vote, refused or not, its sheets are those of what is left."""
    for position, refused in ((1, False), (2, True)):
        await station.propose(station.ana, title=f"One more {position}")
        ballot = await station.open(method=method)
        other = station.restarted()
        voting = other.voting if method == "support" else other.papers
        assert (await voting.sheet(station.ana, ballot.id)).total == len(ballot.items)
        await station.removal.remove(station.facilitator, ballot.id, "CAP-02", "Wrong text")
        act = (
            other.voting.cast(station.ana, ballot.id, position, FOR)
            if method == "support"
            else other.papers.fill(station.ana, ballot.id, position, "a5")
        )
        if refused:
            with pytest.raises(NotFound):
                await act
        else:
            await act
        assert (await voting.sheet(station.ana, ballot.id)).total == len(ballot.items) - 1
        await station.ballots.cancel(station.facilitator, ballot.id, "Over")
