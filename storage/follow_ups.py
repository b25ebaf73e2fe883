"""The follow-up: its rows with the recommendations they are about, and every state they were in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.follow_up import Acceptance, Content, Implementation, Source, closed
from seminar.follow_up_overview import Standing
from seminar.model import State
from storage.bulk import in_pieces
from storage.schema import (
    conference_items,
    follow_up_changes,
    follow_ups,
    people,
    recommendations,
    registrations,
    versions,
)
from storage.versions import CURRENT

_ENDED = tuple(one.value for one in Implementation if closed(one))
_PIECE = 500


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """One row. `entity` is whom it was opened for, `number` counts from 1 within recommendation and entity.

    `revision` grows by one with each change. `final` is the number of the recommendation's final text.
    """

    id: int
    recommendation_id: int
    reference: str
    title: str
    theme: str
    event: str
    state: State
    final: int | None
    entity: str
    number: int
    content: Content
    revision: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Setter:
    """Who brought a row into its present state, and by which way; without a person for the command line."""

    source: Source
    person_id: str | None
    user_id: int | None
    name: str
    organisation: str | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One state that a row was in, and who brought it there."""

    revision: int
    content: Content
    at: datetime
    by: Setter


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of these entities (as rows keep them), of one recommendation, overdue on a day, due from
    one day to another (both included) and not closed.
    """

    entities: Collection[str] | None = None
    recommendation_id: int | None = None
    overdue_on: date | None = None
    due: tuple[date, date] | None = None


_ROWS: Select[Any] = (
    select(
        follow_ups,
        recommendations.c.reference,
        recommendations.c.theme,
        recommendations.c.event,
        recommendations.c.state,
        versions.c.title,
        conference_items.c.number.label("final"),
    )
    .join_from(follow_ups, recommendations, recommendations.c.id == follow_ups.c.recommendation_id)
    .join(versions, CURRENT)
    .outerjoin(conference_items, conference_items.c.recommendation_id == follow_ups.c.recommendation_id)
)
_ORDER = (recommendations.c.theme, recommendations.c.number, follow_ups.c.entity, follow_ups.c.number)
_SETTER = (
    follow_up_changes.c.follow_up_id,
    follow_up_changes.c.revision,
    follow_up_changes.c.content,
    follow_up_changes.c.source,
    follow_up_changes.c.person_id,
    follow_up_changes.c.at,
    people.c.user_id,
    people.c.name,
    registrations.c.organisation,
)


def _row(row: Row[Any]) -> FollowUpRow:
    return FollowUpRow(
        id=row.id,
        recommendation_id=row.recommendation_id,
        reference=row.reference,
        title=row.title,
        theme=row.theme,
        event=row.event,
        state=State(row.state),
        final=row.final,
        entity=row.entity,
        number=row.number,
        content=Content.of_json(dict(row._mapping)),
        revision=row.revision,
        updated_at=row.updated_at,
    )


def _overdue(on: date) -> ColumnElement[bool]:
    return and_(follow_ups.c.due_on < on.isoformat(), follow_ups.c.implementation.not_in(_ENDED))


def _narrowed(query: Select[Any], guild_id: int, wanted: Wanted) -> Select[Any]:
    query = query.where(follow_ups.c.guild_id == guild_id)
    if wanted.entities is not None:
        query = query.where(follow_ups.c.entity.in_(list(wanted.entities)))
    if wanted.recommendation_id is not None:
        query = query.where(follow_ups.c.recommendation_id == wanted.recommendation_id)
    if wanted.overdue_on is not None:
        query = query.where(_overdue(wanted.overdue_on))
    if wanted.due is not None:
        first, last = wanted.due
        query = query.where(
            follow_ups.c.due_on.between(first.isoformat(), last.isoformat()),
            follow_ups.c.implementation.not_in(_ENDED),
        )
    return query


async def every(tx: AsyncConnection, guild_id: int, wanted: Wanted) -> list[FollowUpRow]:
    """All rows that are wanted, by theme, number of the recommendation, entity and action."""
    return [_row(row) for row in await tx.execute(_narrowed(_ROWS, guild_id, wanted).order_by(*_ORDER))]


async def page(
    tx: AsyncConnection, guild_id: int, wanted: Wanted, limit: int, offset: int
) -> tuple[list[FollowUpRow], int]:
    """Some of them, and how many there are in all."""
    found = await tx.execute(_narrowed(_ROWS, guild_id, wanted).order_by(*_ORDER).limit(limit).offset(offset))
    return [_row(row) for row in found], await count(tx, guild_id, wanted)


async def count(tx: AsyncConnection, guild_id: int, wanted: Wanted) -> int:
    """How many rows are wanted."""
    counting = select(func.count()).select_from(follow_ups)
    return int((await tx.execute(_narrowed(counting, guild_id, wanted))).scalar_one())


async def by_ids(tx: AsyncConnection, guild_id: int, ids: Iterable[int]) -> dict[int, FollowUpRow]:
    """Rows of one server by their ids; what is not there is left out."""
    found: dict[int, FollowUpRow] = {}
    for piece in _pieces(sorted(set(ids))):
        query = _ROWS.where(follow_ups.c.guild_id == guild_id, follow_ups.c.id.in_(piece))
        found |= {row.id: _row(row) for row in await tx.execute(query)}
    return found


async def of(tx: AsyncConnection, recommendation_ids: Iterable[int]) -> dict[int, list[FollowUpRow]]:
    """The rows of recommendations, by their ids, in order of entity and action."""
    found: dict[int, list[FollowUpRow]] = {}
    for piece in _pieces(sorted(set(recommendation_ids))):
        query = _ROWS.where(follow_ups.c.recommendation_id.in_(piece)).order_by(*_ORDER)
        for row in await tx.execute(query):
            found.setdefault(row.recommendation_id, []).append(_row(row))
    return found


async def entities(tx: AsyncConnection, guild_id: int) -> tuple[str, ...]:
    """Everybody who has rows, as they keep them."""
    query = select(follow_ups.c.entity).where(follow_ups.c.guild_id == guild_id).distinct()
    return tuple(sorted(await tx.scalars(query)))


async def standings(tx: AsyncConnection, guild_id: int, today: date) -> list[Standing]:
    """How many rows of whom stand how; `today` is the day by which they are overdue."""
    # In two steps: to group by an expression with a value in it, it would have to be the same value twice.
    rows = (
        select(
            follow_ups.c.entity,
            follow_ups.c.acceptance,
            follow_ups.c.implementation,
            follow_ups.c.verified,
            case((_overdue(today), 1), else_=0).label("overdue"),
        )
        .where(follow_ups.c.guild_id == guild_id)
        .subquery()
    )
    columns = list(rows.c)
    query: Select[Any] = select(*columns, func.count()).group_by(*columns).order_by(rows.c.entity)
    return [
        Standing(entity, Acceptance(acceptance), Implementation(state), bool(verified), bool(late), number)
        for entity, acceptance, state, verified, late, number in await tx.execute(query)
    ]


async def changes(tx: AsyncConnection, follow_up_id: int) -> list[ChangeRow]:
    """Every state a row was in, the latest first."""
    query = _changes().where(follow_up_changes.c.follow_up_id == follow_up_id)
    found = await tx.execute(query.order_by(follow_up_changes.c.revision.desc()))
    return [_change(row) for row in found]


async def setters(tx: AsyncConnection, guild_id: int) -> dict[int, Setter]:
    """Who brought each row of a server into its present state, by the row's id."""
    query = _changes().join(
        follow_ups,
        and_(
            follow_ups.c.id == follow_up_changes.c.follow_up_id,
            follow_ups.c.revision == follow_up_changes.c.revision,
        ),
    )
    found = await tx.execute(query.where(follow_ups.c.guild_id == guild_id))
    return {row.follow_up_id: _change(row).by for row in found}


async def states(tx: AsyncConnection, revisions: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Content]:
    """What rows said at some time, by id and revision; what never was is left out."""
    wanted = sorted(set(revisions))
    found: dict[tuple[int, int], Content] = {}
    for start in range(0, len(wanted), _PIECE):
        piece = wanted[start : start + _PIECE]
        query = select(
            follow_up_changes.c.follow_up_id, follow_up_changes.c.revision, follow_up_changes.c.content
        ).where(follow_up_changes.c.follow_up_id.in_([one for one, _ in piece]))
        held = set(piece)
        for follow_up_id, revision, content in await tx.execute(query):
            if (follow_up_id, revision) in held:
                found[follow_up_id, revision] = Content.of_json(content)
    return found


def _changes() -> Select[Any]:
    return (
        select(*_SETTER)
        .outerjoin_from(follow_up_changes, people, people.c.id == follow_up_changes.c.person_id)
        .outerjoin(registrations, registrations.c.person_id == follow_up_changes.c.person_id)
    )


def _change(row: Row[Any]) -> ChangeRow:
    by = Setter(Source(row.source), row.person_id, row.user_id, row.name or "", row.organisation)
    return ChangeRow(row.revision, Content.of_json(row.content), row.at, by)


async def add(
    tx: AsyncConnection,
    guild_id: int,
    recommendation_id: int,
    entity: str,
    number: int,
    content: Content,
    source: Source,
    person_id: str | None,
    at: datetime,
) -> int:
    """Open a row, and answer its id."""
    added = await tx.execute(
        insert(follow_ups)
        .values(
            guild_id=guild_id,
            recommendation_id=recommendation_id,
            entity=entity,
            number=number,
            revision=1,
            updated_at=at,
            **content.to_json(),
        )
        .returning(follow_ups.c.id)
    )
    follow_up_id = cast("int", added.scalar_one())
    await _remember(tx, [(follow_up_id, 1, content)], source, person_id, at)
    return follow_up_id


async def change_all(
    tx: AsyncConnection,
    changed: Sequence[tuple[int, int, Content]],
    source: Source,
    person_id: str | None,
    at: datetime,
) -> None:
    """Bring rows, by their ids, to a new revision that says this."""
    fields: dict[str, Any] = {name: bindparam(f"new_{name}") for name in Content.__slots__}
    statement = (
        update(follow_ups)
        .where(follow_ups.c.id == bindparam("of"))
        .values(revision=bindparam("new_revision"), updated_at=bindparam("new_at"), **fields)
    )
    await in_pieces(
        tx,
        statement,
        [
            {
                "of": follow_up_id,
                "new_revision": revision,
                "new_at": at,
                **{f"new_{name}": value for name, value in content.to_json().items()},
            }
            for follow_up_id, revision, content in changed
        ],
    )
    await _remember(tx, changed, source, person_id, at)


async def _remember(
    tx: AsyncConnection,
    changed: Sequence[tuple[int, int, Content]],
    source: Source,
    person_id: str | None,
    at: datetime,
) -> None:
    await in_pieces(
        tx,
        insert(follow_up_changes),
        [
            {
                "follow_up_id": follow_up_id,
                "revision": revision,
                "content": content.to_json(),
                "source": source.value,
                "person_id": person_id,
                "at": at,
            }
            for follow_up_id, revision, content in changed
        ],
    )


def _pieces(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _PIECE] for start in range(0, len(ids), _PIECE))
