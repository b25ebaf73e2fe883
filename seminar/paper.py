"""A paper: what one voter fills in on a ballot whose items are answered together.

It is kept as one row, spelled in one way, so that two papers that say the same
are the same text. What the numbers mean is the method's affair.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from seminar.canonical import canonical

Answers: TypeAlias = Mapping[int, tuple[int, ...]]
"""By the item's position, the numbers the voter gave; `ASIDE` for an item the voter stands aside on.
An item that is not in it was left open."""

ASIDE: Final[tuple[int, ...]] = ()

_NUMBER = re.compile(r"\[[0-9-]")

WHOLE: Final = 0
"""The position under which a whole paper is kept, as items count from 1."""


def spell(answers: Answers) -> str:
    """The paper as it is stored: `{"1":[8,6],"2":[3,0],"4":[]}`."""
    return canonical({str(position): list(numbers) for position, numbers in answers.items()})


def read(text: str) -> dict[int, tuple[int, ...]]:
    """The answers that `spell` spelled.

    Raises:
        ValueError: this is no such text.
    """
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("a paper is an object")
    answers: dict[int, tuple[int, ...]] = {}
    for position, numbers in document.items():
        if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
            raise ValueError("an answer is a list of whole numbers")
        answers[int(position)] = tuple(numbers)
    if any(position < 1 for position in answers) or spell(answers) != text:
        raise ValueError("not spelled as papers are")
    return answers


def answers_something(text: str) -> bool:
    """Whether a spelled paper answers an item, and does not merely stand aside."""
    return _NUMBER.search(text) is not None


def without(answers: Answers, position: int) -> Answers:
    """The paper with that item left open."""
    return {place: numbers for place, numbers in answers.items() if place != position}


def aside(answers: Answers, position: int) -> Answers:
    """The paper of a voter who stands aside on that item."""
    return {**answers, position: ASIDE}


def recused(answers: Answers) -> frozenset[int]:
    """The positions of the items the voter stands aside on."""
    return frozenset(position for position, numbers in answers.items() if numbers == ASIDE)
