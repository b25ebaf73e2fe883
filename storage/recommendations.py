"""Recommendations, their versions and who seconds them.

Whatever shows recommendations reads whole rows (`RecRow`, current version,
author and latest result included) in one statement, however many they are.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    false,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotStatus, State
from seminar.paper import WHOLE
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
    votes,
)

_PIECE = 100
_BEGINNING = re.compile("[A-Z0-9]+(-[0-9]*)?")


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

    @property
    def wording(self) -> Wording:
        return Wording(self.title, self.text, self.rationale, self.addressees)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which recommendations to list.

    `unvoted` asks for those that somebody has not voted on yet, by the ballots that are open to them
    with what stands for them there.
    """

    event: str | None = None
    theme: str | None = None
    state: State | None = None
    author_id: str | None = None
    unvoted: Collection[tuple[int, str]] | None = None


_CURRENT = and_(
    versions.c.recommendation_id == recommendations.c.id, versions.c.number == recommendations.c.version
)

_ROWS: Select[Any] = (
    select(
        recommendations.c.id,
        recommendations.c.reference,
        recommendations.c.event,
        recommendations.c.theme,
        recommendations.c.state,
        recommendations.c.version,
        recommendations.c.seconds,
        recommendations.c.created_at,
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
    .join_from(recommendations, versions, _CURRENT)
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


def _row(row: Row[Any]) -> RecRow:
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
    )


def _filtered(query: Select[Any], guild_id: int, wanted: Filter) -> Select[Any]:
    query = query.where(recommendations.c.guild_id == guild_id)
    for column, value in (
        (recommendations.c.event, wanted.event),
        (recommendations.c.theme, wanted.theme),
        (recommendations.c.state, None if wanted.state is None else wanted.state.value),
        (recommendations.c.author_id, wanted.author_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.unvoted is not None:
        query = query.where(recommendations.c.id.in_(_unvoted(wanted.unvoted)))
    return query


def _unvoted(marks: Collection[tuple[int, str]]) -> Select[Any]:
    """The items of these ballots on which the voters behind the marks have neither a vote nor a paper."""
    voted = (
        select(votes.c.choice)
        .where(
            votes.c.ballot_id == ballot_items.c.ballot_id,
            votes.c.position.in_((ballot_items.c.position, WHOLE)),
            tuple_(votes.c.ballot_id, votes.c.voter).in_(list(marks)),
        )
        .correlate(ballot_items)
    )
    return select(ballot_items.c.recommendation_id).where(
        ballot_items.c.ballot_id.in_([ballot_id for ballot_id, _ in marks]),
        ballot_items.c.removed_at.is_(None),
        ~voted.exists(),
    )


async def by_reference(tx: AsyncConnection, guild_id: int, reference: str) -> RecRow | None:
    found = await tx.execute(
        _ROWS.where(recommendations.c.guild_id == guild_id, recommendations.c.reference == reference)
    )
    row = found.one_or_none()
    return None if row is None else _row(row)


async def by_nonce(tx: AsyncConnection, author_id: str, nonce: str) -> RecRow | None:
    """What this person's submission of that nonce became, if it arrived before."""
    found = await tx.execute(
        _ROWS.where(recommendations.c.author_id == author_id, recommendations.c.nonce == nonce)
    )
    row = found.one_or_none()
    return None if row is None else _row(row)


async def every(tx: AsyncConnection, guild_id: int, wanted: Filter) -> AsyncIterator[list[RecRow]]:
    """All recommendations that match, by event, theme and number.

    In pieces, so that reading very many lets other acts through in between.
    """
    found = await tx.stream(
        _filtered(_ROWS, guild_id, wanted).order_by(
            recommendations.c.event, recommendations.c.theme, recommendations.c.number
        )
    )
    async for part in found.partitions(_PIECE):
        yield [_row(row) for row in part]


async def count(tx: AsyncConnection, guild_id: int, wanted: Filter) -> int:
    """How many recommendations match."""
    counting = select(func.count()).select_from(recommendations)
    return int((await tx.execute(_filtered(counting, guild_id, wanted))).scalar_one())


async def page(
    tx: AsyncConnection, guild_id: int, wanted: Filter, limit: int, offset: int, typed: str = ""
) -> tuple[list[RecRow], int]:
    """One page of what matches, by theme and number, and how many match in all.

    `typed` is what somebody searches for; a search counts and shows at most `search.MOST_FOUND`.
    """
    order = (recommendations.c.theme, recommendations.c.number)
    ids = _filtered(select(recommendations.c.id), guild_id, wanted)
    if typed:
        found = await search.narrowing(tx, guild_id, typed)
        counted = ids.where(found.counted).limit(search.MOST_FOUND if found.common else None)
        ids = ids.where(found.paged)
        offset = min(offset, search.MOST_FOUND - 1)
        limit = min(limit, search.MOST_FOUND - offset)
    else:
        counted = ids
    # Both at once: what they search through is in the store's memory only for a moment.
    total = select(func.count()).select_from(counted.subquery()).scalar_subquery()
    chosen = ids.order_by(*order).limit(limit).offset(offset).subquery()
    rows = (
        await tx.execute(
            _ROWS.add_columns(total.label("total"))
            .where(recommendations.c.id.in_(select(chosen.c.id)))
            .order_by(*order)
        )
    ).all()
    if rows:
        return [_row(row) for row in rows], rows[0].total
    return [], int((await tx.execute(select(total))).scalar_one()) if offset else 0


async def newest_of(
    tx: AsyncConnection, guild_id: int, author_id: str, limit: int, offset: int
) -> tuple[list[RecRow], int]:
    """One page of a person's recommendations, newest first, and how many there are."""
    wanted = Filter(author_id=author_id)
    newest = _filtered(_ROWS, guild_id, wanted).order_by(recommendations.c.id.desc())
    found = await tx.execute(newest.limit(limit).offset(offset))
    return [_row(row) for row in found], await count(tx, guild_id, wanted)


async def by_ids(tx: AsyncConnection, ids: Sequence[int]) -> list[RecRow]:
    """The recommendations with these ids, in their order."""
    if not ids:
        return []
    found = {row.id: _row(row) for row in await tx.execute(_ROWS.where(recommendations.c.id.in_(ids)))}
    return [found[one] for one in ids if one in found]


async def titles(
    tx: AsyncConnection, guild_id: int, prefix: str, typed: str, limit: int
) -> list[tuple[str, str]]:
    """References with titles: first those that begin with `prefix`, then those that `typed` finds.

    Either may be empty; with both empty they are the first by theme and number.
    """
    columns = (
        select(recommendations.c.reference, versions.c.title)
        .join_from(recommendations, versions, _CURRENT)
        .where(recommendations.c.guild_id == guild_id)
        .order_by(recommendations.c.theme, recommendations.c.number)
        .limit(limit)
    )
    found: dict[str, str] = {}
    if prefix or not typed:
        begins = columns.where(_begun(prefix)) if prefix else columns
        found = {reference: title for reference, title in await tx.execute(begins)}  # noqa: C416 - rows are no pairs to mypy
    if typed and len(found) < limit:
        contains = columns.where((await search.narrowing(tx, guild_id, typed)).paged)
        for reference, title in await tx.execute(contains):
            found.setdefault(reference, title)
    return list(found.items())[:limit]


def _begun(prefix: str) -> ColumnElement[bool]:
    """Whether a reference begins so; the bounds let the index find them, however texts are sorted."""
    first = prefix.rstrip("-")
    if not _BEGINNING.fullmatch(prefix):
        return false()
    after = first[:-1] + chr(ord(first[-1]) + 1)
    return and_(
        recommendations.c.reference >= first,
        recommendations.c.reference < after,
        recommendations.c.reference.startswith(prefix, autoescape=True),
    )


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
    mine = recommendations.c.guild_id == guild_id
    used: dict[str, set[str]] = {"theme": set(), "event": set()}
    for kind, code in await tx.execute(
        union_all(themes.where(mine).distinct(), events.where(mine).distinct())
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
