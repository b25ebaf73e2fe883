"""What every act on a recommendation begins and ends with: who may do it, which one, and the record."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import NotAllowed, NotFound, Refused
from seminar.model import Actor, EventStatus, Role, Status
from seminar.words import t
from services.clock import Clock
from services.participants import Participants
from services.registering import Person
from storage import events, ledger, outbox, recommendations
from storage.recommendations import RecRow


async def contributor(participants: Participants, actor: Actor) -> Person:
    """Let participants pass, registering them; the observer role wins over theirs.

    Raises:
        NotAllowed: the actor is no participant.
        NeedsNotice, NeedsConstituency: something is to be settled first.
    """
    actor.require(Role.PARTICIPANT, Role.OBSERVER)
    if Role.OBSERVER not in actor.roles:
        person = await participants.enter(actor)
        if person.status is Status.PARTICIPANT:
            return person
    raise NotAllowed(t("Observers may discuss; only participants propose, second, amend and argue."))


async def named(tx: AsyncConnection, guild_id: int, reference: str) -> RecRow:
    """The recommendation of that reference, as `seminar.references` spells it.

    Raises:
        NotFound: there is none here.
    """
    row = await recommendations.by_reference(tx, guild_id, reference)
    if row is None:
        raise NotFound(
            t(
                "There is no recommendation {reference} here; /recommendations lists them.",
                reference=reference,
            )
        )
    return row


async def locked(tx: AsyncConnection, guild_id: int, reference: str) -> RecRow:
    """The same, for acts that are right only while no ballot on it opens and nobody else changes it."""
    await ledger.hold(tx, guild_id)
    return await named(tx, guild_id, reference)


async def require_open_event(tx: AsyncConnection, guild_id: int, row: RecRow) -> None:
    """
    Raises:
        Refused: the recommendation's event is not open.
    """
    event = await events.fetch(tx, guild_id, row.event)
    if event is None or event.status is not EventStatus.OPEN:
        raise Refused(t("The event {code} is not open.", code=row.event))


async def under_ballot(tx: AsyncConnection, row: RecRow) -> bool:
    """Whether a ballot on it is open, of whatever kind: its text is frozen."""
    return bool(await recommendations.open_ballots(tx, [row.id]))


async def record(
    tx: AsyncConnection,
    clock: Clock,
    guild_id: int,
    pseudonym: str,
    act: str,
    row: RecRow,
    body: Mapping[str, object],
) -> None:
    """Enter an act on a recommendation in the ledger, and have its card drawn again."""
    now = clock()
    await ledger.append(tx, guild_id, now, pseudonym, act, row.reference, body)
    await outbox.put(tx, guild_id, "card.refresh", row.reference, now)
