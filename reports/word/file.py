"""The Word file that a document's blocks are put into, opened from python-docx's template."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC
from io import BytesIO

import docx
from docx.document import Document as WordFile
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Twips

from reports.document import Document
from reports.neutral import one_line, shortened
from reports.word import styles
from reports.word.paragraph import told
from reports.word.text import field, say

_LONGEST_PROPERTY = 255
_COUNTRIES = {"en": "en-GB", "fr": "fr-FR", "de": "de-DE", "it": "it-IT"}
_PAGE = re.compile(r"\{(page|pages)\}")
_FIELDS = {"page": "PAGE", "pages": "NUMPAGES"}
_UNWANTED = ("/thumbnail", "/extended-properties", "/stylesWithEffects", "/customXml")
"""Parts of the template about its own making, by the last of the name of their relationship."""

_FONT = f"""<w:font {nsdecls("w")} w:name="{styles.FONT}">
  <w:altName w:val="Segoe UI,Helvetica Neue,Open Sans,DejaVu Sans"/><w:panose1 w:val="020B0502040504020204"/>
  <w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/>
</w:font>"""
"""By what a program without the font finds one that is like it."""

_LISTS = (
    ('<w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/><w:lvlText w:val="•"/>', 397, 284),
    ('<w:numFmt w:val="decimal"/><w:pStyle w:val="ListNumber"/><w:lvlText w:val="%1."/>', 510, 397),
)
"""The kinds of list, which are that of the styles too: their marks, and the indents before and of these."""


def opened(document: Document) -> WordFile:
    """A file with everything but its body."""
    language = _COUNTRIES.get(document.language, document.language)
    file = docx.Document()
    _drop(file)
    _describe(file, document, language)
    styles.dress(file.styles, language)
    _settle(file, language)
    _name_font(file)
    _lay_out(file, document)
    _number(file)
    return file


def written(file: WordFile) -> bytes:
    """The bytes of the file, which say nothing of when they were written."""
    dated, undated = BytesIO(), BytesIO()
    file.save(dated)
    with zipfile.ZipFile(dated) as source, zipfile.ZipFile(undated, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return undated.getvalue()


def _drop(file: WordFile) -> None:
    """Take out what the template says of itself, its hundred table styles in another version among it."""
    for relationships in (file.part.package.rels, file.part.rels):
        for key, one in list(relationships.items()):
            if one.reltype.endswith(_UNWANTED):
                del relationships[key]


def _describe(file: WordFile, document: Document, language: str) -> None:
    """Title, language and moment; no author, since a document speaks for nobody in particular."""
    properties = file.core_properties
    del properties._element[:]
    properties.title = shortened(one_line(document.cover.title), _LONGEST_PROPERTY)
    properties.language = language
    if document.made is not None:
        properties.created = properties.modified = document.made.astimezone(UTC).replace(tzinfo=None)


def _settle(file: WordFile, language: str) -> None:
    """The settings of a Word of today."""
    settings = file.settings.element
    settings.find(qn("w:zoom")).set(qn("w:percent"), "100")
    settings.find(qn("w:themeFontLang")).set(qn("w:val"), language)
    for one in settings.iter(qn("w:compatSetting")):
        if one.get(qn("w:name")) == "compatibilityMode":
            one.set(qn("w:val"), "15")


def _name_font(file: WordFile) -> None:
    """Add our font to those the file knows of; python-docx has no word for that part of it."""
    part = file.part
    known = part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table = parse_xml(known.blob)
    table.append(parse_xml(_FONT))
    for key, one in list(part.rels.items()):
        if one.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            del part.rels[key]
    fonts = Part(
        PackURI(known.partname), CONTENT_TYPE.WML_FONT_TABLE, serialize_part_xml(table), part.package
    )
    part.relate_to(fonts, RELATIONSHIP_TYPE.FONT_TABLE)


def _lay_out(file: WordFile, document: Document) -> None:
    """A4 with header and page number, but for the first page, which is the cover."""
    (section,) = file.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Twips(1701), Twips(1417)
    section.left_margin = section.right_margin = Twips(1417)
    section.header_distance, section.footer_distance = Twips(794), Twips(680)
    section.different_first_page_header_footer = True
    header, footer = section.header.paragraphs[0]._p, section.footer.paragraphs[0]._p
    header.getparent().replace(header, told("Header", one_line(document.header)))
    place = 0
    for found in _PAGE.finditer(document.page):
        say(footer, document.page[place : found.start()])
        field(footer, _FIELDS[found[1]], "1")
        place = found.end()
    say(footer, document.page[place:])


def _number(file: WordFile) -> None:
    """The lists of the styles, in place of the template's."""
    numbering = file.part.numbering_part.element
    del numbering[:]
    for kind, (marks, left, hanging) in enumerate(_LISTS, start=1):
        numbering.append(
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{kind}">'
                '<w:multiLevelType w:val="singleLevel"/>'
                f'<w:lvl w:ilvl="0"><w:start w:val="1"/>{marks}<w:lvlJc w:val="left"/>'
                f'<w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr>'
                f'<w:rPr><w:b/><w:bCs/><w:color w:val="{styles.ACCENT}"/></w:rPr></w:lvl></w:abstractNum>'
            )
        )
    for kind in range(1, len(_LISTS) + 1):
        numbering.add_num(kind)
