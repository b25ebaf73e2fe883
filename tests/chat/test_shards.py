"""Servers of two shards in one process: both are served, and each shard is connected by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.settings import Discord, Settings
from storage import outbox
from storage.shards import shard_of
from tests.chat import chat_room
from tests.chat.chat_room import Room
from tests.chat.voting_room import here, posted, propose, wait

MINUTE = 60.0


@pytest.fixture
async def rooms(settings: Settings) -> AsyncIterator[list[Room]]:
    """A server in shard 0 and one in shard 1, each with a ballot of three hours in Rome."""
    sharded = settings.model_copy(update={"discord": Discord(shard_count=2)})
    env = await chat_room.start(sharded)
    rooms: dict[int, Room] = {}
    while len(rooms) < 2:
        room = Room(env, sharded)
        rooms.setdefault(shard_of(room.guild.id, 2), room)
        await env.advance_time(0.001)  # ids count milliseconds, and so do shards
    for shard in (0, 1):
        await rooms[shard].load()
        await rooms[shard].open_event()
        await propose(rooms[shard])
        await here(rooms[shard], rooms[shard].ana)
        await rooms[shard].open_ballot(closes_in="30m")
    yield [rooms[0], rooms[1]]
    await chat_room.stop(env)


async def test_an_outage_of_one_shard_is_none_of_the_other(rooms: list[Room]) -> None:
    """One server's ballot closes in time; the other's waits until people are back, and is extended."""
    cut_off, served = rooms
    bot = served.bot
    outages, shard = bot.house.ballots.outages, bot.shards[0]
    assert set(outages.up) == {0, 1}
    await wait(served, 26 * MINUTE, step=5 * MINUTE)
    with served.env.time_context():
        await shard.disconnect()
    await wait(served, 5 * MINUTE, step=5 * MINUTE)
    assert set(outages.up) == {1}
    assert [posted(room, "Ballot B1 is closed.") for room in rooms] == [0, 1]
    with served.env.time_context():
        await shard.reconnect()
    await wait(served, MINUTE, step=MINUTE)
    assert set(outages.up) == {0, 1}
    assert posted(cut_off, "The bot was away for about") == 1, cut_off.posts()
    await wait(served, 10 * MINUTE, step=5 * MINUTE)
    assert [posted(room, "Ballot B1 is closed.") for room in rooms] == [1, 1]


async def test_messages_wait_for_their_shard_and_are_not_tried_before(rooms: list[Room]) -> None:
    """A shard that is not there yet costs the others no time, and its messages no attempt."""
    bot = rooms[0].bot
    ready = bot._there
    ready.discard(0)
    with rooms[0].env.time_context():
        for room in rooms:
            (ballot,) = await bot.house.ballots.all_open(room.guild.id)
            async with bot.house.db.write() as tx:
                await outbox.put(tx, room.guild.id, "ballot.refresh", ballot.id, bot.house.clock())
        await bot.errands.run()
        async with bot.house.db.read() as tx:
            (left,) = await outbox.due(tx, bot.house.clock())
        assert (left.guild_id, left.attempts) == (rooms[0].guild.id, 0)
        await bot.on_shard_ready(0)
        async with bot.house.db.read() as tx:
            assert await outbox.due(tx, bot.house.clock()) == []
