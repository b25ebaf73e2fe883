"""Text as the runs of a paragraph: what people wrote, and read in its own direction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import cast

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.hyperlink import CT_Hyperlink
from docx.oxml.text.paragraph import CT_P
from docx.oxml.text.run import CT_R
from docx.text.font import Font

from reports.neutral import legible

# Blocks of the scripts that are written from the right: Hebrew to Arabic Extended, their
# presentation forms, and the two ranges of the supplementary plane set aside for such scripts.
_FROM_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def say(where: CT_P | CT_Hyperlink, text: str, *, from_right: bool = False, strong: bool = False) -> None:
    """Add `text` as runs; tabs and line ends are Word's own.

    `from_right` says that the paragraph is written so.
    """
    clean = legible(text)
    if not _FROM_RIGHT.search(clean):
        if clean:
            _run(where, clean, strong=strong, turned=False)
        return
    for part, turned in _directed(clean, from_right):
        _run(where, part, strong=strong, turned=turned)


def field(where: CT_P, instruction: str, shown: str) -> None:
    """Add a field, which shows `shown` until somebody works it out."""
    begin_field(where, instruction)
    say(where, shown)
    end_field(where)


def begin_field(where: CT_P, instruction: str, *, dirty: bool = False) -> None:
    """Begin a field; Word works a `dirty` one out as it opens the document."""
    _field_character(where, "begin", **({"dirty": "true"} if dirty else {}))
    told = OxmlElement("w:instrText", {qn("xml:space"): "preserve"})
    told.text = f" {instruction} "
    _empty_run(where).append(told)
    _field_character(where, "separate")


def end_field(where: CT_P) -> None:
    """End the field that was begun."""
    _field_character(where, "end")


def _field_character(where: CT_P, kind: str, **more: str) -> None:
    named = {qn(f"w:{name}"): value for name, value in {"fldCharType": kind, **more}.items()}
    _empty_run(where).append(OxmlElement("w:fldChar", named))


def _run(where: CT_P | CT_Hyperlink, text: str, *, strong: bool, turned: bool) -> None:
    run = _empty_run(where)
    run.text = text
    if strong or turned:
        font = Font(run)
        if strong:
            font.bold = font.cs_bold = True
        if turned:
            font.rtl = True


def _empty_run(where: CT_P | CT_Hyperlink) -> CT_R:
    run = cast(CT_R, OxmlElement("w:r"))
    where.append(run)
    return run


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
