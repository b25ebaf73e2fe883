"""`shortlist`: approve as many as one likes; k seats by the Method of Equal Shares.

A short list in which minorities are represented: any group of n/k voters who approve a common
recommendation has one among the elected that some of them approve. The rule, its completion and
their sources are in `seminar.equal_shares`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from seminar import paper, references
from seminar.amounts import quorum_count, want_of_quorum
from seminar.equal_shares import Elected, Rule, elect
from seminar.errors import Invalid
from seminar.figures import Reader
from seminar.methods.base import NOTHING_BESIDE, Beside, Item, Vote
from seminar.methods.support import group_words
from seminar.model import BallotRules, Outcome
from seminar.paper import ASIDE, Answers
from seminar.pooling import EVERYONE
from seminar.words import Text, Value, t, tn

name: Final = "shortlist"
label: Final = t("more: shortlist: approve any, for a short list that represents minorities too")
place: Final = 13
decides: Final = False
on_paper: Final = True
relative: Final = True
options: Final[tuple[str, ...]] = ("seats",)

APPROVED: Final = (1,)
"""The answer that approves an item; without an answer it is not approved."""

RULE_WORDS: Final[Mapping[Rule, Text]] = {
    Rule.EQUAL_SHARES: t("the Method of Equal Shares"),
    Rule.PHRAGMEN: t("sequential Phragmén, which completes the list"),
}


@dataclass(frozen=True, slots=True)
class ShortlistFigures:
    """The figures of one recommendation.

    `seat` is its place in the order of election, from 1, None where it has none, and `elected_by`
    the rule that gave it. `approvals` counts papers that approve it. `covered`, for an elected one,
    counts the papers that approve at least one of those elected up to and including it.
    `by_constituency` holds for each published group, by code, its `approvals` and its `papers`:
    those that do not stand aside on the item. `turnout` counts all papers submitted; `recused` of
    them stand aside and are not in `electorate`.
    """

    reference: str
    electorate: int
    turnout: int
    outcome: Outcome | None
    recused: int
    seat: int | None
    elected_by: Rule | None
    approvals: int
    covered: int | None
    by_constituency: Mapping[str, Mapping[str, int]]

    @property
    def papers(self) -> int:
        """Papers submitted by those who do not stand aside on the item."""
        return self.turnout - self.recused

    def to_json(self) -> dict[str, Any]:
        """The figures under their published names."""
        return {
            "reference": self.reference,
            "electorate": self.electorate,
            "turnout": self.turnout,
            "outcome": None if self.outcome is None else self.outcome.value,
            "recused": self.recused,
            "seat": self.seat,
            "elected_by": None if self.elected_by is None else self.elected_by.value,
            "approvals": self.approvals,
            "covered": self.covered,
            "by_constituency": {group: dict(part) for group, part in self.by_constituency.items()},
        }

    @classmethod
    def from_json(cls, document: str | Mapping[str, Any]) -> ShortlistFigures:
        """What `to_json` gave, as an object or as its JSON text.

        Raises:
            ValueError: these are not the figures of a `shortlist` ballot.
        """
        return _READER(document)


_READER = Reader(ShortlistFigures, name, ("approvals", "papers"))


def explained(rules: BallotRules) -> Text:
    """How many seats there are, and the rule that fills them."""
    return tn(
        "Everybody approves as many items as they like. {count} seat is filled by the Method "
        "of Equal Shares, completed by sequential Phragmén.",
        "Everybody approves as many items as they like. {count} seats are filled by the Method "
        "of Equal Shares, completed by sequential Phragmén.",
        _seats(rules),
    )


def tally(
    items: Sequence[Item],
    votes: Iterable[Vote],
    rules: BallotRules,
    electorate: int,
    groups: Sequence[str],
    beside: Beside = NOTHING_BESIDE,
) -> tuple[ShortlistFigures, ...]:
    """The figures of each item, by position. The order of papers, items and groups changes nothing.

    `votes` are `(WHOLE, paper, group)`, the group already the published one; a paper without a group
    counts in `seminar.pooling.EVERYONE`. Each of `groups` appears under every item.

    Voters, for the rule, are the papers that approve at least one item, whatever they stand aside on;
    equals are taken in the order of their references. What nobody approves gets no seat, so that
    a list may stay shorter than it could be. A paper that approves nothing, since it stands aside or
    its item was taken off the ballot, still counts as submitted.

    Raises:
        ValueError: a vote is no paper, or the paper is against the rules of the ballot.
    """
    positions = frozenset(position for position, _ in items)
    submitted: Counter[str] = Counter(dict.fromkeys(groups, 0))
    approvals: Counter[tuple[int, str]] = Counter()
    aside: Counter[tuple[int, str]] = Counter()
    voters: Counter[frozenset[int]] = Counter()
    for answers, numbers in paper.counted(votes, lambda answers: _problem(answers, positions)):
        submitted.update(numbers)
        approved = _approved(answers)
        voters[approved] += numbers.total()
        for position in answers:
            count = approvals if position in approved else aside
            for group, number in numbers.items():
                count[position, group] += number
    order = sorted(items, key=lambda item: references.sort_key(item[1]))
    elected = elect(voters, _seats(rules), [position for position, _ in order])
    seats = dict(enumerate(elected, start=1))
    covered = _covered(elected, voters)
    seat_of = {one.candidate: seat for seat, one in seats.items()}
    turnout = submitted.total()
    figures = []
    for position, reference in sorted(items):
        by_group = {
            group: {
                "approvals": approvals[position, group],
                "papers": submitted[group] - aside[position, group],
            }
            for group in sorted(submitted)
        }
        recused = sum(aside[position, group] for group in submitted)
        entitled = electorate - recused
        seat = seat_of.get(position)
        figures.append(
            ShortlistFigures(
                reference=reference,
                electorate=entitled,
                turnout=turnout,
                outcome=want_of_quorum(rules.quorum, turnout, entitled),
                recused=recused,
                seat=seat,
                elected_by=None if seat is None else seats[seat].by,
                approvals=sum(part["approvals"] for part in by_group.values()),
                covered=None if seat is None else covered[seat - 1],
                by_constituency=by_group,
            )
        )
    return tuple(figures)


def changed(
    answers: Answers, position: int, said: str, positions: Collection[int], rules: BallotRules
) -> Answers:
    """The paper after one tap: `yes` approves, `no` takes that back; or `aside`, `back`, `clear`.

    Approving an item the voter stands aside on takes the place of standing aside; `no` does not.

    Raises:
        Invalid: the item is none of the ballot's, or `said` is no such word.
    """
    paper.require_on(position, positions)
    common = paper.tapped(answers, position, said)
    if common is not None:
        return common
    match said:
        case "yes":
            return {**answers, position: APPROVED}
        case "no" if answers.get(position) == ASIDE:
            return answers
        case "no":
            return paper.without(answers, position)
        case _:
            raise Invalid(t("A recommendation is approved or not; answer yes or no."))


def check(answers: Answers, positions: Collection[int], rules: BallotRules) -> None:
    """Let pass a paper that approves at least one item of the ballot, or stands aside on one.

    Raises:
        Invalid: it does not, or it has another answer; the sentence says why.
    """
    problem = _problem(answers, positions)
    if problem is not None:
        raise Invalid(problem)
    if not answers:
        raise Invalid(t("Approve at least one recommendation, or stand aside on one, before you submit."))


def answered(answers: Answers, position: int, rules: BallotRules) -> bool:
    """Whether the item is approved or the voter stands aside on it."""
    return position in answers


def published(choice: str, references: Mapping[int, str]) -> dict[str, Any]:
    """`{"approve": ["CAP-01"]}`, and the references the voter stands aside on as `aside`, if any."""
    answers = paper.read(choice)
    record: dict[str, Any] = {"approve": [references[position] for position in sorted(_approved(answers))]}
    return record | paper.aside_record(answers, references)


def from_json(document: str | Mapping[str, Any]) -> ShortlistFigures:
    """See `ShortlistFigures.from_json`."""
    return ShortlistFigures.from_json(document)


def sort_key(figures: ShortlistFigures) -> tuple[Any, ...]:
    """A quorum first, then seat (none last), approvals, reference: no two are equal."""
    return (
        figures.outcome is Outcome.NO_QUORUM,
        figures.seat is None,
        figures.seat or 0,
        -figures.approvals,
        references.sort_key(figures.reference),
    )


def score(figures: ShortlistFigures) -> float | None:
    """The seat; None without one."""
    return None if figures.seat is None else float(figures.seat)


def consequence(figures: ShortlistFigures) -> None:
    """A short list orders, and decides nothing."""


def verdict(figures: ShortlistFigures) -> Text:
    """Seat, the rule that gave it, and approvals; or that a quorum was missed."""
    approved = totals(figures)
    if figures.outcome is Outcome.NO_QUORUM:
        return t("No quorum: {approved}.", approved=approved)
    if figures.seat is None or figures.elected_by is None:
        return t("No seat: {approved}.", approved=approved)
    return t(
        "Seat {seat} by {rule}: {approved}.",
        seat=figures.seat,
        rule=RULE_WORDS[figures.elected_by],
        approved=approved,
    )


def totals(figures: ShortlistFigures) -> Text:
    """Approvals alone."""
    return t("approved by {approvals} of {papers}", approvals=figures.approvals, papers=figures.papers)


def sentences(
    figures: Sequence[ShortlistFigures],
    titles: Mapping[str, str],
    groups: Mapping[str, str],
    rules: BallotRules,
) -> tuple[Text, ...]:
    """One sentence for each recommendation, in the order given, fit to be read out.

    Each says who is represented by the choice, by constituency, and names the rule that gave the seat.
    """
    return tuple(_sentence(one, titles[one.reference], groups, rules) for one in figures)


def _seats(rules: BallotRules) -> int:
    if rules.seats is None:
        raise ValueError("a shortlist ballot without a number of seats")
    return rules.seats


def _approved(answers: Answers) -> frozenset[int]:
    return frozenset(position for position, given in answers.items() if given == APPROVED)


def _problem(answers: Answers, positions: Collection[int]) -> Text | None:
    """Which rule of the ballot the paper breaks, None where it keeps them."""
    if not answers.keys() <= set(positions):
        return paper.NOT_ON_PAPER
    if any(given not in (APPROVED, ASIDE) for given in answers.values()):
        return t("A recommendation is approved or not; answer yes or no.")
    return None


def _covered(elected: Sequence[Elected], voters: Mapping[frozenset[int], int]) -> list[int]:
    """For each seat, the papers that approve at least one of those elected so far."""
    seat_of = {one.candidate: seat for seat, one in enumerate(elected)}
    first = Counter[int]()
    for approved, number in voters.items():
        first[min((seat_of[c] for c in approved if c in seat_of), default=len(elected))] += number
    return list(accumulate(first[seat] for seat in range(len(elected))))


def _sentence(figures: ShortlistFigures, title: str, groups: Mapping[str, str], rules: BallotRules) -> Text:
    said: dict[str, Value] = {"reference": figures.reference, "title": title}
    if figures.turnout == 0:
        return t("{reference}, “{title}”: no seat, since nobody submitted a paper.", **said)
    approved = _approved_by(figures, groups)
    if figures.outcome is Outcome.NO_QUORUM:
        return tn(
            "{reference}, “{title}”: {approved}; no quorum, with {papers} submitted "
            "where {count} was needed.",
            "{reference}, “{title}”: {approved}; no quorum, with {papers} submitted "
            "where {count} were needed.",
            quorum_count(rules.quorum, figures.electorate),
            approved=approved,
            papers=tn("{count} paper", "{count} papers", figures.turnout),
            **said,
        )
    if figures.seat is None or figures.elected_by is None or figures.covered is None:
        return t("{reference}, “{title}”: no seat, {approved}.", approved=approved, **said)
    return t(
        "{reference}, “{title}”: seat {seat} by {rule}, {approved}; so far {covered} of {turnout} "
        "have at least one of their choices on the list.",
        seat=figures.seat,
        rule=RULE_WORDS[figures.elected_by],
        approved=approved,
        covered=figures.covered,
        turnout=figures.turnout,
        **said,
    )


def _approved_by(figures: ShortlistFigures, groups: Mapping[str, str]) -> Text:
    """Approvals, and those of each group that has papers on the item."""
    by_group = tuple(
        t(
            "{group} {approvals} of {papers}",
            group=group_words(group, groups),
            approvals=part["approvals"],
            papers=part["papers"],
        )
        for group, part in figures.by_constituency.items()
        if group != EVERYONE and part["papers"]
    )
    if not by_group:
        return totals(figures)
    return t(
        "approved by {approvals} of {papers} ({groups})",
        approvals=figures.approvals,
        papers=figures.papers,
        groups=by_group,
    )
