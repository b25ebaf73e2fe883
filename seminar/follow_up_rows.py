"""Which row of the follow-up is meant: for whom they are opened, whose name somebody gives, which action."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from seminar.errors import Invalid, NotFound, Refused
from seminar.initiative import Initiative
from seminar.texts import clean_line, echo, fold, seen
from seminar.words import t

MOST_ACTIONS: Final = 50
"""Actions of one addressee on one recommendation."""


def parts(addressees: Iterable[str]) -> tuple[str, ...]:
    """For whom a recommendation's rows are opened: each of its addressees, once."""
    found: dict[str, str] = {}
    for one in addressees:
        name = clean_line(one)
        if seen(name):
            found.setdefault(fold(name), name)
    return tuple(found.values())


def meant(typed: str, addressees: Sequence[str], followed: Sequence[str], initiative: Initiative) -> str:
    """The entity that somebody names for a recommendation, spelled as its rows are kept.

    It may be anybody the recommendation is addressed to or followed up with, an entity of the
    initiative, by code or title, or one that came after such a one. `followed` are those of its rows.

    Raises:
        Invalid: nobody is named.
        NotFound: nobody known is meant.
    """
    wanted = fold(clean_line(typed))
    if not wanted:
        raise Invalid(t("Please name the addressee, by its code or its name."))
    here = {fold(name): name for name in (*addressees, *followed)}  # as rows spell it, where there are some
    if wanted in here:
        return here[wanted]
    code = next(
        (one.code for one in initiative.entities if wanted in (fold(one.code), fold(one.title))), None
    )
    if code is None:
        known = tuple(dict.fromkeys((*here.values(), *(one.code for one in initiative.entities))))
        raise NotFound(
            t("“{entity}” is no addressee here; there are {known}.", entity=echo(typed), known=known)
            if known
            else t(
                "“{entity}” is no addressee here: the recommendation is addressed to nobody, and the "
                "initiative names no entities.",
                entity=echo(typed),
            )
        )
    if fold(code) in here:
        return here[fold(code)]
    now = initiative.present_entity(code)
    same = [name for name in here.values() if initiative.present_entity(name) == now]
    return same[0] if len(same) == 1 else code


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row of one recommendation and addressee, as far as choosing among them goes."""

    number: int
    action: str


def chosen(rows: Sequence[Numbered], number: int | None, action: str | None) -> int | None:
    """Which of the rows of one recommendation and addressee is meant; None for a further one.

    A number names it. Without one, an action names the row that has it, or else fills the first that has
    none, or else makes a further row. With neither there must be no choice.

    Raises:
        NotFound: there is no action of this number.
        Refused: there are several, and none was named; or there are too many for another.
    """
    if number is not None:
        if number in (row.number for row in rows):
            return number
        known = tuple(str(row.number) for row in rows)
        raise NotFound(
            t("There is no action number {number}; there is {known}.", number=number, known=known)
            if known
            else t("Nothing is followed up there yet; leave the number out.")
        )
    if action:
        same = [row.number for row in rows if fold(row.action) == fold(action)]
        empty = [row.number for row in rows if not row.action]
        if same or empty:
            return (same or empty)[0]
        if len(rows) >= MOST_ACTIONS:
            raise Refused(
                t("There are {count} actions already, and no more can be followed up.", count=len(rows))
            )
        return None
    if len(rows) > 1:
        raise Refused(
            t(
                "There are several actions; say which one by its number: {actions}.",
                actions=tuple(f"{row.number} ({echo(row.action) or '–'})" for row in rows[:10]),
            )
        )
    return rows[0].number if rows else None
