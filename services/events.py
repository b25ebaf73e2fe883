"""Opening and closing the events of an initiative, and where in Discord they are held."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import Refused
from seminar.initiative import Event, Initiative
from seminar.model import Actor, EventStatus, Role, State
from seminar.words import t, tn
from services.clock import Clock
from services.initiatives import Initiatives
from services.people import persons
from storage import conference, events, ledger, outbox, recommendations
from storage.engine import Database
from storage.events import EventRow

_MOST_NAMED: Final = 50  # texts that are named to the room
_BEGINS, _ENDS = time(9), time(18)  # of the days of an event, in a calendar


@dataclass(frozen=True, slots=True)
class EventView:
    """An event as it stands; without a channel until the bot has made one.

    `left_open` are references of texts that a conference which has just been closed did not decide on.
    """

    event: Event
    status: EventStatus
    channel_id: int | None
    is_forum: bool
    left_open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dates:
    """An event as a calendar has it: from `starts` to `ends`, in the initiative's zone, at `place`."""

    event: Event
    starts: datetime
    ends: datetime
    place: str


class Events:
    """The events of each server's initiative."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def open(self, actor: Actor, code: str, there: Callable[[int], bool] = lambda _: True) -> EventView:
        """Open a planned event, or one that was closed, again (organisers).

        `there` says whether a channel is there: that of an open event which is not is made again.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such event.
            Refused: it is open already, and its channel is there.
        """
        event = await self._event_for(actor, code)
        now = self._clock()
        async with self._db.write() as tx:
            row = await events.fetch(tx, actor.guild_id, event.code)
            if row is not None and row.status is EventStatus.OPEN:
                if row.channel_id is not None and not there(row.channel_id):
                    await outbox.put_once(tx, actor.guild_id, "event.opened", event.code, now)
                    return _view(event, row)
                raise Refused(t("The event {code} is open already.", code=event.code))
            await events.set_open(tx, actor.guild_id, event.code, now)
            if event.kind == "conference":
                await outbox.put_once(tx, actor.guild_id, "agenda.refresh", event.code, now)
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
            left = await self._left_open(tx, actor.guild_id, event, now)
        return replace(_view(event, row, EventStatus.CLOSED), left_open=left)

    async def _left_open(
        self, tx: AsyncConnection, guild_id: int, event: Event, now: datetime
    ) -> tuple[str, ...]:
        """What a conference has not decided on, in the order of its agenda; the room is told of it."""
        if event.kind != "conference":
            return ()
        await outbox.put_once(tx, guild_id, "agenda.refresh", event.code, now)
        items = await conference.items(tx, guild_id, event.code)
        rows = await recommendations.by_ids(tx, [one.recommendation_id for one in items])
        left = [row for row in rows if row.state is State.FORWARDED]
        if left:
            named = [{"reference": row.reference, "title": row.title} for row in left[:_MOST_NAMED]]
            told = {"key": secrets.token_urlsafe(9), "named": named, "number": len(left)}
            await outbox.put(tx, guild_id, "conference.left_open", event.code, now, told)
        return tuple(row.reference for row in left)

    async def dates(self, actor: Actor, code: str) -> Dates:
        """When and where an event is held, for an organiser who wants it in the server's calendar: from nine
        on its first day to six on its last.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such event.
            Refused: it has begun, and calendars take what is to come.
        """
        event = await self._event_for(actor, code)
        zone = (await self._initiatives.current(actor.guild_id)).zone
        starts = datetime.combine(event.starts_on, _BEGINS, zone)
        if starts <= self._clock():
            raise Refused(
                t(
                    "{code} began on {moment}; the server's calendar takes only what is still to come.",
                    code=event.code,
                    moment=starts,
                )
            )
        ends = datetime.combine(event.ends_on, _ENDS, zone)
        return Dates(event, starts, ends, event.city or event.title)

    async def scheduled(self, actor: Actor, code: str) -> None:
        """Record that an organiser has put an event into the server's calendar, or changed it there."""
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            now = self._clock()
            await ledger.append(tx, actor.guild_id, now, person.pseudonym, "event.scheduled", code, {})

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
