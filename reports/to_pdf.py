"""PDF files: a document as it is handed to a minister, tagged for those who hear it read (PDF/UA-1).

Text reaches the typesetter as data in a file of its own, in a folder that nobody else can read and that is
removed; it is never read as markup. Characters without a glyph stand as one mark, are named at the end of
the document, and are told to whoever asked for it.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reports import fonts
from reports.charts import picture
from reports.compose import drawn_by
from reports.document import Document, Figure
from reports.format import Format, Words
from reports.pdf.blocks import document_data
from reports.typesetting import TEMPLATES, accessible_pdf, pages
from seminar.words import Text, t, tn

NAMED = 20
"""How many characters without a glyph are named; of the others there is the number."""

_MAIN = "pdf/document.typ"


def draw(document: Document, words: Words) -> bytes:
    """The document as a PDF file."""
    with _set(document, words) as root:
        return accessible_pdf(_MAIN, root)


def pictured(document: Document, words: Words, dots: int) -> list[bytes]:
    """Its pages as pictures, each with so many `dots` a point."""
    with _set(document, words) as root:
        return pages(_MAIN, root, dots)


@contextmanager
def _set(document: Document, words: Words) -> Iterator[Path]:
    """A folder with everything that the typesetter needs, until the block ends."""
    missing = missing_from(document)
    note = words(_missing_text(missing, words, bare=False)) if missing else ""
    with tempfile.TemporaryDirectory(prefix="rapporteur-pdf-") as folder:
        root = Path(folder)
        for template in TEMPLATES.glob("*/*.typ"):
            copy = root / template.relative_to(TEMPLATES)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(template.read_bytes())
        if document.cover.logo is not None:
            (root / "logo.png").write_bytes(document.cover.logo)
        with (root / "document.json").open("w", encoding="utf-8") as file:
            json.dump(document_data(document, note), file, ensure_ascii=False, separators=(",", ":"))
        yield root


def missing_from(document: Document) -> tuple[str, ...]:
    """The characters of the document that it cannot show, each once, in order of appearance."""
    drawn = (sign for block in document.blocks if isinstance(block, Figure) for sign in block.drawing.missing)
    return tuple(dict.fromkeys([*picture.missing_from(document.texts()), *drawn]))


def remarks(document: Document, words: Words) -> tuple[Text, ...]:
    """What the file of this document cannot show, in one sentence, or nothing."""
    missing = missing_from(document)
    return (_missing_text(missing, words, bare=True),) if missing else ()


def _missing_text(missing: tuple[str, ...], words: Words, *, bare: bool) -> Text:
    named = tuple(_named(sign, bare) for sign in missing[:NAMED])
    if more := len(missing) - len(named):
        named = (*named, words(tn("{count} other", "{count} others", more)))
    return t(
        "This document cannot show these characters, and has {mark} in their place: {characters}.",
        mark=fonts.MARK,
        characters="; ".join(named),
    )


def _named(sign: str, bare: bool) -> str:
    """`U+4E2D 中 (CJK unified ideograph-4E2D)`; without the sign where it cannot be shown."""
    code = f"U+{ord(sign):04X}"
    name = unicodedata.name(sign, "")
    shown = f"{code} {sign}" if bare else code
    return f"{shown} ({name})" if name else shown


FORMAT = Format("pdf", "pdf", "application/pdf", drawn_by(draw, remarks))
