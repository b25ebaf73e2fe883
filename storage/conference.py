"""What went to a conference: where from and with what result, its place on the agenda, and its final text.

One row a recommendation that was forwarded. Its final number is given once; taking it up again clears what
was decided, and keeps the number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.conference import Basis
from seminar.model import BallotStatus, State
from storage.schema import ballot_items, ballots, conference_items, recommendations, tallies


@dataclass(frozen=True, slots=True)
class ItemRow:
    """What a conference knows of one recommendation.

    `event` is the conference, `origin` the event it came from; `version`, `ballot_id` and `rank` are what
    it came with. `starts` and `ends` are times of day, `10:30`. `final_version`, `basis`, `basis_ballot_id`,
    `reason`, `decided_at` and `decided_by` say how it was decided on, and are empty while it is open.
    """

    recommendation_id: int
    event: str
    origin: str
    version: int
    ballot_id: int | None
    rank: int | None
    forwarded_at: datetime
    forwarded_by: str
    position: int
    starts: str | None
    ends: str | None
    presented_at: datetime | None
    number: int | None
    final_version: int | None
    basis: Basis | None
    basis_ballot_id: int | None
    reason: str
    decided_at: datetime | None
    decided_by: str | None

    @property
    def final_name(self) -> str | None:
        """`R3` for the third final text; None for one that has no number."""
        return None if self.number is None else f"R{self.number}"


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What is new on a conference's agenda; without a ballot or a rank where it has none."""

    recommendation_id: int
    origin: str
    version: int
    ballot_id: int | None
    rank: int | None


_COLUMNS = tuple(conference_items.c[name] for name in ItemRow.__slots__)
_ROWS: Select[Any] = select(*_COLUMNS)


def _row(row: Row[Any]) -> ItemRow:
    values: dict[str, Any] = dict(zip(ItemRow.__slots__, row, strict=True))
    values["basis"] = None if values["basis"] is None else Basis(values["basis"])
    return ItemRow(**values)


async def items(tx: AsyncConnection, guild_id: int, event: str | None = None) -> tuple[ItemRow, ...]:
    """What was forwarded to a conference, or without `event` to any, in the order of the agenda."""
    query = _ROWS.where(conference_items.c.guild_id == guild_id)
    if event is not None:
        query = query.where(conference_items.c.event == event)
    query = query.order_by(
        conference_items.c.event, conference_items.c.position, conference_items.c.recommendation_id
    )
    return tuple(_row(row) for row in await tx.execute(query))


async def item(tx: AsyncConnection, recommendation_id: int) -> ItemRow | None:
    """What a conference knows of one recommendation; None where it was never forwarded."""
    found = await tx.execute(_ROWS.where(conference_items.c.recommendation_id == recommendation_id))
    row = found.one_or_none()
    return None if row is None else _row(row)


async def of(tx: AsyncConnection, ids: Iterable[int]) -> dict[int, ItemRow]:
    """The same of several; those that were never forwarded are not in it."""
    wanted = list(ids)
    if not wanted:
        return {}
    found = await tx.execute(_ROWS.where(conference_items.c.recommendation_id.in_(wanted)))
    return {one.recommendation_id: one for one in map(_row, found)}


async def add(
    tx: AsyncConnection,
    guild_id: int,
    event: str,
    forwarded: Sequence[Forwarded],
    state: State,
    by: str,
    at: datetime,
) -> None:
    """Put these at the end of the conference's agenda, in their order, and give them their new state."""
    if not forwarded:
        return
    last = await tx.execute(
        select(func.max(conference_items.c.position)).where(
            conference_items.c.guild_id == guild_id, conference_items.c.event == event
        )
    )
    first = (last.scalar_one() or 0) + 1
    await tx.execute(
        insert(conference_items),
        [
            {
                "recommendation_id": one.recommendation_id,
                "guild_id": guild_id,
                "event": event,
                "origin": one.origin,
                "version": one.version,
                "ballot_id": one.ballot_id,
                "rank": one.rank,
                "forwarded_at": at,
                "forwarded_by": by,
                "position": position,
            }
            for position, one in enumerate(forwarded, start=first)
        ],
    )
    await tx.execute(
        update(recommendations)
        .where(recommendations.c.id.in_([one.recommendation_id for one in forwarded]))
        .values(conference=event, state=state.value)
    )


async def next_number(tx: AsyncConnection, guild_id: int) -> int:
    """The number of the server's next final text; read under the ledger's lock, nobody else gets it."""
    last = await tx.execute(
        select(func.max(conference_items.c.number)).where(conference_items.c.guild_id == guild_id)
    )
    return (last.scalar_one() or 0) + 1


async def change(tx: AsyncConnection, recommendation_id: int, values: Mapping[str, object]) -> None:
    """Give columns of one item new values."""
    await tx.execute(
        update(conference_items)
        .where(conference_items.c.recommendation_id == recommendation_id)
        .values(**values)
    )


async def reorder(tx: AsyncConnection, positions: Mapping[int, int]) -> None:
    """Give items, by their recommendations, new positions on the agenda."""
    for recommendation_id, position in positions.items():
        await change(tx, recommendation_id, {"position": position})


@dataclass(frozen=True, slots=True)
class HeldRow:
    """How a closed ballot came out for a recommendation, on which version; `figures` is canonical JSON."""

    recommendation_id: int
    ballot_id: int
    number: int
    event: str
    method: str
    purpose: str
    version: int
    closed_at: datetime
    electorate: int
    figures: str


async def held_on(tx: AsyncConnection, ids: Iterable[int]) -> dict[int, tuple[HeldRow, ...]]:
    """The closed ballots on each of these recommendations, the one that was closed first first."""
    wanted = list(ids)
    if not wanted:
        return {}
    query: Select[Any] = (
        select(
            tallies.c.recommendation_id,
            ballots.c.id,
            ballots.c.number,
            ballots.c.event,
            ballots.c.method,
            ballots.c.purpose,
            ballot_items.c.version,
            ballots.c.closed_at,
            ballots.c.electorate,
            tallies.c.figures,
        )
        .join_from(tallies, ballots, ballots.c.id == tallies.c.ballot_id)
        .join(
            ballot_items,
            and_(
                ballot_items.c.ballot_id == tallies.c.ballot_id,
                ballot_items.c.position == tallies.c.position,
            ),
        )
        .where(
            tallies.c.recommendation_id.in_(wanted),
            ballots.c.status == BallotStatus.CLOSED.value,
        )
        .order_by(ballots.c.closed_at, ballots.c.id)
    )
    found: dict[int, tuple[HeldRow, ...]] = {}
    for row in await tx.execute(query):
        one = HeldRow(*row)
        found[one.recommendation_id] = (*found.get(one.recommendation_id, ()), one)
    return found


async def open_ballots(tx: AsyncConnection, guild_id: int, events: Collection[str]) -> list[int]:
    """The numbers (3 for B3) of open ballots of these events on anything that was not forwarded yet."""
    query = (
        select(ballots.c.number)
        .join(ballot_items, ballot_items.c.ballot_id == ballots.c.id)
        .join(recommendations, recommendations.c.id == ballot_items.c.recommendation_id)
        .where(
            ballots.c.guild_id == guild_id,
            ballots.c.status == BallotStatus.OPEN.value,
            ballots.c.event.in_(list(events)),
            ballot_items.c.removed_at.is_(None),
            recommendations.c.conference.is_(None),
        )
        .distinct()
        .order_by(ballots.c.number)
    )
    return [number for number in await tx.scalars(query) if number is not None]
