"""Lineage as the store keeps it: whatever is written, following it ends, and where it should."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seminar.model import Kinship, State
from seminar.wording import Wording
from storage import lineage, people, recommendations
from storage.engine import Database
from tests import stores
from tests.services.small_seminar import GUILD, StillClock

MANY = 6
Edge = tuple[int, int, Kinship]

edges = st.lists(
    st.tuples(st.integers(0, MANY - 1), st.integers(0, MANY - 1), st.sampled_from(Kinship)), max_size=16
)


# The store of the test that runs: whatever is written to it is taken back.
_taken_back: dict[Path, str] = {}


class TakenBack(Exception):
    """Ends a transaction that nothing shall remain of."""


@given(wanted=edges, undone=st.sets(st.integers(0, 15)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_ring_can_be_written_and_every_road_ends_where_nothing_leads_on(
    store_of_rome: str, tmp_path: Path, wanted: list[Edge], undone: set[int]
) -> None:
    """Held against a search by hand: an edge is refused exactly when it would close a ring."""
    url = _taken_back.get(tmp_path) or stores.shelf().copy(store_of_rome, tmp_path / "seminar.db")
    _taken_back[tmp_path] = url
    asyncio.run(_written(url, wanted, undone))


async def _written(url: str, wanted: list[Edge], undone: set[int]) -> None:
    db = await Database.open(url)
    try:
        with pytest.raises(TakenBack):
            async with db.write() as tx:
                author = await people.by_user(tx, GUILD, 11)
                assert author is not None
                now = StillClock()()
                ids = [
                    await recommendations.add(
                        tx,
                        guild_id=GUILD,
                        event="ROM",
                        theme="TRN",
                        number=number,
                        reference=f"TRN-{number:02d}",
                        state=State.ADMITTED,
                        author_id=author.id,
                        nonce=None,
                        wording=Wording("Title", "A text that is long enough to be one."),
                        at=now,
                    )
                    for number in range(1, MANY + 1)
                ]
                standing: list[Edge] = []
                for turn, (before, after, kind) in enumerate(wanted):
                    act = await lineage.add_regrouping(
                        tx,
                        GUILD,
                        "merge",
                        ids[after],
                        version=1,
                        version_before=1,
                        person_id=author.id,
                        reason="",
                        nonce=None,
                        at=now,
                    )
                    closes = kind is not Kinship.DERIVED and before in _reached(standing, after)
                    try:
                        await lineage.add(tx, GUILD, ids[before], ids[after], kind, now, regrouping_id=act)
                    except lineage.Ring:
                        assert closes
                        continue
                    assert not closes
                    if turn in undone:
                        await lineage.undo(tx, act, author.id, now)
                    elif kind is not Kinship.DERIVED:
                        standing.append((before, after, kind))
                for number in range(MANY):
                    reached = _reached(standing, number)
                    ends = {one for one in reached if all(before != one for before, _, _ in standing)}
                    assert ends
                    assert await lineage.ends(tx, ids[number]) == tuple(
                        f"TRN-{one + 1:02d}" for one in sorted(ends)
                    )
                    behind = {one for one in range(MANY) if number in _reached(standing, one)} - {number}
                    assert await lineage.went_into(tx, ids[number]) == sorted(ids[one] for one in behind)
                raise TakenBack
    finally:
        await db.close()


def _reached(standing: list[Edge], start: int) -> set[int]:
    """What one comes to from `start`, with itself."""
    found, waiting = {start}, [start]
    while waiting:
        one = waiting.pop()
        for before, after, _ in standing:
            if before == one and after not in found:
                found.add(after)
                waiting.append(after)
    return found
