"""What the audit reads as it stands, whatever somebody may have made of it.

Only columns that can be read whatever is in them: a moment that is none any more must
be found by the audit and not end it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, String, Text, cast, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import (
    ballot_items,
    ballots,
    cast_votes,
    conference_items,
    electorates,
    ledger,
    ledger_texts,
    recommendations,
    tallies,
    versions,
    votes,
)

_PIECE = 500


@dataclass(frozen=True, slots=True)
class ActRow:
    """An entry of the ledger, its moment as it is stored; `body` ought to be canonical JSON."""

    seq: int
    at: str
    act: str
    subject: str
    body: str


class TextRow(NamedTuple):
    """A version as it is stored; `current` is the number of its recommendation's current one."""

    reference: str
    current: object
    number: int
    title: object
    text: object
    rationale: object
    addressees: object


class FinalRow(NamedTuple):
    """What a conference knows of a recommendation, as it is stored, and the recommendation's own state.

    `ballot` and `basis_ballot` are the numbers of ballots (3 for B3).
    """

    reference: str
    state: object
    conference: object
    ballot: object
    basis_ballot: object
    event: object
    origin: object
    version: object
    rank: object
    number: object
    final_version: object
    basis: object


class ItemMark(NamedTuple):
    """What a ballot's item is: papers name it by its position alone. `removed` while it was open."""

    recommendation_id: object
    version: object
    reference: object
    removed: bool


@dataclass(frozen=True, slots=True)
class Remains:
    """What else the store holds on a ballot: its own row's fields that the ledger knows too, None
    without such a row; its items by position; whether its votes are kept for a further round; and how
    many rows of its votes, its electorate, and of those who voted."""

    fields: dict[str, object] | None
    items: dict[object, ItemMark]
    kept: bool
    votes: int
    electorate: int
    voted: int


_FIELDS = (
    "guild_id",
    "number",
    "event",
    "theme",
    "method",
    "status",
    "threshold",
    "quorum",
    "secrecy",
    "reasons",
    "receipts",
    "electorate",
    "voters",
    "set_aside",
    "purpose",
    "results",
    "vote_by",
    "options",
    "entitled_at_opening",
    "notified",
)
_MOMENTS = ("opened_at", "closed_at")


def _as_stored() -> list[ColumnElement[object]]:
    """The columns of a ballot's own row that the ledger knows too; whatever is in them can be read."""
    kinds = {**dict.fromkeys(_FIELDS, None), **dict.fromkeys(_MOMENTS, String()), "receipts": Integer()}
    return [
        ballots.c[name] if kind is None else type_coerce(ballots.c[name], kind).label(name)
        for name, kind in kinds.items()
    ]


async def acts(tx: AsyncConnection, guild_id: int, wanted: Collection[str]) -> list[ActRow]:
    """The entries of some acts in a server's ledger, in order."""
    query = (
        select(
            ledger.c.seq, type_coerce(ledger.c.at, String()), ledger.c.act, ledger.c.subject, ledger.c.body
        )
        .where(ledger.c.guild_id == guild_id, ledger.c.act.in_(wanted))
        .order_by(ledger.c.seq)
    )
    return [ActRow(*row) for row in await tx.execute(query)]


async def count_entries(tx: AsyncConnection, guild_id: int) -> int:
    query = select(func.count()).select_from(ledger).where(ledger.c.guild_id == guild_id)
    return await tx.scalar(query) or 0


async def holds(tx: AsyncConnection, guild_ids: Collection[int], entry_hash: str) -> bool:
    """Whether one of these servers' chains has an entry of this hash."""
    query = select(ledger.c.seq).where(ledger.c.guild_id.in_(guild_ids), ledger.c.hash == entry_hash)
    return (await tx.execute(query.limit(1))).first() is not None


async def texts(tx: AsyncConnection, guild_id: int) -> AsyncIterator[list[TextRow]]:
    """Every version of every recommendation of a server, in pieces."""
    # SQLite hands out whatever stands there; a cast would fail on what is no text. PostgreSQL's JSON is
    # always JSON, and its driver would read it.
    json = versions.c.addressees
    spelled = cast(json, Text()) if tx.dialect.name == "postgresql" else type_coerce(json, String())
    found = await tx.stream(
        select(
            recommendations.c.reference,
            recommendations.c.version,
            versions.c.number,
            versions.c.title,
            versions.c.text,
            versions.c.rationale,
            spelled.label("addressees"),
        )
        .join_from(recommendations, versions, versions.c.recommendation_id == recommendations.c.id)
        .where(recommendations.c.guild_id == guild_id)
        .order_by(recommendations.c.id, versions.c.number)
    )
    async for part in found.partitions(_PIECE):
        yield [TextRow(*row) for row in part]


async def finals(tx: AsyncConnection, guild_id: int) -> dict[str, FinalRow]:
    """Everything that was forwarded in a server, by reference."""
    brought, rested = ballots.alias("brought"), ballots.alias("rested")
    own = (conference_items.c[name] for name in FinalRow._fields[5:])
    found = await tx.execute(
        select(
            recommendations.c.reference,
            recommendations.c.state,
            recommendations.c.conference,
            brought.c.number,
            rested.c.number,
            *own,
        )
        .join_from(
            conference_items, recommendations, recommendations.c.id == conference_items.c.recommendation_id
        )
        .outerjoin(brought, brought.c.id == conference_items.c.ballot_id)
        .outerjoin(rested, rested.c.id == conference_items.c.basis_ballot_id)
        .where(conference_items.c.guild_id == guild_id)
        .order_by(recommendations.c.id)
    )
    return {row.reference: FinalRow(*row) for row in found}


async def remembered(tx: AsyncConnection, digests: Collection[str]) -> dict[str, str]:
    """The free texts of these digests, of those that have not been erased."""
    found: dict[str, str] = {}
    wanted = list(digests)
    for start in range(0, len(wanted), _PIECE):
        piece = wanted[start : start + _PIECE]
        query = select(ledger_texts.c.digest, ledger_texts.c.text).where(ledger_texts.c.digest.in_(piece))
        found |= {row.digest: row.text for row in await tx.execute(query)}
    return found


async def recorded(tx: AsyncConnection) -> dict[int, int | None]:
    """Every ballot with a cast-vote record or a tally, and the server of its own row, if it has one."""
    either = select(cast_votes.c.ballot_id).union(select(tallies.c.ballot_id)).subquery()
    query = select(either.c.ballot_id, ballots.c.guild_id).outerjoin(
        ballots, ballots.c.id == either.c.ballot_id
    )
    return {row[0]: row[1] for row in await tx.execute(query)}


async def remains(tx: AsyncConnection, ballot_id: int) -> Remains:
    """What is to be compared with the ledger besides record and tally."""
    row = (await tx.execute(select(*_as_stored()).where(ballots.c.id == ballot_id))).one_or_none()
    items = await tx.execute(
        select(
            ballot_items.c.position,
            ballot_items.c.recommendation_id,
            ballot_items.c.version,
            ballot_items.c.reference,
            ballot_items.c.removed_at.is_not(None),
        ).where(ballot_items.c.ballot_id == ballot_id)
    )
    kept = await tx.scalar(select(ballots.c.kept).where(ballots.c.id == ballot_id))
    of_votes = select(func.count()).select_from(votes).where(votes.c.ballot_id == ballot_id)
    of_electors = select(func.count()).select_from(electorates).where(electorates.c.ballot_id == ballot_id)
    return Remains(
        fields=None if row is None else dict(row._mapping),
        items={position: ItemMark(*mark) for position, *mark in items},
        kept=bool(kept),
        votes=await tx.scalar(of_votes) or 0,
        electorate=await tx.scalar(of_electors) or 0,
        voted=await tx.scalar(of_electors.where(electorates.c.voted.is_(True))) or 0,
    )
