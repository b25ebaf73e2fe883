"""Live totals: of indicative ballots alone, drawn anew only when three different voters have changed."""

from __future__ import annotations

import json

import pytest

from seminar.errors import Invalid
from seminar.model import RECUSED, Counts
from services.voting.ballot_views import BallotView
from services.voting.live import LEAST_CHANGED, live_figures
from tests.services.polling_station import ABSTAIN, AGAINST, FOR, Station


async def begin(station: Station, **more: object) -> BallotView:
    """A straw poll on CAP-01 whose totals are shown while it is open."""
    return await station.open(**{"references": "CAP-01", "purpose": "indicative", "results": "live", **more})


async def shown(station: Station, ballot: BallotView) -> Counts | None:
    """The totals of the first item as everybody sees them after somebody has voted."""
    await station.live.draw(ballot.id)
    figures = live_figures(await station.ballots.view(station.guild_id, ballot.id))
    return None if not figures else figures[0].counts  # type: ignore[attr-defined, no-any-return]


async def test_totals_are_shown_once_three_have_voted_and_again_after_three_more(station: Station) -> None:
    """In between they stand still, whatever one or two do."""
    voters = await station.register(un=6)
    ballot = await begin(station)
    seen = []
    for voter in voters:
        await station.vote(voter, ballot, FOR)
        seen.append(await shown(station, ballot))
    assert seen == [None, None, Counts(3), Counts(3), Counts(3), Counts(6)]
    assert LEAST_CHANGED == 3


async def test_one_voter_who_changes_often_is_one(station: Station) -> None:
    """And so are two: no back and forth draws the totals by itself."""
    voters = await station.register(un=3)
    ballot = await begin(station)
    for choice in (FOR, AGAINST, ABSTAIN, FOR, AGAINST):
        await station.vote(voters[0], ballot, choice)
        await station.vote(voters[1], ballot, choice)
        assert await shown(station, ballot) is None
    await station.vote(voters[2], ballot, FOR)
    assert await shown(station, ballot) == Counts(1, 2)


async def test_the_same_said_again_is_no_change(station: Station) -> None:
    """Three taps on what stands already would otherwise show how a fourth voted."""
    voters = await station.register(un=4)
    ballot = await begin(station)
    for voter in voters[:3]:
        await station.vote(voter, ballot, FOR)
    assert await shown(station, ballot) == Counts(3)
    for voter in voters[:3]:
        await station.vote(voter, ballot, FOR)
    await station.vote(voters[3], ballot, AGAINST)
    assert await shown(station, ballot) == Counts(3)


async def test_taking_back_is_a_change_and_taking_back_nothing_is_none(station: Station) -> None:
    """Whoever leaves the totals changes them as whoever enters them does."""
    voters = await station.register(un=6)
    ballot = await begin(station)
    for voter in voters[:3]:
        await station.vote(voter, ballot, FOR)
    assert await shown(station, ballot) == Counts(3)
    for voter in voters[3:]:
        await station.vote(voter, ballot, None)
    assert await shown(station, ballot) == Counts(3)
    assert await station.value("SELECT count(*) FROM live_changes") == 0
    await station.vote(voters[0], ballot, None)
    await station.vote(voters[1], ballot, None)
    assert await shown(station, ballot) == Counts(3)
    await station.vote(voters[2], ballot, AGAINST)
    assert await shown(station, ballot) == Counts(0, 1)


async def test_standing_aside_is_a_change(station: Station) -> None:
    """It is shown with the others."""
    voters = await station.register(un=3)
    ballot = await begin(station)
    await station.voting.cast(voters[0], ballot.id, 1, RECUSED)
    for voter in voters[1:]:
        await station.vote(voter, ballot, FOR)
    assert await shown(station, ballot) == Counts(2)


async def test_papers_count_as_changed_when_they_are_submitted_or_taken_back(station: Station) -> None:
    """What is being filled in shows nowhere."""
    voters = await station.register(un=6)
    ballot = await begin(station, method="points", points=3)
    for voter in voters:
        await station.papers.fill(voter, ballot.id, 1, "2")
    await station.live.draw(ballot.id)
    assert live_figures(await station.ballots.view(station.guild_id, ballot.id)) == ()
    for voter in voters[:3]:
        await station.papers.submit(voter, ballot.id)
    await station.live.draw(ballot.id)
    (figures,) = live_figures(await station.ballots.view(station.guild_id, ballot.id))
    assert (figures.points, figures.supporters) == (6, 3)  # type: ignore[attr-defined]
    for voter in voters[:3]:
        await station.papers.submit(voter, ballot.id)
    assert await station.value("SELECT count(*) FROM live_changes") == 0
    for voter in voters[:3]:
        await station.papers.take_back(voter, ballot.id)
    await station.live.draw(ballot.id)
    (figures,) = live_figures(await station.ballots.view(station.guild_id, ballot.id))
    assert (figures.points, figures.supporters) == (0, 0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["support", "rating", "ranked", "points", "shortlist"])
async def test_totals_of_every_method_name_no_group(station: Station, method: str) -> None:
    """Totals only: neither a constituency nor who voted."""
    voters = await station.register(un=3, eu=3)
    ballot = await begin(station, method=method, references="CAP-01, CAP-02")
    said = {"rating": "a7", "ranked": "next", "points": "1", "shortlist": "yes"}
    for voter in voters:
        if method == "support":
            await station.vote(voter, ballot, FOR)
        else:
            await station.papers.fill(voter, ballot.id, 1, said[method])
            await station.papers.submit(voter, ballot.id)
    await station.live.draw(ballot.id)
    view = await station.ballots.view(station.guild_id, ballot.id)
    assert live_figures(view)[0].turnout == 6
    for one in json.loads(view.live or ""):
        assert set(one["by_constituency"]) <= {"all"}
    assert "UN" not in (view.live or "").replace("turnout", "")


async def test_hands_are_in_the_totals(station: Station) -> None:
    """Hands are seen by everybody anyway, and are nobody's changed vote."""
    voters = await station.register(un=9)
    ballot = await begin(station)
    await station.room.enter(station.facilitator, ballot.id, "CAP-01", Counts(0, 5))
    assert await shown(station, ballot) is None
    for voter in voters[:3]:
        await station.vote(voter, ballot, FOR)
    assert await shown(station, ballot) == Counts(3, 5)


async def test_a_hidden_ballot_shows_nothing_and_keeps_no_note_of_who_changed(station: Station) -> None:
    """Decisive or indicative."""
    voters = await station.register(un=4)
    for reference, purpose in (("CAP-01", "decisive"), ("CAP-02", "indicative")):
        ballot = await station.open(references=reference, purpose=purpose)
        for voter in voters:
            await station.vote(voter, ballot, FOR)
        assert await shown(station, ballot) is None
        assert (await station.ballots.view(station.guild_id, ballot.id)).live is None
    assert await station.value("SELECT count(*) FROM live_changes") == 0


@pytest.mark.parametrize("method", ["support", "rating", "ranked", "points", "shortlist", "silence"])
async def test_only_an_indicative_ballot_may_be_live(station: Station, method: str) -> None:
    """Whatever the method."""
    with pytest.raises(Invalid):
        await station.open(method=method, results="live")


@pytest.mark.parametrize("ending", ["close", "cancel"])
async def test_nothing_live_is_left_when_it_is_over(station: Station, ending: str) -> None:
    """Neither totals nor who had changed, and drawing afterwards draws nothing."""
    voters = await station.register(un=5)
    ballot = await begin(station)
    for voter in voters:
        await station.vote(voter, ballot, FOR)
        await station.live.draw(ballot.id)
    assert await station.value("SELECT count(*) FROM live_changes") == 2
    if ending == "close":
        await station.close(ballot)
    else:
        await station.ballots.cancel(station.facilitator, ballot.id, "Wrong text")
    assert await station.value("SELECT count(*) FROM live_changes") == 0
    await station.live.draw(ballot.id)
    view = await station.ballots.view(station.guild_id, ballot.id)
    assert (view.live, live_figures(view)) == (None, ())
    assert await station.states() == ["admitted", "admitted"]
    assert (await station.audit.verify()).problems == ()


async def test_drawing_a_ballot_that_is_not_there_draws_nothing(station: Station) -> None:
    """Nor one that is only prepared."""
    await station.live.draw(404)
    assert await station.value("SELECT count(*) FROM ballots") == 0


async def test_totals_outlive_a_restart(station: Station) -> None:
    """And so does the note of how many have changed since."""
    voters = await station.register(un=6)
    ballot = await begin(station)
    for voter in voters[:5]:
        await station.vote(voter, ballot, FOR)
        await station.live.draw(ballot.id)
    again = station.restarted()
    assert await shown(again, ballot) == Counts(3)
    await again.vote(voters[5], ballot, FOR)
    assert await shown(again, ballot) == Counts(6)
