"""The history of a recommendation: every version with its author, its way and its reason, in pages."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from seminar.errors import Invalid, NotFound
from seminar.model import Actor, Change
from services.drafting.history import PAGE
from tests.services.polling_station import Station
from tests.services.small_seminar import TEXT
from tests.small_initiative import INITIATIVE

CAP = "CAP-01"


@contextmanager
def listening() -> Iterator[list[str]]:
    """What the store is asked meanwhile."""
    statements: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


async def change(
    station: Station, who: Actor, text: str, base: int, *, by: Actor, kind: Change, reason: str = ""
) -> None:
    """CAP-01 says `text` from now on, as `who` asks and `by` accepts."""
    fields = {"title": "Recommendation 1", "text": text, "rationale": "", "addressees": ""}
    await station.amendments.propose(who, CAP, base, fields, reason, secrets.token_hex(8))
    station.clock.pass_(minutes=5)
    await station.amendments.accept(by, CAP, change=kind)


async def test_each_version_says_whose_it_is_and_how_it_came(station: Station) -> None:
    """Newest first; by the author's word or a facilitator's; in the initiative's own time."""
    alone = await station.history.page(station.guild_id, " cap 1 ")
    assert [(one.number, one.change, one.by_author, one.amendment) for one in alone.items] == [
        (1, Change.ORIGINAL, True, None)
    ]
    later = TEXT.replace("day", "hour")
    await change(station, station.ben, later, 1, by=station.ana, kind=Change.SUBSTANTIVE, reason="Sooner.")
    last = later.replace("UN", "United Nations")
    await change(station, station.ana, last, 2, by=station.facilitator, kind=Change.EDITORIAL)
    found = await station.history.page(station.guild_id, CAP)
    assert (found.reference, found.total, found.page, found.last) == (CAP, 3, 0, 0)
    assert [
        (one.number, str(one.author_shown), one.by_author, one.change, one.reason, one.amendment)
        for one in found.items
    ] == [
        (3, "Ana", False, Change.EDITORIAL, "", 2),
        (2, "Ben", True, Change.SUBSTANTIVE, "Sooner.", 1),
        (1, "Ana", True, Change.ORIGINAL, "", None),
    ]
    assert [f"{one.at:%H:%M}" for one in found.items] == ["11:10", "11:05", "11:00"]
    before, after = await station.history.two(station.guild_id, CAP, 3, 1)
    assert (before.number, before.wording.text, after.wording.text) == (1, TEXT, last)


async def test_authors_are_shown_as_the_initiative_allows(station: Station) -> None:
    """By name nowhere that names are not shown."""
    await change(
        station, station.ben, TEXT.replace("day", "hour"), 1, by=station.ana, kind=Change.SUBSTANTIVE
    )
    await station.load(INITIATIVE.replace('attribution = "named"', 'attribution = "chatham"'))
    found = await station.history.page(station.guild_id, CAP)
    assert [str(one.author_shown) for one in found.items] == ["a participant", "a participant"]


async def test_many_versions_come_in_pages_and_in_as_many_statements_as_few(station: Station) -> None:
    """A page asks the store no more often for a long history than for a short one."""
    await station.history.page(station.guild_id, CAP)
    with listening() as few:
        await station.history.page(station.guild_id, CAP)
        await station.history.two(station.guild_id, CAP, 1, 1)
    text = TEXT
    for number in range(1, 2 * PAGE + 2):
        text = f"{TEXT} Change {number}."
        await change(station, station.ana, text, number, by=station.ana, kind=Change.SUBSTANTIVE)
    with listening() as many:
        found = await station.history.page(station.guild_id, CAP, 1)
        await station.history.two(station.guild_id, CAP, 1, 2 * PAGE + 2)
    assert len(many) == len(few)
    assert (found.total, found.page, found.last) == (2 * PAGE + 2, 1, 2)
    assert [one.number for one in found.items] == list(range(PAGE + 2, 2, -1))
    for page in (2, 3, 10**9):
        last = await station.history.page(station.guild_id, CAP, page)
        assert (last.page, [one.number for one in last.items]) == (2, [2, 1])
    assert (await station.history.page(station.guild_id, CAP, -5)).page == 0


async def test_what_is_not_there_is_not_found(station: Station) -> None:
    """Neither recommendation nor version, nor anything of another server."""
    for older, newer in ((0, 1), (1, 2), (-1, 1), (1, 2**62)):
        with pytest.raises(NotFound, match="CAP-01 has no version"):
            await station.history.two(station.guild_id, CAP, older, newer)
    with pytest.raises(NotFound):
        await station.history.page(station.guild_id, "CAP-99")
    with pytest.raises(Invalid):
        await station.history.page(station.guild_id, "what?")


async def test_all_amendments_are_read_in_as_many_statements_as_one(station: Station) -> None:
    """Their list, however long."""
    fields = {"title": "Recommendation 1", "rationale": "", "addressees": ""}

    async def ask(number: int) -> None:
        asked = {**fields, "text": f"{TEXT} Change {number}."}
        await station.amendments.propose(station.ben, CAP, 1, asked, "", f"nonce {number}")

    await ask(0)
    with listening() as few:
        await station.amendments.all_of(station.guild_id, CAP)
    for number in range(1, 12):
        await ask(number)
    with listening() as many:
        found = await station.amendments.all_of(station.guild_id, CAP)
    assert (len(found), len(many)) == (12, len(few))
