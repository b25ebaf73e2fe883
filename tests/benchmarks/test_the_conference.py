"""The store of which final reports are measured, and what they are held against; nothing here is timed."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

import docx
import pytest

from benchmarks import conferred
from benchmarks.reports import shape
from benchmarks.shapes import store_url
from benchmarks.sides import plain
from bot import store_commands
from bot.settings import Settings, Storage
from reports.compose import COMPOSERS
from services.record.exports import Wanted

pytestmark = pytest.mark.thorough


def test_the_final_report_has_every_recommendation_and_the_plain_library_every_text(tmp_path: Path) -> None:
    """Most are final, some with words of their own, some refused and some open; none is left out."""
    conferred.fill(tmp_path, shape(50))
    settings = Settings(storage=Storage(url=store_url(tmp_path)))
    report, names = asyncio.run(
        store_commands.read_export(settings, Wanted("final-report"), None, names=True)
    )
    assert names == ()
    document = COMPOSERS[type(report)](report, str)
    said = "\n".join(document.texts())
    assert all(f"T{theme:02}-{number:02}" in said for theme in (1, 2) for number in range(1, 26))
    assert "R40" in said and "R41" not in said
    parts = plain.plain(document)
    for form, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert plain.WRITERS[form](parts).startswith(begins)
    written = docx.Document(BytesIO(plain.docx(parts)))
    assert {text for kind, text in parts if kind == "text"} <= {one.text for one in written.paragraphs}
