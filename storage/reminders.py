"""Who has been reminded of a ballot: nobody is reminded twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import reminders


async def reminded(tx: AsyncConnection, ballot_id: int) -> frozenset[str]:
    """The ids of the people who have been reminded of a ballot."""
    found = await tx.scalars(select(reminders.c.person_id).where(reminders.c.ballot_id == ballot_id))
    return frozenset(found)


async def remember(tx: AsyncConnection, ballot_id: int, person_ids: Collection[str], at: datetime) -> None:
    """Note that these people are reminded now."""
    if person_ids:
        await tx.execute(
            insert(reminders), [{"ballot_id": ballot_id, "person_id": each, "at": at} for each in person_ids]
        )


async def forget(tx: AsyncConnection, ballot_id: int) -> None:
    """Drop the notes of a ballot that takes no more votes: they tell who had not voted by then."""
    await tx.execute(delete(reminders).where(reminders.c.ballot_id == ballot_id))
