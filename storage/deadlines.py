"""Deadlines: claimed by a lease, done in the transaction of their effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bulk import in_pieces
from storage.schema import deadlines
from storage.shards import Shards, among_shards, of_shards

# Asked after every act, and so made once.
_NEXT = func.min(
    case(
        (deadlines.c.leased_until > deadlines.c.due_at, deadlines.c.leased_until),
        else_=deadlines.c.due_at,
    ),
    type_=deadlines.c.due_at.type,
)
_WAITING = and_(deadlines.c.done_at.is_(None), deadlines.c.kind.in_(bindparam("kinds", expanding=True)))
_OWN = among_shards(deadlines.c.guild_id)
_NEXT_DUE = select(_NEXT).where(_WAITING)
_NEXT_DUE_OWN = _NEXT_DUE.where(_OWN)
_NEXT_DUE_OTHERS = _NEXT_DUE.where(not_(_OWN))


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """`subject` is the id of what it is about: for `ballot.*`, the ballot's."""

    id: int
    guild_id: int
    kind: str
    subject: int
    due_at: datetime


async def put(tx: AsyncConnection, guild_id: int, kind: str, subject: int, due_at: datetime) -> None:
    """Set a deadline, or move the one there is: it is then neither claimed nor done."""
    moved = await tx.execute(
        update(deadlines)
        .where(deadlines.c.kind == kind, deadlines.c.subject == subject)
        .values(due_at=due_at, leased_until=None, done_at=None)
    )
    if not moved.rowcount:
        await tx.execute(
            deadlines.insert().values(guild_id=guild_id, kind=kind, subject=subject, due_at=due_at)
        )


async def put_all(tx: AsyncConnection, guild_id: int, kind: str, due: Mapping[int, datetime | None]) -> None:
    """Set or move the deadlines of many subjects; those without a moment go."""
    await in_pieces(
        tx,
        deadlines.delete().where(deadlines.c.kind == kind, deadlines.c.subject == bindparam("of")),
        [{"of": subject} for subject in due],
    )
    await in_pieces(
        tx,
        deadlines.insert(),
        [
            {"guild_id": guild_id, "kind": kind, "subject": subject, "due_at": moment}
            for subject, moment in due.items()
            if moment is not None
        ],
    )


@dataclass(frozen=True, slots=True)
class Preference:
    """Deadlines of `shards` are one's own; those of other servers are taken up when they are `late`,
    since then nobody is there who does them in time."""

    shards: Shards
    late: timedelta


async def next_due(
    tx: AsyncConnection, kinds: Sequence[str], prefer: Preference | None = None
) -> datetime | None:
    """The earliest moment at which a deadline of `kinds` can be claimed, in UTC."""
    if prefer is None:
        found: datetime | None = await tx.scalar(_NEXT_DUE, {"kinds": kinds})
        return found
    given = {"kinds": kinds, **of_shards(prefer.shards)}
    own: datetime | None = await tx.scalar(_NEXT_DUE_OWN, given)
    others: datetime | None = await tx.scalar(_NEXT_DUE_OTHERS, given)
    late = None if others is None else others + prefer.late
    return min((moment for moment in (own, late) if moment is not None), default=None)


async def claim(
    tx: AsyncConnection,
    kinds: Sequence[str],
    now: datetime,
    leased_until: datetime,
    prefer: Preference | None = None,
) -> DeadlineRow | None:
    """Take the earliest due deadline that nobody holds; it is ours until `leased_until`."""
    due = deadlines.c.due_at <= now
    if prefer is not None:
        due = or_(deadlines.c.due_at <= now - prefer.late, and_(due, _OWN))
    earliest = (
        select(deadlines.c.id)
        .where(
            deadlines.c.done_at.is_(None),
            due,
            deadlines.c.kind.in_(kinds),
            or_(deadlines.c.leased_until.is_(None), deadlines.c.leased_until <= now),
        )
        .order_by(deadlines.c.due_at, deadlines.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = (
        await tx.execute(
            update(deadlines)
            .where(deadlines.c.id == earliest)
            .values(leased_until=leased_until)
            .returning(
                deadlines.c.id,
                deadlines.c.guild_id,
                deadlines.c.kind,
                deadlines.c.subject,
                deadlines.c.due_at,
            ),
            of_shards(prefer.shards) if prefer is not None else {},
        )
    ).one_or_none()
    return None if row is None else DeadlineRow(*row)


async def done(tx: AsyncConnection, kinds: Sequence[str], subject: int, now: datetime) -> None:
    """Mark the deadlines of `kinds` on `subject` done; call it in the transaction of the effect."""
    await tx.execute(
        update(deadlines)
        .where(
            and_(
                deadlines.c.subject == subject,
                deadlines.c.kind.in_(kinds),
                deadlines.c.done_at.is_(None),
            )
        )
        .values(done_at=now)
    )


async def put_off(tx: AsyncConnection, deadline_id: int, until: datetime) -> None:
    """Let go of a deadline that cannot be done yet; anybody may claim it from `until` on."""
    await tx.execute(update(deadlines).where(deadlines.c.id == deadline_id).values(leased_until=until))
