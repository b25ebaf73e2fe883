"""What one round of a series hands on to the next: the papers of the round before, in the new places.

A round counts its items from 1 again, so that what was taken out of the round before
leaves no gap: an answer belongs to a recommendation, and not to a place.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.paper import Answers
from storage import ballots
from storage.ballots import BallotRow


async def round_before(tx: AsyncConnection, series_id: int | None, ballot_id: int) -> BallotRow | None:
    """The latest round before this ballot, while its papers are kept."""
    if series_id is None:
        return None
    kept = [one for one in await ballots.series(tx, series_id) if one.kept and one.id < ballot_id]
    return kept[-1] if kept else None


async def places(tx: AsyncConnection, before: int, now: int) -> dict[int, int]:
    """Where the items of an earlier round stand in a later one; those that are in it no more are left out."""
    items = await ballots.items(tx, [before, now])
    standing = {item.recommendation_id: item.position for item in items[now]}
    return {
        item.position: standing[item.recommendation_id]
        for item in items[before]
        if item.recommendation_id in standing
    }


def moved(answers: Answers, to: Mapping[int, int]) -> Answers:
    """The answers of an earlier round in the places of a later one, as `places` gives them."""
    return {to[position]: numbers for position, numbers in answers.items() if position in to}
