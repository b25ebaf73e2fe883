"""Who is entitled to vote: people, or delegations where these hold one vote each.

An elector is whoever holds a vote. Observers hold none, and neither does a
participant without an organisation where delegations vote.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import distinct, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import VoteBy
from storage.bulk import put
from storage.schema import delegations, electorates, people, registrations

PARTICIPANT = "participant"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may cast an elector's vote; `user_id` is None for a person without an account."""

    person_id: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class EntitledRow:
    """An elector as the registrations stand now; of a person, the only member is the person."""

    elector: str
    pseudonym: str
    constituency: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class ElectorRow:
    """An elector as frozen at closing, and whether they voted at all."""

    ballot_id: int
    elector: str
    constituency: str | None
    voted: bool


async def entitled(tx: AsyncConnection, guild_id: int, vote_by: VoteBy) -> tuple[EntitledRow, ...]:
    """The electorate of a server as it stands now."""
    if vote_by is VoteBy.DELEGATION:
        return await _delegations(tx, guild_id)
    query = (
        select(people.c.id, people.c.pseudonym, people.c.user_id, registrations.c.constituency)
        .join(registrations, registrations.c.person_id == people.c.id)
        .where(registrations.c.guild_id == guild_id, registrations.c.status == PARTICIPANT)
    )
    return tuple(
        EntitledRow(person_id, pseudonym, constituency, (Member(person_id, user_id),))
        for person_id, pseudonym, user_id, constituency in await tx.execute(query)
    )


async def _delegations(tx: AsyncConnection, guild_id: int) -> tuple[EntitledRow, ...]:
    query = (
        select(
            delegations.c.id,
            delegations.c.pseudonym,
            people.c.id,
            people.c.user_id,
            registrations.c.constituency,
        )
        .join(registrations, registrations.c.delegation_id == delegations.c.id)
        .join(people, people.c.id == registrations.c.person_id)
        .where(registrations.c.guild_id == guild_id, registrations.c.status == PARTICIPANT)
        .order_by(delegations.c.id, people.c.id)
    )
    members: dict[str, list[Member]] = defaultdict(list)
    spoken_for: dict[str, Counter[str]] = defaultdict(Counter)
    pseudonyms: dict[str, str] = {}
    for delegation_id, pseudonym, person_id, user_id, constituency in await tx.execute(query):
        pseudonyms[delegation_id] = pseudonym
        members[delegation_id].append(Member(person_id, user_id))
        if constituency is not None:
            spoken_for[delegation_id][constituency] += 1
    return tuple(
        EntitledRow(delegation_id, pseudonym, _most(spoken_for[delegation_id]), tuple(members[delegation_id]))
        for delegation_id, pseudonym in pseudonyms.items()
    )


def _most(constituencies: Counter[str]) -> str | None:
    """The constituency most members speak for, ties by code; None where nobody has one."""
    return min(constituencies, key=lambda code: (-constituencies[code], code), default=None)


def within_reach(electorate: Sequence[EntitledRow]) -> int:
    """How many people of an electorate have an account, so that something can be announced to them."""
    return sum(member.user_id is not None for one in electorate for member in one.members)


async def count_entitled(tx: AsyncConnection, guild_id: int, vote_by: VoteBy) -> int:
    """The size of a server's electorate as it stands now."""
    counted = func.count(distinct(registrations.c.delegation_id)) if vote_by is VoteBy.DELEGATION else None
    query = (select(func.count() if counted is None else counted)).where(
        registrations.c.guild_id == guild_id, registrations.c.status == PARTICIPANT
    )
    return await tx.scalar(query) or 0


async def put_electorate(tx: AsyncConnection, rows: Sequence[ElectorRow]) -> None:
    """Freeze the electorate of a ballot."""
    await put(tx, electorates, ElectorRow, rows)


async def voters(tx: AsyncConnection, ballot_id: int) -> list[str]:
    """The people (ids) who voted at all in a closed ballot; of a delegation that did, all its members."""
    voted = select(electorates.c.elector).where(electorates.c.ballot_id == ballot_id, electorates.c.voted)
    found = await tx.scalars(
        union(
            select(people.c.id).where(people.c.id.in_(voted)),
            select(registrations.c.person_id).where(registrations.c.delegation_id.in_(voted)),
        )
    )
    return sorted(found)
