"""Storing what a row of the follow-up says now: the row, its history, and when to remind of it.

Each act that changes rows enters itself in the ledger; `digest_of` is what it may say of their texts there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.canonical import canonical
from seminar.follow_up import Content, Source, closed, next_reminder
from storage import deadlines, follow_ups, ledger
from storage.people import PersonRow

REMINDER: Final = "follow_up.reminder"
"""The deadline of a row's next reminder, and the private message it leads to (both about the row's id)."""
SYSTEM: Final = "system"
"""Who acts on the command line, as the ledger says it."""


@dataclass(frozen=True, slots=True)
class By:
    """Who changes rows, and by which way; without a person on the command line."""

    person: PersonRow | None
    source: Source

    @property
    def person_id(self) -> str | None:
        return None if self.person is None else self.person.id

    @property
    def pseudonym(self) -> str:
        return SYSTEM if self.person is None else self.person.pseudonym


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row that is not there yet is to be: whose, on which recommendation, under which number."""

    recommendation_id: int
    entity: str
    number: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a row is to say: one that is there, by its id and revision, or a new one at its place."""

    after: Content
    before: Content | None = None
    id: int = 0
    revision: int = 0
    place: Place | None = None


async def record(
    tx: AsyncConnection, guild_id: int, changes: Sequence[Change], by: By, at: datetime, zone: ZoneInfo
) -> list[tuple[int, int]]:
    """Store changes, with their reminders; the id and revision of each row, in their order."""
    done: list[tuple[int, int]] = []
    for change in changes:
        if change.place is None:
            done.append((change.id, change.revision + 1))
            continue
        place = change.place
        opened = await follow_ups.add(
            tx,
            guild_id,
            place.recommendation_id,
            place.entity,
            place.number,
            change.after,
            by.source,
            by.person_id,
            at,
        )
        done.append((opened, 1))
    changed = [
        (follow_up_id, revision, change.after)
        for (follow_up_id, revision), change in zip(done, changes, strict=True)
        if change.place is None
    ]
    await follow_ups.change_all(tx, changed, by.source, by.person_id, at)
    moved = {
        follow_up_id: _reminder(change.after, zone, at)
        for (follow_up_id, _), change in zip(done, changes, strict=True)
        if _due_otherwise(change.before, change.after)
    }
    await deadlines.put_all(tx, guild_id, REMINDER, moved)
    return done


async def digest_of(tx: AsyncConnection, guild_id: int, content: object) -> str:
    """Keep what rows say beside the ledger, and give its salted digest."""
    return await ledger.remember(tx, guild_id, canonical(content))


def _due_otherwise(before: Content | None, after: Content) -> bool:
    """Whether the reminders there are, if any, are no longer right."""
    if before is None:
        return after.due_on is not None
    return (before.due_on, closed(before.implementation)) != (after.due_on, closed(after.implementation))


def _reminder(content: Content, zone: ZoneInfo, at: datetime) -> datetime | None:
    if content.due_on is None or closed(content.implementation):
        return None
    return next_reminder(content.due_on, zone, at)
