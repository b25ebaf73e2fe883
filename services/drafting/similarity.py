"""How alike two recommendations read: for suggestions, which a person then judges.

Two texts are the same proposal when the words that tell are the same. Which words tell depends on the
server: where everything is about missions, `mission` says nothing. So a word weighs the more the fewer
recommendations have it, and what is compared is the weight of the words in common, as a share of the
shorter text. How much of it is needed depends on the sentences around them: texts that share their frame
(`The … should set up a … before …`) differ on purpose in the words they do not share, while somebody who
has not read the other text shares fewer of them by necessity. Other numbers and names raise what is
needed; a `not` before a word in common, and opposites, rule it out.

`benchmarks/alike.toml` holds pairs labelled by hand, on which this is measured.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from seminar.texts import LONGEST_WORD, fold
from services.drafting.wordlists import (
    ALIASES,
    DENIALS,
    EXCEPTIONS,
    FRACTIONS,
    NOT_DENIALS,
    NUMBERS,
    OPPOSITES,
    PLAIN_WORDS,
    UNITS,
)

ALIKE = 75.0
"""From this likeness on, two recommendations are shown as near-duplicates."""

_STEM = 6
_ACRONYM = re.compile(r"\b[A-Z]{2,6}\b")
_TOKEN = re.compile(r"[^\W_]+")

_FRAME_OF_ITS_OWN = 0.55  # share of the plain words in common, in order, up to which the sentences differ
_SAME_FRAME = 0.7
_NEEDED_IN_FRAME = 0.77
_NEEDED_KNOWING = 0.34  # where the server has enough to tell which words tell
_NEEDED_UNKNOWING = 0.62
_FEW, _ENOUGH = 4, 40  # recommendations in the server
_OTHER_NUMBERS = 0.3
_OTHER_NAMES = 0.15
_LEAST_WORDS = 4  # that tell, in the shorter of two texts; with fewer, letters decide
_SAME_LETTERS = 90.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A title and a text as they are compared.

    `telling` are the stems of all words that are not plain ones, with the words they were read from.
    """

    letters: str
    telling: Mapping[str, frozenset[str]]
    frame: tuple[str, ...]
    denied: frozenset[str]
    numbers: frozenset[Fraction]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rarity:
    """In how many of a server's `total` recommendations words occur, as far as that was counted."""

    total: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def weight(self, spelled: Iterable[str]) -> float | None:
        """What a stem says that is spelled like this; None where nothing is known of it."""
        held = [self.counts[word] for word in spelled if word in self.counts]
        if not held:
            return None
        total = max(self.total, 1)
        return math.log1p(total / min(max(sum(held), 1), total))


@lru_cache(maxsize=512)  # the same candidates come up again with every proposal to their theme
def read(title: str, text: str) -> Reading:
    """What there is to compare of a recommendation, as people wrote it."""
    letters = fold(text)
    head, body = _tokens(fold(title)), _tokens(letters)
    telling: dict[str, frozenset[str]] = {}
    for word in (*head, *body):
        if _tells(word):
            stem = _stem(word)
            telling[stem] = telling.get(stem, frozenset()) | {word}
    return Reading(
        letters,
        telling,
        tuple(word for word in body if word in PLAIN_WORDS),
        _denied(head) | _denied(body),
        frozenset(_numbers(head)) | frozenset(_numbers(body)),
        frozenset(_ACRONYM.findall(text)),
    )


def telling_words(reading: Reading) -> frozenset[str]:
    """The words of a reading that may tell, as they are spelled."""
    return frozenset(word for spelled in reading.telling.values() for word in spelled)


def likeness(mine: Reading, other: Reading, rarity: Rarity) -> float:
    """From 0 to 100, `ALIKE` or more where they seem to propose the same."""
    shared = mine.telling.keys() & other.telling.keys()
    fewest = min(len(mine.telling), len(other.telling))
    letters = fuzz.token_sort_ratio(mine.letters, other.letters)
    if fewest < _LEAST_WORDS:
        return letters if letters >= _SAME_LETTERS else min(letters, ALIKE - 1)
    common = _common(mine, other, shared, rarity)
    needed = _needed(mine, other, rarity.total)
    if common < needed or _contradict(mine, other, shared):
        return min(common * ALIKE, ALIKE - 1)
    # Beyond the line, letters decide as well which is liker: of what is in another text, all is common.
    return ALIKE + (common + letters / 100) / 2 * (100 - ALIKE)


def _common(mine: Reading, other: Reading, shared: Collection[str], rarity: Rarity) -> float:
    """Weight of what they share, as a share of the lighter one's.

    Words of which nothing is known weigh as much as the others do on average.
    """
    known = {stem: rarity.weight(spelled) for stem, spelled in mine.telling.items()}
    weighed = [weight for weight in known.values() if weight is not None]
    usual = sum(weighed) / len(weighed) if weighed else 1.0
    weights = {stem: usual if weight is None else weight for stem, weight in known.items()}
    common = sum(weights[stem] for stem in shared)
    theirs = common + usual * (len(other.telling) - len(shared))
    return common / min(sum(weights.values()), theirs)


def _needed(mine: Reading, other: Reading, total: int) -> float:
    """How much has to be common."""
    known = math.log(max(total, 1) / _FEW) / math.log(_ENOUGH / _FEW)
    free = _NEEDED_UNKNOWING - (_NEEDED_UNKNOWING - _NEEDED_KNOWING) * min(max(known, 0.0), 1.0)
    shorter = min(len(mine.frame), len(other.frame))
    alike = LCSseq.similarity(mine.frame, other.frame) / shorter if shorter else 1.0
    framed = min(max((alike - _FRAME_OF_ITS_OWN) / (_SAME_FRAME - _FRAME_OF_ITS_OWN), 0.0), 1.0)
    needed = free + (_NEEDED_IN_FRAME - free) * framed
    if mine.numbers - other.numbers and other.numbers - mine.numbers:
        needed += _OTHER_NUMBERS
    if mine.names - other.names and other.names - mine.names:
        needed += _OTHER_NAMES
    return needed


def _contradict(mine: Reading, other: Reading, shared: Collection[str]) -> bool:
    if not (mine.denied ^ other.denied).isdisjoint(shared):
        return True
    mine_all, other_all = mine.telling.keys(), other.telling.keys()
    for one, opposite in OPPOSITES:
        for here, there in ((mine_all, other_all), (other_all, mine_all)):
            if (one & here) and not (opposite & here) and (opposite & there) and not (one & there):
                return True
    return False


def _tokens(folded: str) -> list[str]:
    for name, short in ALIASES.items():
        folded = folded.replace(name, short)
    return [token[:LONGEST_WORD] for token in _TOKEN.findall(folded)]


def _tells(word: str) -> bool:
    return len(word) > 1 and word not in PLAIN_WORDS and word not in NUMBERS


def _stem(word: str) -> str:
    return word[:_STEM] if len(word) > _STEM else word.rstrip("s") if len(word) > 3 else word


def _denied(tokens: Sequence[str]) -> frozenset[str]:
    """Stems of the telling words that a denial takes in: two after `not`, one after `without`."""
    found: set[str] = set()
    for place, token in enumerate(tokens):
        pair = f"{token} {tokens[place + 1]}" if place + 1 < len(tokens) else token
        if pair in NOT_DENIALS:
            continue
        reach = 2 if token in DENIALS else 1 if token in EXCEPTIONS or pair in EXCEPTIONS else 0
        after = [word for word in tokens[place + 1 : place + 8] if _tells(word)] if reach else []
        found.update(_stem(word) for word in after[:reach])
    return frozenset(found)


def _numbers(tokens: Sequence[str]) -> Iterable[Fraction]:
    """Numbers in digits and in words; lengths of time in days, however they are put."""
    place = 0
    while place < len(tokens):
        run: list[int] = []
        while place < len(tokens) and (value := _number(tokens[place])) is not None:
            run.append(value)
            place += 1
        unit = tokens[place] if place < len(tokens) else ""
        if not run:
            if unit in FRACTIONS:  # "half", "la moitié"
                yield Fraction(1, FRACTIONS[unit])
            place += 1
            continue
        number = Fraction(_together(run))
        if unit in UNITS:
            yield number * UNITS[unit]
        elif unit in FRACTIONS:
            yield number / FRACTIONS[unit]
            place += 1
        elif number != 1:  # as often an article
            yield number


def _number(token: str) -> int | None:
    if token.isascii() and token.isdigit() and len(token) <= 9:
        return int(token)
    return NUMBERS.get(token)


def _together(run: Sequence[int]) -> int:
    """`forty eight` and `quatre vingt dix` as one number."""
    total = 0
    for value in run:
        total = total * value if 1 < total < value and value in (20, 100, 1000) else total + value
    return total
