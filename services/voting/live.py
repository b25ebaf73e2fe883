"""Totals of indicative ballots while they are open: drawn anew only when several votes have changed.

Were they drawn after each vote, whoever watches could tell how the last one voted.
"""

from __future__ import annotations

import json

from seminar.canonical import canonical
from seminar.methods import METHODS
from seminar.methods.base import Beside, Figures, RoomCount
from seminar.model import BallotStatus, Showing
from services.voting.ballot_views import BallotView
from storage import ballots, electorates, rooms, votes
from storage.engine import Database

LEAST_CHANGED = 3
"""Voters whose votes have changed before totals are shown anew."""


class Live:
    """Keeps the totals of live ballots."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def draw(self, ballot_id: int) -> None:
        """Take the totals of a live ballot anew, if votes of at least three have changed since."""
        async with self._db.write() as tx:
            row = await ballots.get(tx, ballot_id, lock=True)
            if row is None or row.status != BallotStatus.OPEN or row.results != Showing.LIVE:
                return
            if await votes.live_voters(tx, ballot_id) < LEAST_CHANGED:
                return
            items = (await ballots.items(tx, [ballot_id]))[ballot_id]
            given = [(vote.position, vote.choice, None) for vote in await votes.of_ballot(tx, ballot_id)]
            hands = tuple(
                RoomCount(hands.position, None, hands.counts)
                for hands in await rooms.of_ballot(tx, ballot_id)
            )
            figures = METHODS[row.method].tally(
                [(item.position, item.reference) for item in items],
                given,
                row.rules,
                await electorates.count_entitled(tx, row.guild_id, row.rules.vote_by),
                (),
                Beside(room=hands),
            )
            totals = canonical([one.to_json() for one in figures])
            await ballots.change(tx, ballot_id, live=totals)
            await votes.live_drawn(tx, ballot_id)


def live_figures(ballot: BallotView) -> tuple[Figures, ...]:
    """The totals last taken, in the order of the items; none before there were enough votes."""
    if ballot.live is None:
        return ()
    method = METHODS[ballot.rules.method]
    return tuple(method.from_json(one) for one in json.loads(ballot.live))
