"""What a record of arguments says: everything that was put on record, and what became of it.

Whose words they are has passed `seminar.attribution`; nothing here is left to a renderer to hide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reports.models.ranking import EventSection
from seminar.model import ArgumentStatus, Stance
from seminar.words import Text

ARGUMENT_FIELDS: tuple[str, ...] = (
    "event",
    "theme",
    "reference",
    "title",
    "number",
    "stance",
    "text",
    "who",
    "constituency",
    "status",
    "reason",
    "link",
    "at",
)
"""The public names of an argument's fields, in the order of the exports."""


@dataclass(frozen=True, slots=True)
class ArgumentLine:
    """One argument: `title` is its recommendation's, `number` counts within it.

    One that was withdrawn has neither `text` nor `link`; one that was set aside has both, and the `reason`.
    `who` and `constituency` (a code) are what attribution allows to be told.
    """

    event: str
    theme: str
    reference: str
    title: str
    number: int
    stance: Stance
    text: str | None
    who: str | Text
    constituency: str | None
    status: ArgumentStatus
    reason: str | None
    link: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ArgumentsReport:
    """The arguments of an event, of a theme or of all, by event, theme, recommendation and number.

    `generated_at` is aware; `ledger_head` is the SHA-256 (hex) of the ledger's last entry, None while it
    is empty. `events` are those of the initiative, for their titles and order.
    """

    initiative: str
    generated_at: datetime
    ledger_head: str | None
    time_zone: str
    events: tuple[EventSection, ...]
    lines: tuple[ArgumentLine, ...]
