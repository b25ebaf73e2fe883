"""A document before anybody has drawn it: a cover, and blocks in reading order.

What a document says is decided where it is composed (`reports.compose`); a format that can draw these
blocks can write every document. All text is as people wrote it or as the catalogue says it, never markup:
each format makes it safe for itself. `texts` gives all of it, for whoever must look through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from reports.charts.picture import Drawing


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (a chapter) to 4; `anchor` names it within the document, for links."""

    level: int
    text: str
    anchor: str


class Look(StrEnum):
    """How a paragraph looks: `lead` opens a part, a `note` is small, a `label` stands above what it names."""

    BODY = "body"
    LEAD = "lead"
    NOTE = "note"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; line ends within it are kept."""

    text: str
    look: Look = Look.BODY


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a recommendation or of somebody: set off, with their own paragraphs and lines kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Items, one a line, numbered or not."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what is said of them, such as "State: adopted"."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Col:
    """A column: `weight` is its share of the width; figures stand to the right."""

    title: str
    weight: float = 1.0
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header row is repeated on every page; `caption` says what it shows.

    The first column heads its row, for whoever hears the table read.
    """

    caption: str
    columns: tuple[Col, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, whose text alternative is its own, with a caption."""

    drawing: Drawing
    caption: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a page, where there are pages."""


Block: TypeAlias = Heading | Paragraph | Quote | Listing | Facts | Table | Figure | PageBreak


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page. `facts` are place, dates, who took part; `marks` are words such as DRAFT, and the
    moment the document was made; `status` says what the contributions commit to. `logo` is a PNG.
    """

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    marks: tuple[str, ...]
    status: str
    logo: bytes | None = None
    logo_alt: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. `language` is a code (`en`, `fr`), `contents` what heads the table of contents,
    `header` stands on every page, `page` is the pattern of its number, such as "Page {page} of {pages}";
    `made` is the aware moment of which it speaks.
    """

    language: str
    cover: Cover
    contents: str
    header: str
    page: str
    blocks: tuple[Block, ...]
    made: datetime | None = None

    def texts(self) -> Iterator[str]:
        """Every piece of text, the cover's first, alternatives of charts included."""
        cover = self.cover
        yield from (cover.title, cover.subtitle, *cover.marks, cover.status, cover.logo_alt, self.header)
        for name, said in cover.facts:
            yield from (name, said)
        for block in self.blocks:
            yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading() | Paragraph() | Quote():
            yield block.text
        case Listing():
            yield from block.items
        case Facts():
            for name, said in block.items:
                yield from (name, said)
        case Table():
            yield block.caption
            yield from (column.title for column in block.columns)
            for row in block.rows:
                yield from row
        case Figure():
            yield from (block.caption, block.drawing.alt)
        case PageBreak():
            return
