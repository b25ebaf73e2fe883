"""Opening and closing the events of an initiative, and where in Discord they are held."""

from __future__ import annotations

from dataclasses import dataclass

from seminar.errors import Refused
from seminar.initiative import Event, Initiative
from seminar.model import Actor, EventStatus, Role
from seminar.words import t, tn
from services.clock import Clock
from services.initiatives import Initiatives
from services.people import persons
from storage import events, ledger, outbox
from storage.engine import Database
from storage.events import EventRow


@dataclass(frozen=True, slots=True)
class EventView:
    """An event as it stands; without a channel until the bot has made one."""

    event: Event
    status: EventStatus
    channel_id: int | None
    is_forum: bool


class Events:
    """The events of each server's initiative."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def open(self, actor: Actor, code: str) -> EventView:
        """Open a planned event, or one that was closed, again (organisers).

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such event.
            Refused: it is open already.
        """
        event = await self._event_for(actor, code)
        now = self._clock()
        async with self._db.write() as tx:
            row = await events.fetch(tx, actor.guild_id, event.code)
            if row is not None and row.status is EventStatus.OPEN:
                raise Refused(t("The event {code} is open already.", code=event.code))
            await events.set_open(tx, actor.guild_id, event.code, now)
            person = await persons.of_actor(tx, actor)
            await ledger.append(tx, actor.guild_id, now, person.pseudonym, "event.opened", event.code, {})
            await outbox.put(tx, actor.guild_id, "event.opened", event.code, now)
        return _view(event, row, EventStatus.OPEN)

    async def close(self, actor: Actor, code: str) -> EventView:
        """Close an open event (organisers): nothing can be proposed or seconded there any more.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such event.
            Refused: it is not open, or a ballot of it still takes votes.
        """
        event = await self._event_for(actor, code)
        now = self._clock()
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            await ledger.hold(tx, actor.guild_id)  # no ballot of it opens meanwhile
            row = await events.fetch(tx, actor.guild_id, event.code)
            if row is None or row.status is not EventStatus.OPEN:
                raise Refused(t("The event {code} is not open.", code=event.code))
            running = await events.open_ballots(tx, actor.guild_id, event.code)
            if running:
                raise Refused(
                    tn(
                        "The ballot {labels} of this event is still open; close or cancel it first.",
                        "The ballots {labels} of this event are still open; close or cancel them first.",
                        len(running),
                        labels=tuple(f"B{number}" for number in running),
                    )
                )
            await events.set_closed(tx, actor.guild_id, event.code, now)
            await ledger.append(tx, actor.guild_id, now, person.pseudonym, "event.closed", event.code, {})
            await outbox.put(tx, actor.guild_id, "event.closed", event.code, now)
        return _view(event, row, EventStatus.CLOSED)

    async def view(self, guild_id: int, code: str) -> EventView:
        """One event. Raises NotFound when there is none of that code."""
        event = _named(await self._initiatives.current(guild_id), code)
        async with self._db.read() as tx:
            row = await events.fetch(tx, guild_id, event.code)
        return _view(event, row)

    async def all(self, guild_id: int) -> tuple[EventView, ...]:
        """Every event, in the initiative's order. Raises NotFound when no initiative is loaded."""
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            rows = await events.fetch_all(tx, guild_id)
        return tuple(_view(event, rows.get(event.code)) for event in initiative.events)

    async def placed(self, guild_id: int, code: str, channel_id: int, is_forum: bool) -> None:
        """Record the channel the bot made for an event; made anew, the later one counts."""
        async with self._db.write() as tx:
            await events.set_channel(tx, guild_id, code, channel_id, is_forum)

    async def _event_for(self, actor: Actor, code: str) -> Event:
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        return _named(initiative, code)


def _named(initiative: Initiative, code: str) -> Event:
    """The event a person means, who may write its code in small letters."""
    return initiative.event(code.strip().upper())


def _view(event: Event, row: EventRow | None, status: EventStatus | None = None) -> EventView:
    if row is None:
        return EventView(event, status or EventStatus.PLANNED, None, False)
    return EventView(event, status or row.status, row.channel_id, row.is_forum)
