"""Which themes of which events hold recommendations, counted without reading them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import ballots, recommendations, tallies


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One theme at one event: how many recommendations it has, and how many have met a closed ballot."""

    event: str
    theme: str
    recommendations: int
    voted: int


async def fetch_all(tx: AsyncConnection, guild_id: int) -> list[SectionRow]:
    """Every event and theme of a server that has recommendations, in whatever state they are.

    What was forwarded counts twice: where it was proposed, and at its conference, with the ballots there.
    """
    there = (
        select(tallies.c.ballot_id)
        .join(ballots, ballots.c.id == tallies.c.ballot_id)
        .where(
            tallies.c.recommendation_id == recommendations.c.id,
            ballots.c.event == recommendations.c.conference,
        )
        .correlate(recommendations)
        .limit(1)
        .scalar_subquery()
    )
    of, theme = recommendations.c, recommendations.c.theme
    moved = of.conference.is_not(None) & (of.conference != of.event)
    found: dict[tuple[str, str], SectionRow] = {}
    for place, voted, which in (
        (of.event, of.last_ballot_id, of.id.is_not(None)),
        (of.conference, there, moved),
    ):
        rows = await tx.execute(
            select(place, theme, func.count(), func.count(voted))
            .where(of.guild_id == guild_id, which)
            .group_by(place, theme)
        )
        for event, code, number, met in rows:
            before = found.get((event, code), SectionRow(event, code, 0, 0))
            found[event, code] = SectionRow(event, code, before.recommendations + number, before.voted + met)
    return list(found.values())
