"""The audit: recompute every chain and every closed ballot, and say what does not fit."""

from __future__ import annotations

from dataclasses import dataclass

from storage.engine import Database


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`problems` are sentences, each naming its table and row; none means all is well.

    `entries` counts ledger entries, `ballots` closed ballots that were tallied again.
    """

    problems: tuple[str, ...]
    entries: int
    ballots: int


class Audit:
    """Verifies the store against itself and against a head known from outside."""

    def __init__(self, db: Database) -> None: ...

    async def verify(self, guild_id: int | None = None, expected_head: str | None = None) -> AuditReport: ...
