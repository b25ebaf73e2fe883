"""Everybody known here, kept in memory so that a click costs no reading.

A server belongs to one process, and every change of a person goes through here. What is
read while something else is stored is never kept: after an import or a forgetting nobody is
taken for who they were.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from seminar.model import Actor
from services.people import persons
from services.people.registering import Person
from storage import people
from storage.engine import Database
from storage.people import PersonRow

_MOST_KEPT = 20_000


class KnownPeople:
    """The people of each server as they are stored, by their accounts."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: dict[tuple[int, int], Person] = {}
        self._gathered: set[int] = set()
        self._gathering = asyncio.Lock()
        self._dropped = Counter[int]()

    def at_once(self, actor: Actor) -> Person | None:
        """What memory holds of the actor under the name they have now; None: ask `find`."""
        kept = self._kept.get((actor.guild_id, actor.user_id))
        return kept if kept is not None and kept.name == actor.name else None

    async def find(self, actor: Actor) -> Person | None:
        """What is stored of the actor, from memory if it is there, under the name they have now."""
        kept = await self.peek(actor)
        if kept is None or kept.name == actor.name:
            return kept
        async with self._db.write() as tx:
            row = await persons.of_actor(tx, actor)
        return self.keep(row, actor.name)

    async def peek(self, actor: Actor) -> Person | None:
        """The same, under the name that is stored; nothing is written."""
        guild_id, key = actor.guild_id, (actor.guild_id, actor.user_id)
        while True:
            if key not in self._kept and guild_id not in self._gathered:
                await self._gather(guild_id)
            kept = self._kept.get(key)
            if kept is not None:
                return kept
            dropped = self._dropped[guild_id]
            async with self._db.read() as tx:
                row = await people.by_user(tx, *key)
            if dropped != self._dropped[guild_id]:
                continue
            # What another act stored while this one was reading is newer than what it read.
            return self._kept.get(key) or (None if row is None else self.keep(row, row.name))

    def keep(self, row: PersonRow, name: str) -> Person:
        """Remember a row as it was just stored."""
        person = Person(
            id=row.id,
            guild_id=row.guild_id,
            user_id=row.user_id,
            name=name,
            pseudonym=row.pseudonym,
            notice_seen=row.notice_seen_at is not None,
            status=row.status,
            constituency=row.constituency,
            organisation=row.organisation,
            delegation=row.delegation,
        )
        if row.user_id is not None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[row.guild_id, row.user_id] = person
        return person

    def drop(self, guild_id: int) -> None:
        """Many there were just changed: read them anew."""
        self._kept = {key: person for key, person in self._kept.items() if key[0] != guild_id}
        self._gathered.discard(guild_id)
        self._dropped[guild_id] += 1

    async def _gather(self, guild_id: int) -> None:
        """Read everybody registered there at once, since those who click in a burst are most of them."""
        async with self._gathering:
            if guild_id in self._gathered:
                return
            dropped = self._dropped[guild_id]
            async with self._db.read() as tx:
                rows = await people.registered(tx, guild_id, _MOST_KEPT)
            if dropped != self._dropped[guild_id]:
                return
            for row in rows:
                if (guild_id, row.user_id) not in self._kept:
                    self.keep(row, row.name)
            self._gathered.add(guild_id)
