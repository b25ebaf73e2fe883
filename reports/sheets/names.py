"""Safe and unique names for the sheets of a workbook."""

from __future__ import annotations

import re

from reports.neutral import one_line

_MOST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_RESERVED = {"history"}


class SheetNames:
    """Gives out names that a workbook accepts, each once, whatever their case."""

    def __init__(self) -> None:
        self._taken: set[str] = set(_RESERVED)

    def take(self, wish: str) -> str:
        """A name close to `wish`: at most 31 UTF-16 units, without `[]:*?/\\'`, not used before."""
        base = one_line(_FORBIDDEN.sub(" ", wish)) or "–"
        name = _cut(base, _MOST)
        attempt = 1
        while name.casefold() in self._taken:
            attempt += 1
            ending = f" ({attempt})"
            name = _cut(base, _MOST - len(ending)) + ending
        self._taken.add(name.casefold())
        return name


def _cut(text: str, units: int) -> str:
    """As much of `text` as fits into `units` UTF-16 code units."""
    raw = text.encode("utf-16-le")[: units * 2]
    return raw.decode("utf-16-le", "ignore").rstrip()
