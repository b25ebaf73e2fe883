"""The follow-up in every format, and the workbook that goes out, read back by other people's readers."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from io import BytesIO, StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import jsonschema
import openpyxl
import pytest
from PIL import Image
from pypdf import PdfReader

from bot.i18n import Catalogues
from reports import FORMATS, schemas
from reports.charts.follow_up import PARTS, follow_up_drawing
from reports.charts.palette import CLOSED_OTHERWISE, DONE, NOT_BEGUN, PARTLY_DONE, UNDER_WAY
from reports.kinds import FOLLOW_UP, KINDS
from reports.models.follow_up import FOLLOW_UP_FIELDS, FollowUpReport
from reports.sheets.follow_up_workbook import FURTHER, workbook
from seminar.follow_up import (
    ACCEPTANCE_WORDS,
    IMPLEMENTATION_WORDS,
    Implementation,
    read_acceptance,
    read_implementation,
)
from seminar.follow_up_list import HEADINGS, Column, recognised
from tests.reports.follow_up_sample import EMPTY, HOSTILE, report

SCHEMA = json.loads((Path(schemas.__file__).parent / "follow-up.schema.json").read_text(encoding="utf-8"))


def made(name: str, what: FollowUpReport | None = None) -> bytes:
    return FORMATS[name].render(what or report(), str)


def sheets(data: bytes) -> list[Any]:
    return list(openpyxl.load_workbook(BytesIO(data)).worksheets)


def values(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_every_format_that_makes_sense_is_there() -> None:
    """Lists for programs, a workbook, and documents."""
    assert set(KINDS[FOLLOW_UP].formats) == {"csv", "docx", "html", "json", "markdown", "pdf", "xlsx"}


@pytest.mark.parametrize("what", [report(), report("DPO"), EMPTY])
def test_json_keeps_to_the_published_schema(what: FollowUpReport) -> None:
    """Which says every field, and nothing beside; text is exact."""
    document = json.loads(made("json", what))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA)
    row = SCHEMA["$defs"]["row"]
    assert tuple(row["properties"]) == tuple(row["required"]) == FOLLOW_UP_FIELDS
    assert len(document["rows"]) == len(what.lines)
    if what.lines:
        assert document["rows"][0]["action"] == HOSTILE
        assert document["overview"][0]["implementation"]["in progress"] == 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "more": 1}, SCHEMA)


def test_csv_has_a_line_for_each_row_and_no_formula() -> None:
    """The same fields as JSON."""
    rows = list(csv.DictReader(StringIO(made("csv").decode())))
    assert tuple(rows[0]) == FOLLOW_UP_FIELDS
    assert [(row["reference"], row["entity"], row["answering"], row["overdue"]) for row in rows] == [
        ("CAP-01", "DPKO", "DPO", "true"),
        ("CAP-02", "DPO", "DPO", "false"),
        ("CAP-03", "Ministries", "Ministries", "false"),
    ]
    assert rows[0]["action"].startswith("'=") and rows[0]["owner"] == "'@Ms A"


def test_the_workbook_has_the_overview_and_every_row() -> None:
    """Figures are numbers, and nothing is ever a formula."""
    front, rows = sheets(made("xlsx"))
    told = values(front)
    head = next(place for place, row in enumerate(told) if row[0] == "Addressee")
    assert [row[:6] for row in told[head + 1 : head + 3]] == [
        ["DPO (DPKO until succeeded)", "UN Department of Peace Operations", 2, 1, 1, 1],
        ["Ministries", None, 1, 0, 0, 0],
    ]
    assert [row[0] for row in values(rows)[1:]] == ["CAP-01", "CAP-02", "CAP-03"]
    assert all(cell.data_type != "f" for sheet in (front, rows) for row in sheet for cell in row)
    assert "Nothing is followed up yet." in str(values(sheets(made("xlsx", EMPTY))[0]))


class Heard(HTMLParser):
    """The text of a page, and the alternatives of its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_documents_say_the_same_as_the_lists() -> None:
    """Each read by its own reader: who, how far, what is overdue; no word of anybody is markup."""
    page = Heard()
    page.feed(made("html").decode())
    assert "script" not in page.tags
    word = docx.Document(BytesIO(made("docx")))
    told = {
        "html": page.text,
        "markdown": made("markdown").decode(),
        "docx": "\n".join(
            [p.text for p in word.paragraphs]
            + [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        ),
        "pdf": "".join(one.extract_text() for one in PdfReader(BytesIO(made("pdf"))).pages),
    }
    for name, text in told.items():
        flat = "".join(text.split())
        for said in ("CAP-01(R1)", "2015-03-30(overdue)", "inprogress(reported)", "implemented(verified)"):
            assert said in flat, (name, said)
        assert "3rowsarefollowedupwith2addressees;1isoverdue." in flat, name
    for name in ("html", "markdown", "docx", "pdf"):
        assert made(name, EMPTY)


def test_the_workbook_that_goes_out_locks_what_is_ours_and_offers_what_is_theirs() -> None:
    """Ids and marks are locked and the marks hidden; states are chosen from a list, days are days."""
    sheet, guide, listed = sheets(workbook(report("DPO"), str))
    assert sheet.protection.sheet and guide.protection.sheet and listed.sheet_state == "hidden"
    places = {str(heading): place for place, heading in enumerate(values(sheet)[0], start=1)}
    assert set(places) == {str(heading) for heading in HEADINGS.values()}
    locked = {name: sheet.cell(2, place).protection.locked for name, place in places.items()}
    assert {name for name, is_locked in locked.items() if is_locked} == {
        str(HEADINGS[column])
        for column in (
            *(Column.ROW, Column.REFERENCE, Column.ENTITY, Column.NUMBER, Column.TITLE),
            *(Column.VERIFIED, Column.MARK),
        )
    }
    assert sheet.column_dimensions["O"].hidden and sheet.cell(1, 15).value == "Mark"
    assert sheet.cell(2, places["Due on"]).is_date
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    acceptance, implementation = rules["G2"], rules["H2"]
    assert (acceptance.type, implementation.type, rules["J2"].type) == ("list", "list", "date")
    assert acceptance.formula1 == "'Lists'!$A$1:$A$6" and implementation.formula1 == "'Lists'!$B$1:$B$7"
    assert [row[1] for row in values(listed)] == [str(word) for word in IMPLEMENTATION_WORDS.values()]
    last = len(report("DPO").lines) + 1 + FURTHER
    assert str(acceptance.sqref) == f"G2:G{last}" and sheet.max_row == last
    assert not sheet.cell(last, places["Reference"]).protection.locked
    assert sheet.cell(2, places["Action"]).value == "'" + HOSTILE.replace("\u202e", "")
    assert "the grey ones are locked" in str(values(guide))
    with pytest.raises(ValueError, match="one addressee"):
        workbook(report(), str)


@pytest.mark.parametrize("language", Catalogues.load().languages)
def test_what_a_workbook_says_in_any_language_is_read_again(language: str) -> None:
    """Its headings and the words of its lists: a translation that is not understood is none."""
    tr = Catalogues.load().speak(language)
    headings = [tr(heading) for heading in HEADINGS.values()]
    assert recognised(headings) == len(headings) == len(set(headings))
    assert [read_acceptance(tr(word)) for word in ACCEPTANCE_WORDS.values()] == list(ACCEPTANCE_WORDS)
    assert [read_implementation(tr(word)) for word in IMPLEMENTATION_WORDS.values()] == list(
        IMPLEMENTATION_WORDS
    )
    assert workbook(report("DPO"), tr)


def test_the_chart_counts_every_state_once_and_can_be_told_apart_in_grey() -> None:
    """Parts that touch differ by a fifth of the lightness, or are hatched; its words are complete."""
    assert sorted(state for _, _, states in PARTS for state in states) == sorted(Implementation)
    greys = [
        Image.new("RGB", (1, 1), colour).convert("L").tobytes()[0]
        for colour in (DONE, PARTLY_DONE, UNDER_WAY, NOT_BEGUN)
    ]
    assert all(after - before > 51 for before, after in pairwise(greys))
    assert CLOSED_OTHERWISE not in (DONE, PARTLY_DONE, UNDER_WAY, NOT_BEGUN)
    drawing = follow_up_drawing(report().overview, str, heading="How far they are")
    assert drawing.alt.splitlines() == [
        "How far they are",
        "DPO (DPKO until succeeded) UN Department of Peace Operations: 1 implemented, 1 in progress; "
        "1 overdue.",
        "Ministries: 1 closed otherwise.",
    ]
    picture = Image.open(BytesIO(drawing.png())).convert("RGB")
    colours = {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert {tuple(bytes.fromhex(one[1:])) for one in (DONE, UNDER_WAY)} <= colours
    with pytest.raises(ValueError, match="at most"):
        follow_up_drawing(report().overview * 7, str)
