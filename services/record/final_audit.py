"""Conferences in the audit: what was forwarded and made final is what the ledger says."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import audits
from storage.audits import FinalRow

FORWARDED: Final = "recommendation.forwarded"
DECIDED: Final = ("recommendation.finalised", "recommendation.not_finalised")
TAKEN_UP: Final = "recommendation.taken_up"


async def final_problems(tx: AsyncConnection, guild_id: int) -> list[str]:
    """What does not fit, as sentences that name table and row."""
    problems: list[str] = []
    claimed: dict[str, dict[str, Any]] = {}
    for entry in await audits.acts(tx, guild_id, (FORWARDED, *DECIDED, TAKEN_UP)):
        where = f"ledger: row {guild_id}/{entry.seq}"
        try:
            body = json.loads(entry.body)
            if entry.act == FORWARDED:
                claimed[entry.subject] = {
                    "event": body["to"],
                    "origin": body["from"],
                    "version": body["version"],
                    "rank": body["rank"],
                    "number": None,
                    "final_version": None,
                    "basis": None,
                }
            elif entry.subject not in claimed:
                problems.append(f"{where}: decides on {entry.subject}, which no entry forwards.")
            elif entry.act == TAKEN_UP:
                claimed[entry.subject] |= {"final_version": None, "basis": None}
            else:
                final = entry.act == DECIDED[0]
                claimed[entry.subject] |= {
                    "number": body["number"],
                    "final_version": body["version"] if final else None,
                    "basis": body["basis"],
                }
        except (ValueError, TypeError, KeyError):
            problems.append(f"{where}: what it says of {entry.subject} cannot be read.")
    stored = await audits.finals(tx, guild_id)
    for reference, row in stored.items():
        expected = claimed.pop(reference, None)
        if expected is None:
            problems.append(f"conference_items: row {reference}: the ledger knows nothing of it.")
            continue
        problems += [
            f"conference_items: row {reference}: its {name} is not what the ledger says."
            for name in FinalRow._fields[1:]
            if getattr(row, name) != expected[name]
        ]
    problems += [f"conference_items: row {reference}: is missing." for reference in claimed]
    return problems
