"""Opening the follow-up of a recommendation whose text is final: a row for each of its addressees."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.follow_up import Content, Source
from seminar.follow_up_rows import parts
from seminar.texts import fold
from services.tracking.recording import By, Change, Place, digest_of, record
from storage import follow_ups, ledger
from storage.people import PersonRow
from storage.recommendations import RecRow

_NOTHING_DUE = ZoneInfo("UTC")


async def open_rows(
    tx: AsyncConnection, guild_id: int, row: RecRow, at: datetime, person: PersonRow | None
) -> int:
    """Open a row, pending and not started, for each addressee who has none; how many these are.

    Call it in the transaction that makes the text final, whose act is `person`'s.
    """
    followed = {fold(one.entity) for one in (await follow_ups.of(tx, [row.id])).get(row.id, ())}
    missing = [name for name in parts(row.addressees) if fold(name) not in followed]
    if not missing:
        return 0
    by = By(person, Source.FINALISED)
    changes = [Change(Content(), place=Place(row.id, name, 1)) for name in missing]
    # Nothing is due yet, so no zone is asked for.
    opened = await record(tx, guild_id, changes, by, at, _NOTHING_DUE)
    body = {
        "rows": [follow_up_id for follow_up_id, _ in opened],
        "entities": await digest_of(tx, guild_id, missing),
    }
    await ledger.append(tx, guild_id, at, by.pseudonym, "follow_up.opened", row.reference, body)
    return len(opened)
