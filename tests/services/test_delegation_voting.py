"""One vote a delegation: any member casts or changes it, all members see who did, and it counts once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from seminar.errors import NotAllowed
from seminar.model import Actor, Outcome, Role, Status
from services.voting.ballot_views import BallotView, Recorded, Sheet
from tests.services.polling_station import AGAINST, FOR, Station
from tests.small_initiative import INITIATIVE

BY_DELEGATION = INITIATIVE + '[rules]\nvote_by = "delegation"\n'


@pytest.fixture
async def delegations(station: Station) -> Station:
    """Ana and Ben are the EEAS, Cem is SIPRI, and delegations vote."""
    await station.load(BY_DELEGATION)
    await enter(station, station.ana, "EEAS")
    await enter(station, station.ben, "eeas")
    await enter(station, station.cem, "SIPRI", constituency="UN")
    return station


async def enter(
    station: Station,
    who: Actor,
    organisation: str,
    status: Status | None = None,
    constituency: str | None = None,
) -> None:
    """What an organiser enters for somebody."""
    held = (who.roles, who.constituencies)
    await station.participants.set(
        station.organiser, who.user_id, who.name, held, status, constituency, organisation
    )


async def choice(station: Station, who: Actor, ballot: BallotView) -> tuple[str | None, str | None]:
    """What the first item of somebody's sheet says: the choice, and whose it is."""
    item = (await station.voting.sheet(who, ballot.id)).items[0]
    return item.choice, item.cast_by


async def test_the_electorate_counts_delegations(delegations: Station) -> None:
    """At opening, in the status, and at closing; people outside of all of them are in none."""
    await delegations.register(un=4)
    ballot = await delegations.open(quorum="2")
    assert ballot.entitled == 2
    await delegations.vote(delegations.ana, ballot, FOR, FOR)
    status = await delegations.ballots.status(delegations.facilitator, ballot.id)
    assert (status.entitled, status.voted, status.below_quorum) == (2, 1, ("CAP-01", "CAP-02"))
    await delegations.vote(delegations.cem, ballot, FOR)
    result = await delegations.close(ballot)
    assert (result.electorate, result.voters) == (2, 2)
    assert [one.outcome for one in result.figures] == [Outcome.CARRIED, Outcome.NO_QUORUM]
    assert (await delegations.audit.verify()).problems == ()


async def test_any_member_changes_the_vote_and_is_told_whose_it_was(delegations: Station) -> None:
    """The receipt stays the delegation's, and both members see who cast what counts."""
    ballot = await delegations.open()
    first = await delegations.voting.cast(delegations.ana, ballot.id, 1, FOR)
    assert first.replaced is None
    assert await choice(delegations, delegations.ben, ballot) == (FOR, "Ana")
    second = await delegations.voting.cast(delegations.ben, ballot.id, 1, AGAINST)
    assert (second.replaced, second.receipt) == ("Ana", first.receipt)
    for member in (delegations.ana, delegations.ben):
        sheet = await delegations.voting.sheet(member, ballot.id)
        assert (sheet.voter, sheet.done) == (("EEAS", 1) if member is delegations.ana else ("eeas", 1))
        assert (sheet.items[0].choice, sheet.items[0].cast_by) == (AGAINST, "Ben")
    assert (await delegations.voting.cast(delegations.ben, ballot.id, 1, AGAINST)).replaced is None
    assert await choice(delegations, delegations.cem, ballot) == (None, None)
    assert await delegations.value("SELECT count(*) FROM votes") == 1
    result = await delegations.close(ballot)
    assert (result.voters, result.figures[0].against) == (1, 1)


async def test_one_member_takes_back_what_another_cast(delegations: Station) -> None:
    """The delegation has then not voted, and every member is reminded."""
    ballot = await delegations.open()
    await delegations.voting.cast(delegations.ana, ballot.id, 1, FOR)
    back = await delegations.voting.cast(delegations.ben, ballot.id, 1, None)
    assert (back.choice, back.replaced, back.done) == (None, "Ana", 0)
    assert await delegations.ballots.non_voters(ballot.id) == (11, 12, 13)
    await delegations.voting.cast(delegations.ben, ballot.id, 1, FOR)
    assert await delegations.ballots.non_voters(ballot.id) == (13,)


@pytest.mark.parametrize("secrecy", ["secret", "open"])
async def test_two_members_at_once_end_in_one_clear_state(delegations: Station, secrecy: str) -> None:
    """One vote stands, both sheets show the same one, and one of the two was told what they replaced."""
    ballot = await delegations.open(secrecy=secrecy)
    answers: list[Recorded] = await asyncio.gather(
        delegations.voting.cast(delegations.ana, ballot.id, 1, FOR),
        delegations.voting.cast(delegations.ben, ballot.id, 1, AGAINST),
    )
    assert sorted([answers[0].replaced or "", answers[1].replaced or ""]) in (["", "Ana"], ["", "Ben"])
    assert answers[0].receipt == answers[1].receipt
    standing = await choice(delegations, delegations.ana, ballot)
    assert standing == await choice(delegations, delegations.ben, ballot)
    assert standing == ((AGAINST, "Ben") if answers[1].replaced == "Ana" else (FOR, "Ana"))
    assert (await delegations.close(ballot)).voters == 1
    assert (await delegations.audit.verify()).problems == ()


async def test_each_member_has_a_paper_of_their_own_and_the_last_submitted_counts(
    delegations: Station,
) -> None:
    """What one is filling in is not touched by what another submits."""
    ballot = await delegations.open(method="points", points=3)
    await delegations.papers.fill(delegations.ana, ballot.id, 1, "3")
    await delegations.papers.fill(delegations.ben, ballot.id, 2, "2")
    first = await delegations.papers.submit(delegations.ana, ballot.id)
    assert (first.cast_by, first.voter) == ("Ana", "EEAS")
    ben = await delegations.papers.sheet(delegations.ben, ballot.id)
    assert (ben.answers, ben.submitted, ben.changed, ben.cast_by) == ({2: (2,)}, True, True, "Ana")
    second = await delegations.papers.submit(delegations.ben, ballot.id)
    assert (second.cast_by, second.receipt, second.changed) == ("Ben", first.receipt, False)
    ana = await delegations.papers.sheet(delegations.ana, ballot.id)
    assert (ana.answers, ana.cast_by, ana.changed) == ({2: (2,)}, "Ben", False)
    taken = await delegations.papers.take_back(delegations.ana, ballot.id)
    assert (taken.submitted, taken.answers) == (False, {2: (2,)})
    await delegations.papers.submit(delegations.ana, ballot.id)
    result = await delegations.close(ballot)
    assert (result.voters, [one.points for one in result.figures]) == (1, [0, 2])
    assert await delegations.value("SELECT count(*) FROM papers") == 0
    assert (await delegations.audit.verify()).problems == ()


async def test_two_members_who_submit_at_once_end_in_one_paper(delegations: Station) -> None:
    """Whole: never half of one and half of the other."""
    ballot = await delegations.open(method="rating")
    for member, said in ((delegations.ana, "a1"), (delegations.ben, "a9")):
        for position in (1, 2):
            await delegations.papers.fill(member, ballot.id, position, said)
    sheets: list[Sheet] = await asyncio.gather(
        delegations.papers.submit(delegations.ana, ballot.id),
        delegations.papers.submit(delegations.ben, ballot.id),
    )
    assert sheets[0].receipt == sheets[1].receipt
    ana = await delegations.papers.sheet(delegations.ana, ballot.id)
    ben = await delegations.papers.sheet(delegations.ben, ballot.id)
    assert ana.answers == ben.answers in ({1: (1, 0), 2: (1, 0)}, {1: (9, 0), 2: (9, 0)})
    assert ana.cast_by == ben.cast_by == ("Ana" if ana.answers == {1: (1, 0), 2: (1, 0)} else "Ben")
    result = await delegations.close(ballot)
    assert [one.ratings for one in result.figures] == [1, 1]


async def test_a_member_who_leaves_leaves_the_vote_behind(delegations: Station) -> None:
    """It stays the delegation's; who has left casts it no more and is named no more."""
    ballot = await delegations.open()
    await delegations.voting.cast(delegations.ana, ballot.id, 1, FOR)
    await enter(delegations, delegations.ana, "SIPRI")
    assert await choice(delegations, delegations.ben, ballot) == (FOR, None)
    recorded = await delegations.voting.cast(delegations.ana, ballot.id, 1, AGAINST)
    assert recorded.replaced is None
    assert await choice(delegations, delegations.cem, ballot) == (AGAINST, "Ana")
    result = await delegations.close(ballot)
    assert (result.figures[0].for_, result.figures[0].against, result.set_aside) == (1, 1, 0)


async def test_a_delegation_that_everybody_has_left_holds_no_vote(delegations: Station) -> None:
    """What it cast is set aside and counted as such."""
    ballot = await delegations.open()
    await delegations.voting.cast(delegations.cem, ballot.id, 1, FOR)
    await enter(delegations, delegations.cem, "EEAS")
    result = await delegations.close(ballot)
    assert (result.electorate, result.voters, result.set_aside) == (1, 0, 1)
    assert result.figures[0].turnout == 0
    assert (await delegations.audit.verify()).problems == ()


async def test_who_is_in_no_delegation_neither_votes_nor_fills_in(delegations: Station) -> None:
    """In support, on paper and in a silence alike."""
    (eve,) = await delegations.register(eu=1)
    support = await delegations.open(references="CAP-01")
    rating = await delegations.open(method="rating", references="CAP-02")
    await delegations.propose(delegations.ana, title="Recommendation 3")
    silence = await delegations.open(method="silence", references="CAP-03")
    for act in (
        delegations.voting.cast(eve, support.id, 1, FOR),
        delegations.voting.sheet(eve, support.id),
        delegations.papers.fill(eve, rating.id, 1, "a9"),
        delegations.papers.sheet(eve, rating.id),
        delegations.silences.break_silence(eve, silence.id, "Not without us"),
        delegations.silences.explain(eve, silence.id, "Not without us"),
    ):
        with pytest.raises(NotAllowed, match="entered in none"):
            await act
    assert await delegations.value("SELECT count(*) FROM statements") == 0


async def test_a_rule_changed_while_a_ballot_is_open_does_not_touch_it(delegations: Station) -> None:
    """From delegations to people: only members vote on the old ballot, everybody on the next one."""
    (eve,) = await delegations.register(eu=1)
    old = await delegations.open(references="CAP-01")
    await delegations.load(INITIATIVE)
    with pytest.raises(NotAllowed, match="entered in none"):
        await delegations.voting.cast(eve, old.id, 1, FOR)
    await delegations.voting.cast(delegations.ana, old.id, 1, FOR)
    await delegations.voting.cast(delegations.ben, old.id, 1, AGAINST)
    new = await delegations.open(references="CAP-02")
    assert new.entitled == 4
    await delegations.voting.cast(eve, new.id, 1, FOR)
    await delegations.voting.cast(delegations.ana, new.id, 1, FOR)
    of_old, of_new = await delegations.close(old), await delegations.close(new)
    assert (of_old.electorate, of_old.voters, of_old.set_aside, of_old.figures[0].against) == (2, 1, 0, 1)
    assert (of_new.electorate, of_new.voters, of_new.set_aside, of_new.figures[0].for_) == (4, 2, 0, 2)
    assert (await delegations.audit.verify()).problems == ()


async def test_a_rule_changed_the_other_way_round_does_not_touch_it_either(station: Station) -> None:
    """From people to delegations: who is in none still votes on the ballot that was opened for people."""
    await enter(station, station.ana, "EEAS")
    old = await station.open(references="CAP-01")
    await station.load(BY_DELEGATION)
    (eve,) = await station.register(eu=1)
    await station.voting.cast(eve, old.id, 1, FOR)
    await station.voting.cast(station.ana, old.id, 1, AGAINST)
    sheet = await station.voting.sheet(station.ana, old.id)
    assert (sheet.voter, sheet.items[0].cast_by) == (None, None)
    new = await station.open(references="CAP-02")
    assert new.entitled == 1
    with pytest.raises(NotAllowed, match="entered in none"):
        await station.voting.cast(eve, new.id, 1, FOR)
    result = await station.close(old)
    assert (result.electorate, result.voters, result.set_aside) == (2, 2, 0)
    assert (await station.audit.verify()).problems == ()


async def test_an_observer_of_a_delegation_casts_nothing(delegations: Station) -> None:
    """Though their delegation has a vote."""
    await enter(delegations, delegations.obi, "EEAS")
    ballot = await delegations.open()
    with pytest.raises(NotAllowed, match="observers may discuss"):
        await delegations.voting.cast(delegations.obi, ballot.id, 1, FOR)
    observing = replace(delegations.ana, roles=frozenset({Role.OBSERVER}))
    with pytest.raises(NotAllowed, match="observers may discuss"):
        await delegations.voting.cast(observing, ballot.id, 1, FOR)


async def test_the_record_of_an_open_ballot_names_delegations(delegations: Station) -> None:
    """By a pseudonym that is the delegation's, not the member's, and for the constituency of most members."""
    await enter(delegations, delegations.cem, "EEAS")
    ballot = await delegations.open(secrecy="open")
    await delegations.voting.cast(delegations.ben, ballot.id, 1, FOR)
    await delegations.close(ballot)
    assert await delegations.rows("SELECT voter, constituency FROM cast_votes") == [
        (await delegations.value("SELECT pseudonym FROM delegations WHERE folded = 'eeas'"), "UN")
    ]
    assert await delegations.value("SELECT count(*) FROM people JOIN cast_votes ON voter = pseudonym") == 0


async def test_delegations_are_pooled_as_people_are(delegations: Station) -> None:
    """Two delegations of one constituency are too few to be shown, however many people are in them."""
    members = await delegations.register(un=9)
    for number, member in enumerate(members):
        await enter(delegations, member, f"UN body {number % 3}")
    ballot = await delegations.open()
    for member in members[:3]:
        await delegations.voting.cast(member, ballot.id, 1, FOR)
    await delegations.voting.cast(delegations.cem, ballot.id, 1, AGAINST)
    await delegations.voting.cast(delegations.ben, ballot.id, 1, AGAINST)
    figures = (await delegations.close(ballot)).figures[0]
    # Ana speaks for the UN and Ben for the EU, which comes first; SIPRI and the three bodies for the UN.
    assert {group: counts.total for group, counts in figures.by_constituency.items()} == {"others": 5}


async def test_a_delegation_of_a_secret_ballot_leaves_no_trace_in_its_rows(delegations: Station) -> None:
    """Neither the delegation nor the member who cast is named where the votes are."""
    ballot = await delegations.open()
    await delegations.voting.cast(delegations.ana, ballot.id, 1, FOR)
    ((voter, cast_by),) = await delegations.rows("SELECT voter, cast_by FROM votes")
    ids = {
        value for (value,) in await delegations.rows("SELECT id FROM people UNION SELECT id FROM delegations")
    }
    assert not {voter, cast_by} & ids
    assert voter != cast_by
    await delegations.close(ballot)
    assert await delegations.rows("SELECT voter FROM cast_votes") == [(None,)]
