"""What a drafting history says: how each text came to be what it is, who asked for what, and why.

Whose words they are has passed `seminar.attribution`; nothing here is left to a renderer to hide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from reports.models.ranking import EventSection
from seminar.differences import Piece
from seminar.model import AmendmentStatus, Change, Kinship, State
from seminar.wording import Wording
from seminar.words import Text

Changes: TypeAlias = Mapping[str, tuple[Piece, ...]]
"""The difference of each field that differs, by its name in forms (`seminar.wording.changes`)."""


@dataclass(frozen=True, slots=True)
class KinLine:
    """One step of lineage: the recommendation came from `reference`, or with `onwards` went into it.

    `undone` says that the merge or split was undone.
    """

    kind: Kinship
    reference: str
    onwards: bool
    undone: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version: `changes` is what differs from the version before, empty for the first.

    `amendment` is the number of the amendment it comes from.
    """

    number: int
    at: datetime
    who: str | Text
    change: Change
    reason: str
    amendment: int | None
    wording: Wording
    changes: Changes


@dataclass(frozen=True, slots=True)
class AmendmentLine:
    """One amendment in its latest wording: `changes` is what differs from version `base`.

    `reason` is why it was asked for, `decision` why it was accepted or rejected, `version` what it became.
    """

    number: int
    at: datetime
    who: str | Text
    status: AmendmentStatus
    conflicting: bool
    base: int
    reason: str
    decision: str
    decided_at: datetime | None
    seconds: int
    version: int | None
    changes: Changes


@dataclass(frozen=True, slots=True)
class DraftedLine:
    """One recommendation with everything that happened to its text."""

    event: str
    theme: str
    reference: str
    title: str
    state: State
    lineage: tuple[KinLine, ...]
    versions: tuple[VersionLine, ...]
    amendments: tuple[AmendmentLine, ...]


@dataclass(frozen=True, slots=True)
class DraftingReport:
    """The drafting history of an event, of a theme or of all, by event, theme and number.

    `generated_at` is aware; `ledger_head` is the SHA-256 (hex) of the ledger's last entry, None while it
    is empty. `events` are those of the initiative, for their titles and order.
    """

    initiative: str
    generated_at: datetime
    ledger_head: str | None
    time_zone: str
    events: tuple[EventSection, ...]
    recommendations: tuple[DraftedLine, ...]
