"""The ledger as organisers read it: who did what and when, page by page, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seminar.model import Actor, Role
from services.initiatives import Initiatives
from services.record.audit import Audit, AuditReport
from storage import ledger
from storage.engine import Database

PAGE = 15


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One act: `at` is in the initiative's zone, `actor` a pseudonym or "system"."""

    seq: int
    at: datetime
    actor: str
    act: str
    subject: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the ledger, the latest entry first; pages count from 0. `head` is the last entry's hash."""

    entries: tuple[LogEntry, ...]
    page: int
    pages: int
    head: str


class LedgerLog:
    """What organisers see of the ledger, and of its audit."""

    def __init__(self, db: Database, initiatives: Initiatives, audit: Audit) -> None:
        self._db = db
        self._initiatives = initiatives
        self._audit = audit

    async def verify(self, actor: Actor) -> AuditReport:
        """Verify the server's ledger and closed ballots.

        Raises:
            NotFound: no initiative is loaded.
            NotAllowed: the actor is no organiser.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        return await self._audit.verify(actor.guild_id)

    async def page(self, actor: Actor, page: int = 0) -> LogPage:
        """A page of the server's ledger; a page beyond the last one is the last one.

        Raises:
            NotFound: no initiative is loaded.
            NotAllowed: the actor is no organiser.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        async with self._db.read() as tx:
            head = await ledger.head(tx, actor.guild_id)
            pages = max(1, -(-head.seq // PAGE))
            shown = max(0, min(page, pages - 1))
            last = head.seq - shown * PAGE
            after = max(0, last - PAGE)
            rows = await ledger.entries(tx, actor.guild_id, after=after, limit=last - after)
        return LogPage(
            tuple(
                LogEntry(row.seq, row.at.astimezone(initiative.zone), row.actor, row.act, row.subject)
                for row in reversed(rows)
            ),
            shown,
            pages,
            head.hash,
        )
