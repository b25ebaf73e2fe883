"""A post that a person writes by hand in an event's forum: one friendly answer, and no more.

The simulator knows no posts by people, so a thread of theirs is put into the forum and announced.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from simcord.actors import MemberActor
from simcord.enums import ChannelType

from cogs.forum import PATIENCE
from tests.chat.acts import mentions_allowed
from tests.chat.chat_room import Room, controls, shown
from tests.chat.voting_room import propose, value, wait

pytestmark = pytest.mark.usefixtures("nothing_failed", "community")


@pytest.fixture
async def forum(empty_room: Room) -> Room:
    """A server with Community, where the Rome seminar is held in a forum."""
    await empty_room.load()
    await empty_room.open_event()
    return empty_room


async def post(room: Room, who: MemberActor, channel_id: int | None = None, owner: int | None = None) -> int:
    """A post by hand, announced as Discord does; its id."""
    backend = room.env.backend
    thread = backend.create_thread(
        channel_id or room.rome.id,
        "What about hovercraft? @everyone",
        owner or who.id,
        type=ChannelType.PUBLIC_THREAD,
        broadcast=False,
    )
    backend.announce_thread_create(thread)
    await room.env.settle()
    await wait(room, 3)
    return int(thread.id)


def said(room: Room, thread_id: int) -> list[str]:
    """What was written in a thread."""
    return [shown(message) for message in room.env.backend.messages[thread_id].values()]


async def test_a_post_by_hand_is_answered_once(forum: Room) -> None:
    """In the initiative's languages, with a way to the form, to nobody in particular; not twice."""
    room, sent = forum, len(forum.env.http_requests)
    thread = await post(room, room.ana)
    (answer,) = said(room, thread)
    assert "Apps" in answer and "`/recommend`" in answer and "Recommend this" in answer
    assert "Thank you for starting" in answer
    assert all(not any(allowed.values()) for allowed in mentions_allowed(room, sent))
    (message,) = room.env.backend.messages[thread].values()
    assert controls(message) == ["propose"]
    backend = room.env.backend
    backend.announce_thread_create(backend.channels[thread])
    await room.restart()
    backend.announce_thread_create(backend.channels[thread])
    await room.env.settle()
    await wait(room, 60)
    assert len(said(room, thread)) == 1
    assert value(room, "SELECT count(*) FROM outbox") == 0


async def test_other_threads_are_left_alone(forum: Room) -> None:
    """The bot's own posts, threads of other channels, and posts in the forum of a closed event."""
    room = forum
    await propose(room)
    cards = value(room, "SELECT count(*) FROM posts WHERE kind = 'hint'")
    other = await post(room, room.ana, room.lobby.id)
    own = await post(room, room.ana, owner=room.bot.user.id if room.bot.user else 0)
    await room.ola.slash(room.lobby, "event close", code="ROM")
    late = await post(room, room.ana)
    await wait(room, 60)
    assert [said(room, thread) for thread in (other, own, late)] == [[], [], []]
    assert value(room, "SELECT count(*) FROM posts WHERE kind = 'hint'") == cards == 0


@pytest.mark.parametrize(("status", "code"), [(403, 40058), (500, 0), (429, 0), (403, 50013)])
async def test_what_discord_does_not_take_at_once_is_said_later(forum: Room, status: int, code: int) -> None:
    """As when the first message is still on its way, over a restart too."""
    room = forum
    room.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=2)
    thread = await post(room, room.ana)
    assert said(room, thread) == []
    await room.restart()
    await wait(room, 120, step=5)
    assert len(said(room, thread)) == 1


async def test_a_post_that_is_deleted_or_never_begun_is_given_up(forum: Room) -> None:
    """Nothing is tried for ever."""
    room = forum
    room.env.inject_error("POST", "/channels/*/messages", status=403, code=40058, times=None)
    thread = await post(room, room.ana)
    await wait(room, (PATIENCE + timedelta(minutes=1)).total_seconds(), step=600)
    assert said(room, thread) == [] and value(room, "SELECT count(*) FROM outbox") == 0
    room.env.backend.faults.clear()
    room.env.inject_error("POST", "/channels/*/messages", status=404, code=10003, times=1)
    await post(room, room.ana)
    await wait(room, 60)
    assert value(room, "SELECT count(*) FROM outbox") == 0
