"""Votes by constituency, as far as they were published; see `reports.charts.picture`.

Every group's bar is as long as every other's, since groups differ in size and what is asked is how each
of them voted; the votes themselves stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from reports import fonts
from reports.charts import palette
from reports.charts.picture import (
    BARS,
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
from seminar.model import Counts
from seminar.pooling import EVERYONE
from seminar.words import Text, t, tn

NOTHING = t("No votes were published by constituency.")

_TEMPLATE = "constituency.typ"


def by_group(row: RankingRow) -> Mapping[str, Counts]:
    """The votes of each published group; empty where a method has none, or the only group is everybody."""
    groups = {group: part for group, part in (row.by_constituency or {}).items() if isinstance(part, Counts)}
    return {} if groups.keys() <= {EVERYONE} else groups


def constituency_drawing(rows: Sequence[RankingRow], words: Words, *, heading: str | Text = "") -> Drawing:
    """How each published group voted on up to `BARS` recommendations, in the order given.

    One recommendation has a bar for each of its groups, at most `BARS`, those with most votes; several
    have a column for each group. Rows without published groups are left out (see `by_group`).

    Raises:
        ValueError: more than `BARS` rows, or rows of several themes or events.
    """
    check_rows(rows)
    voted = [(row, groups) for row in rows if (groups := by_group(row))]
    columns = list(dict.fromkeys(group for _, groups in voted for group in groups))
    shown = _most_voting(columns, voted)
    title = one_line(words(heading))
    missing = missing_from([title, *(row.title for row, _ in voted)])
    notes = [words(UNSHOWN)] if missing else []
    if not voted:
        notes.append(words(NOTHING))
    if left := len(columns) - len(shown):
        notes.append(
            words(
                tn(
                    "{count} constituency with fewer votes is left out.",
                    "{count} constituencies with fewer votes are left out.",
                    left,
                )
            )
        )
    names = {group: fonts.drawable(labels.group_words(group, words)) for group in shown}
    data = {
        "colours": (palette.FOR, palette.AGAINST, palette.ABSTAIN),
        "legend": [fonts.drawable(words(name)) for name in (labels.FOR, labels.AGAINST, labels.ABSTAIN)],
        "heading": breakable(title),
        "heading_rtl": fonts.reads_right_to_left(title),
        "empty": fonts.drawable(words(labels.NO_VOTES)),
        "groups": list(names.values()),
        "rows": [
            {
                "reference": fonts.drawable(row.reference),
                "title": breakable(row.title),
                "rtl": fonts.reads_right_to_left(row.title),
                "votes": [_votes(groups.get(group)) for group in names],
            }
            for row, groups in voted
        ],
        "note": fonts.drawable(" ".join(notes)),
    }
    opening = title or words(t("Votes by constituency"))
    versions = _versions(voted, shown, words) if voted else [[words(NOTHING)]]
    return Drawing(_TEMPLATE, data, alternative(opening, versions), missing)


def _most_voting(
    columns: Sequence[str], voted: Sequence[tuple[RankingRow, Mapping[str, Counts]]]
) -> list[str]:
    """Up to `BARS` groups, in their order."""
    votes = {group: sum(groups[group].total for _, groups in voted if group in groups) for group in columns}
    most = sorted(columns, key=lambda group: -votes[group])[:BARS]
    return [group for group in columns if group in most]


def _votes(counts: Counts | None) -> tuple[int, int, int] | None:
    return None if counts is None else (counts.for_, counts.against, counts.abstain)


def _versions(
    voted: Sequence[tuple[RankingRow, Mapping[str, Counts]]], shown: Sequence[str], words: Words
) -> Iterator[list[str]]:
    for most in TITLE_LENGTHS:
        yield [_told(row, groups, shown, most, words, labels.counts_words) for row, groups in voted]
    named = (labels.FOR, labels.AGAINST, labels.ABSTAIN)
    order = words(t("Votes in the order {names}.", names=tuple(words(name) for name in named)))
    yield [order, *(_told(row, groups, shown, 0, words, _bare) for row, groups in voted)]


def _bare(counts: Counts, words: Words) -> str:
    return f"{counts.for_}, {counts.against}, {counts.abstain}"


def _told(
    row: RankingRow,
    groups: Mapping[str, Counts],
    shown: Sequence[str],
    most: int,
    words: Words,
    figures: Callable[[Counts, Words], str],
) -> str:
    """`CAP-01 Structured co-operation: UN: 5 for, 1 against, 0 abstaining; others: 4 for, …`"""
    name = f"{row.reference} {shortened(one_line(row.title), most)}" if most else row.reference
    told = (
        t("{group}: {figures}", group=labels.group_words(group, words), figures=figures(groups[group], words))
        for group in shown
        if group in groups
    )
    return words(t("{name}: {figures}.", name=name, figures="; ".join(words(one) for one in told)))
