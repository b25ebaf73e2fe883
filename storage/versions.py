"""The texts of a recommendation, each a version that stays: whose words, who decided, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Change
from seminar.wording import Wording
from storage.schema import people, recommendations, registrations, versions
from storage.schema.base import MOST_NUMBER

CURRENT = and_(
    versions.c.recommendation_id == recommendations.c.id, versions.c.number == recommendations.c.version
)
"""Joins a recommendation with the version that is its text now."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """`author_id` is whose words it is; `decided_by` who made them the text, None for the author.

    `amendment` is the number of the amendment it comes from. The author's details are as they are
    registered now.
    """

    recommendation_id: int
    number: int
    wording: Wording
    author_id: str
    author_name: str
    author_organisation: str | None
    author_constituency: str | None
    created_at: datetime
    change: Change
    reason: str
    decided_by: str | None
    amendment: int | None


_SELECT: Select[Any] = (
    select(
        versions,
        people.c.name.label("author_name"),
        registrations.c.organisation.label("author_organisation"),
        registrations.c.constituency.label("author_constituency"),
    )
    .join_from(versions, people, people.c.id == versions.c.author_id)
    .outerjoin(registrations, registrations.c.person_id == versions.c.author_id)
)


def _version(row: Row[Any]) -> VersionRow:
    return VersionRow(
        recommendation_id=row.recommendation_id,
        number=row.number,
        wording=Wording(row.title, row.text, row.rationale, tuple(row.addressees)),
        author_id=row.author_id,
        author_name=row.author_name,
        author_organisation=row.author_organisation,
        author_constituency=row.author_constituency,
        created_at=row.created_at,
        change=Change(row.change),
        reason=row.reason,
        decided_by=row.decided_by,
        amendment=row.amendment,
    )


async def add(
    tx: AsyncConnection,
    recommendation_id: int,
    number: int,
    wording: Wording,
    author_id: str,
    at: datetime,
    *,
    change: Change = Change.ORIGINAL,
    reason: str = "",
    decided_by: str | None = None,
    amendment: int | None = None,
) -> None:
    await tx.execute(
        insert(versions).values(
            recommendation_id=recommendation_id,
            number=number,
            title=wording.title,
            text=wording.text,
            rationale=wording.rationale,
            addressees=list(wording.addressees),
            author_id=author_id,
            created_at=at,
            change=change.value,
            reason=reason,
            decided_by=decided_by,
            amendment=amendment,
        )
    )


async def of(tx: AsyncConnection, recommendation_ids: Iterable[int]) -> list[VersionRow]:
    """Every version of the given recommendations, by recommendation and number."""
    found = await tx.execute(
        _SELECT.where(versions.c.recommendation_id.in_(list(recommendation_ids))).order_by(
            versions.c.recommendation_id, versions.c.number
        )
    )
    return [_version(row) for row in found]


async def numbered(
    tx: AsyncConnection, recommendation_id: int, numbers: Iterable[int]
) -> dict[int, VersionRow]:
    """Those of a recommendation's versions that have one of these numbers, by number."""
    wanted = {number for number in numbers if 0 < number <= MOST_NUMBER}
    found = await tx.execute(
        _SELECT.where(
            versions.c.recommendation_id == recommendation_id, versions.c.number.in_(wanted)
        ).order_by(versions.c.number)
    )
    return {row.number: _version(row) for row in found}
