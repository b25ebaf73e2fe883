"""The Schulze method on a pairwise matrix: who beats whom, by the strongest path between them.

`preferred[a][b]` is the number of papers that prefer option a to option b. The link
from a to b is as strong as that number where it is more than `preferred[b][a]`, and
there is none otherwise: winning votes. A path is as strong as its weakest link, and a
beats b exactly when the strongest path from a to b is stronger than the strongest from
b to a. That relation is transitive and never runs in a circle, whatever the papers say,
so at least one option is beaten by none. Whole numbers throughout.

Source: Markus Schulze, "A new monotonic, clone-independent, reversal symmetric, and
Condorcet-consistent single-winner election method", Social Choice and Welfare 36 (2011),
sections 2.2 and 2.3. His winning votes (section 2.1, example 3) tell links of equal
support apart by their opposition; here the support is all, so that what it leaves even
is reported as a tie. An even pair needs no link of its own: such links could only join
options neither of which beats the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

Matrix: TypeAlias = Sequence[Sequence[int]]
"""A row for each option, in it a number for each option; the diagonal means nothing."""

Tiers: TypeAlias = Sequence[Collection[int]]
"""Options by their index, the best first, each at most once; those of one tier are equal. An option in
no tier is compared with none."""


def pairwise(papers: Iterable[tuple[Tiers, int]], options: int) -> list[list[int]]:
    """How many papers prefer each option to each other one.

    `papers` are the tiers of each paper with the number of papers that say the same; `options` is the
    number of options.
    """
    counted = list(papers)
    # A row is one long number with a field for each option, so that a paper is added to it in a
    # single step, however many options it prefers this one to. No field can overflow into the next.
    width = sum(number for _, number in counted).bit_length()
    once = [1 << (width * option) for option in range(options)]
    rows = [0] * options
    for tiers, number in counted:
        below = 0
        for tier in reversed(tiers):
            for option in tier:
                rows[option] += below
            below += number * sum(once[option] for option in tier)
    field = (1 << width) - 1
    return [[row >> (width * option) & field for option in range(options)] for row in rows]


def strongest_paths(preferred: Matrix) -> list[list[int]]:
    """The strength of the strongest path from each option to each other, 0 where there is none.

    By the algorithm of Floyd and Warshall: after the round of an option, the strongest paths by way of
    it and of those before it are known.
    """
    options = range(len(preferred))
    strength = [
        [preferred[a][b] if preferred[a][b] > preferred[b][a] else 0 for b in options] for a in options
    ]
    for via in options:
        onward = strength[via]
        for start in options:
            reach = strength[start][via]
            if reach:
                strength[start] = [
                    max(known, min(reach, further))
                    for known, further in zip(strength[start], onward, strict=True)
                ]
    for option in options:
        strength[option][option] = 0
    return strength


def beats(strength: Matrix) -> list[frozenset[int]]:
    """For each option, the options it beats; `strength` is that of the strongest paths."""
    options = range(len(strength))
    return [frozenset(b for b in options if strength[a][b] > strength[b][a]) for a in options]


def ranks(beaten: Sequence[frozenset[int]]) -> list[int]:
    """For each option, 1 + the number of options that beat it; `beaten` are those that each one beats.

    Of two options with one rank neither beats the other, since all that beat the better one would beat
    the other too, and it besides. Options of different ranks need not beat one another either.
    """
    above = [0] * len(beaten)
    for options in beaten:
        for option in options:
            above[option] += 1
    return [1 + number for number in above]
