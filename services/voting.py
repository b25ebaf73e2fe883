"""Voting: one person, one item, one tap, and nothing asked of the store on the way that is known.

What never changes about an open ballot is remembered here. Whether it still takes
votes, and whether the person may vote, is checked by the vote writer in the
transaction that stores the vote; its answer holds all that the voter's sheet shows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from seminar.errors import Invalid, NotFound, Refused
from seminar.initiative import Initiative
from seminar.model import Actor, BallotStatus, Choice, Reasons, Secrecy
from seminar.texts import clean
from seminar.words import t
from services.ballot_reading import NOT_FOUND, ended, head_of, label_of, require, require_open
from services.ballot_views import BallotHead, Recorded, Sheet, SheetItem
from services.clock import Clock
from services.initiatives import Initiatives
from services.keys import KeyMissing, KeyStore
from services.participants import Participants, Person
from storage import ballots, votes
from storage.ballots import ItemRow
from storage.engine import Database
from storage.votes import Cast, Vote, VoteWriter

log = logging.getLogger(__name__)

MOST_REASON = 1000
REMEMBERED = 64  # ballots


@dataclass(frozen=True, slots=True)
class _Known:
    """What never changes about a ballot once it is open; of `head` all but status and closing time."""

    key_id: str | None
    items: dict[int, ItemRow]
    head: BallotHead


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
        self._reading = asyncio.Lock()

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
        known, stored = await self._cast(actor, ballot_id, position, choice, reason)
        reference = known.items[position].reference
        return Recorded(reference, stored.choice, stored.receipt, len(stored.votes), len(known.items))

    async def cast_on_sheet(
        self, actor: Actor, ballot_id: int, position: int, choice: Choice | None, reason: str | None = None
    ) -> Sheet:
        """As `cast`, answered with the actor's whole sheet as it stands now. Raises what `cast` raises."""
        known, stored = await self._cast(actor, ballot_id, position, choice, reason)
        initiative = await self._initiatives.current(actor.guild_id)
        return _sheet(known, stored.votes, stored.closes_at, initiative)

    async def asks_reason(self, actor: Actor, ballot_id: int, choice: Choice) -> bool:
        """Whether the ballot asks those who vote `choice` for a reason.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor cannot vote here, or not yet.
            NotFound: there is no such ballot in this server.
            Refused: the ballot is not open.
        """
        known = await self._ballot(actor.guild_id, ballot_id)
        if not _asks(choice, known.head.rules.reasons):
            return False
        await self._participants.enter(actor, to_vote=True)
        return True

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
        return _sheet(known, own, row.closes_at, initiative)

    async def _cast(
        self, actor: Actor, ballot_id: int, position: int, choice: Choice | None, reason: str | None
    ) -> tuple[_Known, Cast]:
        person = await self._participants.enter(actor, to_vote=True)
        known = await self._ballot(actor.guild_id, ballot_id)
        if position not in known.items:
            raise NotFound(t("This recommendation is not on the ballot."))
        initiative = await self._initiatives.current(actor.guild_id)
        stored = await self._writer.cast(
            ballot_id,
            person.id,
            await self._voter(ballot_id, known, person),
            position,
            choice,
            _reason(known.head.rules.reasons, choice, reason),
            needs_constituency=bool(initiative.constituencies),
        )
        return known, stored

    async def _ballot(self, guild_id: int, ballot_id: int) -> _Known:
        known = self._known.get(ballot_id)
        if known is None:
            async with self._reading:  # of those who click at once after a start, one reads
                known = self._known.get(ballot_id) or await self._read(guild_id, ballot_id)
        if known.head.guild_id != guild_id:
            raise NotFound(NOT_FOUND)
        return known

    async def _read(self, guild_id: int, ballot_id: int) -> _Known:
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            row = await require_open(tx, guild_id, ballot_id)
            items = (await ballots.items(tx, [ballot_id]))[ballot_id]
        if len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))
        known = self._known[ballot_id] = _Known(
            row.key_id, {item.position: item for item in items}, head_of(row, items, initiative)
        )
        return known

    async def _voter(self, ballot_id: int, known: _Known, person: Person) -> str:
        """What stands for the person in this ballot's votes."""
        if known.head.rules.secrecy is Secrecy.OPEN or known.key_id is None:
            return person.id
        try:
            return self._keys.mark(known.key_id, person.id)
        except KeyMissing:
            # A key is gone for good once its ballot has ended; missing before that, it is a failure.
            async with self._db.read() as tx:
                row = await require(tx, known.head.guild_id, ballot_id)
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


def _sheet(
    known: _Known, own: Mapping[int, Vote], closes_at: datetime | None, initiative: Initiative
) -> Sheet:
    items = []
    for item in known.items.values():
        choice, receipt = own.get(item.position, (None, None))
        items.append(SheetItem(item.position, item.reference, item.title, item.text, choice, receipt))
    head = (
        known.head
        if closes_at is None
        else replace(known.head, closes_at=closes_at.astimezone(initiative.zone))
    )
    return Sheet(ballot=head, items=tuple(items), done=len(own), total=len(items))
