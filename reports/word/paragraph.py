"""A paragraph of WordprocessingML."""

from __future__ import annotations

from dataclasses import dataclass

from reports.fonts import reads_right_to_left
from reports.word.text import runs

STRONG = '<w:rStyle w:val="Strong"/>'


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


def told(style: str, text: str, how: Set = PLAIN) -> str:
    """A paragraph of `text`, in the direction it is read in."""
    turned = reads_right_to_left(text)
    return paragraph(style, runs(text, from_right=turned), how, turned=turned)


def paragraph(style: str, inner: str, how: Set = PLAIN, *, turned: bool = False) -> str:
    """A paragraph of the runs `inner`; `style` names its style, none for ordinary text; `turned` is written
    from the right.
    """
    space = (' w:before="0"' if how.fresh else "") + (' w:after="160"' if how.last else "")
    properties = "".join(
        (
            f'<w:pStyle w:val="{style}"/>' if style else "",
            "<w:keepNext/>" if how.keep else "",
            "<w:pageBreakBefore/>" if how.fresh else "",
            f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{how.numbering}"/></w:numPr>'
            if how.numbering
            else "",
            "<w:bidi/>" if turned else "",
            f"<w:spacing{space}/>" if space else "",
            '<w:jc w:val="right"/>' if how.right else "",
        )
    )
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def field(instruction: str, shown: str, properties: str = "") -> str:
    """The runs of a field, which show `shown` until somebody works it out."""
    dressed = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return (
        f'<w:r>{dressed}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{dressed}<w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r>{dressed}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"{runs(shown, properties)}"
        f'<w:r>{dressed}<w:fldChar w:fldCharType="end"/></w:r>'
    )
