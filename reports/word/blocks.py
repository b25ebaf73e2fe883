"""The blocks of a document as the body of a Word document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import zip_longest

from docx.document import Document as WordFile
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.numbering import CT_Num
from docx.oxml.shape import CT_Inline
from docx.oxml.text.paragraph import CT_P
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt

from reports import contents, fonts
from reports.contents import Entry
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
from reports.neutral import legible, one_line, paragraphs
from reports.word import tables
from reports.word.paragraph import PLAIN, Set, paragraph, told
from reports.word.styles import TEXT_WIDTH
from reports.word.text import begin_field, end_field, say

_LOOKS = {Look.BODY: "", Look.LEAD: "Lead", Look.NOTE: "Note", Look.LABEL: "Label"}
_CHART = (TEXT_WIDTH / 20, 600.0)
"""The most points a chart may be wide and high; heading and caption stand on the same page."""

_LOGO = (200.0, 80.0)
_NUMBERED = 2
"""The numbering of the style `List Number`; each list has its own behind it."""

_LONGEST_NAME = 22
"""The most characters before the tab of a fact; what it says stands below a longer name."""

_DECORATIVE = (
    f'<a:extLst {nsdecls("a")}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
    '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/>'
    "</a:ext></a:extLst>"
)
_CONTENTS = (
    f'<w:sdt {nsdecls("w")}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
    "<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent/></w:sdt>"
)


class Body:
    """Writes a document's body, block after block; its pictures and lists are kept in the file."""

    def __init__(self, document: Document, file: WordFile) -> None:
        self._document, self._part = document, file.part
        self._entries = contents.outline(document)
        self._headings = iter(enumerate(self._entries))
        self._page_break = False
        self._pictures = self._lists = 0

    def written(self) -> list[BaseOxmlElement]:
        """All of it."""
        return list(self._all())

    def _all(self) -> Iterator[BaseOxmlElement]:
        yield from self._cover(self._document.cover)
        yield from self._contents()
        self._page_break = True
        every = self._document.blocks
        for block, following in zip_longest(every, every[1:]):
            yield from self._block(block, introduces=isinstance(following, Table | Figure))

    def _cover(self, cover: Cover) -> Iterator[CT_P]:
        if cover.logo is not None:
            yield self._picture("CoverLogo", cover.logo, cover.logo_alt, _LOGO)
        yield told("Title", one_line(cover.title))
        if cover.subtitle:
            yield told("Subtitle", one_line(cover.subtitle))
        for place, mark in enumerate(cover.marks, start=1):
            yield told("CoverMark", one_line(mark), Set(last=place == len(cover.marks)))
        yield from self._facts(cover.facts)
        if cover.status:
            yield told("CoverStatus", one_line(cover.status))

    def _contents(self) -> Iterator[BaseOxmlElement]:
        """The field, with what it will show but for the numbers of pages, which only a typesetter knows."""
        deepest = contents.depth(self._entries)
        entries = [(place, entry) for place, entry in enumerate(self._entries) if entry.level <= deepest]
        if not entries:
            return
        framed = parse_xml(_CONTENTS)
        within = framed[-1]
        within.append(told("TOCHeading", one_line(self._document.contents)))
        for nth, (place, entry) in enumerate(entries):
            turned = fonts.reads_right_to_left(entry.text)
            line = paragraph(f"toc{entry.level}", turned=turned)
            if nth == 0:
                begin_field(line, f'TOC \\o "1-{deepest}" \\h \\z \\u', dirty=True)
            link = line.add_hyperlink()
            link.anchor, link.history = _bookmark(place), True
            say(link, entry.text, from_right=turned)
            within.append(line)
        last = paragraph("")
        end_field(last)
        within.append(last)
        yield framed

    def _block(self, block: Block, *, introduces: bool) -> Iterator[BaseOxmlElement]:
        match block:
            case Heading():
                yield self._heading(*next(self._headings))
            case Paragraph():
                yield from self._told(_LOOKS[block.look], paragraphs(block.text), keep=introduces)
            case Quote():
                yield from self._told("Quote", paragraphs(block.text))
            case Listing(numbered=True):
                yield from self._listed("ListNumber", block.items, self._begun_list())
            case Listing():
                yield from self._listed("ListBullet", block.items)
            case Facts():
                yield from self._facts(block.items)
            case Table():
                yield told("TableCaption", one_line(block.caption), Set(fresh=self._fresh()))
                yield tables.drawn(block)
                yield paragraph("TableEnd")
            case Figure():
                how = Set(fresh=self._fresh())
                yield self._picture("Figure", block.drawing.png(), block.drawing.alt, _CHART, how)
                yield told("Caption", one_line(block.caption))
            case PageBreak():
                self._page_break = True

    def _fresh(self) -> bool:
        """Whether a page break is due, which is then done with."""
        due, self._page_break = self._page_break, False
        return due

    def _told(self, style: str, texts: Sequence[str], *, keep: bool = False) -> Iterator[CT_P]:
        """Paragraphs, the last of which stays with what it introduces if it is to be kept so."""
        for place, text in enumerate(texts, start=1):
            yield told(style, text, Set(fresh=self._fresh(), keep=keep and place == len(texts)))

    def _listed(self, style: str, items: Sequence[str], numbering: int = 0) -> Iterator[CT_P]:
        for place, text in enumerate(items, start=1):
            how = Set(fresh=self._fresh(), last=place == len(items), numbering=numbering)
            yield told(style, legible(text).strip("\n"), how)

    def _begun_list(self) -> int:
        """The numbering of a list that begins at one again."""
        self._lists += 1
        number = CT_Num.new(_NUMBERED + self._lists, _NUMBERED)  # type: ignore[no-untyped-call]
        number.add_lvlOverride(ilvl=0).add_startOverride(1)
        self._part.numbering_part.element.append(number)
        return _NUMBERED + self._lists

    def _heading(self, place: int, entry: Entry) -> CT_P:
        turned = fonts.reads_right_to_left(entry.text)
        made = paragraph(f"Heading{entry.level}", Set(fresh=self._fresh()), turned=turned)
        named = {qn("w:id"): str(place)}
        made.append(OxmlElement("w:bookmarkStart", {**named, qn("w:name"): _bookmark(place)}))
        say(made, entry.text, from_right=turned)
        made.append(OxmlElement("w:bookmarkEnd", named))
        return made

    def _facts(self, items: Sequence[tuple[str, str]]) -> Iterator[CT_P]:
        for place, (name, said) in enumerate(items, start=1):
            turned = fonts.reads_right_to_left(name)
            made = paragraph("Facts", Set(fresh=self._fresh(), last=place == len(items)), turned=turned)
            say(made, one_line(name), from_right=turned, strong=True)
            say(made, "\t" if len(name) <= _LONGEST_NAME else "\n")
            say(made, legible(said).strip("\n"), from_right=turned)
            yield made

    def _picture(self, style: str, png: bytes, alt: str, most: tuple[float, float], how: Set = PLAIN) -> CT_P:
        """A picture, as large as the `most` points of width and height allow, two dots a point."""
        self._pictures += 1
        key, image = self._part.get_or_add_image(BytesIO(png))
        scale = min(most[0] / image.px_width, most[1] / image.px_height, 0.5)
        width, height = Pt(image.px_width * scale), Pt(image.px_height * scale)
        drawn = CT_Inline.new_pic_inline(self._pictures, key, image.filename, width, height)
        for side in ("distT", "distB", "distL", "distR"):
            drawn.set(side, "0")
        described = legible(alt).strip()
        for one in drawn.iter(qn("wp:docPr"), qn("pic:cNvPr")):
            one.set("descr", described)
        if not described:
            drawn.docPr.append(parse_xml(_DECORATIVE))
        made = paragraph(style, how)
        made.add_r().add_drawing(drawn)
        return made


def _bookmark(place: int) -> str:
    return f"_Toc{place + 1:06}"
