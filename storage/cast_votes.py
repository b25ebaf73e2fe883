"""What closing makes of a ballot's votes: electorate, cast-vote record, reasons and tally.

Votes of open ballots are the affair of `storage.votes`. Each call here is one
statement, or one for two thousand rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import (
    cast_votes,
    electorates,
    people,
    registrations,
    tallies,
    vote_reasons,
)

PARTICIPANT = "participant"
_PIECE = 2_000


@dataclass(frozen=True, slots=True)
class EntitledRow:
    """Somebody in the electorate; `user_id` is None for a person without an account."""

    person_id: str
    pseudonym: str
    user_id: int | None
    constituency: str | None


@dataclass(frozen=True, slots=True)
class ElectorRow:
    """Somebody in the electorate as frozen at closing, and whether they voted at all."""

    ballot_id: int
    person_id: str
    constituency: str | None
    voted: bool


@dataclass(frozen=True, slots=True)
class CastVoteRow:
    """One row of the cast-vote record; `digest` covers every other field."""

    ballot_id: int
    number: int
    position: int
    reference: str
    choice: str
    receipt: str | None
    constituency: str | None
    voter: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A voter's reason, with nothing that leads to the vote it came with."""

    id: str
    ballot_id: int
    position: int
    choice: str
    text: str


@dataclass(frozen=True, slots=True)
class TallyRow:
    """An item's published figures as canonical JSON; `digest` covers every other field."""

    ballot_id: int
    position: int
    recommendation_id: int
    reference: str
    figures: str
    digest: str


R = TypeVar("R", ElectorRow, CastVoteRow, ReasonRow, TallyRow)


async def entitled(tx: AsyncConnection, guild_id: int) -> tuple[EntitledRow, ...]:
    """The electorate of a server as it stands now."""
    query = (
        select(people.c.id, people.c.pseudonym, people.c.user_id, registrations.c.constituency)
        .join(registrations, registrations.c.person_id == people.c.id)
        .where(registrations.c.guild_id == guild_id, registrations.c.status == PARTICIPANT)
    )
    return tuple(EntitledRow(*row) for row in await tx.execute(query))


async def count_entitled(tx: AsyncConnection, guild_id: int) -> int:
    """The size of a server's electorate as it stands now."""
    query = select(func.count()).where(
        registrations.c.guild_id == guild_id, registrations.c.status == PARTICIPANT
    )
    return await tx.scalar(query) or 0


async def put_electorate(tx: AsyncConnection, rows: Sequence[ElectorRow]) -> None:
    await _put(tx, electorates, ElectorRow, rows)


async def put_cast_votes(tx: AsyncConnection, rows: Sequence[CastVoteRow]) -> None:
    await _put(tx, cast_votes, CastVoteRow, rows)


async def put_reasons(tx: AsyncConnection, rows: Sequence[ReasonRow]) -> None:
    await _put(tx, vote_reasons, ReasonRow, rows)


async def put_tallies(tx: AsyncConnection, rows: Sequence[TallyRow]) -> None:
    await _put(tx, tallies, TallyRow, rows)


async def cast_votes_of(tx: AsyncConnection, ballot_id: int) -> tuple[CastVoteRow, ...]:
    """The cast-vote record of a closed ballot, in its published order."""
    query = select(*_CAST_VOTE).where(cast_votes.c.ballot_id == ballot_id)
    return tuple(CastVoteRow(*row) for row in await tx.execute(query.order_by(cast_votes.c.number)))


async def tallies_of(tx: AsyncConnection, ballot_id: int) -> tuple[TallyRow, ...]:
    """The published figures of a closed ballot, in the order of its items."""
    query = select(*_TALLY).where(tallies.c.ballot_id == ballot_id)
    return tuple(TallyRow(*row) for row in await tx.execute(query.order_by(tallies.c.position)))


async def _put(tx: AsyncConnection, table: Table, kind: type[R], rows: Sequence[R]) -> None:
    """Insert rows as the driver wants them: their columns are plain texts and numbers.

    The write lock is held meanwhile, and a large ballot has a hundred thousand rows, on which
    SQLAlchemy's own handling of parameters would take most of the time. In pieces, between
    which the program answers others.
    """
    statement = insert(table).compile(dialect=tx.dialect, column_keys=kind.__slots__)
    columns = attrgetter(*(statement.positiontup or ()))
    for start in range(0, len(rows), _PIECE):
        await tx.exec_driver_sql(statement.string, [columns(row) for row in rows[start : start + _PIECE]])


_CAST_VOTE = tuple(cast_votes.c[name] for name in CastVoteRow.__slots__)
_TALLY = tuple(tallies.c[name] for name in TallyRow.__slots__)
