"""The record of arguments: what was said for or against a recommendation, asked, shown or reserved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import ArgumentStatus, Stance
from storage.schema import contributions, people, registrations
from storage.schema.base import MOST_NUMBER


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """A contribution; it counts while it is neither withdrawn nor set aside.

    `link` leads to the chat message it was taken from; `constituency` is for whom its author spoke
    then, `person_organisation` where they are registered now.
    """

    id: int
    recommendation_id: int
    number: int
    stance: Stance
    text: str
    link: str | None
    person_id: str
    person_name: str
    person_organisation: str | None
    constituency: str | None
    added_by: str
    at: datetime
    withdrawn_at: datetime | None
    set_aside_at: datetime | None
    set_aside_reason: str

    @property
    def status(self) -> ArgumentStatus:
        """Withdrawn wins over set aside: its author has the last word on it."""
        if self.withdrawn_at is not None:
            return ArgumentStatus.WITHDRAWN
        return ArgumentStatus.STANDS if self.set_aside_at is None else ArgumentStatus.SET_ASIDE


Part: TypeAlias = tuple[ArgumentStatus, Stance]
"""Contributions of one stance that stand, were withdrawn or set aside."""

_STANDING = contributions.c.withdrawn_at.is_(None) & contributions.c.set_aside_at.is_(None)
# Spelled out: PostgreSQL takes an expression with parameters for another one where it is grouped by.
_STATUS: ColumnElement[str] = case(
    (contributions.c.withdrawn_at.is_not(None), literal_column(f"'{ArgumentStatus.WITHDRAWN.value}'")),
    (contributions.c.set_aside_at.is_not(None), literal_column(f"'{ArgumentStatus.SET_ASIDE.value}'")),
    else_=literal_column(f"'{ArgumentStatus.STANDS.value}'"),
)
_ROWS: Select[Any] = (
    select(
        contributions,
        people.c.name.label("person_name"),
        registrations.c.organisation.label("person_organisation"),
    )
    .join_from(contributions, people, people.c.id == contributions.c.person_id)
    .outerjoin(registrations, registrations.c.person_id == contributions.c.person_id)
)


def _row(row: Row[Any]) -> ContributionRow:
    return ContributionRow(
        id=row.id,
        recommendation_id=row.recommendation_id,
        number=row.number,
        stance=Stance(row.stance),
        text=row.text,
        link=row.link,
        person_id=row.person_id,
        person_name=row.person_name,
        person_organisation=row.person_organisation,
        constituency=row.constituency,
        added_by=row.added_by,
        at=row.at,
        withdrawn_at=row.withdrawn_at,
        set_aside_at=row.set_aside_at,
        set_aside_reason=row.set_aside_reason,
    )


async def of(tx: AsyncConnection, recommendation_ids: Iterable[int]) -> list[ContributionRow]:
    """All contributions to the given recommendations, by recommendation and number."""
    found = await tx.execute(
        _ROWS.where(contributions.c.recommendation_id.in_(list(recommendation_ids))).order_by(
            contributions.c.recommendation_id, contributions.c.number
        )
    )
    return [_row(row) for row in found]


async def get(tx: AsyncConnection, recommendation_id: int, number: int) -> ContributionRow | None:
    """The argument of that number on the recommendation's record; None for a number of nothing."""
    if not 0 < number <= MOST_NUMBER:
        return None
    return await _one(
        tx,
        _ROWS.where(contributions.c.recommendation_id == recommendation_id, contributions.c.number == number),
    )


async def _one(tx: AsyncConnection, query: Select[Any]) -> ContributionRow | None:
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _row(row)


async def by_nonce(tx: AsyncConnection, added_by: str, nonce: str) -> ContributionRow | None:
    """What this person's submission of that nonce became, if it arrived before."""
    return await _one(tx, _ROWS.where(contributions.c.added_by == added_by, contributions.c.nonce == nonce))


async def alike(
    tx: AsyncConnection, recommendation_id: int, person_id: str, stance: Stance, text: str
) -> ContributionRow | None:
    """What this person has said on it before in the same words, unless they took it back."""
    return await _one(
        tx,
        _ROWS.where(
            contributions.c.recommendation_id == recommendation_id,
            contributions.c.person_id == person_id,
            contributions.c.stance == stance.value,
            contributions.c.text == text,
            contributions.c.withdrawn_at.is_(None),
        ).limit(1),
    )


async def page(
    tx: AsyncConnection, recommendation_id: int, limit: int, offset: int
) -> tuple[list[ContributionRow], int]:
    """Some of a recommendation's contributions, by number, and how many there are."""
    mine = contributions.c.recommendation_id == recommendation_id
    found = await tx.execute(_ROWS.where(mine).order_by(contributions.c.number).limit(limit).offset(offset))
    total = await tx.scalar(select(func.count()).select_from(contributions).where(mine))
    return [_row(row) for row in found], total or 0


async def newest(tx: AsyncConnection, recommendation_id: int, most: int) -> list[ContributionRow]:
    """The newest ones, at most `most` of each stance and status, newest first."""
    place = func.row_number().over(
        partition_by=(contributions.c.stance, _STATUS), order_by=contributions.c.number.desc()
    )
    placed = (
        select(contributions.c.id, place.label("place"))
        .where(contributions.c.recommendation_id == recommendation_id)
        .subquery()
    )
    chosen = _ROWS.join(placed, and_(placed.c.id == contributions.c.id, placed.c.place <= most))
    found = await tx.execute(chosen.order_by(contributions.c.number.desc()))
    return [_row(row) for row in found]


async def parts(tx: AsyncConnection, recommendation_id: int) -> dict[Part, int]:
    """How many contributions to one recommendation there are of each status and stance."""
    status = _STATUS.label("status")
    found = await tx.execute(
        select(status, contributions.c.stance, func.count().label("number"))
        .where(contributions.c.recommendation_id == recommendation_id)
        .group_by(status, contributions.c.stance)
    )
    return {(ArgumentStatus(row.status), Stance(row.stance)): row.number for row in found}


async def fitting(
    tx: AsyncConnection, recommendation_id: int, limit: int, *, person_id: str | None = None
) -> list[ContributionRow]:
    """The newest that can still be set aside; with `person_id`, that this person can still withdraw."""
    query = _ROWS.where(contributions.c.recommendation_id == recommendation_id)
    if person_id is None:
        query = query.where(_STANDING)
    else:
        query = query.where(contributions.c.person_id == person_id, contributions.c.withdrawn_at.is_(None))
    found = await tx.execute(query.order_by(contributions.c.number.desc()).limit(limit))
    return [_row(row) for row in found]


async def counts(tx: AsyncConnection, recommendation_ids: Iterable[int]) -> dict[int, dict[Stance, int]]:
    """How many contributions of each stance stand, of the given recommendations that have some."""
    found = await tx.execute(
        select(contributions.c.recommendation_id, contributions.c.stance, func.count())
        .where(contributions.c.recommendation_id.in_(list(recommendation_ids)), _STANDING)
        .group_by(contributions.c.recommendation_id, contributions.c.stance)
    )
    counted: dict[int, dict[Stance, int]] = {}
    for recommendation_id, stance, number in found:
        counted.setdefault(recommendation_id, {})[Stance(stance)] = number
    return counted


async def add(
    tx: AsyncConnection,
    guild_id: int,
    recommendation_id: int,
    *,
    stance: Stance,
    text: str,
    link: str | None,
    person_id: str,
    constituency: str | None,
    added_by: str,
    nonce: str | None,
    at: datetime,
) -> int:
    """Put one on the record, and answer its number within the recommendation."""
    number = 1 + (
        await tx.scalar(
            select(func.count())
            .select_from(contributions)
            .where(contributions.c.recommendation_id == recommendation_id)
        )
        or 0
    )
    await tx.execute(
        insert(contributions).values(
            guild_id=guild_id,
            recommendation_id=recommendation_id,
            number=number,
            stance=stance.value,
            text=text,
            link=link,
            person_id=person_id,
            constituency=constituency,
            added_by=added_by,
            nonce=nonce,
            at=at,
            set_aside_reason="",
        )
    )
    return number


async def withdraw(tx: AsyncConnection, contribution_id: int, at: datetime) -> None:
    """Mark it as taken back by its author."""
    await tx.execute(
        update(contributions).where(contributions.c.id == contribution_id).values(withdrawn_at=at)
    )


async def set_aside(tx: AsyncConnection, contribution_id: int, by: str, reason: str, at: datetime) -> None:
    """Mark it as set aside by the person of the id `by`."""
    await tx.execute(
        update(contributions)
        .where(contributions.c.id == contribution_id)
        .values(set_aside_at=at, set_aside_by=by, set_aside_reason=reason)
    )
