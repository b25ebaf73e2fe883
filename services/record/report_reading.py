"""Everything that a report of the initiative is made of, read from the store as one consistent picture.

Piece by piece, in a number of statements that grows only with the pieces; after each one others have their
turn. What is made of it is the affair of `services.record.report_entries` and `report_ballots`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.voting.ballot_reading import label_of
from storage import conference, contributions, lineage, rec_lists, records, reporting, versions
from storage.ballots import BallotRow
from storage.conference import ItemRow as AgendaRow
from storage.contributions import ContributionRow
from storage.lineage import KinRow
from storage.rec_lists import Filter
from storage.recommendations import RecRow
from storage.reporting import AskedRow, ItemRow, ResultRow, SaidRow
from storage.rooms import RoomRow
from storage.versions import VersionRow

_PIECE = 100  # recommendations whose history is read at once
R = TypeVar("R")


@dataclass(slots=True)
class History:
    """What was read of one recommendation."""

    results: list[ResultRow] = field(default_factory=list)
    versions: list[VersionRow] = field(default_factory=list)
    arguments: list[ContributionRow] = field(default_factory=list)
    amendments: list[AskedRow] = field(default_factory=list)
    kin: list[KinRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stored:
    """What was read: `rows` are all recommendations of the part, `told` the ids of those told in full.

    Of the others `histories` have results and lineage alone. `ballots` are all closed ones of the server,
    by id; what is read of ballots is of those on recommendations that are told.
    """

    rows: tuple[RecRow, ...]
    told: frozenset[int]
    agenda: Mapping[int, AgendaRow]
    histories: Mapping[int, History]
    seconded: Sequence[datetime]
    ballots: Mapping[int, BallotRow]
    items: Mapping[int, list[ItemRow]]
    hands: Mapping[int, list[RoomRow]]
    said: Mapping[int, list[SaidRow]]
    closings: Mapping[str, str]
    votes: Mapping[int, int]


async def read(
    tx: AsyncConnection,
    guild_id: int,
    wanted: Filter,
    seminars: Collection[str],
    at_conference: str | None,
) -> Stored:
    """What is stored of a seminar report on `seminars`, or, with `at_conference`, of one on a conference."""
    # All of them before anything else is read: a reading that goes on must stay alone.
    rows: list[RecRow] = []
    async for part in rec_lists.every(tx, guild_id, wanted):
        rows += part
        await asyncio.sleep(0)
    agenda = {item.recommendation_id: item for item in await conference.items(tx, guild_id)}
    if at_conference is None:
        rows = [row for row in rows if row.event in seminars]
        told = frozenset(row.id for row in rows)
    else:
        told = frozenset(row.id for row in rows if row.conference == at_conference and row.id in agenda)
    histories = {row.id: History() for row in rows}
    seconded: list[datetime] = []
    for ids in _pieces(list(histories)):
        await _read_piece(tx, ids, told, histories, seconded)
        await asyncio.sleep(0)
    ballots = await reporting.closed_ballots(tx, guild_id)
    on = {one.ballot_id for id_ in told for one in histories[id_].results}
    held = [id_ for id_ in ballots if id_ in on]
    labels = [label_of(ballots[id_]) for id_ in held]
    closings: dict[str, str] = {}
    for start in range(0, len(labels), _PIECE):
        closings |= await records.closing_bodies(tx, guild_id, labels[start : start + _PIECE])
    return Stored(
        rows=tuple(rows),
        told=told,
        agenda=agenda,
        histories=histories,
        seconded=seconded,
        ballots=ballots,
        items=_by_ballot((row.ballot_id, row) for row in await reporting.items_of(tx, held)),
        hands=_by_ballot(await reporting.hands_of(tx, held)),
        said=_by_ballot((row.ballot_id, row) for row in await reporting.said_in(tx, held)),
        closings=closings,
        votes=await reporting.vote_counts(tx, held),
    )


async def _read_piece(
    tx: AsyncConnection,
    ids: Sequence[int],
    told: Collection[int],
    histories: Mapping[int, History],
    seconded: list[datetime],
) -> None:
    for result in await reporting.results_on(tx, ids):
        histories[result.recommendation_id].results.append(result)
    for kin in await lineage.of(tx, ids):
        for end in {kin.predecessor_id, kin.successor_id} & set(ids):
            histories[end].kin.append(kin)
    full = [id_ for id_ in ids if id_ in told]
    if not full:
        return
    for version in await versions.of(tx, full):
        histories[version.recommendation_id].versions.append(version)
    for argument in await contributions.of(tx, full):
        histories[argument.recommendation_id].arguments.append(argument)
    for asked in await reporting.asked_of(tx, full):
        histories[asked.recommendation_id].amendments.append(asked)
    seconded += await reporting.seconded_at(tx, full)


def _pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _PIECE):
        yield ids[start : start + _PIECE]


def _by_ballot(rows: Iterable[tuple[int, R]]) -> dict[int, list[R]]:
    found: dict[int, list[R]] = {}
    for ballot_id, row in rows:
        found.setdefault(ballot_id, []).append(row)
    return found
