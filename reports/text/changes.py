"""How a change of wording is shown: what was removed struck out, what was added in bold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.neutral import legible, markdown_inline, markdown_start
from seminar.differences import Mark, Piece, tokens

_SPACES = re.compile(r"[^\S\n]+")
_MARKS = {Mark.REMOVED: "~~", Mark.ADDED: "**"}


@dataclass(slots=True)
class _Change:
    """What stands before a change, what it removes, and what it adds."""

    before: str = ""
    removed: str = ""
    added: str = ""


def markdown_change(pieces: Iterable[Piece]) -> list[str]:
    """The changed text as lines of Markdown, nothing people wrote in it read as markup."""
    lines = [""]
    for mark, text in _spaced(pieces):
        for place, part in enumerate(text.split("\n")):
            if place:
                lines.append("")
            lines[-1] += _marked(mark, part, begins=not lines[-1].strip())
    return [_SPACES.sub(" ", line).strip() for line in lines]


def _marked(mark: Mark, part: str, *, begins: bool) -> str:
    """Part of a line between its marks, which must not stand beside white space to be read as such."""
    core = part.strip()
    if mark is Mark.SAME or not core:
        escaped = markdown_inline(part)
        return markdown_start(escaped.lstrip()) if begins else escaped
    start = part.index(core)
    around = _MARKS[mark]
    return f"{part[:start]}{around}{markdown_inline(core)}{around}{part[start + len(core) :]}"


def _spaced(pieces: Iterable[Piece]) -> Iterator[tuple[Mark, str]]:
    """Marks and texts in order, what is removed and what takes its place apart by a space."""
    for change in _readable(pieces):
        yield Mark.SAME, change.before
        if change.removed.strip():
            yield Mark.REMOVED, change.removed
            if change.added and not change.removed[-1].isspace() and not change.added[0].isspace():
                yield Mark.SAME, " "
        if change.added:
            yield Mark.ADDED, change.added


def _readable(pieces: Iterable[Piece]) -> Sequence[_Change]:
    """The changes, each wide enough for its marks to be read as such.

    Marks between a letter and a sign are taken for plain text: there, the word beside goes into the change.
    """
    changes = [_Change()]
    for piece in pieces:
        text = legible(piece.text)
        match piece.mark:
            case Mark.REMOVED:
                changes[-1].removed += text
            case Mark.ADDED:
                changes[-1].added += text
            case Mark.SAME if changes[-1].removed or changes[-1].added:
                changes.append(_Change(before=text))
            case Mark.SAME:
                changes[-1].before += text
    changes.append(_Change())
    for change, following in pairwise(changes):
        first = change.removed if change.removed.strip() else change.added  # as far as it is shown
        last = change.added or change.removed
        if not first:
            continue
        if _is_sign(first[0]) and _is_word(change.before[-1:]):
            word = tokens(change.before)[-1]
            change.before = change.before[: -len(word)]
            change.removed, change.added = word + change.removed, word + change.added
        if _is_sign(last[-1]) and _is_word(following.before[:1]):
            word = tokens(following.before)[0]
            following.before = following.before[len(word) :]
            change.removed, change.added = change.removed + word, change.added + word
            if not following.before:  # nothing is left between the two
                following.before = change.before
                following.removed = change.removed + following.removed
                following.added = change.added + following.added
                change.before = change.removed = change.added = ""
    return changes


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _is_word(character: str) -> bool:
    return bool(character) and not character.isspace() and not _is_sign(character)
