"""A store that is locked, full or cannot be written: a clear sentence, and nothing half done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.chat.chat_room import Room, message_of, refused, texts
from tests.chat.voting_room import (
    card,
    forge,
    posted,
    propose,
    rows,
    store_file,
    stored_votes,
    tap,
    votes_on,
    wait,
)

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def _pragma(room: Room, pragma: str) -> None:
    """Set something on the bot's own writing connection."""
    async with room.bot.house.db.write() as tx:
        await tx.exec_driver_sql(f"PRAGMA {pragma}")


@contextmanager
def _locked(room: Room) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    with closing(sqlite3.connect(store_file(room), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_vote_into_a_locked_store_is_not_acknowledged(room: Room) -> None:
    """The person is told to try again, and the next try counts."""
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ben, ballot, "for")
    await _pragma(room, "busy_timeout=20")
    with _locked(room):
        answer = await tap(room, room.ben, ballot, "against")
        assert refused(answer)
        assert "busy" in texts(answer)
        assert "nothing was saved" in texts(answer)
        first = await tap(room, room.cleo, ballot, "for")
        assert refused(first)
    assert stored_votes(room) == [(1, "for")]
    assert "Recorded: Against" in texts(await tap(room, room.ben, ballot, "against"))


async def test_a_vote_onto_a_full_disk_is_not_acknowledged(room: Room) -> None:
    """Not even in part: a full store keeps what it had."""
    await propose(room)
    ballot = await room.open_ballot(reasons="all")
    ((pages,),) = rows(room, "PRAGMA page_count")
    await _pragma(room, f"max_page_count={pages}")
    acknowledged = 0
    for number in range(40):
        who = room.person(f"Vera {number}", "Expert", "UN")
        answer = await tap(room, who, ballot, "for")
        if answer.modal is not None:
            answer = await who.submit_modal(answer, {"reason": f"{number} " + "because " * 120})
        if refused(answer):
            break
        acknowledged += 1
    assert "The disk of the store is full; nothing was saved." in texts(answer)
    assert len(stored_votes(room)) == acknowledged
    await _pragma(room, "max_page_count=1000000")
    form = await tap(room, who, ballot, "for")
    assert "Recorded" in texts(await who.submit_modal(form, {"reason": "because"}))


async def test_a_store_that_cannot_be_written_is_said_to_be_so(room: Room) -> None:
    """Voting and closing are refused in one sentence; reading goes on."""
    await propose(room)
    ballot = await room.open_ballot()
    preview = await room.fay.slash(room.rome, "ballot close", ballot="B1")
    await tap(room, room.ben, ballot, "for")
    await _pragma(room, "query_only=ON")
    for answer in (
        await tap(room, room.ben, ballot, "against"),
        await room.fay.click(message_of(preview), custom_id=f"ballot-close:{ballot}"),
        await room.fay.slash(room.rome, "ballot cancel", ballot="B1", reason="no"),
    ):
        assert refused(answer)
        assert "cannot be written" in texts(answer)
    assert "Recorded: For" in texts(await room.ben.slash(room.rome, "vote"))
    await _pragma_off(room)
    assert stored_votes(room) == [(1, "for")]
    closed = await room.fay.click(message_of(preview), custom_id=f"ballot-close:{ballot}")
    assert "Ballot B1 is closed" in texts(closed)


async def _pragma_off(room: Room) -> None:
    async with room.bot.house.db._writer.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        await driver.execute_fetchall("PRAGMA query_only=OFF")


async def test_a_deadline_that_meets_a_locked_store_is_kept_as_soon_as_it_can_be(room: Room) -> None:
    """The ballot takes no votes in the meantime, and closes by itself."""
    await propose(room)
    ballot = await room.open_ballot(closes_in="1h")
    await tap(room, room.ben, ballot, "for")
    await _pragma(room, "busy_timeout=20")
    await room.env.advance_time(3599)
    buttons = card(room, "CAP-01")
    with _locked(room):
        await room.env.advance_time(10)
        assert refused(await forge(room, room.ana, buttons, f"vote:{ballot}:1:for"))
    await wait(room, 120)
    assert posted(room, "Ballot B1 is closed.") == 1
    assert votes_on(card(room, "CAP-01")) == []
