"""Which themes of which events hold recommendations, counted without reading them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import recommendations


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One theme at one event: how many recommendations it has, and how many a closed ballot has decided."""

    event: str
    theme: str
    recommendations: int
    voted: int


async def fetch_all(tx: AsyncConnection, guild_id: int) -> list[SectionRow]:
    """Every event and theme of a server that has recommendations, in whatever state they are."""
    found = await tx.execute(
        select(
            recommendations.c.event,
            recommendations.c.theme,
            func.count(),
            func.count(recommendations.c.last_ballot_id),
        )
        .where(recommendations.c.guild_id == guild_id)
        .group_by(recommendations.c.event, recommendations.c.theme)
    )
    return [SectionRow(*row) for row in found]
