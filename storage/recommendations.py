"""Recommendations one by one, and who seconds them.

Whatever shows recommendations reads whole rows (`RecRow`, current version,
author and latest result included) in one statement, however many they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, and_, insert, literal_column, select, tuple_, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotStatus, State
from seminar.wording import Wording
from storage import search
from storage import versions as version_rows
from storage.schema import (
    ballot_items,
    ballots,
    people,
    recommendations,
    registrations,
    seconds,
    tallies,
    versions,
)
from storage.versions import CURRENT

_PIECE = 500


@dataclass(frozen=True, slots=True)
class LastBallot:
    """The latest closed ballot on a recommendation; `figures` is canonical JSON, as the tally has it."""

    ballot_id: int
    number: int
    method: str
    electorate: int
    closed_at: datetime
    figures: str
    purpose: str


@dataclass(frozen=True, slots=True)
class RecRow:
    """A recommendation in its current version; author's details as they are registered now."""

    id: int
    reference: str
    event: str
    theme: str
    state: State
    version: int
    seconds: int
    created_at: datetime
    title: str
    text: str
    rationale: str
    addressees: tuple[str, ...]
    author_id: str
    author_name: str
    author_organisation: str | None
    author_constituency: str | None
    last: LastBallot | None
    conference: str | None = None

    @property
    def room(self) -> str:
        """The code of the event that deals with it now: the conference it was forwarded to, or its own."""
        return self.conference or self.event

    @property
    def wording(self) -> Wording:
        return Wording(self.title, self.text, self.rationale, self.addressees)


ROWS: Select[Any] = (
    select(
        recommendations.c.id,
        recommendations.c.reference,
        recommendations.c.event,
        recommendations.c.theme,
        recommendations.c.state,
        recommendations.c.version,
        recommendations.c.seconds,
        recommendations.c.created_at,
        recommendations.c.conference,
        versions.c.title,
        versions.c.text,
        versions.c.rationale,
        versions.c.addressees,
        recommendations.c.author_id,
        people.c.name.label("author_name"),
        registrations.c.organisation,
        registrations.c.constituency,
        ballots.c.id.label("ballot_id"),
        ballots.c.number.label("ballot_number"),
        ballots.c.method,
        ballots.c.electorate,
        ballots.c.closed_at,
        ballots.c.purpose,
        tallies.c.figures,
    )
    .join_from(recommendations, versions, CURRENT)
    .join(people, people.c.id == recommendations.c.author_id)
    .outerjoin(registrations, registrations.c.person_id == recommendations.c.author_id)
    .outerjoin(ballots, ballots.c.id == recommendations.c.last_ballot_id)
    .outerjoin(
        tallies,
        and_(
            tallies.c.recommendation_id == recommendations.c.id,
            tallies.c.ballot_id == recommendations.c.last_ballot_id,
        ),
    )
)
"""Selects whole recommendations, for `row_of` to read."""


def row_of(row: Row[Any]) -> RecRow:
    """What `ROWS` found, as a value."""
    last = None
    if row.figures is not None:
        last = LastBallot(
            row.ballot_id,
            row.ballot_number,
            row.method,
            row.electorate,
            row.closed_at,
            row.figures,
            row.purpose,
        )
    return RecRow(
        id=row.id,
        reference=row.reference,
        event=row.event,
        theme=row.theme,
        state=State(row.state),
        version=row.version,
        seconds=row.seconds,
        created_at=row.created_at,
        title=row.title,
        text=row.text,
        rationale=row.rationale,
        addressees=tuple(row.addressees),
        author_id=row.author_id,
        author_name=row.author_name,
        author_organisation=row.organisation,
        author_constituency=row.constituency,
        last=last,
        conference=row.conference,
    )


async def by_reference(tx: AsyncConnection, guild_id: int, reference: str) -> RecRow | None:
    found = await tx.execute(
        ROWS.where(recommendations.c.guild_id == guild_id, recommendations.c.reference == reference)
    )
    row = found.one_or_none()
    return None if row is None else row_of(row)


async def by_references(tx: AsyncConnection, guild_id: int, references: Iterable[str]) -> dict[str, RecRow]:
    """The recommendations of these references, by reference; what is not there is left out."""
    wanted, found = sorted(set(references)), dict[str, RecRow]()
    for start in range(0, len(wanted), _PIECE):
        query = ROWS.where(
            recommendations.c.guild_id == guild_id,
            recommendations.c.reference.in_(wanted[start : start + _PIECE]),
        )
        found |= {row.reference: row_of(row) for row in await tx.execute(query)}
    return found


async def by_nonce(tx: AsyncConnection, author_id: str, nonce: str) -> RecRow | None:
    """What this person's submission of that nonce became, if it arrived before."""
    found = await tx.execute(
        ROWS.where(recommendations.c.author_id == author_id, recommendations.c.nonce == nonce)
    )
    row = found.one_or_none()
    return None if row is None else row_of(row)


async def by_ids(tx: AsyncConnection, ids: Sequence[int]) -> list[RecRow]:
    """The recommendations with these ids, in their order."""
    if not ids:
        return []
    found = {row.id: row_of(row) for row in await tx.execute(ROWS.where(recommendations.c.id.in_(ids)))}
    return [found[one] for one in ids if one in found]


async def open_ballots(tx: AsyncConnection, ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Of the given recommendations, those on open ballots, with the ballots' ids."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = (
        select(ballot_items.c.recommendation_id, ballot_items.c.ballot_id)
        .join(ballots, ballots.c.id == ballot_items.c.ballot_id)
        .where(
            ballot_items.c.recommendation_id.in_(wanted),
            ballot_items.c.removed_at.is_(None),
            ballots.c.status == BallotStatus.OPEN.value,
        )
        .order_by(ballot_items.c.ballot_id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for recommendation_id, ballot_id in await tx.execute(query):
        found[recommendation_id] = (*found.get(recommendation_id, ()), ballot_id)
    return found


async def used_codes(tx: AsyncConnection, guild_id: int) -> tuple[set[str], set[str]]:
    """The themes and the events that recommendations refer to, in whatever state they are."""
    themes = select(literal_column("'theme'"), recommendations.c.theme)
    events = select(literal_column("'event'"), recommendations.c.event)
    conferences = select(literal_column("'event'"), recommendations.c.conference)
    mine = recommendations.c.guild_id == guild_id
    forwarded = mine & recommendations.c.conference.is_not(None)
    used: dict[str, set[str]] = {"theme": set(), "event": set()}
    for kind, code in await tx.execute(
        union_all(
            themes.where(mine).distinct(),
            events.where(mine).distinct(),
            conferences.where(forwarded).distinct(),
        )
    ):
        used[kind].add(code)
    return used["theme"], used["event"]


async def add(
    tx: AsyncConnection,
    *,
    guild_id: int,
    event: str,
    theme: str,
    number: int,
    reference: str,
    state: State,
    author_id: str,
    nonce: str | None,
    wording: Wording,
    at: datetime,
) -> int:
    """Store a new recommendation with its first version, and answer its id."""
    added = await tx.execute(
        insert(recommendations)
        .values(
            guild_id=guild_id,
            event=event,
            theme=theme,
            number=number,
            reference=reference,
            state=state.value,
            author_id=author_id,
            version=1,
            seconds=0,
            nonce=nonce,
            created_at=at,
        )
        .returning(recommendations.c.id)
    )
    recommendation_id = cast("int", added.scalar_one())
    await version_rows.add(tx, recommendation_id, 1, wording, author_id, at)
    await search.index(tx, guild_id, recommendation_id, reference, wording.title, wording.text)
    return recommendation_id


async def voted_versions(tx: AsyncConnection, pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For pairs of a recommendation and a ballot: the version that was voted on, by recommendation."""
    wanted = list(pairs)
    if not wanted:
        return {}
    found = await tx.execute(
        select(ballot_items.c.recommendation_id, ballot_items.c.version).where(
            tuple_(ballot_items.c.recommendation_id, ballot_items.c.ballot_id).in_(wanted)
        )
    )
    return {row.recommendation_id: row.version for row in found}


async def set_version(tx: AsyncConnection, recommendation_id: int, version: int, state: State) -> None:
    """Make a stored version the current one, and move to `state` with it."""
    await tx.execute(
        update(recommendations)
        .where(recommendations.c.id == recommendation_id)
        .values(version=version, state=state.value)
    )


async def set_theme(tx: AsyncConnection, recommendation_id: int, theme: str) -> None:
    await tx.execute(
        update(recommendations).where(recommendations.c.id == recommendation_id).values(theme=theme)
    )


async def set_state(tx: AsyncConnection, recommendation_id: int, state: State) -> None:
    await tx.execute(
        update(recommendations).where(recommendations.c.id == recommendation_id).values(state=state.value)
    )


async def add_second(tx: AsyncConnection, recommendation_id: int, person_id: str, at: datetime) -> bool:
    """Record that a person seconds it, and count it; False if they did before."""
    mine = and_(seconds.c.recommendation_id == recommendation_id, seconds.c.person_id == person_id)
    if (await tx.execute(select(seconds.c.at).where(mine))).first() is not None:
        return False
    await tx.execute(insert(seconds).values(recommendation_id=recommendation_id, person_id=person_id, at=at))
    await tx.execute(
        update(recommendations)
        .where(recommendations.c.id == recommendation_id)
        .values(seconds=recommendations.c.seconds + 1)
    )
    return True
