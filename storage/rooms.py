"""Shows of hands on the items of open ballots, as they stand after the last correction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Counts
from storage.engine import insert_into
from storage.schema import room_counts


@dataclass(frozen=True, slots=True)
class RoomRow:
    """Hands shown on one item: `constituency` is None where the room was counted as one.

    `asked` says, in the facilitator's words, who was asked.
    """

    position: int
    constituency: str | None
    counts: Counts
    asked: str


async def enter(tx: AsyncConnection, ballot_id: int, row: RoomRow, entered_by: str, at: datetime) -> None:
    """Store a count, in place of an earlier one of the same item and constituency."""
    values = {
        "for_votes": row.counts.for_,
        "against": row.counts.against,
        "abstain": row.counts.abstain,
        "asked": row.asked,
        "entered_by": entered_by,
        "at": at,
    }
    await tx.execute(
        insert_into(tx, room_counts)
        .values(ballot_id=ballot_id, position=row.position, constituency=row.constituency or "", **values)
        .on_conflict_do_update(index_elements=["ballot_id", "position", "constituency"], set_=values)
    )


async def of_ballot(tx: AsyncConnection, ballot_id: int) -> tuple[RoomRow, ...]:
    """Every count of a ballot, by item and constituency."""
    query = (
        select(
            room_counts.c.position,
            room_counts.c.constituency,
            room_counts.c.for_votes,
            room_counts.c.against,
            room_counts.c.abstain,
            room_counts.c.asked,
        )
        .where(room_counts.c.ballot_id == ballot_id)
        .order_by(room_counts.c.position, room_counts.c.constituency)
    )
    return tuple(
        RoomRow(position, constituency or None, Counts(for_, against, abstain), asked)
        for position, constituency, for_, against, abstain, asked in await tx.execute(query)
    )


async def without_item(tx: AsyncConnection, ballot_id: int, position: int) -> None:
    """Drop what was counted on one item."""
    await tx.execute(
        delete(room_counts).where(room_counts.c.ballot_id == ballot_id, room_counts.c.position == position)
    )
