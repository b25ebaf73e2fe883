"""The headings of a document: their levels without gaps, names for links, and which the contents list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reports.document import Document, Heading
from reports.neutral import one_line

DEEPEST = 3
"""The deepest level that a table of contents lists."""

MOST = 150
"""The most entries of a table of contents, about four pages; where there would be more it stays shallower."""

EMPTY = "–"
"""Shown for a heading of nothing that can be seen, since a heading must say something."""

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading as it is shown: never more than one level below the one before.

    `key` is unique in the document: ASCII letters, figures, `-` and `_`, and a letter first.
    """

    level: int
    text: str
    key: str


def outline(document: Document) -> tuple[Entry, ...]:
    """Every heading of the document, in order."""
    entries: list[Entry] = []
    taken: set[str] = set()
    level = 0
    for block in document.blocks:
        if isinstance(block, Heading):
            level = min(max(block.level, 1), level + 1, 4)
            entries.append(Entry(level, one_line(block.text) or EMPTY, _key(block.anchor, taken)))
    return tuple(entries)


def listed(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The headings that the table of contents names: to level `DEEPEST`, or fewer levels if they are many."""
    known = tuple(entries)
    deepest = depth(known)
    return tuple(entry for entry in known if entry.level <= deepest)


def depth(entries: Iterable[Entry]) -> int:
    """The level down to which `listed` goes."""
    levels = [entry.level for entry in entries]
    for deepest in range(DEEPEST, 1, -1):
        if sum(level <= deepest for level in levels) <= MOST:
            return deepest
    return 1


def _key(anchor: str, taken: set[str]) -> str:
    """The anchor as far as links can carry it, with a number behind if another has it already."""
    name = _UNFIT.sub("-", anchor).strip("-")
    if not name[:1].isalpha():
        name = f"part-{name}".rstrip("-")
    key, number = name, len(taken)
    while key in taken:
        number += 1
        key = f"{name}-{number}"
    taken.add(key)
    return key
