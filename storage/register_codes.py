"""One-time codes by which an account becomes the one of somebody registered without; digests alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.texts import fold
from storage.bulk import in_pieces
from storage.engine import insert_into
from storage.schema import people, register_codes, registrations


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code: whose it is, under which name it was given out, and when it was used."""

    person_id: str
    name: str
    created_at: datetime
    used_at: datetime | None


_SELECT = select(
    register_codes.c.person_id,
    register_codes.c.name,
    register_codes.c.created_at,
    register_codes.c.used_at,
)


async def put_all(
    tx: AsyncConnection, guild_id: int, codes: Sequence[tuple[str, str, str]], at: datetime
) -> None:
    """Store codes as (person id, name, digest); a person's earlier code is void from then on."""
    upsert = insert_into(tx, register_codes)
    fresh = {name: upsert.excluded[name] for name in ("name", "digest", "created_at", "used_at")}
    await in_pieces(
        tx,
        upsert.on_conflict_do_update(index_elements=["person_id"], set_=fresh),
        [
            {
                "person_id": person_id,
                "guild_id": guild_id,
                "name": name,
                "digest": digest,
                "created_at": at,
                "used_at": None,
            }
            for person_id, name, digest in codes
        ],
    )


async def by_digest(tx: AsyncConnection, guild_id: int, digest: str) -> CodeRow | None:
    """The code of that digest, which no other process uses until the transaction ends."""
    query = _SELECT.where(register_codes.c.guild_id == guild_id, register_codes.c.digest == digest)
    row = (await tx.execute(query.with_for_update())).one_or_none()
    return None if row is None else CodeRow(*row)


async def of_person(tx: AsyncConnection, person_id: str) -> CodeRow | None:
    """The code that was made for that person, used or not."""
    query = _SELECT.where(register_codes.c.person_id == person_id)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else CodeRow(*row)


async def use(tx: AsyncConnection, person_id: str, by: str, at: datetime) -> None:
    """Note that a code was used; from then on it is that of `by`, the person it has become."""
    await tx.execute(
        update(register_codes).where(register_codes.c.person_id == person_id).values(person_id=by, used_at=at)
    )


async def drop(tx: AsyncConnection, person_ids: Collection[str]) -> None:
    """The codes of these people are void."""
    of = delete(register_codes).where(register_codes.c.person_id == bindparam("of"))
    await in_pieces(tx, of, [{"of": person_id} for person_id in person_ids])


async def holders(tx: AsyncConnection, guild_id: int) -> dict[str, CodeRow]:
    """The codes given out in a server, by person."""
    query = _SELECT.where(register_codes.c.guild_id == guild_id)
    return {row.person_id: CodeRow(*row) for row in await tx.execute(query)}


async def used_names(tx: AsyncConnection, guild_id: int) -> set[str]:
    """The names, folded, whose codes an account has entered."""
    query = select(register_codes.c.name).where(
        register_codes.c.guild_id == guild_id, register_codes.c.used_at.is_not(None)
    )
    return {fold(name) for name in await tx.scalars(query)}


async def waiting(tx: AsyncConnection, guild_id: int) -> int:
    """How many codes somebody could still use."""
    query = (
        select(func.count())
        .select_from(register_codes)
        .join(people, people.c.id == register_codes.c.person_id)
        .join(registrations, registrations.c.person_id == register_codes.c.person_id)
        .where(
            register_codes.c.guild_id == guild_id,
            register_codes.c.used_at.is_(None),
            people.c.user_id.is_(None),
        )
    )
    return await tx.scalar(query) or 0
