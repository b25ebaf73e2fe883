"""A document as Markdown: headings, lists, quotations and tables, and charts as the text that says the same.

User text is escaped or quoted and can be no markup. There is no table of contents, which every program that
shows Markdown makes of the headings itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reports import contents
from reports.document import (
    Block,
    Cover,
    Document,
    Facts,
    Figure,
    Heading,
    Listing,
    Look,
    PageBreak,
    Paragraph,
    Quote,
    Table,
)
from reports.format import Words
from reports.neutral import (
    legible,
    markdown_inline,
    markdown_line,
    markdown_quote,
    one_line,
    paragraphs,
)

_BULLETS, _NUMBERS = ("-", "*"), (".", ")")
"""The marks of lists; two that follow one another would be one list if they had the same."""


def drawn(document: Document, words: Words) -> bytes:
    """The document as Markdown in UTF-8."""
    return ("\n\n".join(_Writer(document).written()) + "\n").encode()


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._entries = iter(contents.outline(document))
        self._alternate = False

    def written(self) -> Iterator[str]:
        """Block after block."""
        yield from self._cover(self._document.cover)
        for block in self._document.blocks:
            written = list(self._block(block))
            if written and not isinstance(block, Listing | Facts | Figure):
                self._alternate = False
            yield from written

    def _cover(self, cover: Cover) -> Iterator[str]:
        yield f"# {markdown_line(cover.title) or contents.EMPTY}"
        yield from _bold(cover.subtitle)
        for mark in cover.marks:
            yield from _bold(mark)
        yield from self._facts(cover.facts)
        if cover.status.strip():
            yield markdown_line(cover.status)
        yield "---"

    def _block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading():
                entry = next(self._entries)
                yield f"{'#' * (entry.level + 1)} {markdown_line(entry.text)}"
            case Paragraph(look=Look.LABEL):
                yield from _bold(block.text)
            case Paragraph():
                yield from (_lines(text) for text in paragraphs(block.text))
            case Quote():
                if one_line(block.text):
                    yield markdown_quote(block.text)
            case Listing():
                yield from self._list(map(_lines, block.items), numbered=block.numbered)
            case Facts():
                yield from self._facts(block.items)
            case Table():
                yield from _bold(block.caption)
                yield _table(block)
            case Figure():
                yield from _bold(block.caption)
                yield from self._list(map(markdown_line, legible(block.drawing.alt).strip().split("\n")))
            case PageBreak():
                return

    def _facts(self, items: Iterable[tuple[str, str]]) -> Iterator[str]:
        yield from self._list(
            f"**{markdown_inline(one_line(name))}:** {_lines(said)}".rstrip() for name, said in items
        )

    def _list(self, items: Iterable[str], *, numbered: bool = False) -> Iterator[str]:
        """A list of items that are Markdown already."""
        mark = (_NUMBERS if numbered else _BULLETS)[self._alternate]
        lines = []
        for place, item in enumerate(items, start=1):
            head = f"{place}{mark}" if numbered else mark
            lines.append(f"{head} {item}".rstrip().replace("\n", "\n" + " " * (len(head) + 1)))
        if lines:
            self._alternate = not self._alternate
            yield "\n".join(lines)


def _lines(text: str) -> str:
    """A paragraph that keeps its lines; blank ones would end it."""
    return "\\\n".join(markdown_line(line) for line in legible(text).split("\n") if one_line(line))


def _bold(text: str) -> Iterator[str]:
    """A line of heavy letters, if it says anything."""
    said = markdown_inline(one_line(text))
    if said:
        yield f"**{said}**"


def _table(table: Table) -> str:
    rows = (
        [column.title for column in table.columns],
        ["---:" if column.figures else "---" for column in table.columns],
        *table.rows,
    )
    return "\n".join(
        _row(row if place == 1 else list(map(markdown_line, row))) for place, row in enumerate(rows)
    )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
