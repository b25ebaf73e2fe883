"""What is asked about recommendations and shown of them: values, and how rows become them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.initiative import Initiative, Theme
from seminar.methods import method
from seminar.methods.base import Figures
from seminar.model import State
from seminar.words import Text
from services.authors import Authors
from storage import recommendations
from storage.recommendations import RecRow


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new recommendation would go: `event` is "" while the choice of theme decides it."""

    event: str
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person filled in. An `event` of "" is found from theme and channel (a thread's parent)."""

    theme: str
    event: str
    title: str
    text: str
    rationale: str = ""
    addressees: str = ""
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class LastResult:
    """How the latest closed ballot came out: the method's name, and its figures for the recommendation."""

    method: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class RecView:
    """A recommendation as shown: its current version, its open ballots (ids) and latest closed result.

    `author_id` is the internal id of a person, never shown; `author_shown` is what may be.
    `addressees` are entity codes or free names.
    """

    id: int
    reference: str
    event: str
    theme: str
    state: State
    title: str
    text: str
    rationale: str
    addressees: tuple[str, ...]
    author_id: str
    author_shown: str | Text
    seconds: int
    version: int
    created_at: datetime
    ballots: tuple[int, ...]
    last_result: LastResult | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, counted from 0; `total` counts the items of all pages."""

    items: tuple[RecView, ...]
    total: int
    page: int


async def views(
    tx: AsyncConnection, guild_id: int, initiative: Initiative, rows: Iterable[RecRow]
) -> list[RecView]:
    """The rows as they are shown, in a bounded number of statements."""
    rows = list(rows)
    if not rows:
        return []
    authors = await Authors.of(tx, guild_id, initiative)
    voting = [row.id for row in rows if row.state in (State.VOTING, State.ADMITTED)]
    open_ballots = await recommendations.open_ballots(tx, voting)
    return [
        RecView(
            id=row.id,
            reference=row.reference,
            event=row.event,
            theme=row.theme,
            state=row.state,
            title=row.title,
            text=row.text,
            rationale=row.rationale,
            addressees=row.addressees,
            author_id=row.author_id,
            author_shown=authors.shown(row),
            seconds=row.seconds,
            version=row.version,
            created_at=row.created_at,
            ballots=open_ballots.get(row.id, ()),
            last_result=None
            if row.last is None
            else LastResult(row.last.method, method(row.last.method).from_json(row.last.figures)),
        )
        for row in rows
    ]
