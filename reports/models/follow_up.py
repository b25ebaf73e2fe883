"""What a report of the follow-up says: how things stand with each addressee, and every row.

Who set a row has passed `seminar.attribution`; nothing here is left to a renderer to hide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from reports.models.covering import PLAIN, Covering
from seminar.follow_up import Content
from seminar.follow_up_overview import Overview
from seminar.model import State
from seminar.words import Text, t

FOLLOW_UP_FIELDS: tuple[str, ...] = (
    "reference",
    "final",
    "title",
    "theme",
    "event",
    "state",
    "entity",
    "answering",
    "number",
    "action",
    "acceptance",
    "implementation",
    "verified",
    "owner",
    "due_on",
    "overdue",
    "as_of",
    "note",
    "evidence",
    "set_by",
    "updated_at",
)
"""The public names of a row's fields, in the order of the machine-readable exports."""

TITLE = t("Follow-up of the recommendations")


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """One recommendation, addressee and action.

    `entity` is whom it was opened for, `answering` who answers for it today (the same, or a successor).
    `final` is the name of its final text (`R3`), if it has one. `set_by` is whoever brought it into its
    present state, as attribution allows, if at all. `mark` is what it is known by when it is handed out.
    """

    reference: str
    final: str | None
    title: str
    theme: str
    event: str
    state: State
    entity: str
    answering: str
    called: str | Text
    number: int
    content: Content
    overdue: bool
    closed: bool
    set_by: str | None
    updated_at: datetime
    id: int
    mark: str


@dataclass(frozen=True, slots=True)
class FollowUpReport:
    """The follow-up with one addressee or with all, by theme, number, addressee and action.

    `generated_at` is aware, `as_of` the day it was in the initiative's zone, by which rows are overdue.
    `ledger_head` is the SHA-256 (hex) of the ledger's last entry, None while it is empty. `entity` names the
    addressee it is limited to.
    """

    initiative: str
    generated_at: datetime
    time_zone: str
    ledger_head: str | None
    as_of: date
    entity: str | None
    overview: tuple[Overview, ...]
    lines: tuple[FollowUpLine, ...]
    covering: Covering = field(default=PLAIN)

    def of(self, one: Overview) -> Iterator[FollowUpLine]:
        """The rows that stand under one addressee of the overview."""
        return (line for line in self.lines if line.answering == one.entity)
