"""`ranked`: an order of preference, equals and gaps allowed; Schulze's method by winning votes.

What a paper leaves unranked stands below everything it ranks, and equal among itself. A
voter who stands aside on an item says nothing about any pair with that item in it, and
everything about the others. Ties are reported as ties: nothing breaks them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from seminar import paper
from seminar.amounts import quorum_count, want_of_quorum
from seminar.errors import Invalid
from seminar.figures import Reader
from seminar.methods.base import NOTHING_BESIDE, Beside, Item, Vote
from seminar.model import BallotRules, Outcome
from seminar.paper import ASIDE, Answers
from seminar.schulze import beats, pairwise, ranks, strongest_paths
from seminar.words import Text, Value, t, tn

name: Final = "ranked"
label: Final = t("more: ranked: an order of preference")
place: Final = 11
decides: Final = False
on_paper: Final = True
relative: Final = True
options: Final[tuple[str, ...]] = ()

_Tiers: TypeAlias = list[list[int]]


@dataclass(frozen=True, slots=True)
class RankedFigures:
    """The figures of one recommendation.

    `rank` is 1 + the number of others that beat it (`beaten_by`), and `beats` the number it beats, in
    the sense of `seminar.schulze`; `tied_with` are the others of the same rank. `pairwise` is its row of
    the matrix: by the other's reference, the papers that prefer it to that one. `turnout` counts papers
    submitted; `recused` of them stand aside on it and are not in `electorate`. `by_constituency` holds,
    for each published group, the papers that do not stand aside on it, and how many of these rank it.
    """

    reference: str
    electorate: int
    turnout: int
    outcome: Outcome | None
    recused: int
    rank: int
    beats: int
    beaten_by: int
    tied_with: tuple[str, ...]
    pairwise: Mapping[str, int]
    by_constituency: Mapping[str, Mapping[str, int]]

    @property
    def options(self) -> int:
        """How many recommendations were on the ballot."""
        return len(self.pairwise) + 1

    def to_json(self) -> dict[str, Any]:
        """The figures under their published names."""
        return {
            "reference": self.reference,
            "electorate": self.electorate,
            "turnout": self.turnout,
            "outcome": None if self.outcome is None else self.outcome.value,
            "recused": self.recused,
            "rank": self.rank,
            "beats": self.beats,
            "beaten_by": self.beaten_by,
            "tied_with": list(self.tied_with),
            "pairwise": dict(self.pairwise),
            "by_constituency": {group: dict(part) for group, part in self.by_constituency.items()},
        }

    @classmethod
    def from_json(cls, document: str | Mapping[str, Any]) -> RankedFigures:
        """What `to_json` gave, as an object or as its JSON text.

        Raises:
            ValueError: these are not the figures of a `ranked` ballot.
        """
        return _READER(document)


_READER = Reader(RankedFigures, name, ("papers", "ranked"))


def explained(rules: BallotRules) -> Text:
    """What an order may leave out, and the rule that makes one of all."""
    return t(
        "Items are put in an order of preference, where equal and missing ranks are allowed; "
        "they are ranked by Schulze's method with winning votes."
    )


def tally(
    items: Sequence[Item],
    votes: Iterable[Vote],
    rules: BallotRules,
    electorate: int,
    groups: Sequence[str],
    beside: Beside = NOTHING_BESIDE,
) -> tuple[RankedFigures, ...]:
    """The figures of each item, by position. The order of papers, items and groups changes nothing.

    `votes` are `(WHOLE, paper, group)`, the group already the published one; a paper without a group
    counts in `seminar.pooling.EVERYONE`. Each of `groups` appears under every item. A paper that ranks
    nothing, since its item was taken off the ballot, still counts as submitted.

    Raises:
        ValueError: a vote is no paper, or the paper ranks what or as it cannot.
    """
    ballot = sorted(items)
    index = {position: option for option, (position, _) in enumerate(ballot)}
    submitted: Counter[str] = Counter(dict.fromkeys(groups, 0))
    aside: Counter[tuple[int, str]] = Counter()
    ranked: Counter[tuple[int, str]] = Counter()
    papers: list[tuple[_Tiers, int]] = []
    for answers, numbers in paper.counted(votes, lambda answers: _problem(answers, index.keys())):
        tiers = [[index[position] for position in tier] for tier in _tiers(answers)]
        tiers.append([option for position, option in index.items() if position not in answers])
        papers.append((tiers, numbers.total()))
        submitted.update(numbers)
        for position, given in answers.items():
            for group, number in numbers.items():
                (aside if given == ASIDE else ranked)[position, group] += number

    preferred = pairwise(papers, len(ballot))
    beaten = beats(strongest_paths(preferred))
    places = ranks(beaten)
    turnout = submitted.total()
    figures = []
    for option, (position, reference) in enumerate(ballot):
        recused = sum(aside[position, group] for group in submitted)
        entitled = electorate - recused
        others = [(other, named) for other, (_, named) in enumerate(ballot) if other != option]
        figures.append(
            RankedFigures(
                reference=reference,
                electorate=entitled,
                turnout=turnout,
                outcome=want_of_quorum(rules.quorum, turnout, entitled),
                recused=recused,
                rank=places[option],
                beats=len(beaten[option]),
                beaten_by=places[option] - 1,
                tied_with=tuple(named for other, named in others if places[other] == places[option]),
                pairwise={named: preferred[option][other] for other, named in others},
                by_constituency={
                    group: {
                        "papers": submitted[group] - aside[position, group],
                        "ranked": ranked[position, group],
                    }
                    for group in sorted(submitted)
                },
            )
        )
    return tuple(figures)


def changed(
    answers: Answers, position: int, said: str, positions: Collection[int], rules: BallotRules
) -> Answers:
    """The paper after one tap, its ranks closed up: 1, 2, 2, 3.

    `next` places the item after all that are ranked, `equal` beside the last of them; both move it there
    if it has a rank already, and take the place of standing aside. `up` and `down` move a ranked item by
    one step: out of a tie it goes just before or just after those it was tied with, otherwise it changes
    places with the rank above or below, and at either end it stays. `out` leaves it unranked. `aside`,
    `back` and `clear` are the words of all papers. What does not apply changes nothing.

    Raises:
        Invalid: the item is none of the ballot's, or `said` is no such word.
    """
    paper.require_on(position, positions)
    tiers = _tiers(answers)
    standing_aside = paper.recused(answers)
    at = next((step for step, tier in enumerate(tiers) if position in tier), None)
    match said:
        case "next":
            tiers = [*_taken_out(tiers, position), [position]]
            standing_aside -= {position}
        case "equal":
            *before, last = _taken_out(tiers, position) or [[]]
            tiers = [*before, [*last, position]]
            standing_aside -= {position}
        case "up" | "down":
            if at is not None:
                tiers = _moved(tiers, position, at, up=said == "up")
        case "out":
            tiers = _taken_out(tiers, position)
        case "aside":
            tiers = _taken_out(tiers, position)
            standing_aside |= {position}
        case "back":
            standing_aside -= {position}
        case "clear":
            tiers = _taken_out(tiers, position)
            standing_aside -= {position}
        case _:
            raise Invalid(t("An order is given by placing one recommendation after another."))
    ranked = {place: (rank,) for rank, tier in enumerate(tiers, start=1) for place in tier}
    return {**ranked, **dict.fromkeys(standing_aside, ASIDE)}


def check(answers: Answers, positions: Collection[int], rules: BallotRules) -> None:
    """Let pass a paper that ranks something, or stands aside on something. Gaps mean nothing.

    Raises:
        Invalid: it may not be submitted; the sentence says why.
    """
    problem = _problem(answers, positions)
    if problem is not None:
        raise Invalid(problem)
    if not answers:
        raise Invalid(t("Rank at least one recommendation, or stand aside on one, before you submit."))


def answered(answers: Answers, position: int, rules: BallotRules) -> bool:
    """Whether the item has a rank or the voter stands aside on it."""
    return position in answers


def published(choice: str, references: Mapping[int, str]) -> dict[str, Any]:
    """`{"ranking": [["CAP-02"], ["CAP-01", "CAP-03"]]}`, the best first and the unranked left out, and
    the references the voter stands aside on as `aside`, if any.

    Raises:
        ValueError: this is no paper of a ballot on these.
    """
    answers = paper.read_by_rules(choice, lambda answers: _problem(answers, references.keys()))
    record: dict[str, Any] = {
        "ranking": [[references[position] for position in tier] for tier in _tiers(answers)]
    }
    return record | paper.aside_record(answers, references)


def from_json(document: str | Mapping[str, Any]) -> RankedFigures:
    """See `RankedFigures.from_json`."""
    return RankedFigures.from_json(document)


def sort_key(figures: RankedFigures) -> tuple[Any, ...]:
    """A quorum first, then the rank, which ties share."""
    return figures.outcome is Outcome.NO_QUORUM, figures.rank


def score(figures: RankedFigures) -> float:
    """The number of recommendations it beats."""
    return float(figures.beats)


def consequence(figures: RankedFigures) -> None:
    """An order of preference orders, and decides nothing."""


def verdict(figures: RankedFigures) -> Text:
    """Rank, ties and contests, and that a quorum was missed."""
    standing = totals(figures)
    if figures.outcome is Outcome.NO_QUORUM:
        return t("No quorum: {standing}.", standing=standing)
    return t("By Schulze’s method: {standing}.", standing=standing)


def totals(figures: RankedFigures) -> Text:
    """Rank, ties and contests alone."""
    if figures.options == 1:
        return t("alone on the ballot, with nothing to be ranked against")
    said: dict[str, Value] = {
        "rank": figures.rank,
        "options": figures.options,
        "contests": _contests(figures),
    }
    if not figures.tied_with:
        return t("ranked {rank} of {options}; {contests}", **said)
    others: Value = figures.tied_with
    if 1 < len(figures.tied_with) == figures.options - 1:
        others = t("all the others")
    return t("ranked {rank} of {options}, tied with {others}; {contests}", others=others, **said)


def sentences(
    figures: Sequence[RankedFigures],
    titles: Mapping[str, str],
    groups: Mapping[str, str],
    rules: BallotRules,
) -> tuple[Text, ...]:
    """One sentence for each recommendation, in the order given, fit to be read out."""
    return tuple(_sentence(one, titles[one.reference], rules) for one in figures)


def _sentence(figures: RankedFigures, title: str, rules: BallotRules) -> Text:
    said: dict[str, Value] = {"reference": figures.reference, "title": title}
    if figures.turnout == 0:
        return t("{reference}, “{title}”: not ranked, since nobody submitted a paper.", **said)
    if figures.outcome is Outcome.NO_QUORUM:
        return tn(
            "{reference}, “{title}”: {standing}; no quorum, with {papers} submitted "
            "where {count} was needed.",
            "{reference}, “{title}”: {standing}; no quorum, with {papers} submitted "
            "where {count} were needed.",
            quorum_count(rules.quorum, figures.electorate),
            standing=totals(figures),
            papers=tn("{count} paper", "{count} papers", figures.turnout),
            **said,
        )
    return t("{reference}, “{title}”: {standing}.", standing=totals(figures), **said)


def _contests(figures: RankedFigures) -> Text:
    match figures.beats, figures.beaten_by:
        case 0, 0:
            return t("it beats none and none beats it")
        case won, 0:
            return t("it beats {beats} and none beats it", beats=won)
        case 0, lost:
            return t("it beats none and is beaten by {beaten_by}", beaten_by=lost)
        case won, lost:
            return t("it beats {beats} and is beaten by {beaten_by}", beats=won, beaten_by=lost)


def _problem(answers: Answers, positions: Collection[int]) -> Text | None:
    """Which rule of the ballot the paper breaks, None where it keeps them."""
    if not answers.keys() <= set(positions):
        return paper.NOT_ON_PAPER
    if any(given != ASIDE and (len(given) != 1 or given[0] < 1) for given in answers.values()):
        return t("Each recommendation has one rank, a whole number from 1, or none.")
    return None


def _tiers(answers: Answers) -> _Tiers:
    """The positions that have a rank, the best first, equals together and by position."""
    by_rank: dict[int, list[int]] = {}
    for position, given in sorted(answers.items()):
        if given != ASIDE:
            by_rank.setdefault(given[0], []).append(position)
    return [tier for _, tier in sorted(by_rank.items())]


def _taken_out(tiers: _Tiers, position: int) -> _Tiers:
    """The order without that one; a rank it leaves empty is gone."""
    left = ([place for place in tier if place != position] for tier in tiers)
    return [tier for tier in left if tier]


def _moved(tiers: _Tiers, position: int, at: int, *, up: bool) -> _Tiers:
    """The order with the one in tier `at` moved by one step."""
    rest = _taken_out(tiers, position)
    # A tie that it leaves still has its place in `rest`; a rank of its own has not.
    to = max(at - (len(tiers[at]) == 1), 0) if up else at + 1
    return [*rest[:to], [position], *rest[to:]]
