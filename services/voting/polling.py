"""What everybody who votes needs first: the ballot as it is known, and whose vote it is.

What never changes about an open ballot is remembered here, so that a click asks the
store nothing it need not. Whether the ballot still takes votes, and whether the
person may vote, is checked by the vote writer in the transaction that stores the vote.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from seminar.errors import NotFound, Refused
from seminar.initiative import Initiative
from seminar.model import Actor, BallotStatus, Secrecy, VoteBy
from seminar.words import Text
from services.initiatives import Initiatives
from services.keys import KeyMissing, KeyStore
from services.people.participants import Participants
from services.people.registering import Person, elector_of
from services.voting import rounds
from services.voting.ballot_reading import NOT_FOUND, ended, head_of, require, require_open
from services.voting.ballot_views import BallotHead
from services.voting.rounds import RoundBefore
from storage import ballots
from storage.ballots import ItemRow
from storage.engine import Database
from storage.votes import Cast, Done, HandedIn, VoteWriter
from storage.voting_acts import Given

log = logging.getLogger(__name__)

REMEMBERED = 64  # ballots


@dataclass(frozen=True, slots=True)
class Known:
    """What never changes about a ballot once it is open; of `head` all but status and closing time,
    and of `items` those that are taken out.

    `spreads` tells by position how the round `before` came out, where there was one.
    """

    key_id: str | None
    items: dict[int, ItemRow]
    head: BallotHead
    before: RoundBefore | None
    spreads: Mapping[int, Text]


@dataclass(frozen=True, slots=True)
class Voter:
    """Who votes: the person, or the delegation they vote for.

    `mark` and `own_mark` stand for the elector and for the person in the ballot's rows.
    """

    person: Person
    elector: str
    mark: str
    own_mark: str

    @property
    def delegation(self) -> str | None:
        """The delegation's id, where it is one that votes."""
        return None if self.elector == self.person.id else self.elector

    @property
    def organisation(self) -> str | None:
        """The delegation's name, where it is one that votes."""
        return None if self.delegation is None else self.person.organisation


class Polling:
    """Lets people in to vote, and hands in what they say."""

    def __init__(
        self,
        db: Database,
        initiatives: Initiatives,
        participants: Participants,
        writer: VoteWriter,
        keys: KeyStore,
    ) -> None:
        self._db = db
        self._initiatives = initiatives
        self._participants = participants
        self._writer = writer
        self._keys = keys
        self._known: dict[int, Known] = {}
        self._forgotten = 0
        self._reading = asyncio.Lock()

    async def enter(self, actor: Actor, ballot_id: int) -> tuple[Known, Voter]:
        """Let the actor in to vote on a ballot.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor cannot vote here, or not yet.
            NotFound: there is no such ballot in this server.
            Refused: the ballot is not open, or its key cannot be read.
        """
        return await self.standing(await self._participants.enter(actor, to_vote=True), ballot_id)

    async def standing(self, person: Person, ballot_id: int) -> tuple[Known, Voter]:
        """A ballot, and what stands for somebody in it; whether they may vote is not asked.

        Raises:
            NotFound: there is no such ballot in this server.
            NotAllowed: delegations vote, and the person is in none.
            Refused: the ballot is not open, or its key cannot be read.
        """
        known = await self.ballot(person.guild_id, ballot_id)
        elector = elector_of(person, known.head.rules.vote_by)
        own_mark = await self._mark(ballot_id, known, person.id)
        mark = own_mark if elector == person.id else await self._mark(ballot_id, known, elector)
        return known, Voter(person, elector, mark, own_mark)

    def at_once(self, actor: Actor, ballot_id: int) -> tuple[Known, Voter] | None:
        """As `enter`, where memory alone lets a person in who votes for themselves; None: ask `enter`.

        A ballot that is remembered may have closed meanwhile, or lost an item, and a person's right to
        vote may have gone: the vote writer finds that out and refuses. Nothing is remembered that could
        let in a vote which the store would not.
        """
        known = self._known.get(ballot_id)
        if known is None or known.head.guild_id != actor.guild_id:
            return None
        if known.head.rules.vote_by is not VoteBy.PERSON:
            return None
        person = self._participants.at_once(actor)
        if person is None:
            return None
        if known.head.rules.secrecy is Secrecy.OPEN or known.key_id is None:
            mark = person.id
        else:
            try:
                mark = self._keys.mark(known.key_id, person.id)
            except KeyMissing:
                return None
        return known, Voter(person, person.id, mark, mark)

    async def hand_in(self, actor: Actor, known: Known, voter: Voter, given: Given) -> Cast:
        """Let an act of voting take effect; durable when this returns.

        Raises what `VoteWriter.hand_in` raises.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        try:
            stored = await self._writer.hand_in(_handed_in(initiative, known, voter, given))
        except NotFound as error:
            self._learn(known, error)
            raise
        self._learn(known, stored)
        return stored

    def put(self, initiative: Initiative, known: Known, voter: Voter, given: Given, done: Done) -> None:
        """As `hand_in`, not waited for: `done` is told what came of it."""

        def told(answer: Cast | Exception) -> None:
            self._learn(known, answer)
            done(answer)

        self._writer.put(_handed_in(initiative, known, voter, given), told)

    def _learn(self, known: Known, answer: Cast | Exception) -> None:
        """Forget what turned out to be known wrongly: an item was taken out in another process."""
        if isinstance(answer, Cast):
            if answer.total != len(known.items):
                self.forget(known.head.id)
        elif isinstance(answer, NotFound):
            self.forget(known.head.id)

    async def ballot(self, guild_id: int, ballot_id: int) -> Known:
        """What is known of a ballot.

        Raises:
            NotFound: there is no such ballot in this server.
            Refused: it is not open.
        """
        known = self._known.get(ballot_id)
        if known is None:
            async with self._reading:  # of those who click at once after a start, one reads
                known = self._known.get(ballot_id) or await self._read(guild_id, ballot_id)
        if known.head.guild_id != guild_id:
            raise NotFound(NOT_FOUND)
        return known

    def forget(self, ballot_id: int) -> None:
        """An item was taken out of it: read it anew."""
        self._known.pop(ballot_id, None)
        self._forgotten += 1

    async def member_names(self, voter: Voter, known: Known) -> dict[str, str]:
        """The names of the delegation's members by what stands for them in the ballot's rows."""
        if voter.delegation is None:
            return {}
        names = await self._participants.delegation_names(voter.person.guild_id, voter.delegation)
        if known.head.rules.secrecy is Secrecy.OPEN or known.key_id is None:
            return dict(names)
        marks = self._keys.marks(known.key_id, names)
        return {marks[person_id]: name for person_id, name in names.items()}

    async def _read(self, guild_id: int, ballot_id: int) -> Known:
        initiative = await self._initiatives.current(guild_id)
        forgotten = self._forgotten
        async with self._db.read() as tx:
            row = await require_open(tx, guild_id, ballot_id)
            items = (await ballots.items(tx, [ballot_id]))[ballot_id]
            before = await rounds.round_before(tx, row) if row.rules.round > 1 else None
            spreads = await rounds.spreads(tx, before) if before is not None else {}
        known = Known(
            row.key_id,
            {item.position: item for item in items},
            head_of(row, items, initiative),
            before,
            spreads,
        )
        if forgotten == self._forgotten:  # else it may have been read before an item was taken out
            if len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[ballot_id] = known
        return known

    async def _mark(self, ballot_id: int, known: Known, elector: str) -> str:
        """What stands for somebody in this ballot's rows."""
        if known.head.rules.secrecy is Secrecy.OPEN or known.key_id is None:
            return elector
        try:
            return self._keys.mark(known.key_id, elector)
        except KeyMissing:
            # A key is gone for good once its ballot has ended; missing before that, it is a failure.
            async with self._db.read() as tx:
                row = await require(tx, known.head.guild_id, ballot_id)
            if row.status != BallotStatus.OPEN:
                raise Refused(ended(row)) from None
            log.error("the key %s of ballot %s cannot be read", known.key_id, ballot_id)
            raise


def _handed_in(initiative: Initiative, known: Known, voter: Voter, given: Given) -> HandedIn:
    return HandedIn(
        known.head.id,
        voter.person.id,
        voter.elector,
        voter.mark,
        voter.own_mark,
        given,
        needs_constituency=bool(initiative.constituencies),
    )
