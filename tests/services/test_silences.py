"""Silence procedures: adopted unless somebody objects in time, whoever, whenever and for whom."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import BallotStatus, Outcome, Role
from services.voting.ballot_views import BallotRequest, BallotView
from storage.statements import Kind
from tests.services.polling_station import FOR, Station
from tests.services.small_seminar import actor
from tests.small_initiative import INITIATIVE

CHATHAM = INITIATIVE.replace('attribution = "named"', 'attribution = "chatham"')


async def start(station: Station, references: str = "CAP-01", closes_in: str = "72h") -> BallotView:
    """A silence on these references."""
    return await station.open(method="silence", theme=None, references=references, closes_in=closes_in)


async def due(station: Station, **passing: float) -> None:
    """Time passes, and what is due then is done."""
    station.clock.pass_(**passing)
    await station.deadlines.run_due()


async def view(station: Station, ballot: BallotView) -> BallotView:
    return await station.ballots.view(station.guild_id, ballot.id)


async def said(station: Station, ballot: BallotView) -> list[tuple[Kind, str, str]]:
    """Everything said in a procedure: what it is, who said it, its words."""
    return [
        (one.kind, str(one.who), one.text) for one in await station.silences.said(station.guild_id, ballot.id)
    ]


async def test_what_nobody_objects_to_is_adopted_at_its_time(station: Station) -> None:
    """Announced to everybody who can be reached, adopted by the deadline, told once."""
    await station.register(un=2, eu=2)
    await station.participants.set_unaccounted(station.organiser, "Zoë", constituency="EU")
    ballot = await start(station)
    assert (ballot.notified, ballot.entitled, await station.states()) == (5, 6, ["voting", "admitted"])
    await due(station, hours=71, minutes=59)
    assert (await view(station, ballot)).status is BallotStatus.OPEN
    await station.hush()
    await due(station, minutes=1)
    result = await station.ballots.result(station.guild_id, ballot.id)
    (figures,) = result.figures
    assert (figures.outcome, figures.turnout, figures.notified) == (Outcome.CARRIED, 0, 5)
    assert (result.electorate, result.voters, result.sealed) == (6, 0, True)
    assert await station.states() == ["adopted", "admitted"]
    assert (await station.said()).count("ballot.outcome") == 1
    await due(station, hours=1)
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1
    assert (await station.audit.verify()).problems == ()


async def test_one_objection_breaks_it_at_once(station: Station) -> None:
    """It leads back to the discussion, and everybody reads for whom and why."""
    await station.register(un=2, eu=2)
    ballot = await start(station)
    await station.hush()
    broken = await station.silences.break_silence(station.ben, ballot.id, " The text binds us too early ")
    assert (broken.status, broken.sealed) == (BallotStatus.CLOSED, True)
    assert await station.states() == ["admitted", "admitted"]
    result = await station.ballots.result(station.guild_id, ballot.id)
    (figures,) = result.figures
    assert (figures.outcome, figures.turnout) == (Outcome.NOT_CARRIED, 1)
    assert figures.by_constituency == {"EU": {"objections": 1}}
    assert (result.electorate, result.voters) == (6, 1)
    assert await said(station, ballot) == [(Kind.OBJECTION, "EU institutions", "The text binds us too early")]
    assert (await station.said()).count("ballot.outcome") == 1
    assert await station.value("SELECT count(*) FROM ledger WHERE body LIKE '%binds us%'") == 0
    assert await station.value("SELECT count(*) FROM deadlines WHERE done_at IS NULL") == 0
    await due(station, hours=80)
    assert await station.states() == ["admitted", "admitted"]
    assert (await station.audit.verify()).problems == ()


async def test_it_can_be_broken_in_the_last_microsecond(station: Station) -> None:
    """Whether the deadline has been looked at or not."""
    ballot = await start(station)
    station.clock.now = ballot.closes_at - timedelta(microseconds=1)
    await station.deadlines.run_due()
    await station.silences.break_silence(station.ben, ballot.id, "No")
    await due(station, hours=1)
    assert await station.states() == ["admitted", "admitted"]


@pytest.mark.parametrize("closed_by_then", [True, False])
async def test_at_its_time_it_can_no_longer_be_broken(station: Station, closed_by_then: bool) -> None:
    """Also when the program has not come to closing it yet; then it is adopted all the same."""
    ballot = await start(station)
    station.clock.now = ballot.closes_at
    if closed_by_then:
        await station.deadlines.run_due()
    for act in (station.silences.break_silence, station.silences.explain):
        with pytest.raises(Refused, match="time of this silence is up"):
            await act(station.ben, ballot.id, "Too late")
    await station.deadlines.run_due()
    assert await station.states() == ["adopted", "admitted"]
    assert await said(station, ballot) == []
    assert (await station.audit.verify()).problems == ()


async def test_broken_twice_at_once_it_is_broken_once(station: Station) -> None:
    """The second is told that it was broken already, and is not on record."""
    ballot = await start(station)
    answers = await asyncio.gather(
        station.silences.break_silence(station.ana, ballot.id, "No, says Ana"),
        station.silences.break_silence(station.ben, ballot.id, "No, says Ben"),
        station.silences.break_silence(station.ana, ballot.id, "No, says Ana again"),
        return_exceptions=True,
    )
    refused = [str(one) for one in answers if isinstance(one, Refused)]
    assert len(refused) == 2
    assert all("broken already" in one for one in refused)
    assert len(await said(station, ballot)) == 1
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'silence.broken'") == 1
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1
    assert (await station.audit.verify()).problems == ()


async def test_an_objection_and_the_deadline_at_once_end_in_one_outcome(station: Station) -> None:
    """Broken or adopted, never both."""
    ballot = await start(station)
    station.clock.now = ballot.closes_at - timedelta(microseconds=1)
    objecting = asyncio.create_task(station.silences.break_silence(station.ben, ballot.id, "No"))
    await asyncio.sleep(0)
    station.clock.now = ballot.closes_at
    await station.deadlines.run_due()
    broken = not isinstance((await asyncio.gather(objecting, return_exceptions=True))[0], Refused)
    assert await station.states() == ["admitted" if broken else "adopted", "admitted"]
    assert len(await said(station, ballot)) == int(broken)
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1
    assert (await station.audit.verify()).problems == ()


async def test_observers_and_strangers_do_not_break_it(station: Station) -> None:
    """Nor do facilitators as such, nor somebody of another server."""
    ballot = await start(station)
    for who in (station.obi, station.facilitator, actor(99), replace(station.ana, roles=frozenset())):
        for act in (station.silences.break_silence, station.silences.explain):
            with pytest.raises(NotAllowed):
                await act(who, ballot.id, "Not so")
    await station.load(by=actor(6, guild_id=77, may_manage_server=True))
    stranger = actor(11, Role.PARTICIPANT, guild_id=77, constituencies=("UN",))
    with pytest.raises(NotFound):
        await station.silences.break_silence(stranger, ballot.id, "Not so")
    with pytest.raises(NotFound):
        await station.silences.said(77, ballot.id)
    assert (await view(station, ballot)).status is BallotStatus.OPEN
    assert await said(station, ballot) == []


async def test_who_becomes_an_observer_on_the_way_does_not_break_it(station: Station) -> None:
    """Asked again in the transaction that takes the objection: the record would not fit the electorate."""
    await station.participants.enter(station.ben)
    ballot = await start(station)
    async with station.db.write() as tx:
        breaking = asyncio.create_task(station.silences.break_silence(station.ben, ballot.id, "No"))
        for _ in range(100):
            await asyncio.sleep(0)
        await tx.exec_driver_sql(
            "UPDATE registrations SET status = 'observer' "
            "WHERE person_id = (SELECT id FROM people WHERE user_id = 12)"
        )
    with pytest.raises(NotAllowed, match="not entitled here any more"):
        await breaking
    assert (await view(station, ballot)).status is BallotStatus.OPEN
    assert await said(station, ballot) == []


@pytest.mark.parametrize("words", ["", "   ", "\n\t", "\u200b\u2060", "x" * 1001])
async def test_a_reason_is_needed_and_has_an_end(station: Station, words: str) -> None:
    """Text that shows nothing is none; and the silence goes on."""
    ballot = await start(station)
    for act in (station.silences.break_silence, station.silences.explain):
        with pytest.raises(Invalid):
            await act(station.ben, ballot.id, words)
    assert (await view(station, ballot)).status is BallotStatus.OPEN
    assert await said(station, ballot) == []
    await station.silences.break_silence(station.ben, ballot.id, "x" * 1000)


async def test_an_explanation_of_position_breaks_nothing(station: Station) -> None:
    """Any number of them, before an objection too; all are on record in their order."""
    ballot = await start(station)
    await station.silences.explain(station.ana, ballot.id, "We read it as voluntary")
    station.clock.pass_(minutes=1)
    await station.silences.explain(station.ben, ballot.id, "So do we")
    assert (await view(station, ballot)).status is BallotStatus.OPEN
    assert await station.states() == ["voting", "admitted"]
    await due(station, hours=72)
    assert await station.states() == ["adopted", "admitted"]
    assert await said(station, ballot) == [
        (Kind.EXPLANATION, "United Nations", "We read it as voluntary"),
        (Kind.EXPLANATION, "EU institutions", "So do we"),
    ]
    assert await station.value("SELECT count(*) FROM cast_votes") == 0
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'silence.explained'") == 2
    with pytest.raises(Refused, match="is up"):
        await station.silences.explain(station.ana, ballot.id, "One more thing")
    assert (await station.audit.verify()).problems == ()


async def test_a_package_stands_or_falls_together(station: Station) -> None:
    """An objection to any part breaks it for all, and otherwise all are adopted."""
    for number in range(2):
        await station.propose(station.ana, title=f"Recommendation {number + 3}")
    broken = await start(station, "CAP-01, CAP-02")
    await start(station, "CAP-03, CAP-04", closes_in="5m")
    await station.silences.break_silence(station.ben, broken.id, "Not the second one")
    await due(station, minutes=5)
    assert await station.states() == ["admitted", "admitted", "adopted", "adopted"]
    result = await station.ballots.result(station.guild_id, broken.id)
    assert [(one.outcome, one.turnout) for one in result.figures] == [(Outcome.NOT_CARRIED, 1)] * 2
    assert result.voters == 1
    assert (await station.audit.verify()).problems == ()


async def test_extending_it_gives_time_to_object(station: Station) -> None:
    """The old time passes, the new one adopts; extended once its time is up it is not."""
    ballot = await start(station, closes_in="10m")
    extended = await station.ballots.extend(station.facilitator, ballot.id, "10m")
    assert extended.closes_at == ballot.closes_at + timedelta(minutes=10)
    await due(station, minutes=15)
    assert (await view(station, ballot)).status is BallotStatus.OPEN
    await station.silences.explain(station.ben, ballot.id, "Thank you for the time")
    station.clock.now = extended.closes_at
    with pytest.raises(Refused, match="is up"):
        await station.ballots.extend(station.facilitator, ballot.id, "10m")
    await station.deadlines.run_due()
    assert await station.states() == ["adopted", "admitted"]


async def test_called_off_it_decides_nothing(station: Station) -> None:
    """The recommendation is discussed further, and nobody objects to what is over."""
    ballot = await start(station)
    await station.silences.explain(station.ana, ballot.id, "We read it as voluntary")
    cancelled = await station.ballots.cancel(station.facilitator, ballot.id, "Wrong text")
    assert (cancelled.status, await station.states()) == (BallotStatus.CANCELLED, ["admitted", "admitted"])
    with pytest.raises(Refused, match="called off"):
        await station.silences.break_silence(station.ben, ballot.id, "No")
    await due(station, hours=80)
    assert await station.states() == ["admitted", "admitted"]
    assert (await station.audit.verify()).problems == ()


async def test_nobodys_word_ends_it_early(station: Station) -> None:
    """A facilitator can call it off, but not adopt before the time that was announced."""
    ballot = await start(station)
    with pytest.raises(Refused, match="ends at its time"):
        await station.ballots.close(station.facilitator, ballot.id)
    assert (await view(station, ballot)).status is BallotStatus.OPEN


async def test_no_ballot_is_broken_and_no_preview(station: Station) -> None:
    """Each is said as it is."""
    voted = await station.open(references="CAP-01")
    with pytest.raises(Refused, match="not a silence procedure"):
        await station.silences.break_silence(station.ben, voted.id, "No")
    prepared = await station.ballots.prepare(
        station.facilitator, BallotRequest(method="silence", references="CAP-02")
    )
    assert prepared.notified == 2
    with pytest.raises(Refused, match="not started yet"):
        await station.silences.break_silence(station.ben, prepared.id, "No")
    await station.ballots.discard(station.facilitator, prepared.id)
    with pytest.raises(Refused, match="not started yet"):
        await station.silences.explain(station.ben, prepared.id, "No")
    with pytest.raises(NotFound):
        await station.silences.break_silence(station.ben, 404, "No")


async def test_under_chatham_rules_a_small_constituency_is_not_named(station: Station) -> None:
    """Four registered people of the EU point at one; the record then tells no constituency either."""
    await station.load(CHATHAM)
    eu = await station.register(eu=4)
    ballot = await start(station)
    await station.silences.break_silence(eu[0], ballot.id, "No")
    assert await said(station, ballot) == [(Kind.OBJECTION, "a participant", "No")]
    (figures,) = (await station.ballots.result(station.guild_id, ballot.id)).figures
    assert figures.by_constituency == {"all": {"objections": 1}}
    assert await station.value("SELECT constituency FROM cast_votes") is None
    assert (await station.audit.verify()).problems == ()


async def test_under_chatham_rules_a_large_constituency_is_named(station: Station) -> None:
    """Five of the EU; observers make none larger."""
    await station.load(CHATHAM)
    eu = await station.register(eu=5)
    ballot = await start(station)
    await station.silences.break_silence(eu[0], ballot.id, "No")
    assert await said(station, ballot) == [(Kind.OBJECTION, "EU institutions", "No")]
    (figures,) = (await station.ballots.result(station.guild_id, ballot.id)).figures
    assert figures.by_constituency == {"EU": {"objections": 1}}
    await station.participants.enter(replace(eu[4], roles=frozenset({Role.OBSERVER})))
    assert await said(station, ballot) == [(Kind.OBJECTION, "a participant", "No")]


async def moments(station: Station) -> dict[object, datetime]:
    """When which deadline is due."""
    return {
        kind: datetime.fromisoformat(str(at))
        for kind, at in await station.rows("SELECT kind, due_at FROM deadlines WHERE done_at IS NULL")
    }


@pytest.mark.parametrize(
    ("closes_in", "reminders"),
    [
        ("5m", set()),
        ("60m", set()),
        ("61m", {"ballot.last_call"}),
        ("24h", {"ballot.last_call"}),
        ("24h1m", {"ballot.last_call", "ballot.reminder"}),
        ("72h", {"ballot.last_call", "ballot.reminder"}),
    ],
)
async def test_a_silence_reminds_a_day_and_an_hour_before_where_it_lasts_longer(
    station: Station, closes_in: str, reminders: set[str]
) -> None:
    """No objection asked in the room is reminded of by nobody."""
    ballot = await start(station, closes_in=closes_in)
    found = await moments(station)
    assert set(found) - {"ballot.pulse", "ballot.close"} == reminders
    before = {"ballot.last_call": timedelta(hours=1), "ballot.reminder": timedelta(hours=24)}
    for kind in reminders:
        assert found[kind] == ballot.closes_at - before[kind]


async def test_everybody_entitled_is_reminded_of_a_silence_once(station: Station) -> None:
    """Nobody has voted in it, whoever explained a position among them."""
    await station.register(eu=2)
    ballot = await start(station)
    await station.silences.explain(station.ana, ballot.id, "We read it as voluntary")
    await station.hush()
    await due(station, hours=48)
    payloads = await station.rows("SELECT payload FROM outbox WHERE kind = 'ballot.reminder' ORDER BY id")
    assert [json.loads(str(one))["user_id"] for (one,) in payloads] == [11, 1000, 1001]
    await due(station, hours=23)
    assert (await station.said()).count("ballot.last_call") == 1
    await due(station, hours=1)
    assert await station.value("SELECT count(*) FROM outbox WHERE kind = 'ballot.reminder'") == 3


@pytest.mark.parametrize(
    "options",
    [
        {"purpose": "indicative"},
        {"results": "live"},
        {"points": 5},
        {"points": 0},
        {"most": 1},
        {"seats": 2},
        {"importance": True},
        {"rounds": 2},
        {"rounds": 0},
    ],
)
async def test_a_silence_has_no_options_of_other_methods(
    station: Station, options: dict[str, object]
) -> None:
    """It decides, once, and shows nothing while it lasts."""
    with pytest.raises(Invalid):
        await station.open(method="silence", **options)
    assert await station.states() == ["admitted", "admitted"]


async def test_nothing_else_is_opened_on_what_is_under_silence(station: Station) -> None:
    """And a silence is not started on what is being voted on."""
    await start(station)
    for method in ("support", "rating", "silence", "ranked"):
        with pytest.raises(Refused, match="already under vote"):
            await station.open(method=method, references="CAP-01")
    await station.open(method="rating", references="CAP-02")
    with pytest.raises(Refused, match="already under vote"):
        await start(station, "CAP-02")


async def test_after_a_broken_silence_it_can_be_voted_on(station: Station) -> None:
    """The next ballot is the recommendation's latest result."""
    first = await start(station)
    await station.silences.break_silence(station.ben, first.id, "Let us vote")
    ballot = await station.open(references="CAP-01")
    await station.vote(station.ana, ballot, FOR)
    await station.close(ballot)
    assert await station.states() == ["adopted", "admitted"]
    assert (await station.audit.verify()).problems == ()


async def test_a_silence_goes_on_over_a_restart(station: Station) -> None:
    """It is broken, or ends, in another process than the one that started it."""
    first, second = await start(station), await start(station, "CAP-02", closes_in="1h")
    again = station.restarted()
    await again.silences.break_silence(again.ben, first.id, "No")
    again.clock.pass_(hours=1)
    await again.deadlines.run_due()
    assert await again.states() == ["admitted", "adopted"]
    assert (await again.ballots.result(again.guild_id, second.id)).sealed


async def test_a_delegation_that_objects_is_counted_once(station: Station) -> None:
    """The objection is its member's, and the electorate that of delegations."""
    await station.load(INITIATIVE + '[rules]\nvote_by = "delegation"\n')
    for who in (station.ana, station.ben):
        held = (who.roles, who.constituencies)
        await station.participants.set(station.organiser, who.user_id, who.name, held, organisation="EEAS")
    ballot = await start(station)
    assert (ballot.entitled, ballot.notified) == (1, 2)
    await station.silences.break_silence(station.ben, ballot.id, "No")
    result = await station.ballots.result(station.guild_id, ballot.id)
    assert (result.electorate, result.voters) == (1, 1)
    assert (await station.audit.verify()).problems == ()


async def test_the_ledger_says_how_many_were_notified(station: Station) -> None:
    """At the start, and again beside the outcome, so that a recount has it."""
    await station.register(un=3)
    ballot = await start(station)
    await due(station, hours=72)
    opened = json.loads(str(await station.value("SELECT body FROM ledger WHERE act = 'ballot.opened'")))
    closed = json.loads(str(await station.value("SELECT body FROM ledger WHERE act = 'ballot.closed'")))
    assert (opened["notified"], closed["beside"]) == (4, {"notified": 4})
    assert (await view(station, ballot)).notified == 4
