"""What the people around a recommendation are told: in its thread, and those it concerns in private.

The house stores what happened and with which values; the sentences are those of `bot.cards.news`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import outbox, people

IN_THREAD = "news"
IN_PRIVATE = "news.private"


async def tell(
    tx: AsyncConnection,
    guild_id: int,
    reference: str,
    at: datetime,
    what: str,
    values: Mapping[str, object],
    *,
    to: Collection[str] = (),
) -> None:
    """Have `what` told in the thread of `reference`, and privately to the people of these ids."""
    payload = {"what": what, "key": secrets.token_urlsafe(9), **values}
    await outbox.put(tx, guild_id, IN_THREAD, reference, at, payload)
    await tell_privately(tx, guild_id, reference, at, what, values, to=to)


async def tell_privately(
    tx: AsyncConnection,
    guild_id: int,
    reference: str,
    at: datetime,
    what: str,
    values: Mapping[str, object],
    *,
    to: Collection[str],
) -> None:
    """Have `what` told to the people of these ids alone.

    Somebody without an account is not told, nor is who takes no private messages; nothing that matters
    is said only there.
    """
    if to:
        private = ({"what": what, **values, "user_id": user_id} for user_id in await people.accounts(tx, to))
        await outbox.put_each(tx, guild_id, IN_PRIVATE, reference, at, private)
