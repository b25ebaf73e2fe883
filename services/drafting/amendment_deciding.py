"""Deciding on what is asked for: accepted into the text, or rejected and free to stand by itself."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import NotAllowed
from seminar.model import Actor, AmendmentStatus, Change, Role, State
from seminar.words import t
from services import news
from services.clock import Clock
from services.drafting.acting import (
    contributor,
    locked,
    moved_by_change,
    named,
    record_on_amendment,
    require_open_event,
)
from services.drafting.amendment_reading import AmendmentReading
from services.drafting.amendment_rules import (
    ChangeNotSaid,
    agreed,
    decidable,
    require_as_seen,
)
from services.drafting.amendment_views import AmendmentView
from services.drafting.deriving import derivable
from services.drafting.revising import Revision, revise
from services.people import persons
from services.reasons import reason_of
from storage import amendments, ledger, people
from storage.amendments import AmendmentRow
from storage.people import PersonRow
from storage.recommendations import RecRow


class AmendmentDeciding(AmendmentReading):
    """What authors and facilitators do with the amendments to a recommendation."""

    async def accept(
        self,
        actor: Actor,
        reference: str,
        number: int | None = None,
        *,
        change: Change | None = None,
        reason: str = "",
        seen_version: int | None = None,
        seen_revision: int | None = None,
    ) -> AmendmentView:
        """Make an amendment the text, together with everything that has changed since it was asked for.

        Without a number it is the only one that is open, without `change` one in substance. `seen_version`
        and `seen_revision` are those that the decider had before them.

        Raises:
            Invalid: the reason is too long.
            NotAllowed: the actor is neither the recommendation's author nor a facilitator, or not the
                latter and wants a text that was voted on changed without another vote.
            NotFound: there is no such amendment here.
            ChangeNotSaid: the text is adopted, and `change` is not given.
            Refused: it is decided, in conflict, too long together with the text, or has been changed since
                it was seen; several are open; or the text is frozen or final.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted, why = references.parse(reference), reason_of(reason)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            found = await decidable(tx, actor, person, row, number)
            require_as_seen(row, found, seen_version, seen_revision)
            await require_open_event(tx, actor.guild_id, row)
            await moved_by_change(tx, row, change or Change.SUBSTANTIVE)
            made = await agreed(tx, row, found)
            if change is None and row.state in (State.ADOPTED, State.FORWARDED):
                raise ChangeNotSaid(await self._view(tx, actor.guild_id, initiative, row, found))
            change = change or Change.SUBSTANTIVE
            if change is Change.EDITORIAL and row.last is not None and Role.FACILITATOR not in actor.roles:
                raise NotAllowed(
                    t(
                        "{reference} has been voted on; only a facilitator can accept a change of its "
                        "wording without another vote.",
                        reference=row.reference,
                    )
                )
            now = self._clock()
            status, version = AmendmentStatus.ACCEPTED, row.version + 1
            await amendments.decide(tx, found.id, status, person.id, why, now, version=version)
            revision = Revision(made, change, found.author_id, found.reason or why, found.number)
            await revise(tx, actor.guild_id, row, revision, person, now)
            body = {
                "amendment": found.number,
                "version": version,
                "change": change.value,
                "reason": await ledger.remember(tx, actor.guild_id, why) if why else None,
            }
            await record_on_amendment(
                tx, self._clock, actor.guild_id, person.pseudonym, "amendment.accepted", row, body
            )
            told = {"amendment": found.number, "version": version, "change": change.value}
            others = {found.author_id, row.author_id} - {person.id}
            await news.tell(tx, actor.guild_id, row.reference, now, "amendment_accepted", told, to=others)
            return await self._again(tx, actor.guild_id, initiative, row.reference, found.number)

    async def reject(
        self, actor: Actor, reference: str, number: int | None = None, reason: str = ""
    ) -> AmendmentView:
        """Turn an amendment down; its author is told, and can propose it as a recommendation of its own.

        Raises:
            Invalid: the reason is too long.
            NotAllowed: the actor is neither the recommendation's author nor a facilitator.
            NotFound: there is no such amendment here.
            Refused: it is decided, or several are open.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted, why = references.parse(reference), reason_of(reason)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            found = await decidable(tx, actor, person, row, number)
            await turn_down(tx, self._clock, person, row, found, why)
            told = {"amendment": found.number, "reason": why, "derive": row.reference}
            others, about = {found.author_id} - {person.id}, "amendment_rejected"
            await news.tell(tx, actor.guild_id, row.reference, self._clock(), about, told, to=others)
            return await self._again(tx, actor.guild_id, initiative, row.reference, found.number)

    async def deciding(self, actor: Actor, reference: str, number: int | None = None) -> AmendmentView:
        """The open amendment that the actor may decide on, before they are asked for anything.

        Raises:
            NotAllowed: the actor is neither the recommendation's author nor a facilitator.
            NotFound: there is no such amendment here.
            Refused: it is decided, or several are open.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            person = await people.by_user(tx, actor.guild_id, actor.user_id)
            row = await named(tx, actor.guild_id, wanted)
            found = await decidable(tx, actor, person, row, number)
            return await self._view(tx, actor.guild_id, initiative, row, found)

    async def derivable(self, actor: Actor, reference: str, number: int) -> AmendmentView:
        """The actor's own rejected amendment, which has not become a recommendation yet.

        Raises:
            NotAllowed: somebody else asked for it.
            NotFound: there is no such amendment here.
            Refused: it was not rejected, or has become one already.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        person = await contributor(self._participants, actor)
        async with self._db.read() as tx:
            row, found = await derivable(tx, actor.guild_id, person.id, wanted, number)
            return await self._view(tx, actor.guild_id, initiative, row, found)


async def turn_down(
    tx: AsyncConnection, clock: Clock, person: PersonRow, row: RecRow, found: AmendmentRow, why: str
) -> None:
    """Close an amendment that is not taken up, in the ledger and on the card; telling its author is apart."""
    await amendments.decide(tx, found.id, AmendmentStatus.REJECTED, person.id, why, clock())
    reason = await ledger.remember(tx, person.guild_id, why) if why else None
    body = {"amendment": found.number, "reason": reason}
    await record_on_amendment(
        tx, clock, person.guild_id, person.pseudonym, "amendment.rejected", row, body, ended=True
    )
