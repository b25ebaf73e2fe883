"""What every act on a recommendation begins and ends with: who may do it, which one, and the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import NotAllowed, NotFound, Refused
from seminar.lifecycle import Act, changed, move
from seminar.model import Actor, AmendmentStatus, Change, EventStatus, Role, State, Status
from seminar.words import Text, t
from services.clock import Clock
from services.people.participants import Participants
from services.people.registering import Person
from storage import amendments, events, ledger, lineage, outbox, recommendations
from storage.recommendations import RecRow


async def contributor(participants: Participants, actor: Actor) -> Person:
    """Let participants pass, registering them; the observer role wins over theirs.

    Raises:
        NotAllowed: the actor is no participant.
        NeedsNotice, NeedsConstituency: something is to be settled first.
    """
    if Role.OBSERVER not in actor.roles:
        actor.require(Role.PARTICIPANT)
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
        Refused: the event that deals with the recommendation now is not open.
    """
    event = await events.fetch(tx, guild_id, row.room)
    if event is None or event.status is not EventStatus.OPEN:
        raise Refused(t("The event {code} is not open.", code=row.room))


async def under_ballot(tx: AsyncConnection, row: RecRow) -> bool:
    """Whether a ballot on it is open, of whatever kind: its text is frozen."""
    return bool(await recommendations.open_ballots(tx, [row.id]))


async def moved(tx: AsyncConnection, row: RecRow, act: Act, *, among: bool = False) -> State:
    """Where the act leads it by the lifecycle, with the ballots that are open on it.

    `among` several that were named, a refusal begins with the reference.

    Raises:
        Refused: the act is not possible now; of one that was merged or split, with where it lives on.
    """
    try:
        return move(row.state, act, on_ballot=await under_ballot(tx, row))
    except Refused as refused:
        said = await leading_on(tx, row.id, row.state, refused.text)
        raise Refused(_of(row.reference, said) if among else said) from None


async def moved_by_change(tx: AsyncConnection, row: RecRow, change: Change) -> State:
    """Where a change of its text leads it.

    Raises:
        Refused: the text cannot be changed now; of one that was merged or split, with where it lives on.
    """
    try:
        return changed(row.state, change, on_ballot=await under_ballot(tx, row))
    except Refused as refused:
        raise Refused(await leading_on(tx, row.id, row.state, refused.text)) from None


async def leading_on(tx: AsyncConnection, recommendation_id: int, state: State, refusal: Text) -> Text:
    """The refusal of an act on a recommendation, and where it lives on if it was merged or split."""
    if state not in (State.MERGED, State.SPLIT):
        return refusal
    ends = await lineage.ends(tx, recommendation_id)
    if state is State.MERGED:
        return t("{refusal} It was merged into {references}.", refusal=refusal, references=ends)
    return t("{refusal} It was split into {references}.", refusal=refusal, references=ends)


def _of(reference: str, refusal: Text) -> Text:
    return t("{reference}: {refusal}", reference=reference, refusal=refusal)


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


async def record_on_amendment(
    tx: AsyncConnection,
    clock: Clock,
    guild_id: int,
    pseudonym: str,
    act: str,
    row: RecRow,
    body: Mapping[str, object],
    *,
    ended: bool = False,
) -> None:
    """Enter an act on the amendment whose number `body` has in the ledger, and have its message drawn again.

    The card, which counts those that are open, is drawn again where one has `ended`.
    """
    now = clock()
    await ledger.append(tx, guild_id, now, pseudonym, act, row.reference, body)
    subject = references.of_amendment(row.reference, cast("int", body["amendment"]))
    await outbox.put(tx, guild_id, "amendment.refresh", subject, now)
    if ended:
        await outbox.put_once(tx, guild_id, "card.refresh", row.reference, now)


async def draw_asked_again(tx: AsyncConnection, clock: Clock, guild_id: int, rows: Iterable[RecRow]) -> None:
    """Have the messages of open amendments to these drawn again: what can be done with one follows where
    its recommendation stands.
    """
    called = {row.id: row.reference for row in rows}
    for one in await amendments.of(tx, called, AmendmentStatus.OPEN):
        subject = references.of_amendment(called[one.recommendation_id], one.number)
        await outbox.put(tx, guild_id, "amendment.refresh", subject, clock())


async def draw_predecessors_again(
    tx: AsyncConnection, clock: Clock, guild_id: int, rows: Iterable[RecRow]
) -> None:
    """Have the cards drawn again of all that went into these: they say where it lives on."""
    ids = {one for row in rows for one in await lineage.went_into(tx, row.id)}
    for before in await recommendations.by_ids(tx, sorted(ids)):
        await outbox.put(tx, guild_id, "card.refresh", before.reference, clock())
