"""Receipts: one's own while a ballot is open, and the way from any of them to its vote afterwards.

While a ballot is open the bot can still tell whose vote is whose, and shows people
their own receipts and nobody else's. Once it has closed the bot no longer knows, and looks
a receipt up only in what has been published.
"""

from __future__ import annotations

from dataclasses import dataclass

from seminar.errors import Refused
from seminar.model import Actor, BallotStatus
from services.keys import KeyMissing
from services.people.participants import Participants
from services.record.records import FoundVote, Records
from services.voting.ballot_reading import label_of
from services.voting.polling import Known, Polling, Voter
from storage import ballots, votes
from storage.ballots import BallotRow
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class OwnReceipt:
    """A receipt of a ballot that is open; `reference` is None for a whole paper."""

    ballot: str
    reference: str | None
    receipt: str


class Receipts:
    """Reads receipts; nothing of them is changed."""

    def __init__(self, db: Database, participants: Participants, polling: Polling, records: Records) -> None:
        self._db = db
        self._participants = participants
        self._polling = polling
        self._records = records

    async def own(self, actor: Actor) -> tuple[OwnReceipt, ...]:
        """The actor's receipts, or those of their delegation, in ballots that are open; by ballot and item.

        Raises:
            KeyMissing: the key of a ballot cannot be read.
        """
        person = await self._participants.person(actor)
        async with self._db.read() as tx:
            rows = await ballots.with_status(tx, actor.guild_id, BallotStatus.OPEN)
        found: list[OwnReceipt] = []
        for row in rows:
            if not row.receipts:
                continue
            try:
                known, voter = await self._polling.standing(person, row.id)
            except KeyMissing:
                raise
            except Refused:  # the person is in no delegation, or the ballot has just ended
                continue
            found += await self._of(row, known, voter)
        return tuple(found)

    async def find(self, actor: Actor, receipt: str) -> FoundVote | OwnReceipt | None:
        """The published vote of a receipt, or that it is the actor's own in an open ballot; None for neither.

        Raises:
            KeyMissing: the key of an open ballot cannot be read.
        """
        published = await self._records.find(actor.guild_id, receipt)
        if published is not None:
            return published
        wanted = "".join(receipt.split()).upper()
        return next((one for one in await self.own(actor) if one.receipt == wanted), None)

    async def _of(self, row: BallotRow, known: Known, voter: Voter) -> list[OwnReceipt]:
        async with self._db.read() as tx:
            own = await votes.of_voter(tx, row.id, voter.mark)
        return [
            OwnReceipt(
                label_of(row),
                known.items[position].reference if position in known.items else None,
                vote.receipt,
            )
            for position, vote in own.items()
            if vote.receipt is not None
        ]
