"""Lists of recommendations: what matches a filter or a search, in pages, in pieces, or as suggestions."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import State
from seminar.paper import WHOLE
from storage import search
from storage.recommendations import ROWS, RecRow, row_of
from storage.schema import ballot_items, recommendations, versions, votes
from storage.versions import CURRENT

_PIECE = 100
_BEGINNING = re.compile("[A-Z0-9]+(-[0-9]*)?")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which recommendations to list: of the event where they were proposed, or, `forwarded`, of the
    conference they were forwarded to. `room` names the event that deals with them now, whichever of the
    two that is.

    `unvoted` asks for those that somebody has not voted on yet, by the ballots that are open to them
    with what stands for them there.
    """

    event: str | None = None
    theme: str | None = None
    state: State | None = None
    author_id: str | None = None
    unvoted: Collection[tuple[int, str]] | None = None
    forwarded: bool = False
    room: str | None = None


def _filtered(query: Select[Any], guild_id: int, wanted: Filter) -> Select[Any]:
    query = query.where(recommendations.c.guild_id == guild_id)
    for column, value in (
        (recommendations.c.conference if wanted.forwarded else recommendations.c.event, wanted.event),
        (recommendations.c.theme, wanted.theme),
        (recommendations.c.state, None if wanted.state is None else wanted.state.value),
        (recommendations.c.author_id, wanted.author_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.room is not None:
        proposed = recommendations.c.conference.is_(None) & (recommendations.c.event == wanted.room)
        query = query.where(proposed | (recommendations.c.conference == wanted.room))
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


async def every(tx: AsyncConnection, guild_id: int, wanted: Filter) -> AsyncIterator[list[RecRow]]:
    """All recommendations that match, by event, theme and number.

    In pieces, so that reading very many lets other acts through in between.
    """
    found = await tx.stream(
        _filtered(ROWS, guild_id, wanted).order_by(
            recommendations.c.event, recommendations.c.theme, recommendations.c.number
        )
    )
    async for part in found.partitions(_PIECE):
        yield [row_of(row) for row in part]


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
            ROWS.add_columns(total.label("total"))
            .where(recommendations.c.id.in_(select(chosen.c.id)))
            .order_by(*order)
        )
    ).all()
    if rows:
        return [row_of(row) for row in rows], rows[0].total
    return [], int((await tx.execute(select(total))).scalar_one()) if offset else 0


async def newest_of(
    tx: AsyncConnection, guild_id: int, author_id: str, limit: int, offset: int
) -> tuple[list[RecRow], int]:
    """One page of a person's recommendations, newest first, and how many there are."""
    wanted = Filter(author_id=author_id)
    newest = _filtered(ROWS, guild_id, wanted).order_by(recommendations.c.id.desc())
    found = await tx.execute(newest.limit(limit).offset(offset))
    return [row_of(row) for row in found], await count(tx, guild_id, wanted)


async def titles(
    tx: AsyncConnection, guild_id: int, prefix: str, typed: str, limit: int
) -> list[tuple[str, str]]:
    """References with titles: first those that begin with `prefix`, then those that `typed` finds.

    Either may be empty; with both empty they are the first by theme and number.
    """
    columns = (
        select(recommendations.c.reference, versions.c.title)
        .join_from(recommendations, versions, CURRENT)
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
