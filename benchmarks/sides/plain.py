"""A document's texts and tables, written with the plain library: no model of ours, no styles, no charts.

This is what somebody would write who had all texts at hand and the library's first example beside them.
"""

from __future__ import annotations

import json
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from reports.document import (
    Block,
    Document,
    Facts,
    Figure,
    Heading,
    Listing,
    PageBreak,
    Paragraph,
    Quote,
    Table,
)

Row: TypeAlias = "list[str]"
Plain: TypeAlias = "list[tuple[str, Any]]"


def plain(document: Document) -> Plain:
    """What the document says: headings with their level, paragraphs, items, and tables as rows of cells."""
    cover = document.cover
    said: Plain = [("heading", (1, cover.title)), ("text", cover.subtitle), ("text", cover.status)]
    said.append(("table", [list(fact) for fact in cover.facts]))
    for block in document.blocks:
        said += _plain(block)
    return [part for part in said if part[1]]


def _plain(block: Block) -> Plain:
    match block:
        case Heading():
            return [("heading", (block.level, block.text))]
        case Paragraph() | Quote():
            return [("text", block.text)]
        case Listing():
            return [("item", item) for item in block.items]
        case Facts():
            return [("table", [list(item) for item in block.items])]
        case Table():
            head = [column.title for column in block.columns]
            return [("text", block.caption), ("table", [head, *map(list, block.rows)])]
        case Figure():
            return [("text", block.caption)]
        case PageBreak():
            return []


def docx(said: Plain) -> bytes:
    """With python-docx."""
    from docx import Document as new

    document = new()
    for kind, what in said:
        match kind:
            case "heading":
                document.add_heading(what[1], what[0])
            case "text":
                document.add_paragraph(what)
            case "item":
                document.add_paragraph(what, style="List Bullet")
            case "table":
                table = document.add_table(rows=len(what), cols=len(what[0]))
                for row, texts in zip(table.rows, what, strict=True):
                    for cell, text in zip(row.cells, texts, strict=True):
                        cell.text = text
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def pdf(said: Plain) -> bytes:
    """With typst, from markup, with the same fonts."""
    import typst

    from reports import fonts

    parts = ['#set text(font: ("Noto Sans", "DejaVu Sans"))', '#set page(numbering: "1 / 1")', "#outline()"]
    for kind, what in said:
        match kind:
            case "heading":
                parts.append(f"#heading(level: {what[0]}, {_string(what[1])})")
            case "text":
                parts.append(f"#{_string(what)}\n")
            case "item":
                parts.append(f"- #{_string(what)}")
            case "table":
                cells = ", ".join(_string(text) for row in what for text in row)
                parts.append(f"#table(columns: {len(what[0])}, {cells})")
    with tempfile.TemporaryDirectory(prefix="rapporteur-plain-") as folder:
        main = Path(folder) / "main.typ"
        main.write_text("\n".join(parts), "utf-8")
        made = typst.compile(
            main,
            format="pdf",
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.FONT_DIR]
            ),
        )
    if not isinstance(made, bytes):
        raise TypeError("the plain document did not come out as one file")
    return made


def _string(text: str) -> str:
    """A string of typst's: of what JSON escapes, our texts have nothing that typst would read otherwise."""
    return json.dumps(text, ensure_ascii=False)


WRITERS = {"docx": docx, "pdf": pdf}
