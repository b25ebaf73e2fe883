"""What came from what: merges and splits as acts that can be undone, and the kinship they leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, cast

from sqlalchemy import CTE, ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Kinship, State
from seminar.references import sort_key
from storage.schema import lineage, recommendations, regroupings, seconds

Kind: TypeAlias = Literal["merge", "split"]

_LIVING = lineage.c.ended_at.is_(None) & (lineage.c.kind != Kinship.DERIVED.value)
"""Kinship by which one recommendation went into another, and which was not undone."""


class Ring(ValueError):
    """A recommendation would have come from itself."""


@dataclass(frozen=True, slots=True)
class RegroupingRow:
    """A merge into the recommendation, or its splitting.

    `version` was its current version right after, `version_before` right before.
    """

    id: int
    kind: Kind
    recommendation_id: int
    version: int
    version_before: int
    at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class KinRow:
    """One recommendation came from another. `state_before` is the predecessor's, before the act."""

    id: int
    predecessor_id: int
    predecessor: str
    """The reference."""
    successor_id: int
    successor: str
    kind: Kinship
    regrouping_id: int | None
    state_before: State | None
    ended_at: datetime | None


async def add_regrouping(
    tx: AsyncConnection,
    guild_id: int,
    kind: Kind,
    recommendation_id: int,
    *,
    version: int,
    version_before: int,
    person_id: str,
    reason: str,
    nonce: str | None,
    at: datetime,
) -> int:
    """Record a merge or a split, and answer its id."""
    added = await tx.execute(
        insert(regroupings)
        .values(
            guild_id=guild_id,
            kind=kind,
            recommendation_id=recommendation_id,
            version=version,
            version_before=version_before,
            person_id=person_id,
            reason=reason,
            nonce=nonce,
            at=at,
        )
        .returning(regroupings.c.id)
    )
    return cast("int", added.scalar_one())


async def regrouping(tx: AsyncConnection, guild_id: int, regrouping_id: int) -> RegroupingRow | None:
    """The merge or split of that id, undone or not, if it is this server's."""
    found = await tx.execute(
        select(*_REGROUPING).where(regroupings.c.guild_id == guild_id, regroupings.c.id == regrouping_id)
    )
    row = found.one_or_none()
    return None if row is None else RegroupingRow(*row)


async def by_nonce(tx: AsyncConnection, person_id: str, nonce: str) -> RegroupingRow | None:
    """What this person's submission of that nonce did, if it arrived before."""
    found = await tx.execute(
        select(*_REGROUPING).where(regroupings.c.person_id == person_id, regroupings.c.nonce == nonce)
    )
    row = found.one_or_none()
    return None if row is None else RegroupingRow(*row)


async def last_regrouping(tx: AsyncConnection, recommendation_id: int) -> RegroupingRow | None:
    """The latest one that the recommendation took part in, on whichever side, and that was not undone."""
    found = await tx.execute(
        select(*_REGROUPING)
        .join(lineage, lineage.c.regrouping_id == regroupings.c.id)
        .where(
            (lineage.c.predecessor_id == recommendation_id) | (lineage.c.successor_id == recommendation_id),
            regroupings.c.undone_at.is_(None),
        )
        .order_by(regroupings.c.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else RegroupingRow(*row)


async def undo(tx: AsyncConnection, regrouping_id: int, by: str, at: datetime) -> None:
    """Mark it undone, and end the kinship it made."""
    await tx.execute(
        update(regroupings).where(regroupings.c.id == regrouping_id).values(undone_at=at, undone_by=by)
    )
    await tx.execute(update(lineage).where(lineage.c.regrouping_id == regrouping_id).values(ended_at=at))


async def add(
    tx: AsyncConnection,
    guild_id: int,
    predecessor_id: int,
    successor_id: int,
    kind: Kinship,
    at: datetime,
    *,
    regrouping_id: int | None = None,
    amendment_id: int | None = None,
    state_before: State | None = None,
) -> None:
    """Record that the successor came from the predecessor.

    Raises:
        Ring: the successor leads to the predecessor already.
    """
    if kind is not Kinship.DERIVED:
        onward = _onward(successor_id)
        if await tx.scalar(select(onward.c.id).where(onward.c.id == predecessor_id)) is not None:
            raise Ring(f"{successor_id} leads to {predecessor_id}")
    await tx.execute(
        insert(lineage).values(
            guild_id=guild_id,
            predecessor_id=predecessor_id,
            successor_id=successor_id,
            kind=kind.value,
            regrouping_id=regrouping_id,
            amendment_id=amendment_id,
            state_before=None if state_before is None else state_before.value,
            at=at,
        )
    )


async def of_regrouping(tx: AsyncConnection, regrouping_id: int) -> list[KinRow]:
    """The kinship that a merge or a split made, in the order it was made."""
    return await _kin(tx, lineage.c.regrouping_id == regrouping_id)


async def of(tx: AsyncConnection, recommendation_ids: Iterable[int]) -> list[KinRow]:
    """Where the given recommendations came from and went to, one step each; what was undone too."""
    ids = list(recommendation_ids)
    return await _kin(tx, lineage.c.predecessor_id.in_(ids) | lineage.c.successor_id.in_(ids))


async def ends(tx: AsyncConnection, recommendation_id: int) -> tuple[str, ...]:
    """The references where it lives on, however far it was merged and split; its own while it was not."""
    onward = _onward(recommendation_id)
    leads_on = select(lineage.c.id).where(lineage.c.predecessor_id == recommendations.c.id, _LIVING).exists()
    found = await tx.scalars(
        select(recommendations.c.reference).join(onward, onward.c.id == recommendations.c.id).where(~leads_on)
    )
    return tuple(sorted(found, key=sort_key))


def _onward(recommendation_id: int) -> CTE:
    """It, and everything that it went into."""
    start = select(recommendations.c.id.label("id")).where(recommendations.c.id == recommendation_id)
    road = start.cte("onward", recursive=True)
    return road.union(select(lineage.c.successor_id).where(lineage.c.predecessor_id == road.c.id, _LIVING))


async def went_into(tx: AsyncConnection, recommendation_id: int) -> list[int]:
    """The ids of everything that went into it, however far back, in the order of their proposal."""
    road = select(lineage.c.predecessor_id.label("id")).where(
        lineage.c.successor_id == recommendation_id, _LIVING
    )
    back = road.cte("went_into", recursive=True)
    back = back.union(select(lineage.c.predecessor_id).where(lineage.c.successor_id == back.c.id, _LIVING))
    return sorted(await tx.scalars(select(back.c.id)))


async def seconds_of_predecessors(tx: AsyncConnection, recommendation_ids: Iterable[int]) -> dict[int, int]:
    """How many people seconded a predecessor, however far back, and not the recommendation itself."""
    ids = list(recommendation_ids)
    if not ids:
        return {}
    back = (
        select(lineage.c.successor_id.label("id"), lineage.c.predecessor_id.label("before"))
        .where(lineage.c.successor_id.in_(ids), _LIVING)
        .cte("back", recursive=True)
    )
    back = back.union(
        select(back.c.id, lineage.c.predecessor_id).where(lineage.c.successor_id == back.c.before, _LIVING)
    )
    found = await tx.execute(
        select(back.c.id, seconds.c.person_id)
        .join(seconds, seconds.c.recommendation_id == back.c.before)
        .distinct()
    )
    carried: dict[int, set[str]] = {}
    for recommendation_id, person_id in found:
        carried.setdefault(recommendation_id, set()).add(person_id)
    if not carried:
        return {}
    own = await tx.execute(
        select(seconds.c.recommendation_id, seconds.c.person_id).where(
            seconds.c.recommendation_id.in_(list(carried))
        )
    )
    for recommendation_id, person_id in own:
        carried[recommendation_id].discard(person_id)
    return {recommendation_id: len(people) for recommendation_id, people in carried.items() if people}


async def derived(tx: AsyncConnection, amendment_ids: Iterable[int]) -> dict[int, str]:
    """The references of the recommendations that grew out of the given amendments, by the amendment's id."""
    found = await tx.execute(
        select(lineage.c.amendment_id, recommendations.c.reference)
        .join_from(lineage, recommendations, recommendations.c.id == lineage.c.successor_id)
        .where(lineage.c.amendment_id.in_(list(amendment_ids)))
    )
    return {row.amendment_id: row.reference for row in found}


_REGROUPING = (
    regroupings.c.id,
    regroupings.c.kind,
    regroupings.c.recommendation_id,
    regroupings.c.version,
    regroupings.c.version_before,
    regroupings.c.at,
    regroupings.c.undone_at,
)


async def _kin(tx: AsyncConnection, which: ColumnElement[bool]) -> list[KinRow]:
    before, after = recommendations.alias("before"), recommendations.alias("after")
    found = await tx.execute(
        select(
            lineage.c.id,
            lineage.c.predecessor_id,
            before.c.reference,
            lineage.c.successor_id,
            after.c.reference.label("successor"),
            lineage.c.kind,
            lineage.c.regrouping_id,
            lineage.c.state_before,
            lineage.c.ended_at,
        )
        .join_from(lineage, before, before.c.id == lineage.c.predecessor_id)
        .join(after, after.c.id == lineage.c.successor_id)
        .where(which)
        .order_by(lineage.c.id)
    )
    return [
        KinRow(
            id=row.id,
            predecessor_id=row.predecessor_id,
            predecessor=row.reference,
            successor_id=row.successor_id,
            successor=row.successor,
            kind=Kinship(row.kind),
            regrouping_id=row.regrouping_id,
            state_before=None if row.state_before is None else State(row.state_before),
            ended_at=row.ended_at,
        )
        for row in found
    ]
