"""Amendments: another wording of a recommendation, its revisions, and who seconds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import AmendmentStatus
from seminar.wording import Wording
from storage.schema import amendment_seconds, amendment_texts, amendments, people, registrations
from storage.schema.base import MOST_NUMBER


@dataclass(frozen=True, slots=True)
class AmendmentRow:
    """An amendment in its current revision, which changes version `base_version`.

    `decision` is the reason given for accepting or rejecting it, `version` what it became. The author's
    details are as they are registered now; `revised_by` is whose the current revision is, `reason` why
    they ask for it.
    """

    id: int
    recommendation_id: int
    number: int
    author_id: str
    author_name: str
    author_organisation: str | None
    author_constituency: str | None
    status: AmendmentStatus
    conflicting: bool
    revision: int
    seconds: int
    created_at: datetime
    decided_at: datetime | None
    decision: str
    version: int | None
    base_version: int
    wording: Wording
    reason: str
    revised_by: str
    revised_at: datetime


_ROWS: Select[Any] = (
    select(
        amendments,
        people.c.name.label("author_name"),
        registrations.c.organisation.label("author_organisation"),
        registrations.c.constituency.label("author_constituency"),
        amendment_texts.c.base_version,
        amendment_texts.c.title,
        amendment_texts.c.text,
        amendment_texts.c.rationale,
        amendment_texts.c.addressees,
        amendment_texts.c.reason.label("asked"),
        amendment_texts.c.author_id.label("revised_by"),
        amendment_texts.c.created_at.label("revised_at"),
    )
    .join_from(
        amendments,
        amendment_texts,
        and_(
            amendment_texts.c.amendment_id == amendments.c.id,
            amendment_texts.c.revision == amendments.c.revision,
        ),
    )
    .join(people, people.c.id == amendments.c.author_id)
    .outerjoin(registrations, registrations.c.person_id == amendments.c.author_id)
)


def _row(row: Row[Any]) -> AmendmentRow:
    return AmendmentRow(
        id=row.id,
        recommendation_id=row.recommendation_id,
        number=row.number,
        author_id=row.author_id,
        author_name=row.author_name,
        author_organisation=row.author_organisation,
        author_constituency=row.author_constituency,
        status=AmendmentStatus(row.status),
        conflicting=row.conflicting,
        revision=row.revision,
        seconds=row.seconds,
        created_at=row.created_at,
        decided_at=row.decided_at,
        decision=row.reason,
        version=row.version,
        base_version=row.base_version,
        wording=Wording(row.title, row.text, row.rationale, tuple(row.addressees)),
        reason=row.asked,
        revised_by=row.revised_by,
        revised_at=row.revised_at,
    )


async def of(
    tx: AsyncConnection, recommendation_ids: Iterable[int], status: AmendmentStatus | None = None
) -> list[AmendmentRow]:
    """The amendments of the given recommendations, by recommendation and number."""
    query = _ROWS.where(amendments.c.recommendation_id.in_(list(recommendation_ids)))
    if status is not None:
        query = query.where(amendments.c.status == status.value)
    found = await tx.execute(query.order_by(amendments.c.recommendation_id, amendments.c.number))
    return [_row(row) for row in found]


async def get(tx: AsyncConnection, recommendation_id: int, number: int) -> AmendmentRow | None:
    """The amendment of that number to the recommendation; None for a number of nothing."""
    if not 0 < number <= MOST_NUMBER:
        return None
    return await _one(
        tx, _ROWS.where(amendments.c.recommendation_id == recommendation_id, amendments.c.number == number)
    )


async def _one(tx: AsyncConnection, query: Select[Any]) -> AmendmentRow | None:
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _row(row)


async def by_nonce(tx: AsyncConnection, author_id: str, nonce: str) -> AmendmentRow | None:
    """What this person's submission of that nonce became, if it arrived before."""
    return await _one(tx, _ROWS.where(amendments.c.author_id == author_id, amendments.c.nonce == nonce))


async def open_counts(tx: AsyncConnection, recommendation_ids: Iterable[int]) -> dict[int, int]:
    """How many amendments are open, of those of the given recommendations that have some."""
    found = await tx.execute(
        select(amendments.c.recommendation_id, func.count().label("open"))
        .where(
            amendments.c.recommendation_id.in_(list(recommendation_ids)),
            amendments.c.status == AmendmentStatus.OPEN.value,
        )
        .group_by(amendments.c.recommendation_id)
    )
    return {row.recommendation_id: row.open for row in found}


async def seconds_of_earlier_texts(tx: AsyncConnection, amendment_ids: Iterable[int]) -> dict[int, int]:
    """How many seconded each of these before its current revision, where anybody did."""
    found = await tx.execute(
        select(amendments.c.id, func.count().label("number"))
        .join_from(amendments, amendment_seconds, amendment_seconds.c.amendment_id == amendments.c.id)
        .join(
            amendment_texts,
            and_(
                amendment_texts.c.amendment_id == amendments.c.id,
                amendment_texts.c.revision == amendments.c.revision,
            ),
        )
        .where(
            amendments.c.id.in_(list(amendment_ids)),
            amendments.c.revision > 1,
            amendment_seconds.c.at < amendment_texts.c.created_at,
        )
        .group_by(amendments.c.id)
    )
    return {row.id: row.number for row in found}


async def add(
    tx: AsyncConnection,
    guild_id: int,
    recommendation_id: int,
    base_version: int,
    wording: Wording,
    reason: str,
    author_id: str,
    nonce: str | None,
    at: datetime,
) -> int:
    """Store a new amendment, and answer its number within the recommendation."""
    number = 1 + (
        await tx.scalar(
            select(func.count())
            .select_from(amendments)
            .where(amendments.c.recommendation_id == recommendation_id)
        )
        or 0
    )
    added = await tx.execute(
        insert(amendments)
        .values(
            guild_id=guild_id,
            recommendation_id=recommendation_id,
            number=number,
            author_id=author_id,
            status=AmendmentStatus.OPEN.value,
            conflicting=False,
            revision=1,
            seconds=0,
            nonce=nonce,
            created_at=at,
            reason="",
        )
        .returning(amendments.c.id)
    )
    await _add_text(tx, cast("int", added.scalar_one()), 1, base_version, wording, reason, author_id, at)
    return number


async def rework(
    tx: AsyncConnection,
    row: AmendmentRow,
    base_version: int,
    wording: Wording,
    reason: str,
    author_id: str,
    at: datetime,
) -> None:
    """Give it a new revision, which changes version `base_version` and is in conflict with nothing."""
    revision = row.revision + 1
    await _add_text(tx, row.id, revision, base_version, wording, reason, author_id, at)
    await tx.execute(
        update(amendments).where(amendments.c.id == row.id).values(revision=revision, conflicting=False)
    )


async def _add_text(
    tx: AsyncConnection,
    amendment_id: int,
    revision: int,
    base_version: int,
    wording: Wording,
    reason: str,
    author_id: str,
    at: datetime,
) -> None:
    await tx.execute(
        insert(amendment_texts).values(
            amendment_id=amendment_id,
            revision=revision,
            base_version=base_version,
            title=wording.title,
            text=wording.text,
            rationale=wording.rationale,
            addressees=list(wording.addressees),
            reason=reason,
            author_id=author_id,
            created_at=at,
        )
    )


async def mark_conflicting(tx: AsyncConnection, amendment_ids: Iterable[int], conflicting: bool) -> None:
    """Say of them whether they touch words that have changed since they were asked for."""
    wanted = list(amendment_ids)
    if wanted:
        await tx.execute(
            update(amendments).where(amendments.c.id.in_(wanted)).values(conflicting=conflicting)
        )


async def decide(
    tx: AsyncConnection,
    amendment_id: int,
    status: AmendmentStatus,
    by: str,
    reason: str,
    at: datetime,
    version: int | None = None,
) -> None:
    """End it: accepted as `version`, rejected, or withdrawn."""
    await tx.execute(
        update(amendments)
        .where(amendments.c.id == amendment_id)
        .values(
            status=status.value,
            conflicting=False,
            decided_at=at,
            decided_by=by,
            reason=reason,
            version=version,
        )
    )


async def add_second(tx: AsyncConnection, amendment_id: int, person_id: str, at: datetime) -> bool:
    """Record that a person seconds it, and count it; False if they did before."""
    mine = and_(amendment_seconds.c.amendment_id == amendment_id, amendment_seconds.c.person_id == person_id)
    if (await tx.execute(select(amendment_seconds.c.at).where(mine))).first() is not None:
        return False
    await tx.execute(insert(amendment_seconds).values(amendment_id=amendment_id, person_id=person_id, at=at))
    await tx.execute(
        update(amendments).where(amendments.c.id == amendment_id).values(seconds=amendments.c.seconds + 1)
    )
    return True
