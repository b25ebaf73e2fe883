"""What importing a list would do, person by person: rules that ask no store.

A row is about whoever has its Discord id, whoever entered the code given out under its name,
or whoever is registered without an account by that name; else about somebody new. Where it could be
two people it is refused, since nobody may be in the electorate twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from seminar.errors import Invalid, Refused
from seminar.initiative import Initiative
from seminar.model import Status
from seminar.participant_list import Entry, checked
from seminar.sheets import RowRefused
from seminar.texts import fold
from seminar.words import t
from services.people import persons, registering
from storage.people import PersonRow
from storage.register_codes import CodeRow


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one row: `before` is None for somebody new. The delegation is not settled yet."""

    before: PersonRow | None
    after: PersonRow

    @property
    def registers(self) -> bool:
        return self.before is None or self.before.status is None

    @property
    def changes(self) -> bool:
        """Whether something would be stored."""
        return self.before is None or self.before != replace(self.after, delegation=self.before.delegation)


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows that can be applied, with what they lead to, and those that cannot."""

    taken: tuple[tuple[Entry, Planned], ...]
    refused: tuple[RowRefused, ...]

    @property
    def planned(self) -> tuple[Planned, ...]:
        return tuple(planned for _, planned in self.taken)


def plan(
    entries: Iterable[Entry],
    guild_id: int,
    known: Sequence[PersonRow],
    codes: Mapping[str, CodeRow],
    initiative: Initiative,
) -> Plan:
    """What the entries lead to, with these people known and these codes given out (by person)."""
    planning = _Planning(guild_id, known, codes, initiative)
    taken: list[tuple[Entry, Planned]] = []
    refused: list[RowRefused] = []
    for entry in entries:
        try:
            taken.append((entry, planning.settle(entry)))
        except Refused as why:
            refused.append(RowRefused(entry.row, entry.name or str(entry.user_id), why.text))
    return Plan(tuple(taken), tuple(refused))


class _Planning:
    def __init__(
        self,
        guild_id: int,
        known: Sequence[PersonRow],
        codes: Mapping[str, CodeRow],
        initiative: Initiative,
    ) -> None:
        self._guild_id = guild_id
        self._initiative = initiative
        self._by_user = {row.user_id: row for row in known if row.user_id is not None}
        self._without = {fold(row.name): row for row in known if row.user_id is None}
        self._called = {fold(row.name) for row in known if row.user_id is not None and row.status is not None}
        self._listed = {
            fold(codes[row.id].name): row for row in known if row.user_id is not None and row.id in codes
        }
        self._rows: dict[str, int] = {}

    def settle(self, entry: Entry) -> Planned:
        """
        Raises:
            Refused: it fits nobody, or two.
        """
        checked(entry, self._initiative)
        before = self._named(entry) if entry.user_id is None else self._with_account(entry, entry.user_id)
        row = before or persons.fresh(self._guild_id, entry.user_id, entry.name)
        if row.user_id is None:  # without an account they are known by what the organisers call them
            row = replace(row, user_id=entry.user_id, name=entry.name)
        after = replace(
            row,
            status=entry.status or row.status or Status.PARTICIPANT,
            constituency=entry.constituency or registering.standing(self._initiative, row.constituency),
            organisation=entry.organisation or row.organisation,
        )
        registering.require_spoken_for(after, self._initiative)
        if after.id in self._rows:
            raise Invalid(t("Row {row} is about the same person.", row=self._rows[after.id]))
        self._rows[after.id] = entry.row
        return Planned(before, after)

    def _with_account(self, entry: Entry, user_id: int) -> PersonRow | None:
        known = self._by_user.get(user_id)
        by_name = self._without.get(fold(entry.name)) if entry.name else None
        if known is not None and by_name is not None:
            raise Invalid(
                t(
                    "{name} is registered without an account too. If that is them, let them enter "
                    "their code; if not, leave the name out of this row.",
                    name=entry.name,
                )
            )
        return known or by_name

    def _named(self, entry: Entry) -> PersonRow | None:
        name = fold(entry.name)
        known = self._listed.get(name) or self._without.get(name)
        if known is None and name in self._called:
            raise Invalid(
                t("Somebody with an account is called so. Give their Discord id, or tell the two apart.")
            )
        return known
