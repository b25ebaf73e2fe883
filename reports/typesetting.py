"""The typesetter: templates and data in, pages or pictures out, set in the house's fonts and no others.

It lets other threads run while it works. User text reaches it only as data.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import typst

from reports import fonts

TEMPLATES = Path(__file__).parent
"""Under which the templates of the house are, each in its room; templates name one another from here."""

POINTS_PER_INCH = 72.0

CHART_UNIT = "0.82"
"""How large charts are on a page: they are made for the chat, where text is larger."""

_KEPT_FOR_RUNS = 11


def picture(template: str, inputs: Mapping[str, str], form: Literal["png", "svg"], dots: int) -> bytes:
    """One picture, as a template of the house draws it from `inputs`; a PNG has so many `dots` a point."""
    return _one_file(
        typst.compile(
            TEMPLATES / template,
            root=TEMPLATES,
            format=form,
            ppi=POINTS_PER_INCH * dots,
            font_paths=_fonts(),
            sys_inputs=dict(inputs),
        )
    )


def accessible_pdf(template: str, root: Path) -> bytes:
    """The PDF/UA-1 that a template draws, which is in a folder of its own together with all that it reads."""
    return _one_file(
        typst.compile(
            root / template,
            root=root,
            format="pdf",
            font_paths=_fonts(),
            sys_inputs={"unit": CHART_UNIT},
            pdf_standards=["ua-1"],
        )
    )


def pages(template: str, root: Path, dots: int) -> list[bytes]:
    """The same, each page as a PNG with so many `dots` a point, to be looked at."""
    drawn = typst.compile(
        root / template, root=root, format="png", ppi=POINTS_PER_INCH * dots, font_paths=_fonts()
    )
    return drawn if isinstance(drawn, list) else [_one_file(drawn)]


def forget() -> None:
    """Let go of the last documents: the typesetter keeps what it worked out of each for its next ten runs,
    which is half a megabyte for every recommendation.

    For a process that goes on after it; for one that ends, it would only take time.
    """
    for _ in range(_KEPT_FOR_RUNS):
        typst.compile(b"", font_paths=_fonts())


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.FONT_DIR])


def _one_file(drawn: object) -> bytes:
    if not isinstance(drawn, bytes):
        raise TypeError("the typesetter made more than one file")
    return drawn
