"""What reports of an initiative read of many recommendations or ballots at once; nothing here is written.

Each call is one statement, or one for five hundred ids, however much the store holds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import AmendmentStatus, Counts
from storage.ballots import BallotRow
from storage.cast_votes import CastVoteRow
from storage.records import CLOSED
from storage.rooms import RoomRow
from storage.schema import (
    amendments,
    ballot_items,
    ballots,
    cast_votes,
    conference_items,
    people,
    registrations,
    room_counts,
    seconds,
    statements,
    tallies,
    versions,
)
from storage.statements import Kind

_PIECE = 500
_VOTES = 1_000


class ResultRow(NamedTuple):
    """What a closed ballot published of one recommendation: `figures` is canonical JSON."""

    recommendation_id: int
    ballot_id: int
    version: int
    figures: str


class ItemRow(NamedTuple):
    """One item of a ballot with the title of the version voted on; `removed` while it was open."""

    ballot_id: int
    position: int
    recommendation_id: int
    reference: str
    version: int
    title: str
    removed: bool


class SaidRow(NamedTuple):
    """What was said in a silence procedure, and for which constituency."""

    ballot_id: int
    constituency: str | None
    kind: Kind
    text: str


class AskedRow(NamedTuple):
    """One amendment: when it was asked for, and what became of it."""

    recommendation_id: int
    status: AmendmentStatus
    at: datetime


async def results_on(tx: AsyncConnection, recommendation_ids: Collection[int]) -> list[ResultRow]:
    """Every closed ballot on these recommendations, the one that closed first first."""
    query = (
        select(tallies.c.recommendation_id, tallies.c.ballot_id, ballot_items.c.version, tallies.c.figures)
        .join_from(tallies, ballots, ballots.c.id == tallies.c.ballot_id)
        .join(
            ballot_items,
            and_(
                ballot_items.c.ballot_id == tallies.c.ballot_id,
                ballot_items.c.position == tallies.c.position,
            ),
        )
        .where(tallies.c.recommendation_id.in_(recommendation_ids), ballots.c.status == CLOSED)
        .order_by(ballots.c.closed_at, ballots.c.number)
    )
    return [ResultRow(*row) for row in await tx.execute(query)]


async def closed_ballots(tx: AsyncConnection, guild_id: int) -> dict[int, BallotRow]:
    """Every closed ballot of a server by id, in the order of their numbers."""
    query = (
        select(*(ballots.c[name] for name in BallotRow.__slots__))
        .where(ballots.c.guild_id == guild_id, ballots.c.status == CLOSED)
        .order_by(ballots.c.number)
    )
    return {row.id: BallotRow(*row) for row in await tx.execute(query)}


async def items_of(tx: AsyncConnection, ballot_ids: Iterable[int]) -> list[ItemRow]:
    """The items of some ballots, those taken out too, by ballot and position."""
    found: list[ItemRow] = []
    for ids in _pieces(ballot_ids):
        query = (
            select(
                ballot_items.c.ballot_id,
                ballot_items.c.position,
                ballot_items.c.recommendation_id,
                ballot_items.c.reference,
                ballot_items.c.version,
                versions.c.title,
                ballot_items.c.removed_at.is_not(None),
            )
            .join(
                versions,
                and_(
                    versions.c.recommendation_id == ballot_items.c.recommendation_id,
                    versions.c.number == ballot_items.c.version,
                ),
            )
            .where(ballot_items.c.ballot_id.in_(ids))
            .order_by(ballot_items.c.ballot_id, ballot_items.c.position)
        )
        found += [ItemRow(*row) for row in await tx.execute(query)]
    return found


async def hands_of(tx: AsyncConnection, ballot_ids: Iterable[int]) -> list[tuple[int, RoomRow]]:
    """Every show of hands of some ballots, each with its ballot's id, by item and constituency."""
    found: list[tuple[int, RoomRow]] = []
    for ids in _pieces(ballot_ids):
        query = (
            select(
                room_counts.c.ballot_id,
                room_counts.c.position,
                room_counts.c.constituency,
                room_counts.c.for_votes,
                room_counts.c.against,
                room_counts.c.abstain,
                room_counts.c.asked,
            )
            .where(room_counts.c.ballot_id.in_(ids))
            .order_by(room_counts.c.ballot_id, room_counts.c.position, room_counts.c.constituency)
        )
        found += [
            (ballot_id, RoomRow(position, constituency or None, Counts(for_, against, abstain), asked))
            for ballot_id, position, constituency, for_, against, abstain, asked in await tx.execute(query)
        ]
    return found


async def said_in(tx: AsyncConnection, ballot_ids: Iterable[int]) -> list[SaidRow]:
    """Everything that was said in some silence procedures, in the order it was said."""
    found: list[SaidRow] = []
    for ids in _pieces(ballot_ids):
        query = (
            select(statements.c.ballot_id, statements.c.constituency, statements.c.kind, statements.c.text)
            .where(statements.c.ballot_id.in_(ids))
            .order_by(statements.c.at, statements.c.id)
        )
        found += [
            SaidRow(ballot_id, constituency, Kind(kind), text)
            for ballot_id, constituency, kind, text in await tx.execute(query)
        ]
    return found


async def vote_counts(tx: AsyncConnection, ballot_ids: Iterable[int]) -> dict[int, int]:
    """How many rows the cast-vote record of each of these ballots has."""
    found: dict[int, int] = {}
    for ids in _pieces(ballot_ids):
        query = (
            select(cast_votes.c.ballot_id, func.count())
            .where(cast_votes.c.ballot_id.in_(ids))
            .group_by(cast_votes.c.ballot_id)
        )
        for ballot_id, number in await tx.execute(query):
            found[ballot_id] = number
    return found


async def receipts_of(tx: AsyncConnection, ballot_ids: Iterable[int]) -> AsyncIterator[list[CastVoteRow]]:
    """The rows of published records that carry a receipt, by ballot and in their published order."""
    for ids in _pieces(ballot_ids):
        found = await tx.stream(
            select(*(cast_votes.c[name] for name in CastVoteRow.__slots__))
            .where(cast_votes.c.ballot_id.in_(ids), cast_votes.c.receipt.is_not(None))
            .order_by(cast_votes.c.ballot_id, cast_votes.c.number)
        )
        async for part in found.partitions(_VOTES):
            yield [CastVoteRow(*row) for row in part]


async def asked_of(tx: AsyncConnection, recommendation_ids: Collection[int]) -> list[AskedRow]:
    """Every amendment to these recommendations."""
    query = select(amendments.c.recommendation_id, amendments.c.status, amendments.c.created_at).where(
        amendments.c.recommendation_id.in_(recommendation_ids)
    )
    return [AskedRow(row[0], AmendmentStatus(row[1]), row[2]) for row in await tx.execute(query)]


async def seconded_at(tx: AsyncConnection, recommendation_ids: Collection[int]) -> list[datetime]:
    """When these recommendations were seconded."""
    query = select(seconds.c.at).where(seconds.c.recommendation_id.in_(recommendation_ids))
    return list(await tx.scalars(query))


async def conferences(tx: AsyncConnection, guild_id: int) -> set[str]:
    """The codes of the conferences that something was forwarded to."""
    query = select(conference_items.c.event).where(conference_items.c.guild_id == guild_id).distinct()
    return set(await tx.scalars(query))


async def names(tx: AsyncConnection, guild_id: int) -> list[tuple[str, str | None]]:
    """Name and organisation of everybody registered in a server, in pieces that let others through."""
    found = await tx.stream(
        select(people.c.name, registrations.c.organisation)
        .join_from(people, registrations, registrations.c.person_id == people.c.id)
        .where(registrations.c.guild_id == guild_id)
    )
    return [(row[0], row[1]) async for part in found.partitions(_VOTES) for row in part]


async def organisations(tx: AsyncConnection, guild_id: int) -> list[str]:
    """The organisations of those registered in a server, each once, by name."""
    query = (
        select(registrations.c.organisation)
        .where(registrations.c.guild_id == guild_id, registrations.c.organisation.is_not(None))
        .distinct()
        .order_by(registrations.c.organisation)
    )
    return [name for name in await tx.scalars(query) if name]


def _pieces(ids: Iterable[int]) -> Iterator[list[int]]:
    wanted = list(ids)
    for start in range(0, len(wanted), _PIECE):
        yield wanted[start : start + _PIECE]
