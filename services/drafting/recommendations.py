"""Proposing, seconding and withdrawing recommendations.

A reference counts up within its theme in the transaction that stores the
recommendation, so it is given once and without gaps. People's text is kept as
they wrote it; making it harmless is the business of whoever shows it.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import Invalid, NotAllowed, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act
from seminar.model import Actor, Role
from seminar.wording import Wording
from seminar.words import t
from services.clock import Clock
from services.drafting.acting import (
    contributor,
    draw_asked_again,
    locked,
    moved,
    named,
    record,
    require_open_event,
)
from services.drafting.deriving import derivable, derive
from services.drafting.places import event_of, place
from services.drafting.rec_views import Draft, Place, RecView, with_background
from services.drafting.tabling import first_state, put_on_table
from services.initiatives import Initiatives
from services.people import persons
from services.people.participants import Participants
from storage import events, ledger, people, recommendations
from storage.amendments import AmendmentRow
from storage.engine import Database
from storage.recommendations import RecRow

__all__ = ["Draft", "Place", "RecView", "Recommendations"]


class Recommendations:
    """The recommendations of each server."""

    def __init__(
        self, db: Database, clock: Clock, initiatives: Initiatives, participants: Participants
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants

    async def place(self, actor: Actor, theme: str | None = None, channel_id: int | None = None) -> Place:
        """The open event, and the themes, that a proposal made here could go to; registers its author.

        `channel_id` is the channel the person is in, or the parent of the thread.

        Raises:
            NotAllowed: the actor is no participant.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such theme.
            Refused: no event that has it is open, or several are and the channel is none of theirs.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        await contributor(self._participants, actor)
        code = None if theme is None else initiative.theme(theme.strip().upper()).code
        async with self._db.read() as tx:
            rows = await events.fetch_all(tx, actor.guild_id)
        return place(initiative, rows, code, channel_id)

    async def propose(self, actor: Actor, draft: Draft, nonce: str) -> RecView:
        """Store a proposal and have its card posted; the same `nonce` twice stores it once.

        Raises:
            Invalid: a field is empty, too short or too long.
            NotAllowed: the actor is no participant.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such theme or event.
            Refused: the event is not open, or does not have the theme; or the amendment it takes up is not
                the actor's, was not rejected, or has become a recommendation already.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        author = await contributor(self._participants, actor)
        if not draft.theme.strip():
            raise Invalid(t("Please choose a theme."))
        wording = _wording(draft, initiative)
        theme = initiative.theme(draft.theme.strip().upper()).code
        async with self._db.write() as tx:
            row = await recommendations.by_nonce(tx, author.id, nonce[:64])
            if row is None:
                rows = await events.fetch_all(tx, actor.guild_id)
                event = event_of(initiative, rows, draft, theme)
                grown = await self._grown_from(tx, actor.guild_id, author.id, draft.derived)
                now = self._clock()
                row = await put_on_table(
                    tx,
                    actor.guild_id,
                    event=event,
                    theme=theme,
                    author_id=author.id,
                    pseudonym=author.pseudonym,
                    wording=wording,
                    state=first_state(initiative),
                    at=now,
                    nonce=nonce[:64],
                )
                if grown is not None:
                    await derive(tx, actor.guild_id, *grown, row, author.pseudonym, now)
            return await with_background(tx, actor.guild_id, initiative, row)

    async def _grown_from(
        self, tx: AsyncConnection, guild_id: int, person_id: str, derived: str
    ) -> tuple[RecRow, AmendmentRow] | None:
        """The rejected amendment that a draft takes up, if it does."""
        if not derived:
            return None
        await ledger.hold(tx, guild_id)
        return await derivable(tx, guild_id, person_id, *references.parse_amendment(derived))

    async def proposed(self, actor: Actor, nonce: str) -> RecView | None:
        """What the actor has proposed with this `nonce`, if anything."""
        initiative = await self._initiatives.current(actor.guild_id)
        async with self._db.read() as tx:
            author = await people.by_user(tx, actor.guild_id, actor.user_id)
            row = await recommendations.by_nonce(tx, author.id, nonce[:64]) if author else None
            return None if row is None else await with_background(tx, actor.guild_id, initiative, row)

    async def second(self, actor: Actor, reference: str) -> RecView:
        """Second somebody else's recommendation, once.

        Raises:
            NotAllowed: the actor is no participant, or the author.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such recommendation here.
            Refused: it was seconded by the actor before, or is past seconding, or its event is not open.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        person = await contributor(self._participants, actor)
        now = self._clock()
        async with self._db.write() as tx:
            row = await named(tx, actor.guild_id, wanted)
            if row.author_id == person.id:
                raise NotAllowed(t("This is your own recommendation; others second it."))
            await moved(tx, row, Act.SECOND)
            await require_open_event(tx, actor.guild_id, row)
            if not await recommendations.add_second(tx, row.id, person.id, now):
                raise Refused(t("You have seconded {reference} already.", reference=row.reference))
            body = {"seconds": row.seconds + 1}
            await record(
                tx, self._clock, actor.guild_id, person.pseudonym, "recommendation.seconded", row, body
            )
            return await self._again(tx, actor.guild_id, initiative, row.reference)

    async def withdraw(self, actor: Actor, reference: str) -> RecView:
        """Withdraw a recommendation: its author may, and a facilitator; not while it is voted on.

        Raises:
            NotAllowed: the actor is neither, or holds no role here any more.
            NotFound: there is no such recommendation here.
            Refused: it is past withdrawing.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(*Role)
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            if row.author_id != person.id and Role.FACILITATOR not in actor.roles:
                raise NotAllowed(
                    t("Only its author or a facilitator can withdraw {reference}.", reference=row.reference)
                )
            await recommendations.set_state(tx, row.id, await moved(tx, row, Act.WITHDRAW))
            body = {"from": row.state.value, "by_author": row.author_id == person.id}
            await record(
                tx, self._clock, actor.guild_id, person.pseudonym, "recommendation.withdrawn", row, body
            )
            await draw_asked_again(tx, self._clock, actor.guild_id, [row])
            return await self._again(tx, actor.guild_id, initiative, row.reference)

    async def get(self, guild_id: int, reference: str) -> RecView:
        """One recommendation of this server.

        Raises:
            Invalid: what was typed is no reference.
            NotFound: there is none of that reference here.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            return await self._again(tx, guild_id, initiative, wanted)

    async def _again(
        self, tx: AsyncConnection, guild_id: int, initiative: Initiative, reference: str
    ) -> RecView:
        return await with_background(tx, guild_id, initiative, await named(tx, guild_id, reference))


def _wording(draft: Draft, initiative: Initiative) -> Wording:
    known = initiative.known_addressees
    return Wording.checked(draft.title, draft.text, draft.rationale, draft.addressees, known)
