"""How likeness was judged before: by letters, phrases in common and equal titles. To compare with."""

from __future__ import annotations

import re
from itertools import pairwise

from rapidfuzz import fuzz

ALIKE = 75.0

_SAME_TITLE = 95.0
# Shares of the shorter text's pairs of neighbouring words that the other text has too. Texts that
# merely share a theme's vocabulary have at most 0.25 in common, reworded copies at least 0.5.
_SOME_PAIRS = 0.3
_MOST_PAIRS = 0.6
_FEW_PAIRS = 8
_WORD = re.compile(r"\w+")


def likeness(title: str, text: str, other_title: str, other_text: str) -> float:
    """From 0 to 100; all four folded (`seminar.texts.fold`).

    Alike are texts of the same letters, whatever the order of their words, with some
    of the same phrases; a text of which most phrases are in the other; and titles that
    are the same.
    """
    wording = fuzz.token_sort_ratio(text, other_text)
    pairs, other_pairs = _pairs(text), _pairs(other_text)
    fewest = min(len(pairs), len(other_pairs))
    shared = len(pairs & other_pairs) / fewest if fewest else 1.0
    alike = (
        (wording >= ALIKE and shared >= _SOME_PAIRS)
        or (fewest >= _FEW_PAIRS and shared >= _MOST_PAIRS)
        or (" " in title and fuzz.token_sort_ratio(title, other_title) >= _SAME_TITLE)
    )
    # Either side of the line, wording decides what is liker.
    return ALIKE + wording * (100 - ALIKE) / 100 if alike else min(wording, ALIKE - 1)


def _pairs(text: str) -> set[tuple[str, str]]:
    return set(pairwise(_WORD.findall(text)))
