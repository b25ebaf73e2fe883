"""Standing aside: who does so leaves the electorate of that item, hides nobody and is no voter."""

from __future__ import annotations

import pytest

from seminar.errors import Invalid, Refused
from seminar.model import RECUSED, Actor, Counts, Outcome
from services.voting.ballot_views import BallotView
from tests.services.polling_station import ABSTAIN, AGAINST, FOR, Station
from tests.small_initiative import INITIATIVE


async def aside(station: Station, who: Actor, ballot: BallotView, *positions: int) -> None:
    """Stand aside on these items of a `support` ballot."""
    for position in positions:
        await station.voting.cast(who, ballot.id, position, RECUSED)


async def groups(station: Station) -> dict[object, int]:
    """How many rows of the record each published group has; those without one under None."""
    rows = await station.rows("SELECT constituency, count(*) FROM cast_votes GROUP BY constituency")
    return {group: int(str(number)) for group, number in rows}


async def test_who_stands_aside_is_not_in_the_electorate_of_that_item(station: Station) -> None:
    """Of four, one stands aside: on that item a quorum of two thirds is two votes and not three."""
    voters = await station.register(un=3)
    ballot = await station.open(quorum="2/3")
    await aside(station, voters[0], ballot, 1)
    await station.vote(voters[1], ballot, FOR, FOR)
    await station.vote(voters[2], ballot, FOR, FOR)
    status = await station.ballots.status(station.facilitator, ballot.id)
    assert (status.voted, status.below_quorum) == (2, ("CAP-02",))
    result = await station.close(ballot)
    one, two = result.figures
    assert (one.electorate, one.recused, one.turnout, one.outcome) == (3, 1, 2, Outcome.CARRIED)
    assert (two.electorate, two.recused, two.turnout, two.outcome) == (4, 0, 2, Outcome.NO_QUORUM)
    assert (result.electorate, result.voters) == (4, 2)
    assert await station.states() == ["adopted", "admitted"]
    assert (await station.audit.verify()).problems == ()


async def test_standing_aside_is_changed_and_taken_back_like_a_vote(station: Station) -> None:
    """It has a receipt, counts as done on the sheet, and ends when a choice is made."""
    ballot = await station.open()
    first = await station.voting.cast(station.ana, ballot.id, 1, RECUSED)
    assert (first.choice, first.done, first.total) == (RECUSED, 1, 2)
    assert (await station.voting.sheet(station.ana, ballot.id)).items[0].choice == RECUSED
    assert (await station.ballots.view(station.guild_id, ballot.id)).voted == 0
    changed = await station.voting.cast(station.ana, ballot.id, 1, FOR)
    assert (changed.choice, changed.receipt) == (FOR, first.receipt)
    assert (await station.ballots.view(station.guild_id, ballot.id)).voted == 1
    await aside(station, station.ana, ballot, 1)
    back = await station.voting.cast(station.ana, ballot.id, 1, None)
    assert (back.choice, back.done) == (None, 0)
    (one, _) = (await station.close(ballot)).figures
    assert (one.electorate, one.recused, one.turnout) == (1, 0, 0)


async def test_standing_aside_gives_no_reason_where_those_against_do(station: Station) -> None:
    """And one that stood with an earlier vote goes with it."""
    ballot = await station.open(reasons="all")
    await station.voting.cast(station.ana, ballot.id, 1, AGAINST, "Too costly")
    await station.voting.cast(station.ana, ballot.id, 1, RECUSED, "I wrote it")
    assert await station.value("SELECT reason FROM votes") is None
    await station.close(ballot)
    assert await station.value("SELECT count(*) FROM vote_reasons") == 0


@pytest.mark.parametrize("choice", ["", "FOR", "Recused", "aside", "yes", "for "])
async def test_nothing_else_is_a_choice(station: Station, choice: str) -> None:
    """Only the four words that the buttons send."""
    ballot = await station.open()
    with pytest.raises(Invalid, match="for, against or abstain"):
        await station.voting.cast(station.ana, ballot.id, 1, choice)
    assert await station.value("SELECT count(*) FROM votes") == 0


async def test_the_record_shows_that_somebody_stood_aside_and_not_for_whom(station: Station) -> None:
    """A row without a group, with the receipt that its owner knows."""
    voters = await station.register(un=4, eu=3)
    ballot = await station.open(references="CAP-01")
    for voter in voters[1:]:
        await station.vote(voter, ballot, FOR)
    recorded = await station.voting.cast(voters[0], ballot.id, 1, RECUSED)
    await station.close(ballot)
    assert await groups(station) == {"UN": 3, "EU": 3, None: 1}
    assert await station.rows("SELECT receipt FROM cast_votes WHERE choice = 'recused'") == [
        (recorded.receipt,)
    ]
    assert (await station.audit.verify()).problems == ()


async def test_people_who_stand_aside_make_no_group_large_enough(station: Station) -> None:
    """Two votes of the EU stay pooled, though a third member stands aside."""
    voters = await station.register(un=4, eu=3)
    ballot = await station.open(references="CAP-01")
    for voter in voters[:6]:
        await station.vote(voter, ballot, FOR)
    await aside(station, voters[6], ballot, 1)
    (figures,) = (await station.close(ballot)).figures
    assert {group: counts.total for group, counts in figures.by_constituency.items()} == {"others": 6}
    assert await groups(station) == {"others": 6, None: 1}


async def test_who_votes_on_one_item_and_stands_aside_on_another_is_a_voter(station: Station) -> None:
    """Their group has then three voters, of whom two voted on the second item."""
    voters = await station.register(un=3, eu=3)
    ballot = await station.open()
    for voter in voters:
        await station.vote(voter, ballot, FOR, FOR)
    await aside(station, voters[0], ballot, 2)
    one, two = (await station.close(ballot)).figures
    assert {group: counts.total for group, counts in one.by_constituency.items()} == {"UN": 3, "EU": 3}
    assert {group: counts.total for group, counts in two.by_constituency.items()} == {"UN": 2, "EU": 3}
    assert (two.electorate, two.recused) == (6, 1)


async def test_papers_that_only_stand_aside_make_no_group_large_enough(station: Station) -> None:
    """Nor do they get a group of their own."""
    voters = await station.register(un=3, eu=3)
    ballot = await station.open(method="shortlist", seats=1)
    for voter in voters[:5]:
        await station.papers.fill(voter, ballot.id, 1, "yes")
        await station.papers.submit(voter, ballot.id)
    await station.papers.fill(voters[5], ballot.id, 1, "aside")
    await station.papers.submit(voters[5], ballot.id)
    result = await station.close(ballot)
    assert (result.voters, await groups(station)) == (5, {"others": 6})
    assert (await station.audit.verify()).problems == ()


async def test_an_item_everybody_stands_aside_on_is_not_carried(station: Station) -> None:
    """Its electorate is empty, no share of it is a quorum that anything could miss, and nobody voted."""
    voters = [station.ana, *await station.register(un=1)]
    ballot = await station.open(quorum="50%")
    for voter in voters:
        await aside(station, voter, ballot, 1)
        await station.voting.cast(voter, ballot.id, 2, ABSTAIN)
    one, two = (await station.close(ballot)).figures
    assert (one.electorate, one.turnout, one.outcome, one.consensus) == (0, 0, Outcome.NOT_CARRIED, None)
    assert (two.electorate, two.turnout, two.outcome) == (2, 2, Outcome.NOT_CARRIED)
    assert (await station.audit.verify()).problems == ()


async def test_the_votes_of_somebody_who_left_do_not_shrink_an_electorate(station: Station) -> None:
    """Standing aside by those no longer entitled is set aside too."""
    voters = await station.register(un=2, eu=1)
    ballot = await station.open()
    await aside(station, voters[2], ballot, 1, 2)
    await station.vote(voters[0], ballot, FOR, FOR)
    await station.participants.enter(
        Actor(voters[2].guild_id, voters[2].user_id, voters[2].name, station.obi.roles)
    )
    result = await station.close(ballot)
    assert (result.electorate, result.set_aside) == (3, 1)
    assert [(one.electorate, one.recused) for one in result.figures] == [(3, 0), (3, 0)]
    assert (await station.audit.verify()).problems == ()


async def test_hands_cannot_be_more_than_those_who_do_not_stand_aside(station: Station) -> None:
    """Of five, two stand aside and one votes: two hands are left, and a third is refused."""
    voters = [station.ana, *await station.register(un=4)]
    ballot = await station.open(references="CAP-01")
    await aside(station, voters[0], ballot, 1)
    await aside(station, voters[1], ballot, 1)
    await station.vote(voters[2], ballot, FOR)
    with pytest.raises(Refused, match="3 hands and 1 votes in chat are more than the 3 entitled"):
        await station.room.enter(station.facilitator, ballot.id, "CAP-01", Counts(3))
    await station.room.enter(station.facilitator, ballot.id, "CAP-01", Counts(0, 2))
    (figures,) = (await station.close(ballot)).figures
    assert (figures.electorate, figures.turnout, figures.recused) == (3, 3, 2)
    assert (await station.audit.verify()).problems == ()


async def test_a_delegation_stands_aside_as_one(station: Station) -> None:
    """Any member says so, and any member takes it back."""
    for who in (station.ana, station.ben):
        held = (who.roles, who.constituencies)
        await station.participants.set(station.organiser, who.user_id, who.name, held, organisation="EEAS")
    await station.load(INITIATIVE + '[rules]\nvote_by = "delegation"\n')
    ballot = await station.open()
    await aside(station, station.ana, ballot, 1, 2)
    back = await station.voting.cast(station.ben, ballot.id, 2, FOR)
    assert back.replaced == "Ana"
    result = await station.close(ballot)
    assert [(one.electorate, one.recused) for one in result.figures] == [(0, 1), (1, 0)]
    assert (await station.audit.verify()).problems == ()
