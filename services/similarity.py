"""How alike two recommendations read: for suggestions, which a person then judges."""

from __future__ import annotations

from rapidfuzz import fuzz

ALIKE = 75.0
"""From this score on two texts are shown as near-duplicates. Copies with edited wording score
above 80; different proposals on the same subject in the same vocabulary below 65."""

_SAME_TITLE = 95.0
_CONTAINED = 92.0
_FEW_WORDS = 8


def likeness(title: str, text: str, other_title: str, other_text: str) -> float:
    """From 0 to 100; all four folded (`seminar.texts.fold`).

    Texts are compared whatever the order of their words. One whose words are nearly all
    in the other counts as contained in it, unless it is only a phrase; so does a title
    that is the same.
    """
    plain = fuzz.token_sort_ratio(text, other_text)
    alike = min(_distinct(text), _distinct(other_text)) >= _FEW_WORDS and (
        fuzz.token_set_ratio(text, other_text) >= _CONTAINED
    )
    if min(_distinct(title), _distinct(other_title)) > 1:
        alike = alike or fuzz.token_sort_ratio(title, other_title) >= _SAME_TITLE
    # What is alike for another reason than its wording is put in order by its wording.
    return max(plain, ALIKE + plain * (100 - ALIKE) / 100) if alike else plain


def telling_words(title: str, text: str, most: int = 8) -> list[str]:
    """The longest words of a folded title and text: a copy has most of them, another text few."""
    words = {word.strip(".,;:!?()\"'«»“”‘’") for word in f"{title} {text}".split()}
    return sorted((w for w in words if len(w) > 3), key=lambda w: (-len(w), w))[:most]


def _distinct(text: str) -> int:
    return len(set(text.split()))
