"""Voting: one person, one item, one tap, and nothing asked of the store on the way that is known.

What never changes about an open ballot is remembered here. Whether it still takes
votes, and whether the person may vote, is checked by the vote writer in the
transaction that stores the vote.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from seminar.errors import Invalid, NotFound, Refused
from seminar.initiative import Initiative
from seminar.model import Actor, BallotStatus, Choice, Reasons, Secrecy
from seminar.texts import clean
from seminar.words import t
from services.ballot_reading import NOT_FOUND, ended, head_of, label_of, require, require_open
from services.ballot_views import Recorded, Sheet, SheetItem
from services.clock import Clock
from services.initiatives import Initiatives
from services.keys import KeyMissing, KeyStore
from services.participants import Participants, Person
from storage import ballots, votes
from storage.ballots import BallotRow, ItemRow
from storage.engine import Database
from storage.votes import Vote, VoteWriter

log = logging.getLogger(__name__)

MOST_REASON = 1000
REMEMBERED = 64  # ballots


@dataclass(frozen=True, slots=True)
class _Known:
    """What never changes about a ballot once it is open."""

    guild_id: int
    key_id: str | None
    secrecy: Secrecy
    reasons: Reasons
    items: dict[int, ItemRow]


class Voting:
    """The road of a vote, from a tap to its receipt."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        initiatives: Initiatives,
        participants: Participants,
        writer: VoteWriter,
        keys: KeyStore,
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants
        self._writer = writer
        self._keys = keys
        self._known: dict[int, _Known] = {}

    async def cast(
        self, actor: Actor, ballot_id: int, position: int, choice: Choice | None, reason: str | None = None
    ) -> Recorded:
        """Store, change or (None) take back the actor's vote on one item; durable when this returns.

        A reason is kept only where the ballot asks one for this choice.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor cannot vote here, or not yet.
            NotFound: there is no such ballot in this server, or no such item on it.
            Invalid: the reason has more than 1,000 characters.
            Refused: the ballot is not open, or its key cannot be read.
            StoreUnavailable: nothing was saved.
        """
        person = await self._participants.enter(actor, to_vote=True)
        known = await self._ballot(actor.guild_id, ballot_id)
        item = known.items.get(position)
        if item is None:
            raise NotFound(t("This recommendation is not on the ballot."))
        initiative = await self._initiatives.current(actor.guild_id)
        stored = await self._writer.cast(
            ballot_id,
            person.id,
            await self._voter(ballot_id, known, person),
            position,
            choice,
            _reason(known.reasons, choice, reason),
            needs_constituency=bool(initiative.constituencies),
        )
        return Recorded(item.reference, stored.choice, stored.receipt, len(stored.votes), len(known.items))

    async def asks_reason(self, actor: Actor, ballot_id: int, choice: Choice) -> bool:
        """Whether the ballot asks those who vote `choice` for a reason.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor cannot vote here, or not yet.
            NotFound: there is no such ballot in this server.
            Refused: the ballot is not open.
        """
        await self._participants.enter(actor, to_vote=True)
        return _asks(choice, (await self._ballot(actor.guild_id, ballot_id)).reasons)

    async def sheet(self, actor: Actor, ballot_id: int) -> Sheet:
        """The actor's private sheet, with their own votes as stored now.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor cannot vote here, or not yet.
            NotFound: there is no such ballot in this server.
            Refused: the ballot is not open, or its key cannot be read.
        """
        person = await self._participants.enter(actor, to_vote=True)
        known = await self._ballot(actor.guild_id, ballot_id)
        initiative = await self._initiatives.current(actor.guild_id)
        voter = await self._voter(ballot_id, known, person)
        async with self._db.read() as tx:
            row = await require_open(tx, actor.guild_id, ballot_id)
            own = await votes.of_voter(tx, ballot_id, voter)
        if row.closes_at is not None and self._clock() >= row.closes_at:
            raise Refused(t("The time of ballot {label} is up; it takes no more votes.", label=label_of(row)))
        return _sheet(row, known, own, initiative)

    async def _ballot(self, guild_id: int, ballot_id: int) -> _Known:
        known = self._known.get(ballot_id)
        if known is None:
            async with self._db.read() as tx:
                row = await require_open(tx, guild_id, ballot_id)
                items = (await ballots.items(tx, [ballot_id]))[ballot_id]
            known = _Known(
                guild_id=row.guild_id,
                key_id=row.key_id,
                secrecy=Secrecy(row.secrecy),
                reasons=Reasons(row.reasons),
                items={item.position: item for item in items},
            )
            if len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[ballot_id] = known
        if known.guild_id != guild_id:
            raise NotFound(NOT_FOUND)
        return known

    async def _voter(self, ballot_id: int, known: _Known, person: Person) -> str:
        """What stands for the person in this ballot's votes."""
        if known.secrecy is Secrecy.OPEN or known.key_id is None:
            return person.id
        try:
            return self._keys.mark(known.key_id, person.id)
        except KeyMissing:
            # A key is gone for good once its ballot has ended; missing before that, it is a failure.
            async with self._db.read() as tx:
                row = await require(tx, known.guild_id, ballot_id)
            if row.status != BallotStatus.OPEN:
                raise Refused(ended(row)) from None
            log.error("the key %s of ballot %s cannot be read", known.key_id, ballot_id)
            raise


def _asks(choice: Choice, asked: Reasons) -> bool:
    return asked is Reasons.ALL or (asked is Reasons.AGAINST and choice is Choice.AGAINST)


def _reason(asked: Reasons, choice: Choice | None, reason: str | None) -> str | None:
    written = clean(reason) if choice is not None and _asks(choice, asked) and reason else ""
    if len(written) > MOST_REASON:
        raise Invalid(t("A reason has at most {most} characters.", most=MOST_REASON))
    return written or None


def _sheet(row: BallotRow, known: _Known, own: Mapping[int, Vote], initiative: Initiative) -> Sheet:
    return Sheet(
        ballot=head_of(row, tuple(known.items.values()), initiative),
        items=tuple(
            SheetItem(
                position=item.position,
                reference=item.reference,
                title=item.title,
                text=item.text,
                choice=own[item.position].choice if item.position in own else None,
                receipt=own[item.position].receipt if item.position in own else None,
            )
            for item in known.items.values()
        ),
        done=len(own),
        total=len(known.items),
    )
