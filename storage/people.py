"""People known here and their registrations: who is in the electorate, and for whom they speak."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Status
from storage.bulk import in_pieces
from storage.engine import insert_into
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


UNDECLARED = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """Which of the registered to list; `constituency` is a code, or `UNDECLARED` for those without one."""

    status: Status | None = None
    constituency: str | None = None

    def narrowed(self, query: Select[Any]) -> Select[Any]:
        """The same query, for these alone; it has to join the registrations."""
        if self.status is not None:
            query = query.where(registrations.c.status == self.status.value)
        if self.constituency is not None:
            query = query.where(registrations.c.constituency.is_not_distinct_from(self.constituency or None))
        return query


_PIECE = 1_000
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


async def by_id(tx: AsyncConnection, person_id: str) -> PersonRow | None:
    return await _one(tx, _SELECT.where(people.c.id == person_id))


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


async def everybody(tx: AsyncConnection, guild_id: int) -> list[PersonRow]:
    """Everybody in a server who has an account or a registration."""
    query = _SELECT.where(
        people.c.guild_id == guild_id,
        or_(people.c.user_id.is_not(None), registrations.c.status.is_not(None)),
    )
    # In pieces, so that reading very many lets other acts through in between.
    found = await tx.stream(query)
    return [_person(row) async for part in found.partitions(_PIECE) for row in part]


async def page(
    tx: AsyncConnection, guild_id: int, wanted: Registered, limit: int | None = None, offset: int = 0
) -> list[PersonRow]:
    """A page of those registered in a server, by name; all of them without `limit`."""
    query = wanted.narrowed(_SELECT.where(registrations.c.guild_id == guild_id))
    query = query.order_by(func.lower(people.c.name), people.c.id).limit(limit).offset(offset)
    return [_person(row) for row in await tx.execute(query)]


async def count(tx: AsyncConnection, guild_id: int, wanted: Registered) -> tuple[int, int]:
    """How many are registered in a server, and how many of them have no account."""
    counting = select(func.count(), func.count(people.c.user_id)).join_from(
        people, registrations, registrations.c.person_id == people.c.id
    )
    query = cast("Select[Any]", counting.where(registrations.c.guild_id == guild_id))
    found = await tx.execute(wanted.narrowed(query))
    total, with_account = found.one()
    return int(total), int(total - with_account)


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


async def add_all(tx: AsyncConnection, rows: Sequence[PersonRow]) -> None:
    """Make these people known, in a number of statements that grows only with thousands of them."""
    await in_pieces(
        tx,
        insert(people),
        [
            {
                "id": row.id,
                "guild_id": row.guild_id,
                "user_id": row.user_id,
                "name": row.name,
                "pseudonym": row.pseudonym,
            }
            for row in rows
        ],
    )


async def name_all(tx: AsyncConnection, rows: Sequence[PersonRow]) -> None:
    """Give people that are known the name and the account they have in `rows`."""
    changed = update(people).where(people.c.id == bindparam("of"))
    await in_pieces(
        tx,
        changed.values(name=bindparam("called"), user_id=bindparam("account")),
        [{"of": row.id, "called": row.name, "account": row.user_id} for row in rows],
    )


async def register_all(tx: AsyncConnection, rows: Sequence[PersonRow], at: datetime) -> None:
    """As `register`, of many at once; each has a status."""
    upsert = insert_into(tx, registrations)
    columns = ("status", "constituency", "organisation", "delegation_id")
    await in_pieces(
        tx,
        upsert.on_conflict_do_update(
            index_elements=["person_id"], set_={name: upsert.excluded[name] for name in columns}
        ),
        [
            {
                "person_id": row.id,
                "guild_id": row.guild_id,
                "status": row.status.value if row.status else None,
                "constituency": row.constituency,
                "organisation": row.organisation,
                "delegation_id": row.delegation,
                "registered_at": at,
            }
            for row in rows
        ],
    )


async def unregister(tx: AsyncConnection, person_id: str) -> None:
    """Take somebody's registration away; they leave the electorate."""
    await tx.execute(delete(registrations).where(registrations.c.person_id == person_id))


async def bind(tx: AsyncConnection, person_id: str, user_id: int, name: str) -> None:
    """Let somebody without an account be this one from now on."""
    await tx.execute(update(people).where(people.c.id == person_id).values(user_id=user_id, name=name))


async def blank(tx: AsyncConnection, person_id: str, forgotten_at: datetime | None = None) -> None:
    """Leave of somebody nothing but the random id and pseudonym that records refer to."""
    await tx.execute(
        update(people)
        .where(people.c.id == person_id)
        .values(user_id=None, name="", notice_seen_at=None, forgotten_at=forgotten_at)
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
