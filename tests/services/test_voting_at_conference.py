"""Ballots and silences on what was forwarded: where they are held, how they end, what they leave behind."""

from __future__ import annotations

import pytest

from seminar.errors import Refused
from seminar.model import Change, State
from services.voting.ballot_views import BallotRequest
from tests.services.conference_hall import OTHER, Hall
from tests.services.polling_station import AGAINST, FOR


async def at_both(hall: Hall) -> None:
    """CAP-01 and CAP-02 are at Brussels, which has a channel, CAP-03 is under discussion at Rome."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    await hall.events.placed(hall.guild_id, "ROM", 1, False)
    await hall.events.placed(hall.guild_id, "BRU", 2, False)


async def held(hall: Hall, **request: object) -> tuple[str, list[str]]:
    """Where a ballot would be held, and on what."""
    asked = BallotRequest(**request)  # type: ignore[arg-type]
    prepared = await hall.ballots.prepare(hall.facilitator, asked)
    return prepared.event, [item.reference for item in prepared.items]


async def test_a_theme_is_voted_on_where_the_channel_says(hall: Hall) -> None:
    """Elsewhere both are named; texts of the two are never on one ballot."""
    await at_both(hall)
    assert await held(hall, theme="CAP", channel_id=2) == ("BRU", ["CAP-01", "CAP-02"])
    assert await held(hall, theme="CAP", channel_id=1) == ("ROM", ["CAP-03"])
    with pytest.raises(Refused, match="CAP has recommendations in BRU and ROM"):
        await held(hall, theme="CAP", channel_id=9)
    assert await held(hall, references="CAP-02") == ("BRU", ["CAP-02"])
    with pytest.raises(Refused, match="One ballot is held in one event, and these belong to BRU and ROM"):
        await held(hall, references="CAP-01, CAP-03")
    await hall.events.close(hall.organiser, "BRU")
    assert await held(hall, theme="CAP", channel_id=9) == ("ROM", ["CAP-03"])
    with pytest.raises(Refused, match="BRU is not open"):
        await held(hall, references="CAP-01")


async def test_however_a_ballot_ends_the_text_stays_on_the_agenda(hall: Hall) -> None:
    """Carried or not, without a quorum, cancelled, taken out: forwarded, and to be voted on again."""
    await at_both(hall)
    ballot = await hall.open(theme=None, references="CAP-01, CAP-02", quorum="1")
    assert await hall.states() == ["voting", "voting", "admitted"]
    with pytest.raises(Refused, match="CAP-01 is already under vote in ballot B2"):
        await held(hall, references="CAP-01")
    await hall.removal.remove(hall.facilitator, ballot.id, "CAP-02", "Not yet")
    assert await hall.states() == ["voting", "forwarded", "admitted"]
    await hall.vote(hall.ana, ballot, AGAINST)
    await hall.close(ballot)
    assert await hall.states() == ["forwarded", "forwarded", "admitted"]
    cancelled = await hall.open(theme=None, references="CAP-01")
    await hall.ballots.cancel(hall.facilitator, cancelled.id, "A mistake")
    unheard = await hall.open(theme=None, references="CAP-01", quorum="2")
    await hall.vote(hall.ana, unheard, FOR)
    await hall.close(unheard)
    assert await hall.states() == ["forwarded", "forwarded", "admitted"]
    assert await hall.rows("SELECT DISTINCT event FROM ballots WHERE number > 1") == [("BRU",)]
    with pytest.raises(Refused, match="Ballot B2 did not carry"):
        await hall.finalise("CAP-01")
    assert not (await hall.audit.verify()).problems


async def test_an_amendment_breaks_a_silence_at_the_conference_too(hall: Hall) -> None:
    """And the text is open again, with the amendment to decide on."""
    await at_both(hall)
    asked = BallotRequest(method="silence", references="CAP-01", closes_in="1h")
    silence = await hall.ballots.prepare(hall.facilitator, asked)
    await hall.ballots.open(hall.facilitator, silence.id)
    rec = await hall.recommendations.get(hall.guild_id, "CAP-01")
    fields = {**rec.wording.fields, "text": OTHER}
    await hall.amendments.propose(hall.ben, "CAP-01", 1, fields, "", "nonce", breaking=silence.id)
    assert await hall.state("CAP-01") is State.FORWARDED
    await hall.accept(hall.facilitator, "CAP-01", 1, Change.SUBSTANTIVE)
    assert (await hall.recommendations.get(hall.guild_id, "CAP-01")).version == 2


async def test_what_was_prepared_at_the_seminar_is_held_at_the_conference(hall: Hall) -> None:
    """Its items have gone there meanwhile, and the ballot goes with them."""
    await hall.prepare(1)
    prepared = await hall.ballots.prepare(hall.facilitator, BallotRequest(references="CAP-01"))
    await hall.at_brussels("CAP-01")
    opened = await hall.ballots.open(hall.facilitator, prepared.id)
    assert (opened.event, await hall.states()) == ("BRU", ["voting"])
    await hall.vote(hall.ana, opened, FOR)
    await hall.close(opened)
    await hall.finalise("CAP-01")
    assert await hall.value("SELECT basis FROM conference_items") == "conference"


async def test_every_method_that_orders_leaves_a_forwarded_text_where_it_is(hall: Hall) -> None:
    """They inform; several may run side by side, and nothing is final meanwhile."""
    await at_both(hall)
    for name in ("rating", "points", "ranked", "shortlist"):
        await hall.open(theme=None, references="CAP-01, CAP-02", method=name)
    assert await hall.states() == ["forwarded", "forwarded", "admitted"]
    with pytest.raises(Refused, match="under vote in the ballots B2, B3, B4 and B5"):
        await hall.finalise("CAP-01")
    with pytest.raises(Refused, match="still open"):
        await hall.events.close(hall.organiser, "BRU")
