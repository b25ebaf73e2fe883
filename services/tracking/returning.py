"""Taking a returned list of follow-up: read, looked at, confirmed by its sender, applied in one transaction.

Between looking and confirming things may change; then nothing is applied, and it is to be looked at again.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import follow_up_list
from seminar.canonical import canonical
from seminar.errors import NotFound, Refused
from seminar.follow_up import Acceptance, Implementation, Source
from seminar.follow_up_list import MOST_CELL, MOST_COLUMNS, MOST_ROWS, Entry, Mark, recognised
from seminar.initiative import Initiative
from seminar.model import Actor, Role
from seminar.sheets import RowRefused
from seminar.words import t
from services import sent_tables
from services.clock import Clock
from services.initiatives import Initiatives
from services.people import persons
from services.tracking.planning import Known, Plan, Planned, Workbook, plan
from services.tracking.recording import By, digest_of, record
from services.tracking.views import today_of
from services.workbooks import Bounds
from storage import follow_ups, imports, ledger, recommendations
from storage.engine import Database
from storage.people import PersonRow

KEPT_FOR: Final = timedelta(days=7)
MOST_BYTES: Final = 4 << 20
TOO_LARGE: Final = t(
    "The file is too large for a list of follow-up: at most 4 MiB. Send it in several parts."
)
_BOUNDS: Final = Bounds(MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_CELL, TOO_LARGE, recognised, dates=True)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list would do. `id` is None where there is nothing to confirm.

    Conflicts were changed here after the list was handed out, and are applied only if they are confirmed
    by themselves. `unread` are headings that mean nothing here.
    """

    id: str | None
    plan: Plan
    refused: tuple[RowRefused, ...]
    unread: tuple[str, ...]

    @property
    def changes(self) -> tuple[Planned, ...]:
        return self.plan.changes

    @property
    def conflicts(self) -> tuple[Planned, ...]:
        return self.plan.conflicts

    @property
    def unchanged(self) -> int:
        return self.plan.unchanged


@dataclass(frozen=True, slots=True)
class Applied:
    """How many rows were changed, how many were opened, and how many conflicts were left as they are."""

    changed: int
    opened: int
    left: int


class Returning:
    """Lists of follow-up that come back, from file to rows."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def ready(self, actor: Actor) -> None:
        """Let somebody pass who may send a list, before it is fetched.

        Raises:
            NotAllowed: the actor is no organiser.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)

    async def preview(self, actor: Actor, filename: str, data: bytes) -> Preview:
        """Read a list and say what it would do; nothing is applied. Lists older than a week go meanwhile.

        Raises:
            NotAllowed: the actor is no organiser.
            Invalid: the file cannot be read, is from another server, or has no column of references.
        """
        await self.ready(actor)
        preview = await self.look(actor.guild_id, filename, data)
        if not preview.plan.taken:
            return preview
        import_id, now = secrets.token_urlsafe(16), self._clock()
        async with self._db.write() as tx:
            await imports.drop_older(tx, now - KEPT_FOR)
            await imports.keep(
                tx, imports.FOLLOW_UP, import_id, actor.guild_id, actor.user_id, _kept(preview.plan), now
            )
        return replace(preview, id=import_id)

    async def look(self, guild_id: int, filename: str, data: bytes) -> Preview:
        """The same for the operator, who asks nobody and confirms at once: nothing is kept.

        Raises:
            Invalid: as `preview`.
        """
        initiative = await self._initiatives.current(guild_id)
        # Beside the event loop: a long list takes a second, and clicks go on meanwhile.
        read = await asyncio.to_thread(
            lambda: follow_up_list.read(sent_tables.read_rows(filename, data, _BOUNDS))
        )
        today = today_of(initiative, self._clock())
        async with self._db.read() as tx:
            settled = await _settled(tx, guild_id, read.entries, initiative, today)
        return Preview(
            id=None,
            plan=settled,
            refused=tuple(sorted((*read.refused, *settled.refused), key=lambda one: one.row)),
            unread=read.unread,
        )

    async def apply(self, actor: Actor, import_id: str, *, conflicts: bool = False) -> Applied:
        """Do what a list of the actor's says; its `conflicts` too, if they are wanted.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: it was applied or dropped already, is a week old, or is somebody else's.
            Refused: a row was changed since the list was looked at; nothing is applied.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        now = self._clock()
        async with self._db.write() as tx:
            await ledger.hold(tx, actor.guild_id)
            content = await imports.fetch(
                tx, imports.FOLLOW_UP, import_id, actor.guild_id, actor.user_id, now - KEPT_FOR
            )
            if content is None:
                raise NotFound(t("This list is no longer waiting. Please send it again."))
            organiser = await persons.of_actor(tx, actor)
            done = await self._carry_out(
                tx, actor.guild_id, organiser, json.loads(content), initiative, conflicts=conflicts
            )
            await imports.drop(tx, import_id, actor.guild_id, actor.user_id)
        return done

    async def drop(self, actor: Actor, import_id: str) -> None:
        """Keep the actor's list no longer.

        Raises:
            NotAllowed: the actor is no organiser.
        """
        await self.ready(actor)
        async with self._db.write() as tx:
            await imports.drop(tx, import_id, actor.guild_id, actor.user_id)

    async def carry_out(self, guild_id: int, looked_at: Preview, *, conflicts: bool = False) -> Applied:
        """Do what the operator has looked at.

        Raises:
            Refused: a row was changed since; nothing is applied.
        """
        initiative = await self._initiatives.current(guild_id)
        kept = json.loads(_kept(looked_at.plan))
        async with self._db.write() as tx:
            await ledger.hold(tx, guild_id)
            return await self._carry_out(tx, guild_id, None, kept, initiative, conflicts=conflicts)

    async def _carry_out(
        self,
        tx: AsyncConnection,
        guild_id: int,
        person: PersonRow | None,
        kept: Any,
        initiative: Initiative,
        *,
        conflicts: bool,
    ) -> Applied:
        now = self._clock()
        today = today_of(initiative, now)
        entries = [_entry(one) for one in kept["entries"]]
        workbook = Workbook(kept["group"], frozenset(kept["rows"]))
        settled = await _settled(tx, guild_id, entries, initiative, today, workbook)
        if settled.refused or settled.unchanged or _fingerprint(settled.taken) != kept["of"]:
            raise Refused(
                t(
                    "Something was changed here since the list was looked at, so nothing was applied. Please "
                    "send the list again."
                )
            )
        wanted = settled.taken if conflicts else settled.changes
        left = len(settled.taken) - len(wanted)
        if not wanted:
            return Applied(0, 0, left)
        by = By(person, Source.WORKBOOK)
        done = await record(tx, guild_id, [one.change for one in wanted], by, now, initiative.zone)
        opened = sum(one.row is None for one in wanted)
        said = [[*row, one.after.to_json()] for row, one in zip(done, wanted, strict=True)]
        body = {
            "changed": len(wanted) - opened,
            "opened": opened,
            "conflicts": sum(one.conflict for one in wanted),
            "rows": await digest_of(tx, guild_id, said),
        }
        await ledger.append(tx, guild_id, now, by.pseudonym, "follow_up.imported", "follow-up", body)
        return Applied(len(wanted) - opened, opened, left)


async def _settled(
    tx: AsyncConnection,
    guild_id: int,
    entries: Sequence[Entry],
    initiative: Initiative,
    today: date,
    workbook: Workbook | None = None,
) -> Plan:
    marks = [entry.mark for entry in entries if entry.mark is not None]
    rows = await follow_ups.by_ids(tx, guild_id, [mark.row for mark in marks])
    references = {entry.reference for entry in entries if entry.reference}
    references |= {row.reference for row in rows.values()}
    recs = await recommendations.by_references(tx, guild_id, references)
    known = Known(
        recommendations=recs,
        rows=rows,
        of=await follow_ups.of(tx, [rec.id for rec in recs.values()]),
        states=await follow_ups.states(tx, [(mark.row, mark.revision) for mark in marks]),
    )
    return await asyncio.to_thread(plan, entries, guild_id, known, initiative, today, workbook)


def _fingerprint(taken: Sequence[Planned]) -> list[list[Any]]:
    """Which rows, in which state of theirs, were looked at."""
    return [
        [one.entry.row, one.row.id, one.row.revision]
        if one.row is not None
        else [one.entry.row, one.recommendation_id, one.entity]
        for one in taken
    ]


def _kept(settled: Plan) -> str:
    return canonical(
        {
            "entries": [_spelled(one.entry) for one in settled.taken],
            "of": _fingerprint(settled.taken),
            "group": settled.workbook.group,
            "rows": sorted(settled.workbook.rows),
        }
    )


def _spelled(entry: Entry) -> list[Any]:
    mark = entry.mark
    return [
        entry.row,
        None if mark is None else [mark.guild_id, mark.row, mark.revision, mark.group, mark.check],
        entry.reference,
        entry.entity,
        entry.number,
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in entry.given.items()
        },
    ]


def _entry(kept: Sequence[Any]) -> Entry:
    row, mark, reference, entity, number, given = kept
    return Entry(
        row,
        None if mark is None else Mark(*mark),
        reference,
        entity,
        number,
        {name: _value(name, value) for name, value in given.items()},
    )


def _value(name: str, kept: str | None) -> Any:
    if kept is None:
        return None
    match name:
        case "acceptance":
            return Acceptance(kept)
        case "implementation":
            return Implementation(kept)
        case "due_on" | "as_of":
            return date.fromisoformat(kept)
    return kept
