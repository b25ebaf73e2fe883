"""How the texts came about, for exports: the record of arguments, and the history of the drafting.

Read piece by piece, in a number of statements that grows only with the pieces; after each one others have
their turn. Whose words something is, is told as in chat (`services.people.authors`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.models.arguments import ArgumentLine, ArgumentsReport
from reports.models.drafting import AmendmentLine, DraftedLine, DraftingReport, KinLine, VersionLine
from reports.models.ranking import in_order
from seminar.model import ArgumentStatus
from seminar.wording import changes
from seminar.words import Text
from services.clock import Clock
from services.initiatives import Initiatives
from services.people.authors import Authors
from services.record.results import part_of, sections_of
from storage import amendments, contributions, drafting_record, ledger, lineage, rec_lists, versions
from storage.amendments import AmendmentRow
from storage.contributions import ContributionRow
from storage.drafting_record import Called
from storage.engine import Database
from storage.lineage import KinRow
from storage.rec_lists import Filter
from storage.recommendations import RecRow
from storage.versions import VersionRow

_PIECE = 100  # recommendations whose history is read at once


class DraftingRecord:
    """Builds reports of arguments and of drafting; nothing of them is stored."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def number_of_arguments(
        self, guild_id: int, event: str | None = None, theme: str | None = None
    ) -> int:
        """How many arguments the report that `arguments` makes has.

        Raises:
            NotFound: no initiative is loaded, or it has no such event or theme.
        """
        wanted = part_of(await self._initiatives.current(guild_id), event, theme)
        async with self._db.read() as tx:
            return await drafting_record.number_of_arguments(tx, guild_id, wanted)

    async def number_drafted(self, guild_id: int, event: str | None = None, theme: str | None = None) -> int:
        """How many recommendations the report that `drafting` makes has.

        Raises:
            NotFound: no initiative is loaded, or it has no such event or theme.
        """
        wanted = part_of(await self._initiatives.current(guild_id), event, theme)
        async with self._db.read() as tx:
            return await rec_lists.count(tx, guild_id, wanted)

    async def arguments(
        self, guild_id: int, event: str | None = None, theme: str | None = None
    ) -> ArgumentsReport:
        """Everything that was put on record at an event, on a theme or in all.

        Raises:
            NotFound: no initiative is loaded, or it has no such event or theme.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = part_of(initiative, event, theme)
        lines: list[ArgumentLine] = []
        async with self._db.read() as tx:
            head = await ledger.head(tx, guild_id)
            authors = await Authors.of(tx, guild_id, initiative)
            async for part in _pieces(tx, guild_id, wanted):
                rows = {row.id: row for row in part}
                for one in await contributions.of(tx, rows):
                    lines.append(_argument(rows[one.recommendation_id], one, authors))
                await asyncio.sleep(0)
        events = sections_of(initiative, ((line.event, line.theme) for line in lines), wanted.event)
        return ArgumentsReport(
            initiative=initiative.head.title,
            generated_at=self._clock(),
            ledger_head=head.hash if head.seq else None,
            time_zone=initiative.head.time_zone,
            events=tuple(events),
            lines=tuple(sorted(lines, key=in_order(events))),
        )

    async def drafting(
        self, guild_id: int, event: str | None = None, theme: str | None = None
    ) -> DraftingReport:
        """How every text of an event, of a theme or of all came to be what it is.

        Raises:
            NotFound: no initiative is loaded, or it has no such event or theme.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = part_of(initiative, event, theme)
        lines: list[DraftedLine] = []
        async with self._db.read() as tx:
            head = await ledger.head(tx, guild_id)
            authors = await Authors.of(tx, guild_id, initiative)
            async for part in _pieces(tx, guild_id, wanted):
                lines += await asyncio.to_thread(_told, await _read(tx, part), authors)
        events = sections_of(initiative, ((line.event, line.theme) for line in lines), wanted.event)
        return DraftingReport(
            initiative=initiative.head.title,
            generated_at=self._clock(),
            ledger_head=head.hash if head.seq else None,
            time_zone=initiative.head.time_zone,
            events=tuple(events),
            recommendations=tuple(sorted(lines, key=in_order(events))),
        )


async def _pieces(tx: AsyncConnection, guild_id: int, wanted: Filter) -> AsyncIterator[Sequence[RecRow]]:
    """The recommendations, all read before anything else is: a reading that goes on must stay alone."""
    rows = [row async for part in rec_lists.every(tx, guild_id, wanted) for row in part]
    for start in range(0, len(rows), _PIECE):
        yield rows[start : start + _PIECE]


def _argument(row: RecRow, one: ContributionRow, authors: Authors) -> ArgumentLine:
    withdrawn = one.status is ArgumentStatus.WITHDRAWN
    return ArgumentLine(
        event=row.event,
        theme=row.theme,
        reference=row.reference,
        title=row.title,
        number=one.number,
        stance=one.stance,
        text=None if withdrawn else one.text,
        who=authors.called(one.person_name, one.person_organisation, one.constituency),
        constituency=authors.constituency(one.constituency),
        status=one.status,
        reason=one.set_aside_reason if one.status is ArgumentStatus.SET_ASIDE else None,
        link=None if withdrawn else one.link,
        at=one.at,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some recommendations with everything that was read of them."""

    rows: Sequence[RecRow]
    versions: Mapping[int, Sequence[VersionRow]]
    amendments: Mapping[int, Sequence[AmendmentRow]]
    kin: Sequence[KinRow]
    people: Mapping[str, Called]


async def _read(tx: AsyncConnection, rows: Sequence[RecRow]) -> _Piece:
    ids = [row.id for row in rows]
    made, asked = await versions.of(tx, ids), await amendments.of(tx, ids)
    writers = {one.author_id for one in made} | {one.author_id for one in asked}
    return _Piece(
        rows,
        _by_recommendation(made),
        _by_recommendation(asked),
        await lineage.of(tx, ids),
        await drafting_record.called(tx, writers),
    )


def _told(piece: _Piece, authors: Authors) -> list[DraftedLine]:
    """Everything that happened to the texts; comparing them is work, and waits for nothing."""
    lines = []
    for row in piece.rows:
        texts = piece.versions.get(row.id, ())
        asked = piece.amendments.get(row.id, ())
        kin = (one for one in piece.kin if row.id in (one.predecessor_id, one.successor_id))
        lines.append(
            DraftedLine(
                event=row.event,
                theme=row.theme,
                reference=row.reference,
                title=row.title,
                state=row.state,
                lineage=tuple(_kin(row, one) for one in kin),
                versions=tuple(_versions(texts, piece.people, authors)),
                amendments=tuple(_amendments(asked, texts, piece.people, authors)),
            )
        )
    return lines


R = TypeVar("R", VersionRow, AmendmentRow)


def _by_recommendation(rows: Iterable[R]) -> dict[int, list[R]]:
    found: dict[int, list[R]] = {}
    for row in rows:
        found.setdefault(row.recommendation_id, []).append(row)
    return found


def _kin(row: RecRow, one: KinRow) -> KinLine:
    onwards = one.predecessor_id == row.id
    reference = one.successor if onwards else one.predecessor
    return KinLine(one.kind, reference, onwards, undone=one.ended_at is not None)


def _versions(
    rows: Sequence[VersionRow], people: Mapping[str, Called], authors: Authors
) -> Iterable[VersionLine]:
    before = None
    for row in rows:
        yield VersionLine(
            number=row.number,
            at=row.created_at,
            who=_who(row.author_id, people, authors),
            change=row.change,
            reason=row.reason,
            amendment=row.amendment,
            wording=row.wording,
            changes={} if before is None else changes(before, row.wording),
        )
        before = row.wording


def _amendments(
    rows: Sequence[AmendmentRow], texts: Sequence[VersionRow], people: Mapping[str, Called], authors: Authors
) -> Iterable[AmendmentLine]:
    bases = {text.number: text.wording for text in texts}
    for row in rows:
        yield AmendmentLine(
            number=row.number,
            at=row.created_at,
            who=_who(row.author_id, people, authors),
            status=row.status,
            conflicting=row.conflicting,
            base=row.base_version,
            reason=row.reason,
            decision=row.decision,
            decided_at=row.decided_at,
            seconds=row.seconds,
            version=row.version,
            changes=changes(bases[row.base_version], row.wording),
        )


def _who(person_id: str, people: Mapping[str, Called], authors: Authors) -> str | Text:
    known = people[person_id]
    return authors.called(known.name, known.organisation, known.constituency)
