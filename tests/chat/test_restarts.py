"""Whatever is stored goes on after a restart, and what was said is not said again."""

from __future__ import annotations

import pytest

from tests.chat.chat_room import Room, message_of, shown, texts
from tests.chat.voting_room import (
    HOUR,
    ballot_post,
    card,
    on_sheet,
    post,
    posted,
    propose,
    sheet,
    stored_votes,
    tap,
    value,
    wait,
)

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def test_an_open_ballot_goes_on_after_a_restart(room: Room) -> None:
    """Its buttons, an open sheet, votes already given and its closing time are all still there."""
    await propose(room, 2)
    ballot = await room.open_ballot(closes_in="2h")
    await tap(room, room.ana, ballot, "for")
    drawn = await sheet(room, room.ben, ballot)
    await room.restart()
    drawn = await on_sheet(room.ben, drawn, f"sheet-vote:{ballot}:1:against:")
    assert "1 of 2" in texts(drawn)
    assert "Recorded: Abstain" in texts(await tap(room, room.ana, ballot, "abstain"))
    assert stored_votes(room) == [(1, "abstain"), (1, "against")]
    await wait(room, 10)
    assert "2 of 2 have voted." in shown(ballot_post(room))
    await wait(room, 2 * HOUR)
    assert posted(room, "Ballot B1 is closed.") == 1


async def test_a_deadline_that_passed_while_the_bot_was_down_is_made_good(room: Room) -> None:
    """The last hour, which nobody could use, is given back; then it closes once, whatever restarts follow."""
    await propose(room)
    ballot = await room.open_ballot(closes_in="2h")
    await tap(room, room.ana, ballot, "for")
    await room.restart(after=5 * HOUR)
    assert posted(room, "Ballot B1 is closed.") == 0
    assert posted(room, "The bot was away for about") == posted(room, "now closes on") == 1
    await tap(room, room.ben, ballot, "abstain")
    await wait(room, HOUR + 60)
    assert posted(room, "Ballot B1 is closed.") == 1
    assert "Carried: 1 for" in shown(card(room, "CAP-01"))
    await room.restart(after=HOUR)
    await wait(room, HOUR)
    assert posted(room, "Ballot B1 is closed.") == 1
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'ballot.extended'") == 1
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1


async def test_an_outcome_that_could_not_be_posted_is_posted_after_the_restart(room: Room) -> None:
    """Stored and not said: the next process says it, once; the cards follow."""
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ana, ballot, "for")
    room.env.inject_error("*", "/channels/*/messages*", status=500, times=None)
    assert "Ballot B1 is closed" in texts(await room.close_ballot(ballot))
    assert posted(room, "Ballot B1 is closed.") == 0
    await room.bot.close()
    room.env.backend.faults.clear()
    await room.restart(after=60)
    assert posted(room, "Ballot B1 is closed.") == 1
    assert "Carried: 1 for" in shown(card(room, "CAP-01"))
    await room.restart()
    await wait(room, HOUR)
    assert posted(room, "Ballot B1 is closed.") == 1


async def test_a_post_whose_delivery_was_not_noted_is_drawn_again_and_not_repeated(room: Room) -> None:
    """The process ends between posting and noting it done: the next one finds the post."""
    await propose(room)
    ballot = await room.open_ballot()
    await room.close_ballot(ballot)
    async with room.bot.house.db.write() as tx:
        await tx.exec_driver_sql(
            "INSERT INTO outbox (guild_id, kind, subject, payload, created_at, due_at, attempts) "
            "SELECT guild_id, 'ballot.outcome', id, '{}', opened_at, opened_at, 0 FROM ballots"
        )
    await room.restart()
    assert value(room, "SELECT count(*) FROM outbox") == 0
    assert posted(room, "Ballot B1 is closed.") == 1


async def test_every_post_carries_a_nonce_of_its_own(room: Room) -> None:
    """Where an answer of Discord's got lost, the repeated request makes no second message."""
    await propose(room, 2)
    await room.open_ballot()
    nonces = [
        request.json["nonce"]
        for request in room.env.http_requests
        if request.method == "POST" and request.path == f"/channels/{room.rome.id}/messages"
    ]
    assert len(nonces) == len(set(nonces)) == 4
    assert all(len(nonce) <= 25 for nonce in nonces)


async def test_a_server_without_an_initiative_does_not_hold_up_the_others(room: Room) -> None:
    """The start goes on to what is due elsewhere."""
    await propose(room)
    ballot = await room.open_ballot(closes_in="2h")
    await tap(room, room.ana, ballot, "for")
    Room(room.env, room.settings)
    await room.restart(after=3 * HOUR)
    assert posted(room, "now closes on") == 1
    await room.restart()
    opened = await room.fay.slash(room.rome, "ballot status", ballot="B1")
    assert message_of(opened).ephemeral


async def test_a_reason_form_is_taken_after_a_restart(room: Room) -> None:
    """What somebody was typing is not lost with the process."""
    await propose(room)
    ballot = await room.open_ballot(reasons="all")
    asked = await tap(room, room.ben, ballot, "for")
    await room.restart()
    given = await room.ben.submit_modal(asked, {"reason": "A good first step"})
    assert "Recorded: For" in texts(given)


async def test_the_ballot_message_shows_the_turnout_after_votes_in_a_burst(room: Room) -> None:
    """Drawn again a few seconds later, once for all of them."""
    await propose(room)
    ballot = await room.open_ballot()
    before = len(room.env.http_requests)
    for who in (room.ana, room.ben, room.cleo):
        await tap(room, who, ballot, "for")
    await wait(room, 10)
    edits = [r for r in room.env.http_requests[before:] if r.method == "PATCH" and "/channels/" in r.path]
    assert len(edits) == 1
    assert "3 of 3 have voted." in shown(post(room, "## 🗳️ Ballot B1"))
