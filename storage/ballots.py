"""Ballots and their items; every change is made by a service in its own transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import BallotRules
from storage.ballot_rules import RULE_COLUMNS, rules_from
from storage.schema import ballot_items, ballots, initiatives, ledger, recommendations, versions


@dataclass(frozen=True, slots=True)
class BallotRow:
    """One row of `ballots`; figures of people are None until they are known."""

    id: int
    guild_id: int
    number: int | None
    event: str
    theme: str | None
    method: str
    status: str
    threshold: str
    quorum: str
    secrecy: str
    reasons: str
    receipts: bool
    closes_in: str
    key_id: str | None
    prepared_by: str
    prepared_at: datetime
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    sealed_at: datetime | None
    entitled_at_opening: int | None
    electorate: int | None
    voters: int | None
    set_aside: int | None
    purpose: str
    results: str
    vote_by: str
    options: str
    series_id: int | None
    seen_at: datetime | None
    notified: int | None
    kept: bool
    live: str | None

    @property
    def rules(self) -> BallotRules:
        """The rules the ballot was announced with."""
        return rules_from(*(getattr(self, name) for name in RULE_COLUMNS))


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a ballot, with the words of the version voted on; `removed` while it was open."""

    position: int
    recommendation_id: int
    version: int
    reference: str
    title: str
    text: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A recommendation that might go on a ballot; `version` is its current one.

    `event` is the one that deals with it now: the `conference` it was forwarded to, or its own.
    """

    id: int
    reference: str
    event: str
    theme: str
    state: str
    version: int
    conference: str | None = None


_COLUMNS = tuple(ballots.c[name] for name in BallotRow.__slots__)


async def add(tx: AsyncConnection, values: Mapping[str, Any], items: Sequence[CandidateRow]) -> int:
    """Store a ballot with its items, in their order from position 1; the answer is its id."""
    made = await tx.execute(insert(ballots).values(**values).returning(ballots.c.id))
    ballot_id: int = made.scalar_one()
    await tx.execute(
        insert(ballot_items),
        [
            {
                "ballot_id": ballot_id,
                "position": position,
                "recommendation_id": item.id,
                "version": item.version,
                "reference": item.reference,
            }
            for position, item in enumerate(items, start=1)
        ],
    )
    return ballot_id


async def get(tx: AsyncConnection, ballot_id: int, *, lock: bool = False) -> BallotRow | None:
    """A ballot; `lock` keeps other processes from changing it, or voting, until the transaction ends."""
    query = select(*_COLUMNS).where(ballots.c.id == ballot_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else BallotRow(*row)


async def numbered(tx: AsyncConnection, guild_id: int, number: int) -> BallotRow | None:
    """The ballot a server's people call `B{number}`."""
    query = select(*_COLUMNS).where(ballots.c.guild_id == guild_id, ballots.c.number == number)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else BallotRow(*row)


async def with_status(tx: AsyncConnection, guild_id: int, status: str) -> tuple[BallotRow, ...]:
    """A server's ballots of one status, by number."""
    query = (
        select(*_COLUMNS)
        .where(ballots.c.guild_id == guild_id, ballots.c.status == status)
        .order_by(ballots.c.number, ballots.c.id)
    )
    return tuple(BallotRow(*row) for row in await tx.execute(query))


async def waiting(tx: AsyncConnection, guild_id: int) -> tuple[BallotRow, ...]:
    """A server's latest rounds whose votes are kept for a next one that is not open yet, by number."""
    later = ballots.alias()
    followed = (
        select(later.c.id)
        .where(
            later.c.series_id == ballots.c.series_id,
            later.c.id > ballots.c.id,
            or_(later.c.kept.is_(True), later.c.status == "open"),
        )
        .exists()
    )
    query = (
        select(*_COLUMNS)
        .where(ballots.c.guild_id == guild_id, ballots.c.kept.is_(True), ~followed)
        .order_by(ballots.c.number)
    )
    return tuple(BallotRow(*row) for row in await tx.execute(query))


async def items(
    tx: AsyncConnection, ballot_ids: Collection[int], *, removed: bool = False
) -> dict[int, tuple[ItemRow, ...]]:
    """The items of some ballots by ballot id, each in the order of their positions.

    Items that were taken out are left out, unless `removed` asks for them too.
    """
    query = (
        select(
            ballot_items.c.ballot_id,
            ballot_items.c.position,
            ballot_items.c.recommendation_id,
            ballot_items.c.version,
            ballot_items.c.reference,
            versions.c.title,
            versions.c.text,
            ballot_items.c.removed_at.is_not(None),
        )
        .join(
            versions,
            and_(
                versions.c.recommendation_id == ballot_items.c.recommendation_id,
                versions.c.number == ballot_items.c.version,
            ),
        )
        .where(ballot_items.c.ballot_id.in_(ballot_ids))
        .order_by(ballot_items.c.ballot_id, ballot_items.c.position)
    )
    if not removed:
        query = query.where(ballot_items.c.removed_at.is_(None))
    found: dict[int, list[ItemRow]] = {ballot_id: [] for ballot_id in ballot_ids}
    for ballot_id, *rest in await tx.execute(query):
        found[ballot_id].append(ItemRow(*rest))
    return {ballot_id: tuple(rows) for ballot_id, rows in found.items()}


async def change(tx: AsyncConnection, ballot_id: int, **values: Any) -> None:
    await tx.execute(update(ballots).where(ballots.c.id == ballot_id).values(**values))


async def take_number(tx: AsyncConnection, guild_id: int) -> int:
    """The next number of a server's ballots; no other ballot gets it."""
    taken = await tx.execute(
        update(initiatives)
        .where(initiatives.c.guild_id == guild_id)
        .values(next_ballot=initiatives.c.next_ballot + 1)
        .returning(initiatives.c.next_ballot)
    )
    following: int = taken.scalar_one()
    return following - 1


async def pin_versions(tx: AsyncConnection, ballot_id: int, items: Sequence[CandidateRow]) -> None:
    """Bind each item to the version its recommendation has now."""
    for item in items:
        await tx.execute(
            update(ballot_items)
            .where(ballot_items.c.ballot_id == ballot_id, ballot_items.c.recommendation_id == item.id)
            .values(version=item.version)
        )


async def discard_prepared(tx: AsyncConnection, guild_id: int, before: datetime) -> None:
    """Discard a server's ballots that were prepared before a moment and never opened.

    Their rows stay, so that their ids are never given to another ballot: a button of an old preview
    must not open a newer one.
    """
    await tx.execute(
        update(ballots)
        .where(ballots.c.guild_id == guild_id, ballots.c.status == "prepared", ballots.c.prepared_at < before)
        .values(status="discarded")
    )


async def remove_item(tx: AsyncConnection, ballot_id: int, position: int, at: datetime) -> None:
    """Take one item out of a ballot; its row stays, so that positions keep their meaning."""
    await tx.execute(
        update(ballot_items)
        .where(ballot_items.c.ballot_id == ballot_id, ballot_items.c.position == position)
        .values(removed_at=at)
    )


async def series(tx: AsyncConnection, series_id: int | None) -> tuple[BallotRow, ...]:
    """The ballots of a series over several rounds, the first round first; none where there is no series."""
    if series_id is None:
        return ()
    query = select(*_COLUMNS).where(ballots.c.series_id == series_id).order_by(ballots.c.id)
    return tuple(BallotRow(*row) for row in await tx.execute(query))


async def unsealed(tx: AsyncConnection) -> tuple[int, ...]:
    """Ballots of any server that are over and not sealed yet, though nothing keeps their votes."""
    query = select(ballots.c.id).where(
        ballots.c.status.in_(("closed", "cancelled")),
        ballots.c.sealed_at.is_(None),
        ballots.c.kept.is_(False),
    )
    return tuple(await tx.scalars(query.order_by(ballots.c.id)))


async def key_in_use(tx: AsyncConnection, ballot_id: int) -> bool:
    """Whether another ballot still needs the key of this one: the rounds of a series share it."""
    other = ballots.alias()
    query = (
        select(ballots.c.id)
        .join(other, other.c.key_id == ballots.c.key_id)
        .where(other.c.id == ballot_id, ballots.c.id != ballot_id)
        .where(or_(ballots.c.status == "open", ballots.c.kept.is_(True)))
    )
    return (await tx.execute(query.limit(1))).first() is not None


async def sealed_keys(tx: AsyncConnection, key_ids: Collection[str]) -> tuple[str, ...]:
    """Which of these keys belong to sealed ballots alone; the rounds of a series share one."""
    query = (
        select(ballots.c.key_id)
        .where(ballots.c.key_id.in_(key_ids))
        .group_by(ballots.c.key_id)
        .having(func.count() == func.count(ballots.c.sealed_at))
    )
    return tuple(key_id for key_id in await tx.scalars(query) if key_id is not None)


_CANDIDATE: Select[Any] = select(
    recommendations.c.id,
    recommendations.c.reference,
    func.coalesce(recommendations.c.conference, recommendations.c.event),
    recommendations.c.theme,
    recommendations.c.state,
    recommendations.c.version,
    recommendations.c.conference,
)


async def candidates_of_theme(tx: AsyncConnection, guild_id: int, theme: str) -> tuple[CandidateRow, ...]:
    """A theme's recommendations in all its events, by number."""
    query = _CANDIDATE.where(recommendations.c.guild_id == guild_id, recommendations.c.theme == theme)
    return tuple(CandidateRow(*row) for row in await tx.execute(query.order_by(recommendations.c.number)))


async def candidates_named(
    tx: AsyncConnection, guild_id: int, references: Collection[str]
) -> dict[str, CandidateRow]:
    """The recommendations of these references that exist, by reference."""
    query = _CANDIDATE.where(
        recommendations.c.guild_id == guild_id, recommendations.c.reference.in_(references)
    )
    return {row.reference: row for row in (CandidateRow(*each) for each in await tx.execute(query))}


async def candidates_on(tx: AsyncConnection, ballot_id: int) -> tuple[CandidateRow, ...]:
    """The recommendations on a ballot as they stand now, in the order of its items."""
    query = _CANDIDATE.join(ballot_items, ballot_items.c.recommendation_id == recommendations.c.id).where(
        ballot_items.c.ballot_id == ballot_id, ballot_items.c.removed_at.is_(None)
    )
    return tuple(CandidateRow(*row) for row in await tx.execute(query.order_by(ballot_items.c.position)))


async def open_on(
    tx: AsyncConnection, recommendation_ids: Collection[int]
) -> dict[int, tuple[BallotRow, ...]]:
    """The open ballots that recommendations are on, by recommendation; those on none are not in it."""
    query = (
        select(ballot_items.c.recommendation_id, *_COLUMNS)
        .join(ballots, ballots.c.id == ballot_items.c.ballot_id)
        .where(
            ballot_items.c.recommendation_id.in_(recommendation_ids),
            ballot_items.c.removed_at.is_(None),
            ballots.c.status == "open",
        )
        .order_by(ballots.c.id)
    )
    found: dict[int, tuple[BallotRow, ...]] = {}
    for recommendation_id, *row in await tx.execute(query):
        found[recommendation_id] = (*found.get(recommendation_id, ()), BallotRow(*row))
    return found


async def move_recommendations(
    tx: AsyncConnection, by_state: Mapping[str, Collection[int]], *, ballot_id: int | None = None
) -> None:
    """Give recommendations their new state; `ballot_id` becomes their latest closed ballot."""
    closed = {} if ballot_id is None else {"last_ballot_id": ballot_id}
    for state, ids in by_state.items():
        await tx.execute(
            update(recommendations).where(recommendations.c.id.in_(ids)).values(state=state, **closed)
        )


async def ledger_hash(tx: AsyncConnection, guild_id: int, act: str, label: str) -> str | None:
    """The hash of the ledger's latest entry of an act on a ballot; found quickly for recent ones."""
    query = (
        select(ledger.c.hash)
        .where(ledger.c.guild_id == guild_id, ledger.c.act == act, ledger.c.subject == label)
        .order_by(ledger.c.seq.desc())
        .limit(1)
    )
    found: str | None = await tx.scalar(query)
    return found
