"""What one round of a series hands on to the next: the papers of the round before, in the new places.

A round counts its items from 1 again, so that what was taken out of the round before
leaves no gap: an answer belongs to a recommendation, and not to a place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.methods import rating
from seminar.paper import Answers
from seminar.words import Text
from storage import ballots, cast_votes
from storage.ballots import BallotRow


@dataclass(frozen=True, slots=True)
class RoundBefore:
    """The latest round before a ballot; `places` says where its items stand now, by where they stood.

    Items that are in the ballot no more have no place.
    """

    id: int
    places: Mapping[int, int]

    def moved(self, answers: Answers) -> Answers:
        """Answers of that round, in the places they have now."""
        return {
            self.places[position]: numbers for position, numbers in answers.items() if position in self.places
        }


async def round_before(tx: AsyncConnection, row: BallotRow) -> RoundBefore | None:
    """The latest round before this ballot, while its papers are kept."""
    kept = [one for one in await ballots.series(tx, row.series_id) if one.kept and one.id < row.id]
    if not kept:
        return None
    before = kept[-1].id
    items = await ballots.items(tx, [before, row.id])
    standing = {item.recommendation_id: item.position for item in items[row.id]}
    return RoundBefore(
        before,
        {
            item.position: standing[item.recommendation_id]
            for item in items[before]
            if item.recommendation_id in standing
        },
    )


async def spreads(tx: AsyncConnection, before: RoundBefore) -> dict[int, Text]:
    """How everybody rated each item in that round, by the place it has now."""
    return {
        before.places[row.position]: rating.spread(rating.from_json(row.figures))
        for row in await cast_votes.tallies_of(tx, before.id)
        if row.position in before.places
    }
