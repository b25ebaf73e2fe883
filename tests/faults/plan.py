"""A random seminar and what breaks in it, as data: made from a seed before anything of it is played.

A step names an act or a trouble and three numbers; what they point at (the third open ballot, the
second recommendation) is found when it is played, so that a plan still makes sense with steps left out.

To play a seed again, name it; to make it smaller, leave steps out by their numbers:

    FAULTS_SEED=17 FAULTS_WITHOUT=3,8-20 pytest tests/faults/test_random_seminars.py
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from tests.soaking import amount

ACTS: Mapping[str, int] = {
    "propose": 6,
    "second": 2,
    "amend": 3,
    "decide": 3,
    "argue": 3,
    "moderate": 2,
    "merge": 2,
    "split": 1,
    "undo": 1,
    "open": 7,
    "vote": 12,
    "fill": 7,
    "submit": 5,
    "burst": 4,
    "close": 5,
    "cancel": 1,
    "extend": 2,
    "next_round": 2,
    "speak": 3,
    "hands": 1,
    "forward": 2,
    "finalise": 3,
    "forget": 1,
    "wait": 5,
}
"""How often each act is done, among all."""


@dataclass(frozen=True, slots=True)
class Step:
    """`number` counts from 1 and marks what the step stores; `who`, `what` and `how` are below 1,000."""

    number: int
    does: str
    who: int
    what: int
    how: int

    def __str__(self) -> str:
        return f"{self.number:3} {self.does} {self.who} {self.what} {self.how}"


def plan(seed: int, length: int, troubles: Mapping[str, int], share: float = 0.25) -> tuple[Step, ...]:
    """`length` steps, of which about `share` are troubles, each as often among them as its weight says."""
    chance = Random(seed)
    drawn = []
    for number in range(1, length + 1):
        kinds = troubles if troubles and chance.random() < share else ACTS
        (does,) = chance.choices(list(kinds), weights=list(kinds.values()))
        drawn.append(Step(number, does, *(chance.randrange(1000) for _ in range(3))))
    left_out = _numbers(os.environ.get("FAULTS_WITHOUT", ""))
    return tuple(step for step in drawn if step.number not in left_out)


def seeds(daily: int, thorough: int, soaking: int) -> list[Any]:
    """Parameters for a test: so many seeds in `make test`, in `make check` and in `make soak`; where one is
    named in the environment, that one alone.
    """
    named = os.environ.get("FAULTS_SEED")
    if named:
        return [int(named)]
    slow = pytest.mark.thorough
    found = range(1, amount(thorough, soaking) + 1)
    return [pytest.param(seed, marks=() if seed <= daily else slow) for seed in found]


def written(seed: int, steps: Iterable[Step]) -> str:
    """The plan as it is shown when it fails."""
    listed = "\n".join(map(str, steps))
    return f"seed {seed}; play it again with FAULTS_SEED={seed}, smaller with FAULTS_WITHOUT:\n{listed}"


def _numbers(typed: str) -> frozenset[int]:
    """`3,8-20` as numbers."""
    found: set[int] = set()
    for part in filter(None, typed.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)
