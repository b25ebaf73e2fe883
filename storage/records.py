"""What is read of closed ballots beyond their own rows; nothing here is written.

Each call is one statement, or one for five hundred names, however much the store holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ballots import BallotRow
from storage.cast_votes import CastVoteRow, TallyRow
from storage.schema import (
    ballot_items,
    ballots,
    cast_votes,
    delegations,
    ledger,
    people,
    recommendations,
    registrations,
    tallies,
)

CLOSED = "closed"
_PIECE = 500


class VoterRow(NamedTuple):
    """Whom a pseudonym of an open ballot stands for: a person, or a delegation by its organisation."""

    name: str
    organisation: str | None


async def ballots_on(
    tx: AsyncConnection, guild_id: int, event: str | None, theme: str | None
) -> tuple[BallotRow, ...]:
    """The closed ballots on recommendations of an event, of a theme, or of all, by number."""
    query = select(*(ballots.c[name] for name in BallotRow.__slots__)).where(
        ballots.c.guild_id == guild_id, ballots.c.status == CLOSED
    )
    if event is not None or theme is not None:
        wanted = (
            select(ballot_items.c.ballot_id)
            .join(recommendations, recommendations.c.id == ballot_items.c.recommendation_id)
            .where(recommendations.c.guild_id == guild_id, ballot_items.c.removed_at.is_(None))
        )
        if event is not None:
            wanted = wanted.where(recommendations.c.event == event)
        if theme is not None:
            wanted = wanted.where(recommendations.c.theme == theme)
        query = query.where(ballots.c.id.in_(wanted))
    return tuple(BallotRow(*row) for row in await tx.execute(query.order_by(ballots.c.number)))


async def tallies_of(tx: AsyncConnection, ballot_ids: Collection[int]) -> dict[int, list[TallyRow]]:
    """The published figures of several ballots by ballot, each in the order of its items."""
    query = select(*(tallies.c[name] for name in TallyRow.__slots__)).where(
        tallies.c.ballot_id.in_(ballot_ids)
    )
    found: dict[int, list[TallyRow]] = {ballot_id: [] for ballot_id in ballot_ids}
    for row in await tx.execute(query.order_by(tallies.c.ballot_id, tallies.c.position)):
        found[row.ballot_id].append(TallyRow(*row))
    return found


async def closing_bodies(tx: AsyncConnection, guild_id: int, labels: Collection[str]) -> Mapping[str, str]:
    """What the ledger says of the closing of some ballots, by label; ought to be canonical JSON."""
    query = (
        select(ledger.c.subject, ledger.c.body)
        .where(ledger.c.guild_id == guild_id, ledger.c.act == "ballot.closed", ledger.c.subject.in_(labels))
        .order_by(ledger.c.seq)
    )
    return {row.subject: row.body for row in await tx.execute(query)}


async def count(tx: AsyncConnection, ballot_ids: Collection[int]) -> int:
    """How many rows the cast-vote records of some ballots have."""
    query = select(func.count()).select_from(cast_votes).where(cast_votes.c.ballot_id.in_(ballot_ids))
    return int((await tx.execute(query)).scalar_one())


async def by_receipt(
    tx: AsyncConnection, guild_id: int, receipt: str
) -> tuple[tuple[BallotRow, CastVoteRow], ...]:
    """The rows of closed ballots of a server that carry a receipt; more than one only by forgery."""
    first = len(BallotRow.__slots__)
    query = (
        select(
            *(ballots.c[name] for name in BallotRow.__slots__),
            *(cast_votes.c[name] for name in CastVoteRow.__slots__),
        )
        .join_from(cast_votes, ballots, ballots.c.id == cast_votes.c.ballot_id)
        .where(ballots.c.guild_id == guild_id, ballots.c.status == CLOSED, cast_votes.c.receipt == receipt)
        .order_by(cast_votes.c.ballot_id, cast_votes.c.number)
    )
    return tuple((BallotRow(*row[:first]), CastVoteRow(*row[first:])) for row in await tx.execute(query))


async def voters(tx: AsyncConnection, guild_id: int, pseudonyms: Collection[str]) -> dict[str, VoterRow]:
    """Whom the pseudonyms of open ballots stand for; those of nobody known are not in it."""
    found: dict[str, VoterRow] = {}
    wanted = list(pseudonyms)
    for start in range(0, len(wanted), _PIECE):
        piece = wanted[start : start + _PIECE]
        query = union_all(
            select(people.c.pseudonym, people.c.name, registrations.c.organisation)
            .outerjoin_from(people, registrations, registrations.c.person_id == people.c.id)
            .where(people.c.guild_id == guild_id, people.c.pseudonym.in_(piece)),
            select(delegations.c.pseudonym, delegations.c.name, delegations.c.name).where(
                delegations.c.guild_id == guild_id, delegations.c.pseudonym.in_(piece)
            ),
        )
        for pseudonym, name, organisation in await tx.execute(query):
            found[pseudonym] = VoterRow(name, organisation)
    return found
