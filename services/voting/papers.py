"""Voting on paper: filled in over many taps, kept with each of them, counted only when submitted.

A paper belongs to the person who fills it in; where a delegation votes, what one
member submits takes the place of what another did, and both can see who it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from seminar import paper
from seminar.errors import Refused
from seminar.methods import paper_method
from seminar.model import Actor, Reasons
from seminar.paper import WHOLE, Answers
from seminar.words import t
from services.clock import Clock
from services.initiatives import Initiatives
from services.voting.ballot_reading import label_of, require_open
from services.voting.ballot_views import Sheet, SheetItem
from services.voting.polling import Known, Polling, Voter
from services.voting.voting import checked_reason
from storage import votes
from storage.engine import Database
from storage.votes import Cast, Empty, Fill, Submit, TakeBack, Vote
from storage.voting_acts import Given


class Papers:
    """The road of a paper, from the first tap to its receipt."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives, polling: Polling) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._polling = polling

    async def sheet(self, actor: Actor, ballot_id: int) -> Sheet:
        """The actor's paper as it stands: what they are filling in, or what was submitted.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor cannot vote here, or not yet.
            NotFound: there is no such ballot in this server.
            Refused: the ballot is not open, or its key cannot be read.
        """
        known, voter = await self._polling.enter(actor, ballot_id)
        async with self._db.read() as tx:
            row = await require_open(tx, actor.guild_id, ballot_id)
            own = (await votes.of_voter(tx, ballot_id, voter.mark)).get(WHOLE)
            filling = await votes.paper_of(tx, ballot_id, voter.own_mark)
        if row.closes_at is not None and self._clock() >= row.closes_at:
            raise Refused(t("The time of ballot {label} is up; it takes no more votes.", label=label_of(row)))
        return await self._drawn(actor, known, voter, own, filling, row.closes_at)

    async def fill(self, actor: Actor, ballot_id: int, position: int, said: str) -> Sheet:
        """One tap on the paper, in the words of its method; what was submitted stands until it is
        submitted again.

        Raises:
            Invalid: no such answer is possible; nothing has changed. And what `sheet` raises.
        """
        return await self._act(actor, ballot_id, Fill(position, said))

    async def empty(self, actor: Actor, ballot_id: int) -> Sheet:
        """Leave every item open again. Raises what `sheet` raises."""
        return await self._act(actor, ballot_id, Empty())

    async def submit(self, actor: Actor, ballot_id: int, reason: str | None = None) -> Sheet:
        """Let the paper count; durable when this returns.

        A reason is kept only where the ballot asks for one.

        Raises:
            Invalid: the paper cannot be submitted as it is. And what `sheet` raises.
        """
        known = await self._polling.ballot(actor.guild_id, ballot_id)
        asked = known.head.rules.reasons is Reasons.ALL
        return await self._act(actor, ballot_id, Submit(checked_reason(reason) if asked else None))

    async def take_back(self, actor: Actor, ballot_id: int) -> Sheet:
        """Take the submitted paper back; it stays on the screen. Raises what `sheet` raises."""
        return await self._act(actor, ballot_id, TakeBack())

    async def asks_reason(self, actor: Actor, ballot_id: int) -> bool:
        """Whether the ballot asks for a reason when a paper is submitted. Raises what `sheet` raises."""
        known = await self._polling.ballot(actor.guild_id, ballot_id)
        if known.head.rules.reasons is not Reasons.ALL:
            return False
        await self._polling.enter(actor, ballot_id)
        return True

    async def _act(self, actor: Actor, ballot_id: int, given: Given) -> Sheet:
        known, voter = await self._polling.enter(actor, ballot_id)
        stored: Cast = await self._polling.hand_in(actor, known, voter, given)
        own = stored.votes.get(WHOLE)
        return await self._drawn(actor, known, voter, own, stored.paper, stored.closes_at)

    async def _drawn(
        self,
        actor: Actor,
        known: Known,
        voter: Voter,
        own: Vote | None,
        filling: Answers | None,
        closes_at: datetime | None,
    ) -> Sheet:
        submitted = None if own is None else paper.read(own.choice)
        answers = filling if filling is not None else submitted or {}
        rules, method = known.head.rules, paper_method(known.head.rules.method)
        before = await self._round_before(known, voter)
        items = tuple(
            SheetItem(
                item.position,
                item.reference,
                item.title,
                item.text,
                answer=answers.get(item.position),
                before=before.get(item.position),
                group=known.spreads.get(item.position),
            )
            for item in known.items.values()
        )
        initiative = await self._initiatives.current(actor.guild_id)
        head = known.head
        if closes_at is not None:
            head = replace(head, closes_at=closes_at.astimezone(initiative.zone))
        # A paper that was never submitted is nobody else's: no names are read while it is filled in.
        names = await self._polling.member_names(voter, known) if own is not None else {}
        return Sheet(
            ballot=head,
            items=items,
            done=sum(
                item.answer == paper.ASIDE or method.answered(answers, item.position, rules) for item in items
            ),
            total=len(items),
            voter=voter.organisation,
            submitted=own is not None,
            changed=filling is not None and filling != submitted,
            receipt=None if own is None else own.receipt,
            cast_by=None if own is None else names.get(own.cast_by or ""),
            answers=answers,
        )

    async def _round_before(self, known: Known, voter: Voter) -> Answers:
        """The voter's own answers in the round before, by the items' positions now."""
        if known.before is None:
            return {}
        async with self._db.read() as tx:
            own = (await votes.of_voter(tx, known.before.id, voter.mark)).get(WHOLE)
        return {} if own is None else known.before.moved(paper.read(own.choice))
