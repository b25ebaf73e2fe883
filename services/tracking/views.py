"""Rows of the follow-up as they are shown, and the entities they stand under."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from seminar.errors import NotFound
from seminar.follow_up import Content, overdue
from seminar.follow_up_overview import called
from seminar.initiative import Initiative
from seminar.texts import clean_line, echo, fold
from seminar.words import Text, t
from storage.follow_ups import FollowUpRow

_KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """One row. `entity` is whom it was opened for, `called` the same with whoever came after it."""

    id: int
    reference: str
    title: str
    final: int | None
    entity: str
    called: str | Text
    number: int
    content: Content
    overdue: bool
    revision: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """A page of rows, counted from 0, and how many rows there are on all pages; `reference` names the
    recommendation they are narrowed to, if any.
    """

    items: tuple[FollowUpView, ...]
    total: int
    page: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One state that a row was in; `who` is whoever brought it there, as attribution allows, if at all."""

    revision: int
    content: Content
    before: Content | None
    at: datetime
    source: Text
    who: str | None


@dataclass(frozen=True, slots=True)
class History:
    """A row with every state it was in, the latest first."""

    row: FollowUpView
    entries: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """An entity that answers today, with all the names that rows are kept under."""

    entity: str
    title: str
    members: tuple[str, ...]

    @property
    def key(self) -> str:
        return key_of(self.entity)


def view(row: FollowUpRow, initiative: Initiative, today: date) -> FollowUpView:
    """A row as it is shown; `today` is the initiative's day."""
    return FollowUpView(
        id=row.id,
        reference=row.reference,
        title=row.title,
        final=row.final,
        entity=row.entity,
        called=called(row.entity, initiative),
        number=row.number,
        content=row.content,
        overdue=overdue(row.content.due_on, row.content.implementation, today),
        revision=row.revision,
        updated_at=row.updated_at,
    )


def today_of(initiative: Initiative, now: datetime) -> date:
    """Which day it is for the initiative."""
    return now.astimezone(initiative.zone).date()


def key_of(entity: str) -> str:
    """A short name for an entity, however long its own, for ids that have no room."""
    return hashlib.sha256(fold(entity).encode()).hexdigest()[:_KEY_LENGTH]


def groups(entities: Iterable[str], initiative: Initiative) -> list[Group]:
    """Under whom rows of these entities stand: those of the initiative in its order, then the others."""
    titles = {one.code: one.title for one in initiative.entities}
    order = {fold(code): place for place, code in enumerate(titles)}
    found: dict[str, tuple[str, dict[str, None]]] = {}
    for entity in entities:
        now = initiative.present_entity(entity)
        found.setdefault(fold(now), (now, {}))[1][entity] = None
    keys = sorted(found, key=lambda key: (order.get(key, len(order)), key))
    return [
        Group(found[key][0], titles.get(found[key][0], found[key][0]), tuple(found[key][1])) for key in keys
    ]


def group_named(typed: str, entities: Sequence[str], initiative: Initiative) -> Group:
    """The group that somebody means by a name, a code, a title, the name of a predecessor, or its key.

    An entity of the initiative may have no rows yet.

    Raises:
        NotFound: nobody is called so.
    """
    wanted = fold(clean_line(typed))
    here = groups((*entities, *(one.code for one in initiative.entities)), initiative)
    titled = {fold(one.title): initiative.present_entity(one.code) for one in initiative.entities}
    for group in here:
        names = {fold(group.entity), *map(fold, group.members), group.key}
        if wanted in names or titled.get(wanted) == group.entity:
            kept = set(entities)
            return Group(group.entity, group.title, tuple(one for one in group.members if one in kept))
    known = tuple(group.entity for group in here)
    raise NotFound(
        t("“{entity}” is no addressee here; there are {known}.", entity=echo(typed), known=known)
        if known
        else t("Nothing is followed up here yet.")
    )
