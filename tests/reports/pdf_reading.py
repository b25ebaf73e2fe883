"""A PDF file as an independent reader finds it: its text, its structure, its fonts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

_SPACE_AND_HYPHENS = re.compile(r"[\s\u200b\u00ad\u2010\u2011-]+")


def reader(pdf: bytes) -> PdfReader:
    """The file, opened."""
    return PdfReader(BytesIO(pdf))


def squeezed(text: str) -> str:
    """`text` without white space and hyphens, which a page may add and drop at the end of a line."""
    return _SPACE_AND_HYPHENS.sub("", text)


def text_of_pdf(pdf: bytes, *furniture: str) -> str:
    """All text, `squeezed`, page by page; `furniture` are patterns of what stands on every page."""
    pages = [squeezed(page.extract_text()) for page in reader(pdf).pages]
    for pattern in furniture:
        pages = [re.sub(pattern, "", page) for page in pages]
    return "".join(pages)


def elements(pdf: bytes) -> Iterator[tuple[str, DictionaryObject]]:
    """The structure in reading order: the role of each element, and the element."""
    root: Any = reader(pdf).root_object["/StructTreeRoot"]
    yield from _elements(root["/K"])


def _elements(found: Any) -> Iterator[tuple[str, DictionaryObject]]:
    item = found.get_object() if isinstance(found, IndirectObject) else found
    if isinstance(item, ArrayObject):
        for one in item:
            yield from _elements(one)
    elif isinstance(item, DictionaryObject) and "/S" in item:
        yield str(item["/S"]), item
        if "/K" in item:
            yield from _elements(item.raw_get("/K"))
