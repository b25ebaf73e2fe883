"""What people take away as files: one report for each kind of export (`reports.kinds`).

The bot and the command line both ask here, so that they write the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reports.kinds import (
    ARGUMENTS,
    CAST_VOTES,
    CONFERENCE_PAPER,
    DRAFTING,
    FINAL_REPORT,
    FOLLOW_UP,
    RANKING,
    SEMINAR_REPORT,
    Kind,
    kind_named,
)
from seminar.errors import Invalid, NotFound
from seminar.model import Actor, Role
from seminar.words import Text, t
from services.clock import Clock
from services.drafting.drafting_record import DraftingRecord
from services.initiatives import Initiatives
from services.record.naming import FoundName, Naming
from services.record.records import Records
from services.record.reporting import Reporting
from services.record.results import Results
from services.tracking.reporting import FollowUpRecord
from storage.engine import Database

_LIMITS: Mapping[str, Text] = {
    "event": t("an event"),
    "theme": t("a theme"),
    "ballot": t("a ballot"),
    "entity": t("an addressee"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported: the name of a kind, and the part it is limited to, if any.

    `entity` is the code of an addressee. `draft` marks a document as one (None: while the event it is about
    is not closed), `receipts` adds the annex of receipt codes to one.
    """

    kind: str = RANKING
    event: str | None = None
    theme: str | None = None
    ballot: str | None = None
    entity: str | None = None
    draft: bool | None = None
    receipts: bool = False


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the reports of a kind come from: how much is in one (None: there is none), and the report."""

    extent: Callable[[int, Wanted], Awaitable[int | None]]
    report: Callable[[int, Wanted], Awaitable[Any]]


class Exports:
    """Builds what is exported; nothing of it is stored. A new kind is a line in `_sources`."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._initiatives = initiatives
        self._naming = Naming(db, initiatives)
        results, records = Results(db, clock, initiatives), Records(db, clock, initiatives)
        drafting, reporting = DraftingRecord(db, clock, initiatives), Reporting(db, clock, initiatives)
        following = FollowUpRecord(db, clock, initiatives)
        self._sources = {
            RANKING: _Source(
                lambda guild_id, wanted: results.extent(guild_id, wanted.event, wanted.theme),
                lambda guild_id, wanted: results.report(
                    guild_id, wanted.event, wanted.theme, draft=wanted.draft
                ),
            ),
            SEMINAR_REPORT: _Source(
                lambda guild_id, wanted: reporting.proposed(guild_id, wanted.event, wanted.theme),
                lambda guild_id, wanted: reporting.seminar_report(guild_id, *_asked(wanted)),
            ),
            CONFERENCE_PAPER: _Source(
                lambda guild_id, wanted: reporting.forwarded(guild_id, wanted.event, wanted.theme),
                lambda guild_id, wanted: reporting.conference_paper(guild_id, *_asked(wanted)),
            ),
            FINAL_REPORT: _Source(
                lambda guild_id, wanted: reporting.forwarded(guild_id, wanted.event, wanted.theme),
                lambda guild_id, wanted: reporting.final_report(guild_id, *_asked(wanted)),
            ),
            FOLLOW_UP: _Source(
                lambda guild_id, wanted: following.extent(guild_id, wanted.entity),
                lambda guild_id, wanted: following.report(guild_id, wanted.entity, draft=wanted.draft),
            ),
            CAST_VOTES: _Source(
                lambda guild_id, wanted: records.extent(guild_id, wanted.ballot),
                lambda guild_id, wanted: records.report(guild_id, wanted.ballot),
            ),
            ARGUMENTS: _Source(
                lambda guild_id, wanted: drafting.number_of_arguments(guild_id, wanted.event, wanted.theme),
                lambda guild_id, wanted: drafting.arguments(guild_id, wanted.event, wanted.theme),
            ),
            DRAFTING: _Source(
                lambda guild_id, wanted: drafting.number_drafted(guild_id, wanted.event, wanted.theme),
                lambda guild_id, wanted: drafting.drafting(guild_id, wanted.event, wanted.theme),
            ),
        }

    async def extent(self, actor: Actor, wanted: Wanted) -> int:
        """How much there is in what an organiser wants, in the measure of its kind.

        Raises:
            NotFound: no initiative is loaded, nothing of the kind is there, or no such part.
            NotAllowed: the actor is no organiser.
            Invalid: there is no such kind, or it cannot be limited so.
            Refused: the ballot has no record, or none yet.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        kind = _kind(wanted)
        found = await self._sources[kind.name].extent(actor.guild_id, wanted)
        if found is None and kind.nothing is not None:
            raise NotFound(kind.nothing)
        return found or 0

    async def report(self, guild_id: int, wanted: Wanted) -> Any:
        """The report, of the class that its kind names.

        Raises:
            NotFound: no initiative is loaded, or there is no such part.
            Invalid: there is no such kind, or it cannot be limited so.
            Refused: the ballot has no record, or none yet.
        """
        return await self._sources[_kind(wanted).name].report(guild_id, wanted)

    async def names(self, guild_id: int, wanted: Wanted) -> tuple[FoundName, ...]:
        """The names of registered people and organisations in the free text of what is wanted.

        Those that attribution would not show; under `named` there are none.

        Raises:
            NotFound: no initiative is loaded, or there is no such part.
            Invalid: there is no such kind, or it cannot be limited so.
            Refused: the ballot has no record, or none yet.
        """
        if not await self._naming.wanted(guild_id):
            return ()
        return await self.names_in(guild_id, await self.report(guild_id, wanted))

    async def names_in(self, guild_id: int, report: Any) -> tuple[FoundName, ...]:
        """The same of a report that is there already.

        Raises:
            NotFound: no initiative is loaded.
        """
        if not await self._naming.wanted(guild_id):
            return ()
        return await self._naming.found_in(guild_id, report)


def _asked(wanted: Wanted) -> tuple[str | None, str | None, bool | None, bool]:
    return wanted.event, wanted.theme, wanted.draft, wanted.receipts


def _kind(wanted: Wanted) -> Kind:
    kind = kind_named(wanted.kind)
    for limit, named in _LIMITS.items():
        if getattr(wanted, limit) is not None and limit not in kind.limits:
            raise Invalid(
                t(
                    "An export of the kind {kind} cannot be limited to {limit}, but to {possible}.",
                    kind=kind.name,
                    limit=named,
                    possible=tuple(_LIMITS[possible] for possible in kind.limits),
                )
            )
    return kind
