"""Word: a document to hand on and to work on, with styles, contents, page numbers and text alternatives."""

from __future__ import annotations

from reports.compose import drawn_by
from reports.document import Document
from reports.format import Format, Words
from reports.neutral import one_line
from reports.word.blocks import Body, footer, header
from reports.word.package import Package


def draw(document: Document, words: Words) -> bytes:
    """The document as a Word file; the same document is the same file."""
    package = Package(
        title=one_line(document.cover.title),
        language=document.language,
        header=header(document.header),
        footer=footer(document.page),
    )
    package.body = Body(document, package).written()
    return package.written()


FORMAT = Format(
    "docx",
    "docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    drawn_by(draw),
)
