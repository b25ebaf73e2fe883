"""The record of arguments: what was said for or against a recommendation, asked, shown or reserved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Stance
from storage.schema import contributions, people


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """A contribution; it counts while it is neither withdrawn nor set aside.

    `link` leads to the chat message it was taken from; `constituency` is for whom its author spoke.
    """

    id: int
    recommendation_id: int
    number: int
    stance: Stance
    text: str
    link: str | None
    person_id: str
    person_name: str
    constituency: str | None
    added_by: str
    at: datetime
    withdrawn_at: datetime | None
    set_aside_at: datetime | None
    set_aside_reason: str

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None and self.set_aside_at is None


_STANDING = contributions.c.withdrawn_at.is_(None) & contributions.c.set_aside_at.is_(None)
_ROWS: Select[Any] = select(contributions, people.c.name.label("person_name")).join(
    people, people.c.id == contributions.c.person_id
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
    found = await tx.execute(
        _ROWS.where(contributions.c.recommendation_id == recommendation_id, contributions.c.number == number)
    )
    row = found.one_or_none()
    return None if row is None else _row(row)


async def by_nonce(tx: AsyncConnection, added_by: str, nonce: str) -> ContributionRow | None:
    """What this person's submission of that nonce became, if it arrived before."""
    found = await tx.execute(
        _ROWS.where(contributions.c.added_by == added_by, contributions.c.nonce == nonce)
    )
    row = found.one_or_none()
    return None if row is None else _row(row)


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
    await tx.execute(
        update(contributions).where(contributions.c.id == contribution_id).values(withdrawn_at=at)
    )


async def set_aside(tx: AsyncConnection, contribution_id: int, by: str, reason: str, at: datetime) -> None:
    await tx.execute(
        update(contributions)
        .where(contributions.c.id == contribution_id)
        .values(set_aside_at=at, set_aside_by=by, set_aside_reason=reason)
    )
