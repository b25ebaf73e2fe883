"""The daily digest: armed by the initiative, once a day, quiet when nothing happened, and never lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from benchmarks.statements import counted
from bot.cards.digest import digest_card
from bot.i18n import Catalogues
from seminar.digests import Section, What
from services.deadlines import Deadlines
from services.digests import SHOWN, Digest, Digests
from storage import deadlines, digests, ledger, outbox, posts, recommendations
from storage.outbox import OutboxRow
from storage.schema import recommendations as recommendation_table
from storage.schema import versions
from tests.services.polling_station import Station
from tests.services.small_seminar import GUILD, Seminar
from tests.small_initiative import INITIATIVE

AT_SIX = INITIATIVE + '[rules]\ndigest = "18:00"\n'


class Room:
    """A seminar with a digest at six in the evening, 16:00 by the clock of the tests."""

    def __init__(self, seminar: Seminar) -> None:
        self.seminar = seminar
        self.digests = Digests(seminar.db, seminar.clock, seminar.initiatives)
        self.deadlines = Deadlines(seminar.db, seminar.clock, self.digests.deadline_handlers())

    async def due(self) -> datetime | None:
        return await self.deadlines.next_due()

    async def pass_(self, **time: float) -> list[OutboxRow]:
        """Let time go by and what is due run; the digests that are to be posted."""
        self.seminar.clock.pass_(**time)
        await self.deadlines.run_due()
        return await self.waiting()

    async def waiting(self) -> list[OutboxRow]:
        async with self.seminar.db.read() as tx:
            return await outbox.due(tx, self.seminar.clock(), wanted=outbox.Wanted(["digest"]))

    async def told(self, row: OutboxRow) -> Digest | None:
        payload = row.payload
        at = datetime.fromisoformat(payload["at"])
        return await self.digests.content(GUILD, row.subject, payload["after"], payload["until"], at)

    async def hush(self) -> None:
        async with self.seminar.db.write() as tx:
            for row in await outbox.due(tx, self.seminar.clock(), wanted=outbox.Wanted(["digest"])):
                await outbox.sent(tx, row.id)


@pytest.fixture
async def room(rome: Seminar) -> Room:
    """Rome is open; one recommendation is older than the rule."""
    await rome.propose(rome.ana, title="Older than the digest")
    await rome.load(AT_SIX)
    return Room(rome)


def references(digest: Digest | None, section: Section) -> list[str]:
    assert digest is not None
    return [item.reference for item in digest.items.get(section, ())]


async def test_what_is_new_is_told_once_at_the_hour(room: Room) -> None:
    """Not what was there before the rule, and not again the next day."""
    await room.seminar.propose(room.seminar.ana, title="Something new")
    assert await room.pass_(hours=6, minutes=59) == []
    (row,) = await room.pass_(minutes=1)
    assert (row.subject, row.kind) == ("ROM", "digest")
    digest = await room.told(row)
    assert references(digest, Section.NEW) == ["CAP-02"]
    assert digest is not None and digest.items[Section.NEW][0].title == "Something new"
    assert f"{digest.at:%H:%M %Z}" == "18:00 CEST"
    await room.hush()
    assert await room.pass_(days=1) == [], "quiet when nothing happened"
    assert await room.due() == datetime(2014, 10, 24, 16, tzinfo=UTC)


async def test_whoever_sleeps_past_it_says_it_once(room: Room) -> None:
    """After three days, and by two processes at the same moment: one digest, of everything."""
    await room.seminar.propose(room.seminar.ana, title="On the first day")
    room.seminar.clock.pass_(days=1)
    await room.seminar.propose(room.seminar.ana, "TRN", title="On the second day")
    room.seminar.clock.pass_(days=2)
    again = Room(room.seminar)
    await asyncio.gather(room.deadlines.run_due(), again.deadlines.run_due())
    (row,) = await room.waiting()
    assert references(await again.told(row), Section.NEW) == ["CAP-02", "TRN-01"]
    assert await room.due() == datetime(2014, 10, 25, 16, tzinfo=UTC)


async def test_what_happens_between_the_digest_and_its_posting_is_for_the_next(room: Room) -> None:
    """Discord may take hours: each act is told once."""
    await room.seminar.propose(room.seminar.ana, title="Before")
    (row,) = await room.pass_(hours=7)
    await room.seminar.propose(room.seminar.ana, title="After")
    assert references(await room.told(row), Section.NEW) == ["CAP-02"]
    await room.hush()
    (row,) = await room.pass_(days=1)
    assert references(await room.told(row), Section.NEW) == ["CAP-03"]


async def test_a_rule_that_is_taken_away_or_changed_is_followed(room: Room) -> None:
    """Loading the same again moves nothing; another hour or zone does; none, and none is due."""
    seminar = room.seminar
    first = await room.due()
    seminar.clock.pass_(hours=1)
    await seminar.load(AT_SIX)
    assert await room.due() == first
    await seminar.load(AT_SIX.replace("18:00", "20:30"))
    assert await room.due() == datetime(2014, 10, 22, 18, 30, tzinfo=UTC)
    await seminar.load(AT_SIX.replace("18:00", "20:30").replace("Europe/Brussels", "UTC"))
    assert await room.due() == datetime(2014, 10, 22, 20, 30, tzinfo=UTC)
    await seminar.propose(seminar.ana, title="Nobody will be told")
    await seminar.load()
    assert await room.due() is None
    async with seminar.db.write() as tx:  # as if it had been claimed just before
        await deadlines.put(tx, GUILD, "digest", GUILD, seminar.clock())
    assert await room.pass_(days=1) == []
    assert await room.due() is None
    await seminar.load(AT_SIX)
    assert await room.pass_(days=2) == [], "what was before the rule came back is not told"


async def test_every_open_event_is_told_its_own(room: Room) -> None:
    """One with nothing is left alone; one that was closed is told nothing, even when it was due."""
    seminar = room.seminar
    await seminar.events.open(seminar.organiser, "BER")
    assert await room.pass_(hours=7) == []
    await seminar.propose(seminar.ana, "SSR", "For Berlin", event="BER")
    (row,) = await room.pass_(days=1)
    assert row.subject == "BER"
    await seminar.events.close(seminar.organiser, "BER")
    assert await room.told(row) is None
    await room.hush()
    await seminar.propose(seminar.ana, "CAP", "For Rome")
    assert [row.subject for row in await room.pass_(days=1)] == ["ROM"]


async def test_what_was_withdrawn_since_is_passed_over(room: Room) -> None:
    """Nobody is sent to read it; with nothing else, nothing is said."""
    await room.seminar.propose(room.seminar.ana, title="Here and gone")
    await room.seminar.recommendations.withdraw(room.seminar.ana, "CAP-02")
    assert await room.pass_(hours=7) == []


async def test_ballots_that_were_closed_or_close_soon_are_told(station: Station, tmp_path: Path) -> None:
    """Within a day of the digest, silences too; those that close later are for another day."""
    await station.load(AT_SIX)
    room = Room(station)
    soon = await station.open(theme=None, references="CAP-01", closes_in="20h")
    (row,) = await room.pass_(hours=7)
    digest = await room.told(row)
    assert digest is not None and not digest.items
    assert [(one.label, one.silent, one.theme) for one in digest.closing] == [("B1", False, None)]
    await station.close(soon)
    closed = await room.told(row)
    assert closed is None, "it is closed by the time the digest is posted"
    await room.hush()
    await station.open(method="silence", theme=None, references="CAP-02", closes_in="72h")
    (row,) = await room.pass_(days=1)
    digest = await room.told(row)
    assert digest is not None and (digest.closing, digest.closed_number) == ((), 1)
    assert [(one.label, one.silent) for one in digest.closed] == [("B1", False)]
    await room.hush()
    (row,) = await room.pass_(days=1)
    digest = await room.told(row)
    assert digest is not None and [(one.label, one.silent) for one in digest.closing] == [("B2", True)]


async def test_five_hundred_changes_are_told_in_one_message_and_few_statements(room: Room) -> None:
    """With titles that all need escaping, links to every card, and how many more there are."""
    seminar = room.seminar
    title = "_*`[" * 25
    async with seminar.db.write() as tx:
        author = (await recommendations.by_reference(tx, GUILD, "CAP-01")).author_id  # type: ignore[union-attr]
        for number in range(1, 251):
            await posts.put(tx, GUILD, "card", f"CAP-{number:02}", 2**62, 2**62 + number)
    async with seminar.db.write() as tx:
        numbers, at = range(2, 251), seminar.clock()
        made = {"guild_id": GUILD, "event": "ROM", "theme": "CAP", "state": "admitted", "author_id": author}
        await tx.execute(
            insert(recommendation_table),
            [
                {**made, "id": number, "number": number, "reference": f"CAP-{number:02}", "created_at": at}
                for number in numbers
            ],
        )
        said = {"number": 1, "title": title, "text": "Text", "addressees": [], "author_id": author}
        await tx.execute(
            insert(versions), [{**said, "recommendation_id": number, "created_at": at} for number in numbers]
        )
        acts = ["proposed", "revised", "merged", "split", "admitted", "returned", "rejected", "reopened"]
        for number in range(2, 252):
            for act in (acts[number % 8], "seconded"):
                body = {"event": "ROM"}
                reference = f"CAP-{number:02}"
                await ledger.append(
                    tx, GUILD, seminar.clock(), "system", f"recommendation.{act}", reference, body
                )
            await ledger.append(
                tx, GUILD, seminar.clock(), "system", "amendment.proposed", f"CAP-{number:02}", {}
            )
    with counted() as sent:
        (row,) = await room.pass_(hours=7)
        digest = await room.told(row)
    assert len([one for one in sent if not one.startswith("BEGIN")]) <= 20
    assert digest is not None
    assert sum(digest.numbers.values()) == 249
    assert all(len(lines) <= SHOWN for lines in digest.items.values())
    event = (await seminar.initiatives.current(GUILD)).event("ROM")
    for language in ("en", "fr"):
        view = digest_card(digest, event, GUILD, Catalogues.load().speak(language))
        text = view.content_length()
        assert text <= 4000
        whole = "\n".join(str(getattr(item, "content", "")) for item in view.walk_children())
        assert whole.count("https://discord.com/channels/") >= 6
        assert "CAP-251" not in whole, "what is not there is not told"
    assert digest.items[Section.CHANGED][0].what in (What.REVISED, What.MERGED, What.SPLIT)


async def test_very_many_acts_are_not_read_into_memory(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who slept for a year tells of the latest."""
    for number in range(4):
        await room.seminar.propose(room.seminar.ana, title=f"Number {number}")
    monkeypatch.setattr(digests, "MOST_ACTS", 2)
    (row,) = await room.pass_(hours=7)
    assert references(await room.told(row), Section.NEW) == ["CAP-04", "CAP-05"]


async def test_nothing_is_asked_of_a_server_without_an_initiative(room: Room) -> None:
    """A deadline that is left over there is done with."""
    async with room.seminar.db.write() as tx:
        await deadlines.put(tx, GUILD + 1, "digest", GUILD + 1, room.seminar.clock())
    assert await room.pass_(minutes=1) == []
    assert await room.due() == datetime(2014, 10, 22, 16, tzinfo=UTC)
