"""The row of whoever acts, made in the transaction of their first act."""

from __future__ import annotations

import secrets

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Actor
from storage import people
from storage.people import PersonRow


async def of_actor(tx: AsyncConnection, actor: Actor) -> PersonRow:
    """The actor's row, made when they are new here and renamed when Discord calls them otherwise now."""
    return await of_user(tx, actor.guild_id, actor.user_id, actor.name)


async def of_user(tx: AsyncConnection, guild_id: int, user_id: int, name: str) -> PersonRow:
    """The row of a Discord user, made when needed; id and pseudonym are random, not derived from Discord."""
    row = await people.by_user(tx, guild_id, user_id)
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
    )
