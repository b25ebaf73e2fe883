"""Votes as stacked bars, a recommendation a bar; see `reports.charts.picture`."""

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
from reports.words import labels
from seminar.model import Counts, Outcome
from seminar.terms import OUTCOME_WORDS
from seminar.words import Text, t

_TEMPLATE = "support.typ"
_MARKS = {Outcome.CARRIED: "✓", Outcome.NOT_CARRIED: "✗", Outcome.NO_QUORUM: "–"}


def support_drawing(
    rows: Sequence[RankingRow], words: Words, *, heading: str | Text = "", scale: int | None = None
) -> Drawing:
    """For, against and abstentions of up to `BARS` recommendations as stacked bars, in the order given.

    Rows of a method without such counts are left out. `scale` is the number of
    votes that fills the width: by default the most on any of these rows.

    Raises:
        ValueError: more than `BARS` rows, or rows of several themes or events.
    """
    check_rows(rows)
    counted = [(row, counts) for row in rows if (counts := row.counts) is not None]
    title = one_line(words(heading))
    missing = missing_from([title, *(row.title for row in rows)])
    notes = [words(UNSHOWN)] if missing else []
    if not counted:
        notes.append(words(t("There are no votes to show.")))
    data = {
        "colours": (palette.FOR, palette.AGAINST, palette.ABSTAIN),
        "legend": [fonts.drawable(words(name)) for name in (labels.FOR, labels.AGAINST, labels.ABSTAIN)],
        "heading": breakable(title),
        "heading_rtl": fonts.reads_right_to_left(title),
        "scale": max(scale or 0, *(counts.total for _, counts in counted), 1),
        "empty": fonts.drawable(words(labels.NO_VOTES)),
        "rows": [_bar(row, counts, words) for row, counts in counted],
        "note": fonts.drawable(" ".join(notes)),
    }
    opening = title or words(t("Votes on recommendations"))
    return Drawing(_TEMPLATE, data, alternative(opening, _versions(counted, words)), missing)


def _bar(row: RankingRow, counts: Counts, words: Words) -> dict[str, object]:
    title = breakable(row.title)
    return {
        "reference": fonts.drawable(row.reference),
        "title": title,
        "rtl": fonts.reads_right_to_left(title),
        "votes": (counts.for_, counts.against, counts.abstain),
        "mark": _MARKS[row.outcome] if row.outcome else "",
        "outcome": fonts.drawable(words(OUTCOME_WORDS[row.outcome])) if row.outcome else "",
        "contested": fonts.drawable(words(labels.CONTESTED)) if row.contested else "",
    }


def _versions(counted: Sequence[tuple[RankingRow, Counts]], words: Words) -> Iterator[list[str]]:
    for most in TITLE_LENGTHS:
        yield [_told(row, counts, most, words) for row, counts in counted]


def _told(row: RankingRow, counts: Counts, most: int, words: Words) -> str:
    """`CAP-01 Structured co-operation: 9 for, 2 against, 1 abstaining; carried, contested.`"""
    name = f"{row.reference} {shortened(one_line(row.title), most)}" if most else row.reference
    figures = labels.counts_words(counts, words) if counts.total else words(labels.NO_VOTES)
    outcome = labels.outcome_words(row, words)
    if outcome:
        return words(t("{name}: {figures}; {outcome}.", name=name, figures=figures, outcome=outcome))
    return words(t("{name}: {figures}.", name=name, figures=figures))
