"""A list of follow-up as it is sent back: what its columns mean, and which rows can be read.

Whoever reads the file hands over its rows as text. A row that was handed out carries a `Mark`, by which it
is known again whatever was done to the file; one without names recommendation, addressee and action
itself. Nothing here asks a store: what a row would change is decided by `services.tracking.planning`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from seminar import references
from seminar.days import either_first, only_month_first
from seminar.errors import Invalid, Refused
from seminar.follow_up import FIELD_WORDS, NOTHING, read_field
from seminar.sheets import Number, Row, RowRefused
from seminar.texts import bounded, clean, clean_line, echo, fold, seen
from seminar.words import Text, t

MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 60
MOST_CELL: Final = 2_000
"""Characters of a cell that are read; whatever is longer is too long for any field."""
MOST_ENTITY: Final = 300


class Column(StrEnum):
    """What a column holds: the fields by their names in `seminar.follow_up.Content`, and what they are of."""

    ROW = "row"
    REFERENCE = "reference"
    ENTITY = "entity"
    NUMBER = "number"
    TITLE = "title"
    ACTION = "action"
    ACCEPTANCE = "acceptance"
    IMPLEMENTATION = "implementation"
    OWNER = "owner"
    DUE_ON = "due_on"
    AS_OF = "as_of"
    NOTE = "note"
    EVIDENCE = "evidence"
    VERIFIED = "verified"
    MARK = "mark"


FIELDS: Final = (
    Column.ACTION,
    Column.ACCEPTANCE,
    Column.IMPLEMENTATION,
    Column.OWNER,
    Column.DUE_ON,
    Column.AS_OF,
    Column.NOTE,
    Column.EVIDENCE,
)
"""What an addressee answers."""

HEADINGS: Mapping[Column, Text] = MappingProxyType(
    {
        Column.ROW: t("Row"),
        Column.REFERENCE: t("Reference"),
        Column.ENTITY: t("Addressee"),
        Column.NUMBER: t("Number"),
        Column.TITLE: t("Recommendation"),
        **{column: FIELD_WORDS[column.value] for column in (*FIELDS, Column.VERIFIED)},
        Column.MARK: t("Mark"),
    }
)
"""How the columns are headed where a list is handed out."""

_READ: Mapping[str, Column] = MappingProxyType(
    {
        fold(heading): column
        for column, headings in {
            Column.ROW: "row, row id, id, ligne",
            Column.REFERENCE: "reference, ref, référence, réf",
            Column.ENTITY: "addressee, entity, addressees, destinataire, entité",
            Column.NUMBER: "number, no, action number, numéro, nº, n",
            Column.TITLE: "recommendation, title, recommandation, titre",
            Column.ACTION: "action, mesure",
            Column.ACCEPTANCE: "acceptance, acceptation",
            Column.IMPLEMENTATION: "implementation, status of implementation, mise en œuvre",
            Column.OWNER: "owner, responsible, responsable",
            Column.DUE_ON: "due on, due, due date, deadline, échéance",
            Column.AS_OF: "state as of, as of, as of date, situation au, état au, à la date du",
            Column.NOTE: "note, notes, comment, remarque, remarques, commentaire",
            Column.EVIDENCE: "evidence, evidence link, link, preuve, preuves, éléments de preuve, lien",
            Column.VERIFIED: "verified, vérifié, vérifiée",
            Column.MARK: "mark, marque, repère",
        }.items()
        for heading in headings.split(", ")
    }
)
_MARK = re.compile(r"F1\.(\d{1,20})\.(\d{1,18})\.(\d{1,9})\.([0-9a-f]{12})\.([0-9a-f]{12})")
_WHOLE = re.compile(r"(\d{1,9})(?:\.0*)?")
_FORMULA_SIGNS: Final = "=+-@＝＋－＠"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a row that was handed out is known by: the server, its id, the revision that was handed out, and
    the key of the addressee whose workbook it was in. `check` shows whether any of it was changed.
    """

    guild_id: int
    row: int
    revision: int
    group: str
    check: str

    def __str__(self) -> str:
        return f"F1.{self.guild_id}.{self.row}.{self.revision}.{self.group}.{self.check}"

    def fits(self, entity: str) -> bool:
        """Whether it is the mark of a row that is kept under this entity."""
        return self.check == _check(self.guild_id, self.row, self.revision, self.group, entity)


def mark_of(guild_id: int, row: int, revision: int, group: str, entity: str) -> Mark:
    """The mark of a row kept under `entity`, in the workbook of `group` (a key of twelve hex digits)."""
    return Mark(guild_id, row, revision, group, _check(guild_id, row, revision, group, entity))


def _check(guild_id: int, row: int, revision: int, group: str, entity: str) -> str:
    said = "\n".join((str(guild_id), str(row), str(revision), group, entity))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be read. `given` has the fields whose columns are there, read, by their names.

    With a `mark`, an empty cell empties the field; without one it says nothing and is not in `given`.
    `reference`, `entity` and `number` are what the row itself says, where it does.
    """

    row: int
    mark: Mark | None
    reference: str
    entity: str
    number: int | None
    given: Mapping[str, Any]

    @property
    def said(self) -> str:
        """What the row is about, in its own words."""
        return " · ".join(part for part in (self.reference, self.entity) if part)


@dataclass(frozen=True, slots=True)
class FollowUpList:
    """What a list says; `unread` are the headings of columns that mean nothing here."""

    entries: tuple[Entry, ...]
    refused: tuple[RowRefused, ...]
    unread: tuple[str, ...]


def recognised(headings: Iterable[str]) -> int:
    """How many of these headings mean something here."""
    return sum(_column(heading) is not None for heading in headings)


def read(rows: Iterable[Row]) -> FollowUpList:
    """What the rows say, the first that is not empty being the headings.

    Raises:
        Invalid: there is no column of references or marks, none of answers, one is there twice, or there
            are too many rows.
    """
    written = ((number, cells) for number, cells in rows if any(map(str.strip, cells)))
    columns, unread = _columns(next(written, (0, ()))[1])
    lines: list[tuple[int, dict[Column, str]]] = []
    for count, (number, cells) in enumerate(written, start=1):
        if count > MOST_ROWS:
            raise Invalid(
                t("The list has more than {most} rows; send it in several parts.", most=f"{MOST_ROWS:,}")
            )
        values = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        if any(seen(value) for value in values.values()):
            lines.append((number, values))
    month_first = any(
        only_month_first(values.get(column, ""))
        for _, values in lines
        for column in (Column.DUE_ON, Column.AS_OF)
    )
    taken: list[Entry] = []
    refused: list[RowRefused] = []
    for number, values in lines:
        try:
            taken.append(_entry(number, values, columns, month_first=month_first))
        except Refused as why:
            refused.append(RowRefused(number, _said(values), why.text))
    return FollowUpList(tuple(taken), tuple(refused), unread)


def _column(heading: str) -> Column | None:
    return _READ.get(" ".join(re.sub(r"[^\w]+|_", " ", fold(heading)).split()))


def _columns(headings: Sequence[str]) -> tuple[dict[Column, int], tuple[str, ...]]:
    found: dict[Column, int] = {}
    unread: list[str] = []
    for place, heading in enumerate(headings):
        column = _column(heading)
        if column is None:
            unread += [echo(heading, 100)] if seen(heading) else []
        elif column in found:
            raise Invalid(
                t(
                    "Two columns of the list mean the same: “{first}” and “{second}”. Leave one of them out.",
                    first=echo(headings[found[column]]),
                    second=echo(heading),
                )
            )
        else:
            found[column] = place
    if not found.keys() & {Column.REFERENCE, Column.MARK} or not found.keys() & set(FIELDS):
        raise Invalid(
            t(
                "The list needs a first line of headings with “reference”, “addressee” and what is answered, "
                "such as “acceptance” and “implementation”; `/follow-up export` writes one."
            )
        )
    return found, tuple(unread)


def _entry(
    number: int, values: Mapping[Column, str], columns: Iterable[Column], *, month_first: bool
) -> Entry:
    """
    Raises:
        Refused: the row cannot be read.
    """
    for column in (*FIELDS, Column.REFERENCE, Column.NUMBER, Column.MARK, Column.ROW):
        if values.get(column, "").lstrip().startswith("="):
            raise Invalid(t("A cell holds a formula; enter what it shows instead."))
    mark = _mark(values)
    reference = _reference(values, mark)
    given: dict[str, Any] = {}
    for column in FIELDS:
        if column not in columns:
            continue
        value = plain(values.get(column, ""))
        state = column in (Column.ACCEPTANCE, Column.IMPLEMENTATION)
        if not seen(value) and (state or mark is None):  # there is always a state
            continue
        if column in (Column.DUE_ON, Column.AS_OF):
            _require_clear(value, month_first=month_first)
        elif mark is None and clean_line(value) in NOTHING and column is Column.ACTION:
            continue
        given[column.value] = read_field(column.value, value)
    entity = bounded(
        clean_line(plain(values.get(Column.ENTITY, ""))), HEADINGS[Column.ENTITY], 0, MOST_ENTITY
    )
    return Entry(number, mark, reference, entity, _number(values.get(Column.NUMBER, "")), given)


def plain(value: str) -> str:
    """A cell without the apostrophe by which it was kept from being a formula."""
    if isinstance(value, Number):
        whole = _WHOLE.fullmatch(value.strip())
        return Number(whole[1]) if whole else value
    text = clean(value)
    return text[1:] if text[:1] == "'" and text[1:].lstrip()[:1] in tuple(_FORMULA_SIGNS) else text


def _mark(values: Mapping[Column, str]) -> Mark | None:
    written = clean_line(values.get(Column.MARK, ""))
    if not seen(written):
        if seen(values.get(Column.ROW, "")):
            raise Invalid(
                t(
                    "The row has an id and no mark, so it is not known which state it answers. Fill in the "
                    "workbook as it was handed out, or leave the id out."
                )
            )
        return None
    found = _MARK.fullmatch(written)
    if found is None:
        raise Invalid(CHANGED)
    mark = Mark(int(found[1]), int(found[2]), int(found[3]), found[4], found[5])
    shown = values.get(Column.ROW, "")
    if seen(shown) and _whole(shown) != mark.row:
        raise Invalid(CHANGED)
    return mark


CHANGED: Final = t(
    "The id or the mark of this row was changed, so it is not known which row it is. Export the workbook "
    "again and copy the answers into it."
)


def _reference(values: Mapping[Column, str], mark: Mark | None) -> str:
    written = values.get(Column.REFERENCE, "")
    return "" if mark is not None and not seen(written) else references.parse(clean_line(written))


def _number(written: str) -> int | None:
    if not seen(written):
        return None
    number = _whole(written)
    if not number:
        raise Invalid(t("“{written}” is no number of an action.", written=echo(written)))
    return number


def _whole(written: str) -> int | None:
    found = _WHOLE.fullmatch(clean_line(written)) if written.isascii() else None
    return None if found is None else int(found[1])


def _require_clear(written: str, *, month_first: bool) -> None:
    """
    Raises:
        Invalid: the list has days with the month first, so that this one could be two.
    """
    if month_first and either_first(written):
        raise Invalid(
            t(
                "“{written}” could be two days, since elsewhere in this list the month comes first; write it "
                "as 2015-03-31.",
                written=echo(written),
            )
        )


def _said(values: Mapping[Column, str]) -> str:
    """What a row says of what it is about."""
    told = (echo(values.get(column, ""), 100) for column in (Column.REFERENCE, Column.ENTITY))
    return " · ".join(part for part in told if part)
