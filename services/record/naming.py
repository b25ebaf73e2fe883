"""Names of registered people, and organisations of theirs, that stand in free text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reports.free_text import free_texts
from seminar.initiative import Initiative
from seminar.model import Attribution
from seminar.naming import Names
from seminar.words import Text
from services.initiatives import Initiatives
from storage import reporting
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name, the recommendation in whose texts it stands, and which of them that is.

    `reference` is a ballot's label where it was said of a ballot, and empty where it stands on the cover.
    """

    name: str
    reference: str
    field: Text


class Naming:
    """Looks for names that attribution would not show; nothing is changed, and nothing stored."""

    def __init__(self, db: Database, initiatives: Initiatives) -> None:
        self._db = db
        self._initiatives = initiatives

    async def wanted(self, guild_id: int) -> bool:
        """Whether there is anything to look for: where people are named, nobody minds.

        Raises:
            NotFound: no initiative is loaded.
        """
        initiative = await self._initiatives.current(guild_id)
        return initiative.head.attribution is not Attribution.NAMED

    async def found_in(self, guild_id: int, report: Any) -> tuple[FoundName, ...]:
        """Names of people, and under the Chatham House rule of organisations too, each once a text.

        Raises:
            NotFound: no initiative is loaded.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            registered = await reporting.names(tx, guild_id)
        organisations = (
            {organisation for _, organisation in registered if organisation}
            if initiative.head.attribution is Attribution.CHATHAM
            else set()
        )

        def look() -> tuple[FoundName, ...]:
            names = Names({name for name, _ in registered}, organisations, _known(initiative))
            found: dict[tuple[str, str, str], FoundName] = {}
            for reference, field, text in free_texts(report):
                for name in names.find(text):
                    found.setdefault((name, reference, str(field)), FoundName(name, reference, field))
            return tuple(found.values())

        return await asyncio.to_thread(look)


def _known(initiative: Initiative) -> Iterator[str]:
    """What has a name of its own in the initiative, whoever is called the same."""
    yield initiative.head.title
    coded = (initiative.constituencies, initiative.entities, initiative.themes, initiative.events)
    for code, title in ((part.code, part.title) for parts in coded for part in parts):
        yield code
        yield title
    for event in initiative.events:
        yield event.city
