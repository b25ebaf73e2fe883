"""A rejected amendment that becomes a recommendation of its own: once, and only for its author."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import NotAllowed, NotFound, Refused
from seminar.model import AmendmentStatus, Kinship
from seminar.words import t
from services.drafting.acting import named
from storage import amendments, ledger, lineage, outbox
from storage.amendments import AmendmentRow
from storage.recommendations import RecRow


async def numbered(tx: AsyncConnection, row: RecRow, number: int) -> AmendmentRow:
    """That amendment to the recommendation.

    Raises:
        NotFound: there is none.
    """
    found = await amendments.get(tx, row.id, number)
    if found is None:
        raise NotFound(
            t(
                "There is no amendment {number} to {reference}; `/amendment list` lists them.",
                number=number,
                reference=row.reference,
            )
        )
    return found


async def derivable(
    tx: AsyncConnection, guild_id: int, person_id: str, reference: str, number: int
) -> tuple[RecRow, AmendmentRow]:
    """The rejected amendment that the person may propose as a recommendation of its own.

    Raises:
        NotAllowed: somebody else asked for it.
        NotFound: there is no such amendment here.
        Refused: it was not rejected, or has become one already.
    """
    row = await named(tx, guild_id, reference)
    found = await numbered(tx, row, number)
    if found.author_id != person_id:
        raise NotAllowed(t("Only its author can propose an amendment as a recommendation of its own."))
    if found.status is not AmendmentStatus.REJECTED:
        raise Refused(
            t("Only an amendment that was rejected can be proposed as a recommendation of its own.")
        )
    become = (await lineage.derived(tx, [found.id])).get(found.id)
    if become is not None:
        raise Refused(
            t(
                "Amendment {number} to {reference} has become {successor} already.",
                number=number,
                reference=row.reference,
                successor=become,
            )
        )
    return row, found


async def derive(
    tx: AsyncConnection,
    guild_id: int,
    row: RecRow,
    found: AmendmentRow,
    successor: RecRow,
    pseudonym: str,
    at: datetime,
) -> None:
    """Record that `successor` grew out of the amendment, and have both cards and its message say so."""
    await lineage.add(tx, guild_id, row.id, successor.id, Kinship.DERIVED, at, amendment_id=found.id)
    body = {"from": row.reference, "amendment": found.number}
    await ledger.append(tx, guild_id, at, pseudonym, "recommendation.derived", successor.reference, body)
    await outbox.put(tx, guild_id, "card.refresh", row.reference, at)
    await outbox.put(
        tx, guild_id, "amendment.refresh", references.of_amendment(row.reference, found.number), at
    )
