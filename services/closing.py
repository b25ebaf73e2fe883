"""The end of a ballot: closed and counted, or cancelled unseen; once, whoever asks and how often.

Everything that closing says is true together or not at all: one transaction reads the
ballot again under the write lock, freezes the electorate, counts, replaces the votes by
the sealed record, moves the recommendations, and writes the ledger and the outbox.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import lifecycle
from seminar.canonical import digest
from seminar.errors import Invalid, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act
from seminar.methods import METHODS
from seminar.model import BallotStatus, Secrecy, State
from seminar.texts import clean
from seminar.words import t
from services import counting
from services.ballot_reading import label_of, require, require_open, rules_of
from services.clock import Clock
from services.counting import Count
from services.initiatives import Initiatives
from services.keys import KeyMissing, KeyStore
from services.sealing import expect_sealing
from storage import ballots, cast_votes, deadlines, ledger, outbox, reminders, votes
from storage.ballots import BallotRow
from storage.cast_votes import EntitledRow
from storage.engine import Database

log = logging.getLogger(__name__)

CLOSE, LAST_CALL, REMINDER = "ballot.close", "ballot.last_call", "ballot.reminder"
MOST_REASON = 1000
SYSTEM = "system"


class Closing:
    """Ends ballots; sealing them is the next step."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives, keys: KeyStore) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._keys = keys

    async def close(self, guild_id: int, ballot_id: int, pseudonym: str) -> None:
        """Close and count a ballot.

        Raises:
            NotFound: there is none of this id in this server.
            Refused: it is not open, or its key cannot be read.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.write() as tx:
            row = await require_open(tx, guild_id, ballot_id, lock=True)
            await self._close(tx, row, initiative, pseudonym)

    async def close_when_due(self, guild_id: int, ballot_id: int) -> bool:
        """Close a ballot whose time is up; False if it was over already, or has been extended.

        Raises:
            Refused: its key cannot be read.
        """
        initiative = await self._initiatives.current(guild_id)
        now = self._clock()
        async with self._db.write() as tx:
            row = await require(tx, guild_id, ballot_id, lock=True)
            if row.status != BallotStatus.OPEN:
                await deadlines.done(tx, (CLOSE,), ballot_id, now)
                return False
            if row.closes_at is not None and now < row.closes_at:
                return False
            await self._close(tx, row, initiative, SYSTEM)
        return True

    async def cancel(self, guild_id: int, ballot_id: int, pseudonym: str, reason: str) -> None:
        """End a ballot without counting it; its votes are deleted unseen.

        Raises:
            NotFound: there is none of this id in this server.
            Invalid: no reason is given, or one of more than 1,000 characters.
            Refused: it is not open.
        """
        why = clean(reason)
        if not why:
            raise Invalid(t("Give a reason for cancelling; it is posted."))
        if len(why) > MOST_REASON:
            raise Invalid(t("A reason has at most {most} characters.", most=MOST_REASON))
        now = self._clock()
        async with self._db.write() as tx:
            row = await require_open(tx, guild_id, ballot_id, lock=True)
            await votes.destroy(tx, row.id)
            acts = {item.id: Act.CANCEL_BALLOT for item in await ballots.candidates_on(tx, row.id)}
            await _move(tx, row, acts, closed=False)
            await ballots.change(tx, row.id, status=BallotStatus.CANCELLED.value, closed_at=now)
            body = {"ballot": row.id, "reason": await ledger.remember(tx, guild_id, why)}
            await ledger.append(tx, guild_id, now, pseudonym, "ballot.cancelled", label_of(row), body)
            await _say_ended(tx, row, now, "ballot.cancelled", {"reason": why})

    async def _close(
        self, tx: AsyncConnection, row: BallotRow, initiative: Initiative, pseudonym: str
    ) -> None:
        now = self._clock()
        counted = await self._count(tx, row, initiative)
        await cast_votes.put_electorate(tx, counted.electors)
        await cast_votes.put_cast_votes(tx, counted.cast_votes)
        await cast_votes.put_reasons(tx, counted.reasons)
        await cast_votes.put_tallies(tx, counted.tallies)
        await votes.destroy(tx, row.id)
        await ballots.change(
            tx,
            row.id,
            status=BallotStatus.CLOSED.value,
            closed_at=now,
            electorate=len(counted.electors),
            voters=counted.voters,
            set_aside=counted.set_aside,
        )
        method = METHODS[row.method]
        acts = {
            tally.recommendation_id: method.consequence(figures)
            for tally, figures in zip(counted.tallies, counted.figures, strict=True)
        }
        await _move(tx, row, acts, closed=True)
        head = await ledger.append(
            tx, row.guild_id, now, pseudonym, "ballot.closed", label_of(row), closing_entry(row.id, counted)
        )
        await _say_ended(tx, row, now, "ballot.outcome", {"ledger_head": head.hash})

    async def _count(self, tx: AsyncConnection, row: BallotRow, initiative: Initiative) -> Count:
        electorate = await cast_votes.entitled(tx, row.guild_id)
        items = (await ballots.items(tx, [row.id]))[row.id]
        given = await votes.of_ballot(tx, row.id)
        constituencies = bool(initiative.constituencies)

        def work() -> Count:
            voters = self.voters_of(row, electorate)
            return counting.count(
                row.id, rules_of(row), items, electorate, voters, given, constituencies=constituencies
            )

        # Beside the event loop: ten thousand voters take a second, and clicks go on meanwhile.
        return await asyncio.to_thread(work)

    def voters_of(self, row: BallotRow, people: Sequence[EntitledRow]) -> dict[str, str]:
        """What stands for each person in the ballot's votes: a mark under secrecy, else their id.

        Raises:
            KeyMissing: the ballot's key cannot be read.
        """
        ids = [person.person_id for person in people]
        if row.secrecy == Secrecy.OPEN or row.key_id is None:
            return {person_id: person_id for person_id in ids}
        try:
            return self._keys.marks(row.key_id, ids)
        except KeyMissing:
            log.error("the key %s of ballot %s cannot be read", row.key_id, row.id)
            raise


def closing_entry(ballot_id: int, counted: Count) -> dict[str, Any]:
    """What the ledger keeps of a closing: figures of turnout, and the checksums the audit recomputes.

    `cast_votes` and `tallies` are checksums over the digests of the rows, `checksum` one over both;
    `rows` holds each tally's digest, so that a changed one can be named.
    """
    record, tallies = counting.checksum(counted.cast_votes), counting.checksum(counted.tallies)
    return {
        "ballot": ballot_id,
        "electorate": len(counted.electors),
        "turnout": counted.voters,
        "set_aside": counted.set_aside,
        "votes": len(counted.cast_votes),
        "cast_votes": record,
        "tallies": tallies,
        "rows": [row.digest for row in counted.tallies],
        "checksum": digest(record, tallies),
    }


async def _move(tx: AsyncConnection, row: BallotRow, acts: Mapping[int, Act | None], *, closed: bool) -> None:
    """Move each recommendation by its act (None: it stays); a closed ballot becomes their latest."""
    by_state: dict[str, list[int]] = defaultdict(list)
    for candidate in await ballots.candidates_on(tx, row.id):
        state, act = State(candidate.state), acts[candidate.id]
        if act is not None:
            try:
                state = lifecycle.move(state, act)
            except Refused:
                # Somebody changed the store by other means; the vote was held all the same.
                log.error("%s is %s though ballot %s is open", candidate.reference, state, row.id)
        by_state[state.value].append(candidate.id)
    await ballots.move_recommendations(tx, by_state, ballot_id=row.id if closed else None)


async def _say_ended(
    tx: AsyncConnection, row: BallotRow, now: datetime, kind: str, payload: Mapping[str, Any]
) -> None:
    await deadlines.done(tx, (CLOSE, LAST_CALL, REMINDER), row.id, now)
    await reminders.forget(tx, row.id)
    await expect_sealing(tx, row.guild_id, row.id, now)
    await outbox.put(tx, row.guild_id, kind, row.id, now, payload)
    for candidate in await ballots.candidates_on(tx, row.id):
        await outbox.put(tx, row.guild_id, "card.refresh", candidate.reference, now)
