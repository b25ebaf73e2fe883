"""The texts in the audit: every version is what the ledger remembers that it said when it was made.

The ledger holds a salted digest of each; the text it is of stands beside it, unless it was erased.
"""

from __future__ import annotations

import json

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.wording import content
from storage import audits
from storage.audits import TextRow

MADE = ("recommendation.proposed", "recommendation.split_off", "recommendation.revised")
"""The acts that make a version."""


async def text_problems(tx: AsyncConnection, guild_id: int) -> list[str]:
    """What does not fit, as sentences that name table and row."""
    problems: list[str] = []
    claimed: dict[tuple[str, int], str] = {}
    for entry in await audits.acts(tx, guild_id, MADE):
        try:
            body = json.loads(entry.body)
            claimed[entry.subject, int(body["version"])] = str(body["content"])
        except (ValueError, TypeError, KeyError):
            problems.append(
                f"ledger: row {guild_id}/{entry.seq}: what it says of {entry.subject} cannot be read."
            )
    latest: dict[str, int] = {}
    for reference, number in claimed:
        latest[reference] = max(number, latest.get(reference, 0))
    async for rows in audits.texts(tx, guild_id):
        digests = {
            (row.reference, row.number): claimed.pop((row.reference, row.number), None) for row in rows
        }
        remembered = await audits.remembered(
            tx, [digest for digest in digests.values() if digest is not None]
        )
        for row in rows:
            where = f"versions: row {row.reference}/{row.number}"
            digest = digests[row.reference, row.number]
            if digest is None:
                problems.append(f"{where}: the ledger knows of no such version.")
            elif digest in remembered and _said(row) != remembered[digest]:
                problems.append(f"{where}: does not say what the ledger remembers.")
            if row.number == latest.get(row.reference) and row.current != row.number:
                problems.append(
                    f"recommendations: row {row.reference}: its current version is not the latest."
                )
    problems += [f"versions: row {reference}/{number}: is missing." for reference, number in claimed]
    return problems


def _said(row: TextRow) -> str | None:
    """A version as the ledger remembers one; None if it holds what none could."""
    try:
        return content(row.title, row.text, row.rationale, json.loads(str(row.addressees)))
    except (TypeError, ValueError):
        return None
