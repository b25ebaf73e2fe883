"""What a facilitator does with recommendations, over the polling station's store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from seminar.model import Actor, State
from services.drafting.moderation import Moderation
from services.drafting.regrouping import Regrouping
from services.drafting.regrouping_requests import MergeRequest, Part, SplitRequest
from services.drafting.undoing import Regrouped
from storage import ledger, versions
from storage.ledger import EntryRow
from storage.versions import VersionRow
from tests import stores
from tests.services.polling_station import Station
from tests.services.small_seminar import GUILD

MERGED_TEXT = "The two sides plan missions together, and share what they learn from them."


class Desk:
    """`station` is the seminar; Fay is its facilitator."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.fay = station.facilitator
        services = (station.db, station.clock, station.initiatives)
        self.moderation = Moderation(*services)
        self.regrouping = Regrouping(*services)

    @classmethod
    async def of_four(cls, station: Station) -> Desk:
        """CAP-01 and CAP-02 by Ana, CAP-03 by Ben and CAP-04 by Cem, all under discussion."""
        made = cls(station)
        await made.propose("Share hospitals", by=station.ben)
        await made.propose("Share pilots", by=station.cem)
        await station.hush()
        return made

    async def propose(self, *titles: str, by: Actor | None = None, theme: str = "CAP") -> list[str]:
        """Recommendations with a text of their own; their references."""
        return [
            (
                await self.station.propose(
                    by or self.station.ana, theme, title, f"{title}, as both sides agreed to do."
                )
            ).reference
            for title in titles
        ]

    async def merge(
        self,
        others: str | Sequence[str],
        into: str,
        text: str | None = MERGED_TEXT,
        *,
        by: Actor | None = None,
        nonce: str | None = None,
        **fields: Any,
    ) -> Regrouped:
        """Without a text the survivor keeps its own."""
        stands = await self.station.recommendations.get(GUILD, into)
        asked = {
            "title": stands.title,
            "text": stands.text if text is None else text,
            "rationale": stands.rationale,
            "addressees": ", ".join(stands.addressees),
            **fields,
        }
        references = (others,) if isinstance(others, str) else tuple(others)
        return await self.regrouping.merge(
            by or self.fay, MergeRequest(references=references, into=into, **asked), nonce
        )

    async def split(
        self,
        reference: str,
        *titles: str,
        by: Actor | None = None,
        version: int | None = None,
        nonce: str | None = None,
        reason: str = "",
    ) -> Regrouped:
        """Into two parts, if no titles say otherwise."""
        if version is None:
            version = (await self.station.recommendations.get(GUILD, reference)).version
        parts = tuple(
            Part(title, f"{title}, as a part of the whole.") for title in titles or ("This", "That")
        )
        return await self.regrouping.split(
            by or self.fay, SplitRequest(reference, version, parts, reason), nonce
        )

    async def undo(self, which: int | str, by: Actor | None = None) -> Regrouped:
        return await self.regrouping.undo(by or self.fay, which)

    async def state(self, reference: str) -> State:
        return (await self.station.recommendations.get(GUILD, reference)).state

    async def leads_to(self, reference: str) -> tuple[str, ...]:
        return await self.regrouping.successors(GUILD, reference)

    async def texts(self, reference: str) -> list[VersionRow]:
        """Every version of it, the first one first."""
        rec = await self.station.recommendations.get(GUILD, reference)
        async with self.station.db.read() as tx:
            return await versions.of(tx, [rec.id])

    async def last_entry(self) -> EntryRow:
        """The latest entry of the ledger."""
        async with self.station.db.read() as tx:
            end = await ledger.head(tx, GUILD)
            return (await ledger.entries(tx, GUILD, after=end.seq - 1))[0]

    async def told(self) -> list[tuple[str, str, dict[str, Any]]]:
        """What waits to be told: kind, reference and payload, of news alone."""
        rows = await self.station.rows(
            "SELECT kind, subject, payload FROM outbox WHERE kind LIKE 'news%' ORDER BY id"
        )
        return [(str(kind), str(subject), json.loads(str(payload))) for kind, subject, payload in rows]

    async def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """The whole store, to see that nothing has changed."""
        return {name: await self.station.rows(f'SELECT * FROM "{name}"') for name in stores.tables()}
