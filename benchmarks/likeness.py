"""Are the suggestions of near-duplicates right? Pairs labelled by hand, judged now and as it was before.

Each pair is judged twice: on a server that has the other texts of its half and language, and on one that
has the first text alone, where it is not known yet which words tell. Beside them, all pairs across groups,
which have nothing to do with each other, show how often an unlike text is suggested.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from benchmarks.report import Measure
from benchmarks.sides import phrases
from seminar.texts import fold, words
from services.drafting.similarity import ALIKE, Rarity, likeness, read, telling_words

PAIRS: Final = Path(__file__).with_name("alike.toml")
SAME: Final = frozenset({"edited", "paraphrase", "free", "shorter", "longer"})
OTHER: Final = frozenset({"opposite", "changed", "template", "topic"})
TRANSLATION: Final = "translation"
TUNING, HELD_OUT = "tuning", "held-out"
LEAST_PRECISION: Final = 0.95
LEAST_RECALL: Final = {TUNING: 0.9, HELD_OUT: 0.85}
LEAST_RECALL_AT_FIRST: Final = 0.75

Progress = Callable[[str], None]
Judge = Callable[["Pair"], bool]


@dataclass(frozen=True, slots=True)
class Wording:
    title: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.title} {self.text}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A text that is there and one that is proposed; `server` are all texts that are there."""

    half: str
    kind: str
    there: Wording
    proposed: Wording
    server: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """How suggestions hold against the labels."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the suggestions that are right; 1 without any."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the same proposals that are suggested."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True, slots=True)
class _Group:
    language: str
    half: str
    texts: tuple[Wording, ...]
    kinds: tuple[str, ...]


def pairs() -> tuple[Pair, ...]:
    """Every labelled pair."""
    groups = _groups()
    found = []
    for group in groups:
        neighbours = [
            text
            for other in groups
            if (other.language, other.half) == (group.language, group.half)
            for text in other.texts
        ]
        first, *others = group.texts
        for kind, proposed in zip(group.kinds, others, strict=True):
            server = tuple(text for text in neighbours if text != proposed)
            found.append(Pair(group.half, kind, first, proposed, server))
    return tuple(found)


def unlike() -> Iterator[Pair]:
    """Every pair of texts of the same half and language that stand in different groups."""
    groups = [group for group in _groups() if TRANSLATION not in group.kinds]
    for one, other in combinations(groups, 2):
        if (one.language, one.half) == (other.language, other.half):
            everything = tuple(
                text
                for group in groups
                if (group.language, group.half) == (one.language, one.half)
                for text in group.texts
            )
            for there in one.texts:
                for proposed in other.texts:
                    yield Pair(one.half, "unlike", there, proposed, everything)


def judged(judge: Judge, among: Iterable[Pair]) -> Judged:
    """Hold `judge` against the labels of the pairs; translations are left out."""
    counted: Counter[tuple[bool, bool]] = Counter()
    for pair in among:
        if pair.kind != TRANSLATION:
            counted[judge(pair), pair.kind in SAME] += 1
    return Judged(counted[True, True], counted[True, False], counted[False, True])


def now(pair: Pair) -> bool:
    """Whether it is suggested today, in a server that has more than this."""
    mine = read(pair.proposed.title, pair.proposed.text)
    held = Counter(word for text in pair.server for word in words(text.whole))
    rarity = Rarity(len(pair.server), {word: held[word] for word in telling_words(mine)})
    return likeness(mine, read(pair.there.title, pair.there.text), rarity) >= ALIKE


def at_first(pair: Pair) -> bool:
    """Whether it is suggested where the server has nothing but the first text."""
    alone = Pair(pair.half, pair.kind, pair.there, pair.proposed, (pair.there,))
    return now(alone)


def before(pair: Pair) -> bool:
    """Whether it was suggested by letters and phrases."""
    there, proposed = pair.there, pair.proposed
    score = phrases.likeness(fold(proposed.title), fold(proposed.text), fold(there.title), fold(there.text))
    return score >= phrases.ALIKE


def measure(rounds: int, progress: Progress) -> list[Measure]:
    """Precision and recall, now and before; the same in every round, so `rounds` does not matter."""
    progress("judging pairs")
    every = pairs()
    labelled = [pair for pair in every if pair.kind != TRANSLATION]
    measures = [Measure("Labelled pairs", f"{len(labelled)}", "≥ 60", len(labelled) >= 60)]
    for half in (TUNING, HELD_OUT):
        among = [pair for pair in labelled if pair.half == half]
        measures += _told(half, "now", judged(now, among), LEAST_RECALL[half])
        measures += _told(half, "now, first evening", judged(at_first, among), LEAST_RECALL_AT_FIRST)
        measures += _told(half, "before", judged(before, among))
    strangers = list(unlike())
    suggested = sum(map(now, strangers))
    measures.append(Measure("Suggested of unrelated pairs", f"{suggested} of {len(strangers):,}"))
    translations = [pair for pair in every if pair.kind == TRANSLATION]
    measures.append(
        Measure("Translations found (not aimed at)", f"{sum(map(now, translations))} of {len(translations)}")
    )
    return measures


def _told(half: str, when: str, seen: Judged, least: float | None = None) -> list[Measure]:
    name = f"{half.capitalize()} half, {when}"
    precision = Measure(f"{name}: precision", f"{seen.precision:.2f} ({seen.wrong} wrong)")
    recall = Measure(f"{name}: recall", f"{seen.recall:.2f} ({seen.missed} missed)")
    if least is None:
        return [precision, recall]
    return [
        Measure(
            precision.name,
            precision.value,
            f"≥ {LEAST_PRECISION:g}",
            seen.precision >= LEAST_PRECISION,
        ),
        Measure(recall.name, recall.value, f"≥ {least:g}", seen.recall >= least),
    ]


def _groups() -> list[_Group]:
    with PAIRS.open("rb") as file:
        document = tomllib.load(file)
    return [
        _Group(
            group["language"],
            group["half"],
            tuple(Wording(text["title"], text["text"]) for text in (group, *group["others"])),
            tuple(other["kind"] for other in group["others"]),
        )
        for group in document["groups"]
    ]
