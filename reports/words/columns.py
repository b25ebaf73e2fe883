"""The columns of a ranking's table, for reports to people: those of the methods that a theme has met.

A table shows what every recommendation has, and of the figures that only some
methods or ballots have, those that at least one of its rows has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from reports.format import Words
from reports.models.ranking import RankingRow
from reports.words import labels
from seminar.appropriateness import CLASS_WORDS
from seminar.methods.rating import RatingFigures
from seminar.methods.shortlist import RULE_WORDS
from seminar.model import Outcome, Purpose
from seminar.rating_words import number
from seminar.terms import OUTCOME_WORDS, STATE_WORDS
from seminar.words import Text, t

Cell: TypeAlias = "str | int | float | datetime | None"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in characters, look, and where its values come from.

    `look` is `text`, `number` (whole), `figure` (as precise as it is), `share` (three decimals), `score`
    (either) or `moment`. A `brief` one stands in the tables of documents too. One that is not `always`
    there is left out where no row has a value.
    """

    title: Text
    width: int
    look: str
    value: Callable[[RankingRow, Words], Cell]
    brief: bool = False
    always: bool = True


def _own(
    method: str, title: Text, width: int, look: str, value: Callable[[Any], Cell], *, brief: bool = True
) -> Column:
    """A figure that one method alone has."""
    return Column(
        title,
        width,
        look,
        lambda row, words: value(row.figures) if row.method == method else None,
        brief=brief,
        always=False,
    )


def _worded(method: str, title: Text, width: int, value: Callable[[Any], Text | str | None]) -> Column:
    """What one method alone says of a recommendation, in words."""

    def said(row: RankingRow, words: Words) -> Cell:
        text = value(row.figures) if row.method == method else None
        return None if text is None else words(text)

    return Column(title, width, "text", said, brief=True, always=False)


def _class(figures: RatingFigures) -> Text | None:
    if figures.outcome is Outcome.NO_QUORUM or figures.classed is None:
        return None
    result = CLASS_WORDS[figures.classed]
    if figures.agreed:
        return t("{result}, {remark}", result=result, remark=t("consensus"))
    if figures.disagreement:
        return t("{result}, {remark}", result=result, remark=t("disagreement"))
    return result


def _middle_half(figures: RatingFigures) -> Text | None:
    if figures.q1 is None or figures.q3 is None:
        return None
    return t("{low} to {high}", low=number(figures.q1), high=number(figures.q3))


def _outcome(row: RankingRow, words: Words) -> Cell:
    return None if row.outcome is None else words(OUTCOME_WORDS[row.outcome])


def _contested(row: RankingRow, words: Words) -> Cell:
    return None if row.contested is None else words(labels.YES if row.contested else labels.NO)


def _purpose(row: RankingRow, words: Words) -> Cell:
    return words(t("indicative")) if row.purpose is Purpose.INDICATIVE else None


RANK = Column(t("Rank"), 6, "number", lambda row, words: row.rank, brief=True)
REFERENCE = Column(t("Reference"), 11, "text", lambda row, words: row.reference, brief=True)
RECOMMENDATION = Column(t("Recommendation"), 44, "text", lambda row, words: row.title, brief=True)
FOR, AGAINST, ABSTAIN = (
    Column(title, 9, "number", value, brief=True, always=False)
    for title, value in (
        (t("For"), lambda row, words: row.for_),
        (t("Against"), lambda row, words: row.against),
        (t("Abstain"), lambda row, words: row.abstain),
    )
)
OUTCOME = Column(t("Outcome"), 13, "text", _outcome, brief=True, always=False)
SCORE = Column(t("Score"), 9, "score", lambda row, words: row.score, always=False)
BY_CONSTITUENCY = Column(
    t("By constituency"), 36, "text", lambda row, words: labels.groups_words(row, words) or None, always=False
)

COLUMNS: tuple[Column, ...] = (
    RANK,
    REFERENCE,
    RECOMMENDATION,
    FOR,
    AGAINST,
    ABSTAIN,
    _own("silence", t("Objections"), 11, "number", lambda one: one.turnout),
    _own("silence", t("Notified"), 9, "number", lambda one: one.notified),
    _worded("rating", t("Class"), 16, _class),
    _own("rating", t("Median agreement"), 11, "figure", lambda one: one.median),
    _worded("rating", t("Middle half"), 11, _middle_half),
    _own("rating", t("Ratings"), 9, "number", lambda one: one.ratings),
    _own("rating", t("Share in 7–9"), 9, "share", lambda one: one.high_share),
    _own("rating", t("Share in 1–3"), 9, "share", lambda one: one.low_share, brief=False),
    _own("rating", t("Median importance"), 12, "figure", lambda one: one.importance_median),
    _own("ranked", t("Beats"), 8, "number", lambda one: one.beats),
    _own("ranked", t("Beaten by"), 8, "number", lambda one: one.beaten_by),
    _worded("ranked", t("Tied with"), 14, lambda one: ", ".join(one.tied_with) or None),
    _own("points", t("Points"), 8, "number", lambda one: one.points),
    _own("points", t("Supporters"), 11, "number", lambda one: one.supporters),
    _own("shortlist", t("Seat"), 7, "number", lambda one: one.seat),
    _worded(
        "shortlist",
        t("Elected by"),
        22,
        lambda one: None if one.elected_by is None else RULE_WORDS[one.elected_by],
    ),
    _own("shortlist", t("Approvals"), 10, "number", lambda one: one.approvals),
    _own("shortlist", t("Represented so far"), 13, "number", lambda one: one.covered),
    OUTCOME,
    Column(t("Contested"), 11, "text", _contested, always=False),
    Column(t("Turnout"), 9, "number", lambda row, words: row.turnout, always=False),
    Column(t("Electorate"), 11, "number", lambda row, words: row.electorate, always=False),
    Column(t("Stood aside"), 9, "number", lambda row, words: labels.recused(row), always=False),
    Column(
        t("Shown in the room"), 24, "text", lambda row, words: labels.room_words(row, words), always=False
    ),
    Column(t("Consensus index"), 11, "share", lambda row, words: row.consensus, brief=True, always=False),
    Column(t("Wilson lower bound"), 11, "share", lambda row, words: row.wilson, brief=True, always=False),
    _own(
        "rating",
        t("Unchanged since the last round"),
        14,
        "share",
        lambda one: None if one.stability is None else one.stability.unchanged,
        brief=False,
    ),
    _own(
        "rating",
        t("Weighted kappa"),
        10,
        "share",
        lambda one: None if one.stability is None else one.stability.kappa,
        brief=False,
    ),
    SCORE,
    BY_CONSTITUENCY,
    Column(t("State"), 14, "text", lambda row, words: words(STATE_WORDS[row.state])),
    Column(t("Method"), 10, "text", lambda row, words: row.method, always=False),
    Column(t("Purpose"), 11, "text", _purpose, always=False),
    Column(t("Ballot"), 8, "text", lambda row, words: row.ballot, always=False),
)
"""What a program would call a row's figures, in the order in which people read them."""


def table(
    rows: Sequence[RankingRow], words: Words, columns: Iterable[Column] = COLUMNS
) -> list[tuple[Column, list[Cell]]]:
    """The columns to show of these rows, each with its values from the first row to the last."""
    filled = [(column, [column.value(row, words) for row in rows]) for column in columns]
    return [
        (column, values)
        for column, values in filled
        if column.always or any(value not in (None, "") for value in values)
    ]
