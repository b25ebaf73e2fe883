"""A filled store whose first recommendations went on to a conference.

There most of them became final, each tenth in words of its own; some were not finalised, and some are open.
Each has its arguments and the version before it, as at the end of an initiative.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, create_engine, insert, update

from benchmarks import stock
from benchmarks.shapes import CONFERENCE, CONSTITUENCIES, EPOCH, PER_THEME, Shape, store_url
from benchmarks.stock import TEXT, person
from benchmarks.wire import payloads
from storage import schema

ARGUMENTS: Final = 4  # on each recommendation, two of them for it and two against it
FORWARDED_AT: Final = EPOCH + timedelta(days=40)
HELD_AT: Final = EPOCH + timedelta(days=42)

Row = dict[str, Any]


def fill(folder: Path, shape: Shape) -> None:
    """Make the store of `folder`, which must have none yet, with a conference."""
    stock.fill(folder, shape)
    engine = create_engine(store_url(folder))
    try:
        with engine.begin() as connection:
            _add(connection, shape)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def _add(to: Connection, shape: Shape) -> None:
    guild = payloads.GUILD
    _rows(
        to,
        schema.events,
        [
            {
                "guild_id": guild,
                "code": CONFERENCE,
                "status": "open",
                "opened_at": HELD_AT,
                "closed_at": None,
                "channel_id": None,
                "is_forum": False,
            }
        ],
    )
    ids = range(1, shape.forwarded + 1)
    own = [identifier for identifier in ids if _ended(identifier) == "own"]
    _rows(to, schema.versions, (_final_words(identifier) for identifier in own))
    _rows(to, schema.contributions, (row for identifier in ids for row in _arguments(identifier)))
    _rows(to, schema.conference_items, _items(ids, shape.themes))
    table = schema.recommendations
    to.execute(
        update(table)
        .where(table.c.id == bindparam("of"))
        .values(state=bindparam("ended"), version=bindparam("words"), conference=CONFERENCE),
        [
            {
                "of": identifier,
                "ended": {"open": "forwarded", "refused": "not_finalised"}.get(
                    _ended(identifier), "finalised"
                ),
                "words": 2 if _ended(identifier) == "own" else 1,
            }
            for identifier in ids
        ],
    )


def _rows(to: Connection, table: Table, rows: Iterable[Row]) -> None:
    if batch := list(rows):
        to.execute(insert(table), batch)


def _ended(identifier: int) -> str:
    """How the conference left it: final as it came, in words of its own, refused, or still open."""
    return {0: "own", 8: "refused", 9: "open"}.get(identifier % 10, "as it came")


def _final_words(identifier: int) -> Row:
    return {
        "recommendation_id": identifier,
        "number": 2,
        "title": f"Joint planning, final text {identifier}",
        "text": f"{TEXT}{TEXT.replace('early', 'from the first assessment on')}({identifier})",
        "rationale": TEXT,
        "addressees": ["DPKO", "CMPD"],
        "author_id": person(identifier % 100),
        "created_at": HELD_AT,
        "change": "editorial",
        "reason": "It says more clearly who does what.",
    }


def _arguments(identifier: int) -> Iterator[Row]:
    for number in range(1, ARGUMENTS + 1):
        yield {
            "guild_id": payloads.GUILD,
            "recommendation_id": identifier,
            "number": number,
            "stance": ("for", "against")[number % 2],
            "text": f"It worked in mission {identifier}, and those who were there say so, time and again.",
            "link": None,
            "person_id": person((identifier + number) % 100),
            "constituency": CONSTITUENCIES[number % 4],
            "added_by": person((identifier + number) % 100),
            "at": EPOCH + timedelta(minutes=number),
            "set_aside_reason": "",
        }


def _items(ids: range, themes: int) -> Iterator[Row]:
    number = 0
    for identifier in ids:
        ended = _ended(identifier)
        final = ended in ("own", "as it came")
        number += final
        ballot = (identifier - 1) // PER_THEME + 1
        yield {
            "recommendation_id": identifier,
            "guild_id": payloads.GUILD,
            "event": CONFERENCE,
            "origin": f"E{(identifier - 1) // (PER_THEME * themes) + 1:02}",
            "version": 1,
            "ballot_id": ballot,
            "rank": (identifier - 1) % PER_THEME + 1,
            "forwarded_at": FORWARDED_AT,
            "forwarded_by": person(0),
            "position": identifier,
            "presented_at": HELD_AT,
            "number": number if final else None,
            "final_version": (2 if ended == "own" else 1) if final else None,
            "basis": {"own": "seminar", "as it came": "seminar", "refused": "not_finalised"}.get(ended),
            "basis_ballot_id": ballot if final else None,
            "reason": "It was not thought ripe." if ended == "refused" else "",
            "decided_at": None if ended == "open" else HELD_AT,
            "decided_by": None if ended == "open" else person(0),
        }
