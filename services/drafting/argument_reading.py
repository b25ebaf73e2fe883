"""Reading the record of arguments: in pages, as the discussion sums it up, as an option suggests it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import Invalid, NotFound
from seminar.initiative import Initiative
from seminar.model import ArgumentStatus, Stance, State
from seminar.words import Text
from services import paging
from services.clock import Clock
from services.drafting.acting import named
from services.drafting.argument_rules import numbered
from services.initiatives import Initiatives
from services.people.authors import Authors
from services.people.participants import Participants
from storage import contributions, people, posts
from storage.contributions import ContributionRow, Part
from storage.engine import Database
from storage.recommendations import RecRow

_MOST_PAGE: Final = 25
_MOST_SUGGESTED: Final = 25
_PER_PART: Final = 25  # arguments of each stance and status that a summary can show


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as everybody may see it: one that does not stand has no `text`.

    `who` is its author as attribution allows; `constituency` a code, None where none may be told.
    `reason` is why it was set aside, `at` in the initiative's time zone.
    """

    reference: str
    number: int
    stance: Stance
    status: ArgumentStatus
    text: str
    who: str | Text
    constituency: str | None
    link: str | None
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ArgumentPage:
    """One page of a record, counted from 0; `total` counts the arguments of all pages."""

    reference: str
    title: str
    state: State
    items: tuple[Argument, ...]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The newest arguments of each stance and status, newest first, and how many there are of each.

    `room` is the code of the event that deals with the recommendation now.
    """

    reference: str
    room: str
    state: State
    newest: tuple[Argument, ...]
    numbers: Mapping[Part, int]


class ArgumentReading:
    """The records of each server's recommendations, as they are shown."""

    def __init__(
        self, db: Database, clock: Clock, initiatives: Initiatives, participants: Participants
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants

    async def page(self, guild_id: int, reference: str, page: int = 0, size: int = 5) -> ArgumentPage:
        """One page of everything on the record of a recommendation, by number; past the end the last page.

        Raises:
            Invalid: what was typed is no reference.
            NotFound: there is no such recommendation here.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            row = await named(tx, guild_id, wanted)
            read = partial(contributions.page, tx, row.id)
            found, total, page = await paging.page_of(read, page, size, _MOST_PAGE)
            authors = await Authors.of(tx, guild_id, initiative)
        items = tuple(shown(row, one, authors, initiative) for one in found)
        return ArgumentPage(row.reference, row.title, row.state, items, total, page)

    async def summary(self, guild_id: int, reference: str) -> Summary:
        """What the discussion shows of a recommendation's record, however long that is.

        Raises:
            Invalid: what was given is no reference.
            NotFound: there is no such recommendation here.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            row = await named(tx, guild_id, wanted)
            found = await contributions.newest(tx, row.id, _PER_PART)
            numbers = await contributions.parts(tx, row.id)
            authors = await Authors.of(tx, guild_id, initiative)
        newest = tuple(shown(row, one, authors, initiative) for one in found)
        return Summary(row.reference, row.room, row.state, newest, numbers)

    async def suggest(
        self, guild_id: int, reference: str, user_id: int | None = None
    ) -> list[tuple[int, Stance, str]]:
        """Numbers, with stance and text, that can be set aside; with an account, that it can withdraw.

        Nothing where the recommendation is not known, or `reference` is none yet.
        """
        try:
            wanted = references.parse(reference)
        except Invalid:
            return []
        async with self._db.read() as tx:
            author = None if user_id is None else await people.by_user(tx, guild_id, user_id)
            if user_id is not None and author is None:
                return []
            try:
                row = await named(tx, guild_id, wanted)
            except NotFound:
                return []
            mine = None if author is None else author.id
            found = await contributions.fitting(tx, row.id, _MOST_SUGGESTED, person_id=mine)
        return [(one.number, one.stance, one.text) for one in found]

    async def discussed_in(self, guild_id: int, thread_id: int) -> str | None:
        """The reference of the recommendation whose discussion a thread is, if it is one."""
        async with self._db.read() as tx:
            return await posts.discussed_in(tx, guild_id, thread_id)

    async def _again(
        self, tx: AsyncConnection, guild_id: int, initiative: Initiative, row: RecRow, number: int
    ) -> Argument:
        return await self._shown(tx, guild_id, initiative, row, await numbered(tx, row, number))

    async def _shown(
        self, tx: AsyncConnection, guild_id: int, initiative: Initiative, row: RecRow, found: ContributionRow
    ) -> Argument:
        authors = await Authors.of(tx, guild_id, initiative)
        return shown(row, found, authors, initiative)


def shown(row: RecRow, found: ContributionRow, authors: Authors, initiative: Initiative) -> Argument:
    """A stored argument as everybody may see it."""
    stands = found.status is ArgumentStatus.STANDS
    return Argument(
        reference=row.reference,
        number=found.number,
        stance=found.stance,
        status=found.status,
        text=found.text if stands else "",
        who=authors.called(found.person_name, found.person_organisation, found.constituency),
        constituency=authors.constituency(found.constituency),
        link=found.link if stands else None,
        at=found.at.astimezone(initiative.zone),
        reason=found.set_aside_reason if found.status is ArgumentStatus.SET_ASIDE else "",
    )
