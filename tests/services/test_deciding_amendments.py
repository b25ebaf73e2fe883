"""Amendments that are decided, break a silence, or become recommendations; none is overwritten."""

from __future__ import annotations

import asyncio
import secrets

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import AmendmentStatus, BallotStatus, Change, Kinship, State
from seminar.wording import Wording
from services.drafting.amendments import ChangeNotSaid, WouldBreakSilence
from services.drafting.recommendations import Draft
from storage.statements import Kind
from tests.services.amending_desk import CAP, adopted, amend, ledger, news, text, wording
from tests.services.polling_station import AGAINST, Station
from tests.services.small_seminar import TEXT, actor
from tests.small_initiative import INITIATIVE


async def test_only_author_and_facilitator_decide_and_they_name_which(station: Station) -> None:
    """Without a number the only open one; of several the numbers are listed."""
    with pytest.raises(NotFound, match="No amendment to CAP-01 is open"):
        await station.amendments.accept(station.ana, CAP)
    await amend(station, station.ben, "first day", "first hour")
    for who in (station.ben, station.cem, station.obi, station.organiser, actor(99)):
        for act in (
            station.amendments.accept(who, CAP, 1),
            station.amendments.reject(who, CAP, 1),
            station.amendments.deciding(who, CAP, 1),
        ):
            with pytest.raises(NotAllowed, match="author of CAP-01 or a facilitator"):
                await act
    await amend(station, station.cem, "missions", "all missions")
    with pytest.raises(Refused, match="are open: 1 and 2"):
        await station.amendments.accept(station.ana, CAP)
    for number in (3, 0, -1, 2**62):
        with pytest.raises(NotFound, match="There is no amendment"):
            await station.amendments.accept(station.ana, CAP, number)
    assert (await station.amendments.reject(station.facilitator, CAP, 2, " No. ")).decision == "No."
    assert (await station.amendments.accept(station.ana, CAP)).number == 1
    with pytest.raises(Invalid, match="at most 500"):
        await station.amendments.reject(station.ana, CAP, 1, "x" * 501)


async def test_the_authors_own_amendment_is_one_too_and_can_be_the_text_at_once(station: Station) -> None:
    """Filed, then accepted by the same hand; the version is nobody else's."""
    made = await amend(station, station.ana, "first day", "first hour", reason="Better so.")
    await station.hush()
    await station.amendments.accept(station.ana, CAP, made.number)
    assert await news(station) == [("news", "amendment_accepted", None)]
    row = "SELECT decided_by, reason, amendment FROM versions WHERE recommendation_id = 1 AND number = 2"
    assert await station.rows(row) == [(None, "Better so.", 1)]


async def test_an_adopted_text_changes_in_substance_or_only_in_its_wording(station: Station) -> None:
    """It is asked which; wording is a facilitator's word, substance needs a new vote and voters are told."""
    await adopted(station)
    assert (await text(station))[2] is State.ADOPTED
    await amend(station, station.cem, "first day", "first hour")
    await amend(station, station.cem, "missions", "all missions")
    with pytest.raises(ChangeNotSaid) as asked:
        await station.amendments.accept(station.ana, CAP, 1)
    assert asked.value.amendment.number == 1
    with pytest.raises(NotAllowed, match="only a facilitator"):
        await station.amendments.accept(station.ana, CAP, 1, change=Change.EDITORIAL)
    await station.hush()
    await station.amendments.accept(station.facilitator, CAP, 1, change=Change.EDITORIAL)
    assert (await text(station))[1:] == (2, State.ADOPTED)
    assert "voted_text_changed" not in {what for _, what, _ in await news(station)}
    with pytest.raises(Refused, match="changed since you looked"):
        await station.amendments.accept(station.ana, CAP, 2, change=Change.SUBSTANTIVE, seen_version=1)
    await station.amendments.accept(station.ana, CAP, 2, change=Change.SUBSTANTIVE, seen_version=2)
    assert (await text(station))[1:] == (3, State.ADMITTED)
    told = {user for kind, what, user in await news(station) if what == "voted_text_changed"}
    assert told == {None, station.ana.user_id, station.ben.user_id}
    ballot = await station.open(theme=None, references=CAP)
    await station.vote(station.ana, ballot, AGAINST)
    await station.close(ballot)
    assert (await text(station))[2] is State.NOT_ADOPTED
    with pytest.raises(Refused, match="not adopted"):
        await station.amendments.opening(station.ben, CAP)


async def test_before_a_vote_the_author_may_call_a_change_editorial(station: Station) -> None:
    """Nobody has decided on the text yet."""
    await amend(station, station.ben, "first day", "first hour")
    made = await station.amendments.accept(station.ana, CAP, change=Change.EDITORIAL)
    assert made.version == 2
    assert await station.value("SELECT change FROM versions WHERE number = 2") == "editorial"


async def test_what_was_reworked_unseen_is_not_accepted(station: Station) -> None:
    """The text under the button is the one that is accepted, or none."""
    await amend(station, station.ben, "first day", "first hour")
    await station.amendments.rework(station.ben, CAP, 1, 1, wording(TEXT.replace("day", "century")), "")
    with pytest.raises(Refused, match="reworked since you looked"):
        await station.amendments.accept(station.ana, CAP, 1, seen_revision=1)
    assert (await station.amendments.accept(station.ana, CAP, 1, seen_revision=2)).version == 2


async def test_a_returned_text_comes_back_with_the_amendment(station: Station) -> None:
    """Reworking it is what it was returned for."""
    async with station.db.write() as tx:
        await tx.exec_driver_sql("UPDATE recommendations SET state = 'returned' WHERE id = 1")
    await amend(station, station.ana, "first day", "first hour")
    await station.amendments.accept(station.ana, CAP)
    assert (await text(station))[1:] == (2, State.PROPOSED)


async def test_its_author_takes_an_amendment_back(station: Station) -> None:
    """Nobody else does; once decided it stays; it can be asked for again."""
    await amend(station, station.ben, "first day", "first hour")
    await amend(station, station.cem, "missions", "all missions")
    for who in (station.cem, station.ana, station.facilitator):
        with pytest.raises(NotAllowed, match="Only its author"):
            await station.amendments.withdraw(who, CAP, 1)
    with pytest.raises(NotFound, match="You have no open amendment"):
        await station.amendments.withdraw(station.ana, CAP)
    assert (await station.amendments.withdraw(station.ben, CAP)).status is AmendmentStatus.WITHDRAWN
    with pytest.raises(Refused, match="taken back already"):
        await station.amendments.accept(station.ana, CAP, 1)
    assert (await amend(station, station.ben, "first day", "first hour")).number == 3


async def test_who_asked_for_it_may_be_gone(station: Station) -> None:
    """Accepted, rejected and shown all the same; nobody without an account is written to."""
    await amend(station, station.ben, "first day", "first hour")
    await amend(station, station.ben, "missions", "all missions")
    async with station.db.write() as tx:
        await tx.exec_driver_sql("UPDATE people SET user_id = NULL, name = '' WHERE name = 'Ben'")
    await station.hush()
    accepted = await station.amendments.accept(station.ana, CAP, 1)
    await station.amendments.reject(station.facilitator, CAP, 2)
    assert str(accepted.author_shown) == "a former participant"
    assert {user for _, _, user in await news(station)} == {None}


async def test_an_amendment_breaks_a_silence_whose_author_was_told(station: Station) -> None:
    """Statement, end of the procedure and amendment are one act; unasked nothing is broken or lost."""
    await station.register(un=2, eu=2)
    silence = await station.open(method="silence", theme=None, references="CAP-01, CAP-02", closes_in="72h")
    opened = await station.amendments.opening(station.ben, CAP)
    assert opened.silence is not None and opened.silence.id == silence.id
    for told in (None, silence.id + 1):
        with pytest.raises(WouldBreakSilence) as asked:
            await amend(station, station.ben, "first day", "first hour", breaking=told)
        assert asked.value.ballot.id == silence.id
    for who in (station.obi, station.facilitator):
        with pytest.raises(NotAllowed):
            await amend(station, who, "first day", "first hour", breaking=silence.id)
    with pytest.raises(Refused, match="as it stands"):
        await station.amendments.propose(station.ben, CAP, 1, wording(), "", "n", breaking=silence.id)
    assert await station.states() == ["voting", "voting"]
    assert (await station.ballots.view(station.guild_id, silence.id)).status is BallotStatus.OPEN

    made = await amend(
        station, station.ben, "first day", "first hour", reason="Days are late.", breaking=silence.id
    )
    assert (made.number, made.state) == (1, State.ADMITTED)
    ended = await station.ballots.view(station.guild_id, silence.id)
    assert (ended.status, ended.sealed) == (BallotStatus.CLOSED, True)
    (said,) = await station.silences.said(station.guild_id, silence.id)
    assert (said.kind, said.text) == (Kind.OBJECTION, "Days are late.\n“day” → “hour”")
    assert await station.states() == ["admitted", "admitted"]
    assert [act for act, _ in await ledger(station)] == ["amendment.proposed"]
    assert (await ledger(station))[0][1]["broke"] == silence.id
    assert (await station.audit.verify()).problems == ()


async def test_a_silence_that_ended_first_is_not_broken(station: Station) -> None:
    """Its time is up and the text adopted: the amendment is one to an adopted text."""
    await station.participants.enter(station.ben)
    silence = await station.open(method="silence", theme=None, references=CAP, closes_in="1h")
    station.clock.pass_(hours=1)
    with pytest.raises(Refused, match="time of this silence is up"):
        await amend(station, station.ben, "first day", "first hour", breaking=silence.id)
    await station.deadlines.run_due()
    made = await amend(station, station.ben, "first day", "first hour", breaking=silence.id)
    assert (made.state, made.number) == (State.ADOPTED, 1)


async def test_a_rejected_amendment_becomes_a_recommendation_once(station: Station) -> None:
    """Only for its author, only once; both sides say where it came from and went."""
    await amend(station, station.ben, "first day", "first hour")
    with pytest.raises(Refused, match="rejected"):
        await station.amendments.derivable(station.ben, CAP, 1)
    await station.amendments.reject(station.ana, CAP, 1, "Too early.")
    with pytest.raises(NotAllowed, match="Only its author"):
        await station.amendments.derivable(station.cem, CAP, 1)
    asked = (await station.amendments.derivable(station.ben, CAP, 1)).asked

    def draft(derived: str = "CAP-01/1") -> Draft:
        return Draft("CAP", "ROM", asked.title, asked.text, derived=derived)

    for who, derived in ((station.cem, "CAP-01/1"), (station.ben, "CAP-01/2"), (station.ben, "nonsense")):
        with pytest.raises(Refused):
            await station.recommendations.propose(who, draft(derived), secrets.token_hex(8))
    await station.hush()
    made = await asyncio.gather(
        *(station.recommendations.propose(station.ben, draft(), nonce) for nonce in ("a", "b")),
        return_exceptions=True,
    )
    (own,) = [one for one in made if not isinstance(one, BaseException)]
    (late,) = [one for one in made if isinstance(one, Refused)]
    assert f"has become {own.reference} already" in str(late)
    assert own.background is not None
    assert [(kin.kind, kin.reference) for kin in own.background.predecessors] == [(Kinship.DERIVED, CAP)]
    assert (await station.amendments.view(station.guild_id, CAP, 1)).derived == own.reference
    assert await station.value("SELECT count(*) FROM recommendations") == 3
    said = await station.rows("SELECT kind, subject FROM outbox")
    assert {("amendment.refresh", "CAP-01/1"), ("card.refresh", CAP), ("card.post", own.reference)} <= set(
        said
    )
    again = await station.recommendations.propose(station.ben, draft(), "a")
    assert again.reference == own.reference
    assert (await station.audit.verify()).problems == ()


async def test_authors_are_shown_as_the_initiative_allows(station: Station) -> None:
    """Under the rule of Chatham House a group too small points at nobody."""
    chatham = INITIATIVE.replace('attribution = "named"', 'attribution = "chatham"')
    await station.load(chatham)
    made = await amend(station, station.ben, "first day", "first hour")
    assert str(made.author_shown) == "a participant"
    await station.register(eu=4)
    shown = await station.amendments.view(station.guild_id, CAP, 1)
    assert str(shown.author_shown) == "EU institutions"


async def test_a_whole_text_of_marks_is_replaced_and_kept(station: Station) -> None:
    """2,000 characters with combining marks, rewritten wholly and back again."""
    first, other = "e\u0301" * 1000, "o\u0308" * 1000
    await station.amendments.propose(station.ben, CAP, 1, wording(first), "", "a")
    await station.amendments.accept(station.ana, CAP)
    await station.amendments.propose(station.ben, CAP, 2, wording(other), "", "b")
    await station.amendments.accept(station.ana, CAP)
    assert (await text(station))[:2] == (other, 3)
    shown = await station.amendments.view(station.guild_id, CAP, 2)
    assert (shown.before, shown.after) == (
        Wording("Recommendation 1", first),
        Wording("Recommendation 1", other),
    )
