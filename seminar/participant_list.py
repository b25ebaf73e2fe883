"""A list of participants as an organiser sends it: what its columns mean, and which rows can be taken.

Whoever reads the file hands over its rows as text. Nothing here asks a store: whether a row
fits the people who are known already is decided when it is applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from seminar.errors import Invalid, Refused
from seminar.initiative import Initiative
from seminar.model import Status
from seminar.sheets import Number, Row, RowRefused
from seminar.texts import bounded, clean_line, fold, seen
from seminar.words import t

MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_CELL = 1_000
"""Characters of a cell that are read; whatever is longer is too long for anything here anyway."""

MOST_NAME = 100
_EXACT = 15  # digits of a number that a spreadsheet keeps
_ROUNDED_SHARE = 20  # of so many ids one at most ends in zeros by chance
_ID = re.compile(r"(?:<@!?)?(\d{15,20})>?")
_LARGE_NUMBER = re.compile(r"\d+(?:[.,]\d*)?[eE]\+?\d+")


class Column(StrEnum):
    """What a column holds. A name may also be a Discord id."""

    NAME = "name"
    GIVEN = "given"
    ID = "id"
    CONSTITUENCY = "constituency"
    ORGANISATION = "organisation"
    STATUS = "status"


_HEADERS: Mapping[str, Column] = MappingProxyType(
    {
        heading: column
        for column, headings in {
            Column.NAME: (
                "name, full name, participant, name or discord id, name or id, last name, surname, "
                "family name, nom, nom complet, nom et prenom, prenom et nom, nom de famille, "
                "nom ou identifiant discord, nom ou id discord, nom ou identifiant, nom ou id"
            ),
            Column.GIVEN: "first name, given name, prenom",
            Column.ID: (
                "discord id, discord, discord user id, user id, id, account, discord account, "
                "identifiant, identifiant discord, id discord, compte, compte discord"
            ),
            Column.CONSTITUENCY: (
                "constituency, constituency code, college, code du college, code college, circonscription"
            ),
            Column.ORGANISATION: "organisation, organization, delegation, institution, organisme",
            Column.STATUS: "status, statut",
        }.items()
        for heading in headings.split(", ")
    }
)
_STATUSES: Mapping[str, Status] = MappingProxyType(
    dict.fromkeys(("participant", "participante"), Status.PARTICIPANT)
    | dict.fromkeys(("observer", "observateur", "observatrice"), Status.OBSERVER)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be taken: somebody by their Discord id, by a name, or both.

    `name` is empty where only the id is given. None leaves a thing as it is registered.
    """

    row: int
    user_id: int | None
    name: str
    status: Status | None = None
    constituency: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class ParticipantList:
    """What a list says; `unread` are the headings of columns that mean nothing here."""

    entries: tuple[Entry, ...]
    refused: tuple[RowRefused, ...]
    unread: tuple[str, ...]


def recognised(headings: Iterable[str]) -> int:
    """How many of these headings mean something here."""
    return sum(_column(heading) is not None for heading in headings)


def read(rows: Iterable[Row], initiative: Initiative) -> ParticipantList:
    """What the rows say, the first that is not empty being the headings.

    Raises:
        Invalid: there is no column of names or ids, a column is there twice, or there are too many rows.
    """
    written = ((number, cells) for number, cells in rows if any(map(str.strip, cells)))
    columns, unread = _columns(next(written, (0, ()))[1])
    reading = _Reading(initiative, columns)
    taken: list[Entry] = []
    refused: list[RowRefused] = []
    for count, (number, cells) in enumerate(written, start=1):
        if count > MOST_ROWS:
            raise Invalid(
                t("The list has more than {most} rows; send it in several parts.", most=f"{MOST_ROWS:,}")
            )
        values = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        if not any(value.strip() for value in values.values()):
            continue
        try:
            taken.append(reading.entry(number, values))
        except Refused as why:
            refused.append(RowRefused(number, _said(values), why.text))
    rounded = _rounded(taken)
    for entry in rounded:
        refused.append(RowRefused(entry.row, entry.name or str(entry.user_id), _ROUNDED))
    return ParticipantList(
        tuple(entry for entry in taken if entry not in rounded),
        tuple(sorted(refused, key=lambda one: one.row)),
        unread,
    )


def checked(entry: Entry, initiative: Initiative) -> Entry:
    """An entry that was read before, as the initiative allows it now.

    Raises:
        NotFound: its constituency is no longer declared.
    """
    if entry.constituency is not None:
        initiative.constituency(entry.constituency)
    return entry


def _column(heading: str) -> Column | None:
    return _HEADERS.get(" ".join(re.sub(r"[^\w]+|_", " ", fold(heading)).split()))


def _columns(headings: Sequence[str]) -> tuple[dict[Column, int], tuple[str, ...]]:
    found: dict[Column, int] = {}
    unread: list[str] = []
    for place, heading in enumerate(headings):
        column = _column(heading)
        if column is None:
            unread += [clean_line(heading)[:MOST_NAME]] if seen(heading) else []
        elif column in found:
            raise Invalid(
                t(
                    "Two columns of the list mean the same: “{first}” and “{second}”. Leave one of them out.",
                    first=clean_line(headings[found[column]]),
                    second=clean_line(heading),
                )
            )
        else:
            found[column] = place
    if Column.NAME not in found and Column.ID not in found:
        raise Invalid(
            t(
                "The list needs a first line of headings with a column “name” or “Discord id”; beside it "
                "there may be “constituency”, “organisation” and “status”."
            )
        )
    return found, tuple(unread)


_ROUNDED = t(
    "A spreadsheet has rounded this Discord id, so it is somebody else's or nobody's; format the column as "
    "text and enter the id again."
)


class _Reading:
    """Reads row after row, knowing those before."""

    def __init__(self, initiative: Initiative, columns: Mapping[Column, int]) -> None:
        self._initiative = initiative
        self._columns = columns
        self._codes = {fold(one.title): one.code for one in initiative.constituencies}
        self._codes |= {fold(one.code): one.code for one in initiative.constituencies}
        self._ids: dict[int, int] = {}
        self._names: dict[str, int] = {}
        self._unaccounted: dict[str, int] = {}

    def entry(self, number: int, values: Mapping[Column, str]) -> Entry:
        """
        Raises:
            Refused: the row cannot be taken; nothing is remembered of it.
        """
        if any(value.lstrip().startswith("=") for value in values.values()):
            raise Invalid(t("A cell holds a formula; enter what it shows instead."))
        user_id, name = self._who(values)
        entry = Entry(
            number,
            user_id,
            name,
            self._status(values.get(Column.STATUS, "")),
            self._constituency(values.get(Column.CONSTITUENCY, "")),
            bounded(clean_line(values.get(Column.ORGANISATION, "")), t("Organisation"), 0, MOST_NAME) or None,
        )
        self._once(entry)
        return entry

    def _who(self, values: Mapping[Column, str]) -> tuple[int | None, str]:
        account, name = values.get(Column.ID, ""), values.get(Column.NAME, "")
        user_id = _user_id(account)
        if user_id is None and seen(account):
            raise Invalid(
                t("“{id}” is no Discord id, which is a number of 17 to 20 digits.", id=clean_line(account))
            )
        if user_id is None and (user_id := _user_id(name)) is not None:
            return user_id, ""
        name = clean_line(f"{values.get(Column.GIVEN, '')} {name}")
        if user_id is not None and not seen(name):
            return user_id, ""
        name = bounded(name, t("Name"), 1, MOST_NAME)
        if not any(character.isalpha() for character in name):
            raise Invalid(t("“{name}” is neither a name nor a Discord id.", name=name))
        return user_id, name

    def _status(self, written: str) -> Status | None:
        if not seen(written):
            return None
        try:
            return _STATUSES[fold(written)]
        except KeyError:
            raise Invalid(
                t("“{status}” is no status; it is participant or observer.", status=clean_line(written))
            ) from None

    def _constituency(self, written: str) -> str | None:
        if not seen(written):
            return None
        try:
            return self._codes[fold(written)]
        except KeyError:
            raise Invalid(
                t(
                    "There is no constituency “{code}”; there are {codes}.",
                    code=clean_line(written),
                    codes=tuple(one.code for one in self._initiative.constituencies),
                )
                if self._initiative.constituencies
                else t("“{code}” is no constituency; the initiative declares none.", code=clean_line(written))
            ) from None

    def _once(self, entry: Entry) -> None:
        """
        Raises:
            Invalid: a row before is about the same person.
        """
        name = fold(entry.name)
        if entry.user_id is not None and entry.user_id in self._ids:
            raise Invalid(t("Row {row} has the same Discord id.", row=self._ids[entry.user_id]))
        # Two people with accounts may be called alike; somebody without one is known by the name alone.
        before = self._names.get(name) if entry.user_id is None else self._unaccounted.get(name)
        if name and before is not None:
            raise Invalid(
                t("Row {row} has the same name; tell them apart, or give their Discord ids.", row=before)
            )
        if entry.user_id is not None:
            self._ids[entry.user_id] = entry.row
        else:
            self._unaccounted[name] = entry.row
        if name:
            self._names.setdefault(name, entry.row)


def _user_id(written: str) -> int | None:
    """The Discord id in a cell, None where there is none.

    Raises:
        Invalid: a spreadsheet has made a number of it, and no longer knows it exactly.
    """
    text = written.strip()
    if _LARGE_NUMBER.fullmatch(text):
        raise Invalid(_ROUNDED)
    found = _ID.fullmatch(text)
    if found is None:
        return None
    if isinstance(written, Number) and len(found[1]) > _EXACT:
        raise Invalid(_ROUNDED)
    number = int(found[1])
    return number if number < 2**63 else None


def _rounded(entries: Sequence[Entry]) -> set[Entry]:
    """Those whose ids end where a spreadsheet stops to count, if these are more than chance would have."""
    given = [entry for entry in entries if entry.user_id is not None]
    round_ = {entry for entry in given if (end := str(entry.user_id)[_EXACT:]) and not int(end)}
    return round_ if len(round_) * _ROUNDED_SHARE > len(given) else set()


def _said(values: Mapping[Column, str]) -> str:
    """What a row says of who it is."""
    told = (values.get(column, "") for column in (Column.GIVEN, Column.NAME, Column.ID))
    return clean_line(" ".join(told))[:MOST_NAME]
