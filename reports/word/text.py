"""Text as runs of WordprocessingML: what people wrote, never markup, and read in its own direction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from reports.neutral import legible

_TAB, _BREAK = "<w:tab/>", "<w:br/>"
# Blocks of the scripts that are written from the right: Hebrew to Arabic Extended, their
# presentation forms, and the two ranges of the supplementary plane set aside for such scripts.
_FROM_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_PARTS = re.compile(r"([\t\n])")


def attribute(text: str) -> str:
    """`text` as the value of an attribute in double quotes; line ends stay line ends."""
    return escape(legible(text), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def runs(text: str, properties: str = "", *, from_right: bool = False) -> str:
    """The runs of a paragraph; tabs and line ends are Word's own.

    `properties` are run properties in the order of the schema, to the last before `w:rtl`;
    `from_right` says that the paragraph is written so.
    """
    clean = legible(text)
    if not _FROM_RIGHT.search(clean):
        return _run(clean, properties)
    return "".join(
        _run(part, f"{properties}<w:rtl/>" if turned else properties)
        for part, turned in _directed(clean, from_right)
    )


def _run(text: str, properties: str) -> str:
    if not text:
        return ""
    inner = "".join(
        _TAB
        if part == "\t"
        else _BREAK
        if part == "\n"
        else f'<w:t xml:space="preserve">{escape(part)}</w:t>'
        for part in _PARTS.split(text)
        if part
    )
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"


def _directed(text: str, base: bool) -> Iterator[tuple[str, bool]]:
    """Stretches of `text` with their direction; signs between go with both sides, where these agree."""
    turns: list[bool | None] = [
        {"L": False, "R": True, "AL": True}.get(unicodedata.bidirectional(sign)) for sign in text
    ]
    following = base
    after: list[bool] = []
    for turn in reversed(turns):
        following = following if turn is None else turn
        after.append(following)
    before, directions = base, []
    for turn, ahead in zip(turns, reversed(after), strict=True):
        before = before if turn is None else turn
        directions.append(before if before == ahead else base)
    for turned, stretch in groupby(zip(text, directions, strict=True), key=lambda pair: pair[1]):
        yield "".join(sign for sign, _ in stretch), turned
