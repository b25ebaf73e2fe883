"""A paragraph of a document's body.

Paragraphs and tables are made of python-docx's own elements but by themselves, and are put into the body
together at the end: its `add_paragraph` and `Table.cell` look through all that is there already, which
takes a long report time that grows with its square.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from docx.enum.text import WD_PARAGRAPH_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.text.paragraph import CT_P
from docx.shared import Pt
from docx.text.parfmt import ParagraphFormat

from reports.fonts import reads_right_to_left
from reports.word.text import say


@dataclass(frozen=True, slots=True)
class Set:
    """How a paragraph is set.

    Args:
        fresh: it begins a page.
        keep: it stays on one page with what follows.
        last: it ends a list.
        right: it stands to the right.
        numbering: the identifier of the list whose item it is, where that is not the style's own.
    """

    fresh: bool = False
    keep: bool = False
    last: bool = False
    right: bool = False
    numbering: int = 0


PLAIN = Set()


def told(style: str, text: str, how: Set = PLAIN) -> CT_P:
    """A paragraph of `text`, in the direction it is read in."""
    turned = reads_right_to_left(text)
    made = paragraph(style, how, turned=turned)
    say(made, text, from_right=turned)
    return made


def paragraph(style: str, how: Set = PLAIN, *, turned: bool = False) -> CT_P:
    """A paragraph that says nothing yet; `style` is the identifier of its style, empty for ordinary text;
    `turned` is written from the right.
    """
    return deepcopy(_model(style, how, turned))


@lru_cache(maxsize=200)
def _model(style: str, how: Set, turned: bool) -> CT_P:
    """What every paragraph set in this way is a copy of: making one takes ten times as long as a copy."""
    made = cast(CT_P, OxmlElement("w:p"))
    if turned:  # first: python-docx knows what goes before and behind it
        made.get_or_add_pPr().append(OxmlElement("w:bidi"))
    if style:
        made.style = style
    if how != PLAIN:
        _set(made, how)
    return made


def _set(made: CT_P, how: Set) -> None:
    form = ParagraphFormat(made)
    if how.keep:
        form.keep_with_next = True
    if how.fresh:
        form.page_break_before = True
        form.space_before = Pt(0)
    if how.last:
        form.space_after = Pt(8)
    if how.right:
        form.alignment = WD_PARAGRAPH_ALIGNMENT.RIGHT
    if how.numbering:
        numbered = made.get_or_add_pPr().get_or_add_numPr()
        numbered.get_or_add_ilvl().val = 0
        numbered.get_or_add_numId().val = how.numbering
