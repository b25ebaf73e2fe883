"""Fill a store: as small as a first evening's, or as large as years of seminars leave it.

Rows go straight into the tables. They have the shape real ones have (same texts,
same figures, same number of recommendations in each theme of each event), so
that a small and a large store differ in one thing alone: how much else is in
them. Checksums are placeholders: `audit verify` would rightly refuse this store.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Table, create_engine, insert, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.shapes import (
    CONSTITUENCIES,
    EPOCH,
    PER_THEME,
    VOTERS,
    Shape,
    initiative,
    reference,
    store_url,
)
from benchmarks.wire import payloads
from seminar.canonical import canonical
from seminar.methods import support
from seminar.model import BallotRules, Outcome, Quorum, Reasons, Secrecy, Threshold
from seminar.texts import words
from storage import migrate, schema
from storage.engine import driver_url

TEXT: Final = (
    "Illustrative, not adopted text. Those who plan a mission together should be asked together, "
    "early and by the same route each time, and should find the lessons of the last one in one place. "
)
RULES: Final = BallotRules(
    method="support",
    threshold=Threshold(Fraction(1, 2), strict=True),
    quorum=Quorum(),
    secrecy=Secrecy.SECRET,
    reasons=Reasons.NONE,
    receipts=True,
)

Row = dict[str, Any]


def fill(folder: Path, shape: Shape) -> None:
    """Make the store of `folder`, which must have none yet."""
    with filling(folder) as connection:
        _Filler(connection, shape).fill()


def fill_server(url: str, shape: Shape) -> None:
    """Make the store in the empty database at `url`."""
    asyncio.run(_fill_server(url, shape))


async def _fill_server(url: str, shape: Shape) -> None:
    await migrate.upgrade(url)
    engine = create_async_engine(driver_url(url))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(lambda to: _Filler(to, shape).fill())
            # Rows came with their ids: what counts them has not noticed.
            for table in schema.metadata.sorted_tables:
                counting = f"pg_get_serial_sequence('{table.name}', 'id')"
                if "id" in table.c and isinstance(table.c.id.type, BigInteger):
                    last = f"(SELECT max(id) FROM {table.name})"
                    await connection.exec_driver_sql(f"SELECT setval({counting}, {last}) WHERE {last} > 0")
    finally:
        await engine.dispose()


@contextmanager
def filling(folder: Path) -> Iterator[Connection]:
    """Make an empty store in `folder`; what is put in stands in its file itself when the block ends."""
    asyncio.run(migrate.upgrade(store_url(folder)))
    engine = create_engine(store_url(folder))
    try:
        with engine.begin() as connection:
            yield connection
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def cast(folder: Path, ballot: int, votes: Iterable[tuple[str, int, str]]) -> None:
    """Put votes on an open ballot: by the voter's mark, the position and the choice, each with a receipt."""
    engine = create_engine(store_url(folder))
    rows = [
        {
            "ballot_id": ballot,
            "voter": mark,
            "position": position,
            "choice": choice,
            "receipt": f"{number:012X}",
            "reason": None,
            "cast_by": None,
        }
        for number, (mark, position, choice) in enumerate(votes)
    ]
    try:
        with engine.begin() as connection:
            connection.execute(insert(schema.votes), rows)
    finally:
        engine.dispose()


def person(number: int) -> str:
    """The id of the person with this number, counted from 0."""
    return f"person{number:06}"


@dataclass(slots=True)
class _Filler:
    """Writes all rows of one store in one transaction."""

    to: Connection
    shape: Shape

    def fill(self) -> None:
        guild = payloads.GUILD
        document = initiative(self.shape).model_dump(mode="json", by_alias=True)
        ballots = self.shape.events * self.shape.themes
        self._add(
            schema.initiatives,
            [{"guild_id": guild, "document": document, "loaded_at": EPOCH, "next_ballot": ballots + 1}],
        )
        numbers = self.shape.events * PER_THEME + 1
        self._add(
            schema.themes,
            (
                {
                    "guild_id": guild,
                    "code": f"T{n:02}",
                    "next_number": numbers + (self.shape.waiting if n == self.shape.themes else 0),
                }
                for n in range(1, self.shape.themes + 1)
            ),
        )
        self._add(
            schema.events,
            (
                {
                    "guild_id": guild,
                    "code": f"E{n:02}",
                    "status": "open" if n == 1 else "closed",
                    "opened_at": EPOCH,
                    "closed_at": None if n == 1 else EPOCH + timedelta(days=2),
                    "channel_id": payloads.CHANNEL if n == 1 else None,
                    "is_forum": False,
                }
                for n in range(1, self.shape.events + 1)
            ),
        )
        self._people()
        identifier = 0
        for event in range(1, self.shape.events + 1):
            for theme in range(1, self.shape.themes + 1):
                self._theme(event, theme, identifier)
                identifier += PER_THEME
        self._waiting(identifier)
        self._ledger()

    def _add(self, table: Table, rows: Iterable[Row]) -> None:
        batch = list(rows)
        if batch:
            self.to.execute(insert(table), batch)

    def _people(self) -> None:
        guild = payloads.GUILD
        everyone = range(self.shape.people)
        self._add(
            schema.people,
            (
                {
                    "id": person(n),
                    "guild_id": guild,
                    "user_id": payloads.user_id(n),
                    "name": f"Expert {n}",
                    "pseudonym": f"pseudonym{n:06}",
                    "notice_seen_at": EPOCH,
                }
                for n in everyone
            ),
        )
        self._add(
            schema.registrations,
            (
                {
                    "person_id": person(n),
                    "guild_id": guild,
                    "status": "participant",
                    "constituency": CONSTITUENCIES[n % 4],
                    "organisation": None,
                    "registered_at": EPOCH,
                }
                for n in everyone
            ),
        )

    def _theme(self, event: int, theme: int, before: int) -> None:
        """25 recommendations and the closed ballot on them, with its votes."""
        ballot = before // PER_THEME + 1
        closed = EPOCH + timedelta(hours=ballot)
        dice = random.Random(ballot)
        first = (event - 1) * PER_THEME + 1
        references = [reference(theme, first + place) for place in range(PER_THEME)]
        ids = range(before + 1, before + PER_THEME + 1)
        votes = list(_votes(dice))
        items = list(enumerate(references, 1))
        figures = support.tally(items, votes, RULES, self.shape.people, CONSTITUENCIES)
        states = ["adopted" if f.outcome is Outcome.CARRIED else "not_adopted" for f in figures]
        self._recommendations(event, theme, first, ids, states, ballot)
        self._add(schema.ballots, [_ballot(ballot, event, theme, closed, self.shape.people)])
        self._add(
            schema.ballot_items,
            (
                {
                    "ballot_id": ballot,
                    "position": place,
                    "recommendation_id": identifier,
                    "version": 1,
                    "reference": references[place - 1],
                }
                for place, identifier in enumerate(ids, 1)
            ),
        )
        self._add(
            schema.electorates,
            (
                {
                    "ballot_id": ballot,
                    "elector": person(n),
                    "constituency": CONSTITUENCIES[n % 4],
                    "voted": True,
                }
                for n in range(VOTERS)
            ),
        )
        self._add(
            schema.cast_votes,
            (
                {
                    "ballot_id": ballot,
                    "number": number,
                    "position": position,
                    "reference": references[position - 1],
                    "choice": choice,
                    "receipt": f"{ballot:06X}{number:06X}",
                    "constituency": group,
                    "voter": None,
                    "digest": _digest(ballot, number),
                }
                for number, (position, choice, group) in enumerate(votes, 1)
            ),
        )
        self._add(
            schema.tallies,
            (
                {
                    "ballot_id": ballot,
                    "position": place,
                    "recommendation_id": identifier,
                    "reference": figure.reference,
                    "figures": canonical(figure.to_json()),
                    "digest": _digest("tally", ballot, place),
                }
                for place, (identifier, figure) in enumerate(zip(ids, figures, strict=True), 1)
            ),
        )

    def _recommendations(
        self, event: int, theme: int, first: int, ids: range, states: list[str], ballot: int | None
    ) -> None:
        guild = payloads.GUILD
        rows = list(zip(range(first, first + len(ids)), ids, states, strict=True))
        self._add(
            schema.recommendations,
            (
                {
                    "id": identifier,
                    "guild_id": guild,
                    "event": f"E{event:02}",
                    "theme": f"T{theme:02}",
                    "number": number,
                    "reference": reference(theme, number),
                    "state": state,
                    "author_id": person(number % 100),
                    "version": 1,
                    "seconds": 0,
                    "last_ballot_id": ballot,
                    "created_at": EPOCH,
                }
                for number, identifier, state in rows
            ),
        )
        self._add(
            schema.versions,
            (
                {
                    "recommendation_id": identifier,
                    "number": 1,
                    "title": f"Joint planning, proposal {number}",
                    "text": f"{TEXT * 2}({number})",
                    "rationale": TEXT,
                    "addressees": ["DPKO", "CMPD"],
                    "author_id": person(number % 100),
                    "created_at": EPOCH,
                    "change": "original",
                    "reason": "",
                }
                for number, identifier, _ in rows
            ),
        )

        self._add(
            schema.search_words,
            (
                {"guild_id": payloads.GUILD, "word": word, "recommendation_id": identifier}
                for number, identifier, _ in rows
                for word in sorted(words(f"Joint planning, proposal {number} {TEXT}"))
            ),
        )

    def _waiting(self, before: int) -> None:
        first = self.shape.events * PER_THEME + 1
        waiting = self.shape.waiting
        ids = range(before + 1, before + waiting + 1)
        self._recommendations(1, self.shape.themes, first, ids, ["admitted"] * waiting, None)

    def _ledger(self) -> None:
        """An entry for each act that would have led here; the chain's hashes are placeholders."""
        acts = self.shape.recommendations + 2 * self.shape.events * self.shape.themes
        self._add(
            schema.ledger,
            (
                {
                    "guild_id": payloads.GUILD,
                    "seq": seq,
                    "at": EPOCH,
                    "actor": "pseudonym000001",
                    "act": "recommendation.proposed",
                    "subject": f"T01-{seq}",
                    "body": "{}",
                    "previous": _digest("ledger", seq - 1),
                    "hash": _digest("ledger", seq),
                }
                for seq in range(1, acts + 1)
            ),
        )
        head = {"seq": acts, "hash": _digest("ledger", acts)}
        heads = schema.ledger_heads
        there = self.to.execute(select(heads.c.seq).where(heads.c.guild_id == payloads.GUILD)).first()
        if there is None:
            self._add(heads, [{"guild_id": payloads.GUILD, **head}])
        else:
            self.to.execute(update(heads).where(heads.c.guild_id == payloads.GUILD).values(**head))


def _ballot(identifier: int, event: int, theme: int, closed: datetime, electorate: int) -> Row:
    return {
        "id": identifier,
        "guild_id": payloads.GUILD,
        "number": identifier,
        "event": f"E{event:02}",
        "theme": f"T{theme:02}",
        "method": "support",
        "status": "closed",
        "threshold": ">1/2",
        "quorum": "0",
        "secrecy": "secret",
        "reasons": "none",
        "receipts": True,
        "closes_in": "1h",
        "key_id": None,
        "prepared_by": person(0),
        "prepared_at": closed - timedelta(hours=1),
        "opened_at": closed - timedelta(hours=1),
        "closes_at": closed,
        "closed_at": closed,
        "sealed_at": closed,
        "entitled_at_opening": electorate,
        "electorate": electorate,
        "voters": VOTERS,
        "set_aside": 0,
    }


def _votes(dice: random.Random) -> Iterator[tuple[int, str, str]]:
    """A hundred people on 25 items: position, choice, group."""
    for position in range(1, PER_THEME + 1):
        lean = dice.uniform(0.2, 0.9)
        for voter in range(VOTERS):
            drawn = dice.random()
            choice = "abstain" if drawn > 0.95 else "for" if drawn < lean else "against"
            yield position, choice, CONSTITUENCIES[voter % 4]


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
