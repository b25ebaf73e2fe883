"""The agenda of a conference: what it takes up, in which order and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.conference import Slot, meeting, read_slot, shifted
from seminar.errors import NotFound, Refused
from seminar.initiative import Event, Initiative
from seminar.model import Actor, EventStatus, Role, State
from seminar.words import t
from services.clock import Clock
from services.conference.choosing import conference_of, require_not_closed, status_of
from services.initiatives import Initiatives
from services.people import persons
from storage import conference, events, ledger, outbox, recommendations
from storage.conference import ItemRow
from storage.engine import Database
from storage.recommendations import RecRow

REFRESH: Final = "agenda.refresh"
POST: Final = "agenda.post"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One recommendation on an agenda; `number` is `R3` once it has a final text."""

    reference: str
    title: str
    theme: str
    state: State
    slot: Slot | None
    number: str | None


@dataclass(frozen=True, slots=True)
class AgendaView:
    """The agenda of a conference in its order; `meeting` are pairs of references whose times meet."""

    event: Event
    status: EventStatus
    items: tuple[AgendaItem, ...]
    meeting: tuple[tuple[str, str], ...]

    def place(self, reference: str) -> int | None:
        """Where a reference stands, from 0; None where it is not on the agenda."""
        return next((n for n, one in enumerate(self.items) if one.reference == reference), None)


class Agenda:
    """Keeps the agendas of each server's conferences."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def agenda(self, guild_id: int, event: str | None = None) -> AgendaView:
        """The agenda of a conference, of the present one if none is named.

        Raises:
            NotFound: there is no such event.
            Refused: it is no conference, or there is none.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            return await _view(tx, guild_id, initiative, event)

    async def edited(self, actor: Actor, event: str | None = None) -> AgendaView:
        """The same, for an organiser who wants to change it; whoever is no organiser is refused.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound, Refused: as `agenda`.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        return await self.agenda(actor.guild_id, event)

    async def show(self, actor: Actor, event: str | None = None) -> AgendaView:
        """Have the agenda posted where the conference is held, or drawn again where it is.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such event.
            Refused: it is no conference, there is none, it is closed, or nothing was forwarded to it.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        async with self._db.write() as tx:
            view = await _view(tx, actor.guild_id, initiative, event)
            require_not_closed(await events.fetch_all(tx, actor.guild_id), view.event.code)
            if not view.items:
                raise Refused(
                    t(
                        "Nothing has been forwarded to {code} yet; `/conference forward` sends what is "
                        "adopted.",
                        code=view.event.code,
                    )
                )
            await outbox.put_once(tx, actor.guild_id, POST, view.event.code, self._clock())
            return view

    async def move(self, actor: Actor, event: str, reference: str, by: int) -> AgendaView:
        """Put one so many places further down the agenda, or up, where `by` is negative.

        Past its ends nothing changes.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such event, or the recommendation is not on its agenda.
            Refused: it is no conference, or closed.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            items, row, item = await _on_agenda(tx, actor.guild_id, initiative, event, wanted)
            before = [one.recommendation_id for one in items]
            after = shifted(before, row.id, by)
            if after != before:
                # Numbered anew from 1, in the order that was shown: gaps close.
                places = {one.recommendation_id: one.position for one in items}
                now_at = {id_: place for place, id_ in enumerate(after, start=1)}
                moved = {id_: place for id_, place in now_at.items() if places[id_] != place}
                await conference.reorder(tx, moved)
                body = {"event": item.event, "from": before.index(row.id) + 1, "to": now_at[row.id]}
                await self._changed(tx, actor, row.reference, item.event, "agenda.moved", body)
            return await _view(tx, actor.guild_id, initiative, item.event)

    async def set_time(self, actor: Actor, event: str, reference: str, starts: str, ends: str) -> AgendaView:
        """Give one its time slot, as it is typed, or none, where both are empty.

        Raises:
            Invalid: these are no times of day, or the end does not come after the beginning.
            NotAllowed: the actor is no organiser.
            NotFound: there is no such event, or the recommendation is not on its agenda.
            Refused: it is no conference, or closed.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        wanted, slot = references.parse(reference), read_slot(starts, ends)
        async with self._db.write() as tx:
            _, row, item = await _on_agenda(tx, actor.guild_id, initiative, event, wanted)
            if slot != _slot(item):
                times = {"starts": slot and slot.starts, "ends": slot and slot.ends}
                await conference.change(tx, row.id, times)
                body = {"event": item.event, **times}
                await self._changed(tx, actor, row.reference, item.event, "agenda.timed", body)
            return await _view(tx, actor.guild_id, initiative, item.event)

    async def _changed(
        self,
        tx: AsyncConnection,
        actor: Actor,
        reference: str,
        event: str,
        act: str,
        body: Mapping[str, object],
    ) -> None:
        now: datetime = self._clock()
        person = await persons.of_actor(tx, actor)
        await ledger.append(tx, actor.guild_id, now, person.pseudonym, act, reference, body)
        await outbox.put_once(tx, actor.guild_id, REFRESH, event, now)


async def _on_agenda(
    tx: AsyncConnection, guild_id: int, initiative: Initiative, event: str, reference: str
) -> tuple[Sequence[ItemRow], RecRow, ItemRow]:
    """The items of a conference that is not closed, and the one of that reference."""
    await ledger.hold(tx, guild_id)
    rows = await events.fetch_all(tx, guild_id)
    code = conference_of(initiative, rows, event).code
    require_not_closed(rows, code)
    items = await conference.items(tx, guild_id, code)
    row = await recommendations.by_reference(tx, guild_id, reference)
    item = next((one for one in items if row is not None and one.recommendation_id == row.id), None)
    if row is None or item is None:
        raise NotFound(t("{reference} is not on the agenda of {code}.", reference=reference, code=code))
    return items, row, item


async def _view(tx: AsyncConnection, guild_id: int, initiative: Initiative, event: str | None) -> AgendaView:
    rows = await events.fetch_all(tx, guild_id)
    held = conference_of(initiative, rows, event)
    found = await conference.items(tx, guild_id, held.code)
    recs = {row.id: row for row in await recommendations.by_ids(tx, [one.recommendation_id for one in found])}
    items = tuple(_shown(one, recs[one.recommendation_id]) for one in found)
    timed = [(one.reference, one.slot) for one in items if one.slot is not None]
    return AgendaView(held, status_of(rows, held.code), items, tuple(meeting(timed)))


def _shown(item: ItemRow, row: RecRow) -> AgendaItem:
    return AgendaItem(row.reference, row.title, row.theme, row.state, _slot(item), item.final_name)


def _slot(item: ItemRow) -> Slot | None:
    return None if item.starts is None else Slot(item.starts, item.ends)
