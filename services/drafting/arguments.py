"""The record of arguments: what is said for and against a recommendation, asked, shown or reserved.

Whose argument it is, is its author, whoever puts it on the record; for whom they spoke is kept as it was
then. Nothing of it is ever deleted: its author can withdraw it, a facilitator set it aside with a reason,
and it stays listed as such.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import NotAllowed, Refused
from seminar.lifecycle import Act
from seminar.model import Actor, ArgumentStatus, Role, Stance
from seminar.texts import bounded, clean
from seminar.wording import FIELD_WORDS
from seminar.words import t
from services import news
from services.drafting.acting import contributor, locked, moved, named, record
from services.drafting.argument_reading import Argument, ArgumentPage, ArgumentReading, Summary
from services.drafting.argument_rules import (
    act_of,
    numbered,
    possible,
    registered,
    require_constituency,
    require_facilitator,
    require_not,
    stance_of,
)
from services.people import persons, registering
from services.reasons import required_reason
from storage import contributions, ledger, outbox
from storage.contributions import ContributionRow
from storage.people import PersonRow
from storage.recommendations import RecRow

__all__ = ["Argument", "ArgumentPage", "Arguments", "Summary", "possible"]

MOST_TEXT = 1000
"""Characters of an argument, as Discord counts them."""
REFRESH = "arguments.refresh"
WITHOUT_REASON = t("Say why it is set aside; the reason stands in its place.")


class Arguments(ArgumentReading):
    """What has been said on the recommendations of each server."""

    async def stances(
        self, actor: Actor, reference: str | None, whose: int | None = None
    ) -> tuple[Stance, ...]:
        """What can be put on the record, before anybody writes anything; all there is without `reference`.

        `whose` is the account of the author, when it is somebody else than the actor.

        Raises:
            NotAllowed: the actor is no participant, or no facilitator where it is somebody else's.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such recommendation here, or the author is not registered.
            Refused: nothing goes on its record any more.
        """
        await self._initiatives.current(actor.guild_id)
        wanted = None if reference is None else references.parse(reference)
        if whose is None or whose == actor.user_id:
            await contributor(self._participants, actor)
        else:
            require_facilitator(actor)
        async with self._db.read() as tx:
            if whose is not None and whose != actor.user_id:
                await registered(tx, actor.guild_id, whose)
            if wanted is None:
                return tuple(Stance)
            row = await named(tx, actor.guild_id, wanted)
            found = possible(row.state)
            if not found:
                await moved(tx, row, Act.ARGUE)
        return found

    async def add(
        self,
        actor: Actor,
        reference: str,
        stance: str,
        text: str,
        *,
        nonce: str,
        link: str | None = None,
        whose: int | None = None,
    ) -> Argument:
        """Put an argument on the record; the same `nonce` twice stores it once.

        `link` leads to the chat message it was taken from; `whose` is the account of its author, when it
        is somebody else than the actor, and they are told. Possible as long as the recommendation is
        discussed, also under a ballot and after its event was closed.

        Raises:
            Invalid: no such reference or stance, nothing is said, or more than 1,000 characters.
            NotAllowed: the actor is no participant, or no facilitator where it is somebody else's.
            NeedsNotice, NeedsConstituency: something is to be settled first; a reservation is recorded with
                the constituency its author speaks for.
            NotFound: there is no such recommendation here, or the author is not registered.
            Refused: nothing such goes on its record, or the author has said it before.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        meant = stance_of(stance)
        own = whose is None or whose == actor.user_id
        if own:
            person = await contributor(self._participants, actor)
            if meant is Stance.RESERVATION:
                require_constituency(actor, initiative, person.constituency)
        else:
            require_facilitator(actor)
        said = bounded(clean(text), FIELD_WORDS["text"], 1, MOST_TEXT)
        now = self._clock()
        async with self._db.write() as tx:
            row = await locked(tx, actor.guild_id, wanted)
            adder = await persons.of_actor(tx, actor)
            author = adder if whose is None or own else await registered(tx, actor.guild_id, whose)
            before = await contributions.by_nonce(tx, adder.id, nonce[:64])
            if before is not None:
                if before.recommendation_id != row.id:
                    raise Refused(t("This form was sent already; open it anew."))
                return await self._shown(tx, actor.guild_id, initiative, row, before)
            await moved(tx, row, act_of(meant))
            constituency = registering.standing(initiative, author.constituency)
            if meant is Stance.RESERVATION and initiative.constituencies and constituency is None:
                raise Refused(
                    t(
                        "A reservation is recorded with the constituency its author speaks for, and "
                        "{name} speaks for none yet.",
                        name=author.name,
                    )
                )
            again = await contributions.alike(tx, row.id, author.id, meant, said)
            if again is not None:
                raise Refused(
                    t(
                        "That is on the record of {reference} already, as number {number}.",
                        reference=row.reference,
                        number=again.number,
                    )
                )
            number = await contributions.add(
                tx,
                actor.guild_id,
                row.id,
                stance=meant,
                text=said,
                link=link,
                person_id=author.id,
                constituency=constituency,
                added_by=adder.id,
                nonce=nonce[:64],
                at=now,
            )
            body = {
                "number": number,
                "stance": meant.value,
                "constituency": constituency,
                "author": author.pseudonym,
                "text": await ledger.remember(tx, actor.guild_id, said),
            }
            await self._enter(tx, actor.guild_id, adder, "argument.added", row, body)
            if not own:
                told = {"number": number, "stance": meant.value, "text": said}
                await news.tell_privately(
                    tx, actor.guild_id, row.reference, now, "argument_recorded", told, to=[author.id]
                )
            return await self._again(tx, actor.guild_id, initiative, row, number)

    async def withdraw(self, actor: Actor, reference: str, number: int) -> Argument:
        """Take one's own argument back: it stays listed as withdrawn, and is shown nowhere any more.

        Raises:
            Invalid: what was typed is no reference.
            NotAllowed: it is somebody else's.
            NotFound: there is no such recommendation or argument here.
            Refused: it is withdrawn already.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            row = await locked(tx, actor.guild_id, wanted)
            person = await persons.of_actor(tx, actor)
            found = await numbered(tx, row, number)
            if found.person_id != person.id:
                raise NotAllowed(
                    t(
                        "Argument {number} on {reference} is somebody else's; only its author withdraws it.",
                        number=number,
                        reference=row.reference,
                    )
                )
            require_not(found, ArgumentStatus.WITHDRAWN, row)
            await contributions.withdraw(tx, found.id, self._clock())
            await self._enter(tx, actor.guild_id, person, "argument.withdrawn", row, _body(found))
            return await self._again(tx, actor.guild_id, initiative, row, number)

    async def set_aside(self, actor: Actor, reference: str, number: int, reason: str) -> Argument:
        """Let an argument count no longer (facilitators), with the reason in its place; its author is told.

        Raises:
            Invalid: what was typed is no reference, or the reason is missing or too long.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation or argument here.
            Refused: it is withdrawn, or set aside already.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        wanted = references.parse(reference)
        why = required_reason(reason, WITHOUT_REASON)
        now = self._clock()
        async with self._db.write() as tx:
            row = await locked(tx, actor.guild_id, wanted)
            person = await persons.of_actor(tx, actor)
            found = await numbered(tx, row, number)
            require_not(found, ArgumentStatus.WITHDRAWN, row)
            require_not(found, ArgumentStatus.SET_ASIDE, row)
            await contributions.set_aside(tx, found.id, person.id, why, now)
            body = {**_body(found), "reason": await ledger.remember(tx, actor.guild_id, why)}
            await self._enter(tx, actor.guild_id, person, "argument.set_aside", row, body)
            told = {"number": number, "reason": why}
            await news.tell_privately(
                tx, actor.guild_id, row.reference, now, "argument_set_aside", told, to=[found.person_id]
            )
            return await self._again(tx, actor.guild_id, initiative, row, number)

    async def _enter(
        self,
        tx: AsyncConnection,
        guild_id: int,
        person: PersonRow,
        act: str,
        row: RecRow,
        body: Mapping[str, object],
    ) -> None:
        """Enter the act in the ledger, and have card and summary drawn again."""
        await record(tx, self._clock, guild_id, person.pseudonym, act, row, body)
        await outbox.put(tx, guild_id, REFRESH, row.reference, self._clock())


def _body(found: ContributionRow) -> dict[str, object]:
    return {"number": found.number, "stance": found.stance.value, "constituency": found.constituency}
