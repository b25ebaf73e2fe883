"""What becomes final at the conference, on what basis, and what needs a new decision first."""

from __future__ import annotations

import asyncio
import json

import pytest

from seminar.conference import Basis, Ending
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import Change, Role, State
from services.voting.ballot_views import BallotRequest
from storage import own_data, people
from tests.services.conference_hall import OTHER, Hall
from tests.services.polling_station import FOR
from tests.services.small_seminar import TEXT, actor

NOT = Ending.NOT_FINALISED
LATER = OTHER.replace("missions", "all missions")


async def test_what_the_seminar_adopted_becomes_final_as_it_is(hall: Hall) -> None:
    """With a number, the version, the ballot it rests on, and a digest of its words in the ledger."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    seen = await hall.conference.preview(hall.organiser, "cap-2")
    assert (seen.number, seen.basis, seen.before) == (1, Basis.SEMINAR, seen.rec.wording)
    assert seen.decided is not None
    assert (seen.decided.label, seen.decided.title) == ("B1", "Rome seminar")
    made = await hall.finalise("CAP-02")
    assert (made.number, made.again, made.rec.state) == (1, False, State.FINALISED)
    item = await hall.item("CAP-02")
    assert (item.number, item.final_version, item.basis) == (1, 1, Basis.SEMINAR)
    assert item.decided_at == hall.clock.now
    ((subject, body),) = await hall.acts("recommendation.finalised")
    content = body.pop("content")
    assert (subject, body) == (
        "CAP-02",
        {
            "from": "forwarded",
            "state": "finalised",
            "version": 1,
            "number": 1,
            "basis": "seminar",
            "ballot": "B1",
            "reason": None,
        },
    )
    kept = await hall.value(f"SELECT text FROM ledger_texts WHERE digest = '{content}'")
    assert json.loads(str(kept))["text"] == TEXT
    assert await hall.told() == [("CAP-02", "finalised")]
    assert (await hall.finalise("CAP-01")).number == 2
    assert not (await hall.audit.verify()).problems


async def test_confirmed_twice_or_by_two_at_once_it_is_final_once(hall: Hall) -> None:
    """Whoever comes second learns its number; two texts at once get two numbers."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    other = actor(99, Role.ORGANISER, name="Otto")
    settle = hall.conference.settle
    made = await asyncio.gather(
        settle(hall.organiser, "CAP-01", 1, Ending.FINALISED),
        settle(other, "CAP-01", 1, Ending.FINALISED),
        settle(other, "CAP-02", 1, Ending.FINALISED),
    )
    assert sorted(one.again for one in made) == [False, False, True]
    assert made[0].number == made[1].number
    assert {made[0].number, made[2].number} == {1, 2}
    assert len(await hall.acts("recommendation.finalised")) == 2
    with pytest.raises(Refused, match=r"finalised already, as R[12]"):
        await hall.conference.preview(hall.organiser, "CAP-01")


async def test_a_change_of_wording_keeps_the_decision_one_of_substance_does_not(hall: Hall) -> None:
    """Until the words that were decided on are given back, or decided on anew."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    await hall.reword("CAP-01", OTHER, Change.EDITORIAL)
    seen = await hall.conference.preview(hall.organiser, "CAP-01")
    assert seen.before is not None
    assert (seen.before.text, seen.rec.text) == (TEXT, OTHER)
    await hall.reword("CAP-01", LATER)
    with pytest.raises(
        Refused, match=r"changed in substance since version 1.* ballot B1; it needs a new decision"
    ):
        await hall.finalise("CAP-01")
    with pytest.raises(Refused, match="needs a new decision"):
        await hall.conference.settle(hall.organiser, "CAP-01", 3, Ending.FINALISED)
    await hall.reword("CAP-01", OTHER)
    assert (await hall.conference.preview(hall.organiser, "CAP-01")).number == 1
    await hall.reword("CAP-01", TEXT)
    assert (await hall.finalise("CAP-01")).number == 1
    assert (await hall.item("CAP-01")).final_version == 5


async def test_what_the_conference_decides_anew_rests_on_its_own_ballot(hall: Hall) -> None:
    """Whether by a vote or by silence; the state stays forwarded until it is final."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    await hall.reword("CAP-01", OTHER)
    await hall.adopt("CAP-01")
    assert await hall.state("CAP-01") is State.FORWARDED
    seen = await hall.conference.preview(hall.organiser, "CAP-01")
    assert seen.decided is not None
    assert (seen.basis, seen.decided.label, seen.decided.version) == (Basis.CONFERENCE, "B2", 2)
    await hall.finalise("CAP-01")
    await hall.reword("CAP-02", LATER)
    prepared = await hall.ballots.prepare(
        hall.facilitator, BallotRequest(method="silence", references="CAP-02", closes_in="10m")
    )
    await hall.ballots.open(hall.facilitator, prepared.id)
    with pytest.raises(Refused, match="under vote in ballot B3"):
        await hall.finalise("CAP-02")
    hall.clock.pass_(minutes=11)
    await hall.deadlines.run_due()
    await hall.finalise("CAP-02")
    item = await hall.item("CAP-02")
    assert (item.basis, item.number, item.final_version) == (Basis.CONFERENCE, 2, 2)


async def test_what_the_conference_did_not_carry_is_not_made_final(hall: Hall) -> None:
    """The seminar's decision does not stand against the conference's own."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    await hall.reject_one("CAP-01")
    assert await hall.state("CAP-01") is State.FORWARDED
    with pytest.raises(Refused, match="Ballot B2 did not carry CAP-01 here"):
        await hall.finalise("CAP-01")
    await hall.adopt("CAP-01")
    assert (await hall.finalise("CAP-01")).number == 1
    silence = await hall.open(theme=None, references="CAP-02", method="silence", closes_in="10m")
    await hall.silences.break_silence(hall.ben, silence.id, "Not like that")
    with pytest.raises(Refused, match="Somebody objected in the silence procedure B4 on CAP-02 here"):
        await hall.finalise("CAP-02")


async def test_without_a_quorum_the_conference_has_decided_nothing(hall: Hall) -> None:
    """What the seminar decided stands, and so does what the conference decided before."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    for reference in ("CAP-01", "CAP-02"):
        if reference == "CAP-02":
            await hall.reject_one(reference)
        unheard = await hall.open(theme=None, references=reference, quorum="2")
        await hall.vote(hall.ana, unheard, FOR)
        await hall.close(unheard)
    assert (await hall.finalise("CAP-01")).number == 1
    assert (await hall.item("CAP-01")).basis is Basis.SEMINAR
    with pytest.raises(Refused, match="Ballot B3 did not carry CAP-02 here"):
        await hall.finalise("CAP-02")


async def test_a_ballot_that_only_informs_decides_nothing(hall: Hall) -> None:
    """While it is open nothing is decided on; closed, it changes no basis."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    ballot = await hall.open(theme=None, references="CAP-01", purpose="indicative")
    with pytest.raises(Refused, match="under vote in ballot B2"):
        await hall.finalise("CAP-01")
    await hall.vote(hall.ana, ballot, FOR)
    await hall.close(ballot)
    await hall.finalise("CAP-01")
    assert (await hall.item("CAP-01")).basis is Basis.SEMINAR


async def test_open_amendments_are_named_and_closed_with_the_text(hall: Hall) -> None:
    """Their authors are told, and may propose them by themselves."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    rec = await hall.recommendations.get(hall.guild_id, "CAP-01")
    await hall.amend(hall.ben, "CAP-01", 1, rec.wording, OTHER)
    assert (await hall.conference.preview(hall.organiser, "CAP-01")).amendments == (1,)
    await hall.hush()
    await hall.finalise("CAP-01")
    assert await hall.value("SELECT status FROM amendments") == "rejected"
    assert ("CAP-01", "amendment_not_taken_up") in await hall.told()
    assert "amendment.refresh" in await hall.said()
    with pytest.raises(Refused, match="only one that is"):
        await hall.amend(hall.ben, "CAP-01", 1, rec.wording, LATER)


async def test_a_text_is_final_as_it_was_seen_or_not_at_all(hall: Hall) -> None:
    """Changed meanwhile it has to be looked at again."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    seen = await hall.conference.preview(hall.organiser, "CAP-01")
    await hall.reword("CAP-01", OTHER, Change.EDITORIAL)
    with pytest.raises(Refused, match="changed since you looked"):
        await hall.conference.settle(hall.organiser, "CAP-01", seen.rec.version, Ending.FINALISED)
    assert await hall.state("CAP-01") is State.FORWARDED


async def test_it_can_be_left_without_a_final_text_for_a_reason(hall: Hall) -> None:
    """Which is kept and told; it has no number, and nothing it rests on."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    for nothing in ("", " \u200b "):
        with pytest.raises(Invalid, match="Say why"):
            await hall.conference.preview(hall.organiser, "CAP-01", NOT, nothing)
    made = await hall.finalise("CAP-01", NOT, "Overtaken by *events*")
    assert (made.number, made.rec.state) == (None, State.NOT_FINALISED)
    assert (await hall.conference.settle(hall.organiser, "CAP-01", 1, NOT)).again
    item = await hall.item("CAP-01")
    assert (item.number, item.final_version, item.basis) == (None, None, Basis.NOT_FINALISED)
    assert item.reason == "Overtaken by *events*"
    with pytest.raises(Refused, match="left CAP-01 without a final text; `/conference reopen`"):
        await hall.conference.settle(hall.organiser, "CAP-01", 1, Ending.FINALISED)
    for ending in Ending:
        with pytest.raises(Refused, match="left CAP-01 without a final text; `/conference reopen`"):
            await hall.conference.preview(hall.organiser, "CAP-01", ending, "So.")
    ((_, body),) = await hall.acts("recommendation.not_finalised")
    assert "Overtaken" not in json.dumps(body)


async def test_what_was_decided_on_can_be_taken_up_again_and_keeps_its_number(hall: Hall) -> None:
    """While the conference is not closed; the number is given to nobody else meanwhile."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    await hall.finalise("CAP-01")
    with pytest.raises(Invalid, match="Say why"):
        await hall.conference.reopen(hall.organiser, "CAP-01", " ")
    assert (await hall.conference.reopen(hall.organiser, "CAP-01", "A slip")).state is State.FORWARDED
    item = await hall.item("CAP-01")
    assert (item.number, item.final_version, item.basis, item.decided_by) == (1, None, None, None)
    with pytest.raises(Refused, match="only one that is finalised or not finalised"):
        await hall.conference.reopen(hall.organiser, "CAP-02", "Why not")
    assert (await hall.finalise("CAP-02")).number == 2
    await hall.finalise("CAP-01", NOT, "No.")
    await hall.conference.reopen(hall.organiser, "CAP-01", "Yes, after all")
    assert (await hall.finalise("CAP-01")).number == 1
    await hall.events.close(hall.organiser, "BRU")
    with pytest.raises(Refused, match="BRU is closed"):
        await hall.conference.reopen(hall.organiser, "CAP-01", "Too late")


async def test_what_is_not_at_the_conference_is_not_decided_on_there(hall: Hall) -> None:
    """Withdrawn, merged, only adopted, unknown; by anybody but an organiser; and once it is closed."""
    await hall.prepare(4)
    await hall.recommendations.withdraw(hall.ana, "CAP-03")
    await hall.adopt("CAP-01", "CAP-02")
    await hall.conference.forward(hall.organiser, "ROM", 1)
    never, not_yet = "not at a conference; only what is adopted", "was not forwarded .* with the event ROM"
    for reference, state, why in (
        ("CAP-03", "withdrawn", never),
        ("CAP-02", "adopted", not_yet),
        ("CAP-04", "under discussion", never),
    ):
        for ending in Ending:
            with pytest.raises(Refused, match=f"{reference} is {state} and {why}"):
                await hall.finalise(reference, ending, "So.")
    with pytest.raises(NotFound):
        await hall.finalise("CAP-99")
    with pytest.raises(Invalid):
        await hall.finalise("'; DROP TABLE")
    for who in (hall.ana, hall.facilitator, hall.obi):
        with pytest.raises(NotAllowed):
            await hall.finalise("CAP-01", by=who)
        with pytest.raises(NotAllowed):
            await hall.conference.settle(who, "CAP-01", 1, Ending.FINALISED)
    await hall.events.open(hall.organiser, "BRU")
    await hall.events.close(hall.organiser, "BRU")
    with pytest.raises(Refused, match="BRU is closed"):
        await hall.finalise("CAP-01")


async def test_what_nobody_decided_on_stays_open_when_the_conference_closes(hall: Hall) -> None:
    """It is named, and goes on when the conference is opened again."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    await hall.finalise("CAP-01")
    await hall.hush()
    closed = await hall.events.close(hall.organiser, "BRU")
    assert closed.left_open == ("CAP-02",)
    assert await hall.state("CAP-02") is State.FORWARDED
    assert "conference.left_open" in await hall.said()
    await hall.events.open(hall.organiser, "BRU")
    await hall.finalise("CAP-02")
    assert (await hall.events.close(hall.organiser, "BRU")).left_open == ()
    assert (await hall.events.close(hall.organiser, "ROM")).left_open == ()


async def test_what_an_organiser_did_is_among_their_own_data(hall: Hall) -> None:
    """What they forwarded and what they decided on, with the reason."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    await hall.finalise("CAP-01", NOT, "Too early.")
    async with hall.db.read() as tx:
        ola = await people.by_user(tx, hall.guild_id, hall.organiser.user_id)
        assert ola is not None
        found = await own_data.everything(tx, ola)
    assert [one["reference"] for one in found["forwarded_to_a_conference"]] == ["CAP-01", "CAP-02"]
    (decided,) = found["decided_at_a_conference"]
    assert (decided["reference"], decided["reason"]) == ("CAP-01", "Too early.")
