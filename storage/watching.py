"""How much there is and how much of it waits: the figures by which a store is watched.

Over all servers together, and no figure says anything about a person or a vote.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotStatus
from storage.schema import ballots, deadlines, ledger_heads, outbox

LATE = timedelta(minutes=1)
"""A deadline that is over for longer, and not dealt with, is overdue."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`waiting` messages are due and not said; the `oldest` of them could first be said then."""

    waiting: int
    oldest: datetime | None
    overdue: int
    ledger: int
    open_ballots: int


async def figures(tx: AsyncConnection, now: datetime) -> Figures:
    """What stands in the store at this moment."""
    # A message that was put off is due later, and has waited since it was left.
    since = case((outbox.c.attempts > 0, outbox.c.created_at), else_=outbox.c.due_at)
    waiting, oldest = (
        await tx.execute(
            select(func.count(), func.min(since, type_=outbox.c.due_at.type)).where(
                (outbox.c.due_at <= now) | (outbox.c.attempts > 0)
            )
        )
    ).one()
    overdue = await tx.scalar(
        select(func.count()).where(deadlines.c.done_at.is_(None), deadlines.c.due_at <= now - LATE)
    )
    entries = await tx.scalar(select(func.coalesce(func.sum(ledger_heads.c.seq), 0)))
    open_ballots = await tx.scalar(
        select(func.count()).select_from(ballots).where(ballots.c.status == BallotStatus.OPEN.value)
    )
    return Figures(int(waiting), oldest, int(overdue or 0), int(entries or 0), int(open_ballots or 0))
