"""The initiative a server holds: loaded from its file, and asked for at every act.

What is current is kept in memory, as one object until another is loaded: a
server belongs to one process, and only `load` changes its initiative. That of a
server which another process serves is read anew each time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.canonical import canonical
from seminar.digests import next_digest
from seminar.errors import NotAllowed, NotFound, Refused
from seminar.initiative import Initiative, changes, read_initiative
from seminar.model import Actor, EventStatus, Role
from seminar.words import Text, t
from services.clock import Clock
from services.people import persons
from services.serving import Serving
from storage import deadlines, events, initiatives, ledger, outbox, recommendations, reporting
from storage.engine import Database

DIGEST: Final = "digest"
"""The deadline of a server's next digest (about the server's id), and what posts one (about an event)."""


@dataclass(frozen=True, slots=True)
class LoadPreview:
    """What loading a file does: `changes` against the initiative held now; `first` when there is none."""

    initiative: Initiative
    changes: tuple[Text, ...]
    first: bool


class Initiatives:
    """Reads, keeps and replaces the initiative of each server."""

    def __init__(self, db: Database, clock: Clock, serving: Serving | None = None) -> None:
        self._db = db
        self._clock = clock
        self._serving = serving or Serving()
        self._current: dict[int, Initiative] = {}

    async def current(self, guild_id: int) -> Initiative:
        """The initiative of a server: the same object until another is loaded.

        Raises:
            NotFound: none is loaded.
        """
        known = self.at_once(guild_id)
        if known is not None:
            return known
        async with self._db.read() as tx:
            stored = await _stored(tx, guild_id)
        if stored is None:
            raise NotFound(
                t("This server has no initiative yet. An organiser loads one with /initiative load.")
            )
        if not self._serving.serves(guild_id):
            return stored
        # Whoever read at the same time must get the same object, and a load meanwhile wins.
        return self._current.setdefault(guild_id, stored)

    def at_once(self, guild_id: int) -> Initiative | None:
        """The same from memory; None: ask `current`."""
        return self._current.get(guild_id)

    async def preview(self, actor: Actor, data: bytes) -> LoadPreview:
        """What `load` would do with this file, without doing it.

        Raises:
            NotAllowed: the actor is no organiser, or, where nothing is loaded, does not manage the server.
            Invalid: the file has problems, or a theme or event that is in use would vanish or be
                of another kind.
            Refused: an event that is open would vanish.
        """
        await self._authorise(actor)
        new = await asyncio.to_thread(read_initiative, data)  # others go on meanwhile
        async with self._db.read() as tx:
            return await _compared(tx, actor.guild_id, new)

    async def load(self, actor: Actor, data: bytes) -> LoadPreview:
        """Take the file as the server's initiative, and say what changed. Raises what `preview` raises."""
        await self._authorise(actor)
        new = await asyncio.to_thread(read_initiative, data)  # others go on meanwhile
        now = self._clock()
        document = new.model_dump(mode="json", by_alias=True)
        theme_codes = tuple(theme.code for theme in new.themes)
        event_codes = tuple(event.code for event in new.events)
        async with self._db.write() as tx:
            preview = await _compared(tx, actor.guild_id, new)
            if preview.first and not actor.may_manage_server:
                raise _not_allowed_first()
            old = await _stored(tx, actor.guild_id)
            await initiatives.store(tx, actor.guild_id, document, now)
            await _arm_digest(tx, actor.guild_id, old, new, now)
            await initiatives.add_codes(tx, actor.guild_id, theme_codes, event_codes)
            person = await persons.of_actor(tx, actor)
            await ledger.append(
                tx,
                actor.guild_id,
                now,
                person.pseudonym,
                "initiative.loaded",
                "initiative",
                {
                    "document": await ledger.remember(tx, actor.guild_id, canonical(document)),
                    "events": list(event_codes),
                    "themes": list(theme_codes),
                    "changes": len(preview.changes),
                },
            )
            for code, row in (await events.fetch_all(tx, actor.guild_id)).items():
                if row.status is EventStatus.OPEN:
                    # Its start panel names the event and its themes, which may be called otherwise now.
                    await outbox.put(tx, actor.guild_id, "event.opened", code, now)
        self._current[actor.guild_id] = new
        return preview

    async def _authorise(self, actor: Actor) -> None:
        try:
            await self.current(actor.guild_id)
        except NotFound:
            if not actor.may_manage_server:
                raise _not_allowed_first() from None
        else:
            actor.require(Role.ORGANISER)


def _not_allowed_first() -> NotAllowed:
    return NotAllowed(
        t(
            "No roles are known here yet, so the first initiative must be loaded by someone "
            "who may manage the server."
        )
    )


async def _stored(tx: AsyncConnection, guild_id: int) -> Initiative | None:
    document = await initiatives.document(tx, guild_id)
    return None if document is None else Initiative.model_validate(document)


async def _arm_digest(
    tx: AsyncConnection, guild_id: int, old: Initiative | None, new: Initiative, now: datetime
) -> None:
    """Set the next digest where its hour or the zone has changed; the first one tells of what is to come."""
    hour, before = new.rules.digest, old.rules.digest if old else ""
    if hour and (old is None or (hour, new.zone) != (before, old.zone)):
        await deadlines.put(tx, guild_id, DIGEST, guild_id, next_digest(hour, new.zone, now))
        if not before:
            await initiatives.set_told_until(tx, guild_id, (await ledger.head(tx, guild_id)).seq)
    elif before and not hour:
        await deadlines.done(tx, (DIGEST,), guild_id, now)


async def _compared(tx: AsyncConnection, guild_id: int, new: Initiative) -> LoadPreview:
    old = await _stored(tx, guild_id)
    used_themes, used_events = await recommendations.used_codes(tx, guild_id)
    lines = changes(old, new, used_themes, used_events, await reporting.conferences(tx, guild_id)).lines
    staying = {event.code for event in new.events}
    for code, row in sorted((await events.fetch_all(tx, guild_id)).items()):
        if row.status is EventStatus.OPEN and code not in staying:
            raise Refused(
                t(
                    "The event {code} is open and must stay in the file; close it first with /event close.",
                    code=code,
                )
            )
    return LoadPreview(initiative=new, changes=lines, first=old is None)
