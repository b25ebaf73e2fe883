"""Word: a document to hand on and to work on, with styles, contents, page numbers and text alternatives."""

from __future__ import annotations

from reports.compose import drawn_by
from reports.document import Document
from reports.format import Format, Words
from reports.word.blocks import Body
from reports.word.file import opened, written


def draw(document: Document, words: Words) -> bytes:
    """The document as a Word file; the same document is the same file."""
    file = opened(document)
    file.element.body[:0] = Body(document, file).written()
    return written(file)


FORMAT = Format(
    "docx",
    "docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    drawn_by(draw),
)
