"""The rooms of the rehearsal's server, of which one is open at a time.

A room is a channel, a thread, or a person's private conversation with the bot.
Every page has a token of its own making, which stands for the open room and
the person; simcord's own capability never leaves this process.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import simcord

from rehearsal.world import Person, World

if TYPE_CHECKING:
    from simcord.preview import Preview

DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Listed:
    """A room as it is listed: `key` is what addresses name it by, `depth` 1 is a thread."""

    key: str
    name: str
    depth: int


@dataclass(frozen=True, slots=True)
class Room:
    """The open room, entered by one person."""

    key: str
    name: str
    person: Person
    token: str


class Rooms:
    def __init__(self, world: World) -> None:
        self.world = world
        self.open_room: Room | None = None
        self._preview: Preview | None = None
        self._guests: dict[str, Room] = {}
        self._shown = -1

    def listed(self) -> list[Listed]:
        """Every room that is not private, threads under their channel; event channels first."""
        found = []
        events = [channel.id for channel in self.world.event_channels.values()]
        for channel in sorted(self.world.channels(), key=lambda c: (c.id not in events, c.id)):
            found.append(Listed(str(channel.id), channel.name or "", 0))
            found += [Listed(str(thread.id), thread.name or "", 1) for thread in channel.threads]
        return found

    async def enter(self, person_id: str | None, key: str | None) -> Room | None:
        """Open a room for somebody; the nearest room they may see where this one is not for them."""
        person = self._person(person_id)
        if person is None:
            return None
        channel, viewers = self._channel(person, key)
        if channel is None:
            return None
        key = DIRECT if channel.guild is None else str(channel.id)
        if not self._is_open(channel):
            await self._open(channel, viewers)
        room = Room(key, channel.name or "", person, f"{secrets.token_urlsafe(9)}")
        self._guests[room.token] = room
        self.open_room = room
        return room

    def current(self, person_id: str | None, key: str | None) -> Room | None:
        """The room of the latest page of that person there, while that room is open."""
        for room in reversed(self._guests.values()):
            if str(room.person.actor.id) == person_id and room.key == key:
                return room
        return None

    def holder(self, token: str) -> Room | None:
        """Whose page a token belongs to, while its room is open."""
        return self._guests.get(token) if self._preview is not None else None

    def upstream(self) -> tuple[str, str]:
        """Address and capability of simcord's server for the open room."""
        if self._preview is None:
            raise LookupError("no room is open")
        parts = urlsplit(self._preview.url)
        return f"{parts.scheme}://{parts.netloc}", parts.fragment

    async def show_changes(self) -> None:
        """Publish to the open pages what has happened since."""
        stirrings = self.world.simulation.stirrings()
        preview = self._preview
        if preview is not None and self.world.simulation.is_live(preview) and stirrings != self._shown:
            await preview.refresh()
            self._shown = self.world.simulation.stirrings()

    async def leave(self) -> None:
        """Close the open room."""
        preview, self._preview = self._preview, None
        self._guests.clear()
        self.open_room = None
        if preview is not None:
            await preview.close()

    def _person(self, person_id: str | None) -> Person | None:
        return next((p for p in self.world.everybody if str(p.actor.id) == person_id), None)

    def _channel(
        self, person: Person, key: str | None
    ) -> tuple[simcord.ChannelHandle | None, Sequence[simcord.MemberActor | simcord.UserHandle]]:
        if key == DIRECT:
            return person.actor.user.dm_channel, (person.actor.user,)
        rooms = {str(c.id): c for channel in self.world.channels() for c in (channel, *channel.threads)}
        order = [listed.key for listed in self.listed()]
        for candidate in ([key] if key in rooms else []) + order:
            channel = rooms[candidate or ""]
            viewers = self._who_sees(channel)
            if person.actor in viewers:
                return channel, viewers
        return None, ()

    def _who_sees(self, channel: simcord.ChannelHandle) -> list[simcord.MemberActor]:
        return [p.actor for p in self.world.everybody if self.world.simulation.sees(p.actor, channel)]

    def _is_open(self, channel: simcord.ChannelHandle) -> bool:
        preview = self._preview
        return (
            preview is not None
            and preview.channel.id == channel.id
            and self.world.simulation.is_live(preview)
        )

    async def _open(
        self, channel: simcord.ChannelHandle, viewers: Sequence[simcord.MemberActor | simcord.UserHandle]
    ) -> None:
        await self.leave()
        preview = self.world.simulation.env.preview(
            channel, viewers=viewers, layout="channel", timezone=self.world.initiative.head.time_zone
        )
        await preview.__aenter__()
        self._preview = preview
        self._shown = -1
