"""The row of a person, made in the transaction of the first act by or about them, and its registration.

Id and pseudonym are random and derived from nothing that Discord knows.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Actor
from seminar.texts import fold
from storage import ledger, people
from storage.people import PersonRow


async def of_actor(tx: AsyncConnection, actor: Actor) -> PersonRow:
    """The actor's row, made when they are new here and renamed when Discord calls them otherwise now."""
    return await of_user(tx, actor.guild_id, actor.user_id, actor.name)


async def of_user(tx: AsyncConnection, guild_id: int, user_id: int, name: str) -> PersonRow:
    """The row of a Discord user, made when needed and renamed when they are called otherwise now."""
    row = await people.by_user(tx, guild_id, user_id)
    return await _named(tx, row, guild_id, user_id, name)


async def without_account(tx: AsyncConnection, guild_id: int, name: str) -> PersonRow:
    """The row of somebody without a Discord account, made when nobody such is registered by this name.

    Capitals, accents and spaces make no other name; the spelling given last is kept.
    """
    wanted = fold(name)
    known = await people.without_account(tx, guild_id)
    row = next((row for row in known if fold(row.name) == wanted), None)
    return await _named(tx, row, guild_id, None, name)


async def _named(
    tx: AsyncConnection, row: PersonRow | None, guild_id: int, user_id: int | None, name: str
) -> PersonRow:
    if row is not None:
        if row.name != name:
            await people.rename(tx, row.id, name)
        return row
    new = fresh(guild_id, user_id, name)
    await people.add(tx, new.id, guild_id, user_id, name, new.pseudonym)
    return new


def fresh(guild_id: int, user_id: int | None, name: str) -> PersonRow:
    """Somebody who is not stored yet."""
    return PersonRow(
        id=secrets.token_urlsafe(16),
        guild_id=guild_id,
        user_id=user_id,
        name=name,
        pseudonym=secrets.token_urlsafe(16),
        notice_seen_at=None,
        status=None,
        constituency=None,
        organisation=None,
        delegation=None,
    )


async def register(
    tx: AsyncConnection,
    row: PersonRow,
    by: str,
    act: str,
    at: datetime,
    more: Mapping[str, object] | None = None,
) -> None:
    """Store the registration a row holds, and enter in the ledger who (a pseudonym) did so by which act."""
    assert row.status is not None  # noqa: S101 - for the type checker; callers set it
    await people.register(
        tx, row.id, row.guild_id, row.status, row.constituency, row.organisation, row.delegation, at
    )
    body: dict[str, object] = {"status": row.status.value, "constituency": row.constituency, **(more or {})}
    if row.organisation:
        body["organisation"] = await ledger.remember(tx, row.guild_id, row.organisation)
    await ledger.append(tx, row.guild_id, at, by, act, row.pseudonym, body)
