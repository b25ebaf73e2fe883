"""A web page in one file: no script, nothing fetched, to be read on any screen and printed."""

from __future__ import annotations

from reports.compose import drawn_by
from reports.document import Document
from reports.format import Format, Words
from reports.web.page import page


def draw(document: Document, words: Words) -> bytes:
    """The document as a web page in UTF-8."""
    return page(document, words).encode()


FORMAT = Format("html", "html", "text/html", drawn_by(draw))
