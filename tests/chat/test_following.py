"""Following a recommendation is being in its discussion, which is made again where it was deleted."""

from __future__ import annotations

import discord
import pytest

from tests.chat.acts import press, refusal, tables
from tests.chat.chat_room import Room, controls, message_of, texts
from tests.chat.voting_room import value, wait

pytestmark = pytest.mark.usefixtures("nothing_failed")


def discussion(room: Room) -> int:
    return int(str(value(room, "SELECT thread_id FROM posts WHERE kind = 'card' AND subject = 'CAP-01'")))


def followers(room: Room) -> set[int]:
    return set(room.env.backend.channels[discussion(room)].thread_members)


async def test_a_tap_adds_to_the_discussion_and_stores_nothing(room: Room) -> None:
    """From the card, or from one's own look at it; twice does no harm; an archived one is opened again."""
    await room.recommend(room.ana)
    card = room.message("card", "CAP-01")
    assert "follow:CAP-01" in controls(card)
    before = tables(room)
    done = await room.ben.click(card, custom_id="follow:CAP-01")
    assert message_of(done).ephemeral and "You follow CAP-01" in texts(done)
    assert f"/{discussion(room)}" in str(message_of(done).components)
    assert room.ben.id in followers(room) and room.cleo.id not in followers(room)
    shown = await room.obs.slash(room.lobby, "recommendation", reference="CAP-01")
    thread = await room.bot.fetch_channel(discussion(room))
    assert isinstance(thread, discord.Thread)
    await thread.edit(archived=True)
    await room.env.settle()
    await room.obs.click(message_of(shown), custom_id="follow:CAP-01")
    await room.ben.click(card, custom_id="follow:CAP-01")
    assert {room.obs.id, room.ben.id} <= followers(room)
    assert not (await room.bot.fetch_channel(discussion(room))).archived  # type: ignore[union-attr]
    assert tables(room) == before
    for forged in ("CAP-99", "", "CAP-01:x", "nothing"):
        await refusal(room, press(room, room.ben, card, f"follow:{forged}"))


async def test_a_deleted_discussion_is_made_again(room: Room) -> None:
    """At once; where Discord does not let the bot, the person is told and it comes later."""
    await room.recommend(room.ana)
    card = room.message("card", "CAP-01")
    room.env.backend.delete_channel(discussion(room))
    await room.env.settle()
    done = await room.ben.click(card, custom_id="follow:CAP-01")
    assert "was made again; you follow it now" in texts(done)
    assert room.ben.id in followers(room)
    room.env.backend.delete_channel(discussion(room))
    await room.env.settle()
    room.env.inject_error("POST", "/channels/*/messages/*/threads", status=500, code=0, times=2)
    room.env.inject_error("POST", "/channels/*/threads", status=500, code=0, times=2)
    later = await room.ben.click(card, custom_id="follow:CAP-01")
    assert "press Follow again in a few minutes" in texts(later)
    await wait(room, 300)
    done = await room.ben.click(card, custom_id="follow:CAP-01")
    assert "You follow CAP-01" in texts(done) and room.ben.id in followers(room)
