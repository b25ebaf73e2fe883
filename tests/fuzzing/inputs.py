"""What is fed to whatever reads: grammars that are nearly right, mutated, and what was never meant at all."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from PIL import Image

from tests.small_initiative import INITIATIVE

HOSTILE: Final = (
    "",
    " ",
    "\x00",
    "\n",
    "\r\n",
    "\t",
    "\u2028",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\ud800",
    "\U0010ffff",
    "٣",
    "½",
    "ﬁ",
    "ſ",
    "İ",
    "ß",
    "𝟙",
    "e\u0301",
    "👩‍👩‍👧‍👦",
    "@everyone",
    "<@&1>",
    "<@1>",
    "</a:1>",
    "<t:0:R>",
    "**",
    "||",
    "`" * 3,
    "](https://x.example)",
    "https://x.example/_a_?b=*c*",
    "=1+1",
    "+",
    "-",
    "@",
    "|",
    "\\",
    '"',
    "'",
    "'=1",
    "%s",
    "{0}",
    "{name}",
    "{{",
    "$(x)",
    "<b>",
    "&amp;",
    "' OR 1=1 --",
    "%",
    "_",
    "None",
    "nan",
    "inf",
    "1e309",
    "-0",
    "0x1",
    "1_000",
    "9" * 25,
    str(2**63),
    str(-(2**63) - 1),
    "0" * 40,
    "9" * 5000,
)
WORDS: Final = (
    *(
        "CAP-01",
        "cap",
        "TRN",
        "ROM",
        "BER",
        "DPKO",
        "UN",
        "EU",
        "B1",
        "b 01",
        "CAP-01/2",
        "CAP",
        "-",
        "–",
        "_",
    ),
    *(">1/2", ">=2/3", "≥", ">", "=", "1/3", "50%", "100 %", "/", "%", "0", "1", "2", "5", "007"),
    *("30m", "2h", "3d", "1d12h", "12:30", "24:00", "d", "h", "m", ":", "10h", "10.30"),
    *("2015-03-31", "31/03/2015", "31 March 2015", "mars", "1er", "02/30/2015", "00:00", ".", ","),
    *("accepted", "in progress", "in_progress", "accepté", "finalised", "not finalised", "for", "against"),
    *("abstain", "aside", "back", "clear", "up", "down", "yes", "no", "none", "recused", "secret", "open"),
    *("https://", "http://a.example", "a@b", "[::1]", "F1.1.2.3.0123456789ab.0123456789ab"),
    *("a9", "i3", "+1", "-1", "=3", ";", ",", ":", "sep=;", "Expert", "Zoë", "名前"),
    *("ranking", "csv", "xlsx", "pdf", "en", "fr", "zz-ZZ", "postgresql://", "sqlite:///", "rapporteur.db"),
)


def pumped(parts: Sequence[str] = WORDS) -> SearchStrategy[str]:
    """One piece many times over, with something at its ends: what makes a reader go back and forth."""
    some = st.sampled_from((*parts, *HOSTILE))
    return st.builds(
        lambda first, piece, times, last: first + piece * times + last,
        some,
        st.sampled_from((" ", "0", "a", "-", ".", "\n", '"', "[", "(", ",", "\u200b", "1/", "\\", "*_")),
        st.integers(2, 400),
        some,
    )


@cache
def texts(*own: str) -> SearchStrategy[str]:
    """What people type, mean to type, paste by mistake, or make a machine type; `own` are likely pieces."""
    parts = own or WORDS
    known = st.sampled_from(parts)
    any_part = st.one_of(known, st.sampled_from(HOSTILE), st.text(max_size=5))
    return st.one_of(
        known,
        st.lists(any_part, max_size=6).map("".join),
        st.lists(any_part, max_size=6).map(" ".join),
        st.builds(_mutated, known, st.integers(0, 40), any_part, st.integers(0, 3)),
        st.text(max_size=60),
        pumped(parts),
    )


def _mutated(text: str, at: int, put: str, without: int) -> str:
    at = min(at, len(text))
    return text[:at] + put + text[at + without :]


def _mutated_bytes(data: bytes, edits: list[tuple[float, bytes, int]]) -> bytes:
    for where, put, without in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + without :]
    return data


def mutated(*whole: bytes) -> SearchStrategy[bytes]:
    """A whole file, or what becomes of it when some bytes are lost, changed or added."""
    edit = st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.one_of(st.binary(max_size=6), st.sampled_from((b"\x00", b"\xff\xfe", b"\xff" * 4, b"\n", b'"'))),
        st.sampled_from((0, 0, 1, 1, 2, 4, 30, 300)),
    )
    return st.builds(_mutated_bytes, st.sampled_from(whole), st.lists(edit, max_size=5))


_TOML: Final = (
    *("a", "title", "[", "]", "[[", "]]", "{", "}", "=", ".", ",", '"', "'", '"""', "'''", "#", "\n", "\\u"),
    *("0x", "1e9", "2014-10-22", "07:32:00", "true", "nan", "inf", "-", "+", "1_0", "\r", "\x00", "é", "\\"),
    *("initiative", "[rules]", "[privacy]", 'threshold = ">2/3"\n', "quorum = 5\n", "retention_days = 0\n"),
    *("[" * 30, "{a=" * 30, "a." * 30, "9" * 5000, "[[events]]\n", "code = 1\n", 'code = "CAP"\n'),
)


def _lines_mixed(text: str, edits: list[tuple[float, str, int]]) -> bytes:
    lines = text.split("\n")
    for where, put, kind in edits:
        at = int(where * len(lines))
        if kind == 0:
            lines.insert(at, put)
        elif kind == 1 and lines:
            lines[at % len(lines)] += put
        elif kind == 2 and lines:
            lines.pop(at % len(lines))
        elif lines:
            line = lines[at % len(lines)]
            lines[at % len(lines)] = line.partition("=")[0] + "= " + put
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def toml(whole: str = INITIATIVE) -> SearchStrategy[bytes]:
    """A TOML file with lines lost, doubled and changed; or pieces of TOML in any order."""
    put = st.one_of(
        st.sampled_from(_TOML),
        texts().map(lambda text: f'"{text}"'),
        st.lists(st.sampled_from(_TOML), max_size=4).map("".join),
    )
    edit = st.tuples(st.floats(0, 1, exclude_max=True), put, st.integers(0, 3))
    return st.one_of(
        st.builds(_lines_mixed, st.just(whole), st.lists(edit, min_size=1, max_size=4)),
        st.lists(st.sampled_from(_TOML), max_size=14).map(
            lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
        ),
        mutated(whole.encode()),
    )


PEOPLE: Final = ("Name", "First name", "Discord id", "Constituency", "Organisation", "Status", "nom", "Notes")
FOLLOWED: Final = (
    *("Row", "Reference", "Addressee", "Number", "Recommendation", "Action", "Acceptance", "Implementation"),
    *("Owner", "Due on", "State as of", "Note", "Evidence", "Verified", "Mark"),
)
_CELLS: Final = (
    *("Ana", "Ben", "123456789012345678", "<@123456789012345678>", "1.2345E+17", "UN", "eu", "observer"),
    *("CAP-01", "DPKO", "2", "accepted", "in progress", "42094", "31/03/2015", "12/31/2015", "=1+1", "'=x"),
    *("https://a.example/x", "-", "–", "yes", "F1.1.1.1.0123456789ab.0123456789ab"),
)


def rows(headings: Sequence[str]) -> SearchStrategy[list[tuple[int, list[str]]]]:
    """The rows of a table: headings that mean something, most of the time, and cells below them."""
    from seminar.sheets import Number

    cell = st.one_of(st.sampled_from(_CELLS), texts(), st.sampled_from(_CELLS).map(Number))
    head = st.one_of(
        st.permutations(list(headings)).flatmap(
            lambda some: st.integers(1, len(some)).map(lambda n: some[:n])
        ),
        st.lists(st.one_of(st.sampled_from(headings), texts()), max_size=6),
    )
    return st.builds(
        lambda first, rest: list(enumerate([first, *rest], start=1)),
        head,
        st.lists(st.lists(cell, max_size=len(headings) + 1), max_size=6),
    )


def _csv(table: list[tuple[int, list[str]]], delimiter: str, quote: str, encoding: str) -> bytes:
    lines = [delimiter.join(f"{quote}{cell}{quote}" for cell in cells) for _, cells in table]
    return "\r\n".join(lines).encode(encoding, "replace")


_PACKAGE = (
    '<Relationships xmlns="r"><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
_BOOK = (
    '<workbook xmlns="m" xmlns:r="r"><workbookPr/><sheets><sheet name="A" sheetId="1" r:id="rId1"/>'
    '<sheet name="B" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>'
)
_PARTS = (
    '<Relationships xmlns="r"><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
_TYPES = '<Types xmlns="t"><Override PartName="/xl/workbook.xml" ContentType="application/xml"/></Types>'
_XML: Final = (
    *(
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "&a;",
        "<",
        ">",
        "</c>",
        "<c/>",
        '<c r="ZZZ1">',
        '<c r="A-1">',
        "<v>",
    ),
    *(
        'r="99999999"',
        't="s"',
        "<v>9999999999</v>",
        "<v>-1</v>",
        "<v>x</v>",
        "_x0041_",
        "_xD800_",
        "<f>1+1</f>",
    ),
    *('Target="../../../../etc/passwd"', 'state="veryHidden"', 'date1904="1"', "<rPh>", "<t>", "\x01", "é"),
    *(f"<v>{'9' * 5000}</v>", 'r="0"', 't="e"', 't="str"', 't="inlineStr"', "<row/>", "<row r='-1'>"),
)


def _workbook(table: list[tuple[int, list[str]]], edits: list[tuple[str, float, str, int]]) -> bytes:
    from xml.sax.saxutils import escape

    cells = [
        f'<row r="{n}">'
        + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row if _in_xml(cell))
        + "</row>"
        for n, row in table
    ]
    sheet = f'<worksheet xmlns="m"><sheetData>{"".join(cells)}</sheetData></worksheet>'
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _PACKAGE,
        "xl/workbook.xml": _BOOK,
        "xl/_rels/workbook.xml.rels": _PARTS,
        "xl/sharedStrings.xml": '<sst xmlns="m"><si><t>Name</t></si><si><r><t>A</t></r></si></sst>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    for name, where, put, without in edits:
        at = int(where * len(parts[name]))
        parts[name] = parts[name][:at] + put + parts[name][at + without :]
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text.encode("utf-8", "replace"))
    return made.getvalue()


def _in_xml(text: str) -> bool:
    return all(c in "\t\n" or " " <= c < "\ud800" or c > "\udfff" for c in text)


_NAMES = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
_EDITED = (*_NAMES, "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml")


def workbooks(headings: Sequence[str]) -> SearchStrategy[bytes]:
    """Workbooks whose XML is right, nearly right, and made to deceive."""
    edit = st.tuples(
        st.sampled_from(_EDITED),
        st.floats(0, 1, exclude_max=True),
        st.one_of(st.sampled_from(_XML), st.text(max_size=3)),
        st.sampled_from((0, 0, 1, 3, 20)),
    )
    whole = st.builds(_workbook, rows(headings), st.lists(edit, max_size=3))
    return st.one_of(whole, whole.flatmap(mutated))


def sent_tables(headings: Sequence[str]) -> SearchStrategy[tuple[str, bytes]]:
    """A file by its name and its bytes, as somebody attaches it."""
    text = st.builds(
        _csv,
        rows(headings),
        st.sampled_from((",", ";", "\t", "|", '"')),
        st.sampled_from(("", '"', "'")),
        st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1")),
    )
    data = st.one_of(workbooks(headings), text, text.flatmap(mutated), st.binary(max_size=60))
    named = st.one_of(st.sampled_from(("list.csv", "list.xlsx", "list.xlsm", "", "a" * 300)), texts())
    return st.tuples(named, data)


@cache
def _pictures() -> tuple[bytes, ...]:
    made = []
    for kind, mode in (("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("JPEG", "RGB"), ("JPEG", "CMYK")):
        file = BytesIO()
        Image.new(mode, (9, 5)).save(file, kind)
        made.append(file.getvalue())
    gif = BytesIO()
    Image.new("P", (3, 3)).save(gif, "GIF")
    return (*made, gif.getvalue(), b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)


def pictures() -> SearchStrategy[bytes]:
    """Small pictures, broken in some place."""
    return mutated(*_pictures())


def papers() -> SearchStrategy[str]:
    """Papers as they are spelled, and nearly so."""
    number = st.integers(-3, 12)
    right = st.dictionaries(st.integers(-1, 5).map(str), st.lists(number, max_size=3), max_size=5)
    return st.one_of(
        right.map(_spelled),
        texts('{"1":[8,6]}', '{"1":[]}', "[[[[", '{"1":1e999}', '{"a":[1]}', "[" * 3000, '{"1":[NaN]}'),
        st.recursive(
            st.one_of(st.none(), st.booleans(), number, st.floats(), st.text(max_size=3)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=8,
        ).map(_spelled),
    )


def _spelled(document: Any) -> str:
    import json

    return json.dumps(document, separators=(",", ":"))
