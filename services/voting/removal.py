"""Taking one item out of an open ballot: what was said on it is destroyed uncounted, the rest goes on."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import lifecycle, references
from seminar.errors import NotFound, Refused
from seminar.lifecycle import Act, Bearing
from seminar.model import Actor, Role, State
from seminar.words import t
from services.clock import Clock
from services.people.participants import Participants
from services.voting.ballot_reading import bearing_of, label_of, require_open
from services.voting.ballot_views import BallotView
from services.voting.ballots import Ballots
from services.voting.closing import reason_for
from services.voting.gathering import Gathering
from services.voting.polling import Polling
from storage import ballots, electorates, ledger, outbox, rooms, votes
from storage.ballots import BallotRow
from storage.engine import Database


class Removal:
    """Takes items out of open ballots."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        participants: Participants,
        ballots: Ballots,
        polling: Polling,
        gathering: Gathering,
    ) -> None:
        self._db = db
        self._clock = clock
        self._participants = participants
        self._ballots = ballots
        self._polling = polling
        self._gathering = gathering

    async def remove(self, actor: Actor, ballot_id: int, reference: str, reason: str) -> BallotView:
        """Take an item out; who had voted on it is told, and the room is told why.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such ballot, or no such item on it.
            Invalid: no reason is given, or one of more than 1,000 characters.
            Refused: the ballot is not open, or has no other item.
        """
        actor.require(Role.FACILITATOR)
        wanted = references.parse(reference)
        why = reason_for(reason, t("Give a reason for taking it out; it is posted."))
        person = await self._participants.person(actor)
        now = self._clock()
        async with self._db.write() as tx:
            row = await require_open(tx, actor.guild_id, ballot_id, lock=True)
            candidates = await ballots.candidates_on(tx, row.id)
            items = {item.reference: item for item in (await ballots.items(tx, [row.id]))[row.id]}
            if wanted not in items:
                raise NotFound(
                    t("{reference} is not on ballot {label}.", reference=wanted, label=label_of(row))
                )
            if len(items) == 1:
                raise Refused(t("It is the only item of the ballot; cancel the ballot instead."))
            item = items[wanted]
            told = await self._voters_on(tx, row, item.position)
            await votes.without_item(tx, row.id, item.position)
            await rooms.without_item(tx, row.id, item.position)
            await ballots.remove_item(tx, row.id, item.position, now)
            # Totals of other items; those of all are shown again once enough votes have changed.
            await ballots.change(tx, row.id, live=None)
            if bearing_of(row.rules) is Bearing.DECIDES:
                (one,) = [one for one in candidates if one.id == item.recommendation_id]
                back = lifecycle.move(
                    State(one.state), Act.CANCEL_BALLOT, at_conference=one.conference is not None
                )
                await ballots.move_recommendations(tx, {back.value: [item.recommendation_id]})
            body = {
                "ballot": row.id,
                "position": item.position,
                "reference": wanted,
                "reason": await ledger.remember(tx, row.guild_id, why),
            }
            await ledger.append(
                tx, row.guild_id, now, person.pseudonym, "ballot.item_removed", label_of(row), body
            )
            said = {"reference": wanted, "title": item.title, "reason": why}
            await outbox.put(tx, row.guild_id, "ballot.item_removed", row.id, now, said)
            for user_id in told:
                notice = {"reference": wanted, "title": item.title, "user_id": user_id}
                await outbox.put(tx, row.guild_id, "ballot.removal_notice", row.id, now, notice)
            await outbox.put(tx, row.guild_id, "card.refresh", wanted, now)
        self._polling.forget(ballot_id)
        return await self._ballots.view(actor.guild_id, ballot_id)

    async def _voters_on(self, tx: AsyncConnection, row: BallotRow, position: int) -> list[int]:
        """The Discord ids of those whose vote on the item is about to be destroyed."""
        marks = await votes.marks_on(tx, row.id, position)
        if not marks:
            return []
        electorate = await electorates.entitled(tx, row.guild_id, row.rules.vote_by)
        voter_of = self._gathering.voters_of(row, electorate)
        return sorted(
            member.user_id
            for one in electorate
            if voter_of[one.elector] in marks
            for member in one.members
            if member.user_id is not None
        )
