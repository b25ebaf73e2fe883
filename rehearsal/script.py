"""The rehearsal script: a file that a person writes, read with errors that person can act on.

Steps count from 1. An error in a step names its number and the key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rehearsal import (  # noqa: F401 - they register verbs
    ballot_verbs,
    conference_verbs,
    drafting_verbs,
    follow_up_verbs,
    people_verbs,
    silence_verbs,
    verbs,
    vote_verbs,
)
from rehearsal.step import VERBS, RehearsalFailed, Step
from seminar.words import Text, t

DEFAULT_SCRIPT = Path(__file__).with_name("default.toml")
_KEY = "[key]"  # how pydantic calls what stands before the = in a table
_KINDS = frozenset({_KEY, "str", "int", "float", "tuple"})  # and one of several kinds a key may be of
_TABLE = '{ "CAP-01" = … }'
_LIMIT = 4 * 1024 * 1024  # bytes; a script of ten thousand steps is a fifth of it


class ScriptPerson(BaseModel):
    """Somebody on the rehearsal's server. Without roles: a stranger."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=32)
    roles: tuple[str, ...] = ()
    constituency: str | None = None
    """Whom they speak for, where roles leave it open."""
    organisation: str | None = None


class Script(BaseModel):
    """A script that can be played: every name used in it is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    path: Path
    initiative: Path
    people: tuple[ScriptPerson, ...]
    steps: tuple[Step, ...]


def read_script(path: Path) -> Script:
    """The script at `path`; the initiative it names is sought beside it.

    Raises:
        RehearsalFailed: the file or one of its steps cannot be understood.
    """
    table = _table(path)
    unknown = sorted(set(table) - {"initiative", "people", "steps"})
    if unknown:
        raise RehearsalFailed(
            0,
            t(
                "{file} has the unknown key “{key}”; a script has initiative, people and steps.",
                file=path.name,
                key=unknown[0],
            ),
        )
    initiative = table.get("initiative")
    if not isinstance(initiative, str):
        raise RehearsalFailed(0, t('{file} must say initiative = "FILE".', file=path.name))
    found = path.parent / initiative
    if not found.is_file():
        raise RehearsalFailed(
            0, t("{file} names the initiative {name}, which is not there.", file=path.name, name=str(found))
        )
    people = _people(table.get("people", ()))
    names = {person.name for person in people}
    steps = tuple(_step(n, raw, names) for n, raw in enumerate(_tables(table.get("steps", ()), "steps"), 1))
    return Script(path=path, initiative=found, people=people, steps=steps)


def _table(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RehearsalFailed(
            0, t("The script {file} cannot be read: {reason}.", file=str(path), reason=error.strerror or "")
        ) from None
    if len(raw) > _LIMIT:
        raise RehearsalFailed(0, t("The script {file} is larger than 4 MiB.", file=path.name))
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise RehearsalFailed(0, t("The script {file} is not UTF-8 text.", file=path.name)) from None
    except (ValueError, RecursionError) as error:
        problem = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        raise RehearsalFailed(
            0, t("The script {file} is not valid TOML: {problem}.", file=path.name, problem=problem)
        ) from None


def _tables(raw: object, key: str) -> Sequence[Mapping[str, Any]]:
    if isinstance(raw, list | tuple) and all(isinstance(entry, dict) for entry in raw):
        return raw
    raise RehearsalFailed(0, t("“{key}” must be a list of tables, as in [[{key}]].", key=key))


def _people(raw: object) -> tuple[ScriptPerson, ...]:
    people: list[ScriptPerson] = []
    seen: set[str] = set()
    for number, entry in enumerate(_tables(raw, "people"), 1):
        try:
            person = ScriptPerson.model_validate(entry)
        except ValidationError as error:
            raise RehearsalFailed(
                0, t("person {number}: {problem}", number=number, problem=_problem(error))
            ) from None
        if person.name in seen:
            raise RehearsalFailed(
                0, t("person {number}: there are two people called {name}.", number=number, name=person.name)
            )
        seen.add(person.name)
        people.append(person)
    return tuple(people)


def _step(number: int, raw: Mapping[str, Any], names: set[str]) -> Step:
    given = dict(raw)
    does = given.pop("does", None)
    if does is None:
        raise RehearsalFailed(number, t('it does not say what is done; add does = "…".'))
    verb = VERBS.get(does) if isinstance(does, str) else None
    if verb is None:
        raise RehearsalFailed(
            number,
            t(
                "“{verb}” is not something a rehearsal can do; it knows {known}.",
                verb=str(does),
                known=tuple(sorted(VERBS)),
            ),
        )
    try:
        step = verb.model_validate(given)
    except ValidationError as error:
        raise RehearsalFailed(number, t("{verb}: {problem}", verb=does, problem=_problem(error))) from None
    if step.who and step.who not in names:
        raise RehearsalFailed(number, t("nobody in the script is called {name}.", name=step.who))
    return step


def _problem(error: ValidationError) -> Text:
    """The first of pydantic's complaints, in words."""
    first = error.errors(include_url=False)[0]
    parts = [str(part) for part in first["loc"]]
    key = ".".join(part for part in parts if part not in _KINDS) or "?"
    if parts and parts[-1] in _KINDS and parts[-1] != _KEY:
        return t("“{key}” cannot be {value}.", key=key, value=str(first["input"]))
    match first["type"]:
        case "missing":
            return t("the key “{key}” is missing.", key=key)
        case "extra_forbidden":
            return t("the key “{key}” is not known here.", key=key)
        case "string_pattern_mismatch":
            return t(
                "“{value}” cannot stand for “{key}”: a code looks like CAP, a reference like CAP-01.",
                value=str(first["input"]),
                key=key,
            )
        case "literal_error":
            return t("“{key}” must be {expected}.", key=key, expected=str(first["ctx"]["expected"]))
        case "dict_type":
            return t("“{key}” must be a table by reference, as in {example}.", key=key, example=_TABLE)
        case "tuple_type":
            return t("“{key}” must be a list, as in {example}.", key=key, example='["CAP-01"]')
        case "int_type":
            return t("“{key}” must be a whole number.", key=key)
        case "string_type":
            return t("“{key}” must be text.", key=key)
        case "value_error":
            return t("{problem}", problem=str(first["ctx"]["error"]))
        case _:
            return t("“{key}” cannot be read: {reason}.", key=key, reason=first["msg"])
