"""Every export format, read back by somebody else's reader."""

from __future__ import annotations

import csv
import json
import zipfile
from dataclasses import replace
from io import BytesIO, StringIO
from typing import Any

import pytest
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from reports import FORMATS
from reports.model import RECORD_FIELDS, RankingReport, RankingRow
from reports.neutral import CELL_LIMIT, one_line
from reports.sheets import SheetNames
from seminar.words import Text
from tests.reports.report_sample import HEAD, MOMENT, PLAIN, VOTED, report

FORMULA = '=HYPERLINK("http://x.example","click me")'
HOSTILE = (
    FORMULA,
    "\u200b\ufeff=1+1",
    "four bytes 😀 𝔘 👨\u200d👩\u200d👧",
    "שיתוף פעולה | الحوكمة",
    "\u202eevil\u202c \x00\x07\x1b[31m \ufffe _x0041_",
    "a | b `code` <b onclick=x>&amp; **bold** [x](http://x.example) \\ ~~no~~",
    "line one\r\nline two\n\n# heading\n- item\n```",
    "half a pair \ud83d",
)
MIXED = (
    replace(VOTED, reference="SSR-02", theme="SSR", event="BER", rank=2),
    replace(PLAIN, reference="CAP-02"),
    replace(VOTED, reference="TRN-01", theme="TRN", rank=1),
    replace(VOTED, reference="SSR-01", theme="SSR", event="BER", rank=1),
    VOTED,
)


def hostile_report() -> RankingReport:
    """A recommendation for each nasty text, which stands in each of its text fields."""
    return report(
        *(
            replace(
                VOTED,
                reference=f"CAP-{place:02}",
                rank=place,
                title=text,
                text=text,
                rationale=text,
                author=text,
                addressees=(text, "DPKO"),
            )
            for place, text in enumerate(HOSTILE, start=1)
        )
    )


def render(name: str, drawn: RankingReport) -> bytes:
    """The report in the format of that name, in English."""
    return FORMATS[name].render(drawn, str)


def read_csv(drawn: RankingReport) -> list[dict[str, str]]:
    """The CSV export through Python's own reader."""
    return list(csv.DictReader(StringIO(render("csv", drawn).decode(), newline="")))


def read_json(drawn: RankingReport) -> Any:
    """The JSON export through Python's own reader."""
    return json.loads(render("json", drawn))


def test_each_format_is_found_by_its_file() -> None:
    """The registry knows them by the names people type."""
    assert {"csv", "json", "markdown", "xlsx"} <= set(FORMATS)
    assert all(name == offered.name for name, offered in FORMATS.items())
    assert FORMATS["markdown"].extension == "md"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_can_say_that_there_is_nothing_yet(name: str) -> None:
    """An export before the first recommendation is a file, not a failure."""
    assert render(name, report())


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_takes_two_thousand_recommendations(name: str) -> None:
    """Large seminars export as small ones do."""
    rows = [replace(VOTED, reference=f"CAP-{rank:04}", rank=rank) for rank in range(1, 2001)]
    assert render(name, report(*rows))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_same_report_is_the_same_file_whatever_the_time(name: str) -> None:
    """Renderers read no clock."""
    first, second = render(name, report(*MIXED)), render(name, report(*MIXED))
    assert first == second


def test_rows_stand_by_event_theme_rank_and_reference_with_unranked_ones_last() -> None:
    """The order of events and themes is the initiative's, not the alphabet's."""
    late = replace(PLAIN, reference="CAP-100")
    early = replace(PLAIN, reference="CAP-99")
    order = [row.reference for row in report(late, early, *MIXED).recommendations]
    assert order == ["CAP-01", "CAP-02", "CAP-99", "CAP-100", "TRN-01", "SSR-01", "SSR-02"]


def test_a_theme_that_two_events_share_is_two_sections() -> None:
    """Ranks hold within one theme of one event."""
    twice = report(VOTED, replace(VOTED, event="BRU", reference="CAP-07"))
    assert [(part.event.code, part.theme.code, len(part.rows)) for part in twice.sections()] == [
        ("ROM", "CAP", 1),
        ("BRU", "CAP", 1),
    ]


def test_json_has_the_wrapper_and_the_fields_of_the_contract() -> None:
    """Exactly these names, exactly these values."""
    read = read_json(report(VOTED))
    assert list(read) == ["initiative", "generated_at", "ledger_head", "recommendations"]
    assert read["generated_at"] == "2014-10-24T15:30:00Z"
    assert read["ledger_head"] == HEAD
    row = read["recommendations"][0]
    assert tuple(row) == RECORD_FIELDS
    assert row["addressees"] == ["DPKO", "CMPD"]
    assert row["author"] == "a participant"
    assert row["by_constituency"] == {
        "UN": {"for": 5, "against": 1, "abstain": 0},
        "others": {"for": 4, "against": 1, "abstain": 1},
    }
    assert (row["outcome"], row["state"], row["contested"]) == ("carried", "adopted", False)
    assert row["consensus"] == VOTED.consensus
    assert row["closed_at"] == "2014-10-24T15:30:00Z"


def test_json_says_null_for_what_was_never_voted_on() -> None:
    """No zero stands for "nothing known"."""
    row = read_json(report(PLAIN))["recommendations"][0]
    unknown = RECORD_FIELDS[RECORD_FIELDS.index("method") :]
    assert row["rank"] is None
    assert [row[name] for name in unknown] == [None] * len(unknown)


def test_json_text_is_exact() -> None:
    """Nothing is neutralised, cleaned or cut in the export made for programs."""
    rows = read_json(hostile_report())["recommendations"]
    assert [row["title"] for row in rows] == list(HOSTILE)
    assert [row["text"] for row in rows] == list(HOSTILE)


def test_csv_has_the_same_fields_as_json_and_no_cell_is_a_formula() -> None:
    """A spreadsheet shows what somebody typed and runs none of it."""
    rows = read_csv(hostile_report())
    assert tuple(rows[0]) == RECORD_FIELDS
    assert rows[0]["title"] == f"'{FORMULA}"
    assert rows[1]["title"] == "'\u200b\ufeff=1+1"
    assert rows[2]["title"] == HOSTILE[2]
    assert rows[6]["text"] == "line one\nline two\n\n# heading\n- item\n```"
    assert rows[0]["addressees"] == f"'{FORMULA}; DPKO"
    assert len(rows) == len(HOSTILE)


def test_csv_keeps_numbers_as_numbers_and_groups_as_json() -> None:
    """Figures come back as they went in; a negative one is no formula."""
    row = read_csv(report(replace(VOTED, score=-1)))[0]
    assert (row["rank"], row["for"], row["score"], row["contested"]) == ("1", "9", "-1", "false")
    assert float(row["consensus"]) == VOTED.consensus
    assert json.loads(row["by_constituency"])["UN"] == {"for": 5, "against": 1, "abstain": 0}
    unvoted = read_csv(report(PLAIN))[0]
    assert (unvoted["rank"], unvoted["contested"], unvoted["by_constituency"]) == ("", "", "")


def test_csv_is_plain_utf_8_whose_first_field_is_the_rank() -> None:
    """A byte order mark would rename that field for every program."""
    assert render("csv", report(VOTED)).startswith(b"rank,")


def test_markdown_has_a_table_for_each_theme_and_none_across() -> None:
    """Each table holds the references of its own theme only."""
    tables = markdown_tables(render("markdown", report(*MIXED)).decode())
    assert [[row[1] for row in table[1:]] for table in tables] == [
        ["CAP-01", "CAP-02"],
        ["TRN-01"],
        ["SSR-01", "SSR-02"],
    ]


def test_markdown_shows_titles_as_written_and_makes_no_html_or_links_of_them() -> None:
    """Pipes stay in their cell, and every row has as many cells as the head."""
    text = render("markdown", hostile_report()).decode()
    (table,) = markdown_tables(text)
    assert [row[2] for row in table[1:]] == [one_line(title) for title in HOSTILE]
    assert {len(row) for row in table} == {len(table[0])}
    kinds = {
        token.type
        for block in MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
        for token in (block, *(block.children or ()))
    }
    assert not kinds & {
        "html_block",
        "html_inline",
        "link_open",
        "image",
        "code_block",
        "fence",
        "code_inline",
    }


def test_markdown_tells_results_in_sentences_and_what_the_figures_are_not() -> None:
    """A reader learns outcome, counts and turnout, and that the indices only order."""
    text = render("markdown", report(VOTED, replace(PLAIN, reference="CAP-02"))).decode()
    assert "Carried: 9 for, 2 against, 1 abstaining. 12 of 20 entitled to vote did so." in text
    assert "Ballot B3 closed on 2014-10-24 17:30 (Europe/Brussels)." in text
    assert "Not yet voted on." in text
    assert "ordering aids" in text
    assert HEAD in text


def test_labels_go_through_the_translator() -> None:
    """A reader of another language gets the sentences in it, and the author's words untouched."""

    def shouting(message: Text | str) -> str:
        return str(message).upper() if isinstance(message, Text) else message

    text = FORMATS["markdown"].render(report(VOTED), shouting).decode()
    assert "# RANKED RECOMMENDATIONS" in text
    assert VOTED.text in text


def test_workbook_has_a_summary_and_a_sheet_with_a_chart_for_each_theme() -> None:
    """Heads are frozen, filters set, and every theme has its own native chart."""
    raw = render("xlsx", report(*MIXED))
    book = load_workbook(BytesIO(raw))
    assert book.sheetnames == ["Summary", "ROM CAP", "ROM TRN", "BER SSR"]
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "C2"
        assert sheet.auto_filter.ref == f"A1:V{sheet.max_row}"
    assert [row[1].value for row in book["ROM CAP"].iter_rows(min_row=2)] == ["CAP-01", "CAP-02"]
    charts = [name for name in zipfile.ZipFile(BytesIO(raw)).namelist() if name.startswith("xl/charts/")]
    assert len(charts) == 3


def test_workbook_figures_are_numbers_and_times_are_dates_on_the_initiatives_clock() -> None:
    """Brussels is two hours ahead in October."""
    sheet = load_workbook(BytesIO(render("xlsx", report(VOTED))))["ROM CAP"]
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, [cell.value for cell in sheet[2]], strict=True))
    assert (row["Rank"], row["For"], row["Against"], row["Abstain"]) == (1, 9, 2, 1)
    assert row["Consensus index"] == pytest.approx(VOTED.consensus)
    assert row["Closed at (Europe/Brussels)"] == MOMENT.replace(hour=17, tzinfo=None)


def test_workbook_holds_no_formula_and_no_link_out() -> None:
    """Whatever people typed is a string, and neutralised on top."""
    raw = render("xlsx", hostile_report())
    book = load_workbook(BytesIO(raw))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [
        cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(tuple("=+-@"))
    ]
    assert book["ROM CAP"]["C2"].value == f"'{FORMULA}"
    archive = zipfile.ZipFile(BytesIO(raw))
    sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert not any("<f>" in sheet for sheet in sheets)
    assert not any(b"TargetMode" in archive.read(name) for name in archive.namelist() if "rels" in name)


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    """The reader is told where the whole text is."""
    sheet = load_workbook(BytesIO(render("xlsx", report(replace(VOTED, text="😀" * 20_000)))))["ROM CAP"]
    value = str(sheet["U2"].value)
    assert len(value.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert value.startswith("😀") and value.endswith("The JSON export has the whole text.]")


def test_sheet_names_are_legal_and_unique_whatever_the_codes() -> None:
    """Programs treat names that differ in case as the same, and refuse some signs and lengths."""
    names = SheetNames()
    wishes = ["ROM CAP", "rom cap", "a/b:c*[d]?'", "", "History", "😀" * 40, "x" * 40, "x" * 40]
    given = [names.take(wish) for wish in wishes]
    assert len({name.casefold() for name in given}) == len(wishes)
    assert all(0 < len(name.encode("utf-16-le")) // 2 <= 31 for name in given)
    assert not any(sign in name for name in given for sign in "[]:*?/\\'")
    assert "history" not in {name.casefold() for name in given}


def test_a_theme_without_votes_has_no_empty_chart() -> None:
    """Bars of nothing would say something false."""
    raw = render("xlsx", report(PLAIN))
    assert not [name for name in zipfile.ZipFile(BytesIO(raw)).namelist() if "charts/" in name]


def test_a_method_without_votes_for_and_against_shows_its_score() -> None:
    """Ratings and rankings stand in the same exports."""
    rated: RankingRow = replace(
        PLAIN, method="rating", rank=1, score=7.5, ballot="B4", closed_at=MOMENT, turnout=11, electorate=20
    )
    assert read_json(report(rated))["recommendations"][0]["score"] == 7.5
    text = render("markdown", report(rated)).decode()
    assert "| 7.5 |" in text
    assert "11 of 20 entitled to vote did so." in text


def markdown_tables(text: str) -> list[list[list[str]]]:
    """The tables of a document: rows of cells, as a reader sees their text."""
    tables: list[list[list[str]]] = []
    inside = False
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text):
        if token.type == "table_open":
            tables.append([])
            inside = True
        elif token.type == "table_close":
            inside = False
        elif token.type == "tr_open":
            tables[-1].append([])
        elif inside and token.type == "inline":
            tables[-1][-1].append("".join(child.content for child in token.children or ()))
    return tables
