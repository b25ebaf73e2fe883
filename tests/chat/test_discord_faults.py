"""Discord refusing, failing or missing what was there: nothing stored is lost, and it is shown later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import discord
import pytest

from bot.courier import on_post
from tests.chat.chat_room import Room, controls, message_of, shown, texts
from tests.chat.voting_room import (
    HOUR,
    ballot_post,
    card,
    on_sheet,
    post,
    posted,
    propose,
    rows,
    said,
    sheet,
    stored_votes,
    tap,
    wait,
)

FAULTS = ((403, 50013), (404, 0), (429, 0), (500, 0), (503, 0))
POSTS, EDITS = "/channels/*/messages", "/channels/*/messages/*"
quiet = pytest.mark.usefixtures("nothing_failed")


@quiet
@pytest.mark.parametrize("fault", FAULTS, ids=[str(status) for status, _ in FAULTS])
async def test_a_post_that_discord_does_not_take_comes_later(room: Room, fault: tuple[int, int]) -> None:
    """Opening, card and outcome: the person is answered at once, the room as soon as Discord lets it."""
    status, code = fault
    room.env.inject_error("POST", POSTS, status=status, code=code, times=2)
    await propose(room)
    await wait(room, 60)
    room.env.inject_error("POST", POSTS, status=status, code=code, times=2)
    ballot = await room.open_ballot()
    assert posted(room, "## 🗳️ Ballot B1") == 0
    assert "Recorded" in texts(await tap(room, room.ben, ballot, "for"))
    await wait(room, 60)
    # Two tries that Discord did not take, and the one that it did: all of them call the participants.
    called = [text for text in said(room) if f"<@&{room.guild.roles['Expert'].id}>" in text]
    assert len(called) == 3
    room.env.inject_error("POST", POSTS, status=status, code=code, times=2)
    room.env.inject_error("PATCH", EDITS, status=status, code=code, times=2)
    assert "Ballot B1 is closed" in texts(await room.close_ballot(ballot))
    await wait(room, 120)
    assert posted(room, "Ballot B1 is closed.") == posted(room, "## 🗳️ Ballot B1") == 1
    assert "Carried: 1 for" in shown(card(room, "CAP-01"))
    assert controls(ballot_post(room)) == []


@pytest.mark.parametrize("fault", FAULTS, ids=[str(status) for status, _ in FAULTS])
async def test_an_answer_that_discord_does_not_take_loses_no_vote(
    room: Room, fault: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    """The vote is stored, one sentence reaches the person if anything can, and the sheet shows the vote."""
    status, code = fault
    await propose(room)
    ballot = await room.open_ballot()
    room.env.inject_error("POST", "/interactions/*", status=status, code=code)
    answer = await tap(room, room.ben, ballot, "for")
    assert "Discord did not take the bot's answer" in texts(answer)
    assert len([r for r in caplog.records if r.getMessage().startswith("incident")]) == 1
    assert stored_votes(room) == [(1, "for")]
    room.env.inject_error("POST", "/interactions/*", status=status, code=code, times=None)
    unanswered = await tap(room, room.ana, ballot, "for")
    assert not unanswered.acknowledged
    room.env.backend.faults.clear()
    assert "Recorded: For" in texts(await sheet(room, room.ana, ballot))
    assert len(stored_votes(room)) == 2


async def test_an_opening_whose_answer_fails_is_announced_all_the_same(room: Room) -> None:
    """What is stored is said at once and closes in time, though nobody could be answered."""
    await propose(room)
    preview = await room.fay.slash(room.rome, "ballot open", method="support", theme="CAP", closes_in="10m")
    (opening, _discard) = controls(message_of(preview))
    room.env.inject_error("POST", "/interactions/*", status=500, times=2)
    await room.fay.click(message_of(preview), custom_id=opening)
    assert posted(room, "## 🗳️ Ballot B1") == 1
    room.env.inject_error("POST", "/interactions/*", status=500, times=2)
    await room.fay.slash(room.rome, "ballot extend", ballot="B1", by="5m")
    assert posted(room, "Ballot B1 now closes on") == 1
    await wait(room, 16 * 60)
    assert posted(room, "Ballot B1 is closed.") == 1
    assert room.env.errors  # the extension's answer, which Discord did not take


@quiet
async def test_an_expired_interaction_is_no_incident(room: Room) -> None:
    """Discord forgets an interaction after three seconds; the vote that came late is kept."""
    await propose(room)
    ballot = await room.open_ballot()
    room.env.inject_error("POST", "/interactions/*", status=404, code=10062)
    await tap(room, room.ben, ballot, "for")
    assert stored_votes(room) == [(1, "for")]


@quiet
async def test_a_ballot_message_deleted_by_hand_comes_back_without_calling_anybody(room: Room) -> None:
    """With the next vote; and at closing it is not missed."""
    await propose(room)
    ballot = await room.open_ballot()
    await room.owner.delete(ballot_post(room))
    await tap(room, room.ben, ballot, "for")
    await wait(room, 10)
    assert "1 of 2 have voted." in shown(ballot_post(room))
    assert ballot_post(room).role_mentions == []
    await room.owner.delete(ballot_post(room))
    await room.close_ballot(ballot)
    await wait(room, 60)
    assert posted(room, "## 🗳️ Ballot B1") == 0
    assert posted(room, "Ballot B1 is closed.") == 1


@quiet
async def test_a_card_deleted_by_hand_comes_back_with_its_thread(room: Room) -> None:
    """When it changes next: at the opening, or at closing with the outcome on it."""
    await propose(room)
    await room.owner.delete(card(room, "CAP-01"))
    ballot = await room.open_ballot()
    assert "Recorded" in texts(await tap(room, room.ben, ballot, "for"))
    await room.owner.delete(card(room, "CAP-01"))
    drawn = await sheet(room, room.ana, ballot)
    assert "1 of 1" in texts(await on_sheet(room.ana, drawn, f"sheet-vote:{ballot}:1:for:"))
    await room.close_ballot(ballot)
    assert "Carried: 2 for" in shown(card(room, "CAP-01"))
    (row,) = rows(room, "SELECT message_id, thread_id FROM posts WHERE kind = 'card'")
    assert row[0] == card(room, "CAP-01").id
    assert row[1] in {thread.id for thread in room.rome.threads}


@quiet
async def test_a_thread_deleted_by_hand_is_opened_again(room: Room) -> None:
    """When the card changes next; an archived one is left alone."""
    await propose(room)
    (thread,) = room.rome.threads
    room.env.backend.delete_channel(thread.id)
    await room.ben.slash(room.rome, "second", reference="CAP-01")
    (again,) = room.rome.threads
    assert rows(room, "SELECT thread_id FROM posts WHERE kind = 'card'") == [(again.id,)]
    await room.cleo.slash(room.rome, "second", reference="CAP-01")
    assert [thread.id for thread in room.rome.threads] == [again.id]


@quiet
async def test_a_thread_that_could_not_be_opened_is_opened_later(room: Room) -> None:
    """The card is there already; it is not posted twice."""
    room.env.inject_error("POST", "/channels/*/messages/*/threads", status=500)
    await propose(room)
    assert room.rome.threads == []
    await wait(room, 60)
    assert len(room.rome.threads) == 1
    assert posted(room, "## CAP-01") == 1


@quiet
async def test_a_channel_that_is_gone_is_made_again(room: Room) -> None:
    """With start panel, ballot and cards, as they are needed; the vote and its outcome go on."""
    await propose(room)
    ballot = await room.open_ballot(closes_in="2h")
    await tap(room, room.ben, ballot, "for")
    room.env.backend.delete_channel(room.rome.id)
    drawn = await room.ana.slash(room.lobby, "vote")
    await on_sheet(room.ana, drawn, f"sheet-vote:{ballot}:1:for:")
    await wait(room, 10)
    assert "2 of 2 have voted." in shown(ballot_post(room))
    await wait(room, 3 * HOUR)
    assert posted(room, "Ballot B1 is closed.") == 1
    assert "Carried: 2 for" in shown(card(room, "CAP-01"))
    assert posted(room, "## Rome seminar") == 1
    assert len([name for name in room.guild.channels if name.startswith("rom-")]) == 1


@quiet
async def test_a_channel_gone_at_closing_is_made_again_for_the_outcome(room: Room) -> None:
    """The facilitator presses in another channel."""
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ben, ballot, "for")
    room.env.backend.delete_channel(room.rome.id)
    preview = await room.fay.slash(room.lobby, "ballot close", ballot="B1")
    await room.fay.click(message_of(preview), custom_id=f"ballot-close:{ballot}")
    assert "carried, with 1 for" in shown(post(room, "Ballot B1 is closed."))
    assert room.rome.pinned_messages()


@quiet
async def test_in_a_forum_every_post_has_its_own_thread_and_comes_back_with_it(
    community: list[str], empty_room: Room
) -> None:
    """A card and a ballot that are deleted there take their discussion along, and are posted anew."""
    room = empty_room
    await room.load()
    await room.open_event()
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ben, ballot, "for")
    for gone in (card(room, "CAP-01"), ballot_post(room)):
        room.env.backend.delete_channel(gone.channel.id)
    drawn = await room.ana.slash(room.lobby, "vote")
    await on_sheet(room.ana, drawn, f"sheet-vote:{ballot}:1:for:")
    await wait(room, 10)
    assert "2 of 2 have voted." in shown(ballot_post(room))
    preview = await room.fay.slash(room.lobby, "ballot close", ballot="B1")
    await room.fay.click(message_of(preview), custom_id=f"ballot-close:{ballot}")
    assert "Carried: 2 for" in shown(card(room, "CAP-01"))
    assert "carried, with 2 for" in shown(post(room, "Ballot B1 is closed."))
    names = [thread.name for thread in room.rome.threads]
    assert len([name for name in names if name.startswith("CAP-01")]) == 1
    (forum,) = (c for c in room.bot.get_guild(room.guild.id).channels if c.name == "rom-rome-seminar")
    (thread,) = (thread for thread in forum.threads if thread.name.startswith("CAP-01"))
    assert [tag.name for tag in thread.applied_tags] == ["CAP"]


class _Deaf:
    """A kind of message that Discord never takes, and never refuses either."""

    @on_post("test.deaf")
    async def said(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        await asyncio.sleep(30 * 24 * HOUR)


@quiet
async def test_a_message_that_discord_never_answers_holds_up_no_deadline(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try has its time; ballots close meanwhile, and what else is to be said is said."""
    monkeypatch.setattr("bot.courier.PATIENCE", 0.02)  # this time is not the simulated one
    await propose(room)
    ballot = await room.open_ballot(closes_in="10m")
    await tap(room, room.ben, ballot, "for")
    room.bot.courier.enrol(_Deaf())
    guild = room.bot.get_guild(room.guild.id)
    for subject in ("one", "another"):
        await room.bot.places.leave(guild, "test.deaf", subject)
    await wait(room, 15 * 60)
    assert posted(room, "Ballot B1 is closed.") == 1
    assert rows(room, "SELECT min(attempts) > 0 FROM outbox WHERE kind = 'test.deaf'") == [(1,)]


@quiet
async def test_a_turnout_that_discord_does_not_take_is_drawn_soon_without_another_click(room: Room) -> None:
    """As long as it is Discord that is out of order."""
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ben, ballot, "for")
    room.env.inject_error("PATCH", EDITS, status=503, times=3)
    await wait(room, 60)
    assert "1 of 2 have voted." in shown(ballot_post(room))
