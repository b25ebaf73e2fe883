"""The blocks of a document as the body of a Word document, and its header and footer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from struct import unpack_from

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
from reports.word.package import TEXT_WIDTH, Package
from reports.word.paragraph import STRONG, Set, field, paragraph, told
from reports.word.text import attribute, runs

_LOOKS = {Look.BODY: "", Look.LEAD: "Lead", Look.NOTE: "Note", Look.LABEL: "Label"}
_EMU_PER_POINT = 12_700
_CHART = (TEXT_WIDTH / 20, 600.0)
"""The most points a chart may be wide and high; heading and caption stand on the same page."""

_LOGO = (200.0, 80.0)
_NUMBERED = 2
"""The numbering of the style `List Number`; each list has its own behind it."""

_LONGEST_NAME = 22
"""The most characters before the tab of a fact; what it says stands below a longer name."""

_PAGE = re.compile(r"\{(page|pages)\}")
_FIELDS = {"page": "PAGE", "pages": "NUMPAGES"}
_DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">'
    '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/>'
    "</a:ext></a:extLst>"
)
_SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rIdheader"/>'
    '<w:footerReference w:type="default" r:id="rIdfooter"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1701" w:right="1417" w:bottom="1417" w:left="1417" '
    'w:header="794" w:footer="680" w:gutter="0"/>'
    '<w:cols w:space="708"/><w:titlePg/></w:sectPr>'
)
"""A4; the first page, which is the cover, has neither header nor footer."""


def footer(pattern: str) -> str:
    """The paragraph of page numbers: `pattern` with fields for `{page}` and `{pages}`."""
    place, inner = 0, ""
    for found in _PAGE.finditer(pattern):
        inner += runs(pattern[place : found.start()]) + field(_FIELDS[found[1]], "1")
        place = found.end()
    return paragraph("Footer", inner + runs(pattern[place:]))


def header(text: str) -> str:
    """What stands on every page but the cover."""
    return told("Header", one_line(text))


class Body:
    """Writes a document's body, block after block; its pictures and lists are kept in the package."""

    def __init__(self, document: Document, package: Package) -> None:
        self._document, self._package = document, package
        self._entries = contents.outline(document)
        self._headings = iter(enumerate(self._entries))
        self._page_break = False
        self._pictures = 0

    def written(self) -> str:
        """All of it."""
        return "".join(self._all())

    def _all(self) -> Iterator[str]:
        yield from self._cover(self._document.cover)
        yield from self._contents()
        self._page_break = True
        every = self._document.blocks
        for block, following in zip_longest(every, every[1:]):
            yield from self._block(block, introduces=isinstance(following, Table | Figure))
        yield _SECTION

    def _cover(self, cover: Cover) -> Iterator[str]:
        if cover.logo is not None:
            yield paragraph("CoverLogo", self._picture(cover.logo, cover.logo_alt, _LOGO))
        yield told("Title", one_line(cover.title))
        if cover.subtitle:
            yield told("Subtitle", one_line(cover.subtitle))
        for place, mark in enumerate(cover.marks, start=1):
            yield told("CoverMark", one_line(mark), Set(last=place == len(cover.marks)))
        yield from self._facts(cover.facts)
        if cover.status:
            yield told("CoverStatus", one_line(cover.status))

    def _contents(self) -> Iterator[str]:
        """The field, with what it will show but for the numbers of pages, which only a typesetter knows."""
        deepest = contents.depth(self._entries)
        entries = [(place, entry) for place, entry in enumerate(self._entries) if entry.level <= deepest]
        if not entries:
            return
        yield (
            '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
            "<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>"
        )
        yield told("TOCHeading", one_line(self._document.contents))
        opening = (
            '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
            f'<w:r><w:instrText xml:space="preserve"> TOC \\o "1-{deepest}" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        for place, entry in entries:
            turned = fonts.reads_right_to_left(entry.text)
            link = (
                f'<w:hyperlink w:anchor="{_bookmark(place)}" w:history="1">'
                f"{runs(entry.text, from_right=turned)}</w:hyperlink>"
            )
            yield paragraph(f"TOC{entry.level}", opening + link, turned=turned)
            opening = ""
        yield '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:sdtContent></w:sdt>'

    def _block(self, block: Block, *, introduces: bool) -> Iterator[str]:
        match block:
            case Heading():
                yield self._heading(*next(self._headings))
            case Paragraph():
                yield from self._told(_LOOKS[block.look], paragraphs(block.text), keep=introduces)
            case Quote():
                yield from self._told("Quote", paragraphs(block.text))
            case Listing(numbered=True):
                self._package.lists += 1
                yield from self._listed("ListNumber", block.items, _NUMBERED + self._package.lists)
            case Listing():
                yield from self._listed("ListBullet", block.items)
            case Facts():
                yield from self._facts(block.items)
            case Table():
                yield told("TableCaption", one_line(block.caption), Set(fresh=self._fresh()))
                yield tables.drawn(block)
            case Figure():
                picture = self._picture(block.drawing.png(), block.drawing.alt, _CHART)
                yield paragraph("Figure", picture, Set(fresh=self._fresh()))
                yield told("Caption", one_line(block.caption))
            case PageBreak():
                self._page_break = True

    def _fresh(self) -> bool:
        """Whether a page break is due, which is then done with."""
        due, self._page_break = self._page_break, False
        return due

    def _told(self, style: str, texts: Sequence[str], *, keep: bool = False) -> Iterator[str]:
        """Paragraphs, the last of which stays with what it introduces if it is to be kept so."""
        for place, text in enumerate(texts, start=1):
            yield told(style, text, Set(fresh=self._fresh(), keep=keep and place == len(texts)))

    def _listed(self, style: str, items: Sequence[str], numbering: int = 0) -> Iterator[str]:
        for place, text in enumerate(items, start=1):
            how = Set(fresh=self._fresh(), last=place == len(items), numbering=numbering)
            yield told(style, legible(text).strip("\n"), how)

    def _heading(self, place: int, entry: Entry) -> str:
        turned = fonts.reads_right_to_left(entry.text)
        marked = (
            f'<w:bookmarkStart w:id="{place}" w:name="{_bookmark(place)}"/>'
            f'{runs(entry.text, from_right=turned)}<w:bookmarkEnd w:id="{place}"/>'
        )
        return paragraph(f"Heading{entry.level}", marked, Set(fresh=self._fresh()), turned=turned)

    def _facts(self, items: Sequence[tuple[str, str]]) -> Iterator[str]:
        for place, (name, said) in enumerate(items, start=1):
            turned = fonts.reads_right_to_left(name)
            inner = (
                runs(one_line(name), STRONG, from_right=turned)
                + runs("\t" if len(name) <= _LONGEST_NAME else "\n")
                + runs(legible(said).strip("\n"), from_right=turned)
            )
            how = Set(fresh=self._fresh(), last=place == len(items))
            yield paragraph("Facts", inner, how, turned=turned)

    def _picture(self, png: bytes, alt: str, most: tuple[float, float]) -> str:
        """The run of a picture, as large as the `most` points of width and height allow, two dots a point."""
        across, down = unpack_from(">II", png, 16)
        scale = min(most[0] / across, most[1] / down, 0.5)
        size = f'cx="{round(across * scale * _EMU_PER_POINT)}" cy="{round(down * scale * _EMU_PER_POINT)}"'
        self._pictures += 1
        named = f'id="{self._pictures}" name="Picture {self._pictures}" descr="{attribute(alt.strip())}"'
        return (
            '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f"<wp:extent {size}/><wp:docPr {named}>{'' if alt.strip() else _DECORATIVE}</wp:docPr>"
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
            f"<pic:pic><pic:nvPicPr><pic:cNvPr {named}/><pic:cNvPicPr/></pic:nvPicPr>"
            f'<pic:blipFill><a:blip r:embed="{self._package.picture(png)}"/>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )


def _bookmark(place: int) -> str:
    return f"_Toc{place + 1:06}"
