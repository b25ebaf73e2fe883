"""Opening and closing the events of an initiative, and where in Discord they are."""

from __future__ import annotations

from dataclasses import dataclass

from seminar.initiative import Event
from seminar.model import Actor, EventStatus
from services.clock import Clock
from services.initiatives import Initiatives
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class EventView:
    """An event as it stands; without a channel until the bot has made one."""

    event: Event
    status: EventStatus
    channel_id: int | None
    is_forum: bool


class Events:
    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        raise NotImplementedError

    async def open(self, actor: Actor, code: str) -> EventView:
        """Open a planned or closed event (organiser)."""
        raise NotImplementedError

    async def close(self, actor: Actor, code: str) -> EventView:
        """Close an open event (organiser); refused while a ballot of it is open."""
        raise NotImplementedError

    async def view(self, guild_id: int, code: str) -> EventView:
        raise NotImplementedError

    async def all(self, guild_id: int) -> tuple[EventView, ...]:
        """Every event, in the initiative's order."""
        raise NotImplementedError

    async def placed(self, guild_id: int, code: str, channel_id: int, is_forum: bool) -> None:
        """Record the channel the bot made for an event."""
        raise NotImplementedError
