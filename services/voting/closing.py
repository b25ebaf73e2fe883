"""The end of a ballot: closed and counted, or cancelled unseen; once, whoever asks and how often.

Everything that closing says is true together or not at all: one transaction reads the
ballot again under the write lock, freezes the electorate, counts, replaces the votes by
the sealed record, moves the recommendations, and writes the ledger and the outbox.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import lifecycle, references
from seminar.canonical import digest
from seminar.errors import Invalid, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act, Bearing
from seminar.methods import METHODS, silence
from seminar.model import AmendmentStatus, BallotStatus, State
from seminar.texts import clean, seen
from seminar.words import Text, t
from services.clock import Clock
from services.initiatives import Initiatives
from services.voting import counting
from services.voting.ballot_reading import bearing_of, label_of, require, require_open
from services.voting.counting import Count
from services.voting.gathering import Gathering
from services.voting.sealing import AWAITED, end_series, expect_next_round, expect_sealing
from storage import amendments, ballots, cast_votes, deadlines, electorates, ledger, outbox, reminders, votes
from storage.ballots import BallotRow, CandidateRow
from storage.engine import Database

log = logging.getLogger(__name__)

CLOSE, LAST_CALL, REMINDER, PULSE = "ballot.close", "ballot.last_call", "ballot.reminder", "ballot.pulse"
MOST_REASON = 1000
SYSTEM = "system"


class Closing:
    """Ends ballots; sealing them is the next step."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives, gathering: Gathering) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._gathering = gathering

    async def close(self, guild_id: int, ballot_id: int, pseudonym: str) -> None:
        """Close and count a ballot.

        Raises:
            NotFound: there is none of this id in this server.
            Refused: it is not open, it is a silence procedure, or its key cannot be read.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.write() as tx:
            row = await require_open(tx, guild_id, ballot_id, lock=True)
            require_closable(row.method)
            await self.close_in(tx, row, initiative, pseudonym)

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
            await self.close_in(tx, row, initiative, SYSTEM)
        return True

    async def cancel(self, guild_id: int, ballot_id: int, pseudonym: str, reason: str) -> None:
        """End a ballot without counting it; its votes are deleted unseen.

        Raises:
            NotFound: there is none of this id in this server.
            Invalid: no reason is given, or one of more than 1,000 characters.
            Refused: it is not open.
        """
        why = reason_for(reason, t("Give a reason for cancelling; it is posted."))
        now = self._clock()
        async with self._db.write() as tx:
            row = await require_open(tx, guild_id, ballot_id, lock=True)
            await votes.destroy(tx, row.id)
            if bearing_of(row.rules) is Bearing.DECIDES:
                await _move(tx, row, Act.CANCEL_BALLOT)
            await expect_next_round(tx, row, now)
            await ballots.change(tx, row.id, status=BallotStatus.CANCELLED.value, closed_at=now, live=None)
            body = {"ballot": row.id, "reason": await ledger.remember(tx, guild_id, why)}
            await ledger.append(tx, guild_id, now, pseudonym, "ballot.cancelled", label_of(row), body)
            await _say_ended(tx, row, now, "ballot.cancelled", {"reason": why})

    async def close_in(
        self, tx: AsyncConnection, row: BallotRow, initiative: Initiative, pseudonym: str
    ) -> None:
        """Close and count a ballot that is open, in the caller's transaction.

        Raises:
            Refused: its key cannot be read.
        """
        now = self._clock()
        counted = await self._gathering.count(tx, row, initiative)
        await electorates.put_electorate(tx, counted.electors)
        await cast_votes.put_cast_votes(tx, counted.cast_votes)
        await cast_votes.put_reasons(tx, counted.reasons)
        await cast_votes.put_tallies(tx, counted.tallies)
        # Between two rounds of a series the answers stay, marked, to be shown to those who gave them.
        kept = not row.rules.last_round
        if kept:
            await votes.keep_answers(tx, row.id)
        else:
            await votes.destroy(tx, row.id)
            await end_series(tx, row, now)
        await ballots.change(
            tx,
            row.id,
            status=BallotStatus.CLOSED.value,
            closed_at=now,
            electorate=len(counted.electors),
            voters=counted.voters,
            set_aside=counted.set_aside,
            kept=kept,
            live=None,
        )
        await _settle(tx, row, counted)
        head = await ledger.append(
            tx, row.guild_id, now, pseudonym, "ballot.closed", label_of(row), closing_entry(row.id, counted)
        )
        await _say_ended(tx, row, now, "ballot.outcome", {"ledger_head": head.hash}, kept=kept)


def require_closable(method: str) -> None:
    """Let pass a ballot that somebody may close before its time.

    Raises:
        Refused: it is a silence procedure, which nobody's word can end early.
    """
    if method == silence.name:
        raise Refused(
            t(
                "A silence ends at its time, or when somebody breaks it; "
                "`/ballot extend` gives more time, `/ballot cancel` calls it off."
            )
        )


def reason_for(reason: str, missing: Text) -> str:
    """The reason as it is kept and posted.

    Raises:
        Invalid: there is none (`missing` says so), or one of more than 1,000 characters.
    """
    why = clean(reason)
    if not seen(why):
        raise Invalid(missing)
    if len(why) > MOST_REASON:
        raise Invalid(t("A reason has at most {most} characters.", most=MOST_REASON))
    return why


def closing_entry(ballot_id: int, counted: Count) -> dict[str, Any]:
    """What the ledger keeps of a closing: figures of turnout, and the checksums the audit recomputes.

    `cast_votes` and `tallies` are checksums over the digests of the rows, `checksum` one over both;
    `rows` holds each tally's digest, so that a changed one can be named. `beside` is what the
    tally needs besides the record, and `items` the positions that were counted.
    """
    record, tallies = counting.checksum(counted.cast_votes), counting.checksum(counted.tallies)
    entry: dict[str, Any] = {
        "ballot": ballot_id,
        "electorate": len(counted.electors),
        "turnout": counted.voters,
        "set_aside": counted.set_aside,
        "votes": len(counted.cast_votes),
        "items": [row.position for row in counted.tallies],
        "cast_votes": record,
        "tallies": tallies,
        "rows": [row.digest for row in counted.tallies],
        "checksum": digest(record, tallies),
    }
    if beside := counted.beside.to_json():
        entry["beside"] = beside
    if counted.room_set_aside:
        entry["room_set_aside"] = list(counted.room_set_aside)
    return entry


async def _settle(tx: AsyncConnection, row: BallotRow, counted: Count) -> None:
    """Let each recommendation move by what its figures mean, where the ballot decides."""
    method = METHODS[row.method]
    decides = bearing_of(row.rules) is Bearing.DECIDES
    acts = {
        tally.recommendation_id: method.consequence(figures) if decides else None
        for tally, figures in zip(counted.tallies, counted.figures, strict=True)
    }
    by_state: dict[str, list[int]] = defaultdict(list)
    for candidate in await ballots.candidates_on(tx, row.id):
        act, state = acts[candidate.id], State(candidate.state)
        by_state[_moved(row, candidate, state, act).value].append(candidate.id)
    await ballots.move_recommendations(tx, by_state, ballot_id=row.id)


async def _move(tx: AsyncConnection, row: BallotRow, act: Act) -> None:
    """Move every recommendation on the ballot by the same act."""
    by_state: dict[str, list[int]] = defaultdict(list)
    for candidate in await ballots.candidates_on(tx, row.id):
        by_state[_moved(row, candidate, State(candidate.state), act).value].append(candidate.id)
    await ballots.move_recommendations(tx, by_state)


def _moved(row: BallotRow, candidate: CandidateRow, state: State, act: Act | None) -> State:
    """Where the act leads (None: nowhere)."""
    if act is None:
        return state
    try:
        return lifecycle.move(state, act, at_conference=candidate.conference is not None)
    except Refused:
        # Somebody changed the store by other means; the vote was held all the same.
        log.error("%s is %s though ballot %s is open", candidate.reference, state, row.id)
        return state


async def _say_ended(
    tx: AsyncConnection,
    row: BallotRow,
    now: datetime,
    kind: str,
    payload: Mapping[str, Any],
    *,
    kept: bool = False,
) -> None:
    await deadlines.done(tx, (CLOSE, LAST_CALL, REMINDER, PULSE), row.id, now)
    await reminders.forget(tx, row.id)
    await expect_sealing(tx, row.guild_id, row.id, now + AWAITED if kept else now)
    await outbox.put(tx, row.guild_id, kind, row.id, now, payload)
    candidates = await ballots.candidates_on(tx, row.id)
    for candidate in candidates:
        await outbox.put(tx, row.guild_id, "card.refresh", candidate.reference, now)
    # Nothing that was asked for can be accepted into these any more, and their messages still offer it.
    ended = {one.id: one.reference for one in candidates if State(one.state) is State.NOT_ADOPTED}
    for asked in await amendments.of(tx, ended, AmendmentStatus.OPEN) if ended else ():
        subject = references.of_amendment(ended[asked.recommendation_id], asked.number)
        await outbox.put(tx, row.guild_id, "amendment.refresh", subject, now)
