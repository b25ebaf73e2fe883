"""The ranked results of events and themes, read as one consistent picture."""

from __future__ import annotations

from datetime import datetime

from reports.model import RankingReport
from services.clock import Clock
from services.initiatives import Initiatives
from storage.engine import Database


class Results:
    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        raise NotImplementedError

    async def report(
        self,
        guild_id: int,
        event: str | None = None,
        theme: str | None = None,
        at: datetime | None = None,
    ) -> RankingReport:
        """Every recommendation, ranked within event and theme; `at` dates the report (default: now)."""
        raise NotImplementedError
