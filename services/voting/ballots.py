"""Ballots, as a facilitator leads them once they are open: looked at, extended, reminded of, ended."""

from __future__ import annotations

from collections.abc import Mapping

from seminar.amounts import parse_closing, quorum_count
from seminar.errors import Refused
from seminar.methods import METHODS
from seminar.model import Actor, BallotStatus, Role
from seminar.paper import WHOLE
from seminar.words import t
from services.clock import Clock
from services.deadlines import Handler, NotNow
from services.initiatives import Initiatives
from services.keys import KeyStore
from services.people.participants import Participants
from services.serving import Serving
from services.voting.ballot_reading import BallotReader, label_of, require, require_open
from services.voting.ballot_views import BallotResult, BallotView, ClosingPreview
from services.voting.closing import CLOSE, LAST_CALL, PULSE, REMINDER, Closing, require_closable
from services.voting.gathering import Gathering
from services.voting.opening import set_deadlines
from services.voting.outages import OUT_OF_REACH, Outages
from services.voting.preparing import Preparing
from services.voting.reminding import Reminding
from services.voting.sealing import SEAL, Sealer, Sleep
from storage import ballots, ledger, outbox, votes
from storage.deadlines import DeadlineRow
from storage.engine import Database


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
        serving: Serving | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants
        reader, gathering = BallotReader(db, initiatives), Gathering(keys)
        preparing = Preparing(db, clock, initiatives, participants, keys, reader)
        self.closing = Closing(db, clock, initiatives, gathering)
        self.sealer = Sealer(db, clock, keys, sleep)
        self.outages = Outages(db, clock, serving)
        self._reminding = Reminding(db, clock, gathering)
        self.view = reader.view
        self.find = reader.find
        self.all_open = reader.all_open
        self.all_prepared = reader.all_prepared
        self.all_waiting = reader.all_waiting
        self.result = reader.result
        self.prepare = preparing.prepare
        self.prepare_again = preparing.again
        self.prepare_next_round = preparing.next_round
        self.open = preparing.open
        self.discard = preparing.discard
        self.non_voters = self._reminding.non_voters
        self.resume_sealing = self.sealer.resume

    async def status(self, actor: Actor, ballot_id: int) -> ClosingPreview:
        """Turnout, and the items that would fail for want of a quorum if the ballot closed now.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Refused: it is not open.
        """
        actor.require(Role.FACILITATOR)
        async with self._db.read() as tx:
            row = await require_open(tx, actor.guild_id, ballot_id)
            cast = await votes.count_by_position(tx, row.id)
            aside = await votes.count_aside(tx, row.id)
        view = await self.view(actor.guild_id, ballot_id)
        on_paper = METHODS[view.rules.method].on_paper
        below = []
        for item in view.items:
            hands = sum(shown.counts.total for shown in view.room if shown.position == item.position)
            given = cast.get(WHOLE if on_paper else item.position, 0) + hands
            if given < quorum_count(view.rules.quorum, view.entitled - aside.get(item.position, 0)):
                below.append(item.reference)
        return ClosingPreview(view, view.voted, view.entitled, tuple(below))

    async def closing_preview(self, actor: Actor, ballot_id: int) -> ClosingPreview:
        """As `status`, for whoever is about to close the ballot early.

        Raises:
            NotAllowed, NotFound: as `status`.
            Refused: it is not open, or it is a silence procedure.
        """
        preview = await self.status(actor, ballot_id)
        require_closable(preview.ballot.rules.method)
        return preview

    async def end_series(self, actor: Actor, ballot_id: int) -> BallotView:
        """End a series before its last round: its votes are destroyed and it is sealed.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Refused: its votes are not kept any more, or its next round is open.
        """
        actor.require(Role.FACILITATOR)
        person = await self._participants.person(actor)
        async with self._db.write() as tx:
            row = await require(tx, actor.guild_id, ballot_id, lock=True)
            if not row.kept:
                raise Refused(t("No votes of ballot {label} are kept any more.", label=label_of(row)))
            await ledger.hold(tx, actor.guild_id)
            for other in await ballots.series(tx, row.series_id or row.id):
                if other.status == BallotStatus.OPEN:
                    raise Refused(
                        t(
                            "Ballot {label}, the next round, is open; close or cancel it first.",
                            label=label_of(other),
                        )
                    )
            ended = await self.sealer.end(tx, row, person.pseudonym)
        for one in ended:
            await self.sealer.seal(one)
        return await self.view(actor.guild_id, ballot_id)

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
            if row is None or await self.outages.make_good(ballot_id):
                return None
            if not await self.closing.close_when_due(row.guild_id, ballot_id):
                return None
            guild_id = row.guild_id
        else:
            actor.require(Role.FACILITATOR)
            guild_id = actor.guild_id
            person = await self._participants.person(actor)
            await self.closing.close(guild_id, ballot_id, person.pseudonym)
        await self.seal_series(ballot_id)
        return await self.result(guild_id, ballot_id)

    async def seal_series(self, ballot_id: int) -> None:
        """Seal a ballot that has just ended, and with it the earlier rounds that it ended."""
        async with self._db.read() as tx:
            row = await ballots.get(tx, ballot_id)
            series = await ballots.series(tx, row.series_id) if row else ()
        for one in [earlier.id for earlier in series if earlier.id < ballot_id] + [ballot_id]:
            await self.sealer.seal(one)

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
        await self.closing.cancel(actor.guild_id, ballot_id, person.pseudonym, reason)
        await self.sealer.seal(ballot_id)
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
            PULSE: self.outages.pulse_due,
            REMINDER: self._reminding.reminder_due,
            SEAL: self.sealer.due,
        }

    async def _close_due(self, deadline: DeadlineRow) -> None:
        """While nobody can reach the bot it waits: it is then closed, or extended, when people can again."""
        async with self._db.read() as tx:
            if (await self.outages.reach(tx, deadline.guild_id)).down:
                raise NotNow(OUT_OF_REACH)
        await self.close(None, deadline.subject)
