"""The daily digest: when it is due, and which of what happened it tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo


class Section(StrEnum):
    """Under which heading something is told, in this order."""

    NEW = "new"
    CHANGED = "changed"
    ASKED = "asked"
    DECIDED = "decided"


class What(StrEnum):
    """What happened to a recommendation; of several things, the one that is named last here is told, and of
    decisions of a conference the latest.
    """

    AMENDMENT = "amendment"
    REVISED = "revised"
    ADMITTED = "admitted"
    NEW = "new"
    REOPENED = "reopened"
    RETURNED = "returned"
    MERGED = "merged"
    SPLIT = "split"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    TAKEN_UP = "taken_up"
    NOT_FINALISED = "not_finalised"
    FINALISED = "finalised"

    @property
    def section(self) -> Section:
        return _SECTIONS[self]


_SECTIONS: Final[Mapping[What, Section]] = MappingProxyType(
    {
        What.AMENDMENT: Section.ASKED,
        What.REVISED: Section.CHANGED,
        What.ADMITTED: Section.DECIDED,
        What.NEW: Section.NEW,
        What.REOPENED: Section.DECIDED,
        What.RETURNED: Section.DECIDED,
        What.MERGED: Section.CHANGED,
        What.SPLIT: Section.CHANGED,
        What.REJECTED: Section.DECIDED,
        What.FORWARDED: Section.DECIDED,
        What.TAKEN_UP: Section.DECIDED,
        What.NOT_FINALISED: Section.DECIDED,
        What.FINALISED: Section.DECIDED,
    }
)
_ACTS: Final[Mapping[str, What]] = MappingProxyType(
    {
        "amendment.proposed": What.AMENDMENT,
        "recommendation.revised": What.REVISED,
        "recommendation.admitted": What.ADMITTED,
        "recommendation.proposed": What.NEW,
        "recommendation.split_off": What.NEW,
        "recommendation.reopened": What.REOPENED,
        "recommendation.returned": What.RETURNED,
        "recommendation.merged": What.MERGED,
        "recommendation.split": What.SPLIT,
        "recommendation.rejected": What.REJECTED,
        "recommendation.forwarded": What.FORWARDED,
        "recommendation.taken_up": What.TAKEN_UP,
        "recommendation.not_finalised": What.NOT_FINALISED,
        "recommendation.finalised": What.FINALISED,
    }
)
_AT_CONFERENCE: Final = frozenset({What.TAKEN_UP, What.NOT_FINALISED, What.FINALISED})
_ORDER: Final = {what: place for place, what in enumerate(What)}
CLOSED: Final = "ballot.closed"
TOLD: Final = frozenset({*_ACTS, CLOSED})
"""The acts of the ledger that a digest tells; all others are nothing to it."""


def happened(acts: Iterable[tuple[str, str]]) -> dict[str, What]:
    """What is told of each recommendation, by reference, from (act, subject) in the order of the ledger.

    The references are in the order in which something happened to them first.
    """
    told: dict[str, What] = {}
    for act, subject in acts:
        what = _ACTS.get(act)
        if what is not None:
            before = told.get(subject)
            if before is None or {before, what} <= _AT_CONFERENCE:
                told[subject] = what
            else:
                told[subject] = max(before, what, key=_ORDER.__getitem__)
    return told


def next_digest(hour: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment after `after` at which clocks in `zone` show `hour` (`18:00`), in UTC.

    Once a day, also when clocks are changed: an hour that is left out comes as much later as the clocks
    are put forward, and of one that comes twice it is the first.
    """
    wanted = time.fromisoformat(hour)
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        due = datetime.combine(day, wanted, zone).astimezone(UTC)
        if due > after:
            return due
        day += timedelta(days=1)
