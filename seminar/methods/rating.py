"""`rating`: agreement from 1 to 9 with each recommendation, and its importance if asked, over rounds.

Figures are exact until they are written down, and what they mean is said in
`seminar.appropriateness`. The method informs and orders, and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from seminar import paper
from seminar.amounts import want_of_quorum
from seminar.appropriateness import CLASS_WORDS as CLASS_WORDS  # whoever shows figures needs both
from seminar.appropriateness import HIGHEST, LOWEST, assess
from seminar.appropriateness import Class as Class
from seminar.errors import Invalid
from seminar.figures import Reader
from seminar.methods.base import NOTHING_BESIDE, Beside, Item, Stability, Vote
from seminar.model import BallotRules, Outcome
from seminar.paper import ASIDE, Answers
from seminar.quantiles import median, spelled_out
from seminar.rating_words import sentence
from seminar.rating_words import spread as spread
from seminar.rating_words import steadiness as steadiness
from seminar.rating_words import totals as totals
from seminar.rating_words import verdict as verdict
from seminar.references import sort_key as reference_key
from seminar.words import Text, t

name: Final = "rating"
label: Final = t("rating: agreement from 1 to 9")
place: Final = 2
decides: Final = False
on_paper: Final = True
relative: Final = False
options: Final[tuple[str, ...]] = ("importance", "rounds")

NOT_GIVEN: Final = 0
"""In an answer, in the place of an agreement or importance that the voter did not give."""

Distribution: TypeAlias = tuple[int, int, int, int, int, int, int, int, int]
"""How many gave 1, 2, … 9."""

GroupRatings: TypeAlias = Mapping[str, int | float | None]
"""`ratings`, the number of those of a group, and their `median`."""

_TAP = re.compile(r"([ai])([0-9])")
_RANGE = t("A rating is a whole number from 1 to 9.")
_NO_IMPORTANCE = t("This ballot does not ask how important a recommendation is.")
_CLASS_ORDER = {Class.SUPPORTED: 0, Class.UNCERTAIN: 1, Class.NOT_SUPPORTED: 2, None: 3}


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """The figures of one recommendation.

    `electorate` counts those entitled on it, without the `recused`, who stood aside; `turnout`
    the papers submitted in the ballot; `ratings` those who gave an agreement. Without any,
    median, percentiles, shares and class are None. `q1` and `q3` are the quartiles. `agreed` is
    consensus: at least 70 % in 7–9 and under 15 % in 1–3; `high_share` and `low_share` are these
    shares, 0…1. Figures of importance are None where it was not asked or nobody gave it.
    `by_constituency` holds number and median of the ratings of each published group, by code.
    """

    reference: str
    electorate: int
    turnout: int
    outcome: Outcome | None
    recused: int
    ratings: int
    median: float | None
    p30: float | None
    p70: float | None
    q1: float | None
    q3: float | None
    disagreement: bool
    classed: Class | None
    agreed: bool
    high_share: float | None
    low_share: float | None
    distribution: Distribution
    importance_median: float | None
    importance_distribution: Distribution | None
    stability: Stability | None
    by_constituency: Mapping[str, GroupRatings]

    def to_json(self) -> dict[str, Any]:
        """The figures under their published names; all of them always there."""
        given = self.importance_distribution
        steady = self.stability
        return {
            "reference": self.reference,
            "electorate": self.electorate,
            "turnout": self.turnout,
            "outcome": None if self.outcome is None else self.outcome.value,
            "recused": self.recused,
            "ratings": self.ratings,
            "median": self.median,
            "p30": self.p30,
            "p70": self.p70,
            "q1": self.q1,
            "q3": self.q3,
            "disagreement": self.disagreement,
            "classed": None if self.classed is None else self.classed.value,
            "agreed": self.agreed,
            "high_share": self.high_share,
            "low_share": self.low_share,
            "distribution": list(self.distribution),
            "importance_median": self.importance_median,
            "importance_distribution": None if given is None else list(given),
            "stability": None
            if steady is None
            else {"voters": steady.voters, "unchanged": steady.unchanged, "kappa": steady.kappa},
            "by_constituency": {group: dict(part) for group, part in self.by_constituency.items()},
        }

    @classmethod
    def from_json(cls, document: str | Mapping[str, Any]) -> RatingFigures:
        """What `to_json` gave, as an object or as its JSON text.

        Raises:
            ValueError: these are not the figures of a `rating` ballot.
        """
        return _READER(document)


_READER = Reader(RatingFigures, name, ("ratings", "median"))


def changed(
    answers: Answers, position: int, said: str, positions: Collection[int], rules: BallotRules
) -> Answers:
    """The paper after one tap: `a1`…`a9` agreement, `i1`…`i9` importance, `a0` and `i0` take that one back.

    Also `aside`, and `back` or `clear`, which leave the item open. Rating an item one stood aside
    on takes that back.

    Raises:
        Invalid: the item is not on the paper, importance is not asked, or it is no such word.
    """
    paper.require_on(position, positions)
    common = paper.tapped(answers, position, said)
    if common is not None:
        return common
    tap = _TAP.fullmatch(said)
    if tap is None:
        raise Invalid(_RANGE)
    agreement, importance = answers.get(position) or (NOT_GIVEN, NOT_GIVEN)
    if tap[1] == "a":
        agreement = int(tap[2])
    elif rules.importance:
        importance = int(tap[2])
    else:
        raise Invalid(_NO_IMPORTANCE)
    if agreement == importance == NOT_GIVEN:
        return answers if answers.get(position) == ASIDE else paper.without(answers, position)
    return {**answers, position: (agreement, importance)}


def check(answers: Answers, positions: Collection[int], rules: BallotRules) -> None:
    """Let pass a paper with something on it, all of it on the ballot and from 1 to 9.

    Raises:
        Invalid: nothing is rated and the voter stands aside on nothing, or an answer is none.
    """
    if not answers:
        raise Invalid(
            t("Nothing is rated yet. Rate at least one recommendation from 1 to 9, or stand aside on it.")
        )
    problem = _problem(answers, positions, rules)
    if problem is not None:
        raise Invalid(problem)


def answered(answers: Answers, position: int, rules: BallotRules) -> bool:
    """Whether agreement, and importance if asked, are given, or the voter stands aside."""
    if position not in answers:
        return False
    numbers = answers[position]
    if numbers == ASIDE:
        return True
    agreement, importance = numbers
    return agreement != NOT_GIVEN and (importance != NOT_GIVEN or not rules.importance)


def explained(rules: BallotRules) -> Text:
    """The scale, and what is rated on it."""
    if rules.importance:
        return t("Agreement with each item is rated from 1 to 9, and its importance as well.")
    return t("Agreement with each item is rated from 1 to 9.")


def tally(
    items: Sequence[Item],
    votes: Iterable[Vote],
    rules: BallotRules,
    electorate: int,
    groups: Sequence[str],
    beside: Beside = NOTHING_BESIDE,
) -> tuple[RatingFigures, ...]:
    """The figures of each item, by position. The order of papers, items and groups changes nothing.

    `votes` are `(0, paper, group)`. A paper with no answer left, since its item was taken off the
    ballot, still counts as submitted. `beside.stability` is taken over.

    Raises:
        ValueError: a paper cannot be read, or has an answer that `check` would refuse.
    """
    counts = {position: _Count(groups) for position, _ in items}
    turnout = 0
    for answers, submitted in paper.counted(votes, lambda answers: _problem(answers, counts, rules)):
        turnout += submitted.total()
        for position, numbers in answers.items():
            for group, number in submitted.items():
                counts[position].add(numbers, group, number)
    return tuple(
        _figures(reference, counts[position], rules, electorate, turnout, beside.stability.get(position))
        for position, reference in sorted(items)
    )


def published(choice: str, references: Mapping[int, str]) -> dict[str, Any]:
    """`{"ratings": {"CAP-01": 8}}`, and where there is any, `importance` alike, and as `aside` the
    references the voter stands aside on.
    """
    answers = paper.read(choice)
    given = {position: numbers for position, numbers in sorted(answers.items()) if numbers != ASIDE}
    record: dict[str, Any] = {
        "ratings": {
            references[position]: agreement for position, (agreement, _) in given.items() if agreement
        }
    }
    if importance := {references[position]: number for position, (_, number) in given.items() if number}:
        record["importance"] = importance
    return record | paper.aside_record(answers, references)


def from_json(document: str | Mapping[str, Any]) -> RatingFigures:
    """See `RatingFigures.from_json`."""
    return RatingFigures.from_json(document)


def sort_key(figures: RatingFigures) -> tuple[Any, ...]:
    """No quorum last; class, median, share in 7–9, importance (none last), reference: no two are equal."""
    return (
        figures.outcome is Outcome.NO_QUORUM,
        _CLASS_ORDER[figures.classed],
        -(figures.median or 0),
        -(figures.high_share or 0),
        -(figures.importance_median or 0),
        reference_key(figures.reference),
    )


def score(figures: RatingFigures) -> float | None:
    """The median agreement."""
    return figures.median


def consequence(figures: RatingFigures) -> None:
    """Nothing: a rating informs."""


def sentences(
    figures: Sequence[RatingFigures],
    titles: Mapping[str, str],
    groups: Mapping[str, str],
    rules: BallotRules,
) -> tuple[Text, ...]:
    """One sentence for each recommendation, in the order given, fit to be read out."""
    return tuple(sentence(one, titles[one.reference], rules) for one in figures)


class _Count:
    """What has been given on one item so far."""

    def __init__(self, groups: Iterable[str]) -> None:
        self.recused = 0
        self.importance = [0] * HIGHEST
        self.agreement: dict[str, list[int]] = {group: [0] * HIGHEST for group in groups}

    def add(self, numbers: tuple[int, ...], group: str, papers: int) -> None:
        if numbers == ASIDE:
            self.recused += papers
            return
        agreement, importance = numbers
        if agreement != NOT_GIVEN:
            if group not in self.agreement:
                self.agreement[group] = [0] * HIGHEST
            self.agreement[group][agreement - LOWEST] += papers
        if importance != NOT_GIVEN:
            self.importance[importance - LOWEST] += papers


def _problem(answers: Answers, positions: Collection[int], rules: BallotRules) -> Text | None:
    """Which rule of the ballot the paper breaks, None where it keeps them."""
    for position, numbers in answers.items():
        if position not in positions:
            return paper.NOT_ON_PAPER
        if numbers == ASIDE:
            continue
        rated = [one for one in numbers if one != NOT_GIVEN]
        if len(numbers) != 2 or not rated or not all(_on_the_scale(one) for one in rated):
            return _RANGE
        if numbers[1] != NOT_GIVEN and not rules.importance:
            return _NO_IMPORTANCE
    return None


def _on_the_scale(one: int) -> bool:
    # Answers come from JSON and from scripts too, where a 4.5 or a "7" can stand for a number.
    return type(one) is int and LOWEST <= one <= HIGHEST


def _figures(
    reference: str,
    count: _Count,
    rules: BallotRules,
    entitled: int,
    turnout: int,
    steady: Stability | None,
) -> RatingFigures:
    """`entitled` are those of the whole ballot."""
    electorate = entitled - count.recused
    by_group = sorted(count.agreement.items())
    agreement = [sum(column) for column in zip([0] * HIGHEST, *count.agreement.values(), strict=True)]
    said = assess(agreement) if any(agreement) else None
    return RatingFigures(
        reference=reference,
        electorate=electorate,
        turnout=turnout,
        outcome=want_of_quorum(rules.quorum, turnout, electorate),
        recused=count.recused,
        ratings=sum(agreement),
        median=float(said.median) if said else None,
        p30=float(said.p30) if said else None,
        p70=float(said.p70) if said else None,
        q1=float(said.q1) if said else None,
        q3=float(said.q3) if said else None,
        disagreement=said is not None and said.disagreement,
        classed=said.classed if said else None,
        agreed=said is not None and said.agreed,
        high_share=float(said.high) if said else None,
        low_share=float(said.low) if said else None,
        distribution=_distribution(agreement),
        importance_median=_median(count.importance),
        importance_distribution=_distribution(count.importance) if any(count.importance) else None,
        stability=steady,
        by_constituency={
            group: {"ratings": sum(given), "median": _median(given)} for group, given in by_group
        },
    )


def _median(given: Sequence[int]) -> float | None:
    return float(median(spelled_out(given))) if any(given) else None


def _distribution(given: Sequence[int]) -> Distribution:
    one, two, three, four, five, six, seven, eight, nine = given
    return one, two, three, four, five, six, seven, eight, nine
