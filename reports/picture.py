"""What every picture of a ballot is made of: one theme of one event, drawn by a template, and told in words.

A picture can be read without colour, and its text alternative is made from the
same figures. User text reaches the typesetter only as data. Rendering is work
for the processor: call it in a thread (`asyncio.to_thread`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typst

from reports import fonts
from reports.model import RankingRow
from reports.neutral import shortened, utf16_units
from seminar.words import t

BARS = 12
"""The most recommendations in one picture."""

ALT_LIMIT = 1024
"""The longest text alternative Discord takes, in UTF-16 code units."""

UNSHOWN = t("{mark} stands for characters that this picture cannot show.", mark=fonts.MARK)
"""The note under a picture that has `Picture.missing`."""

TITLE_LENGTHS = (100, 60, 40, 25, 15, 0)
"""How many characters of each title to tell, as far as the limit asks; 0 is none of it."""

_FOLDER = Path(__file__).parent
_PIXELS_PER_INCH = 144.0  # two pixels a point: the templates' 500 points become 1000 pixels
_UNBROKEN = 20
_LONGEST_OPENING = 150


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture before it is drawn: a template of this folder, what it draws, and the text that says the
    same; `missing` are characters it cannot show.
    """

    template: str
    data: Mapping[str, object]
    alt: str
    missing: tuple[str, ...] = ()

    def png(self) -> bytes:
        """As a picture of dots, two a point."""
        return _typeset(self.template, self.data, "png")

    def svg(self) -> str:
        """As lines and areas, letters among them, for paper and for pages."""
        return _typeset(self.template, self.data, "svg").decode()


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with the text that says the same; `missing` are characters it could not show."""

    png: bytes
    alt: str
    missing: tuple[str, ...] = ()


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


def typeset(template: str, data: Mapping[str, object]) -> bytes:
    """The PNG that a template of this folder makes of `data`, which it reads as JSON."""
    return _typeset(template, data, "png")


def _typeset(template: str, data: Mapping[str, object], form: Literal["png", "svg"]) -> bytes:
    picture = typst.compile(
        _FOLDER / template,
        root=_FOLDER,
        format=form,
        ppi=_PIXELS_PER_INCH,
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.FONT_DIR]
        ),
        sys_inputs={"data": json.dumps({"fonts": fonts.FAMILIES, **data}, ensure_ascii=False)},
    )
    if not isinstance(picture, bytes):
        raise TypeError("the chart did not come out as one picture")
    return picture


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
