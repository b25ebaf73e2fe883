"""Sentences for people, not yet in anybody's language.

Rules and services never format text for a reader: they name a message (the
English wording is the catalogue's key) and its values. Whoever shows it knows
the reader's language and renders it (`bot.i18n`). `str(text)` is the English
wording, for logs, tests and the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

Value: TypeAlias = "str | int | date | datetime | Text | tuple[Value, ...]"


@dataclass(frozen=True, slots=True)
class Text:
    """A message key with its values; `plural` and `count` only where number matters."""

    singular: str
    plural: str | None = None
    count: int | None = None
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        one = self.count is None or self.count == 1
        pattern = self.singular if one or self.plural is None else self.plural
        return pattern.format_map({name: plain(value) for name, value in self.values.items()})


def plain(value: Value) -> str:
    """The English rendering of one value of a message."""
    if isinstance(value, tuple):
        *first, last = [plain(part) for part in value] or [""]
        return f"{', '.join(first)} and {last}" if first else last
    if isinstance(value, datetime):
        return f"{value.day} {value:%B %Y, %H:%M} {value.tzname() or ''}".rstrip()
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return str(value)


def t(message: str, /, **values: Value) -> Text:
    """A message; `{name}` in it stands for the value of that name."""
    return Text(message, values=values)


def tn(singular: str, plural: str, count: int, /, **values: Value) -> Text:
    """A message whose wording depends on `count`, which it may show as `{count}`."""
    return Text(singular, plural, count, {"count": count, **values})
