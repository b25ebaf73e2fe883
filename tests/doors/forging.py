"""What Discord would not deliver, or not any more: for every act something that does not fit it.

Each is done by somebody who may do the act itself, so that nothing but what is forged stands in its way.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.router import SEPARATOR, Route
from tests.doors.driving import Driving
from tests.doors.inputs import Input
from tests.doors.permissions import NO, OWN, Act, Row, commands, routes, table

NUMBERS = ("0", "-1", "x", "", "1.5", "٣", "1e3", "9" * 30, str(2**63), str(2**64), "' OR 1=1", "\0")
TEXTS = ("", "-", "OTH-01", "CAP-00", "CAP-٠١", "CAP-" + "9" * 20, "%", "☃" * 10, "a\0b", "../x", "' OR 1=1")
LONG = "x" * 6000

NAMED = frozenset(
    {"ballot", "position", "number", "version", "revision", "regrouping", "follow_up_id", "silence"}
)
"""Arguments that are a number of something: no other number will do."""
MEANT = frozenset({"reference", "known", "import_id", "token", "event", "choice", "ending", "change"})
"""Arguments that are a name of something."""
DRAFTS = frozenset({"draft_id", "draft"})
LENIENT = frozenset(
    {
        ("amend-again", "version"),
        ("amendment-rework-again", "version"),
        ("initiative-drop", "token"),
        ("import-drop", "import_id"),
        ("follow-up-discard", "import_id"),
        ("amend-anyway", "silence"),
        ("ballot-leave", "ballot"),
        ("second-instead", "draft_id"),
        ("conference-finalise", "draft"),
        ("results-page", "event"),
        ("results-section", "event"),
        ("export-named", "event"),
        ("browsed", "event"),
        ("export-named", "draft"),
        ("follow-up-rows", "reference"),
    }
)
"""What may be empty, is about something that is gone anyway, or is looked at once a form comes back."""


@dataclass(frozen=True)
class Forged:
    """An act with something wrong in it; `why` says what. Where `strict` it has to be refused."""

    act: Act
    role: str
    why: str
    given: Input
    strict: bool = True


def by_whom(row: Row) -> tuple[str, str | None]:
    """Somebody who may do it, and whose things it is done to."""
    for role in ("participant", "facilitator", "organiser", "observer", "stranger"):
        if row.may[role] != NO:
            return role, role if row.may[role] == OWN else None
    raise LookupError(row.act)


def forged_ids(driving: Driving) -> Iterator[Forged]:
    """Every argument of every control and form in turn, and ids with too few and too many of them."""
    for row, route in _routed(driving):
        role, mine = by_whom(row)
        given = driving.given(row.act, mine)
        name, *parts = given.custom_id.split(SEPARATOR)
        parameters = list(inspect.signature(route.handler).parameters.values())[1:]
        changed = [(parts[:-1], "too few", True)] if parts else []
        if not any(one.kind is one.VAR_POSITIONAL for one in parameters):
            changed.append(([*parts, "1"], "too many", True))
        for place, parameter in enumerate(parameters[: len(parts)]):
            argument = parameter.name
            strict = argument in NAMED | MEANT | DRAFTS and (name, argument) not in LENIENT
            for value in (*(NUMBERS if argument in NAMED else TEXTS), LONG):
                if argument in DRAFTS and (row.act[0] == "form" or not value):
                    continue  # a form makes its draft
                if (argument == "event" and not value) or value == parts[place]:
                    continue  # the only conference there is
                changed.append(([*parts[:place], value, *parts[place + 1 :]], argument, strict))
        for wrong, why, strict in changed:
            made = SEPARATOR.join((name, *wrong))
            yield Forged(row.act, role, f"{why}: {made[:120]!r}", replace(given, custom_id=made), strict)


def _routed(driving: Driving) -> Iterator[tuple[Row, Route]]:
    known = routes(driving.prepared.room.bot)
    return ((row, known[row.act]) for row in table() if row.act in known)


def other_things(driving: Driving) -> Iterator[Forged]:
    """Every control on a ballot with each ballot there is, and every act on a text with each text."""
    prepared = driving.prepared
    known = routes(prepared.room.bot)
    for row in table():
        role, mine = by_whom(row)
        given = driving.given(row.act, mine) if row.act[0] != "menu" else Input()
        if row.act in known:
            name, *parts = given.custom_id.split(SEPARATOR)
            parameters = list(inspect.signature(known[row.act].handler).parameters)[1:]
            for place, argument in enumerate(parameters[: len(parts)]):
                values: list[str] = []
                if argument == "ballot":
                    values = [str(one.id) for one in prepared.ballots.values()]
                elif argument in ("reference", "known"):
                    values = list(prepared.refs.values())
                for value in values:
                    made = SEPARATOR.join((name, *parts[:place], value, *parts[place + 1 :]))
                    yield Forged(row.act, role, made, replace(given, custom_id=made), strict=False)
        for option, value in given.options.items():
            values = []
            if option == "ballot":
                values = [one.label or "B0" for one in prepared.ballots.values()]
            elif option in ("reference", "into", "references") and isinstance(value, str):
                values = list(prepared.refs.values())
            for other in values:
                options = {**given.options, option: other}
                yield Forged(
                    row.act, role, f"{option}={other}", replace(given, options=options), strict=False
                )


def forged_options(driving: Driving) -> Iterator[Forged]:
    """Every option of every command in turn: what is nowhere, or on another server, or past its choices."""
    known = commands(driving.prepared.room.bot)
    for row in table():
        if row.act not in known:
            continue
        role, mine = by_whom(row)
        options = {
            name: value
            for name, value in driving.given(row.act, mine).options.items()
            if not isinstance(value, tuple)
        }
        for parameter in known[row.act].parameters:
            wrong: tuple[Any, ...] = ()
            match parameter.type.name:
                case "string":
                    wrong = (*TEXTS, "OSL", "OTH", "B99", "B" + "9" * 20, "B٣", LONG)
                case "integer":
                    wrong = (0, -1, 2**31, 2**53, -(2**53), 2**63)
                case "number":
                    wrong = (0.0, -1.0, 1e300, float("inf"))
            strict = parameter.name in _NAMING or bool(parameter.choices)
            for value in wrong:
                given = Input(options={**options, parameter.display_name: value})
                why = f"{parameter.display_name}={str(value)[:40]!r}"
                yield Forged(row.act, role, why, given, strict and value not in ("", "-"))


_NAMING = frozenset({"reference", "ballot", "code", "into", "to"})
"""Options that name what there is; one for a theme or an event may be left out, and names it otherwise."""


def forged_choices(driving: Driving) -> Iterator[Forged]:
    """Values of lists that were not offered: none, several, nonsense, what is on another server."""
    for row in table():
        if row.act[0] != "control":
            continue
        role, mine = by_whom(row)
        given = driving.given(row.act, mine)
        if given.values is None:
            continue
        for values in (
            (),
            ("x", "y"),
            ("nonsense",),
            ("OTH-01",),
            ("9" * 30,),
            ("٣",),
            ("",),
            ("a\0b",),
            (LONG,),
        ):
            strict = row.act[1] != "agenda-item"  # of what is not on it, the agenda is shown as it is
            yield Forged(row.act, role, str(values)[:40], replace(given, values=values), strict or not values)
        yield Forged(row.act, role, "pressed", replace(given, values=None))


def forged_fields(driving: Driving) -> Iterator[Forged]:
    """Forms with fields missing, blank, beyond every limit, or full of what nobody can type."""
    for row in table():
        if row.act[0] != "form":
            continue
        role, mine = by_whom(row)
        given = driving.given(row.act, mine)
        yield Forged(row.act, role, "no fields", replace(given, fields={}), strict=False)
        for name in given.fields:
            for value in ("", " \n ", LONG, "\u200b\u2060", "a\0b", "٣", "\u202e" * 40):
                fields = {**given.fields, name: value}
                yield Forged(
                    row.act, role, f"{name}={value[:20]!r}", replace(given, fields=fields), strict=False
                )
