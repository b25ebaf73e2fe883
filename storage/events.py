"""Where each event of an initiative stands, and in which channel it is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotStatus, EventStatus
from storage.schema import ballots, events


@dataclass(frozen=True, slots=True)
class EventRow:
    code: str
    status: EventStatus
    opened_at: datetime | None
    closed_at: datetime | None
    channel_id: int | None
    is_forum: bool


def _row(row: Row[Any]) -> EventRow:
    return EventRow(
        code=row.code,
        status=EventStatus(row.status),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        channel_id=row.channel_id,
        is_forum=bool(row.is_forum),
    )


_SELECT: Select[Any] = select(
    events.c.code,
    events.c.status,
    events.c.opened_at,
    events.c.closed_at,
    events.c.channel_id,
    events.c.is_forum,
)


async def fetch(tx: AsyncConnection, guild_id: int, code: str) -> EventRow | None:
    found = await tx.execute(_SELECT.where(events.c.guild_id == guild_id, events.c.code == code))
    row = found.one_or_none()
    return None if row is None else _row(row)


async def fetch_all(tx: AsyncConnection, guild_id: int) -> dict[str, EventRow]:
    """Every event ever named here, by code; also those the initiative no longer names."""
    found = await tx.execute(_SELECT.where(events.c.guild_id == guild_id))
    return {row.code: _row(row) for row in found}


async def set_open(tx: AsyncConnection, guild_id: int, code: str, at: datetime) -> None:
    await _change(tx, guild_id, code, status=EventStatus.OPEN.value, opened_at=at, closed_at=None)


async def set_closed(tx: AsyncConnection, guild_id: int, code: str, at: datetime) -> None:
    await _change(tx, guild_id, code, status=EventStatus.CLOSED.value, closed_at=at)


async def set_channel(tx: AsyncConnection, guild_id: int, code: str, channel_id: int, is_forum: bool) -> None:
    await _change(tx, guild_id, code, channel_id=channel_id, is_forum=is_forum)


async def _change(tx: AsyncConnection, guild_id: int, code: str, **values: object) -> None:
    await tx.execute(
        update(events).where(events.c.guild_id == guild_id, events.c.code == code).values(**values)
    )


async def open_ballots(tx: AsyncConnection, guild_id: int, code: str) -> list[int]:
    """The numbers (3 for B3) of the event's ballots that take votes."""
    found = await tx.scalars(
        select(ballots.c.number)
        .where(
            ballots.c.guild_id == guild_id,
            ballots.c.status == BallotStatus.OPEN.value,
            ballots.c.event == code,
        )
        .order_by(ballots.c.number)
    )
    return [number for number in found if number is not None]
