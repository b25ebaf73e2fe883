"""What facilitators decide about a single recommendation: whether it is admitted, returned or rejected.

Whatever they decide, its author learns of it with the reason, in the discussion and in private.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import Refused
from seminar.lifecycle import Act
from seminar.model import Actor, Role, State
from seminar.words import t
from services import news, paging
from services.clock import Clock
from services.drafting.acting import draw_asked_again, locked, moved, record
from services.drafting.rec_views import Page, RecView, views, with_background
from services.initiatives import Initiatives
from services.people import persons
from services.reasons import required_reason
from storage import ledger, rec_lists, recommendations
from storage.engine import Database
from storage.people import PersonRow
from storage.rec_lists import Filter
from storage.recommendations import RecRow

WHY_RETURNED = t("Say what its author should rework; the reason is told to the author and to the room.")
WHY_REJECTED = t("Say why it is rejected; the reason is told to the author and to the room.")
WHY_REOPENED = t("Say why it is reopened; the reason is told to the author and to the room.")

_MOST_PAGE: Final = 10


class Moderation:
    """What facilitators do with the recommendations of a server, one by one."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def admit(self, actor: Actor, reference: str) -> RecView:
        """Let a proposal, or one that was returned, be discussed and put to the vote.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation here.
            Refused: it stands where nothing is admitted.
        """
        return await self._decide(actor, reference, Act.ADMIT, "recommendation.admitted")

    async def return_(self, actor: Actor, reference: str, reason: str) -> RecView:
        """Return it to its author for rework; a change of its text submits it again.

        Raises:
            Invalid: there is no reason, or one that is too long.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation here.
            Refused: a ballot on it is open, or it is past returning.
        """
        why = required_reason(reason, WHY_RETURNED)
        return await self._decide(actor, reference, Act.RETURN, "recommendation.returned", why)

    async def reject(self, actor: Actor, reference: str, reason: str) -> RecView:
        """Reject it; it stays on record as rejected.

        Raises:
            Invalid: there is no reason, or one that is too long.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation here.
            Refused: a ballot on it is open, or it is past rejecting.
        """
        why = required_reason(reason, WHY_REJECTED)
        return await self._decide(actor, reference, Act.REJECT, "recommendation.rejected", why)

    async def reopen(self, actor: Actor, reference: str, reason: str) -> RecView:
        """Take up again what was not adopted, or was rejected.

        Raises:
            Invalid: there is no reason, or one that is too long.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation here.
            Refused: it was neither rejected nor voted down.
        """
        why = required_reason(reason, WHY_REOPENED)
        return await self._decide(actor, reference, Act.REOPEN, "recommendation.reopened", why)

    async def retheme(self, actor: Actor, reference: str, theme: str) -> RecView:
        """Move it to another theme of its event; its reference stays.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation or theme here.
            Refused: its event has no such theme, it belongs there already, or cannot be moved now.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        code = initiative.theme(theme.strip().upper()).code
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            known = initiative.event(row.event).themes
            if code not in known:
                raise Refused(
                    t(
                        "The event {event} does not have the theme {theme}; its themes are {known}.",
                        event=row.event,
                        theme=code,
                        known=known,
                    )
                )
            if code == row.theme:
                raise Refused(
                    t(
                        "{reference} belongs to the theme {theme} already.",
                        reference=row.reference,
                        theme=code,
                    )
                )
            await moved(tx, row, Act.RETHEME)
            await recommendations.set_theme(tx, row.id, code)
            body = {"from": row.theme, "to": code}
            told = {"theme": code, "theme_title": initiative.theme(code).title}
            await self._tell(tx, actor.guild_id, person, row, "recommendation.rethemed", body, told)
            changed = await recommendations.by_ids(tx, [row.id])
            return await with_background(tx, actor.guild_id, initiative, changed[0])

    async def queue(self, actor: Actor, page: int = 0, size: int = 3) -> Page:
        """One page of the proposals that wait to be admitted, by theme and number; past the end the last.

        Raises:
            NotAllowed: the actor is no facilitator.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        wanted = Filter(state=State.PROPOSED)
        async with self._db.read() as tx:
            read = partial(rec_lists.page, tx, actor.guild_id, wanted)
            rows, total, page = await paging.page_of(read, page, size, _MOST_PAGE)
            items = await views(tx, actor.guild_id, initiative, rows)
        return Page(tuple(items), total, page)

    async def _decide(self, actor: Actor, reference: str, act: Act, name: str, reason: str = "") -> RecView:
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            state = await moved(tx, row, act)
            await recommendations.set_state(tx, row.id, state)
            body = {"from": row.state.value, "state": state.value}
            if reason:
                body["reason"] = await ledger.remember(tx, actor.guild_id, reason)
            told = {"state": state.value, "reason": reason}
            await self._tell(tx, actor.guild_id, person, row, name, body, told)
            changed = await recommendations.by_ids(tx, [row.id])
            return await with_background(tx, actor.guild_id, initiative, changed[0])

    async def _tell(
        self,
        tx: AsyncConnection,
        guild_id: int,
        person: PersonRow,
        row: RecRow,
        act: str,
        body: Mapping[str, object],
        told: Mapping[str, object],
    ) -> None:
        """Enter it in the ledger, and tell the room and the author, who knows already if it is the actor."""
        await record(tx, self._clock, guild_id, person.pseudonym, act, row, body)
        await draw_asked_again(tx, self._clock, guild_id, [row])
        concerned = [row.author_id] if row.author_id != person.id else []
        values = {"title": row.title, **told}
        what = act.removeprefix("recommendation.")
        await news.tell(tx, guild_id, row.reference, self._clock(), what, values, to=concerned)
