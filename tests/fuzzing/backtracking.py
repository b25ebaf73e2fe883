"""How often a regular expression goes back: counted, where a clock would only guess.

A small matcher that walks the parsed pattern as Python's own does, greedily and with backtracking, and
counts every step. What grows with the square of its input, or worse, shows in two sizes.
"""

from __future__ import annotations

import re
import re._constants as sre  # type: ignore[import-untyped]
import re._parser as parser  # type: ignore[import-untyped]
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

Rest = Callable[[int], bool]
_DEEPEST = 20_000  # frames; a repeat takes five of them each time


class TooMany(Exception):
    """More steps than were allowed."""


class Matcher:
    """Counts the steps of matching one pattern; `most` ends a match that has no end."""

    def __init__(self, pattern: re.Pattern[str], most: int) -> None:
        self._tree = parser.parse(pattern.pattern, pattern.flags)
        self._flags = pattern.flags
        self._most = most
        self.steps = 0

    def match(self, text: str, at: int, whole: bool) -> bool:
        """Whether the pattern matches there, and with `whole` up to the end."""
        self._text = text
        self._groups: dict[int, tuple[int, int]] = {}
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(_DEEPEST)
        try:
            return self._sequence(list(self._tree), 0, at, lambda end: not whole or end == len(text))
        finally:
            sys.setrecursionlimit(before)

    def search(self, text: str) -> None:
        """Look for it from every place on, as `search`, `sub` and `findall` do until they find it."""
        for at in range(len(text) + 1):
            if self.match(text, at, whole=False):
                return

    def _tick(self) -> None:
        self.steps += 1
        if self.steps > self._most:
            raise TooMany

    def _sequence(self, nodes: list[Any], place: int, at: int, rest: Rest) -> bool:
        self._tick()
        if place == len(nodes):
            return rest(at)
        kind, value = nodes[place]
        following: Rest = lambda end: self._sequence(nodes, place + 1, end, rest)  # noqa: E731
        return self._node(kind, value, at, following)

    def _node(self, kind: Any, value: Any, at: int, rest: Rest) -> bool:
        if kind in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return at < len(self._text) and self._one(kind, value, self._text[at]) and rest(at + 1)
        if kind is sre.AT:
            return self._stands(value, at) and rest(at)
        if kind is sre.SUBPATTERN:
            group, _, _, inner = value
            return self._sequence(list(inner), 0, at, lambda end: self._kept(group, at, end, rest))
        if kind is sre.BRANCH:
            return any(self._sequence(list(one), 0, at, rest) for one in value[1])
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            return self._repeat(*value, at, rest, lazy=kind is sre.MIN_REPEAT)
        if kind is sre.POSSESSIVE_REPEAT:
            return self._possessive(*value, at, rest)
        if kind is sre.ATOMIC_GROUP:
            end = self._end(list(value), at)
            return end is not None and rest(end)
        if kind in (sre.ASSERT, sre.ASSERT_NOT):
            ahead, inner = value
            begin = at if ahead > 0 else at - inner.getwidth()[0]
            found = begin >= 0 and self._end(list(inner), begin) is not None
            return found is (kind is sre.ASSERT) and rest(at)
        if kind is sre.GROUPREF:
            start, end = self._groups.get(value, (0, 0))
            said = self._text[start:end]
            return self._text.startswith(said, at) and rest(at + len(said))
        raise NotImplementedError(str(kind))

    def _kept(self, group: int | None, start: int, end: int, rest: Rest) -> bool:
        if group is not None:
            self._groups[group] = (start, end)
        return rest(end)

    def _end(self, nodes: list[Any], at: int) -> int | None:
        ends: list[int] = []
        found = self._sequence(nodes, 0, at, lambda end: not ends.append(end))
        return ends[0] if found else None

    def _repeat(self, least: int, most: Any, inner: Any, at: int, rest: Rest, *, lazy: bool) -> bool:
        nodes = list(inner)
        if len(nodes) == 1 and nodes[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return self._run(least, most, nodes[0], at, rest, lazy=lazy)

        def more(count: int, start: int) -> bool:
            again = lambda end: end > start and more(count + 1, end)  # noqa: E731
            if count < least:
                return self._sequence(nodes, 0, start, lambda end: more(count + 1, end))
            may = count < int(most)
            if lazy:
                return rest(start) or (may and self._sequence(nodes, 0, start, again))
            return (may and self._sequence(nodes, 0, start, again)) or rest(start)

        return more(0, at)

    def _run(self, least: int, most: Any, node: Any, at: int, rest: Rest, *, lazy: bool) -> bool:
        """The same for single characters, without going deeper for each of them."""
        ends = list(self._ends(least, most, node, at))
        return any(rest(end) for end in (ends if lazy else reversed(ends)))

    def _ends(self, least: int, most: Any, node: Any, at: int) -> Iterator[int]:
        count = 0
        while True:
            if count >= least:
                yield at
            if count >= int(most) or at >= len(self._text) or not self._one(*node, self._text[at]):
                return
            self._tick()
            at, count = at + 1, count + 1

    def _possessive(self, least: int, most: Any, inner: Any, at: int, rest: Rest) -> bool:
        count = 0
        while count < int(most):
            end = self._end(list(inner), at)
            if end is None or end == at:
                break
            at, count = end, count + 1
        return count >= least and rest(at)

    def _one(self, kind: Any, value: Any, character: str) -> bool:
        if kind is sre.ANY:
            return character != "\n" or bool(self._flags & re.DOTALL)
        if kind is sre.LITERAL:
            return self._same(value, character)
        if kind is sre.NOT_LITERAL:
            return not self._same(value, character)
        negated = value[0][0] is sre.NEGATE
        return negated is not any(self._among(*one, character) for one in value if one[0] is not sre.NEGATE)

    def _same(self, code: int, character: str) -> bool:
        if self._flags & re.IGNORECASE:
            return chr(code).casefold() == character.casefold()
        return code == ord(character)

    def _among(self, kind: Any, value: Any, character: str) -> bool:
        if kind is sre.LITERAL:
            return self._same(value, character)
        if kind is sre.RANGE:
            low, high = value
            cases = (
                {character, character.lower(), character.upper()}
                if self._flags & re.IGNORECASE
                else {character}
            )
            return any(low <= ord(one) <= high for one in cases if len(one) == 1)
        tests = {
            sre.CATEGORY_DIGIT: str.isdecimal,
            sre.CATEGORY_SPACE: str.isspace,
            sre.CATEGORY_WORD: lambda one: one == "_" or one.isalnum(),
            sre.CATEGORY_NOT_DIGIT: lambda one: not one.isdecimal(),
            sre.CATEGORY_NOT_SPACE: lambda one: not one.isspace(),
            sre.CATEGORY_NOT_WORD: lambda one: not (one == "_" or one.isalnum()),
        }
        return bool(tests[value](character))

    def _stands(self, where: Any, at: int) -> bool:
        text = self._text
        if where in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING):
            return at == 0 or bool(self._flags & re.MULTILINE and text[at - 1] == "\n")
        if where in (sre.AT_END, sre.AT_END_STRING):
            return at == len(text) or bool(self._flags & re.MULTILINE and text[at] == "\n")
        words = [
            0 <= place < len(text) and (text[place] == "_" or text[place].isalnum()) for place in (at - 1, at)
        ]
        return (words[0] != words[1]) is (where is sre.AT_BOUNDARY)


def characters(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Characters that the pattern tells apart: those it names, and one of each kind it asks for."""
    found: dict[str, None] = dict.fromkeys(" \n0a.")

    def walk(nodes: Any) -> None:
        for kind, value in nodes:
            if kind in (sre.LITERAL, sre.NOT_LITERAL):
                found[chr(value)] = None
            elif kind is sre.IN:
                for inner, one in value:
                    if inner is sre.LITERAL:
                        found[chr(one)] = None
                    elif inner is sre.RANGE and unicodedata.category(chr(one[0])) != "Cn":
                        found[chr(one[0])] = None
            elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
                walk(value[2])
            elif kind is sre.SUBPATTERN:
                walk(value[3])
            elif kind is sre.BRANCH:
                for one in value[1]:
                    walk(one)
            elif kind in (sre.ASSERT, sre.ASSERT_NOT):
                walk(value[1])
            elif kind is sre.ATOMIC_GROUP:
                walk(value)

    walk(parser.parse(pattern.pattern, pattern.flags))
    return tuple(found)[:24]


def examples(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Two texts that the pattern is likely to begin on: with all that is optional, and without."""

    def spelled(nodes: Any, least: int) -> str:
        made = ""
        for kind, value in nodes:
            if kind is sre.LITERAL:
                made += chr(value)
            elif kind in (sre.ANY, sre.NOT_LITERAL):
                made += "x"
            elif kind is sre.IN:
                made += next((c for c in "x7 -./" + _named(value) if _in(value, c)), "x")
            elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
                made += spelled(value[2], least) * max(value[0], min(least, int(value[1])))
            elif kind is sre.SUBPATTERN:
                made += spelled(value[3], least)
            elif kind is sre.BRANCH:
                made += spelled(value[1][0], least)
            elif kind is sre.ATOMIC_GROUP:
                made += spelled(value, least)
        return made

    tree = parser.parse(pattern.pattern, pattern.flags)
    return tuple(dict.fromkeys((spelled(tree, 0), spelled(tree, 1))))


def _named(value: Any) -> str:
    return "".join(
        chr(one if kind is sre.LITERAL else one[0]) for kind, one in value if kind in (sre.LITERAL, sre.RANGE)
    )


def _in(value: Any, character: str) -> bool:
    return Matcher(re.compile("x"), 1)._one(sre.IN, value, character)
