"""The daily digest in the room: at its hour, once, with links, and to nobody in particular."""

from __future__ import annotations

import pytest

from tests.chat.acts import mentions_allowed
from tests.chat.chat_room import Room
from tests.chat.voting_room import HOUR, value, wait

pytestmark = pytest.mark.usefixtures("nothing_failed")

AT_SIX = '[rules]\ndigest = "18:00"\n'
HEADING = "what happened"


def told(room: Room) -> list[str]:
    return [text for text in room.posts() if HEADING in text]


async def test_the_digest_is_posted_at_its_hour_and_only_when_something_happened(empty_room: Room) -> None:
    """With links to the cards, mentioning nobody; after a restart and a failure of Discord it comes once."""
    room = empty_room
    await room.load(more=AT_SIX)
    await room.open_event()
    await wait(room, 25 * HOUR)
    assert told(room) == [], "a day on which nothing happened"
    await room.recommend(room.ana, "CAP", "Share @everyone's [hovercraft](https://evil.example)")
    sent = len(room.env.http_requests)
    await wait(room, 24 * HOUR)
    (digest,) = told(room)
    assert "**New** (1)" in digest and "CAP-01" in digest and "https://discord.com/channels/" in digest
    assert "[hovercraft](" not in digest and "@everyone" not in digest
    assert all(
        allowed == {"parse": []} or not any(allowed.values()) for allowed in mentions_allowed(room, sent)
    )
    await room.recommend(room.ben, "TRN", "Train together")
    room.env.inject_error("POST", "/channels/*/messages", status=500, code=0, times=1)
    await room.restart(after=50 * HOUR)
    await wait(room, 120)
    assert len(told(room)) == 2 and "TRN-01" in told(room)[-1] and "CAP-01" not in told(room)[-1]
    await room.restart()
    await wait(room, 60 * HOUR)
    assert len(told(room)) == 2
    assert value(room, "SELECT count(*) FROM outbox WHERE kind = 'digest'") == 0
