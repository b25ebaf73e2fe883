"""How wide the columns of a table are on paper, and where words too long for them may be broken.

Lengths are points. Letters are counted, not measured: an average letter of the font is near enough to keep
figures and short words whole, which is what readers notice.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.document import Table

PADDING = 8.0
"""What a cell leaves free to the left and right of its text, together."""

_LETTER = 0.6
"""The width of a letter, in parts of the font's size."""

_WHOLE = (20, 16, 13, 10, 8, 6)
"""Up to how many letters a word is kept whole, as far as there is room for such columns."""

_MANY_COLUMNS = 8


def font_size(table: Table) -> float:
    """What the table is set in: smaller where there are many columns."""
    return 7.5 if len(table.columns) >= _MANY_COLUMNS else 8.5


def column_widths(table: Table, total: float) -> list[float]:
    """The width of every column, together `total`: by weight, but so that words stay whole where they can."""
    size = font_size(table)
    letters = _letters_needed(table)
    for most in _WHOLE:
        needs = [PADDING + max(min(needed, most), 2) * _LETTER * size for needed in letters]
        if sum(needs) <= total:
            return _by_weight(needs, [max(column.weight, 0.01) for column in table.columns], total)
    return [need / sum(needs) * total for need in needs]


def _by_weight(needs: Sequence[float], weights: Sequence[float], total: float) -> list[float]:
    """Shares of `total` by weight, and what a column needs where that is more."""
    fixed: dict[int, float] = {}
    while True:
        free = [place for place in range(len(weights)) if place not in fixed]
        unit = (total - sum(fixed.values())) / (sum(weights[place] for place in free) or 1)
        tight = [place for place in free if needs[place] > weights[place] * unit]
        if not tight:
            return [fixed.get(place, weights[place] * unit) for place in range(len(weights))]
        fixed.update((place, needs[place]) for place in tight)


def capacity(width: float, size: float) -> int:
    """How many letters surely fit on a line of a cell of this width."""
    return max(int((width - PADDING) / (_LETTER * size) + 0.001), 1)


def _letters_needed(table: Table) -> list[int]:
    """For each column, how many letters its longest word has, or its longest figure."""
    return [
        max(
            longest_word(column.title),
            *(len(row[place]) if column.figures else longest_word(row[place]) for row in table.rows),
            0,
        )
        for place, column in enumerate(table.columns)
    ]


def longest_word(text: str) -> int:
    """How many letters it has."""
    return max(map(len, text.split()), default=0)
