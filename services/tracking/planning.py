"""What a returned list of follow-up would change, row by row: rules that ask no store.

A row that was handed out says what was changed in it against what it said then, so that what was entered
here meanwhile is neither undone nor overwritten in silence: where both changed, it is a conflict, and applied
only if somebody says so. Of two rows about the same, neither is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reports.neutral import spreadsheet_text
from seminar.errors import Invalid, NotFound, Refused
from seminar.follow_up import Content, changed_fields, read_field, updated
from seminar.follow_up_list import CHANGED, Entry, Mark, plain
from seminar.follow_up_overview import called
from seminar.follow_up_rows import Numbered, chosen, meant
from seminar.initiative import Initiative
from seminar.lifecycle import Act, move
from seminar.model import State
from seminar.sheets import RowRefused
from seminar.texts import fold
from seminar.words import Text, t
from services.tracking.recording import Change, Place
from services.tracking.views import key_of
from storage.follow_ups import FollowUpRow
from storage.recommendations import RecRow

_HELD = "\0"
_TWICE = t("This list has another row about the same; it is not known which is meant, so neither is taken.")


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one row of the list. `row` is None for an action that is followed up from now on.

    In a `conflict` it was changed here after the list was handed out.
    """

    entry: Entry
    reference: str
    entity: str
    called: str | Text
    number: int
    row: FollowUpRow | None
    recommendation_id: int
    after: Content
    conflict: bool = False

    @property
    def before(self) -> Content:
        return Content() if self.row is None else self.row.content

    @property
    def target(self) -> Hashable:
        """What two rows of a list must not both be about."""
        if self.row is not None:
            return self.row.id
        return self.recommendation_id, fold(self.entity), self.number

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that change."""
        return changed_fields(self.before, self.after)

    @property
    def change(self) -> Change:
        """The same, to be stored."""
        if self.row is None:
            return Change(self.after, place=Place(self.recommendation_id, self.entity, self.number))
        return Change(self.after, self.row.content, self.row.id, self.row.revision)


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a list as a whole says of its rows: the key of the addressee whose workbook it is, if it was
    handed out, and the ids of all rows that are in it.
    """

    group: str | None
    rows: frozenset[int]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Workbook:
        marks = [entry.mark for entry in entries if entry.mark is not None]
        return cls(marks[0].group if marks else None, frozenset(mark.row for mark in marks))


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change, in the order of the list; what is refused; and how many rows change nothing."""

    taken: tuple[Planned, ...]
    refused: tuple[RowRefused, ...]
    unchanged: int
    workbook: Workbook

    @property
    def changes(self) -> tuple[Planned, ...]:
        return tuple(one for one in self.taken if not one.conflict)

    @property
    def conflicts(self) -> tuple[Planned, ...]:
        return tuple(one for one in self.taken if one.conflict)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of what a list speaks of: recommendations by reference, rows by id and by the
    ids of recommendations, and what rows said when they were handed out, by id and revision.
    """

    recommendations: Mapping[str, RecRow] = field(default_factory=dict)
    rows: Mapping[int, FollowUpRow] = field(default_factory=dict)
    of: Mapping[int, Sequence[FollowUpRow]] = field(default_factory=dict)
    states: Mapping[tuple[int, int], Content] = field(default_factory=dict)


def plan(
    entries: Sequence[Entry],
    guild_id: int,
    known: Known,
    initiative: Initiative,
    today: date,
    workbook: Workbook | None = None,
) -> Plan:
    """What the entries lead to, with this in the store; `workbook` where they are only a part of a list.

    Raises:
        Invalid: they were handed out by another server.
    """
    if any(entry.mark is not None and entry.mark.guild_id != guild_id for entry in entries):
        raise Invalid(t("This workbook was handed out by another server, so nothing of it is read."))
    workbook = workbook or Workbook.of(entries)
    planning = _Planning(known, initiative, today, workbook)
    settled: list[Planned] = []
    refused: list[RowRefused] = []
    # What was handed out first: a further row must not take the place that the list gives to another.
    for entry in sorted(entries, key=lambda one: one.mark is None):
        try:
            settled.append(planning.settle(entry))
        except Refused as why:
            refused.append(_refused(entry, why.text))
    taken: list[Planned] = []
    unchanged = 0
    about = Counter(one.target for one in settled)
    for one in settled:
        if about[one.target] > 1:
            refused.append(_refused(one.entry, _TWICE))
        elif one.row is not None and not one.fields:
            unchanged += 1
        else:
            try:
                move(planning.state_of(one), Act.FOLLOW_UP)
            except Refused as why:
                refused.append(_refused(one.entry, why.text))
            else:
                taken.append(one)
    return Plan(
        tuple(sorted(taken, key=lambda one: one.entry.row)),
        tuple(sorted(refused, key=lambda one: one.row)),
        unchanged,
        workbook,
    )


def _refused(entry: Entry, why: Text) -> RowRefused:
    return RowRefused(entry.row, entry.said, why)


class _Planning:
    def __init__(self, known: Known, initiative: Initiative, today: date, workbook: Workbook) -> None:
        self._known = known
        self._initiative = initiative
        self._today = today
        self._group, self._held = workbook.group, workbook.rows
        self._added: dict[tuple[int, str], list[Numbered]] = {}

    def state_of(self, planned: Planned) -> State:
        return self._known.recommendations[planned.reference].state

    def settle(self, entry: Entry) -> Planned:
        """
        Raises:
            Refused: it is not known which row is meant.
        """
        if entry.mark is None:
            return self._further(entry)
        return self._handed_out(entry, entry.mark)

    def _handed_out(self, entry: Entry, mark: Mark) -> Planned:
        if mark.group != self._group:
            raise Invalid(
                t("This row is from the workbook of another addressee; send each workbook by itself.")
            )
        row = self._known.rows.get(mark.row)
        base = self._known.states.get((mark.row, mark.revision))
        if row is None or base is None:
            raise NotFound(t("There is no row of this id here. {changed}", changed=CHANGED))
        same = (entry.reference or row.reference, entry.number or row.number) == (row.reference, row.number)
        if not mark.fits(row.entity) or not same:
            raise Invalid(CHANGED)
        given = {name: value for name, value in entry.given.items() if value != _as_sent(base, name)}
        return Planned(
            entry=entry,
            reference=row.reference,
            entity=row.entity,
            called=called(row.entity, self._initiative),
            number=row.number,
            row=row,
            recommendation_id=row.recommendation_id,
            after=updated(row.content, given, self._today) if given else row.content,
            conflict=row.revision != mark.revision,
        )

    def _further(self, entry: Entry) -> Planned:
        if not entry.given:
            raise Invalid(t("Nothing is answered in this row."))
        rec = self._known.recommendations.get(entry.reference)
        if rec is None:
            raise NotFound(t("There is no recommendation {reference} here.", reference=entry.reference))
        rows = self._known.of.get(rec.id, ())
        entity = self._entity(entry, rec, rows)
        mine = [row for row in rows if row.entity == entity]
        added = self._added.setdefault((rec.id, fold(entity)), [])
        numbered = [Numbered(row.number, self._action(row)) for row in mine] + added
        which = chosen(numbered, entry.number, entry.given.get("action"))
        row = next((one for one in mine if one.number == which), None)
        if row is None:
            which = which or max((one.number for one in numbered), default=0) + 1
            added.append(Numbered(which, entry.given.get("action", "")))
        return Planned(
            entry=entry,
            reference=rec.reference,
            entity=entity,
            called=called(entity, self._initiative),
            number=which or 1,
            row=row,
            recommendation_id=rec.id,
            after=updated(Content() if row is None else row.content, entry.given, self._today),
        )

    def _action(self, row: FollowUpRow) -> str:
        """A row's action; where the list has the row itself, one that is not given yet is not for others."""
        return row.content.action or (_HELD if row.id in self._held else "")

    def _entity(self, entry: Entry, rec: RecRow, rows: Sequence[FollowUpRow]) -> str:
        followed = [row.entity for row in rows]
        if entry.entity:
            return meant(entry.entity, rec.addressees, followed, self._initiative)
        here = list(dict.fromkeys((*followed, *rec.addressees)))
        if self._group is not None:
            of_workbook = [
                name
                for name in (*here, *(one.code for one in self._initiative.entities))
                if key_of(self._initiative.present_entity(name)) == self._group
            ]
            if of_workbook:
                return meant(of_workbook[0], rec.addressees, followed, self._initiative)
        if len(here) == 1:
            return here[0]
        raise Invalid(t("Name the addressee of this row."))


def _as_sent(content: Content, name: str) -> Any:
    """A field as it is read again from a workbook that says it."""
    value = getattr(content, name)
    return read_field(name, plain(spreadsheet_text(value))) if type(value) is str else value
