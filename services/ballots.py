"""Ballots, as a facilitator leads them: prepared, opened on confirmation, extended, ended.

A ballot is prepared first and seen as it will be held; it gets its number, its key
and its voters only when somebody confirms that.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import lifecycle
from seminar.amounts import parse_closing, quorum_count
from seminar.errors import Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act
from seminar.model import Actor, BallotStatus, Role, Secrecy, State
from seminar.words import t
from services import ballot_requests
from services.ballot_reading import BallotReader, ended, label_of, require, require_open
from services.ballot_views import BallotRequest, BallotResult, BallotView, ClosingPreview
from services.clock import Clock
from services.closing import CLOSE, LAST_CALL, REMINDER, Closing
from services.deadlines import Handler
from services.initiatives import Initiatives
from services.keys import KeyStore
from services.opening import closing_time, opening_entry, set_deadlines
from services.participants import Participants
from services.reminding import Reminding
from services.sealing import SEAL, Sealer, Sleep
from storage import ballots, cast_votes, ledger, outbox, votes
from storage.deadlines import DeadlineRow
from storage.engine import Database

log = logging.getLogger(__name__)

CONFIRM_WITHIN = timedelta(days=1)


class Ballots:
    """Everything a facilitator does with a ballot, and everyone's view of it."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        initiatives: Initiatives,
        participants: Participants,
        keys: KeyStore,
        *,
        sleep: Sleep,
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants
        self._keys = keys
        self._reader = BallotReader(db, initiatives)
        self._closing = Closing(db, clock, initiatives, keys)
        self._reminding = Reminding(db, clock, self._closing)
        self._sealer = Sealer(db, clock, keys, sleep)
        self.view = self._reader.view
        self.find = self._reader.find
        self.all_open = self._reader.all_open
        self.result = self._reader.result
        self.non_voters = self._reminding.non_voters
        self.resume_sealing = self._sealer.resume

    async def prepare(self, actor: Actor, request: BallotRequest) -> BallotView:
        """Check what was asked for and keep it for a day, for its preview and confirmation.

        Raises:
            NotAllowed: the actor is no facilitator.
            Refused: it could not be opened as asked; the sentence says why.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        rules = ballot_requests.rules_for(initiative, request)
        now = self._clock()
        closes_in = (request.closes_in or "").strip() or ballot_requests.CLOSES_IN
        closes_at = parse_closing(closes_in, now, initiative.zone)
        person = await self._participants.person(actor)
        async with self._db.write() as tx:
            chosen = await ballot_requests.choose(tx, initiative, actor.guild_id, request)
            await ballots.drop_prepared(tx, actor.guild_id, now - CONFIRM_WITHIN)
            themes = {row.theme for row in chosen}
            values = {
                "guild_id": actor.guild_id,
                "event": chosen[0].event,
                "theme": None if request.references else themes.pop(),
                "method": rules.method,
                "status": BallotStatus.PREPARED.value,
                "threshold": str(rules.threshold),
                "quorum": str(rules.quorum),
                "secrecy": rules.secrecy.value,
                "reasons": rules.reasons.value,
                "receipts": rules.receipts,
                "closes_in": closes_in[:32],
                "prepared_by": person.id,
                "prepared_at": now,
                "closes_at": closes_at,
            }
            ballot_id = await ballots.add(tx, values, chosen)
        return await self.view(actor.guild_id, ballot_id)

    async def open(self, actor: Actor, ballot_id: int) -> BallotView:
        """Open a prepared ballot; opening one that is open already changes nothing.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Refused: what it was prepared from has changed, or its key cannot be stored.
        """
        actor.require(Role.FACILITATOR)
        initiative = await self._initiatives.current(actor.guild_id)
        person = await self._participants.person(actor)
        async with self._db.read() as tx:
            row = await require(tx, actor.guild_id, ballot_id)
        if row.status == BallotStatus.PREPARED:
            key_id = self._keys.create() if row.secrecy == Secrecy.SECRET else None
            try:
                async with self._db.write() as tx:
                    await self._open(tx, actor.guild_id, ballot_id, initiative, person.pseudonym, key_id)
            finally:
                if key_id is not None:
                    await self._destroy_unused(ballot_id, key_id)
        elif row.status != BallotStatus.OPEN:
            raise Refused(ended(row))
        return await self.view(actor.guild_id, ballot_id)

    async def discard(self, actor: Actor, ballot_id: int) -> None:
        """Drop a prepared ballot; one that is gone already stays gone.

        Raises:
            NotAllowed: the actor is no facilitator.
            Refused: it has been opened.
        """
        actor.require(Role.FACILITATOR)
        async with self._db.write() as tx:
            row = await ballots.get(tx, ballot_id, lock=True)
            if row is None or row.guild_id != actor.guild_id:
                return
            if row.status != BallotStatus.PREPARED:
                raise Refused(
                    t("Ballot {label} has been opened already; cancel it instead.", label=label_of(row))
                )
            await ballots.drop(tx, ballot_id)

    async def closing_preview(self, actor: Actor, ballot_id: int) -> ClosingPreview:
        """Turnout, and the items that would fail for want of a quorum if the ballot closed now.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Refused: it is not open.
        """
        actor.require(Role.FACILITATOR)
        async with self._db.read() as tx:
            row = await require_open(tx, actor.guild_id, ballot_id)
            by_item = await votes.count_by_position(tx, row.id)
        view = await self.view(actor.guild_id, ballot_id)
        needed = quorum_count(view.rules.quorum, view.entitled)
        below = tuple(item.reference for item in view.items if by_item.get(item.position, 0) < needed)
        return ClosingPreview(view, view.voted, view.entitled, below)

    status = closing_preview

    async def close(self, actor: Actor | None, ballot_id: int) -> BallotResult | None:
        """Close a ballot, count it and seal it; None for `actor` is the deadline.

        For the deadline the answer is None when the ballot was over already or has been extended.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Refused: it is not open, or its key cannot be read.
        """
        if actor is None:
            async with self._db.read() as tx:
                row = await ballots.get(tx, ballot_id)
            if row is None or not await self._closing.close_when_due(row.guild_id, ballot_id):
                return None
            guild_id = row.guild_id
        else:
            actor.require(Role.FACILITATOR)
            guild_id = actor.guild_id
            person = await self._participants.person(actor)
            await self._closing.close(guild_id, ballot_id, person.pseudonym)
        await self._sealer.seal(ballot_id)
        return await self.result(guild_id, ballot_id)

    async def cancel(self, actor: Actor, ballot_id: int, reason: str) -> BallotView:
        """End a ballot uncounted: its votes are destroyed unseen and the reason is posted.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Invalid: no reason is given, or too long a one.
            Refused: it is not open.
        """
        actor.require(Role.FACILITATOR)
        person = await self._participants.person(actor)
        await self._closing.cancel(actor.guild_id, ballot_id, person.pseudonym, reason)
        await self._sealer.seal(ballot_id)
        return await self.view(actor.guild_id, ballot_id)

    async def extend(self, actor: Actor, ballot_id: int, by: str) -> BallotView:
        """Close later: by a time such as `2h` added to the closing time, or at the next `12:30` after it.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Invalid: `by` cannot be read.
            Refused: it is not open, or its time is up.
        """
        actor.require(Role.FACILITATOR)
        initiative = await self._initiatives.current(actor.guild_id)
        person = await self._participants.person(actor)
        now = self._clock()
        async with self._db.write() as tx:
            row = await require_open(tx, actor.guild_id, ballot_id, lock=True)
            if row.opened_at is None or row.closes_at is None or row.closes_at <= now:
                raise Refused(t("The time of ballot {label} is up; it is being closed.", label=label_of(row)))
            closes_at = parse_closing(by, row.closes_at, initiative.zone)
            await ballots.change(tx, row.id, closes_at=closes_at)
            await set_deadlines(tx, row, row.opened_at, closes_at, now)
            body = {"ballot": row.id, "from": row.closes_at.isoformat(), "to": closes_at.isoformat()}
            await ledger.append(
                tx, row.guild_id, now, person.pseudonym, "ballot.extended", label_of(row), body
            )
            await outbox.put(tx, row.guild_id, "ballot.extended", row.id, now)
            for candidate in await ballots.candidates_on(tx, row.id):
                await outbox.put(tx, row.guild_id, "card.refresh", candidate.reference, now)
        return await self.view(actor.guild_id, ballot_id)

    async def remind(self, actor: Actor, ballot_id: int) -> int:
        """Have everybody reminded who has not voted and was not reminded before; how many these are.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Refused: it is not open, or its key cannot be read.
        """
        actor.require(Role.FACILITATOR)
        person = await self._participants.person(actor)
        return await self._reminding.remind(actor.guild_id, ballot_id, person.pseudonym)

    def deadline_handlers(self) -> Mapping[str, Handler]:
        """What each kind of a ballot's deadlines does, for `services.deadlines`."""
        return {
            CLOSE: self._close_due,
            LAST_CALL: self._reminding.last_call_due,
            REMINDER: self._reminding.reminder_due,
            SEAL: self._sealer.due,
        }

    async def _close_due(self, deadline: DeadlineRow) -> None:
        await self.close(None, deadline.subject)

    async def _open(
        self,
        tx: AsyncConnection,
        guild_id: int,
        ballot_id: int,
        initiative: Initiative,
        pseudonym: str,
        key_id: str | None,
    ) -> None:
        now = self._clock()
        row = await require(tx, guild_id, ballot_id, lock=True)
        if row.status == BallotStatus.OPEN:
            return  # confirmed twice at once
        if row.status != BallotStatus.PREPARED:
            raise Refused(ended(row))
        closes_at = closing_time(row, now, initiative)
        chosen = await ballots.candidates_on(tx, row.id)
        await ballot_requests.require_votable(tx, guild_id, chosen)
        number = await ballots.take_number(tx, guild_id)
        entitled = await cast_votes.count_entitled(tx, guild_id)
        await ballots.pin_versions(tx, row.id, chosen)
        await ballots.change(
            tx,
            row.id,
            status=BallotStatus.OPEN.value,
            number=number,
            key_id=key_id,
            opened_at=now,
            closes_at=closes_at,
            entitled_at_opening=entitled,
        )
        voting = lifecycle.move(State.ADMITTED, Act.OPEN_BALLOT)
        await ballots.move_recommendations(tx, {voting.value: [candidate.id for candidate in chosen]})
        await set_deadlines(tx, row, now, closes_at, now)
        body = opening_entry(row, chosen, closes_at, entitled)
        await ledger.append(tx, guild_id, now, pseudonym, "ballot.opened", f"B{number}", body)
        await outbox.put(tx, guild_id, "ballot.opened", row.id, now)
        for candidate in chosen:
            await outbox.put(tx, guild_id, "card.refresh", candidate.reference, now)

    async def _destroy_unused(self, ballot_id: int, key_id: str) -> None:
        """Destroy a key that its ballot did not take: the opening failed, or another was quicker.

        The store is asked, since a failure on the way back may follow a commit that succeeded;
        where it cannot be asked the key stays, and marks nothing.
        """
        try:
            async with self._db.read() as tx:
                row = await ballots.get(tx, ballot_id)
        except Refused:
            log.warning("key %s may be left over from an opening that failed", key_id)
            return
        if row is None or row.key_id != key_id:
            self._keys.destroy(key_id)
