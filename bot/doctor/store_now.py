"""How the store does at this moment, and what it says should be in Discord."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.doctor.finding import Finding
from bot.settings import Settings, database_file
from seminar.errors import Refused
from seminar.initiative import Initiative
from storage import events, initiatives, ledger, migrate
from storage.engine import Database
from storage.events import EventRow
from storage.watching import Figures, figures

TIGHT = 1 << 30  # bytes; an upgrade and each backup write the whole store once more
FULL = 100 << 20  # bytes
LONG = 900  # seconds; a message that was put off once is tried again sooner


@dataclass(frozen=True, slots=True)
class Held:
    """What is held in one server."""

    initiative: Initiative
    events: Mapping[str, EventRow]


async def examine_store(settings: Settings) -> tuple[list[Finding], dict[int, Held]]:
    """What waits or does not hold together, and what is held where.

    Nothing of a store that is not there, cannot be opened or is of another version: that has been told.
    """
    findings = list(_disk(settings))
    try:
        db = await Database.open(settings.storage.url)
    except (Refused, OSError, ModuleNotFoundError):
        return findings, {}
    try:
        async with db.read() as tx:
            if await tx.run_sync(migrate.version) != migrate.HEAD:
                return findings, {}
            now = datetime.now(UTC)
            findings += _waiting(await figures(tx, now), now)
            wrong = [
                f"{problem}"
                for guild in await ledger.guilds(tx)
                async for problem in ledger.verify_end(tx, guild)
            ]
            findings.append(_ledger(wrong))
            held = {
                guild: Held(Initiative.model_validate(document), await events.fetch_all(tx, guild))
                for guild in await initiatives.guilds(tx)
                if (document := await initiatives.document(tx, guild)) is not None
            }
    except Refused as refusal:
        advice = "Try again; if it goes on, look at what holds the store."
        return [*findings, Finding("error", f"The store does not answer: {refusal}", advice)], {}
    finally:
        await db.close()
    return findings, held


def _waiting(found: Figures, now: datetime) -> Iterator[Finding]:
    age = (now - found.oldest).total_seconds() if found.oldest else 0.0
    if found.overdue:
        yield Finding(
            "warning",
            f"{_count(found.overdue, 'deadline is', 'deadlines are')} over for more than a minute, and "
            "nothing was done about it.",
            "Is the bot running, and connected? While nobody can reach it, nothing closes.",
        )
    else:
        yield Finding("ok", "No deadline is overdue.")
    if age > LONG:
        yield Finding(
            "warning",
            f"{_count(found.waiting, 'message waits', 'messages wait')} to be said in Discord, the oldest "
            f"for {age / 60:.0f} minutes.",
            "Is the bot running? If it is, its log says why they are put off; often a permission is missing.",
        )
    else:
        yield Finding("ok", "No message has waited long to be said in Discord.")


def _ledger(wrong: list[str]) -> Finding:
    if wrong:
        return Finding(
            "error",
            f"The ledger does not hold together: {wrong[0]}.",
            "Keep a copy of the store as it is, run `rapporteur audit verify`, and restore the last backup "
            "that is whole.",
        )
    return Finding(
        "ok", "The end of each ledger holds together.", "All of it is verified by: rapporteur audit verify"
    )


def _disk(settings: Settings) -> Iterator[Finding]:
    file = database_file(settings.storage.url)
    if file is None:
        return
    folder = next((place for place in file.absolute().parents if place.exists()), Path("/"))
    free = shutil.disk_usage(folder).free
    size = file.stat().st_size if file.exists() else 0
    room = f"The disk of the store has {free / (1 << 30):.1f} GiB left"
    if free < FULL:
        yield Finding("error", f"{room}, which is next to nothing.", "Make room before votes are refused.")
    elif free < max(TIGHT, 2 * size):
        yield Finding(
            "warning",
            f"{room}; the store takes {size / (1 << 30):.1f} GiB.",
            "An upgrade copies the store first, and so does a backup: make room for two of it.",
        )
    else:
        yield Finding("ok", f"{room}.")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
