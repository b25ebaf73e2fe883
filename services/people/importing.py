"""Importing a list of participants: read, looked at, confirmed by its sender, applied in one transaction.

Between sending and confirming things may change, so everything is settled anew when it is
applied, and all of it or nothing. However long the list, a bounded number of statements is sent.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import participant_list
from seminar.canonical import canonical
from seminar.errors import NotFound, Refused
from seminar.initiative import Initiative
from seminar.model import Actor, Role, Status
from seminar.participant_list import Entry
from seminar.sheets import RowRefused
from seminar.texts import fold
from seminar.words import Text, t, tn
from services.clock import Clock
from services.initiatives import Initiatives
from services.people import codes, persons
from services.people.codes import IssuedCode
from services.people.import_planning import Plan, Planned, plan
from services.people.import_reading import MOST_BYTES, TOO_LARGE, read_rows
from services.people.participants import Participants
from storage import delegations, imports, ledger, people, register_codes
from storage.engine import Database
from storage.people import PersonRow

__all__ = ["MOST_BYTES", "TOO_LARGE", "Importing"]

KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a list would do. `id` is None where there is nothing to confirm.

    `codes` is how many people would get a code; `unread` are headings that mean nothing here.
    """

    id: str | None
    registered: int
    changed: int
    unchanged: int
    codes: int
    refused: tuple[RowRefused, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list has done, and the codes of those who have no account, to be given out."""

    registered: int
    changed: int
    codes: tuple[IssuedCode, ...]


class Importing:
    """Lists of participants, from file to registration."""

    def __init__(
        self, db: Database, clock: Clock, initiatives: Initiatives, participants: Participants
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants

    async def ready(self, actor: Actor) -> None:
        """Let somebody pass who may send a list, before it is fetched.

        Raises:
            NotAllowed: the actor is no organiser.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)

    async def preview(self, actor: Actor, filename: str, data: bytes) -> ImportPreview:
        """Read a list and say what it would do; nothing is applied. Lists older than a week go meanwhile.

        Raises:
            NotAllowed: the actor is no organiser.
            Invalid: the file cannot be read, or has no column that says who is meant.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        # Beside the event loop: a long list takes a second, and clicks go on meanwhile.
        read = await asyncio.to_thread(lambda: participant_list.read(read_rows(filename, data), initiative))
        async with self._db.read() as tx:
            settled = await _settled(tx, actor.guild_id, read.entries, initiative)
            given = await register_codes.holders(tx, actor.guild_id)
        changing = [one for one in settled.planned if one.changes]
        to_give = _without_code(settled.planned, given)
        return ImportPreview(
            id=await self._keep(actor, settled) if changing or to_give else None,
            registered=sum(one.registers for one in changing),
            changed=sum(not one.registers for one in changing),
            unchanged=len(settled.taken) - len(changing),
            codes=len(to_give),
            refused=tuple(sorted((*read.refused, *settled.refused), key=lambda one: one.row)),
            unread=read.unread,
        )

    async def apply(self, actor: Actor, import_id: str) -> Imported:
        """Do what a list of the actor's says.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: it was applied or dropped already, is a week old, or is somebody else's.
            Refused: a row can no longer be taken; nothing is applied.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        now = self._clock()
        async with self._db.write() as tx:
            content = await imports.fetch(
                tx, imports.PARTICIPANTS, import_id, actor.guild_id, actor.user_id, now - KEPT_FOR
            )
            if content is None:
                raise NotFound(t("This list is no longer waiting. Please send it again."))
            settled = await _settled(tx, actor.guild_id, _entries(content), initiative)
            if settled.refused:
                raise Refused(_changed_since(settled.refused))
            organiser = await persons.of_actor(tx, actor)
            done = await self._store(tx, organiser, settled.planned)
            await imports.drop(tx, import_id, actor.guild_id, actor.user_id)
        self._participants.known.drop(actor.guild_id)
        return done

    async def drop(self, actor: Actor, import_id: str) -> None:
        """Keep the actor's list no longer.

        Raises:
            NotAllowed: the actor is no organiser.
        """
        await self.ready(actor)
        async with self._db.write() as tx:
            await imports.drop(tx, import_id, actor.guild_id, actor.user_id)

    async def _keep(self, actor: Actor, settled: Plan) -> str:
        import_id, now = secrets.token_urlsafe(16), self._clock()
        content = canonical([_spelled(entry) for entry, _ in settled.taken])
        async with self._db.write() as tx:
            await imports.drop_older(tx, now - KEPT_FOR)
            await imports.keep(
                tx, imports.PARTICIPANTS, import_id, actor.guild_id, actor.user_id, content, now
            )
        return import_id

    async def _store(self, tx: AsyncConnection, organiser: PersonRow, planned: Sequence[Planned]) -> Imported:
        guild_id, now = organiser.guild_id, self._clock()
        organisations = {one.after.organisation for one in planned if one.after.organisation}
        ids = await delegations.of_organisations(tx, guild_id, organisations)
        delegation = {name: ids[fold(name)] for name in organisations}
        settled = [
            Planned(one.before, replace(one.after, delegation=delegation.get(one.after.organisation or "")))
            for one in planned
        ]
        given = await register_codes.holders(tx, guild_id)
        changed = [one for one in settled if one.before != one.after]
        await people.add_all(tx, [one.after for one in changed if one.before is None])
        await people.name_all(tx, [one.after for one in changed if one.before and _renamed(one)])
        await people.register_all(tx, [one.after for one in changed], now)
        # Somebody whose account the list knows by now needs no code any more.
        await register_codes.drop(tx, [one.after.id for one in changed if one.before and _found(one)])
        issued = await codes.give(tx, guild_id, _without_code(settled, given), now)
        registers = sum(one.registers for one in changed)
        body = {
            "registered": registers,
            "changed": len(changed) - registers,
            "codes": len(issued),
            "list": await ledger.remember(tx, guild_id, await _listed(tx, guild_id, changed)),
        }
        await ledger.append(
            tx, guild_id, now, organiser.pseudonym, "participants.imported", organiser.pseudonym, body
        )
        return Imported(registers, len(changed) - registers, issued)


async def _settled(
    tx: AsyncConnection, guild_id: int, entries: Sequence[Entry], initiative: Initiative
) -> Plan:
    known = await people.everybody(tx, guild_id)
    given = await register_codes.holders(tx, guild_id)
    used = {person_id: code for person_id, code in given.items() if code.used_at is not None}
    return await asyncio.to_thread(plan, entries, guild_id, known, used, initiative)


async def _listed(tx: AsyncConnection, guild_id: int, changed: Sequence[Planned]) -> str:
    """Who was registered for whom, in the pseudonyms of the ledger; no name and no organisation."""
    called = await delegations.pseudonyms(tx, guild_id)
    return canonical(
        [
            [
                one.after.pseudonym,
                one.after.status,
                one.after.constituency,
                called.get(one.after.delegation or ""),
            ]
            for one in changed
        ]
    )


def _without_code(planned: Sequence[Planned], given: dict[str, register_codes.CodeRow]) -> list[PersonRow]:
    """Who has neither an account nor a code yet."""
    return [one.after for one in planned if one.after.user_id is None and one.after.id not in given]


def _renamed(one: Planned) -> bool:
    before = one.before
    return before is not None and (before.name, before.user_id) != (one.after.name, one.after.user_id)


def _found(one: Planned) -> bool:
    return one.before is not None and one.before.user_id is None and one.after.user_id is not None


def _spelled(entry: Entry) -> list[str | int | None]:
    return [
        entry.row,
        entry.user_id,
        entry.name,
        entry.status.value if entry.status else None,
        entry.constituency,
        entry.organisation,
    ]


def _entries(content: str) -> list[Entry]:
    return [
        Entry(row, user_id, name, Status(status) if status else None, constituency, organisation)
        for row, user_id, name, status, constituency, organisation in json.loads(content)
    ]


def _changed_since(refused: Sequence[RowRefused]) -> Text:
    first = refused[0]
    return tn(
        "Something has changed since the list was sent, and {count} row can no longer be taken. "
        "Row {row}: {why} Please send the list again; nothing was applied.",
        "Something has changed since the list was sent, and {count} rows can no longer be taken. "
        "Row {row}: {why} Please send the list again; nothing was applied.",
        len(refused),
        row=first.row,
        why=first.why,
    )
