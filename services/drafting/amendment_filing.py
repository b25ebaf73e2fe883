"""Asking for another wording: filed, seconded, reworked, taken back."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import NotAllowed, Refused
from seminar.lifecycle import Act
from seminar.model import Actor, AmendmentStatus, Role
from seminar.wording import Wording
from seminar.words import t
from services import news
from services.drafting.acting import (
    contributor,
    locked,
    moved,
    named,
    record,
    record_on_amendment,
    require_open_event,
)
from services.drafting.amendment_reading import AmendmentReading
from services.drafting.amendment_rules import (
    WouldBreakSilence,
    asked_wording,
    chosen,
    held_against,
    statement,
)
from services.drafting.amendment_views import AmendmentView, Opening
from services.drafting.deriving import numbered
from services.drafting.rec_views import with_background
from services.people import persons
from services.people.registering import Person
from services.reasons import reason_of
from storage import amendments, ledger, outbox, recommendations
from storage.amendments import AmendmentRow
from storage.recommendations import RecRow


class AmendmentFiling(AmendmentReading):
    """What participants do with amendments."""

    async def opening(self, actor: Actor, reference: str) -> Opening:
        """The text to fill a form with, for somebody who may amend it.

        Raises:
            Invalid: what was typed is no reference.
            NotAllowed: the actor is no participant, or may not break the silence that runs on it.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such recommendation here.
            Refused: it cannot be amended now.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        await contributor(self._participants, actor)
        silence = await self._silence_on(actor.guild_id, wanted)
        if silence is not None:
            await self._silences.require_entry(actor, silence.id)
        async with self._db.read() as tx:
            row = await named(tx, actor.guild_id, wanted)
            await require_open_event(tx, actor.guild_id, row)
            if silence is None:
                await moved(tx, row, Act.AMEND)
            return Opening(await with_background(tx, actor.guild_id, initiative, row), silence)

    async def propose(
        self,
        actor: Actor,
        reference: str,
        base_version: int,
        fields: Mapping[str, str],
        reason: str,
        nonce: str,
        *,
        breaking: int | None = None,
    ) -> AmendmentView:
        """File an amendment to version `base_version`, from which its form was filled.

        `fields` are those of a wording by name. The same `nonce` twice stores it once. While a silence
        procedure on it runs the amendment breaks it, provided that its author was told so: then
        `breaking` is the procedure's id.

        Raises:
            Invalid: a field is empty, too short or too long, or there is no such version.
            NotAllowed: the actor is no participant, or may not break the silence that runs.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such recommendation here.
            WouldBreakSilence: a silence procedure is running that the author was not told of.
            Refused: nothing is changed, or it cannot be amended now.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        author = await contributor(self._participants, actor)
        before = await self.proposed(actor, nonce)
        if before is not None:
            return before
        asked, why = asked_wording(fields, initiative), reason_of(reason)
        silence = await self._silence_on(actor.guild_id, wanted)
        if silence is not None:
            if breaking != silence.id:
                raise WouldBreakSilence(wanted, silence)
            author = await self._participants.enter(actor, to_vote=True)
        async with self._db.write() as tx:
            known = await amendments.by_nonce(tx, author.id, nonce[:64])
            if known is None:
                if silence is not None:
                    standing = await named(tx, actor.guild_id, wanted)
                    said = statement(why, standing.wording, asked)
                    await self._silences.break_in(tx, initiative, author, silence.id, said)
                broken = None if silence is None else silence.id
                row, known = await self._file(
                    tx, actor.guild_id, wanted, author, base_version, asked, why, nonce[:64], broken
                )
            else:
                (row,) = await recommendations.by_ids(tx, [known.recommendation_id])
                silence = None
            made = await self._view(tx, actor.guild_id, initiative, row, known)
        if silence is not None:
            await self._silences.sealed(silence.id)
        return made

    async def _file(
        self,
        tx: AsyncConnection,
        guild_id: int,
        reference: str,
        author: Person,
        base_version: int,
        asked: Wording,
        why: str,
        nonce: str,
        broken: int | None,
    ) -> tuple[RecRow, AmendmentRow]:
        """Store a new amendment; `broken` is the silence procedure that it broke."""
        row = await locked(tx, guild_id, reference)
        await moved(tx, row, Act.AMEND)
        await require_open_event(tx, guild_id, row)
        made = await held_against(tx, row, base_version, asked)
        for other in await amendments.of(tx, [row.id], AmendmentStatus.OPEN):
            if (other.author_id, other.wording) == (author.id, asked):
                raise Refused(
                    t(
                        "You ask for exactly that in amendment {number} to {reference} already.",
                        number=other.number,
                        reference=row.reference,
                    )
                )
        now = self._clock()
        number = await amendments.add(tx, guild_id, row.id, base_version, asked, why, author.id, nonce, now)
        filed = await numbered(tx, row, number)
        if made.wording is None:
            await amendments.mark_conflicting(tx, [filed.id], True)
        body = {
            "amendment": number,
            "base": base_version,
            "conflicting": made.wording is None,
            "broke": broken,
            "content": await ledger.remember(tx, guild_id, asked.content),
            "reason": await ledger.remember(tx, guild_id, why) if why else None,
        }
        await record(tx, self._clock, guild_id, author.pseudonym, "amendment.proposed", row, body)
        subject = references.of_amendment(row.reference, number)
        await outbox.put(tx, guild_id, "amendment.post", subject, now)
        if row.author_id != author.id:
            told = {"amendment": number, "title": row.title}
            await news.tell_privately(
                tx, guild_id, row.reference, now, "amendment_proposed", told, to=[row.author_id]
            )
        return row, await numbered(tx, row, number)

    async def second(self, actor: Actor, reference: str, number: int | None = None) -> AmendmentView:
        """Second somebody else's open amendment, once.

        Raises:
            NotAllowed: the actor is no participant, or its author.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such amendment here.
            Refused: it is decided, was seconded by the actor before, or its text is frozen or final.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        person = await contributor(self._participants, actor)
        async with self._db.write() as tx:
            row = await locked(tx, actor.guild_id, wanted)
            found = await chosen(tx, row, number)
            if found.author_id == person.id:
                raise NotAllowed(t("This is your own amendment; others second it."))
            await moved(tx, row, Act.AMEND)
            await require_open_event(tx, actor.guild_id, row)
            if not await amendments.add_second(tx, found.id, person.id, self._clock()):
                raise Refused(
                    t(
                        "You have seconded amendment {number} to {reference} already.",
                        number=found.number,
                        reference=row.reference,
                    )
                )
            body = {"amendment": found.number, "seconds": found.seconds + 1}
            await record_on_amendment(
                tx, self._clock, actor.guild_id, person.pseudonym, "amendment.seconded", row, body
            )
            return await self._again(tx, actor.guild_id, initiative, row.reference, found.number)

    async def withdraw(self, actor: Actor, reference: str, number: int | None = None) -> AmendmentView:
        """Take back one's own open amendment; without a number the only one.

        Raises:
            NotAllowed: somebody else asked for it, or the actor holds no role here any more.
            NotFound: there is no such amendment here.
            Refused: it is decided, or several are the actor's.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(*Role)
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            found = await chosen(tx, row, number, mine=person.id)
            if found.author_id != person.id:
                raise NotAllowed(
                    t(
                        "Only its author can withdraw amendment {number} to {reference}.",
                        number=found.number,
                        reference=row.reference,
                    )
                )
            status, now = AmendmentStatus.WITHDRAWN, self._clock()
            await amendments.decide(tx, found.id, status, person.id, "", now)
            body = {"amendment": found.number}
            await record_on_amendment(
                tx,
                self._clock,
                actor.guild_id,
                person.pseudonym,
                "amendment.withdrawn",
                row,
                body,
                ended=True,
            )
            return await self._again(tx, actor.guild_id, initiative, row.reference, found.number)

    async def reworking(self, actor: Actor, reference: str, number: int | None = None) -> AmendmentView:
        """The open amendment that the actor may rework, to fill a form with.

        Raises:
            NotAllowed: the actor is neither its author nor a facilitator.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such amendment here.
            Refused: it is decided, several are open, or its text is frozen or final.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        person_id = await self._reworker(actor)
        async with self._db.read() as tx:
            row = await named(tx, actor.guild_id, wanted)
            found = await self._reworkable(tx, actor, person_id, row, number)
            return await self._view(tx, actor.guild_id, initiative, row, found)

    async def rework(
        self,
        actor: Actor,
        reference: str,
        number: int,
        base_version: int,
        fields: Mapping[str, str],
        reason: str,
    ) -> AmendmentView:
        """Give an open amendment another wording, on version `base_version`, which its form showed.

        It is in conflict only with what has changed since that version. The same wording on the same
        version changes nothing.

        Raises:
            Invalid: a field is empty, too short or too long, or there is no such version.
            NotAllowed: the actor is neither its author nor a facilitator.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such amendment here.
            Refused: it is decided, asks for nothing any more, or its text is frozen or final.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        asked, why = asked_wording(fields, initiative), reason_of(reason)
        person_id = await self._reworker(actor)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            found = await self._reworkable(tx, actor, person_id, row, number)
            if (found.base_version, found.wording, found.reason) == (base_version, asked, why):
                return await self._view(tx, actor.guild_id, initiative, row, found)
            made = await held_against(tx, row, base_version, asked)
            now = self._clock()
            await amendments.rework(tx, found, base_version, asked, why, person.id, now)
            if made.wording is None:
                await amendments.mark_conflicting(tx, [found.id], True)
            body = {
                "amendment": found.number,
                "revision": found.revision + 1,
                "base": base_version,
                "conflicting": made.wording is None,
                "content": await ledger.remember(tx, actor.guild_id, asked.content),
                "reason": await ledger.remember(tx, actor.guild_id, why) if why else None,
            }
            await record_on_amendment(
                tx, self._clock, actor.guild_id, person.pseudonym, "amendment.reworked", row, body
            )
            told = {"amendment": found.number, "seconds": found.seconds}
            others = {found.author_id} - {person.id}
            await news.tell(tx, actor.guild_id, row.reference, now, "amendment_reworked", told, to=others)
            return await self._again(tx, actor.guild_id, initiative, row.reference, found.number)

    async def _reworker(self, actor: Actor) -> str | None:
        """The id of a participant who may rework what is theirs; None for a facilitator."""
        if Role.FACILITATOR in actor.roles:
            return None
        return (await contributor(self._participants, actor)).id

    async def _reworkable(
        self, tx: AsyncConnection, actor: Actor, person_id: str | None, row: RecRow, number: int | None
    ) -> AmendmentRow:
        found = await chosen(tx, row, number, mine=person_id)
        if person_id is not None and found.author_id != person_id:
            raise NotAllowed(
                t(
                    "Only its author or a facilitator can rework amendment {number} to {reference}.",
                    number=found.number,
                    reference=row.reference,
                )
            )
        await moved(tx, row, Act.AMEND)
        await require_open_event(tx, actor.guild_id, row)
        return found
