"""Which ranking to show first, and where else there are some. Each is of one theme at one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from reports.models.ranking import Section
from seminar.initiative import Initiative
from seminar.model import EventStatus
from storage.events import EventRow
from storage.sections import SectionRow


@dataclass(frozen=True, slots=True)
class SectionHead:
    """A theme at an event that has recommendations; `voted` says that some have met a closed ballot."""

    event: str
    event_title: str
    theme: str
    theme_title: str
    voted: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """One ranking, and the heads of all there are (its own too), in the initiative's order.

    `group_titles` are the constituencies' titles by code.
    """

    section: Section
    heads: tuple[SectionHead, ...]
    group_titles: Mapping[str, str]


def heads(initiative: Initiative, rows: Iterable[SectionRow]) -> tuple[SectionHead, ...]:
    """The heads of `rows` in the initiative's order; none of what has recommendations can leave it."""
    events = {event.code: event.title for event in initiative.events}
    themes = {theme.code: theme.title for theme in initiative.themes}
    event_order, theme_order = list(events), list(themes)

    def place(row: SectionRow) -> tuple[int, int]:
        return event_order.index(row.event), theme_order.index(row.theme)

    return tuple(
        SectionHead(
            row.event,
            events[row.event],
            row.theme,
            themes[row.theme],
            row.voted > 0,
        )
        for row in sorted(rows, key=place)
    )


def first(known: Iterable[SectionHead], rows: Mapping[str, EventRow]) -> SectionHead | None:
    """The one to show of `known`: what was voted on before what was not, then the event opened last.

    Open events come before closed ones; within an event, the initiative's order of
    themes decides.
    """

    def standing(head: SectionHead) -> tuple[bool, bool, float]:
        row = rows.get(head.event)
        opened: datetime | None = row.opened_at if row else None
        return (
            head.voted,
            row is not None and row.status is EventStatus.OPEN,
            opened.timestamp() if opened else 0.0,
        )

    return max(known, key=standing, default=None)
