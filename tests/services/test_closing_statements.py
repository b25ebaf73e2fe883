"""Closing takes as many statements for thousands of voters as for a few, but for rows put in in pieces."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import insert

from benchmarks.statements import counted
from seminar import paper
from seminar.model import Choice
from seminar.paper import WHOLE
from storage.engine import Database
from storage.schema import people, registrations, votes
from tests import stores
from tests.services.polling_station import Station
from tests.services.small_seminar import StillClock

FEW, MANY = 200, 4_000
PIECE = 2_000  # rows that one INSERT takes
REASON = "Too early for this."

Said: TypeAlias = "dict[int, str]"
"""What everybody votes, by position."""


async def crowd(station: Station, number: int) -> list[str]:
    """That many more participants; the ids of these."""
    ids = [f"person{one:05}" for one in range(number)]
    own = [{"id": one, "guild_id": station.guild_id} for one in ids]
    async with station.db.write() as tx:
        await tx.execute(
            insert(people), [{**row, "name": row["id"], "pseudonym": f"p-{row['id']}"} for row in own]
        )
        await tx.execute(
            insert(registrations),
            [
                {
                    "person_id": row["id"],
                    "guild_id": row["guild_id"],
                    "status": "participant",
                    "constituency": ("UN", "EU")[place % 2],
                    "registered_at": station.clock(),
                }
                for place, row in enumerate(own)
            ],
        )
    return ids


async def closing(folder: Path, empty_store: str, method: str, voters: int, said: Said) -> tuple[int, int]:
    """A ballot on which everybody in a crowd says the same, closed: statements, and pieces among them."""
    db = await Database.open(stores.shelf().copy(empty_store, folder / f"{voters}.db"))
    try:
        station = Station(db, StillClock(), key_dir=folder / f"keys-{voters}")
        await station.set_up()
        return await _closing(station, method, voters, said)
    finally:
        await db.close()


async def _closing(station: Station, method: str, voters: int, said: Said) -> tuple[int, int]:
    ids = await crowd(station, voters)
    ballot = await station.open(method=method, reasons="all")
    key_id = await station.value("SELECT key_id FROM ballots")
    rows: list[dict[str, Any]] = [
        {"ballot_id": ballot.id, "voter": mark, "position": position, "choice": choice, "reason": REASON}
        for mark in station.keys.marks(str(key_id), ids).values()
        for position, choice in said.items()
    ]
    async with station.db.write() as tx:
        await tx.execute(insert(votes), rows)

    with counted() as sent:
        result = await station.close(ballot)

    assert (result.voters, result.sealed) == (voters, True)
    written = [
        await station.value(f"SELECT count(*) FROM {table}")
        for table in ("electorates", "cast_votes", "vote_reasons")
    ]
    assert written[1:] == [len(rows), len(rows)]
    return len(sent), sum(ceil(int(str(number)) / PIECE) for number in written)


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("support", {1: Choice.FOR.value, 2: Choice.AGAINST.value}),
        ("rating", {WHOLE: paper.spell({1: (8, 0), 2: (3, 0)})}),
        ("ranked", {WHOLE: paper.spell({1: (1,), 2: (2,)})}),
        ("points", {WHOLE: paper.spell({1: (3,)})}),
        ("shortlist", {WHOLE: paper.spell({2: (1,)})}),
    ],
)
async def test_statements_do_not_grow_with_voters(
    empty_store: str, tmp_path: Path, method: str, said: Said
) -> None:
    """For 4,000 voters there are those for 200, and one more for each further piece of 2,000 rows."""
    few, pieces_of_few = await closing(tmp_path, empty_store, method, FEW, said)
    many, pieces_of_many = await closing(tmp_path, empty_store, method, MANY, said)
    assert many - few == pieces_of_many - pieces_of_few
    assert pieces_of_many > pieces_of_few
