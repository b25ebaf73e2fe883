"""The free text in a report, for whoever must look through it before it is published.

Each piece comes with the reference of the recommendation it belongs to (empty where it belongs to none)
and what it is. Names that attribution put there are no free text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import singledispatch
from typing import Any, TypeAlias

from reports.models.arguments import ArgumentsReport
from reports.models.cast_votes import CastVotesReport
from reports.models.covering import Covering
from reports.models.drafting import Changes, DraftingReport
from reports.models.follow_up import FollowUpReport
from reports.models.initiative import BallotFacts, Entry, InitiativeReport
from reports.models.ranking import RankingReport, RankingRow
from seminar.differences import Mark
from seminar.follow_up import FIELD_WORDS as FOLLOW_UP_WORDS
from seminar.terms import STANCE_WORDS
from seminar.wording import FIELD_WORDS
from seminar.words import Text, t

Piece: TypeAlias = tuple[str, Text, str]

_REASON = t("reason")
_ASKED = t("who was asked in the room")
_OBJECTION, _EXPLANATION = t("objection"), t("explanation of position")
_BEFORE = t("text before it was changed")
_AMENDMENT = t("amendment")


@singledispatch
def free_texts(report: Any) -> Iterator[Piece]:
    """Every piece of free text in a report.

    Raises:
        TypeError: nobody has said which texts of such a report are free.
    """
    raise TypeError(f"the free text of a {type(report).__name__} is not known")


@free_texts.register
def _ranking(report: RankingReport) -> Iterator[Piece]:
    yield from _cover(report.covering)
    for row in report.recommendations:
        yield from _row(row)


@free_texts.register
def _initiative(report: InitiativeReport) -> Iterator[Piece]:
    yield from _cover(report.covering)
    for entry in report.entries:
        yield from _entry(entry)
    for other in report.others:
        yield other.reference, FIELD_WORDS["title"], other.title
    for ballot in report.ballots:
        yield from _ballot(ballot)


@free_texts.register
def _cast_votes(report: CastVotesReport) -> Iterator[Piece]:
    for ballot in report.ballots:
        for reason in ballot.reasons:
            yield reason.reference or ballot.label, _REASON, reason.text
        for hands in ballot.room:
            yield hands.reference, _ASKED, hands.asked


@free_texts.register
def _arguments(report: ArgumentsReport) -> Iterator[Piece]:
    for line in report.lines:
        yield line.reference, FIELD_WORDS["title"], line.title
        yield line.reference, STANCE_WORDS[line.stance], line.text or ""
        yield line.reference, _REASON, line.reason or ""


@free_texts.register
def _drafting(report: DraftingReport) -> Iterator[Piece]:
    for line in report.recommendations:
        for version in line.versions:
            for name, text in version.wording.fields.items():
                yield line.reference, FIELD_WORDS[name], text
            yield line.reference, _REASON, version.reason
        for amendment in line.amendments:
            yield line.reference, _AMENDMENT, _added(amendment.changes)
            yield line.reference, _REASON, amendment.reason
            yield line.reference, _REASON, amendment.decision


@free_texts.register
def _follow_up(report: FollowUpReport) -> Iterator[Piece]:
    yield from _cover(report.covering)
    for line in report.lines:
        yield line.reference, FIELD_WORDS["title"], line.title
        yield line.reference, FIELD_WORDS["addressees"], line.entity
        for name in ("action", "owner", "note", "evidence"):
            yield line.reference, FOLLOW_UP_WORDS[name], getattr(line.content, name)


def _cover(covering: Covering) -> Iterator[Piece]:
    yield "", t("foreword"), covering.foreword
    yield "", t("status line"), covering.status


def _row(row: RankingRow) -> Iterator[Piece]:
    for name, text in (
        ("title", row.title),
        ("text", row.text),
        ("rationale", row.rationale),
        ("addressees", ", ".join(row.addressees)),
    ):
        yield row.reference, FIELD_WORDS[name], text


def _entry(entry: Entry) -> Iterator[Piece]:
    yield from _row(entry.ranked)
    for argument in entry.arguments:
        yield entry.reference, STANCE_WORDS[argument.stance], argument.text
    if entry.decision is not None:
        yield entry.reference, _REASON, entry.decision.reason
        yield entry.reference, _BEFORE, _removed(entry.decision.changes)


def _ballot(ballot: BallotFacts) -> Iterator[Piece]:
    for item in ballot.items:
        yield item.reference, FIELD_WORDS["title"], item.title
    for hands in ballot.room:
        yield hands.reference, _ASKED, hands.asked
    for statement in ballot.objections:
        yield ballot.label, _OBJECTION, statement.text
    for statement in ballot.explanations:
        yield ballot.label, _EXPLANATION, statement.text


def _removed(changes: Changes) -> str:
    return _without(changes, Mark.ADDED)


def _added(changes: Changes) -> str:
    return _without(changes, Mark.REMOVED)


def _without(changes: Changes, mark: Mark) -> str:
    """One side of every difference, whole, so that a name half of which changed is found too."""
    sides: Mapping[str, str] = {
        name: "".join(piece.text for piece in pieces if piece.mark is not mark)
        for name, pieces in changes.items()
    }
    return "\n".join(sides.values())
