"""What closing makes of a ballot's votes: cast-vote record, reasons and tally.

Votes of open ballots are the affair of `storage.votes`. Each call here is one
statement, or one for two thousand rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bulk import put
from storage.schema import cast_votes, tallies, vote_reasons


@dataclass(frozen=True, slots=True)
class CastVoteRow:
    """One row of the cast-vote record; `digest` covers every other field.

    A whole paper has position `seminar.paper.WHOLE` and no reference.
    """

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


async def put_cast_votes(tx: AsyncConnection, rows: Sequence[CastVoteRow]) -> None:
    await put(tx, cast_votes, CastVoteRow, rows)


async def put_reasons(tx: AsyncConnection, rows: Sequence[ReasonRow]) -> None:
    await put(tx, vote_reasons, ReasonRow, rows)


async def put_tallies(tx: AsyncConnection, rows: Sequence[TallyRow]) -> None:
    await put(tx, tallies, TallyRow, rows)


async def cast_votes_of(tx: AsyncConnection, ballot_id: int) -> tuple[CastVoteRow, ...]:
    """The cast-vote record of a closed ballot, in its published order."""
    query = select(*_CAST_VOTE).where(cast_votes.c.ballot_id == ballot_id)
    return tuple(CastVoteRow(*row) for row in await tx.execute(query.order_by(cast_votes.c.number)))


async def tallies_of(tx: AsyncConnection, ballot_id: int) -> tuple[TallyRow, ...]:
    """The published figures of a closed ballot, in the order of its items."""
    query = select(*_TALLY).where(tallies.c.ballot_id == ballot_id)
    return tuple(TallyRow(*row) for row in await tx.execute(query.order_by(tallies.c.position)))


async def reasons_of(tx: AsyncConnection, ballot_id: int) -> tuple[ReasonRow, ...]:
    """The reasons given on a closed ballot, in an order that says nothing."""
    query = select(*(vote_reasons.c[name] for name in ReasonRow.__slots__))
    found = await tx.execute(query.where(vote_reasons.c.ballot_id == ballot_id).order_by(vote_reasons.c.id))
    return tuple(ReasonRow(*row) for row in found)


_CAST_VOTE = tuple(cast_votes.c[name] for name in CastVoteRow.__slots__)
_TALLY = tuple(tallies.c[name] for name in TallyRow.__slots__)
