"""One visible sheet of a workbook (.xlsx), read into rows of text.

A workbook is a zip of XML, both of which can be made to grow without end. So nothing is
read that is not needed, every byte unpacked is counted before it is used, and no document
type is accepted, without which XML has nothing to expand. Formulas are never worked out,
nor is what a spreadsheet last made of them believed: such a cell is given back as `=…`.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from seminar.errors import Invalid
from seminar.sheets import Number, Row
from seminar.words import Text, t

MOST_UNPACKED = 32 << 20
_MOST_PARTS = 1_000
_MOST_SHEETS = 5  # that are looked into
_TELLING = 2  # headings that mean something, by which a sheet is the one that is meant
_MOST_CELLS = 2_000_000
_PIECE = 1 << 16
_CONTENT_TYPES, _PACKAGE = "[Content_Types].xml", "_rels/.rels"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

MACROS = t("This workbook contains macros, so it is not read. Save it without them as .xlsx, or as CSV.")
_BOMB = t("Unpacked, this workbook is far larger than any list should be, so it is not read.")
_FROM_1904 = t(
    "This workbook counts its days from 1904, so its dates could be taken for others. Copy what you have "
    "filled in into the workbook that was handed out, and send that."
)
_UNREADABLE = t("This workbook cannot be read. Save it again as .xlsx, or as CSV UTF-8.")

# What a file that was made to deceive, or cut off, or locked, makes of the reading.
_BROKEN = (BadZipFile, zlib.error, expat.ExpatError, LookupError, ValueError, OSError, EOFError, RuntimeError)
_Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a list may hold: bytes of its file, rows, columns, and characters of a cell that are read.

    `too_large` says that the file is. `recognised` says how many of some headings mean something in such a
    list. With `dates` its numbers may be days, so that it must be clear from when they are counted.
    """

    bytes: int
    rows: int
    columns: int
    cell: int
    too_large: Text
    recognised: Callable[[Iterable[str]], int]
    dates: bool = False

    @property
    def last_row(self) -> int:
        """The number of the last row that is read, empty ones counted."""
        return 5 * self.rows

    @property
    def too_wide(self) -> Text:
        return t("The list has more than {most} columns; keep only those that are needed.", most=self.columns)


def read_rows(data: bytes, bounds: Bounds) -> Iterator[Row]:
    """The rows of the first sheet that is not hidden, empty ones left out; where the headings of another
    one mean more, of that.

    Raises:
        Invalid: it has macros, is too large unpacked, or is no workbook that can be read.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            yield from _Book(archive, bounds).rows()
    except _BROKEN:
        raise Invalid(_UNREADABLE) from None


class _Book:
    def __init__(self, archive: ZipFile, bounds: Bounds) -> None:
        self._archive = archive
        self._bounds = bounds
        self._left = MOST_UNPACKED
        parts = archive.infolist()
        # What it says of itself comes first: it costs nothing to read.
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Invalid(_BOMB)
        if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
            raise Invalid(_UNREADABLE)
        names = [part.filename.lower() for part in parts]
        if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
            raise Invalid(MACROS)

    def rows(self) -> Iterator[Row]:
        types: list[str] = []
        self._parse(_CONTENT_TYPES, lambda _name, given: types.append(given.get("ContentType", "").lower()))
        if any("macroenabled" in kind or "macrosheet" in kind for kind in types):
            raise Invalid(MACROS)
        (book, *_) = self._related(_PACKAGE, "", "/officeDocument").values()
        relations = posixpath.join(posixpath.dirname(book), "_rels", posixpath.basename(book) + ".rels")
        folder = posixpath.dirname(book)
        sheets = self._related(relations, folder, "/worksheet")
        strings = _Strings(self._bounds.cell)
        for part in self._related(relations, folder, "/sharedStrings").values():
            self._parse(part, strings.start, strings.end, strings.text)
        shown = [sheets[one] for one in self._visible(book) if one in sheets]
        if not shown:
            raise Invalid(_UNREADABLE)
        best: list[Row] = []
        most = -1
        for part in shown[:_MOST_SHEETS]:
            sheet = _Sheet(strings.known, self._bounds)
            self._parse(part, sheet.start, sheet.end, sheet.text)
            means = self._bounds.recognised(sheet.rows[0][1]) if sheet.rows else 0
            if means > most:
                best, most = sheet.rows, means
            if means >= _TELLING:
                break
        return iter(best)

    def _visible(self, book: str) -> list[str]:
        """The ids of the relations to the sheets that are shown, in order."""
        found: list[str] = []

        def start(name: str, given: _Attributes) -> None:
            if name == "workbookPr" and given.get("date1904", "0") in ("1", "true") and self._bounds.dates:
                raise Invalid(_FROM_1904)
            if name == "sheet" and given.get("state", "visible") == "visible":
                found.append(given.get("id", ""))

        self._parse(book, start)
        return found

    def _related(self, part: str, folder: str, kind: str) -> dict[str, str]:
        """Where the relations of a kind lead to, by their ids."""
        found: dict[str, str] = {}

        def start(name: str, given: _Attributes) -> None:
            if name == "Relationship" and given.get("Type", "").endswith(kind):
                target = posixpath.normpath(posixpath.join("/" + folder, given.get("Target", "")))
                found[given.get("Id", "")] = target.lstrip("/")

        self._parse(part, start)
        return found

    def _parse(
        self,
        part: str,
        start: Callable[[str, _Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Read a part of the archive; names come without their namespaces.

        Raises:
            KeyError: there is no such part.
            Invalid: it unpacks to more than is allowed, or declares a document type.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_document_type
        parser.StartElementHandler = lambda name, given: start(
            _local(name), {_local(key): value for key, value in given.items()}
        )
        if end is not None:
            parser.EndElementHandler = lambda name: end(_local(name))
        if text is not None:
            parser.CharacterDataHandler = text
        with self._archive.open(part) as file:
            while piece := file.read(_PIECE):
                self._left -= len(piece)
                if self._left < 0:
                    raise Invalid(_BOMB)
                parser.Parse(piece, False)
        parser.Parse(b"", True)


class _Text:
    """Gathers what is written, up to the length that matters."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[str] = []
        self._length = 0
        self._aside = 0
        self.heard = False

    def begin(self) -> None:
        self._parts, self._length, self._aside = [], 0, 0

    def text(self, written: str) -> None:
        if self.heard and not self._aside and self._length < self._most:
            self._parts.append(written[: self._most - self._length])
            self._length += len(self._parts[-1])

    def start(self, name: str) -> None:
        """Of a string only its runs are read, not how they are pronounced."""
        if name == "rPh":
            self._aside += 1
        elif name == "t":
            self.heard = True

    def end(self, name: str) -> None:
        if name == "rPh":
            self._aside -= 1
        elif name == "t":
            self.heard = False

    def whole(self) -> str:
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(self._parts))


class _Strings:
    """The table of texts that the cells point to."""

    def __init__(self, most: int) -> None:
        self.known: list[str] = []
        self._written = _Text(most)
        self.text = self._written.text

    def start(self, name: str, _given: Mapping[str, str]) -> None:
        if name == "si":
            if len(self.known) >= _MOST_CELLS:
                raise Invalid(_BOMB)
            self._written.begin()
        self._written.start(name)

    def end(self, name: str) -> None:
        self._written.end(name)
        if name == "si":
            self.known.append(self._written.whole())


class _Sheet:
    """The cells of a sheet, row by row."""

    def __init__(self, strings: list[str], bounds: Bounds) -> None:
        self.rows: list[Row] = []
        self._strings = strings
        self._bounds = bounds
        self._cells: dict[int, str] = {}
        self._row = self._column = self._seen = 0
        self._kind = "n"
        self._formula = False
        self._written = _Text(bounds.cell)
        self.text = self._written.text

    def start(self, name: str, given: Mapping[str, str]) -> None:
        if name == "row":
            self._row, self._column = _whole(given.get("r", self._row + 1)), 0
            self._cells = {}
        elif name == "c":
            self._seen += 1
            if self._seen > _MOST_CELLS:
                raise Invalid(_BOMB)
            self._column = _place(given["r"]) if "r" in given else self._column + 1
            self._kind = given.get("t", "n")
            self._formula = False
            self._written.begin()
        elif name in ("v", "f"):
            self._formula = self._formula or name == "f"
            self._written.heard = True
        else:
            self._written.start(name)

    def end(self, name: str) -> None:
        if name in ("v", "f"):
            self._written.heard = False
        elif name == "c":
            value = self._value()
            if value.strip():
                if self._column > self._bounds.columns:
                    raise Invalid(self._bounds.too_wide)
                self._cells[self._column] = value
        elif name == "row":
            self._keep()
        else:
            self._written.end(name)

    def _value(self) -> str:
        written = self._written.whole()
        if self._formula or self._kind == "e":  # an error is what a formula has come to
            return "=" + written
        match self._kind:
            case "s":
                return self._strings[_whole(written)] if written.strip() else ""
            case "n":
                return Number(written)
            case _:
                return written

    def _keep(self) -> None:
        if not self._cells:
            return
        if self._row > self._bounds.last_row:
            raise Invalid(_BOMB)
        last = max(self._cells)
        self.rows.append((self._row, tuple(self._cells.get(place, "") for place in range(1, last + 1))))
        self._cells = {}


def _place(reference: str) -> int:
    """The number of a cell's column, from 1."""
    letters = reference.rstrip("0123456789")
    if not 1 <= len(letters) <= 3 or not letters.isascii() or not letters.isalpha():
        raise ValueError(reference)
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place


def _whole(written: str | int) -> int:
    """A number as positions are written.

    Raises:
        ValueError: it is none.
    """
    number = int(written)
    if number < 0:
        raise ValueError(written)
    return number


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _no_document_type(*_: object) -> None:
    raise Invalid(_UNREADABLE)
