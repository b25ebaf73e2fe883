"""What every chart is made of: figures and words for a template to draw, and the text that says the same.

A chart can be read without colour, and its text alternative is made from the same figures. User text
reaches the typesetter only as data. Drawing is work for the processor: do it in a thread
(`asyncio.to_thread`).

A template is a file of this folder that offers a function `chart(data)`, which draws within `inner`
points; `picture.typ` has what templates share. So the same function draws a picture of its own and,
by `reports/pdf/document.typ`, a part of a document.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reports import fonts, typesetting
from reports.models.ranking import RankingRow
from reports.neutral import shortened, utf16_units
from seminar.words import t

BARS = 12
"""The most recommendations in one picture."""

ALT_LIMIT = 1024
"""The longest text alternative Discord takes, in UTF-16 code units."""

UNSHOWN = t("{mark} stands for characters that this picture cannot show.", mark=fonts.MARK)
"""The note under a picture that has `Drawing.missing`."""

TITLE_LENGTHS = (100, 60, 40, 25, 15, 0)
"""How many characters of each title to tell, as far as the limit asks; 0 is none of it."""

_PAGE = "charts/picture_page.typ"
_UNBROKEN = 20
_LONGEST_OPENING = 150


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart before it is drawn: a template, what it draws, and the text that says the same; `missing` are
    characters it cannot show.
    """

    template: str
    data: Mapping[str, object]
    alt: str
    missing: tuple[str, ...] = ()

    def png(self, dots: int = 2) -> bytes:
        """As a picture of dots, so many a point; a chart is 500 points wide."""
        return self._drawn("png", dots)

    def svg(self) -> str:
        """As lines and areas, letters among them, for pages."""
        return self._drawn("svg", 1).decode()

    def _drawn(self, form: Literal["png", "svg"], dots: int) -> bytes:
        inputs = {
            "template": self.template,
            "fonts": json.dumps(fonts.FAMILIES),
            "data": json.dumps(self.data, ensure_ascii=False),
        }
        return typesetting.picture(_PAGE, inputs, form, dots)


def check_rows(rows: Sequence[RankingRow]) -> None:
    """Let pass what one picture can show.

    Raises:
        ValueError: more than `BARS` rows, or rows of several themes or events.
    """
    if len(rows) > BARS:
        raise ValueError(f"at most {BARS} bars in a picture, not {len(rows)}")
    if len({(row.event, row.theme) for row in rows}) > 1:
        raise ValueError("a picture shows one theme of one event")


def missing_from(texts: Iterable[str]) -> tuple[str, ...]:
    """The characters that cannot be drawn, each once."""
    return tuple(dict.fromkeys(sign for text in texts for sign in fonts.missing_glyphs(text)))


def breakable(text: str) -> str:
    """`text` as it can be drawn, with places to break a line in words longer than a line should hold."""
    return " ".join(
        "\u200b".join(word[start : start + _UNBROKEN] for start in range(0, len(word), _UNBROKEN))
        for word in fonts.drawable(text).split(" ")
    )


def alternative(opening: str, versions: Iterable[Sequence[str]]) -> str:
    """The picture in words: the first of ever shorter `versions`, each a line a recommendation, that fits.

    Where even the last does not fit into `ALT_LIMIT`, it says that it goes on.
    """
    told = [shortened(opening, _LONGEST_OPENING)]
    for lines in versions:
        told[1:] = lines
        text = "\n".join(told)
        if utf16_units(text) <= ALT_LIMIT:
            return text
    while utf16_units("\n".join([*told, "…"])) > ALT_LIMIT:
        told.pop()
    return "\n".join([*told, "…"])
