"""A final report as rows, one a text: opened again by other readers, and held against the model."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

from openpyxl import load_workbook

from reports import FORMATS
from reports.models.initiative import FinalReport
from reports.records.initiative import FINAL_FIELDS
from tests.reports import initiative_sample as sample

FORMULA = '=HYPERLINK("http://x.example","click")'


def lines(report: FinalReport) -> list[dict[str, str]]:
    """The CSV file through Python's own reader."""
    return list(csv.DictReader(StringIO(FORMATS["csv"].render(report, str).decode(), newline="")))


def test_each_text_is_one_line_with_what_became_of_it() -> None:
    """Final ones by number, then those that are open, then those that were not finalised."""
    report = sample.final_report(sample.entries(12))
    rows = lines(report)
    assert tuple(rows[0]) == FINAL_FIELDS
    assert [row["number"] for row in rows if row["status"] == "final"] == [f"R{n}" for n in range(1, 9)]
    assert [row["status"] for row in rows[8:]] == ["open", "open", "not_finalised", "not_finalised"]
    assert {row["reference"] for row in rows} == {entry.reference for entry in report.entries}
    assert {row["reason"] for row in rows[10:]} == {"Overtaken by a decision elsewhere."}
    assert {row["outcome"] for row in rows[:8]} == {"adopted"}
    assert rows[8]["basis"] == ""
    for row in rows:
        (entry,) = [one for one in report.entries if one.reference == row["reference"]]
        latest = entry.results[-1].row
        assert (row["for"], row["against"]) == (str(latest.for_), str(latest.against))


def test_the_workbook_has_the_same_rows_to_sort_and_filter() -> None:
    """And says on its first sheet how many of each there are."""
    report = sample.final_report(sample.entries(12))
    book = load_workbook(BytesIO(FORMATS["xlsx"].render(report, str)))
    front, texts = book.worksheets
    said = [str(row[0]) for row in front.iter_rows(values_only=True) if row[0]]
    assert "8 final texts" in said
    assert "2 texts that remain open" in said
    head, *rows = texts.iter_rows(values_only=True)
    assert head[:3] == ("Number", "Reference", "Recommendation")
    assert [(row[0] or "", row[1]) for row in rows] == [
        (row["number"], row["reference"]) for row in lines(report)
    ]
    assert texts.auto_filter.ref
    assert texts.freeze_panes == "A2"


def test_a_formula_stays_text_and_no_text_at_all_a_header() -> None:
    """In cells and in lines."""
    hostile = sample.final_report([sample.final(1, sample.entry("CAP-01", FORMULA))])
    assert lines(hostile)[0]["title"] == f"'{FORMULA}"
    texts = load_workbook(BytesIO(FORMATS["xlsx"].render(hostile, str))).worksheets[1]
    assert (texts["C2"].value, texts["C2"].data_type) == (f"'{FORMULA}", "s")
    nothing = sample.final_report([])
    assert lines(nothing) == []
    assert FORMATS["xlsx"].render(nothing, str)
