"""Reading lists of participants from whatever file they come in, hostile ones among them."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
import zipfile
from collections.abc import Iterable, Mapping

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from seminar.errors import Invalid
from seminar.participant_list import MOST_COLUMNS
from seminar.sheets import Number
from services import workbooks
from services.people.import_reading import MOST_BYTES, read_rows

HEAD = ("Name", "Constituency")
ROWS = [HEAD, ("Zoë Müller", "UN"), ("Ben", "EU")]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{TYPES}"/>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
    f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def cells(data: bytes, name: str = "list.csv") -> list[tuple[str, ...]]:
    """The rows of a file, without their numbers."""
    return [tuple(row) for _, row in read_rows(name, data)]


def written(rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def sheet(data: str, **more: str | bytes) -> bytes:
    """A workbook of one sheet, written by hand; `more` are parts under `xl/`."""
    content = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
    return zipped(
        {**PARTS, "xl/worksheets/sheet1.xml": content, **{f"xl/{name}": part for name, part in more.items()}}
    )


def refused(data: bytes, name: str = "list.xlsx") -> str:
    with pytest.raises(Invalid) as told:
        read_rows(name, data)
    return str(told.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_is_read_in_every_encoding_and_with_every_separator(encoding: str, delimiter: str) -> None:
    """As spreadsheets of different countries write it, with and without the mark at its beginning."""
    assert cells(written(ROWS, delimiter).encode(encoding)) == ROWS


def test_a_line_that_names_the_separator_is_no_row() -> None:
    """Some spreadsheets put it first."""
    assert cells(b"sep=;\r\nName;Constituency\r\nMia, the second;UN\r\n")[1] == ("Mia, the second", "UN")


@given(
    st.lists(
        st.tuples(
            *[
                st.text(
                    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"), max_size=20
                )
            ]
            * 2
        ),
        max_size=6,
    ),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_is_written_as_csv_is_read_again(
    rows: list[tuple[str, str]], delimiter: str, encoding: str
) -> None:
    """Quotation marks, separators and newlines in cells included."""
    assert cells(written([HEAD, *rows], delimiter).encode(encoding)) == [HEAD, *rows]


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_are_rows_or_one_refusal(data: bytes) -> None:
    """Nothing else ever comes out of a file."""
    for name in ("list.csv", "list.xlsx"):
        try:
            rows = read_rows(name, data)
        except Invalid:
            continue
        assert all(isinstance(cell, str) for _, row in rows for cell in row)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("Name\nZoë".encode("latin-1"), "UTF-8 or UTF-16"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe", "UTF-8 or UTF-16"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old or a locked workbook"),
        (b"PK\x03\x04 and nothing more", "cannot be read"),
        (b'Name,Status\n"Mia,observer\nBen,observer\n', "Row 2 cannot be read: its quotation marks"),
        (b"Name\n" + b"x" * MOST_BYTES, "too large"),
        (b"Name\n" * 200_000, "too large"),
        (b"Name" + b",x" * (MOST_COLUMNS + 1), "more than 60 columns"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(data: bytes, told: str) -> None:
    """With what to do instead."""
    assert told in refused(data, "list.csv")


def test_a_workbook_is_read_as_two_libraries_write_it() -> None:
    """Texts, rich texts, numbers, gaps; the first sheet that is not hidden, formulas left unworked."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in ROWS:
        page.append(row)
    page["A6"], page["B6"] = "=1+1", 17
    out = io.BytesIO()
    book.save(out)
    assert read_rows("a.xlsx", out.getvalue()) == [
        (1, HEAD),
        (2, ROWS[1]),
        (3, ROWS[2]),
        (6, ("=1+1", "17")),
    ]

    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    made.add_worksheet("notes").hide()
    shown = made.add_worksheet("people")
    shown.activate()
    shown.write_row(0, 0, HEAD)
    shown.write_rich_string(1, 0, "Zo", made.add_format({"bold": True}), "ë Müller")
    shown.write(1, 1, "UN")
    shown.write_formula(2, 0, '=HYPERLINK("http://x")', None, "Ana")
    shown.write_array_formula("B3:B3", "{=SUM(1,2)}")
    shown.write_string(3, 0, "line\nbreak_x005F_")
    shown.write_number(3, 1, 123456789012345678)
    made.close()
    rows = cells(out.getvalue(), "a.xlsx")
    assert rows[:2] == ROWS[:2]
    assert all(cell.startswith("=") for cell in rows[2])
    assert rows[3][0] == "line\nbreak_x005F_"
    assert isinstance(rows[3][1], Number)


def test_cells_written_in_place_and_without_places_are_read() -> None:
    """Other programs leave out what can be counted."""
    data = sheet(
        '<row><c t="inlineStr"><is><t>Name</t></is></c><c t="str"><v>Constituency</v></c></row>'
        '<row r="4"><c r="B4" t="inlineStr"><is><r><t>U</t></r><rPh sb="0" eb="1"><t>no</t></rPh>'
        '<r><t>N</t></r></is></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>'
    )
    assert read_rows("a.xlsx", data) == [(1, HEAD), (4, ("", "UN", "1", "=#N/A"))]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list.xlsm", sheet("")),
        ("list.XLSB", b""),
        ("list.xlsx", sheet("", **{"vbaProject.bin": b"macro"})),
        ("list.xlsx", sheet("", **{"hidden/VBAPROJECT.BIN": b"macro"})),
        ("list.csv", sheet("", **{"macrosheets/sheet1.xml": "<x/>"})),
        (
            "list.xlsx",
            zipped(
                {
                    **PARTS,
                    "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Override PartName="/xl/workbook.xml" '
                    'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
                }
            ),
        ),
    ],
)
def test_a_workbook_with_macros_is_refused(name: str, data: bytes) -> None:
    """Whether its name, a part of it or its own words say so."""
    assert refused(data, name) == (
        "This workbook contains macros, so it is not read. Save it without them as .xlsx, or as CSV."
    )


def bomb(size: int, *, lie: bool) -> bytes:
    """A sheet of a few kilobytes that unpacks to `size`; `lie` has it say that it does not."""
    data = bytearray(sheet("<row>" + " " * size + "</row>"))
    if lie:
        end = data.rindex(b"PK\x01\x02")
        place = data.rindex(b"PK\x01\x02xl/worksheets") if b"PK\x01\x02xl/worksheets" in data else end
        data[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("lie", [False, True])
def test_a_bomb_is_not_unpacked(lie: bool) -> None:
    """Neither one that says how large it is, nor one that denies it; memory stays small."""
    data = bomb(64 << 20, lie=lie)
    assert len(data) < 200_000
    tracemalloc.start()
    told = refused(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ("far larger" in told) if not lie else ("cannot be read" in told or "far larger" in told)
    assert most < 8 << 20


def test_bombs_of_another_make_are_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Very many parts, entities that unfold, cells without end, rows at the end of the world."""
    many = zipped({**PARTS, **{f"x/{number}": b"" for number in range(1_100)}})
    assert "far larger" in refused(many)
    laughs = f'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet xmlns="{MAIN}">&b;</worksheet>'
    assert "cannot be read" in refused(zipped({**PARTS, "xl/worksheets/sheet1.xml": laughs}))
    monkeypatch.setattr(workbooks, "_MOST_CELLS", 20_000)
    assert "far larger" in refused(sheet("<row>" + "<c/>" * 21_000 + "</row>"))
    far = '<row r="1048576"><c t="str"><v>x</v></c></row>'
    assert "far larger" in refused(sheet(far))
    assert "more than 60 columns" in refused(sheet('<row><c r="XFD1" t="str"><v>x</v></c></row>'))


def test_formulas_that_share_a_long_text_cost_no_more_than_their_cells() -> None:
    """A reader that works each of them out would be busy for hours."""
    first = f'<c t="n"><f t="shared" si="0" ref="A1:A9">{"A1+" * 300_000}1</f><v>1</v></c>'
    rest = '<row><c><f t="shared" si="0"/><v>1</v></c></row>' * 20_000
    begun = time.perf_counter()
    rows = cells(sheet(f"<row>{first}</row>{rest}"), "a.xlsx")
    assert time.perf_counter() - begun < 5
    assert len(rows) == 20_001 and all(row[0].startswith("=") for row in rows)


def test_a_long_text_that_many_cells_point_to_is_kept_once_and_cut() -> None:
    """Else a few kilobytes would become gigabytes."""
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="/xl/strings.xml"/></Relationships>',
    )
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 5_000_000}</t></si></sst>'
    page = f'<worksheet xmlns="{MAIN}"><sheetData>' + '<row><c t="s"><v>0</v></c></row>' * 10_000
    data = zipped(
        {
            **PARTS,
            "xl/_rels/workbook.xml.rels": relations,
            "xl/strings.xml": strings,
            "xl/worksheets/sheet1.xml": page + "</sheetData></worksheet>",
        }
    )
    assert {len(row[0]) for row in cells(data, "a.xlsx")} == {1_000}


@pytest.mark.parametrize(
    "broken",
    [
        zipped({}),
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        zipped(PARTS),
        sheet('<row r="x"/>'),
        sheet('<row r="-3"><c t="str"><v>x</v></c></row>'),
        sheet('<row><c r="AAAA1"/></row>'),
        sheet('<row><c r="1"/></row>'),
        sheet('<row><c t="s"><v>0</v></c></row>'),
        sheet('<row><c t="s"><v>-1</v></c></row>'),
        sheet("<row><c></row>"),
        sheet("")[:-40],
    ],
)
def test_a_broken_workbook_is_one_sentence(broken: bytes) -> None:
    """Whatever is wrong in it."""
    assert "cannot be read" in refused(broken)


def test_a_workbook_under_a_password_or_packed_strangely_is_refused() -> None:
    """Its parts are marked so."""
    data = bytearray(sheet("<row/>"))
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    first = data.index(b"PK\x03\x04")
    data[first + 6] |= 1
    assert "cannot be read" in refused(bytes(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "cannot be read" in refused(out.getvalue())


def test_ten_thousand_rows_are_read_in_a_moment() -> None:
    """A long list is no reason to wait."""
    row = '<row><c t="inlineStr"><is><t>Ana</t></is></c><c t="inlineStr"><is><t>UN</t></is></c></row>'
    data = sheet(row * 10_000)
    begun = time.perf_counter()
    assert len(read_rows("a.xlsx", data)) == 10_000
    assert time.perf_counter() - begun < 3
