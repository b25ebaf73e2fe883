"""`silence`: adopted unless somebody breaks the silence before the deadline.

One recommendation or a package stands or falls together: an objection to any
part of it breaks the silence for all. Nobody votes; what is recorded are
objections, and for whom they were raised.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from seminar import references
from seminar.lifecycle import Act
from seminar.methods.base import NOTHING_BESIDE, Beside, Item, Vote
from seminar.model import BallotRules, Outcome
from seminar.paper import WHOLE
from seminar.pooling import EVERYONE, OTHERS, group_of
from seminar.words import Text, t, tn

name: Final = "silence"
label: Final = t("silence: adopted unless somebody objects")
place: Final = 3
decides: Final = True
on_paper: Final = False
relative: Final = False
options: Final[tuple[str, ...]] = ()

BREAK: Final = "break"
"""How an objection is recorded."""

_OUTCOME_ORDER = {Outcome.CARRIED: 0, Outcome.NOT_CARRIED: 1}


@dataclass(frozen=True, slots=True)
class SilenceFigures:
    """The figures of one recommendation under a silence procedure.

    `turnout` counts objections to the package it is in; `notified` is the number of people the
    procedure was announced to, None where that is not known. `by_constituency` counts the objections
    of each constituency that raised one.
    """

    reference: str
    electorate: int
    turnout: int
    outcome: Outcome
    notified: int | None
    by_constituency: Mapping[str, Mapping[str, int]]

    def to_json(self) -> dict[str, Any]:
        """The figures under their published names."""
        return {
            "reference": self.reference,
            "electorate": self.electorate,
            "turnout": self.turnout,
            "outcome": self.outcome.value,
            "notified": self.notified,
            "by_constituency": {group: dict(part) for group, part in self.by_constituency.items()},
        }

    @classmethod
    def from_json(cls, document: str | Mapping[str, Any]) -> SilenceFigures:
        """What `to_json` gave, as an object or as its JSON text.

        Raises:
            ValueError: these are not the figures of a silence procedure.
        """
        try:
            fields = json.loads(document) if isinstance(document, str) else document
            return cls(
                reference=fields["reference"],
                electorate=fields["electorate"],
                turnout=fields["turnout"],
                outcome=Outcome(fields["outcome"]),
                notified=fields["notified"],
                by_constituency={
                    group: {"objections": part["objections"]}
                    for group, part in fields["by_constituency"].items()
                },
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("these are not the figures of a silence procedure") from error


def explained(rules: BallotRules) -> None:
    """Nothing: a procedure says by itself what silence means."""


def tally(
    items: Sequence[Item],
    votes: Iterable[Vote],
    rules: BallotRules,
    electorate: int,
    groups: Sequence[str],
    beside: Beside = NOTHING_BESIDE,
) -> tuple[SilenceFigures, ...]:
    """The figures of each item, by position: each vote is an objection to the whole package.

    Raises:
        ValueError: something else than an objection is among the votes.
    """
    objections: Counter[str] = Counter()
    for position, choice, group in votes:
        if (position, choice) != (WHOLE, BREAK):
            raise ValueError("a silence procedure knows only objections to all of it")
        objections[group_of(group)] += 1
    total = objections.total()
    return tuple(
        SilenceFigures(
            reference=reference,
            electorate=electorate,
            turnout=total,
            outcome=Outcome.NOT_CARRIED if total else Outcome.CARRIED,
            notified=beside.notified,
            by_constituency={group: {"objections": objections[group]} for group in sorted(objections)},
        )
        for _, reference in sorted(items)
    )


def published(choice: str, references: Mapping[int, str]) -> str:
    """The objection, as it is recorded."""
    return choice


def from_json(document: str | Mapping[str, Any]) -> SilenceFigures:
    """See `SilenceFigures.from_json`."""
    return SilenceFigures.from_json(document)


def sort_key(figures: SilenceFigures) -> tuple[Any, ...]:
    """Adopted before broken, then by reference."""
    return (_OUTCOME_ORDER[figures.outcome], references.sort_key(figures.reference))


def score(figures: SilenceFigures) -> None:
    """A silence has no figure that could be compared."""
    return


def consequence(figures: SilenceFigures) -> Act:
    """Kept silence adopts, broken silence leads back to the discussion."""
    return Act.CARRY if figures.outcome is Outcome.CARRIED else Act.BREAK_SILENCE


def verdict(figures: SilenceFigures) -> Text:
    """Whether the silence was kept, and who broke it where that may be told."""
    if figures.outcome is Outcome.CARRIED:
        return t("Adopted by silence: nobody objected.")
    return tn(
        "Silence broken by {count} objection.", "Silence broken by {count} objections.", figures.turnout
    )


def totals(figures: SilenceFigures) -> Text:
    """How many objected."""
    return tn("{count} objection", "{count} objections", figures.turnout)


def sentences(
    figures: Sequence[SilenceFigures],
    titles: Mapping[str, str],
    groups: Mapping[str, str],
    rules: BallotRules,
) -> tuple[Text, ...]:
    """One sentence for each recommendation, in the order given, fit to be read out."""
    return tuple(_sentence(one, titles[one.reference], groups) for one in figures)


def _sentence(figures: SilenceFigures, title: str, groups: Mapping[str, str]) -> Text:
    if figures.outcome is Outcome.CARRIED:
        return t(
            "{reference}, “{title}”: adopted by silence, since nobody objected.",
            reference=figures.reference,
            title=title,
        )
    objecting = tuple(
        groups.get(group, group) for group in figures.by_constituency if group not in (EVERYONE, OTHERS)
    )
    if not objecting:
        return t(
            "{reference}, “{title}”: the silence was broken; it goes back to the discussion.",
            reference=figures.reference,
            title=title,
        )
    return t(
        "{reference}, “{title}”: the silence was broken by {groups}; it goes back to the discussion.",
        reference=figures.reference,
        title=title,
        groups=objecting,
    )
