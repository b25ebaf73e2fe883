"""The row of a person, made in the transaction of the first act by or about them.

Id and pseudonym are random and derived from nothing that Discord knows.
"""

from __future__ import annotations

import secrets

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Actor
from seminar.texts import fold
from storage import people
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
    person_id, pseudonym = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    await people.add(tx, person_id, guild_id, user_id, name, pseudonym)
    return PersonRow(
        id=person_id,
        guild_id=guild_id,
        user_id=user_id,
        name=name,
        pseudonym=pseudonym,
        notice_seen_at=None,
        status=None,
        constituency=None,
        organisation=None,
        delegation=None,
    )
