"""A store with one open ballot and its electorate, and how somebody votes on it, for the tests of votes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import schema
from storage.votes import Cast, HandedIn, Tap, VoteWriter

NOW = datetime(2014, 10, 22, 9, 0, tzinfo=UTC)
GUILD = 1022


async def seed(tx: AsyncConnection, *, people: int = 5, items: int = 3, receipts: bool = True) -> int:
    """Register `person-1`… as participants and open a ballot over `items`; return the ballot's id."""
    await tx.execute(
        insert(schema.initiatives).values(guild_id=GUILD, document={}, loaded_at=NOW, next_ballot=1)
    )
    await tx.execute(insert(schema.themes).values(guild_id=GUILD, code="CAP", next_number=items + 1))
    await tx.execute(insert(schema.events).values(guild_id=GUILD, code="ROM", status="open", opened_at=NOW))
    numbers = range(1, people + 1)
    await tx.execute(
        insert(schema.people),
        [
            {
                "id": f"person-{number}",
                "guild_id": GUILD,
                "user_id": number,
                "name": f"Person {number}",
                "pseudonym": f"pseudonym-{number}",
            }
            for number in numbers
        ],
    )
    await tx.execute(
        insert(schema.registrations),
        [
            {
                "person_id": f"person-{number}",
                "guild_id": GUILD,
                "status": "participant",
                "constituency": "UN",
                "registered_at": NOW,
            }
            for number in numbers
        ],
    )
    for number in range(1, items + 1):
        await tx.execute(
            insert(schema.recommendations).values(
                id=number,
                guild_id=GUILD,
                event="ROM",
                theme="CAP",
                number=number,
                reference=f"CAP-{number:02}",
                state="voting",
                author_id="person-1",
                created_at=NOW,
            )
        )
    return await open_ballot(tx, items=items, receipts=receipts)


async def open_ballot(tx: AsyncConnection, *, items: int = 3, receipts: bool = True) -> int:
    """Open one more ballot over the first `items` recommendations, until an hour after `NOW`."""
    written = await tx.execute(
        insert(schema.ballots)
        .values(
            guild_id=GUILD,
            event="ROM",
            theme="CAP",
            method="support",
            status="open",
            threshold=">1/2",
            quorum="0",
            secrecy="secret",
            reasons="none",
            receipts=receipts,
            closes_in="1h",
            prepared_by="person-1",
            prepared_at=NOW,
            opened_at=NOW,
            closes_at=NOW + timedelta(hours=1),
        )
        .returning(schema.ballots.c.id)
    )
    ballot_id = int(written.scalar_one())
    await tx.execute(
        insert(schema.ballot_items),
        [
            {
                "ballot_id": ballot_id,
                "position": position,
                "recommendation_id": position,
                "version": 1,
                "reference": f"CAP-{position:02}",
            }
            for position in range(1, items + 1)
        ],
    )
    return ballot_id


async def tap(
    writer: VoteWriter,
    ballot_id: int,
    person: str,
    mark: str,
    position: int,
    choice: str | None,
    reason: str | None = None,
    *,
    needs_constituency: bool = False,
) -> Cast:
    """Somebody votes for themselves on one item, or (None) takes that vote back."""
    given = Tap(position, choice, reason)
    return await writer.hand_in(HandedIn(ballot_id, person, person, mark, mark, given, needs_constituency))
