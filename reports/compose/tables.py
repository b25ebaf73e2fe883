"""Rankings as tables and charts, the same in every document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from reports.charts import BARS, by_group, constituency_drawing, rating_drawing, support_drawing
from reports.document import Block, Col, Figure, Table
from reports.format import Words
from reports.models.ranking import RankingRow
from reports.neutral import one_line
from reports.words import labels
from reports.words.by_method import method_words
from reports.words.columns import COLUMNS, OUTCOME, Cell, Column, table
from seminar.methods import rating, support
from seminar.words import Text, t

MATRIX = 20
"""The most recommendations of a ranked ballot whose comparisons stand in a table: more fit on no page."""

_SAID = replace(OUTCOME, value=lambda row, words: labels.outcome_words(row, words))
_BRIEF = tuple(_SAID if column is OUTCOME else column for column in COLUMNS if column.brief)


def by_method(rows: Sequence[RankingRow]) -> Iterator[list[RankingRow]]:
    """The rows that stand in one table: all, or each method's own where there are several."""
    if len({row.method for row in rows} - {None}) <= 1:
        yield list(rows)
        return
    for _, members in groupby(rows, key=lambda row: row.method):
        yield list(members)


def ranking_tables(rows: Sequence[RankingRow], title: str, words: Words) -> Iterator[Block]:
    """The tables of one theme of one event."""
    parts = list(by_method(rows))
    for members in parts:
        method = members[0].method if len(parts) > 1 else None
        caption = (
            t("Ranking: {title}", title=title)
            if method is None
            else t("Ranking by {method}: {title}", method=method_words(method), title=title)
        )
        found = table(members, words, _BRIEF)
        columns = tuple(
            Col(words(column.title), column.width / 10, figures=column.look != "text") for column, _ in found
        )
        cells = [[cell(value, column) for value in values] for column, values in found]
        yield Table(words(caption), columns, tuple(zip(*cells, strict=True)))


def ranking_figures(rows: Sequence[RankingRow], title: str, words: Words) -> Iterator[Block]:
    """The charts of one theme of one event: of the first `BARS` recommendations that have such figures."""
    voted = [row for row in rows if row.method == support.name]
    if voted:
        yield Figure(
            support_drawing(voted[:BARS], words),
            _caption(t("Votes by recommendation: {title}", title=title), len(voted), words),
        )
        grouped = [row for row in voted[:BARS] if by_group(row)]
        if grouped:
            yield Figure(
                constituency_drawing(grouped, words),
                _caption(t("Votes by constituency: {title}", title=title), len(voted), words),
            )
    rated = [row for row in rows if row.method == rating.name]
    if rated:
        yield Figure(
            rating_drawing(rated[:BARS], words),
            _caption(t("Ratings: {title}", title=title), len(rated), words),
        )


def _caption(text: Text, number: int, words: Words) -> str:
    """What a chart shows, and how much of it."""
    if number <= BARS:
        return words(text)
    return words(t("{caption} (the first {shown} of {number})", caption=text, shown=BARS, number=number))


def pairwise_table(
    title: Text, items: Sequence[str], matrix: Mapping[str, Mapping[str, int]], words: Words
) -> Table:
    """How many papers of a ranked ballot prefer the recommendation of a row to that of a column."""
    columns = (Col(words(t("Preferred to")), 1.6), *(Col(one, 1.0, figures=True) for one in items))
    rows = ((one, *(labels.number(matrix.get(one, {}).get(other)) for other in items)) for one in items)
    return Table(words(title), columns, tuple(rows))


def cell(value: Cell, column: Column) -> str:
    """One value as a table of a document shows it."""
    match value:
        case None:
            return ""
        case int() | float():
            return labels.share(value) if column.look == "share" else labels.number(value)
        case _:
            return one_line(str(value))
