"""Silence procedures while they run: broken by an objection, or commented on without breaking it.

Whoever speaks does so for their constituency, and their reason is on record. One
objection ends the procedure at once, whatever else is in its package.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import NotAllowed, Refused
from seminar.initiative import Initiative
from seminar.methods import silence
from seminar.model import Actor, BallotStatus
from seminar.words import Text, t
from services.clock import Clock
from services.initiatives import Initiatives
from services.people.authors import Authors
from services.people.participants import Participants
from services.people.registering import Person, elector_of
from services.voting.ballot_reading import label_of, require
from services.voting.ballot_views import BallotView
from services.voting.ballots import Ballots
from services.voting.closing import reason_for
from storage import electorates, ledger, outbox, statements
from storage.ballots import BallotRow
from storage.engine import Database
from storage.statements import Kind

WITHOUT_REASON = t("Say why: whoever breaks a silence gives a reason, which is put on record.")
WITHOUT_WORDS = t("Write your explanation of position; it is put on record.")
TIME_IS_UP = t("The time of this silence is up; it can no longer be broken.")


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as everybody sees it: `who` is a constituency, or "a participant"."""

    kind: Kind
    who: str | Text
    text: str
    at: datetime


class Silences:
    """What participants do with a silence procedure."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        initiatives: Initiatives,
        participants: Participants,
        ballots: Ballots,
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants
        self._ballots = ballots

    async def require_entry(self, actor: Actor, ballot_id: int) -> None:
        """Let pass who may speak in a procedure that is running, before they write anything.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor is not entitled, or not yet.
            NotFound: there is no such procedure in this server.
            Refused: it is no silence procedure, or it is over.
        """
        await self._initiatives.current(actor.guild_id)
        person = await self._participants.enter(actor, to_vote=True)
        async with self._db.read() as tx:
            row = await self._running(tx, actor.guild_id, ballot_id, lock=False)
        elector_of(person, row.rules.vote_by)

    async def break_silence(self, actor: Actor, ballot_id: int, reason: str) -> BallotView:
        """Object: the silence is broken, and what it was about goes back to the discussion.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor is not entitled, or not yet.
            NotFound: there is no such procedure in this server.
            Invalid: no reason is given, or one of more than 1,000 characters.
            Refused: it is no silence procedure, or it is over.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        person = await self._participants.enter(actor, to_vote=True)
        why = reason_for(reason, WITHOUT_REASON)
        async with self._db.write() as tx:
            await self.break_in(tx, initiative, person, ballot_id, why)
        await self._ballots.seal_series(ballot_id)
        return await self._ballots.view(actor.guild_id, ballot_id)

    async def break_in(
        self, tx: AsyncConnection, initiative: Initiative, person: Person, ballot_id: int, why: str
    ) -> None:
        """Break it in the caller's transaction, who has let the person enter as a voter, and calls
        `sealed` afterwards.

        Raises:
            NotAllowed: the person is not entitled, or not any more.
            NotFound: there is no such procedure in this server.
            Refused: it is no silence procedure, or it is over.
        """
        row = await self._running(tx, person.guild_id, ballot_id)
        await _require_entitled(tx, row, person)
        await self._say(tx, row, person, Kind.OBJECTION, why, "silence.broken")
        await self._ballots.closing.close_in(tx, row, initiative, person.pseudonym)

    async def sealed(self, ballot_id: int) -> None:
        """Seal one that was broken."""
        await self._ballots.seal_series(ballot_id)

    async def running_on(self, guild_id: int, ballot_ids: Iterable[int]) -> BallotView | None:
        """The silence procedure among these open ballots, if there is one."""
        for ballot_id in ballot_ids:
            ballot = await self._ballots.view(guild_id, ballot_id)
            if ballot.silent:
                return ballot
        return None

    async def explain(self, actor: Actor, ballot_id: int, text: str) -> BallotView:
        """Put an explanation of position on record; the silence goes on. The same said again is said once.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor is not entitled, or not yet.
            NotFound: there is no such procedure in this server.
            Invalid: nothing is said, or more than 1,000 characters.
            Refused: it is no silence procedure, or it is over.
        """
        await self._initiatives.current(actor.guild_id)
        person = await self._participants.enter(actor, to_vote=True)
        said = reason_for(text, WITHOUT_WORDS)
        async with self._db.write() as tx:
            row = await self._running(tx, actor.guild_id, ballot_id)
            await _require_entitled(tx, row, person)
            before = await statements.of_ballot(tx, row.id)
            known = {(one.person_id, one.kind, one.text) for one in before}
            if (person.id, Kind.EXPLANATION, said) not in known:
                await self._say(tx, row, person, Kind.EXPLANATION, said, "silence.explained")
                await outbox.put(tx, row.guild_id, "ballot.refresh", row.id, self._clock())
        return await self._ballots.view(actor.guild_id, ballot_id)

    async def said(self, guild_id: int, ballot_id: int) -> tuple[Said, ...]:
        """Everything that was said in a procedure, in order, as everybody may see it.

        Raises:
            NotFound: there is no such procedure in this server.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            await require(tx, guild_id, ballot_id)
            rows = await statements.of_ballot(tx, ballot_id)
            authors = await Authors.of(tx, guild_id, initiative)
        return tuple(Said(row.kind, authors.speaker(row.constituency), row.text, row.at) for row in rows)

    async def _running(
        self, tx: AsyncConnection, guild_id: int, ballot_id: int, *, lock: bool = True
    ) -> BallotRow:
        row = await require(tx, guild_id, ballot_id, lock=lock)
        if row.method != silence.name:
            raise Refused(t("This is a ballot, not a silence procedure; vote with `/vote`."))
        match BallotStatus(row.status):
            case BallotStatus.OPEN if row.closes_at is not None and self._clock() < row.closes_at:
                return row
            case BallotStatus.OPEN:
                raise Refused(TIME_IS_UP)
            case BallotStatus.CLOSED if row.voters:
                raise Refused(t("This silence was broken already; what it was about is under discussion."))
            case BallotStatus.CLOSED:
                raise Refused(TIME_IS_UP)
            case BallotStatus.CANCELLED:
                raise Refused(t("This silence was called off."))
            case _:
                raise Refused(t("This silence has not started yet."))

    async def _say(
        self, tx: AsyncConnection, row: BallotRow, person: Person, kind: Kind, text: str, act: str
    ) -> None:
        now = self._clock()
        await statements.add(tx, row.id, person.id, person.constituency, kind, text, now)
        body = {
            "ballot": row.id,
            "constituency": person.constituency,
            "text": await ledger.remember(tx, row.guild_id, text),
        }
        await ledger.append(tx, row.guild_id, now, person.pseudonym, act, label_of(row), body)


async def _require_entitled(tx: AsyncConnection, row: BallotRow, person: Person) -> None:
    """Let pass who is in the electorate at this moment, in the transaction that takes what they say.

    Raises:
        NotAllowed: they are not, or not any more.
    """
    elector = elector_of(person, row.rules.vote_by)
    for one in await electorates.entitled(tx, row.guild_id, row.rules.vote_by):
        if one.elector == elector and any(member.person_id == person.id for member in one.members):
            return
    raise NotAllowed(t("You are not entitled here any more; an organiser can say how you are registered."))
