"""Conferences in the audit: what was forwarded and made final is what the ledger says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import State
from storage import audits
from storage.audits import FinalRow

FORWARDED: Final = "recommendation.forwarded"
DECIDED: Final = ("recommendation.finalised", "recommendation.not_finalised")
TAKEN_UP: Final = "recommendation.taken_up"
_OWN: Final = ("state", "conference")  # of the recommendation's own row


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
                    "state": State.FORWARDED,
                    "conference": body["to"],
                    "ballot": _number(body["ballot"]),
                    "basis_ballot": None,
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
                claimed[entry.subject] |= {
                    "state": State.FORWARDED,
                    "final_version": None,
                    "basis": None,
                    "basis_ballot": None,
                }
            else:
                final = entry.act == DECIDED[0]
                claimed[entry.subject] |= {
                    "state": State.FINALISED if final else State.NOT_FINALISED,
                    "number": body["number"],
                    "final_version": body["version"] if final else None,
                    "basis": body["basis"],
                    "basis_ballot": _number(body["ballot"]),
                }
        except (ValueError, TypeError, KeyError, AttributeError):
            problems.append(f"{where}: what it says of {entry.subject} cannot be read.")
    stored = await audits.finals(tx, guild_id)
    for reference, row in stored.items():
        expected = claimed.pop(reference, None)
        if expected is None:
            problems.append(f"conference_items: row {reference}: the ledger knows nothing of it.")
            continue
        problems += _differences(row, expected)
    problems += [f"conference_items: row {reference}: is missing." for reference in claimed]
    return problems


def _differences(row: FinalRow, expected: Mapping[str, object]) -> list[str]:
    """Where a row is not what it ought to be; a text that is open may be under vote as well."""
    state = State.FORWARDED if row.state == State.VOTING else row.state
    values = row._replace(state=state)._asdict()
    return [
        f"{'recommendations' if name in _OWN else 'conference_items'}: row {row.reference}: "
        f"its {name} is not what the ledger says."
        for name in FinalRow._fields[1:]
        if values[name] != expected[name]
    ]


def _number(label: str | None) -> int | None:
    """3 for B3."""
    return None if label is None else int(label.removeprefix("B"))
