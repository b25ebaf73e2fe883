"""What must be said in Discord, and where the bot's own messages are."""

from __future__ import annotations

from datetime import timedelta

from storage import outbox, posts
from storage.engine import Database
from tests.storage.store_seed import GUILD, NOW


async def test_a_message_stays_until_it_is_sent(db: Database) -> None:
    """It is due at once, comes again after a failed attempt, and goes when it was sent."""
    async with db.write() as tx:
        first = await outbox.put(tx, GUILD, "card.post", "CAP-01", NOW, {"a": [1, "é"]})
        later = await outbox.put(tx, GUILD, "ballot.outcome", 3, NOW, due_at=NOW + timedelta(minutes=1))
    async with db.write() as tx:
        (row,) = await outbox.due(tx, NOW)
        assert (row.id, row.subject, row.payload, row.attempts) == (first, "CAP-01", {"a": [1, "é"]}, 0)
        await outbox.postpone(tx, first, NOW + timedelta(minutes=2))
        assert await outbox.due(tx, NOW) == []
        assert await outbox.next_due(tx) == NOW + timedelta(minutes=1)
        rows = await outbox.due(tx, NOW + timedelta(hours=1))
        assert [(row.id, row.attempts) for row in rows] == [(later, 0), (first, 1)]
        await outbox.sent(tx, first)
        await outbox.sent(tx, first)
        await outbox.sent(tx, later)
        assert await outbox.next_due(tx) is None


async def test_a_message_is_not_left_behind_by_an_act_that_failed(db: Database) -> None:
    """What did not become true is not said."""
    try:
        async with db.write() as tx:
            await outbox.put(tx, GUILD, "card.post", "CAP-01", NOW)
            raise LookupError
    except LookupError:
        pass
    async with db.read() as tx:
        assert await outbox.due(tx, NOW) == []


async def test_a_message_posted_anew_takes_the_place_of_the_one_before(db: Database) -> None:
    """A card that was deleted by hand is found at its new place."""
    async with db.write() as tx:
        await posts.put(tx, GUILD, "card", "CAP-01", 1, 2, 3)
        await posts.put(tx, GUILD, "card", "CAP-01", 1, 4)
        await posts.put(tx, GUILD, "ballot", 7, 1, 5)
        await posts.put(tx, 7, "card", "CAP-01", 8, 9)
        found = await posts.get(tx, GUILD, "card", "CAP-01")
        assert found is not None
        assert (found.message_id, found.thread_id) == (4, None)
        beside = await posts.get(tx, GUILD, "ballot", 7)
        assert beside is not None
        assert beside.message_id == 5
        assert await posts.get(tx, 7, "card", "CAP-01") is not None


async def test_what_is_drawn_anew_waits_once(db: Database) -> None:
    """As long as it waits; once it was said, the next change is said again."""
    async with db.write() as tx:
        for _ in range(3):
            await outbox.put_once(tx, GUILD, "agenda.refresh", "BRU", NOW)
        await outbox.put_once(tx, GUILD, "agenda.refresh", "GVA", NOW)
        first, other = await outbox.due(tx, NOW)
        assert (first.subject, other.subject) == ("BRU", "GVA")
        await outbox.sent(tx, first.id)
        await outbox.put_once(tx, GUILD, "agenda.refresh", "BRU", NOW)
        assert [row.subject for row in await outbox.due(tx, NOW)] == ["GVA", "BRU"]


async def test_a_post_that_is_put_aside_is_found_as_one_of_before(db: Database) -> None:
    """The next of its kind stands elsewhere; both threads are its discussion. Again, the older one goes."""
    before = f"card{posts.BEFORE}"
    async with db.write() as tx:
        await posts.put_aside(tx, GUILD, "card", "CAP-01")
        assert await posts.get(tx, GUILD, before, "CAP-01") is None
        for channel in (1, 2, 3):
            await posts.put_aside(tx, GUILD, "card", "CAP-01")
            await posts.put(tx, GUILD, "card", "CAP-01", channel, channel * 10, channel * 100)
        now, then = [await posts.get(tx, GUILD, kind, "CAP-01") for kind in ("card", before)]
        assert now is not None
        assert then is not None
        assert (now.channel_id, then.channel_id) == (3, 2)
        found = [await posts.discussed_in(tx, GUILD, thread) for thread in (100, 200, 300)]
        assert found == [None, "CAP-01", "CAP-01"]
