"""`points`: a number of points to spread over the recommendations, as dots are in a room.

No paper gives more than there is to spread, nor more than the cap to one item: not while it is
filled in, not when it is submitted, and not when it is counted. Points may be left unspent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from seminar import paper, references
from seminar.amounts import quorum_count, want_of_quorum
from seminar.errors import Invalid
from seminar.figures import Reader
from seminar.methods.base import NOTHING_BESIDE, Beside, Item, Vote
from seminar.methods.support import group_words
from seminar.model import BallotRules, Outcome
from seminar.paper import ASIDE, Answers
from seminar.pooling import EVERYONE
from seminar.words import Text, Value, t, tn

name: Final = "points"
label: Final = t("more: points: points to spread over the recommendations")
place: Final = 12
decides: Final = False
on_paper: Final = True
relative: Final = True
options: Final[tuple[str, ...]] = ("points", "most")

# Longer numbers are over every budget; int() itself refuses very long ones.
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PointsFigures:
    """The figures of one recommendation.

    `points` is the sum of what it was given, `supporters` the number of papers that gave it at least
    one; `by_constituency` holds both for each published group, by code. `turnout` counts papers
    submitted; `recused` of them stand aside on it and are not in `electorate`.
    """

    reference: str
    electorate: int
    turnout: int
    outcome: Outcome | None
    recused: int
    points: int
    supporters: int
    by_constituency: Mapping[str, Mapping[str, int]]

    def to_json(self) -> dict[str, Any]:
        """The figures under their published names."""
        return {
            "reference": self.reference,
            "electorate": self.electorate,
            "turnout": self.turnout,
            "outcome": None if self.outcome is None else self.outcome.value,
            "recused": self.recused,
            "points": self.points,
            "supporters": self.supporters,
            "by_constituency": {group: dict(part) for group, part in self.by_constituency.items()},
        }

    @classmethod
    def from_json(cls, document: str | Mapping[str, Any]) -> PointsFigures:
        """What `to_json` gave, as an object or as its JSON text.

        Raises:
            ValueError: these are not the figures of a `points` ballot.
        """
        return _READER(document)


_READER = Reader(PointsFigures, name, ("points", "supporters"))


def explained(rules: BallotRules) -> Text:
    """How many points there are to spread, and the cap on one item."""
    points, most = _budget(rules), _cap(rules)
    if most >= points:
        return tn("Each voter has {count} point to give.", "Each voter has {count} points to spread.", points)
    return tn(
        "Each voter has {count} point to spread, at most {most} on one item.",
        "Each voter has {count} points to spread, at most {most} on one item.",
        points,
        most=most,
    )


def tally(
    items: Sequence[Item],
    votes: Iterable[Vote],
    rules: BallotRules,
    electorate: int,
    groups: Sequence[str],
    beside: Beside = NOTHING_BESIDE,
) -> tuple[PointsFigures, ...]:
    """The figures of each item, by position. The order of papers, items and groups changes nothing.

    `votes` are `(WHOLE, paper, group)`, the group already the published one; a paper without a group
    counts in `seminar.pooling.EVERYONE`. Each of `groups` appears under every item. A paper that gives
    nothing, since its item was taken off the ballot, still counts as submitted.

    Raises:
        ValueError: a vote is no paper, or the paper is against the rules of the ballot.
    """
    positions = frozenset(position for position, _ in items)
    submitted: Counter[str] = Counter(dict.fromkeys(groups, 0))
    points: Counter[tuple[int, str]] = Counter()
    supporters: Counter[tuple[int, str]] = Counter()
    recused: Counter[int] = Counter()
    for answers, numbers in paper.counted(votes, lambda answers: _problem(answers, positions, rules)):
        submitted.update(numbers)
        for position, given in answers.items():
            if given == ASIDE:
                recused[position] += numbers.total()
            elif given[0]:
                for group, number in numbers.items():
                    points[position, group] += given[0] * number
                    supporters[position, group] += number
    turnout = submitted.total()
    figures = []
    for position, reference in sorted(items):
        by_group = {
            group: {"points": points[position, group], "supporters": supporters[position, group]}
            for group in sorted(submitted)
        }
        entitled = electorate - recused[position]
        figures.append(
            PointsFigures(
                reference=reference,
                electorate=entitled,
                turnout=turnout,
                outcome=want_of_quorum(rules.quorum, turnout, entitled),
                recused=recused[position],
                points=sum(part["points"] for part in by_group.values()),
                supporters=sum(part["supporters"] for part in by_group.values()),
                by_constituency=by_group,
            )
        )
    return tuple(figures)


def left(answers: Answers, rules: BallotRules) -> int:
    """How many points the paper has not given away yet."""
    return _budget(rules) - sum(given[0] for given in answers.values() if given != ASIDE)


def changed(
    answers: Answers, position: int, said: str, positions: Collection[int], rules: BallotRules
) -> Answers:
    """The paper after one tap: `+1`, `-1`, a whole number of points, or `aside`, `back`, `clear`.

    Taking away from nothing leaves nothing. Points given to an item the voter stands aside on take the
    place of standing aside; no points do not.

    Raises:
        Invalid: there are not so many points, or more than the cap would go to this item, or it is
            none of the ballot's, or `said` is no such word.
    """
    paper.require_on(position, positions)
    common = paper.tapped(answers, position, said)
    if common is not None:
        return common
    stands_aside = answers.get(position) == ASIDE
    held = _points_on(answers, position)
    wanted = _wanted(held, said)
    if wanted > held:
        _afford(wanted, held, left(answers, rules), rules)
    if wanted:
        return {**answers, position: (wanted,)}
    return answers if stands_aside else paper.without(answers, position)


def check(answers: Answers, positions: Collection[int], rules: BallotRules) -> None:
    """Let pass a paper that gives at least one point, or stands aside on something, and keeps the rules.

    Raises:
        Invalid: it may not be submitted; the sentence says why.
    """
    problem = _problem(answers, positions, rules)
    if problem is not None:
        raise Invalid(problem)
    if left(answers, rules) == _budget(rules) and not paper.recused(answers):
        raise Invalid(t("Give at least one point, or stand aside on a recommendation, before you submit."))


def answered(answers: Answers, position: int, rules: BallotRules) -> bool:
    """Whether the item has points or the voter stands aside on it, or no points are left for it."""
    return position in answers or left(answers, rules) <= 0


def published(choice: str, references: Mapping[int, str]) -> dict[str, Any]:
    """`{"points": {"CAP-01": 3}}`, and the references the voter stands aside on as `aside`, if any."""
    answers = paper.read(choice)
    record: dict[str, Any] = {
        "points": {references[position]: given[0] for position, given in answers.items() if any(given)}
    }
    return record | paper.aside_record(answers, references)


def from_json(document: str | Mapping[str, Any]) -> PointsFigures:
    """See `PointsFigures.from_json`."""
    return PointsFigures.from_json(document)


def sort_key(figures: PointsFigures) -> tuple[Any, ...]:
    """A quorum first, then total, number of supporters, reference: no two are equal."""
    return (
        figures.outcome is Outcome.NO_QUORUM,
        -figures.points,
        -figures.supporters,
        references.sort_key(figures.reference),
    )


def score(figures: PointsFigures) -> float:
    """The total; 0 without any."""
    return float(figures.points)


def consequence(figures: PointsFigures) -> None:
    """Points order, and decide nothing."""


def verdict(figures: PointsFigures) -> Text:
    """The plain figures, and that a quorum was missed."""
    if figures.outcome is Outcome.NO_QUORUM:
        return t("No quorum: {points} from {supporters}.", **_counts(figures))
    return t("{points} from {supporters}.", **_counts(figures))


def totals(figures: PointsFigures) -> Text:
    """Points and supporters alone."""
    return t("{points} from {supporters}", **_counts(figures))


def sentences(
    figures: Sequence[PointsFigures],
    titles: Mapping[str, str],
    groups: Mapping[str, str],
    rules: BallotRules,
) -> tuple[Text, ...]:
    """One sentence for each recommendation, in the order given, fit to be read out."""
    return tuple(_sentence(one, titles[one.reference], groups, rules) for one in figures)


def _budget(rules: BallotRules) -> int:
    if rules.points is None:
        raise ValueError("a points ballot without a number of points")
    return rules.points


def _cap(rules: BallotRules) -> int:
    return _budget(rules) if rules.most is None else rules.most


def _points_on(answers: Answers, position: int) -> int:
    return sum(answers.get(position, ASIDE))


def _wanted(held: int, said: str) -> int:
    """How many points the item is to have after what was said."""
    match said.strip():
        case "+1":
            return held + 1
        case "-1":
            return max(held - 1, 0)
        case number if _WHOLE_NUMBER.fullmatch(number):
            if int(number) < 0:
                raise Invalid(t("Points cannot be negative; give 0 or more."))
            return int(number)
        case _:
            raise Invalid(t("Points are given as a whole number, such as 3."))


def _afford(wanted: int, held: int, unspent: int, rules: BallotRules) -> None:
    """Let pass what the cap and the points left allow."""
    if wanted > _cap(rules):
        raise Invalid(_over_the_cap(rules))
    if wanted - held > unspent:
        if unspent <= 0:
            raise Invalid(t("No points are left; take some back from another recommendation first."))
        raise Invalid(
            tn(
                "Only {count} point is left; give fewer here, or take some back from another recommendation.",
                "Only {count} points are left; give fewer here, "
                "or take some back from another recommendation.",
                unspent,
            )
        )


def _problem(answers: Answers, positions: Collection[int], rules: BallotRules) -> Text | None:
    """Which rule of the ballot the paper breaks, None where it keeps them."""
    if not answers.keys() <= set(positions):
        return paper.NOT_ON_PAPER
    if any(given != ASIDE and (len(given) != 1 or given[0] < 0) for given in answers.values()):
        return t("Each recommendation is given one whole number of points, 0 or more.")
    if any(_points_on(answers, position) > _cap(rules) for position in answers):
        return _over_the_cap(rules)
    if left(answers, rules) < 0:
        return tn(
            "The paper gives {given} points, but there is only {count} to spread; take some back.",
            "The paper gives {given} points, but there are only {count} to spread; take some back.",
            _budget(rules),
            given=_budget(rules) - left(answers, rules),
        )
    return None


def _over_the_cap(rules: BallotRules) -> Text:
    return tn(
        "At most {count} point may go to one recommendation; give fewer.",
        "At most {count} points may go to one recommendation; give fewer.",
        _cap(rules),
    )


def _counts(figures: PointsFigures) -> dict[str, Value]:
    return {
        "points": tn("{count} point", "{count} points", figures.points),
        "supporters": tn("{count} supporter", "{count} supporters", figures.supporters),
    }


def _sentence(figures: PointsFigures, title: str, groups: Mapping[str, str], rules: BallotRules) -> Text:
    said: dict[str, Value] = {"reference": figures.reference, "title": title}
    if figures.turnout == 0:
        return t("{reference}, “{title}”: no points, since nobody submitted a paper.", **said)
    by_group = tuple(
        t(
            "{group} {points} from {supporters}",
            group=group_words(group, groups),
            points=part["points"],
            supporters=part["supporters"],
        )
        for group, part in figures.by_constituency.items()
        if group != EVERYONE and part["points"]
    )
    given = (
        t("{points} from {supporters} ({groups})", groups=by_group, **_counts(figures))
        if by_group
        else totals(figures)
    )
    if figures.outcome is Outcome.NO_QUORUM:
        return tn(
            "{reference}, “{title}”: {given}; no quorum, with {papers} submitted where {count} was needed.",
            "{reference}, “{title}”: {given}; no quorum, with {papers} submitted where {count} were needed.",
            quorum_count(rules.quorum, figures.electorate),
            given=given,
            papers=tn("{count} paper", "{count} papers", figures.turnout),
            **said,
        )
    return t("{reference}, “{title}”: {given}.", given=given, **said)
