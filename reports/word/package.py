"""The zip file that a Word document is: its fixed parts, and what is put into them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from string import Template

from reports import palette
from reports.word.text import attribute

_QUIET, _LINE = "59636E", "C3CAD1"
TEXT_WIDTH = 9072
"""Between the margins of the page, in twentieths of a point: 16 cm."""

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument"
_TEMPLATES = ("styles", "numbering", "settings", "fontTable", "theme")
_PARTS = (*_TEMPLATES, "header", "footer")
_SPACES = (
    f'xmlns:w="{_WORD}" xmlns:r="{_OFFICE}/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)  # of zip files; the same document is the same file
_COUNTRIES = {"en": "en-GB", "fr": "fr-FR", "de": "de-DE", "it": "it-IT"}


@dataclass(slots=True)
class Package:
    """What goes into the file: `body` is what the document says, `lists` how many numbered ones it has."""

    title: str
    language: str
    header: str
    footer: str
    body: str = ""
    lists: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)

    def picture(self, png: bytes) -> str:
        """The relationship by which the body names a picture; one picture is stored once."""
        name = f"rIdP{sha256(png).hexdigest()[:20]}"
        self.pictures[name] = png
        return name

    def written(self) -> bytes:
        """The whole file."""
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self._files().items():
                entry = zipfile.ZipInfo(name, _FIRST_MOMENT)
                stored = name.endswith(".png")
                entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        return out.getvalue()

    def _files(self) -> Mapping[str, bytes | str]:
        language = _COUNTRIES.get(self.language, self.language)
        values = {
            "language": attribute(language),
            "accent": palette.FOR.removeprefix("#").upper(),
            "strong": palette.REMOVED.removeprefix("#").upper(),
            "other": palette.AGAINST.removeprefix("#").upper(),
            "quiet": _QUIET,
            "line": _LINE,
            "text": str(TEXT_WIDTH),
            "lists": "".join(_list(number) for number in range(1, self.lists + 1)),
        }
        filled = {f"word/{name}.xml": _template(name).substitute(values) for name in _TEMPLATES}
        return {
            "[Content_Types].xml": _content_types(),
            "_rels/.rels": _relationships(
                {
                    "rId1": (f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
                    "rId2": (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
                    "rId3": (f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
                }
            ),
            "docProps/core.xml": _core(self.title, language),
            "docProps/app.xml": f'{_HEAD}<Properties xmlns="{_OFFICE}/extended-properties">'
            "<Application>Rapporteur</Application></Properties>",
            "word/document.xml": f"{_HEAD}<w:document {_SPACES}><w:body>{self.body}</w:body></w:document>",
            "word/_rels/document.xml.rels": _relationships(
                {
                    **{f"rId{name}": (f"{_OFFICE}/relationships/{name}", f"{name}.xml") for name in _PARTS},
                    **{
                        name: (f"{_OFFICE}/relationships/image", f"media/{name}.png")
                        for name in self.pictures
                    },
                }
            ),
            **filled,
            "word/header.xml": f"{_HEAD}<w:hdr {_SPACES}>{self.header}</w:hdr>",
            "word/footer.xml": f"{_HEAD}<w:ftr {_SPACES}>{self.footer}</w:ftr>",
            **{f"word/media/{name}.png": png for name, png in self.pictures.items()},
        }


@cache
def _template(name: str) -> Template:
    return Template((Path(__file__).parent / f"{name}.xml").read_text(encoding="utf-8"))


def _list(number: int) -> str:
    """A numbered list that begins at one again."""
    return (
        f'<w:num w:numId="{number + 2}"><w:abstractNumId w:val="2"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )


def _content_types() -> str:
    overrides = {
        "/word/document.xml": f"{_TYPES}.wordprocessingml.document.main+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/app.xml": f"{_TYPES}.extended-properties+xml",
        **{f"/word/{name}.xml": f"{_TYPES}.wordprocessingml.{name}+xml" for name in _PARTS},
        "/word/theme.xml": f"{_TYPES}.theme+xml",
    }
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_RELATIONSHIPS_TYPE}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
        + "</Types>"
    )


_RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


def _relationships(targets: Mapping[str, tuple[str, str]]) -> str:
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'
            for name, (kind, target) in targets.items()
        )
        + "</Relationships>"
    )


def _core(title: str, language: str) -> str:
    """Title and language; no author, since a document speaks for nobody in particular."""
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{attribute(title)}</dc:title><dc:language>{attribute(language)}</dc:language>"
        "</cp:coreProperties>"
    )
