"""The hybrid room: hands that a facilitator counts on a `support` ballot, beside the votes in chat.

Asked are people who do not vote in chat. Together hands and votes can never be more
than those entitled; that is checked when hands are entered and again at closing.
"""

from __future__ import annotations

from seminar import references
from seminar.errors import Invalid, NotFound, Refused
from seminar.methods import support
from seminar.model import Actor, Counts, Role
from seminar.texts import bounded, clean_line
from seminar.words import t
from services.clock import Clock
from services.initiatives import Initiatives
from services.people.participants import Participants
from services.voting.ballot_reading import label_of, require_open
from services.voting.ballot_views import BallotView
from services.voting.ballots import Ballots
from storage import ballots, electorates, ledger, outbox, rooms, votes
from storage.engine import Database
from storage.rooms import RoomRow

MOST_ASKED = 200


class Room:
    """Shows of hands."""

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

    async def enter(
        self,
        actor: Actor,
        ballot_id: int,
        reference: str,
        counts: Counts,
        constituency: str | None = None,
        asked: str | None = None,
    ) -> BallotView:
        """Enter a show of hands on one item, in place of an earlier one of the same constituency.

        `asked` says who was asked; everybody in the room who has not voted in chat, when left out.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such ballot, item or constituency.
            Invalid: a number is negative, or `asked` has more than 200 characters.
            Refused: the ballot is not open, its time is up or it is not by `support`, or hands and votes
                together would be more than those entitled.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        wanted = references.parse(reference)
        if min(counts.for_, counts.against, counts.abstain) < 0:
            raise Invalid(t("A show of hands is counted in whole numbers from 0."))
        code = (constituency or "").strip().upper() or None
        if code is not None:
            code = initiative.constituency(code).code
        who = bounded(clean_line(asked or ""), t("asked"), 0, MOST_ASKED)
        person = await self._participants.person(actor)
        now = self._clock()
        async with self._db.write() as tx:
            row = await require_open(tx, actor.guild_id, ballot_id, lock=True)
            if row.method != support.name:
                raise Refused(t("Hands can be counted only on a ballot for, against or abstain."))
            if row.closes_at is not None and now >= row.closes_at:
                raise Refused(t("The time of ballot {label} is up; it is being closed.", label=label_of(row)))
            items = (await ballots.items(tx, [row.id]))[row.id]
            item = next((one for one in items if one.reference == wanted), None)
            if item is None:
                raise NotFound(
                    t("{reference} is not on ballot {label}.", reference=wanted, label=label_of(row))
                )
            electorate = await electorates.entitled(tx, row.guild_id, row.rules.vote_by)
            if code is not None:
                _require_room(counts.total, sum(one.constituency == code for one in electorate), 0)
            others = sum(
                one.counts.total
                for one in await rooms.of_ballot(tx, row.id)
                if one.position == item.position and one.constituency != code
            )
            cast = (await votes.count_by_position(tx, row.id)).get(item.position, 0)
            aside = (await votes.count_aside(tx, row.id)).get(item.position, 0)
            _require_room(counts.total + others, len(electorate) - aside, cast)
            await rooms.enter(tx, row.id, RoomRow(item.position, code, counts, who), person.id, now)
            body = {
                "ballot": row.id,
                "position": item.position,
                "reference": item.reference,
                "constituency": code,
                "for": counts.for_,
                "against": counts.against,
                "abstain": counts.abstain,
                "asked": await ledger.remember(tx, row.guild_id, who) if who else None,
            }
            await ledger.append(tx, row.guild_id, now, person.pseudonym, "ballot.hands", label_of(row), body)
            await outbox.put(tx, row.guild_id, "ballot.refresh", row.id, now)
        return await self._ballots.view(actor.guild_id, ballot_id)


def _require_room(hands: int, entitled: int, cast: int) -> None:
    if hands + cast > entitled:
        raise Refused(
            t(
                "{hands} hands and {cast} votes in chat are more than the {entitled} entitled: "
                "ask only those who have not voted in chat.",
                hands=hands,
                cast=cast,
                entitled=entitled,
            )
        )
