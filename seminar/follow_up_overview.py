"""How things stand with each addressee together, whoever answers for it today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from seminar.follow_up import Acceptance, Implementation, closed
from seminar.initiative import Initiative
from seminar.texts import fold
from seminar.words import Text, t


@dataclass(frozen=True, slots=True)
class Standing:
    """So many rows of an entity (as they are kept) that stand alike."""

    entity: str
    acceptance: Acceptance
    implementation: Implementation
    verified: bool
    overdue: bool
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """How things stand with one entity together. `former` are entities it came after that have rows."""

    entity: str
    title: str
    former: tuple[str, ...] = ()
    rows: int = 0
    acceptance: Mapping[Acceptance, int] = field(default_factory=dict)
    implementation: Mapping[Implementation, int] = field(default_factory=dict)
    verified: int = 0
    overdue: int = 0

    @property
    def open(self) -> int:
        """How many rows are not closed."""
        return sum(count for state, count in self.implementation.items() if not closed(state))

    @property
    def called(self) -> str | Text:
        """`DPO (DPKO until succeeded)`."""
        if not self.former:
            return self.entity
        return t("{entity} ({former} until succeeded)", entity=self.entity, former=self.former)


def called(entity: str, initiative: Initiative) -> str | Text:
    """An entity as a row shows it: by its own name, and by that of whoever came after it."""
    now = initiative.present_entity(entity)
    if now == entity:
        return entity
    return t("{entity} ({former} until succeeded)", entity=now, former=entity)


def overviews(standings: Iterable[Standing], initiative: Initiative) -> tuple[Overview, ...]:
    """One for each entity that answers today: those of the initiative in its order, then the others."""
    titles = {one.code: one.title for one in initiative.entities}
    spelled: dict[str, str] = {}
    members: dict[str, dict[str, None]] = {}
    found: dict[str, list[Standing]] = {}
    for one in standings:
        key = fold(initiative.present_entity(one.entity))
        spelled.setdefault(key, initiative.present_entity(one.entity))
        members.setdefault(key, {})[one.entity] = None
        found.setdefault(key, []).append(one)
    order = {fold(code): place for place, code in enumerate(titles)}
    made = []
    for key in sorted(found, key=lambda key: (order.get(key, len(order)), key)):
        name, acceptance, implementation = spelled[key], Counter[Acceptance](), Counter[Implementation]()
        for one in found[key]:
            acceptance[one.acceptance] += one.count
            implementation[one.implementation] += one.count
        made.append(
            Overview(
                entity=name,
                title=titles.get(name, name),
                former=tuple(one for one in members[key] if fold(one) != key),
                rows=sum(one.count for one in found[key]),
                acceptance=dict(acceptance),
                implementation=dict(implementation),
                verified=sum(one.count for one in found[key] if one.verified),
                overdue=sum(one.count for one in found[key] if one.overdue),
            )
        )
    return tuple(made)
