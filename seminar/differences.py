"""What changed between texts, in words: a difference of two, and a merge of two changes of one.

The alignment is a longest common subsequence of words, found with bit-parallel rows (Hyyrö, "Bit-parallel
LCS-length computation revisited", 2004) and followed back through them, so that hostile texts of many
equal words take no longer than others. Kept words too short to lean on, between two changes, count as
changed: "5 of 9" to "6 of 8" is one change and not two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

_FEW = 4
"""Kept between two changes, fewer letters than these are part of one change."""


class Mark(StrEnum):
    """What a piece of a difference is."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text of one mark. Those not added make the old text, those not removed the new."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Words that two changes both touch: as they were, as one and as the other has them."""

    base: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Two changes of one text, brought together.

    `parts` are in order: agreed text, and conflicts where both touch the same words and do not agree.
    """

    parts: tuple[str | Conflict, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        return tuple(part for part in self.parts if isinstance(part, Conflict))

    @property
    def text(self) -> str | None:
        """The merged text; None while anything is in conflict."""
        return None if self.conflicts else "".join(str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Tokens `start` to `end` of the old text are replaced by `new`."""

    start: int
    end: int
    new: tuple[str, ...]


def tokens(text: str) -> tuple[str, ...]:
    """Words with the marks on them, stretches of white space, and signs one by one; joined, the text."""
    found: list[str] = []
    before = ""
    for character in text:
        kind = _kind(character)
        if found and (kind == "mark" or (kind == before and kind != "sign")):
            found[-1] += character
        else:
            found.append(character)
            before = "sign" if kind == "mark" else kind
    return tuple(found)


def _kind(character: str) -> str:
    if character.isspace():
        return "space"
    if character.isalnum() or character == "_":
        return "word"
    # Accents, vowel signs, joiners and variation selectors belong to what they stand on.
    return "mark" if unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf") else "sign"


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """How `new` differs from `old`; nothing but one same piece where it does not."""
    before, after = tokens(old), tokens(new)
    pieces: list[Piece] = []
    position = 0
    for hunk in _hunks(before, after):
        _add(pieces, Mark.SAME, before[position : hunk.start])
        _add(pieces, Mark.REMOVED, before[hunk.start : hunk.end])
        _add(pieces, Mark.ADDED, hunk.new)
        position = hunk.end
    _add(pieces, Mark.SAME, before[position:])
    return tuple(pieces)


def _add(pieces: list[Piece], mark: Mark, part: Sequence[str]) -> None:
    if part:
        pieces.append(Piece(mark, "".join(part)))


def merge(base: str, ours: str, theirs: str) -> Merge:
    """Both changes of `base` in one text, as far as they leave each other's words alone.

    Changes that overlap or meet are a conflict, unless they are the same. They also meet over a space
    or inside a compound: whoever makes "six months" nine months and whoever makes it six weeks have
    changed the same words, and neither wants nine weeks.
    """
    words = tokens(base)
    mine, other = _hunks(words, tokens(ours)), _hunks(words, tokens(theirs))
    parts: list[str | Conflict] = []
    position = 0
    for start, end, left, right in _regions(words, mine, other):
        _say(parts, "".join(words[position:start]))
        our, their = _applied(words, start, end, left), _applied(words, start, end, right)
        if not right or our == their:
            _say(parts, our)
        elif not left:
            _say(parts, their)
        else:
            parts.append(Conflict("".join(words[start:end]), our, their))
        position = end
    _say(parts, "".join(words[position:]))
    return Merge(tuple(parts))


def _say(parts: list[str | Conflict], text: str) -> None:
    """Add agreed text, to the agreed text before it where there is some."""
    if not text:
        return
    last = parts[-1] if parts else None
    if isinstance(last, str):
        parts[-1] = last + text
    else:
        parts.append(text)


def _regions(
    words: Sequence[str], mine: Sequence[_Hunk], other: Sequence[_Hunk]
) -> Iterator[tuple[int, int, list[_Hunk], list[_Hunk]]]:
    """Stretches of the old text that one or both change; changes that meet are in one of them."""
    waiting = sorted(
        [(hunk, True) for hunk in mine] + [(hunk, False) for hunk in other],
        key=lambda one: (one[0].start, one[0].end),
    )
    while waiting:
        first, ours = waiting.pop(0)
        start, end = first.start, first.end
        left, right = ([first], []) if ours else ([], [first])
        while waiting and _meets(words, end, waiting[0][0]):
            hunk, ours = waiting.pop(0)
            (left if ours else right).append(hunk)
            end = max(end, hunk.end)
        yield start, end, left, right


def _meets(words: Sequence[str], end: int, hunk: _Hunk) -> bool:
    """Whether a change up to `end` and the next one leave nothing between them that holds them apart."""
    between = words[end : hunk.start]
    kinds = {_kind(word[0]) for word in between}
    if not kinds or kinds == {"space"}:
        return not any("\n" in word for word in between)
    # A sign without a space holds a compound together, unless something is only added after it.
    return kinds <= {"sign", "mark"} and hunk.start < hunk.end


def _applied(words: Sequence[str], start: int, end: int, hunks: Sequence[_Hunk]) -> str:
    """Words `start` to `end` as one of the texts has them."""
    made: list[str] = []
    for hunk in hunks:
        made += words[start : hunk.start]
        made += hunk.new
        start = hunk.end
    return "".join([*made, *words[start:end]])


def _hunks(before: Sequence[str], after: Sequence[str]) -> list[_Hunk]:
    """What has to be replaced in `before` to have `after`, in order and never two beside each other."""
    hunks: list[_Hunk] = []
    i = j = 0
    for kept_before, kept_after in [*_common(before, after), (len(before), len(after))]:
        if kept_before > i or kept_after > j:
            hunk = _Hunk(i, kept_before, tuple(after[j:kept_after]))
            if hunks and _short(before[hunks[-1].end : i]):
                last = hunks.pop()
                hunk = _Hunk(last.start, hunk.end, (*last.new, *before[last.end : i], *hunk.new))
            hunks.append(hunk)
        i, j = kept_before + 1, kept_after + 1
    return [_trimmed(before, hunk) for hunk in hunks]


def _trimmed(before: Sequence[str], hunk: _Hunk) -> _Hunk:
    """Without what it would replace by itself: changes that became one may keep a space at an end."""
    start, end, new = hunk.start, hunk.end, hunk.new
    while start < end and new and before[end - 1] == new[-1]:
        end, new = end - 1, new[:-1]
    while start < end and new and before[start] == new[0]:
        start, new = start + 1, new[1:]
    return _Hunk(start, end, new)


def _short(kept: Sequence[str]) -> bool:
    return sum(not character.isspace() for word in kept for character in word) < _FEW


def _common(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Places of the words that both keep, in order: one of the longest such lists."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    inner = _aligned(before[head : len(before) - tail], after[head : len(after) - tail])
    return [
        *((n, n) for n in range(head)),
        *((i + head, j + head) for i, j in inner),
        *((len(before) - n, len(after) - n) for n in range(tail, 0, -1)),
    ]


def _aligned(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """A longest common subsequence as pairs of places."""
    where: dict[str, int] = {}
    for place, word in enumerate(before):
        where[word] = where.get(word, 0) | 1 << place
    every = (1 << len(before)) - 1
    # Bit i of a row is 0 where word i of `before` makes the common part longer than without it.
    row, rows = every, []
    for word in after:
        matching = row & where.get(word, 0)
        row = ((row + matching) | (row - matching)) & every
        rows.append(row)
    found: list[tuple[int, int]] = []
    i, j = len(before), len(after)
    while i and j:
        if rows[j - 1] >> (i - 1) & 1:
            i -= 1
        elif j > 1 and not rows[j - 2] >> (i - 1) & 1:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]
