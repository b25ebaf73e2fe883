"""What exports of arguments and of drafting read besides the rows themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rec_lists import Filter
from storage.schema import contributions, people, recommendations, registrations


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody as they are known and registered now."""

    name: str
    organisation: str | None
    constituency: str | None


async def called(tx: AsyncConnection, person_ids: Collection[str]) -> dict[str, Called]:
    """The given people by their ids."""
    found = await tx.execute(
        select(people.c.id, people.c.name, registrations.c.organisation, registrations.c.constituency)
        .join_from(people, registrations, registrations.c.person_id == people.c.id, isouter=True)
        .where(people.c.id.in_(list(person_ids)))
    )
    return {row.id: Called(row.name, row.organisation, row.constituency) for row in found}


async def number_of_arguments(tx: AsyncConnection, guild_id: int, wanted: Filter) -> int:
    """How many contributions there are to the recommendations of an event, of a theme or of all."""
    query = (
        select(func.count())
        .select_from(contributions)
        .join(recommendations, recommendations.c.id == contributions.c.recommendation_id)
        .where(recommendations.c.guild_id == guild_id)
    )
    if wanted.event is not None:
        query = query.where(recommendations.c.event == wanted.event)
    if wanted.theme is not None:
        query = query.where(recommendations.c.theme == wanted.theme)
    return await tx.scalar(query) or 0
