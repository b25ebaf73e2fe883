"""An export in parts, each a whole file of its own, where one file would be too large to be sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reports.kinds import CONFERENCE_PAPER, FINAL_REPORT, SEMINAR_REPORT, kind_named
from seminar.initiative import Initiative
from seminar.model import BallotStatus
from services.initiatives import Initiatives
from services.record.exports import Wanted
from services.tracking.views import groups
from services.voting.ballot_reading import label_of
from storage import ballots, follow_ups
from storage.engine import Database

# Without an event they are about one conference, and not about all events.
_OF_ONE_EVENT: Final = frozenset({CONFERENCE_PAPER, FINAL_REPORT})


class Dividing:
    """Says what the parts of an export are; which of them hold anything is for whoever reads them."""

    def __init__(self, db: Database, initiatives: Initiatives) -> None:
        self._db = db
        self._initiatives = initiatives

    async def parts(self, guild_id: int, wanted: Wanted) -> tuple[Wanted, ...]:
        """What is wanted, one step finer: by event, then by theme; by ballot; by addressee.

        What cannot be divided has no parts.

        Raises:
            NotFound: no initiative is loaded.
            Invalid: there is no such kind.
        """
        initiative = await self._initiatives.current(guild_id)
        limits = kind_named(wanted.kind).limits
        if "event" in limits and wanted.event is None and wanted.kind not in _OF_ONE_EVENT:
            return tuple(replace(wanted, event=code) for code in _events(initiative, wanted.kind))
        if "theme" in limits and wanted.theme is None:
            # All of them, also those an event no longer has: what was proposed on one stays.
            return tuple(replace(wanted, theme=theme.code) for theme in initiative.themes)
        if "ballot" in limits and wanted.ballot is None:
            async with self._db.read() as tx:
                closed = await ballots.with_status(tx, guild_id, BallotStatus.CLOSED)
            return tuple(replace(wanted, ballot=label_of(row)) for row in closed)
        if "entity" in limits and wanted.entity is None:
            async with self._db.read() as tx:
                known = await follow_ups.entities(tx, guild_id)
            return tuple(replace(wanted, entity=group.entity) for group in groups(known, initiative))
        return ()


def _events(initiative: Initiative, kind: str) -> list[str]:
    conferences = {event.code for event in initiative.conferences} if kind == SEMINAR_REPORT else set()
    return [event.code for event in initiative.events if event.code not in conferences]
