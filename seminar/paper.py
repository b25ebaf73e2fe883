"""A paper: what one voter fills in on a ballot whose items are answered together.

It is kept as one row, spelled in one way, so that two papers that say the same
are the same text. What the numbers mean is the method's affair.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from seminar.canonical import canonical
from seminar.errors import Invalid
from seminar.pooling import group_of
from seminar.words import Text, t

Answers: TypeAlias = Mapping[int, tuple[int, ...]]
"""By the item's position, the numbers the voter gave; `ASIDE` for an item the voter stands aside on.
An item that is not in it was left open."""

ASIDE: Final[tuple[int, ...]] = ()

NOT_ON_PAPER: Final = t("This recommendation is not on the paper; open the paper again to see what is.")

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
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("nested more deeply than a paper is") from None
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


def read_by_rules(text: str, problem: Callable[[Answers], Text | None]) -> Answers:
    """The answers that `spell` spelled, where they keep the rules of the ballot.

    `problem` says which rule answers break, None where they keep them all.

    Raises:
        ValueError: this is no such text, or it breaks a rule.
    """
    answers = read(text)
    broken = problem(answers)
    if broken is not None:
        raise ValueError(f"not a paper of this ballot: {broken}")
    return answers


def counted(
    votes: Iterable[tuple[int, str, str | None]], problem: Callable[[Answers], Text | None]
) -> Iterator[tuple[Answers, Counter[str]]]:
    """Each different paper among the votes once: its answers, and how many of each group submitted it.

    `votes` are `(WHOLE, paper, group)`; a paper without a group counts in `seminar.pooling.EVERYONE`.
    `problem` is that of `read_by_rules`.

    Raises:
        ValueError: a vote is no paper, or the paper is against the rules of the ballot.
    """
    by_paper: dict[str, Counter[str]] = {}
    for where, text, group in votes:
        if where != WHOLE:
            raise ValueError(f"a vote on position {where}, where whole papers are expected")
        by_paper.setdefault(text, Counter())[group_of(group)] += 1
    for text, numbers in by_paper.items():
        yield read_by_rules(text, problem), numbers


def answers_something(text: str) -> bool:
    """Whether a spelled paper answers an item, and does not merely stand aside."""
    return _NUMBER.search(text) is not None


def without(answers: Answers, position: int) -> Answers:
    """The paper with that item left open."""
    return {place: numbers for place, numbers in answers.items() if place != position}


def aside(answers: Answers, position: int) -> Answers:
    """The paper of a voter who stands aside on that item."""
    return {**answers, position: ASIDE}


def tapped(answers: Answers, position: int, said: str) -> Answers | None:
    """The paper after a tap that every paper understands; None where `said` is no such word.

    `aside` stands aside on the item, `back` no longer does, `clear` leaves the item open.
    """
    match said:
        case "aside":
            return aside(answers, position)
        case "back" | "clear":
            return without(answers, position)
        case _:
            return None


def require_on(position: int, positions: Collection[int]) -> None:
    """Let pass an item of the ballot.

    Raises:
        Invalid: it is none, or no longer.
    """
    if position not in positions:
        raise Invalid(NOT_ON_PAPER)


def recused(answers: Answers) -> frozenset[int]:
    """The positions of the items the voter stands aside on."""
    return frozenset(position for position, numbers in answers.items() if numbers == ASIDE)


def aside_record(answers: Answers, references: Mapping[int, str]) -> dict[str, list[str]]:
    """The part of a published paper that says where the voter stands aside; empty where nowhere."""
    named = [references[position] for position in sorted(recused(answers))]
    return {"aside": named} if named else {}
