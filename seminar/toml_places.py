"""On which line of a TOML text each key stands.

The standard parser gives values without positions; a person who mends a file
needs the line. The text has been parsed by `tomllib` before it comes here, so
this scanner may trust its syntax and only follows its structure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import TypeAlias

Path: TypeAlias = "tuple[str | int, ...]"

_SPACE = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")  # possessive: nothing of a megabyte is remembered
_INLINE_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


class Places:
    """The lines, counted from 1, of the keys, tables and list entries of `text`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._lines: dict[Path, int] = {}
        self._lengths: dict[Path, int] = {}
        self._scan()

    def line(self, path: Sequence[str | int]) -> int | None:
        """The line of `path`, or of the nearest thing around it that the file names."""
        wanted = tuple(path)
        while wanted:
            if wanted in self._lines:
                return self._lines[wanted]
            wanted = wanted[:-1]
        return None

    def _note(self, path: Path, at: int) -> None:
        self._lines.setdefault(path, bisect_right(self._starts, at))

    def _scan(self) -> None:
        at = self._skip(0)
        table: Path = ()
        while at < len(self._text):
            if self._text[at] == "[":
                at, table = self._header(at)
            else:
                at = self._pair(at, table)
            at = self._skip(at)

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _header(self, at: int) -> tuple[int, Path]:
        repeated = self._text.startswith("[[", at)
        end, names = self._key(at + (2 if repeated else 1))
        path: Path = ()
        for name in names[:-1]:
            path = self._newest((*path, name))
        path = (*path, names[-1])
        if repeated:
            self._note(path, at)
            number = self._lengths.get(path, 0)
            self._lengths[path] = number + 1
            path = (*path, number)
        self._note(path, at)
        return self._text.index("]", end) + (2 if repeated else 1), path

    def _newest(self, path: Path) -> Path:
        """`[a.b]` after `[[a]]` belongs to the last entry of `a`."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _key(self, at: int) -> tuple[int, tuple[str, ...]]:
        names: list[str] = []
        while True:
            at = self._inline(at)
            found = _STRING.match(self._text, at) or _BARE.match(self._text, at)
            if found is None:
                return at + 1, (*names, "")
            names.append(found[0].strip("\"'"))
            at = self._inline(found.end())
            if not self._text.startswith(".", at):
                return at, tuple(names)
            at += 1

    def _inline(self, at: int) -> int:
        found = _INLINE_SPACE.match(self._text, at)
        return found.end() if found else at

    def _pair(self, at: int, table: Path) -> int:
        end, names = self._key(at)
        for length in range(1, len(names) + 1):
            self._note((*table, *names[:length]), at)
        return self._value(self._skip(end + 1), (*table, *names))

    def _value(self, at: int, path: Path) -> int:
        opening = self._text[at : at + 1]
        if opening == "[":
            number, at = 0, self._skip(at + 1)
            while at < len(self._text) and self._text[at] != "]":
                self._note((*path, number), at)
                number, at = number + 1, self._after_comma(self._value(at, (*path, number)))
            return at + 1
        if opening == "{":
            at = self._skip(at + 1)
            while at < len(self._text) and self._text[at] != "}":
                at = self._after_comma(self._pair(at, path))
            return at + 1
        found = _STRING.match(self._text, at) or _SCALAR.match(self._text, at)
        return found.end() if found else at + 1

    def _after_comma(self, at: int) -> int:
        at = self._skip(at)
        return self._skip(at + 1) if self._text.startswith(",", at) else at
