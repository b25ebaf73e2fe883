"""Opening and closing events."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from seminar.errors import NotAllowed, NotFound, Refused
from seminar.model import EventStatus
from storage import ledger, outbox
from storage.schema import ballots
from tests.services.small_seminar import GUILD, Seminar


async def test_an_organiser_opens_an_event_and_its_channel_is_to_be_made(house: Seminar) -> None:
    """State, ledger entry and what is to be said in Discord are there together."""
    view = await house.events.open(house.organiser, "rom")
    assert (view.event.code, view.status, view.channel_id) == ("ROM", EventStatus.OPEN, None)
    assert (await house.events.view(GUILD, "ROM")).status is EventStatus.OPEN
    async with house.db.read() as tx:
        said = [(row.kind, row.subject) for row in await outbox.due(tx, house.clock())]
        entries = await ledger.entries(tx, GUILD)
    assert said == [("event.opened", "ROM")]
    assert (entries[-1].act, entries[-1].subject) == ("event.opened", "ROM")


async def test_only_organisers_open_and_close_events(rome: Seminar) -> None:
    """Facilitators run votes, not events."""
    for person in (rome.facilitator, rome.ana, rome.owner):
        with pytest.raises(NotAllowed, match="organisers"):
            await rome.events.open(person, "BER")
        with pytest.raises(NotAllowed, match="organisers"):
            await rome.events.close(person, "ROM")


async def test_an_unknown_event_is_answered_with_those_there_are(house: Seminar) -> None:
    """The sentence lists the codes."""
    with pytest.raises(NotFound, match="ROM and BER"):
        await house.events.open(house.organiser, "PAR")
    with pytest.raises(NotFound, match="ROM and BER"):
        await house.events.view(GUILD, "PAR")


async def test_an_open_event_is_not_opened_twice(rome: Seminar) -> None:
    """Nothing is said in Discord a second time."""
    with pytest.raises(Refused, match="open already"):
        await rome.events.open(rome.organiser, "ROM")
    async with rome.db.read() as tx:
        assert len(await outbox.due(tx, rome.clock())) == 1


async def test_an_event_that_is_not_open_is_not_closed(house: Seminar) -> None:
    """Neither one that is planned nor one that was closed."""
    with pytest.raises(Refused, match="not open"):
        await house.events.close(house.organiser, "ROM")
    await house.events.open(house.organiser, "ROM")
    await house.events.close(house.organiser, "ROM")
    with pytest.raises(Refused, match="not open"):
        await house.events.close(house.organiser, "ROM")


async def test_a_closed_event_opens_again_where_it_was(rome: Seminar) -> None:
    """A slip of the hand costs nothing: the channel stays."""
    await rome.events.placed(GUILD, "ROM", 777, True)
    assert (await rome.events.close(rome.organiser, "ROM")).status is EventStatus.CLOSED
    view = await rome.events.open(rome.organiser, "ROM")
    assert (view.status, view.channel_id, view.is_forum) == (EventStatus.OPEN, 777, True)


async def test_an_event_with_an_open_ballot_cannot_close(rome: Seminar) -> None:
    """The sentence names the ballot."""
    person = await rome.participants.person(rome.facilitator)
    async with rome.db.write() as tx:
        await tx.execute(
            insert(ballots).values(
                guild_id=GUILD,
                number=3,
                event="ROM",
                method="support",
                status="open",
                threshold=">1/2",
                quorum="0",
                secrecy="secret",
                reasons="none",
                receipts=True,
                closes_in="3d",
                prepared_by=person.id,
                prepared_at=rome.clock(),
            )
        )
    with pytest.raises(Refused, match="B3"):
        await rome.events.close(rome.organiser, "ROM")
    assert (await rome.events.view(GUILD, "ROM")).status is EventStatus.OPEN


async def test_events_are_listed_in_the_order_of_the_initiative(rome: Seminar) -> None:
    """With those that never opened as planned."""
    assert [(view.event.code, view.status) for view in await rome.events.all(GUILD)] == [
        ("ROM", EventStatus.OPEN),
        ("BER", EventStatus.PLANNED),
    ]
