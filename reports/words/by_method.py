"""What reports for people say differently of each voting method: groups, turnout, how to read the figures.

A method that has nothing here of its own is said by its verdict alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from reports.models.ranking import RankingReport, RankingRow
from seminar.methods import METHODS
from seminar.methods.silence import SilenceFigures
from seminar.model import Counts
from seminar.rating_words import number, ratings_words
from seminar.terms import counts_text
from seminar.words import Text, t, tn


def _rating_part(part: Mapping[str, Any]) -> Text:
    if part["median"] is None:
        return t("no ratings")
    return t(
        "median {median} from {ratings}",
        median=number(part["median"]),
        ratings=ratings_words(part["ratings"]),
    )


def _points_part(part: Mapping[str, Any]) -> Text:
    return t(
        "{points} from {supporters}",
        points=tn("{count} point", "{count} points", part["points"]),
        supporters=part["supporters"],
    )


_PARTS: Mapping[str, Callable[[Any], Text]] = MappingProxyType(
    {
        "support": counts_text,
        "rating": _rating_part,
        "ranked": lambda part: t(
            "ranked by {ranked} of {papers}", ranked=part["ranked"], papers=part["papers"]
        ),
        "points": _points_part,
        "shortlist": lambda part: t(
            "approved by {approvals} of {papers}", approvals=part["approvals"], papers=part["papers"]
        ),
        "silence": lambda part: tn("{count} objection", "{count} objections", part["objections"]),
    }
)


def part_words(method: str | None, part: Any) -> Text:
    """The figures of one group on one recommendation, as its method counts them."""
    said = _PARTS.get(method or "")
    if said is None:
        return t("{figures}", figures=", ".join(f"{name} {value}" for name, value in dict(part).items()))
    return said(part)


def turnout_text(method: str, figures: Any) -> Text | None:
    """How many of those entitled voted on it, None where that is not known.

    Who stood aside on it has left those entitled, so their papers do not count here.
    """
    if isinstance(figures, SilenceFigures):
        return None if figures.notified is None else _notified(figures.notified)
    voted = figures.turnout - (figures.recused if METHODS[method].on_paper else 0)
    return tn(
        "{voted} of {count} entitled to vote did so.",
        "{voted} of {count} entitled to vote did so.",
        figures.electorate,
        voted=voted,
    )


def _notified(people: int) -> Text:
    return tn("{count} person was notified.", "{count} people were notified.", people)


_NOTES: Mapping[str, tuple[Text, ...]] = MappingProxyType(
    {
        "support": (
            t(
                "Recommendations voted on for or against are ordered by outcome, then by consensus index, "
                "then by Wilson lower bound. Both figures are ordering aids: they are not statements of "
                "confidence and say nothing about people who did not vote."
            ),
            t(
                "The consensus index is the geometric mean, over the constituencies that voted, of their "
                "support; an abstention counts half. Support across constituencies therefore weighs more "
                "than a large majority in one."
            ),
            t(
                "A recommendation is contested when it was carried although a constituency with at least "
                "3 votes on it had more against than for."
            ),
        ),
        "silence": (
            t(
                "Under a silence procedure a recommendation is adopted unless somebody objects before the "
                "deadline. An objection to any part of a package breaks the silence for all of it."
            ),
        ),
        "rating": (
            t(
                "Ratings run from 1 (disagree) to 9 (agree) and are read by the RAND/UCLA method. There is "
                "disagreement when P70 − P30 is more than 2.35 + 1.5 · |5 − (P30 + P70)/2|. Supported is a "
                "median of at least 6.5, not supported one under 3.5, both without disagreement; all else "
                "is uncertain. Percentiles are found by linear interpolation."
            ),
            t(
                "Consensus on a rating is at least 70 % in 7–9 and under 15 % in 1–3. Ratings are ordered "
                "by class, median, share in 7–9, median importance and reference."
            ),
        ),
        "ranked": (
            t(
                "Orders of preference are counted by Schulze’s method with winning votes; what a paper "
                "leaves out stands last, and equal. The rank is 1 + the number of recommendations that beat "
                "it, and equal ranks are shared. The pairwise comparisons stand in tables of their own."
            ),
        ),
        "points": (
            t(
                "Points are ordered by total, then by the number of people who gave any, then by reference. "
                "What somebody did not spend is in no figure."
            ),
        ),
        "shortlist": (
            t(
                "Seats of a short list are given by the Method of Equal Shares, in which each voter has the "
                "same share of them to spend; where that leaves seats open, sequential Phragmén completes "
                "the list. Represented are those who approve at least one of the choices up to there."
            ),
        ),
    }
)

_ROOM = t(
    "Hands shown in the room are among the votes; they are in a constituency’s figures where they were "
    "counted for it."
)
_ASIDE = t("Who stands aside on a recommendation leaves its electorate and is in none of its figures.")
_POOLED = t("Constituencies with few voters stand together as “others”.")
_WITHIN_BALLOT = t(
    "Figures of rankings, points and short lists hold within one ballot; where there were several, the "
    "later stands first."
)
_SEVERAL_METHODS = t(
    "Where a theme was voted on by several methods, what was decided stands first; figures of different "
    "methods cannot be compared."
)
_NO_COMPARISON = t("Ranks hold within one theme of one event and cannot be compared across them.")


METHOD_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "support": t("vote for or against"),
        "silence": t("silence procedure"),
        "rating": t("rating from 1 to 9"),
        "ranked": t("order of preference"),
        "points": t("points to spread"),
        "shortlist": t("approval for a short list"),
    }
)
"""What each voting method is called in a document."""

BASES: Mapping[str, Text] = MappingProxyType(
    {
        "support": t(
            "A vote for or against: the share that carries is taken of the votes for and against together. "
            "Abstentions count for the quorum and never for that share. Turnout is the number of votes on "
            "the recommendation, abstentions and hands in the room included, of those entitled when the "
            "ballot closed."
        ),
        "silence": t(
            "A silence procedure: objections are counted as they came in. The people notified are those of "
            "the electorate who had an account when it began."
        ),
        "rating": t(
            "A rating: median, shares and class are of those who rated the recommendation. Turnout counts "
            "the papers submitted, of those entitled when the ballot closed."
        ),
        "ranked": t(
            "An order of preference: comparisons are of all papers submitted by people who did not stand "
            "aside; turnout counts the papers, of those entitled when the ballot closed."
        ),
        "points": t(
            "Points: totals are of the papers submitted, supporters are the people who gave the "
            "recommendation any; turnout counts the papers, of those entitled when the ballot closed."
        ),
        "shortlist": t(
            "A short list: approvals are of the papers submitted; turnout counts them, of those entitled "
            "when the ballot closed."
        ),
    }
)
"""Of what each method's figures are taken."""


def method_words(name: str) -> Text:
    """What a voting method is called in a document."""
    return METHOD_WORDS.get(name, METHODS[name].label)


def notes(report: RankingReport) -> tuple[Text, ...]:
    """What a reader must know to read a ranking's figures rightly."""
    return notes_on(report.recommendations, report.methods)


def notes_on(rows: Sequence[RankingRow], methods: Collection[str]) -> tuple[Text, ...]:
    """What a reader must know to read these figures rightly, and nothing about methods that are not there."""
    said = [note for name in METHODS if name in methods for note in _NOTES.get(name, ())]
    if any(row.by_constituency for row in rows):
        said.append(_POOLED)
    if any(_has(row, "room") for row in rows):
        said.append(_ROOM)
    if any(_has(row, "recused") for row in rows):
        said.append(_ASIDE)
    if len(methods) > 1:
        said.append(_SEVERAL_METHODS)
    if any(METHODS[name].relative for name in methods):
        said.append(_WITHIN_BALLOT)
    return (*said, _NO_COMPARISON)


def _has(row: RankingRow, name: str) -> bool:
    value = getattr(row.figures, name, None)
    return bool(value.total if isinstance(value, Counts) else value)
