"""Hands counted in the room: they add to the votes, never exceed those entitled, and stand on record."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import Counts, Outcome, Role
from services.voting.ballot_views import BallotRequest, BallotView
from tests.services.polling_station import AGAINST, FOR, Station
from tests.services.small_seminar import actor
from tests.small_initiative import INITIATIVE


async def show(
    station: Station,
    ballot: BallotView,
    for_: int = 0,
    against: int = 0,
    abstain: int = 0,
    *,
    reference: str = "CAP-01",
    constituency: str | None = None,
    asked: str | None = None,
) -> BallotView:
    """Hands on one item, as a facilitator enters them."""
    counts = Counts(for_, against, abstain)
    return await station.room.enter(station.facilitator, ballot.id, reference, counts, constituency, asked)


async def closing(station: Station) -> dict[str, object]:
    """What the ledger says of the last closing."""
    body = await station.value(
        "SELECT body FROM ledger WHERE act = 'ballot.closed' ORDER BY seq DESC LIMIT 1"
    )
    found: dict[str, object] = json.loads(str(body))
    return found


async def without_account(station: Station, number: int, constituency: str = "UN") -> None:
    """People in the room who have no account, and whom an organiser has registered."""
    for each in range(number):
        await station.participants.set_unaccounted(
            station.organiser, f"Guest {constituency} {each}", constituency=constituency
        )


async def test_hands_add_to_the_votes_and_are_shown_as_their_own_line(station: Station) -> None:
    """They count for turnout, outcome and quorum, in no group unless one was named."""
    await without_account(station, 9)
    ballot = await station.open(quorum="1/2")
    await station.vote(station.ana, ballot, FOR, FOR)
    view = await show(station, ballot, 4, 1, 1, asked="  those at the\n tables ")
    assert [(row.position, row.constituency, row.counts, row.asked) for row in view.room] == [
        (1, None, Counts(4, 1, 1), "those at the tables")
    ]
    assert view.voted == 1
    status = await station.ballots.status(station.facilitator, ballot.id)
    assert status.below_quorum == ("CAP-02",)
    result = await station.close(ballot)
    one, two = result.figures
    assert (one.for_, one.against, one.abstain, one.turnout) == (5, 1, 1, 7)
    assert (one.room, one.outcome) == (Counts(4, 1, 1), Outcome.CARRIED)
    assert {group: counts.total for group, counts in one.by_constituency.items()} == {"others": 1}
    assert (two.room, two.outcome) == (Counts(), Outcome.NO_QUORUM)
    assert (result.electorate, result.voters) == (10, 1)
    assert await station.value("SELECT count(*) FROM cast_votes") == 2
    assert await station.states() == ["adopted", "admitted"]
    assert (await station.audit.verify()).problems == ()


async def test_a_quorum_may_be_met_by_hands_alone(station: Station) -> None:
    """Nobody voted in chat, and the room decides."""
    await without_account(station, 4)
    ballot = await station.open(references="CAP-01", quorum="3")
    await show(station, ballot, 1, 2)
    result = await station.close(ballot)
    (figures,) = result.figures
    assert (figures.outcome, figures.turnout, result.voters) == (Outcome.NOT_CARRIED, 3, 0)
    assert figures.consensus is None, "hands of nobody's group are in no group"
    assert await station.states() == ["not_adopted", "admitted"]
    assert (await station.audit.verify()).problems == ()


async def test_a_count_is_corrected_by_entering_it_again(station: Station) -> None:
    """The later one stands, the ledger has both, and zeros take it away."""
    await without_account(station, 5)
    ballot = await station.open()
    await show(station, ballot, 4, 1)
    view = await show(station, ballot, 1, 4, asked="the back rows")
    assert [row.counts for row in view.room] == [Counts(1, 4)]
    await show(station, ballot, 2, reference="CAP-02")
    await show(station, ballot, 0, reference="CAP-02")
    one, two = (await station.close(ballot)).figures
    assert (one.against, two.turnout) == (4, 0)
    entered = await station.rows("SELECT body FROM ledger WHERE act = 'ballot.hands' ORDER BY seq")
    assert [json.loads(str(body))["for"] for (body,) in entered] == [4, 1, 2, 0]
    assert await station.value("SELECT count(*) FROM ledger WHERE body LIKE '%back rows%'") == 0
    assert (await station.audit.verify()).problems == ()


async def test_hands_of_a_constituency_enter_its_group(station: Station) -> None:
    """Beside others and beside hands of nobody in particular; each is corrected by itself."""
    voters = await station.register(un=3, eu=3)
    await without_account(station, 4, "UN")
    await without_account(station, 4, "EU")
    ballot = await station.open(references="CAP-01")
    for voter in voters:
        await station.vote(voter, ballot, FOR)
    await show(station, ballot, 0, 3, constituency="un")
    await show(station, ballot, 0, 1, constituency="EU")
    await show(station, ballot, 0, 4, constituency="EU")
    await show(station, ballot, 0, 0, 1)
    result = await station.close(ballot)
    (figures,) = result.figures
    assert figures.by_constituency == {"UN": Counts(3, 3), "EU": Counts(3, 4)}
    assert (figures.turnout, figures.room, figures.outcome) == (14, Counts(0, 7, 1), Outcome.NOT_CARRIED)
    assert (await closing(station))["beside"] == {
        "room": [[1, None, 0, 0, 1], [1, "EU", 0, 4, 0], [1, "UN", 0, 3, 0]]
    }
    assert (await station.audit.verify()).problems == ()


async def test_hands_may_make_a_carried_item_contested(station: Station) -> None:
    """By a group with at least three on it, counted in the room or in chat."""
    voters = await station.register(un=5)
    await without_account(station, 3, "EU")
    ballot = await station.open(references="CAP-01")
    for voter in voters:
        await station.vote(voter, ballot, FOR)
    await show(station, ballot, 1, 2, constituency="EU")
    (figures,) = (await station.close(ballot)).figures
    assert (figures.outcome, figures.contested_by) == (Outcome.CARRIED, ("EU",))
    assert figures.by_constituency["EU"] == Counts(1, 2)


async def test_hands_of_a_pooled_constituency_enter_the_pooled_group(station: Station) -> None:
    """Were they shown beside it, what is left of the pooled figures would be the votes of two people."""
    voters = await station.register(un=2, eu=4)
    await without_account(station, 3, "UN")
    ballot = await station.open(references="CAP-01")
    for voter in voters:
        await station.vote(voter, ballot, FOR)
    await show(station, ballot, 0, 3, constituency="UN")
    (figures,) = (await station.close(ballot)).figures
    assert figures.by_constituency == {"others": Counts(6, 3)}
    assert (await closing(station))["beside"] == {"room": [[1, "others", 0, 3, 0]]}
    assert (await station.audit.verify()).problems == ()


async def test_more_hands_than_are_left_are_refused(station: Station) -> None:
    """Votes in chat, hands of other constituencies and new ones together; what stood before stands."""
    voters = await station.register(un=2)
    await without_account(station, 3, "EU")
    ballot = await station.open(references="CAP-01")
    await station.vote(voters[0], ballot, FOR)
    await show(station, ballot, 2, constituency="EU")
    await show(station, ballot, 3)
    for counts, says in (
        ((4, 0, 0), "6 hands and 1 votes in chat are more than the 6 entitled"),
        ((0, 2, 2), "6 hands"),
    ):
        with pytest.raises(Refused, match=says):
            await show(station, ballot, *counts)
    with pytest.raises(Refused, match="1000000 hands"):
        await show(station, ballot, 10**6 - 2)
    view = await station.ballots.view(station.guild_id, ballot.id)
    assert [row.counts.total for row in view.room] == [3, 2]
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'ballot.hands'") == 2


async def test_a_constituency_has_no_more_hands_than_members(station: Station) -> None:
    """However many others are entitled."""
    await station.register(un=6)
    await without_account(station, 2, "EU")
    ballot = await station.open(references="CAP-01")
    with pytest.raises(Refused, match="3 hands and 0 votes in chat are more than the 2 entitled"):
        await show(station, ballot, 3, constituency="EU")
    await show(station, ballot, 2, constituency="EU")


async def test_a_vote_that_comes_after_the_hands_sets_them_aside_at_closing(station: Station) -> None:
    """Somebody raised a hand and then voted: the votes stand, the outcome and the ledger say so."""
    voters = await station.register(un=2)
    ballot = await station.open()
    await show(station, ballot, 0, 3)
    await show(station, ballot, 0, 2, reference="CAP-02")
    await station.vote(voters[0], ballot, FOR, FOR)
    result = await station.close(ballot)
    one, two = result.figures
    assert (one.for_, one.against, one.room) == (1, 0, Counts())
    assert (two.for_, two.against, two.room) == (1, 2, Counts(0, 2))
    said = await closing(station)
    assert said["room_set_aside"] == [1]
    assert said["beside"] == {"room": [[2, None, 0, 2, 0]]}
    assert (await station.audit.verify()).problems == ()


async def test_somebody_who_stands_aside_after_the_hands_sets_them_aside_too(station: Station) -> None:
    """The electorate of the item has become smaller than the hands."""
    voters = await station.register(un=2)
    ballot = await station.open(references="CAP-01")
    await show(station, ballot, 3)
    await station.voting.cast(voters[0], ballot.id, 1, "recused")
    (figures,) = (await station.close(ballot)).figures
    assert (figures.turnout, figures.electorate) == (0, 2)
    assert (await closing(station))["room_set_aside"] == [1]
    assert (await station.audit.verify()).problems == ()


async def test_somebody_who_leaves_after_the_hands_sets_them_aside_too(station: Station) -> None:
    """Those entitled are counted at closing."""
    voters = await station.register(un=2)
    ballot = await station.open(references="CAP-01")
    await show(station, ballot, 3)
    await station.participants.enter(replace(voters[0], roles=frozenset({Role.OBSERVER})))
    result = await station.close(ballot)
    assert (result.electorate, result.figures[0].turnout) == (2, 0)
    assert (await station.audit.verify()).problems == ()


async def test_an_open_ballot_has_hands_too(station: Station) -> None:
    """They name nobody; their constituency is shown as it is."""
    await without_account(station, 2, "EU")
    ballot = await station.open(references="CAP-01", secrecy="open")
    await station.vote(station.ana, ballot, AGAINST)
    await show(station, ballot, 2, constituency="EU")
    (figures,) = (await station.close(ballot)).figures
    assert figures.by_constituency == {"UN": Counts(0, 1), "EU": Counts(2)}
    assert (await station.audit.verify()).problems == ()


async def test_delegations_raise_a_hand_each(station: Station) -> None:
    """Of two delegations with five people there are two hands, each for the constituency of most."""
    voters = await station.register(un=3, eu=2)
    for number, voter in enumerate(voters):
        held = (voter.roles, voter.constituencies)
        await station.participants.set(
            station.organiser, voter.user_id, voter.name, held, organisation="EEAS" if number > 2 else "DPKO"
        )
    await station.load(INITIATIVE + '[rules]\nvote_by = "delegation"\n')
    ballot = await station.open(references="CAP-01")
    with pytest.raises(Refused, match="3 hands and 0 votes in chat are more than the 2 entitled"):
        await show(station, ballot, 3)
    with pytest.raises(Refused, match="2 hands and 0 votes in chat are more than the 1 entitled"):
        await show(station, ballot, 2, constituency="EU")
    await show(station, ballot, 1, constituency="EU")
    await station.vote(voters[0], ballot, AGAINST)
    result = await station.close(ballot)
    assert (result.electorate, result.figures[0].turnout) == (2, 2)
    assert (await station.audit.verify()).problems == ()


@pytest.mark.parametrize("counts", [(-1, 0, 0), (0, -1, 5), (3, 0, -3)])
async def test_negative_hands_are_refused(station: Station, counts: tuple[int, int, int]) -> None:
    """Also where their sum would be none."""
    ballot = await station.open()
    with pytest.raises(Invalid, match="whole numbers from 0"):
        await show(station, ballot, *counts)
    assert await station.value("SELECT count(*) FROM room_counts") == 0


async def test_what_is_not_there_is_named(station: Station) -> None:
    """Reference, constituency, ballot; and who was asked has an end."""
    ballot = await station.open(references="CAP-01")
    with pytest.raises(NotFound, match="CAP-02 is not on ballot B1"):
        await show(station, ballot, 1, reference="CAP-02")
    with pytest.raises(NotFound):
        await show(station, ballot, 1, constituency="XYZ")
    with pytest.raises(NotFound):
        await station.room.enter(station.facilitator, 404, "CAP-01", Counts(1))
    with pytest.raises(Invalid):
        await show(station, ballot, 1, reference="first")
    with pytest.raises(Invalid, match="at most 200"):
        await show(station, ballot, 1, asked="x" * 201)
    assert await station.value("SELECT count(*) FROM room_counts") == 0


async def test_only_a_facilitator_counts_hands(station: Station) -> None:
    """Of the same server."""
    ballot = await station.open()
    for who in (station.ana, station.organiser, station.obi):
        with pytest.raises(NotAllowed):
            await station.room.enter(who, ballot.id, "CAP-01", Counts(1))
    await station.load(by=actor(6, guild_id=77, may_manage_server=True))
    with pytest.raises(NotFound):
        await station.room.enter(actor(5, Role.FACILITATOR, guild_id=77), ballot.id, "CAP-01", Counts(1))


@pytest.mark.parametrize("method", ["rating", "ranked", "points", "shortlist", "silence"])
async def test_hands_are_counted_for_or_against_alone(station: Station, method: str) -> None:
    """Not on paper, and not in a silence."""
    ballot = await station.open(method=method)
    with pytest.raises(Refused, match="for, against or abstain"):
        await show(station, ballot, 1)


async def test_no_hands_are_counted_before_it_opens_or_after_it_ends(station: Station) -> None:
    """Each with the sentence of its state."""
    prepared = await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP"))
    with pytest.raises(Refused, match="not been opened"):
        await show(station, prepared, 1)
    closed = await station.open(references="CAP-01")
    await station.close(closed)
    with pytest.raises(Refused, match="closed"):
        await show(station, closed, 1)
    cancelled = await station.open(references="CAP-02")
    await show(station, cancelled, 1, reference="CAP-02")
    await station.ballots.cancel(station.facilitator, cancelled.id, "Wrong text")
    with pytest.raises(Refused, match="cancelled"):
        await show(station, cancelled, 1, reference="CAP-02")
    assert await station.states() == ["not_adopted", "admitted"]


async def test_hands_outlive_a_restart(station: Station) -> None:
    """They are stored when they are entered."""
    ballot = await station.open(references="CAP-01")
    await show(station, ballot, 1)
    again = station.restarted()
    result = await again.close(ballot)
    assert result.figures[0].room == Counts(1)


async def test_hands_entered_after_the_time_is_up_are_refused(station: Station) -> None:
    """As votes are: what was asked for by then is over."""
    ballot = await station.open(closes_in="1h")
    station.clock.now = ballot.closes_at
    with pytest.raises(Refused, match="is up"):
        await show(station, ballot, 1)
