"""The audit: recompute every chain and every closed ballot, and say what does not fit.

The ledger's chain is the measure: what it says of a ballot's opening and closing is
held against the cast-vote record, the tally and the rest, and every ballot is tallied
again from its record. Every text is held against what the ledger remembers of it, and so is what
conferences made of texts. A head
known from outside shows whether the chain itself is whole.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.canonical import GENESIS
from services.record.final_audit import final_problems
from services.record.recount import Claims, closed_ballot_problems
from services.record.text_audit import text_problems
from storage import audits, cast_votes, ledger
from storage.audits import ActRow
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

    def __init__(self, db: Database) -> None:
        self._db = db

    async def verify(self, guild_id: int | None = None, expected_head: str | None = None) -> AuditReport:
        """Verify one server, or all; `expected_head` must be the hash of an entry in what is verified.

        Raises:
            StoreUnavailable: the store cannot be read.
        """
        problems: list[str] = []
        entries, closed = 0, set[int]()
        async with self._db.read() as tx:
            guilds = await ledger.guilds(tx) if guild_id is None else [guild_id]
            for guild in guilds:
                entries += await audits.count_entries(tx, guild)
                async for problem in ledger.verify_chain(tx, guild):
                    problems.append(_sentence(problem))
                async for problem in ledger.verify_texts(tx, guild):
                    problems.append(_sentence(problem))
                problems += await text_problems(tx, guild)
                problems += await final_problems(tx, guild)
                acts = await audits.acts(tx, guild, ("ballot.opened", "ballot.closed"))
                for claims in _claims(guild, acts, problems):
                    closed.add(claims.ballot_id)
                    problems += await _recount(tx, claims)
            for ballot_id, owner in (await audits.recorded(tx)).items():
                if ballot_id not in closed and (guild_id is None or owner == guild_id):
                    problems += await _unclaimed(tx, ballot_id)
            if expected_head is not None:
                expected = expected_head.strip().lower()
                if expected != GENESIS and not await audits.holds(tx, guilds, expected):
                    problems.append(
                        f"ledger: no entry has the expected head {expected[:64]}: "
                        "the chain's tail was cut or rewritten, or the head belongs to another store."
                    )
        return AuditReport(tuple(problems), entries, len(closed))


def _sentence(problem: ledger.Problem) -> str:
    return f"{problem.table}: row {problem.row}: {problem.what}."


def _claims(guild_id: int, acts: Iterable[ActRow], problems: list[str]) -> Iterator[Claims]:
    """What the ledger says of each closed ballot; entries that cannot be read become problems."""
    opened: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for entry in acts:
        where = f"ledger: row {guild_id}/{entry.seq}"
        try:
            body = json.loads(entry.body)
            if entry.act == "ballot.opened":
                opened[entry.subject] = entry.at, body
            elif entry.subject not in opened:
                problems.append(f"{where}: closes ballot {entry.subject}, which no entry opens.")
            else:
                opened_at, opening = opened[entry.subject]
                moments = {"opened_at": opened_at, "closed_at": entry.at}
                yield Claims.read(guild_id, entry.subject, opening, body, moments)
        except (ValueError, TypeError, KeyError, AttributeError):
            problems.append(f"{where}: what it says of ballot {entry.subject} cannot be read.")


async def _recount(tx: AsyncConnection, claims: Claims) -> tuple[str, ...]:
    record = await cast_votes.cast_votes_of(tx, claims.ballot_id)
    tallies = await cast_votes.tallies_of(tx, claims.ballot_id)
    remains = await audits.remains(tx, claims.ballot_id)
    # Beside the event loop: a large ballot takes a second, and clicks go on meanwhile.
    return await asyncio.to_thread(lambda: tuple(closed_ballot_problems(claims, record, tallies, remains)))


async def _unclaimed(tx: AsyncConnection, ballot_id: int) -> list[str]:
    """Rows of a ballot that the ledger does not know to be closed."""
    rows = [
        f"cast_votes: ballot {ballot_id}, row {row.number}"
        for row in await cast_votes.cast_votes_of(tx, ballot_id)
    ]
    rows += [
        f"tallies: ballot {ballot_id}, row {row.position}"
        for row in await cast_votes.tallies_of(tx, ballot_id)
    ]
    return [f"{row}: the ledger knows of no such closed ballot." for row in rows]
