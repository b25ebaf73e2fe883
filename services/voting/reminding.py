"""Who has not voted yet, and telling them once.

Under secrecy this is worked out from the marks while the key exists; in public only
the number is ever named.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotStatus
from services.clock import Clock
from services.voting.ballot_reading import label_of, require_open
from services.voting.closing import LAST_CALL, REMINDER
from services.voting.gathering import Gathering
from storage import ballots, deadlines, electorates, ledger, outbox, reminders, votes
from storage.ballots import BallotRow
from storage.deadlines import DeadlineRow
from storage.electorates import Member
from storage.engine import Database


class Reminding:
    """Reminders and the last call."""

    def __init__(self, db: Database, clock: Clock, gathering: Gathering) -> None:
        self._db = db
        self._clock = clock
        self._gathering = gathering

    async def remind(self, guild_id: int, ballot_id: int, pseudonym: str) -> int:
        """Have everybody reminded who has not voted and was not reminded before; how many these are.

        Raises:
            NotFound: there is no ballot of this id in this server.
            Refused: it is not open, or its key cannot be read.
        """
        async with self._db.write() as tx:
            row = await require_open(tx, guild_id, ballot_id, lock=True)
            reminded = await self._remind(tx, row)
            body = {"ballot": row.id, "reminded": reminded}
            await ledger.append(
                tx, guild_id, self._clock(), pseudonym, "ballot.reminded", label_of(row), body
            )
        return reminded

    async def non_voters(self, ballot_id: int) -> tuple[int, ...]:
        """The Discord ids of those entitled who have not voted; none once the ballot is over.

        Raises:
            KeyMissing: the ballot's key cannot be read.
        """
        async with self._db.read() as tx:
            row = await ballots.get(tx, ballot_id)
            if row is None or row.status != BallotStatus.OPEN:
                return ()
            silent = await self._silent(tx, row)
        return tuple(sorted(person.user_id for person in silent if person.user_id is not None))

    async def reminder_due(self, deadline: DeadlineRow) -> None:
        """The deadline `ballot.reminder`."""
        now = self._clock()
        async with self._db.write() as tx:
            row = await ballots.get(tx, deadline.subject, lock=True)
            if row is not None and _takes_votes(row, now):
                await self._remind(tx, row)
            await deadlines.done(tx, (REMINDER,), deadline.subject, now)

    async def last_call_due(self, deadline: DeadlineRow) -> None:
        """The deadline `ballot.last_call`."""
        now = self._clock()
        async with self._db.write() as tx:
            row = await ballots.get(tx, deadline.subject, lock=True)
            if row is not None and _takes_votes(row, now):
                await outbox.put(tx, row.guild_id, LAST_CALL, row.id, now)
            await deadlines.done(tx, (LAST_CALL,), deadline.subject, now)

    async def _remind(self, tx: AsyncConnection, row: BallotRow) -> int:
        before = await reminders.reminded(tx, row.id)
        due = {
            person.person_id: person.user_id
            for person in await self._silent(tx, row)
            if person.user_id is not None and person.person_id not in before
        }
        if due:
            now = self._clock()
            await reminders.remember(tx, row.id, tuple(due), now)
            for user_id in sorted(due.values()):
                # One each, so that one that Discord does not take now is tried again by itself.
                await outbox.put(tx, row.guild_id, REMINDER, row.id, now, {"user_id": user_id})
        return len(due)

    async def _silent(self, tx: AsyncConnection, row: BallotRow) -> list[Member]:
        """Everybody entitled who has not voted; of a delegation that has not, all its members."""
        electorate = await electorates.entitled(tx, row.guild_id, row.rules.vote_by)
        voter_of = self._gathering.voters_of(row, electorate)
        voted = await votes.marks(tx, row.id)
        return [member for one in electorate if voter_of[one.elector] not in voted for member in one.members]


def _takes_votes(row: BallotRow, now: datetime) -> bool:
    """Whether calling or reminding still makes sense: not when the program slept past the closing time."""
    return row.status == BallotStatus.OPEN and row.closes_at is not None and now < row.closes_at
