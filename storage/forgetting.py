"""What has to go, and what has to be drawn anew, when somebody is to be forgotten.

Records keep the random id and pseudonym; everything that leads from these to a person goes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, func, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotStatus, Secrecy, Showing, VoteBy
from seminar.references import of_amendment
from storage.bulk import in_pieces
from storage.engine import insert_into
from storage.schema import (
    amendments,
    ballots,
    contributions,
    drafts,
    ledger,
    ledger_texts,
    lineage,
    live_changes,
    outbox,
    papers,
    people,
    recommendations,
    registrations,
    reminders,
    versions,
    votes,
)

_REGISTERING = "participant."
_BOUND = "participant.bound"
_PIECE = 500


@dataclass(frozen=True, slots=True)
class HeldBallot:
    """A ballot that still holds votes under marks or ids: open, or closed with a further round to come."""

    id: int
    label: str
    key_id: str | None
    by_delegation: bool
    live: bool


@dataclass(frozen=True, slots=True)
class NamedOn:
    """References of cards, amendments (as `CAP-01/2`), and references of the records of arguments."""

    cards: tuple[str, ...]
    amendments: tuple[str, ...]
    arguments: tuple[str, ...]


async def held_ballots(tx: AsyncConnection, guild_id: int, *, lock: bool = False) -> tuple[HeldBallot, ...]:
    """The ballots of a server that still hold votes; `lock` lets none of them close meanwhile."""
    query = (
        select(
            ballots.c.id,
            ballots.c.number,
            ballots.c.key_id,
            ballots.c.secrecy,
            ballots.c.vote_by,
            ballots.c.results,
        )
        .where(
            ballots.c.guild_id == guild_id,
            or_(ballots.c.status == BallotStatus.OPEN.value, ballots.c.kept),
        )
        .order_by(ballots.c.id)
    )
    if lock:
        query = query.with_for_update(read=True)
    return tuple(
        HeldBallot(
            row.id,
            f"B{row.number}",
            row.key_id if row.secrecy == Secrecy.SECRET.value else None,
            row.vote_by == VoteBy.DELEGATION.value,
            row.results == Showing.LIVE.value,
        )
        for row in await tx.execute(query)
    )


async def hold(tx: AsyncConnection, person_id: str) -> None:
    """Let the person cast no vote in another process until the transaction ends."""
    query = select(registrations.c.person_id).where(registrations.c.person_id == person_id)
    await tx.execute(query.with_for_update())


async def is_remembered(tx: AsyncConnection, person_id: str) -> bool:
    """Whether nobody has forgotten the person yet; until the transaction ends nobody else does."""
    query = select(people.c.id).where(people.c.id == person_id, people.c.forgotten_at.is_(None))
    return (await tx.execute(query.with_for_update(key_share=True))).first() is not None


async def withdraw(tx: AsyncConnection, ballot: HeldBallot, elector: str, own_mark: str) -> None:
    """Take out of a ballot everything that stands for an elector, and what the person was filling in.

    `elector` is what the elector's votes are kept under: the person's own mark, or their delegation's.
    """
    mine = and_(votes.c.ballot_id == ballot.id, votes.c.voter == elector)
    if ballot.live and await tx.scalar(select(votes.c.voter).where(mine).limit(1)) is not None:
        noted = insert_into(tx, live_changes).values(ballot_id=ballot.id, voter=elector)
        await tx.execute(noted.on_conflict_do_nothing())
    await tx.execute(delete(votes).where(mine))
    await drop_paper(tx, ballot.id, own_mark)


async def drop_paper(tx: AsyncConnection, ballot_id: int, own_mark: str) -> None:
    """Take out what a person was filling in."""
    await tx.execute(delete(papers).where(papers.c.ballot_id == ballot_id, papers.c.voter == own_mark))


async def unname_caster(tx: AsyncConnection, ballot_id: int, own_mark: str) -> None:
    """Leave a delegation's vote, and nothing of which member cast it."""
    cast = and_(votes.c.ballot_id == ballot_id, votes.c.cast_by == own_mark)
    await tx.execute(update(votes).where(cast).values(cast_by=None))


async def unlink(tx: AsyncConnection, person_ids: Collection[str]) -> None:
    """Leave their arguments, and nothing of which chat message was theirs: that is under their account."""
    theirs = contributions.c.person_id.in_(person_ids)
    await tx.execute(update(contributions).where(theirs).values(link=None))


async def others_in(tx: AsyncConnection, delegation_id: str, person_id: str) -> int:
    """How many other participants a delegation has."""
    query = select(func.count()).where(
        registrations.c.delegation_id == delegation_id,
        registrations.c.status == "participant",
        registrations.c.person_id != person_id,
    )
    return await tx.scalar(query) or 0


async def once_called(tx: AsyncConnection, guild_id: int, pseudonym: str) -> tuple[str, ...]:
    """The ids of people on a list whom this person has become by entering a code."""
    query = select(ledger.c.body).where(
        ledger.c.guild_id == guild_id, ledger.c.subject == pseudonym, ledger.c.act == _BOUND
    )
    before = {json.loads(body).get("was") for body in await tx.scalars(query)} - {None}
    if not before:
        return ()
    found = await tx.scalars(
        select(people.c.id).where(people.c.guild_id == guild_id, people.c.pseudonym.in_(before))
    )
    return tuple(found)


async def erase_texts(tx: AsyncConnection, guild_id: int, person_ids: Collection[str]) -> None:
    """Erase what the ledger's entries on these people's registrations refer to: their organisations."""
    called = select(people.c.pseudonym).where(people.c.id.in_(person_ids))
    query = select(ledger.c.body).where(
        ledger.c.guild_id == guild_id,
        ledger.c.subject.in_(called),
        ledger.c.act.startswith(_REGISTERING, autoescape=True),
    )
    named = [json.loads(body).get("organisation") for body in await tx.scalars(query)]
    of = delete(ledger_texts).where(
        ledger_texts.c.guild_id == guild_id, ledger_texts.c.digest == bindparam("of")
    )
    await in_pieces(tx, of, [{"of": digest} for digest in named if digest])


async def drop_waiting(tx: AsyncConnection, guild_id: int, person_id: str, user_id: int | None) -> None:
    """Drop forms, reminders, and private messages that have not been sent yet."""
    await tx.execute(delete(reminders).where(reminders.c.person_id == person_id))
    if user_id is None:
        return
    await tx.execute(delete(drafts).where(drafts.c.guild_id == guild_id, drafts.c.user_id == user_id))
    waiting = select(outbox.c.id, outbox.c.payload).where(outbox.c.guild_id == guild_id)
    theirs = [row.id for row in await tx.execute(waiting) if row.payload.get("user_id") == user_id]
    await in_pieces(tx, delete(outbox).where(outbox.c.id == bindparam("of")), [{"of": one} for one in theirs])


async def named_on(tx: AsyncConnection, guild_id: int, person_id: str) -> NamedOn:
    """Where the bot's own messages may name a person, or what they wrote as theirs."""
    authored = set(
        await tx.scalars(select(recommendations.c.id).where(recommendations.c.author_id == person_id))
    )
    argued = set(
        await tx.scalars(
            select(contributions.c.recommendation_id).where(
                or_(contributions.c.person_id == person_id, contributions.c.added_by == person_id)
            )
        )
    )
    other = union(
        select(versions.c.recommendation_id).where(
            or_(versions.c.author_id == person_id, versions.c.decided_by == person_id)
        ),
        select(amendments.c.recommendation_id).where(
            or_(amendments.c.author_id == person_id, amendments.c.decided_by == person_id)
        ),
    )
    # What became of theirs names them too, as one of those whose recommendations went into it.
    reached, further = set[int](), authored
    while further:
        reached |= further
        next_ = select(lineage.c.successor_id).where(lineage.c.predecessor_id.in_(further))
        further = set(await tx.scalars(next_)) - reached
    named = reached | argued | set(await tx.scalars(other))
    references = {
        row.id: row.reference
        for row in await tx.execute(
            select(recommendations.c.id, recommendations.c.reference)
            .where(recommendations.c.guild_id == guild_id, recommendations.c.id.in_(named))
            .order_by(recommendations.c.reference)
        )
    }
    amended = await tx.execute(
        select(amendments.c.recommendation_id, amendments.c.number)
        .where(
            amendments.c.guild_id == guild_id,
            or_(amendments.c.author_id == person_id, amendments.c.decided_by == person_id),
        )
        .order_by(amendments.c.recommendation_id, amendments.c.number)
    )
    return NamedOn(
        tuple(references.values()),
        tuple(of_amendment(references[of], number) for of, number in amended if of in references),
        tuple(reference for one, reference in references.items() if one in argued),
    )


async def undelivered(
    tx: AsyncConnection, guild_id: int, kinds: Collection[str], subjects: Collection[str]
) -> list[str]:
    """Which of `subjects` still wait for a message of these kinds to be drawn."""
    query = select(outbox.c.subject).where(outbox.c.guild_id == guild_id, outbox.c.kind.in_(kinds)).distinct()
    return sorted(set(await tx.scalars(query)).intersection(subjects))


async def forgotten(tx: AsyncConnection) -> dict[str, datetime]:
    """Everybody who was forgotten, by id."""
    query = select(people.c.id, people.c.forgotten_at).where(people.c.forgotten_at.is_not(None))
    return {one: at for one, at in await tx.execute(query)}  # noqa: C416 - rows are no pairs to mypy


async def remembered(tx: AsyncConnection, person_ids: Sequence[str]) -> list[str]:
    """Who of these people is in the store and not forgotten."""
    found: list[str] = []
    for piece in _pieces(person_ids):
        query = select(people.c.id).where(people.c.id.in_(piece), people.c.forgotten_at.is_(None))
        found += await tx.scalars(query)
    return found


def _pieces(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _PIECE] for start in range(0, len(ids), _PIECE))
