"""People known here and their registrations: who is in the electorate, and for whom they speak."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Status
from storage.schema import people, registrations


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person; `status` is None for somebody known but not registered."""

    id: str
    guild_id: int
    user_id: int | None
    name: str
    pseudonym: str
    notice_seen_at: datetime | None
    status: Status | None
    constituency: str | None
    organisation: str | None
    delegation: str | None
    """Id of the delegation of the organisation."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How many are registered with a status for a constituency (None: undeclared)."""

    status: Status
    constituency: str | None
    number: int


_SELECT: Select[Any] = select(
    people.c.id,
    people.c.guild_id,
    people.c.user_id,
    people.c.name,
    people.c.pseudonym,
    people.c.notice_seen_at,
    registrations.c.status,
    registrations.c.constituency,
    registrations.c.organisation,
    registrations.c.delegation_id,
).outerjoin_from(people, registrations, registrations.c.person_id == people.c.id)


async def by_user(tx: AsyncConnection, guild_id: int, user_id: int) -> PersonRow | None:
    return await _one(tx, _SELECT.where(people.c.guild_id == guild_id, people.c.user_id == user_id))


async def registered(tx: AsyncConnection, guild_id: int, most: int) -> list[PersonRow]:
    """Everybody registered in a server who has an account; at most `most` of them."""
    query = _SELECT.where(
        people.c.guild_id == guild_id, people.c.user_id.is_not(None), registrations.c.status.is_not(None)
    )
    return [_person(row) for row in await tx.execute(query.limit(most))]


async def without_account(tx: AsyncConnection, guild_id: int) -> list[PersonRow]:
    """Everybody registered in a server who has no Discord account."""
    query = _SELECT.where(
        people.c.guild_id == guild_id, people.c.user_id.is_(None), registrations.c.status.is_not(None)
    )
    return [_person(row) for row in await tx.execute(query)]


async def accounts(tx: AsyncConnection, ids: Collection[str]) -> list[int]:
    """The Discord ids of those of the given people who have an account."""
    query = select(people.c.user_id).where(people.c.id.in_(ids), people.c.user_id.is_not(None))
    return sorted(await tx.scalars(query))


async def _one(tx: AsyncConnection, query: Select[Any]) -> PersonRow | None:
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _person(row)


def _person(row: Row[Any]) -> PersonRow:
    return PersonRow(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        name=row.name,
        pseudonym=row.pseudonym,
        notice_seen_at=row.notice_seen_at,
        status=None if row.status is None else Status(row.status),
        constituency=row.constituency,
        organisation=row.organisation,
        delegation=row.delegation_id,
    )


async def add(
    tx: AsyncConnection, person_id: str, guild_id: int, user_id: int | None, name: str, pseudonym: str
) -> None:
    await tx.execute(
        insert(people).values(
            id=person_id, guild_id=guild_id, user_id=user_id, name=name, pseudonym=pseudonym
        )
    )


async def rename(tx: AsyncConnection, person_id: str, name: str) -> None:
    await tx.execute(update(people).where(people.c.id == person_id).values(name=name))


async def saw_notice(tx: AsyncConnection, person_id: str, at: datetime) -> None:
    await tx.execute(update(people).where(people.c.id == person_id).values(notice_seen_at=at))


async def register(
    tx: AsyncConnection,
    person_id: str,
    guild_id: int,
    status: Status,
    constituency: str | None,
    organisation: str | None,
    delegation_id: str | None,
    at: datetime,
) -> None:
    """Register a person, or change their registration; `registered_at` stays that of the first time."""
    values = {
        "status": status.value,
        "constituency": constituency,
        "organisation": organisation,
        "delegation_id": delegation_id,
    }
    changed = await tx.execute(
        update(registrations).where(registrations.c.person_id == person_id).values(**values)
    )
    if changed.rowcount == 0:
        await tx.execute(
            insert(registrations).values(person_id=person_id, guild_id=guild_id, registered_at=at, **values)
        )


async def groups(tx: AsyncConnection, guild_id: int) -> list[GroupRow]:
    """How many are registered, by status and constituency."""
    found = await tx.execute(
        select(registrations.c.status, registrations.c.constituency, func.count())
        .where(registrations.c.guild_id == guild_id)
        .group_by(registrations.c.status, registrations.c.constituency)
    )
    return [GroupRow(Status(status), code, number) for status, code, number in found]


async def participants_by_constituency(tx: AsyncConnection, guild_id: int) -> dict[str | None, int]:
    """How many participants are registered for each constituency."""
    registered = await groups(tx, guild_id)
    return {group.constituency: group.number for group in registered if group.status is Status.PARTICIPANT}
