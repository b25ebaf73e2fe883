"""Ratings as columns from 1 to 9 with median, middle half and class; see `reports.charts.picture`.

Where a column stands says what was rated, marks and words say the class: colour only helps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports import fonts
from reports.charts import palette
from reports.charts.picture import (
    TITLE_LENGTHS,
    UNSHOWN,
    Drawing,
    alternative,
    breakable,
    check_rows,
    missing_from,
)
from reports.format import Words
from reports.models.ranking import RankingRow
from reports.neutral import one_line, shortened
from seminar.methods.rating import CLASS_WORDS, Class, RatingFigures
from seminar.model import Outcome
from seminar.rating_words import number, ratings_words
from seminar.terms import OUTCOME_WORDS
from seminar.words import Text, Value, t

CONSENSUS = t("consensus")
DISAGREEMENT = t("disagreement")
NO_RATINGS = t("no ratings")

_TEMPLATE = "rating.typ"
_MARKS = {Class.SUPPORTED: "✓", Class.UNCERTAIN: "?", Class.NOT_SUPPORTED: "✗"}
_NO_QUORUM_MARK = "–"
_LEGEND = (t("ratings, 1 disagree to 9 agree"), t("middle half of the ratings"), t("median"))


def rating_drawing(rows: Sequence[RankingRow], words: Words, *, heading: str | Text = "") -> Drawing:
    """The ratings of up to `BARS` recommendations, one row each, in the order given.

    Rows of another method are left out. Columns are on one scale: the tallest of the picture.

    Raises:
        ValueError: more than `BARS` rows, or rows of several themes or events.
    """
    check_rows(rows)
    rated = [(row, row.figures) for row in rows if isinstance(row.figures, RatingFigures)]
    title = one_line(words(heading))
    missing = missing_from([title, *(row.title for row in rows)])
    notes = [words(UNSHOWN)] if missing else []
    if not rated:
        notes.append(words(t("There are no ratings to show.")))
    data: dict[str, object] = {
        "colours": (palette.AGAINST, palette.ABSTAIN, palette.FOR),
        "legend": [fonts.drawable(words(name)) for name in _LEGEND],
        "heading": breakable(title),
        "heading_rtl": fonts.reads_right_to_left(title),
        "scale": max([1, *(max(figures.distribution) for _, figures in rated)]),
        "empty": fonts.drawable(words(NO_RATINGS)),
        "rows": [_drawn(row, figures, words) for row, figures in rated],
        "note": fonts.drawable(" ".join(notes)),
    }
    opening = title or words(t("Ratings of recommendations"))
    return Drawing(_TEMPLATE, data, alternative(opening, _versions(rated, words)), missing)


def _drawn(row: RankingRow, figures: RatingFigures, words: Words) -> dict[str, object]:
    title = breakable(row.title)
    mark, result, remark = _result(figures)
    middle = None if figures.median is None else t("median {median}", median=number(figures.median))
    return {
        "reference": fonts.drawable(row.reference),
        "title": title,
        "rtl": fonts.reads_right_to_left(title),
        "mark": mark,
        "result": _word(result, words),
        "remark": _word(remark, words),
        "warns": remark == DISAGREEMENT,
        "counts": figures.distribution,
        "median": figures.median,
        "quartiles": None if figures.median is None else (figures.q1, figures.q3),
        "told": [_word(middle, words), _word(ratings_words(figures.ratings), words)],
    }


def _word(text: Text | None, words: Words) -> str:
    return "" if text is None else fonts.drawable(words(text))


def _result(figures: RatingFigures) -> tuple[str, Text | None, Text | None]:
    """Mark, class and what else is said of it; without a quorum that alone."""
    if figures.outcome is Outcome.NO_QUORUM:
        return _NO_QUORUM_MARK, OUTCOME_WORDS[Outcome.NO_QUORUM], None
    if figures.classed is None:
        return "", None, None
    remark = CONSENSUS if figures.agreed else DISAGREEMENT if figures.disagreement else None
    return _MARKS[figures.classed], CLASS_WORDS[figures.classed], remark


def _versions(rated: Sequence[tuple[RankingRow, RatingFigures]], words: Words) -> Iterator[list[str]]:
    for most in TITLE_LENGTHS:
        yield [_told(row, figures, most, words, _whole(figures)) for row, figures in rated]
    yield [_told(row, figures, 0, words, _without_counts(figures)) for row, figures in rated]
    yield [_told(row, figures, 0, words, _median_alone(figures)) for row, figures in rated]


def _told(row: RankingRow, figures: RatingFigures, most: int, words: Words, said: Text) -> str:
    """`CAP-01 Structured co-operation: supported, consensus; median 8, middle half 7 to 9, 17 ratings …`"""
    name = f"{row.reference} {shortened(one_line(row.title), most)}" if most else row.reference
    _, result, remark = _result(figures)
    if result is None:
        return words(t("{name}: {figures}.", name=name, figures=said))
    if remark is not None:
        result = t("{result}, {remark}", result=result, remark=remark)
    return words(t("{name}: {result}; {figures}.", name=name, result=result, figures=said))


def _whole(figures: RatingFigures) -> Text:
    if figures.median is None:
        return NO_RATINGS
    return t(
        "median {median}, middle half {low} to {high}, {ratings} from 1 to 9: {counts}",
        **_values(figures),
        counts=", ".join(str(count) for count in figures.distribution),
    )


def _without_counts(figures: RatingFigures) -> Text:
    if figures.median is None:
        return NO_RATINGS
    return t("median {median}, middle half {low} to {high}, {ratings}", **_values(figures))


def _median_alone(figures: RatingFigures) -> Text:
    if figures.median is None:
        return NO_RATINGS
    return t("median {median}", median=number(figures.median))


def _values(figures: RatingFigures) -> dict[str, Value]:
    return {
        "median": number(figures.median or 0),
        "low": number(figures.q1 or 0),
        "high": number(figures.q3 or 0),
        "ratings": ratings_words(figures.ratings),
    }
