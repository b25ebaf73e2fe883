"""`support`: for, against or abstain on each recommendation; the method that decides.

A quorum first, held against the votes on the item, abstentions included; then the
threshold on for/(for+against), in exact fractions. Abstentions never enter that base.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from seminar import references
from seminar.amounts import quorum_count
from seminar.consensus import DECIMALS, consensus_index, wilson
from seminar.lifecycle import Act
from seminar.methods.base import NOTHING_BESIDE, Beside, Item, Ranked, Vote
from seminar.model import RECUSED, BallotRules, Choice, Counts, Outcome, Threshold
from seminar.pooling import EVERYONE, OTHERS, group_of
from seminar.terms import counts_text
from seminar.words import Text, Value, t, tn

name: Final = "support"
label: Final = t("support: for, against or abstain")
place: Final = 1
decides: Final = True
on_paper: Final = False
relative: Final = False
options: Final[tuple[str, ...]] = ()

SMALLEST_CONTESTING = 3
"""Votes a group needs on an item for its rejection to be named."""

_OUTCOME_ORDER = {Outcome.CARRIED: 0, Outcome.NOT_CARRIED: 1, Outcome.NO_QUORUM: 2}
_CONSEQUENCES = {Outcome.CARRIED: Act.CARRY, Outcome.NOT_CARRIED: Act.FAIL, Outcome.NO_QUORUM: Act.NO_QUORUM}


@dataclass(frozen=True, slots=True)
class SupportFigures:
    """The figures of one recommendation.

    `turnout` counts votes on it, abstentions included. `contested_by` are the published
    groups with at least three votes on it and more against than for, when it is carried;
    `by_constituency` holds the published groups, by code. `consensus` and `wilson` are
    those of `seminar.consensus`, not rounded. `room` is the part of the counts that came by a show
    of hands; `recused` stood aside and are not in `electorate`.
    """

    reference: str
    electorate: int
    turnout: int
    for_: int
    against: int
    abstain: int
    outcome: Outcome
    contested: bool
    contested_by: tuple[str, ...]
    consensus: float | None
    wilson: float
    by_constituency: Mapping[str, Counts]
    room: Counts = Counts()
    recused: int = 0

    @property
    def counts(self) -> Counts:
        return Counts(self.for_, self.against, self.abstain)

    def to_json(self) -> dict[str, Any]:
        """The figures under their published names; `room` and `recused` only where there are any."""
        besides: dict[str, Any] = {}
        if self.room.total:
            besides["room"] = _counts_to_json(self.room)
        if self.recused:
            besides["recused"] = self.recused
        return {
            "reference": self.reference,
            "electorate": self.electorate,
            "turnout": self.turnout,
            **_counts_to_json(self.counts),
            "outcome": self.outcome.value,
            "contested": self.contested,
            "contested_by": list(self.contested_by),
            "consensus": self.consensus,
            "wilson": self.wilson,
            "by_constituency": {
                group: _counts_to_json(counts) for group, counts in self.by_constituency.items()
            },
            **besides,
        }

    @classmethod
    def from_json(cls, document: str | Mapping[str, Any]) -> SupportFigures:
        """What `to_json` gave, as an object or as its JSON text.

        Raises:
            ValueError: these are not the figures of a `support` ballot.
        """
        try:
            fields = json.loads(document) if isinstance(document, str) else document
            return cls(
                reference=fields["reference"],
                electorate=fields["electorate"],
                turnout=fields["turnout"],
                for_=fields["for"],
                against=fields["against"],
                abstain=fields["abstain"],
                outcome=Outcome(fields["outcome"]),
                contested=fields["contested"],
                contested_by=tuple(fields["contested_by"]),
                consensus=fields["consensus"],
                wilson=fields["wilson"],
                by_constituency={
                    group: _counts_from_json(counts) for group, counts in fields["by_constituency"].items()
                },
                room=_counts_from_json(fields["room"]) if "room" in fields else Counts(),
                recused=fields.get("recused", 0),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("these are not the figures of a support ballot") from error


def explained(rules: BallotRules) -> Text:
    """The share that carries."""
    threshold = rules.threshold
    share = f"{threshold.share.numerator}/{threshold.share.denominator}"
    if threshold.strict:
        return t("Carried with more than {share} of the votes for and against.", share=share)
    return t("Carried with at least {share} of the votes for and against.", share=share)


def tally(
    items: Sequence[Item],
    votes: Iterable[Vote],
    rules: BallotRules,
    electorate: int,
    groups: Sequence[str],
    beside: Beside = NOTHING_BESIDE,
) -> tuple[SupportFigures, ...]:
    """The figures of each item, by position. The order of votes and groups changes nothing.

    `votes` are `(position, choice, group)`, the group already the published one; a vote
    without a group counts in `seminar.pooling.EVERYONE`. `groups` are the ballot's published
    groups: each appears under every item, with zeros where it has no vote on it. Hands shown in
    the room add to the counts, and to a group where they were counted for one.

    Raises:
        ValueError: a vote is on no item of the ballot, or its choice is not one of `Choice`.
    """
    counted: Counter[tuple[int, str, str | None]] = Counter(
        (position, c, group) for position, c, group in votes
    )
    by_item: dict[int, dict[str, Counts]] = {
        position: dict.fromkeys(groups, Counts()) for position, _ in items
    }
    recused: Counter[int] = Counter()
    for (position, choice, group), number in counted.items():
        if position not in by_item:
            raise ValueError(f"a vote on position {position}, which is not on the ballot")
        if choice == RECUSED:
            recused[position] += number
            continue
        by_group = by_item[position]
        published = group_of(group)
        by_group[published] = by_group.get(published, Counts()) + _so_many(Choice(choice), number)
    room: dict[int, Counts] = dict.fromkeys(by_item, Counts())
    nowhere: dict[int, Counts] = dict.fromkeys(by_item, Counts())
    for hands in beside.room:
        room[hands.position] += hands.counts
        if hands.group is None:
            nowhere[hands.position] += hands.counts
        else:
            by_group = by_item[hands.position]
            by_group[hands.group] = by_group.get(hands.group, Counts()) + hands.counts
    return tuple(
        _figures(
            reference,
            by_item[position],
            rules,
            electorate - recused[position],
            room=room[position],
            nowhere=nowhere[position],
            recused=recused[position],
        )
        for position, reference in sorted(items)
    )


def published(choice: str, references: Mapping[int, str]) -> str:
    """The choice itself: the record names the item beside it."""
    return choice


def from_json(document: str | Mapping[str, Any]) -> SupportFigures:
    """See `SupportFigures.from_json`."""
    return SupportFigures.from_json(document)


def decide(counts: Counts, rules: BallotRules, electorate: int) -> Outcome:
    """What the votes on one item mean: quorum first, then threshold."""
    if counts.total < quorum_count(rules.quorum, electorate):
        return Outcome.NO_QUORUM
    return Outcome.CARRIED if meets(counts, rules.threshold) else Outcome.NOT_CARRIED


def meets(counts: Counts, threshold: Threshold) -> bool:
    """Whether for/(for+against) reaches the threshold; without such votes nothing does."""
    if counts.decided == 0:
        return False
    share = Fraction(counts.for_, counts.decided)
    return share > threshold.share if threshold.strict else share >= threshold.share


def sort_key(figures: SupportFigures) -> tuple[Any, ...]:
    """Outcome, consensus index (none last), Wilson bound, number for, reference: no two are equal."""
    index = figures.consensus
    return (
        _OUTCOME_ORDER[figures.outcome],
        index is None,
        0.0 if index is None else -round(index, DECIMALS),
        -round(figures.wilson, DECIMALS),
        -figures.for_,
        references.sort_key(figures.reference),
    )


def order(figures: Iterable[SupportFigures]) -> tuple[Ranked[SupportFigures], ...]:
    """Best first, with ranks from 1 to their number: the reference settles every tie."""
    return tuple(Ranked(rank, one) for rank, one in enumerate(sorted(figures, key=sort_key), start=1))


def score(figures: SupportFigures) -> float | None:
    """The consensus index."""
    return figures.consensus


def consequence(figures: SupportFigures) -> Act:
    """Carried is adopted, not carried is not adopted, and without a quorum nothing is decided."""
    return _CONSEQUENCES[figures.outcome]


def sentences(
    figures: Sequence[SupportFigures],
    titles: Mapping[str, str],
    groups: Mapping[str, str],
    rules: BallotRules,
) -> tuple[Text, ...]:
    """One sentence for each recommendation, in the order given, fit to be read out."""
    return tuple(_sentence(one, titles[one.reference], groups, rules) for one in figures)


def group_words(group: str, titles: Mapping[str, str]) -> str | Text:
    """What a published group is called, where `titles` are the constituencies' titles by code."""
    if group == OTHERS:
        return t("other constituencies")
    if group == EVERYONE:
        return t("the participants")
    return titles.get(group, group)


def verdict(figures: SupportFigures) -> Text:
    """Outcome and counts."""
    counts: dict[str, Value] = {
        "for_": figures.for_,
        "against": figures.against,
        "abstain": figures.abstain,
    }
    match figures.outcome:
        case Outcome.CARRIED:
            return t("Carried: {for_} for, {against} against, {abstain} abstaining.", **counts)
        case Outcome.NOT_CARRIED:
            return t("Not carried: {for_} for, {against} against, {abstain} abstaining.", **counts)
        case Outcome.NO_QUORUM:
            return t("No quorum: {for_} for, {against} against, {abstain} abstaining.", **counts)


def totals(figures: SupportFigures) -> Text:
    """The counts alone."""
    return counts_text(figures.counts)


def _figures(
    reference: str,
    by_group: dict[str, Counts],
    rules: BallotRules,
    electorate: int,
    *,
    room: Counts,
    nowhere: Counts,
    recused: int,
) -> SupportFigures:
    """`nowhere` are the hands that enter no group."""
    counts = sum(by_group.values(), start=nowhere)
    outcome = decide(counts, rules, electorate)
    contested_by = tuple(
        group
        for group, part in sorted(by_group.items())
        if outcome is Outcome.CARRIED and part.total >= SMALLEST_CONTESTING and part.against > part.for_
    )
    return SupportFigures(
        reference=reference,
        electorate=electorate,
        turnout=counts.total,
        for_=counts.for_,
        against=counts.against,
        abstain=counts.abstain,
        outcome=outcome,
        contested=bool(contested_by),
        contested_by=contested_by,
        consensus=consensus_index(by_group),
        wilson=wilson(counts.for_, counts.against),
        by_constituency=dict(sorted(by_group.items())),
        room=room,
        recused=recused,
    )


def _so_many(choice: Choice, number: int) -> Counts:
    match choice:
        case Choice.FOR:
            return Counts(for_=number)
        case Choice.AGAINST:
            return Counts(against=number)
        case Choice.ABSTAIN:
            return Counts(abstain=number)


def _counts_to_json(counts: Counts) -> dict[str, int]:
    return {"for": counts.for_, "against": counts.against, "abstain": counts.abstain}


def _counts_from_json(document: Mapping[str, int]) -> Counts:
    return Counts(document["for"], document["against"], document["abstain"])


def _sentence(figures: SupportFigures, title: str, groups: Mapping[str, str], rules: BallotRules) -> Text:
    said: dict[str, Value] = {"reference": figures.reference, "title": title}
    votes: dict[str, Value] = {"for_": figures.for_, "against": figures.against}
    match figures.outcome:
        case Outcome.NO_QUORUM if figures.turnout == 0:
            return t("{reference}, “{title}”: no decision for want of a quorum, since nobody voted.", **said)
        case Outcome.NO_QUORUM:
            return tn(
                "{reference}, “{title}”: no decision for want of a quorum, with {turnout} of {electorate} "
                "entitled voting where {count} was needed.",
                "{reference}, “{title}”: no decision for want of a quorum, with {turnout} of {electorate} "
                "entitled voting where {count} were needed.",
                quorum_count(rules.quorum, figures.electorate),
                turnout=figures.turnout,
                electorate=figures.electorate,
                **said,
            )
        case Outcome.NOT_CARRIED if figures.turnout == 0:
            return t("{reference}, “{title}”: not carried, since nobody voted.", **said)
        case Outcome.NOT_CARRIED:
            return tn(
                "{reference}, “{title}”: not carried, with {for_} for, {against} against "
                "and {count} abstention.",
                "{reference}, “{title}”: not carried, with {for_} for, {against} against "
                "and {count} abstentions.",
                figures.abstain,
                **votes,
                **said,
            )
        case Outcome.CARRIED if figures.contested:
            return tn(
                "{reference}, “{title}”: carried, with {for_} for, {against} against "
                "and {count} abstention; contested by {groups}.",
                "{reference}, “{title}”: carried, with {for_} for, {against} against "
                "and {count} abstentions; contested by {groups}.",
                figures.abstain,
                groups=tuple(group_words(group, groups) for group in figures.contested_by),
                **votes,
                **said,
            )
        case Outcome.CARRIED:
            return tn(
                "{reference}, “{title}”: carried, with {for_} for, {against} against and {count} abstention.",
                "{reference}, “{title}”: carried, with {for_} for, {against} against "
                "and {count} abstentions.",
                figures.abstain,
                **votes,
                **said,
            )
