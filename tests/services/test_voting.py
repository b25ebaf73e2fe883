"""Voting: what is recorded, what is refused, and what nobody is told."""

from __future__ import annotations

import asyncio

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import Role
from services.keys import KeyMissing
from services.people.registering import NeedsConstituency
from services.voting.ballot_views import BallotRequest
from tests.services.polling_station import ABSTAIN, AGAINST, FOR, Station
from tests.services.small_seminar import actor
from tests.small_initiative import INITIATIVE


async def test_a_vote_is_recorded_with_a_receipt_and_ones_progress(station: Station) -> None:
    """What the voter reads after each tap."""
    ballot = await station.open()
    first = await station.voting.cast(station.ana, ballot.id, 1, FOR)
    assert (first.reference, first.choice, first.done, first.total) == ("CAP-01", FOR, 1, 2)
    assert first.receipt
    second = await station.voting.cast(station.ana, ballot.id, 2, ABSTAIN)
    assert (second.done, second.total) == (2, 2)
    assert second.receipt != first.receipt


async def test_a_first_vote_registers_the_voter(station: Station) -> None:
    """Nobody has to be registered beforehand."""
    ballot = await station.open()
    await station.vote(station.ben, ballot, FOR)
    assert (await station.ballots.view(station.guild_id, ballot.id)).entitled == 2


async def test_the_sheet_shows_each_voter_their_own_votes_only(station: Station) -> None:
    """With the text voted on, and after a restart just the same."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    await station.vote(station.ben, ballot, AGAINST, AGAINST)
    sheet = await station.restarted().voting.sheet(station.ana, ballot.id)
    assert [item.choice for item in sheet.items] == [FOR, None]
    assert [item.receipt is None for item in sheet.items] == [False, True]
    assert sheet.items[0].text.startswith("The UN and the EU")
    assert (sheet.done, sheet.total, sheet.ballot.label) == (1, 2, "B1")


async def test_a_vote_on_the_sheet_is_answered_with_the_sheet_as_it_now_stands(station: Station) -> None:
    """The same as if it were read again, with a closing time that was put off meanwhile."""
    ballot = await station.open(closes_in="1h")
    await station.vote(station.ana, ballot, FOR)
    await station.ballots.extend(station.facilitator, ballot.id, "30m")
    sheet = await station.voting.cast_on_sheet(station.ana, ballot.id, 2, AGAINST)
    assert sheet == await station.restarted().voting.sheet(station.ana, ballot.id)
    assert (sheet.done, [item.choice for item in sheet.items]) == (2, [FOR, AGAINST])
    taken_back = await station.voting.cast_on_sheet(station.ana, ballot.id, 1, None)
    assert (taken_back.done, taken_back.items[0].receipt) == (1, None)


async def test_a_changed_vote_keeps_its_receipt_and_counts_once(station: Station) -> None:
    """The last choice before closing is the one that counts."""
    ballot = await station.open()
    first = await station.voting.cast(station.ana, ballot.id, 1, FOR)
    changed = await station.voting.cast(station.ana, ballot.id, 1, AGAINST)
    assert (changed.receipt, changed.done) == (first.receipt, 1)
    figures = (await station.close(ballot)).figures[0]
    assert (figures.for_, figures.against) == (0, 1)


async def test_a_vote_taken_back_leaves_nothing(station: Station) -> None:
    """The voter counts as somebody who has not voted."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    back = await station.voting.cast(station.ana, ballot.id, 1, None)
    assert (back.choice, back.receipt, back.done) == (None, None, 0)
    result = await station.close(ballot)
    assert (result.voters, result.figures[0].turnout) == (0, 0)


async def test_two_votes_at_once_by_one_person_are_one_vote(station: Station) -> None:
    """A double tap, or two phones: the later of the two stands."""
    ballot = await station.open()
    await station.participants.enter(station.ana)
    answers = await asyncio.gather(
        station.voting.cast(station.ana, ballot.id, 1, FOR),
        station.voting.cast(station.ana, ballot.id, 1, AGAINST),
    )
    assert answers[0].receipt == answers[1].receipt
    assert await station.rows("SELECT choice FROM votes") == [("against",)]


async def test_a_vote_after_closing_is_refused_and_stored_nowhere(station: Station) -> None:
    """By somebody who voted before, and by somebody who never did."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    await station.close(ballot)
    for late in (station.ana, station.ben):
        with pytest.raises(Refused, match="closed"):
            await station.voting.cast(late, ballot.id, 2, FOR)
        with pytest.raises(Refused, match="closed"):
            await station.voting.sheet(late, ballot.id)
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await station.value("SELECT count(*) FROM cast_votes") == 1


async def test_a_vote_at_the_closing_time_itself_is_late(station: Station) -> None:
    """A moment before counts; the moment itself does not, though nobody has closed the ballot yet."""
    ballot = await station.open(closes_in="1h")
    station.clock.pass_(hours=1, microseconds=-1)
    await station.vote(station.ana, ballot, FOR)
    station.clock.pass_(microseconds=1)
    with pytest.raises(Refused, match="closed"):
        await station.voting.cast(station.ben, ballot.id, 1, FOR)
    with pytest.raises(Refused, match="is up"):
        await station.voting.sheet(station.ben, ballot.id)
    assert (await station.close(ballot)).voters == 1


async def test_votes_cast_while_the_ballot_closes_count_or_are_refused(station: Station) -> None:
    """Never both, never neither."""
    ballot = await station.open()
    voters = await station.register(un=10, eu=10)
    answers = await asyncio.gather(
        *(station.voting.cast(voter, ballot.id, 1, FOR) for voter in voters[:10]),
        station.ballots.close(station.facilitator, ballot.id),
        *(station.voting.cast(voter, ballot.id, 1, FOR) for voter in voters[10:]),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert all(isinstance(answer, Refused) for answer in refused)
    result = await station.ballots.result(station.guild_id, ballot.id)
    assert result.voters == len(answers) - 1 - len(refused)
    assert await station.value("SELECT count(*) FROM votes") == 0


async def test_a_vote_in_a_cancelled_ballot_says_so(station: Station) -> None:
    """To whoever still has the sheet before them."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    await station.ballots.cancel(station.facilitator, ballot.id, "Wrong text")
    with pytest.raises(Refused, match="cancelled"):
        await station.voting.cast(station.ana, ballot.id, 1, FOR)


async def test_an_observer_cannot_vote(station: Station) -> None:
    """Nor open a sheet to try."""
    ballot = await station.open()
    with pytest.raises(NotAllowed):
        await station.voting.cast(station.obi, ballot.id, 1, FOR)
    with pytest.raises(NotAllowed):
        await station.voting.sheet(station.obi, ballot.id)
    assert await station.value("SELECT count(*) FROM votes") == 0


async def test_a_facilitator_has_no_vote_by_that_role_alone(station: Station) -> None:
    """Leading a ballot is not taking part in it."""
    ballot = await station.open()
    with pytest.raises(NotAllowed):
        await station.voting.cast(station.facilitator, ballot.id, 1, FOR)


async def test_nobody_votes_before_saying_for_whom_they_speak(station: Station) -> None:
    """The refusal offers the constituencies; then the vote goes through."""
    ballot = await station.open()
    with pytest.raises(NeedsConstituency) as refused:
        await station.voting.cast(station.cem, ballot.id, 1, FOR)
    assert set(refused.value.options) == {"UN", "EU"}
    await station.participants.declare(station.cem, "EU")
    assert (await station.voting.cast(station.cem, ballot.id, 1, FOR)).done == 1


async def test_without_constituencies_there_is_one_group_of_all(station: Station) -> None:
    """Nobody is asked for whom they speak."""
    head, _, rest = INITIATIVE.partition("[[constituencies]]")
    await station.load(head + rest[rest.index("[[themes]]") :])
    ballot = await station.open()
    await station.vote(station.cem, ballot, FOR)
    await station.vote(station.ben, ballot, AGAINST)
    assert set((await station.close(ballot)).figures[0].by_constituency) == {"all"}


@pytest.mark.parametrize("position", [0, 3, -1])
async def test_an_item_that_is_not_on_the_ballot_is_not_found(station: Station, position: int) -> None:
    """However the button came to say so."""
    ballot = await station.open()
    with pytest.raises(NotFound):
        await station.voting.cast(station.ana, ballot.id, position, FOR)


async def test_a_ballot_of_another_server_or_none_is_not_found(station: Station) -> None:
    """Also once it is remembered from somebody else's vote."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    await station.load(by=actor(6, guild_id=77, may_manage_server=True))
    stranger = actor(7, Role.PARTICIPANT, guild_id=77, constituencies=("UN",))
    for ballot_id in (ballot.id, 99):
        with pytest.raises(NotFound):
            await station.voting.cast(stranger, ballot_id, 1, FOR)


async def test_a_ballot_not_yet_confirmed_takes_no_votes(station: Station) -> None:
    """It has no key either."""
    prepared = await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP"))
    with pytest.raises(Refused, match="not been opened"):
        await station.voting.cast(station.ana, prepared.id, 1, FOR)


async def test_a_missing_key_refuses_votes_and_closing_and_is_logged(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is told that a vote was stored when it could not be; the ballot can only be cancelled."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    for file in station.key_dir.iterdir():
        file.unlink()
    with pytest.raises(KeyMissing, match="cannot be read"):
        await station.voting.cast(station.ana, ballot.id, 2, FOR)
    with pytest.raises(KeyMissing):
        await station.ballots.close(station.facilitator, ballot.id)
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 2
    assert await station.value("SELECT count(*) FROM votes") == 1
    assert (await station.ballots.cancel(station.facilitator, ballot.id, "Key lost")).sealed


async def test_a_reason_is_kept_only_where_the_ballot_asks_one(station: Station) -> None:
    """And is kept apart from vote and voter once the ballot has closed."""
    ballot = await station.open(reasons="against")
    await station.voting.cast(station.ana, ballot.id, 1, FOR, "not asked")
    receipt = (await station.voting.cast(station.ben, ballot.id, 1, AGAINST, "  Too costly ")).receipt
    await station.close(ballot)
    assert await station.rows("SELECT position, choice, text FROM vote_reasons") == [
        (1, "against", "Too costly")
    ]
    ids = str(await station.rows("SELECT id FROM vote_reasons"))
    assert receipt is not None
    assert receipt not in ids


async def test_an_endless_reason_is_refused_and_the_vote_with_it(station: Station) -> None:
    """The voter shortens it and votes again."""
    ballot = await station.open(reasons="all")
    with pytest.raises(Invalid, match="at most 1000"):
        await station.voting.cast(station.ana, ballot.id, 1, FOR, "x" * 1001)
    assert await station.value("SELECT count(*) FROM votes") == 0


async def test_receipts_can_be_switched_off(station: Station) -> None:
    """A receipt can be demanded by a superior."""
    await station.load(INITIATIVE + "[rules]\nreceipts = false\n")
    ballot = await station.open()
    assert (await station.voting.cast(station.ana, ballot.id, 1, FOR)).receipt is None
    await station.close(ballot)
    assert await station.rows("SELECT receipt FROM cast_votes") == [(None,)]


async def test_the_receipt_is_found_in_the_published_record(station: Station) -> None:
    """With the choice it was given for."""
    ballot = await station.open()
    receipt = (await station.voting.cast(station.ana, ballot.id, 2, AGAINST)).receipt
    await station.close(ballot)
    assert await station.rows(
        f"SELECT reference, choice, voter FROM cast_votes WHERE receipt = '{receipt}'"
    ) == [("CAP-02", "against", None)]


async def test_a_vote_is_bound_to_the_text_it_was_given_on(station: Station) -> None:
    """The version is pinned at opening, and frozen while the ballot is open."""
    ballot = await station.open()
    assert await station.rows("SELECT version FROM ballot_items") == [(1,), (1,)]
    with pytest.raises(Refused):
        await station.recommendations.withdraw(station.ana, "CAP-01")
    assert (await station.voting.sheet(station.ana, ballot.id)).items[0].title == "Recommendation 1"
