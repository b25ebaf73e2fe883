"""The texts a recommendation has had: whose they are, why they came, and how any two differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from seminar import references
from seminar.errors import NotFound
from seminar.model import Change
from seminar.wording import Wording
from seminar.words import Text, t
from services.drafting.acting import named
from services.initiatives import Initiatives
from services.people.authors import Authors
from storage import versions
from storage.engine import Database
from storage.recommendations import RecRow
from storage.versions import VersionRow

PAGE: Final = 5
"""Versions on one page of a history."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version as shown.

    `author_shown` is whose words it is. `by_author` says that the recommendation's author made it the
    text, otherwise a facilitator did. `amendment` is the number of the one it came from, if it did.
    `at` is in the initiative's zone.
    """

    number: int
    wording: Wording
    author_shown: str | Text
    by_author: bool
    at: datetime
    change: Change
    reason: str
    amendment: int | None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some versions of a recommendation, newest first; pages count from 0, `total` counts all versions."""

    reference: str
    title: str
    items: tuple[VersionView, ...]
    total: int
    page: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(0, (self.total - 1) // PAGE)


class History:
    """The versions of each server's recommendations."""

    def __init__(self, db: Database, initiatives: Initiatives) -> None:
        self._db = db
        self._initiatives = initiatives

    async def page(self, guild_id: int, reference: str, page: int = 0) -> HistoryPage:
        """A page of versions; beyond the last page it is the last.

        Raises:
            Invalid: what was typed is no reference.
            NotFound: there is no such recommendation here.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            row = await named(tx, guild_id, wanted)
            page = min(max(page, 0), (row.version - 1) // PAGE)
            newest = row.version - page * PAGE
            numbers = range(max(1, newest - PAGE + 1), newest + 1)
            found = await versions.numbered(tx, row.id, numbers)
            authors = await Authors.of(tx, guild_id, initiative)
        items = tuple(
            _shown(row, found[number], authors, initiative.zone) for number in sorted(found, reverse=True)
        )
        return HistoryPage(row.reference, row.title, items, row.version, page)

    async def two(
        self, guild_id: int, reference: str, older: int, newer: int
    ) -> tuple[VersionView, VersionView]:
        """Two versions of a recommendation, the older one first.

        Raises:
            Invalid: what was typed is no reference.
            NotFound: there is no such recommendation here, or no version of one of these numbers.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            row = await named(tx, guild_id, wanted)
            found = await versions.numbered(tx, row.id, {older, newer})
            authors = await Authors.of(tx, guild_id, initiative)
        for number in (older, newer):
            if number not in found:
                raise NotFound(
                    t("{reference} has no version {number}.", reference=row.reference, number=number)
                )
        low, high = sorted((older, newer))
        before, after = (_shown(row, found[number], authors, initiative.zone) for number in (low, high))
        return before, after


def _shown(row: RecRow, version: VersionRow, authors: Authors, zone: tzinfo) -> VersionView:
    return VersionView(
        number=version.number,
        wording=version.wording,
        author_shown=authors.called(
            version.author_name, version.author_organisation, version.author_constituency
        ),
        by_author=(version.decided_by or version.author_id) == row.author_id,
        at=version.created_at.astimezone(zone),
        change=version.change,
        reason=version.reason,
        amendment=version.amendment,
    )
