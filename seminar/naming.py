"""Finding the names of people and organisations in free text.

Attribution decides what the house says of people; what they write themselves is not changed. So whoever
publishes texts is shown first where a registered person, or an organisation, is named in them. Upper and
lower case apart from the first letter, accents and the kind of space make no difference; only whole words
count. One pass over a text finds all names, however many there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from seminar.texts import fold

# A word of letters and digits, or a single ideograph: those scripts put no spaces between words.
_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+")
_ASIDE = re.compile(r"[(\[{][^)\]}]*[)\]}]")
_SHORTEST = 2
_KNOWN_WORDS = 50_000


@dataclass(slots=True)
class _Node:
    """What can follow the words up to here; `ends` says that a name ends here."""

    following: dict[str, _Node] = field(default_factory=dict)
    ends: bool = False


class Names:
    """The names to look for.

    `people` are found by their whole name, and where it has several words by the last one too;
    `organisations` by their whole name. What is called the same as one of `known`, such as the title
    of a constituency, is nobody's name.
    """

    def __init__(
        self, people: Iterable[str], organisations: Iterable[str] = (), known: Iterable[str] = ()
    ) -> None:
        self._folded: dict[str, str] = {}
        self._root = _Node()
        self._never = {tuple(self._words(name)) for name in known}
        for name in people:
            plain = _ASIDE.sub(" ", name)
            self._add(plain)
            parts = plain.split()
            if len(parts) > 1:
                self._add(parts[-1])
        for name in organisations:
            self._add(name)

    def find(self, text: str) -> tuple[str, ...]:
        """The names that stand in `text`, as it spells them, each once, in the order they stand there."""
        text = unicodedata.normalize("NFC", text)
        places = [(word.start(), word.end()) for word in _WORD.finditer(text)]
        found: dict[str, None] = {}
        at = 0
        while at < len(places):
            ending = self._longest(text, places, at)
            if ending is None:
                at += 1
                continue
            found[" ".join(text[places[at][0] : places[ending - 1][1]].split())] = None
            at = ending
        return tuple(found)

    def _longest(self, text: str, places: list[tuple[int, int]], first: int) -> int | None:
        """Where the longest name that begins with this word ends, in words; None where none does."""
        node, ending, spoken = self._root, None, False
        for at in range(first, len(places)):
            start, end = places[at]
            following = node.following.get(self._fold(text[start:end]))
            if following is None:
                break
            node, spoken = following, spoken or not text[start].islower()
            if node.ends and spoken:
                ending = at + 1
        return ending

    def _add(self, name: str) -> None:
        words = tuple(self._words(name))
        if words in self._never or sum(map(len, words)) < _SHORTEST or not any(map(_spelled, words)):
            return
        node = self._root
        for word in words:
            node = node.following.setdefault(word, _Node())
        node.ends = True

    def _words(self, text: str) -> Iterator[str]:
        for word in _WORD.finditer(unicodedata.normalize("NFC", text)):
            yield self._fold(word[0])

    def _fold(self, word: str) -> str:
        known = self._folded.get(word)
        if known is None:
            known = fold(word)
            if len(self._folded) < _KNOWN_WORDS:
                self._folded[word] = known
        return known


def _spelled(word: str) -> bool:
    """Whether it has a letter: numbers name nobody."""
    return any(character.isalpha() for character in word)
