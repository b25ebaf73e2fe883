"""What a digest reads: the acts since the last one, what they were about, and where that is posted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotStatus, State
from storage.schema import ballots, ledger, posts, recommendations, versions
from storage.versions import CURRENT

MOST_ACTS = 20_000  # that one digest looks at: the latest


@dataclass(frozen=True, slots=True)
class ConcernedRow:
    """A recommendation that something happened to."""

    reference: str
    event: str
    state: State


@dataclass(frozen=True, slots=True)
class BallotLine:
    """A ballot as a digest tells of it; `theme` is None where references were named."""

    id: int
    number: int
    event: str
    theme: str | None
    method: str
    closes_at: datetime | None


_BALLOT = (
    ballots.c.id,
    ballots.c.number,
    ballots.c.event,
    ballots.c.theme,
    ballots.c.method,
    ballots.c.closes_at,
)


async def acts(
    tx: AsyncConnection, guild_id: int, wanted: Collection[str], after: int, until: int
) -> list[tuple[str, str]]:
    """The act and the subject of every entry of these acts, from after one entry to another."""
    found = await tx.execute(
        select(ledger.c.act, ledger.c.subject)
        .where(
            ledger.c.guild_id == guild_id,
            ledger.c.seq > max(after, until - MOST_ACTS),
            ledger.c.seq <= until,
            ledger.c.act.in_(sorted(wanted)),
        )
        .order_by(ledger.c.seq)
    )
    return [(row.act, row.subject) for row in found]


async def concerned(
    tx: AsyncConnection, guild_id: int, references: Collection[str]
) -> dict[str, ConcernedRow]:
    """The recommendations of these references, by reference, each with the event that deals with it now."""
    if not references:
        return {}
    found = await tx.execute(
        select(
            recommendations.c.reference,
            func.coalesce(recommendations.c.conference, recommendations.c.event).label("event"),
            recommendations.c.state,
        ).where(recommendations.c.guild_id == guild_id, recommendations.c.reference.in_(list(references)))
    )
    return {row.reference: ConcernedRow(row.reference, row.event, State(row.state)) for row in found}


async def titles(tx: AsyncConnection, guild_id: int, references: Collection[str]) -> dict[str, str]:
    """What these recommendations are called now, by reference."""
    if not references:
        return {}
    found = await tx.execute(
        select(recommendations.c.reference, versions.c.title)
        .join_from(recommendations, versions, CURRENT)
        .where(recommendations.c.guild_id == guild_id, recommendations.c.reference.in_(list(references)))
    )
    return {row.reference: row.title for row in found}


async def closed(tx: AsyncConnection, guild_id: int, numbers: Collection[int]) -> list[BallotLine]:
    """The ballots of these numbers, by number."""
    if not numbers:
        return []
    found = await tx.execute(
        select(*_BALLOT)
        .where(ballots.c.guild_id == guild_id, ballots.c.number.in_(list(numbers)))
        .order_by(ballots.c.number)
    )
    return [BallotLine(*row) for row in found]


async def closing(tx: AsyncConnection, guild_id: int, after: datetime, until: datetime) -> list[BallotLine]:
    """The open ballots whose time is up between two moments, the first to close first."""
    found = await tx.execute(
        select(*_BALLOT)
        .where(
            ballots.c.guild_id == guild_id,
            ballots.c.status == BallotStatus.OPEN.value,
            ballots.c.closes_at > after,
            ballots.c.closes_at <= until,
        )
        .order_by(ballots.c.closes_at, ballots.c.number)
    )
    return [BallotLine(*row) for row in found]


async def places(
    tx: AsyncConnection, guild_id: int, kinds: Collection[str], subjects: Collection[str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Channel and message of the posts of these kinds and subjects, by kind and subject."""
    if not subjects:
        return {}
    found = await tx.execute(
        select(posts.c.kind, posts.c.subject, posts.c.channel_id, posts.c.message_id).where(
            posts.c.guild_id == guild_id, posts.c.kind.in_(list(kinds)), posts.c.subject.in_(list(subjects))
        )
    )
    return {(row.kind, row.subject): (row.channel_id, row.message_id) for row in found}
