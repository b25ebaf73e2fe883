"""Pictures of votes, for the chat and for documents.

A picture shows recommendations of one theme of one event and never mixes them.
It can be read without colour, and its text alternative is made from the same
figures. User text reaches the typesetter only as data. Rendering is work for
the processor: call it in a thread (`asyncio.to_thread`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typst

from reports import fonts, labels, palette
from reports.format import Words
from reports.model import RankingRow
from reports.neutral import one_line, shortened, utf16_units
from seminar.model import Counts, Outcome
from seminar.terms import OUTCOME_WORDS
from seminar.words import Text, t

BARS = 12
"""The most recommendations in one picture."""

ALT_LIMIT = 1024
"""The longest text alternative Discord takes, in UTF-16 code units."""

_TEMPLATE = Path(__file__).with_name("charts.typ")
_PIXELS_PER_INCH = 144.0  # two pixels a point: the template's 500 points become 1000 pixels
_UNBROKEN = 20
_MARKS = {Outcome.CARRIED: "✓", Outcome.NOT_CARRIED: "✗", Outcome.NO_QUORUM: "–"}
_UNSHOWN = t("{mark} stands for characters that this picture cannot show.", mark=fonts.MARK)


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with the text that says the same; `missing` are characters it could not show."""

    png: bytes
    alt: str
    missing: tuple[str, ...] = ()


def support_chart(
    rows: Sequence[RankingRow], words: Words, *, heading: str | Text = "", scale: int | None = None
) -> Picture:
    """For, against and abstentions of up to `BARS` recommendations as stacked bars, in the order given.

    Rows of a method without such counts are left out. `scale` is the number of
    votes that fills the width: by default the most on any of these rows.

    Raises:
        ValueError: more than `BARS` rows, or rows of several themes or events.
    """
    if len(rows) > BARS:
        raise ValueError(f"at most {BARS} bars in a picture, not {len(rows)}")
    if len({(row.event, row.theme) for row in rows}) > 1:
        raise ValueError("a picture shows one theme of one event")
    counted = [(row, counts) for row in rows if (counts := row.counts) is not None]
    title = one_line(words(heading))
    texts = [title, *(row.title for row in rows)]
    missing = tuple(dict.fromkeys(sign for text in texts for sign in fonts.missing_glyphs(text)))
    notes = [words(_UNSHOWN)] if missing else []
    if not counted:
        notes.append(words(t("There are no votes to show.")))
    data = {
        "fonts": fonts.FAMILIES,
        "colours": (palette.FOR, palette.AGAINST, palette.ABSTAIN),
        "legend": [fonts.drawable(words(name)) for name in (labels.FOR, labels.AGAINST, labels.ABSTAIN)],
        "heading": _breakable(title),
        "heading_rtl": fonts.reads_right_to_left(title),
        "scale": max(scale or 0, *(counts.total for _, counts in counted), 1),
        "empty": fonts.drawable(words(labels.NO_VOTES)),
        "rows": [_bar(row, counts, words) for row, counts in counted],
        "note": fonts.drawable(" ".join(notes)),
    }
    return Picture(_typeset(data), _alternative(title, counted, words), missing)


def _breakable(text: str) -> str:
    """`text` as it can be drawn, with places to break a line in words longer than a line should hold."""
    return " ".join(
        "\u200b".join(word[start : start + _UNBROKEN] for start in range(0, len(word), _UNBROKEN))
        for word in fonts.drawable(text).split(" ")
    )


def _bar(row: RankingRow, counts: Counts, words: Words) -> dict[str, object]:
    title = _breakable(row.title)
    return {
        "reference": fonts.drawable(row.reference),
        "title": title,
        "rtl": fonts.reads_right_to_left(title),
        "votes": (counts.for_, counts.against, counts.abstain),
        "mark": _MARKS[row.outcome] if row.outcome else "",
        "outcome": fonts.drawable(words(OUTCOME_WORDS[row.outcome])) if row.outcome else "",
        "contested": fonts.drawable(words(labels.CONTESTED)) if row.contested else "",
    }


def _typeset(data: dict[str, object]) -> bytes:
    picture = typst.compile(
        _TEMPLATE.read_bytes(),
        format="png",
        ppi=_PIXELS_PER_INCH,
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.FONT_DIR]
        ),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    if not isinstance(picture, bytes):
        raise TypeError("the chart did not come out as one picture")
    return picture


def _alternative(heading: str, counted: Sequence[tuple[RankingRow, Counts]], words: Words) -> str:
    """The picture in words, its titles shortened as far as the limit asks."""
    opening = shortened(heading, 150) or words(t("Votes on recommendations"))
    for most in (100, 60, 40, 25, 15, 0):
        told = [opening, *(_told(row, counts, most, words) for row, counts in counted)]
        text = "\n".join(told)
        if utf16_units(text) <= ALT_LIMIT:
            return text
    while utf16_units("\n".join([*told, "…"])) > ALT_LIMIT:
        told.pop()
    return "\n".join([*told, "…"])


def _told(row: RankingRow, counts: Counts, most: int, words: Words) -> str:
    """`CAP-01 Structured co-operation: 9 for, 2 against, 1 abstaining; carried, contested.`"""
    name = f"{row.reference} {shortened(one_line(row.title), most)}" if most else row.reference
    figures = labels.counts_words(counts, words) if counts.total else words(labels.NO_VOTES)
    outcome = labels.outcome_words(row, words)
    if outcome:
        return words(t("{name}: {figures}; {outcome}.", name=name, figures=figures, outcome=outcome))
    return words(t("{name}: {figures}.", name=name, figures=figures))
