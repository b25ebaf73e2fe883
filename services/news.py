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
    in_thread: bool = True,
) -> None:
    """Have `what` told in the thread of `reference`, and privately to the people of these ids.

    Somebody without an account is not told, nor is who takes no private messages; nothing that matters
    is said only there.
    """
    payload = {"what": what, "key": secrets.token_urlsafe(9), **values}
    if in_thread:
        await outbox.put(tx, guild_id, IN_THREAD, reference, at, payload)
    if to:
        private = ({**payload, "user_id": user_id} for user_id in await people.accounts(tx, to))
        await outbox.put_each(tx, guild_id, IN_PRIVATE, reference, at, private)
