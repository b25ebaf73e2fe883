"""Putting a recommendation on the table: its reference, its first version, its card.

A reference counts up within its theme in the transaction that stores the recommendation, so it is
given once and without gaps.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.initiative import Initiative
from seminar.lifecycle import Act, move
from seminar.model import State
from seminar.wording import Wording
from services.drafting.acting import named
from storage import initiatives, ledger, outbox, recommendations
from storage.recommendations import RecRow


def first_state(initiative: Initiative) -> State:
    """Where a new proposal stands: admission is automatic, or waits for a facilitator."""
    automatic = initiative.rules.admission == "automatic"
    return move(State.PROPOSED, Act.ADMIT) if automatic else State.PROPOSED


async def put_on_table(
    tx: AsyncConnection,
    guild_id: int,
    *,
    event: str,
    theme: str,
    author_id: str,
    pseudonym: str,
    wording: Wording,
    state: State,
    at: datetime,
    nonce: str | None = None,
    act: str = "recommendation.proposed",
) -> RecRow:
    """Store it as version 1, by `author_id`, and have its card posted; `pseudonym` is who acts."""
    number = await initiatives.take_number(tx, guild_id, theme)
    reference = references.make(theme, number)
    await recommendations.add(
        tx,
        guild_id=guild_id,
        event=event,
        theme=theme,
        number=number,
        reference=reference,
        state=state,
        author_id=author_id,
        nonce=nonce,
        wording=wording,
        at=at,
    )
    row = await named(tx, guild_id, reference)
    body = {
        "event": event,
        "theme": theme,
        "state": state.value,
        "version": row.version,
        "content": await ledger.remember(tx, guild_id, wording.content),
    }
    await ledger.append(tx, guild_id, at, pseudonym, act, reference, body)
    await outbox.put(tx, guild_id, "card.post", reference, at)
    return row
