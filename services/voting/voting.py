"""Voting on items one by one: one voter, one item, one tap, saved at once.

Its answer holds all that the voter's sheet shows, so that nothing more is asked of
the store on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeAlias

from seminar.errors import Invalid, NotFound, Refused
from seminar.initiative import Initiative
from seminar.model import RECUSED, Actor, BallotRules, Choice, Reasons
from seminar.texts import clean
from seminar.words import t
from services.clock import Clock
from services.initiatives import Initiatives
from services.voting.ballot_reading import label_of, require_open
from services.voting.ballot_views import Recorded, Sheet, SheetItem
from services.voting.polling import Known, Polling, Voter
from storage import votes
from storage.ballots import ItemRow
from storage.engine import Database
from storage.votes import Cast, Tap, Vote

MOST_REASON = 1000

Told: TypeAlias = Callable[[Recorded | Exception], None]
"""Told what came of a vote."""


class Voting:
    """The road of a vote, from a tap to its receipt."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives, polling: Polling) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._polling = polling

    async def cast(
        self, actor: Actor, ballot_id: int, position: int, choice: str | None, reason: str | None = None
    ) -> Recorded:
        """Store, change or (None) take back the actor's vote on one item; durable when this returns.

        `choice` is one of `Choice`, or `RECUSED` to stand aside. A reason is kept only where the
        ballot asks one for this choice.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor cannot vote here, or not yet.
            NotFound: there is no such ballot in this server, or no such item on it.
            Invalid: there is no such choice, or the reason has more than 1,000 characters.
            Refused: the ballot is not open, or its key cannot be read.
            StoreUnavailable: nothing was saved.
        """
        known, voter, stored = await self._cast(actor, ballot_id, position, choice, reason)
        replaced = None
        if voter.delegation is not None and stored.replaced and stored.replaced.cast_by != voter.own_mark:
            names = await self._polling.member_names(voter, known)
            replaced = names.get(stored.replaced.cast_by or "")
        return Recorded(
            known.items[position].reference,
            stored.choice,
            stored.receipt,
            len(stored.votes),
            len(known.items),
            replaced,
        )

    def at_once(
        self, actor: Actor, ballot_id: int, position: int, choice: Choice
    ) -> Callable[[Told], None] | None:
        """As `cast`, where memory alone tells that the vote is handed in as it is; None: ask `cast`.

        What comes back hands it in when it is called, and tells once it is durable, or what the vote
        writer refuses it with.
        """
        initiative = self._initiatives.at_once(actor.guild_id)
        entered = self._polling.at_once(actor, ballot_id)
        if initiative is None or entered is None:
            return None
        known, voter = entered
        item = known.items.get(position)
        if item is None or _asks(choice, known.head.rules.reasons):
            return None
        return partial(self._cast_at_once, initiative, known, voter, item, Tap(position, choice))

    async def cast_on_sheet(
        self, actor: Actor, ballot_id: int, position: int, choice: str | None, reason: str | None = None
    ) -> Sheet:
        """As `cast`, answered with the actor's whole sheet as it stands now. Raises what `cast` raises."""
        known, voter, stored = await self._cast(actor, ballot_id, position, choice, reason)
        initiative = await self._initiatives.current(actor.guild_id)
        return await self._sheet(known, voter, stored.votes, stored.closes_at, initiative)

    async def rules(self, guild_id: int, ballot_id: int) -> BallotRules:
        """The rules of a ballot that people vote on, remembered: they say what its sheet is like.

        Raises:
            NotFound: there is no such ballot in this server.
            Refused: the ballot is not open.
        """
        return (await self._polling.ballot(guild_id, ballot_id)).head.rules

    async def asks_reason(self, actor: Actor, ballot_id: int, choice: Choice) -> bool:
        """Whether the ballot asks those who vote `choice` for a reason.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor cannot vote here, or not yet.
            NotFound: there is no such ballot in this server.
            Refused: the ballot is not open.
        """
        known = await self._polling.ballot(actor.guild_id, ballot_id)
        if not _asks(choice, known.head.rules.reasons):
            return False
        await self._polling.enter(actor, ballot_id)
        return True

    async def sheet(self, actor: Actor, ballot_id: int) -> Sheet:
        """The actor's private sheet, with their own votes as stored now.

        Raises:
            NeedsNotice, NeedsConstituency, NotAllowed: the actor cannot vote here, or not yet.
            NotFound: there is no such ballot in this server.
            Refused: the ballot is not open, or its key cannot be read.
        """
        known, voter = await self._polling.enter(actor, ballot_id)
        initiative = await self._initiatives.current(actor.guild_id)
        async with self._db.read() as tx:
            row = await require_open(tx, actor.guild_id, ballot_id)
            own = await votes.of_voter(tx, ballot_id, voter.mark)
        if row.closes_at is not None and self._clock() >= row.closes_at:
            raise Refused(t("The time of ballot {label} is up; it takes no more votes.", label=label_of(row)))
        return await self._sheet(known, voter, own, row.closes_at, initiative)

    def _cast_at_once(
        self, initiative: Initiative, known: Known, voter: Voter, item: ItemRow, tap: Tap, told: Told
    ) -> None:
        def stored(answer: Cast | Exception) -> None:
            if isinstance(answer, Cast):
                done, total = len(answer.votes), len(known.items)
                told(Recorded(item.reference, answer.choice, answer.receipt, done, total))
            else:
                told(answer)

        self._polling.put(initiative, known, voter, tap, stored)

    async def _cast(
        self, actor: Actor, ballot_id: int, position: int, choice: str | None, reason: str | None
    ) -> tuple[Known, Voter, Cast]:
        known, voter = await self._polling.enter(actor, ballot_id)
        if position not in known.items:
            raise NotFound(t("This recommendation is not on the ballot."))
        kept = _reason(known.head.rules.reasons, choice, reason)
        return known, voter, await self._polling.hand_in(actor, known, voter, Tap(position, choice, kept))

    async def _sheet(
        self,
        known: Known,
        voter: Voter,
        own: Mapping[int, Vote],
        closes_at: datetime | None,
        initiative: Initiative,
    ) -> Sheet:
        shared = any(vote.cast_by for vote in own.values())
        names = await self._polling.member_names(voter, known) if shared else {}
        items = []
        for item in known.items.values():
            vote = own.get(item.position, Vote("", None))
            items.append(
                SheetItem(
                    item.position,
                    item.reference,
                    item.title,
                    item.text,
                    vote.choice or None,
                    vote.receipt,
                    names.get(vote.cast_by or ""),
                )
            )
        head = known.head
        if closes_at is not None:
            head = replace(head, closes_at=closes_at.astimezone(initiative.zone))
        return Sheet(
            ballot=head, items=tuple(items), done=len(own), total=len(items), voter=voter.organisation
        )


def _asks(choice: str, asked: Reasons) -> bool:
    if choice == RECUSED:
        return False
    return asked is Reasons.ALL or (asked is Reasons.AGAINST and choice == Choice.AGAINST)


def _reason(asked: Reasons, choice: str | None, reason: str | None) -> str | None:
    return checked_reason(reason) if choice is not None and _asks(choice, asked) else None


def checked_reason(reason: str | None) -> str | None:
    """A voter's reason as it is kept; None for an empty one.

    Raises:
        Invalid: it has more than 1,000 characters.
    """
    written = clean(reason) if reason else ""
    if len(written) > MOST_REASON:
        raise Invalid(t("A reason has at most {most} characters.", most=MOST_REASON))
    return written or None
