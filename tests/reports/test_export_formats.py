"""Every export format of a ranking, read back by somebody else's reader."""

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
from reports.kinds import KINDS, RANKING
from reports.models.ranking import RECORD_FIELDS, BallotSummary, RankingReport
from reports.neutral import CELL_LIMIT, one_line
from reports.sheets.names import SheetNames
from seminar.methods import METHODS
from seminar.model import Purpose, Secrecy
from seminar.words import Text
from tests.reports.report_sample import HEAD, MOMENT, PLAIN, VOTED, of_every_method, report, rows_of

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
    assert set(KINDS[RANKING].formats) == set(FORMATS)
    assert FORMATS["markdown"].extension == "md"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_can_say_that_there_is_nothing_yet(name: str) -> None:
    """An export before the first recommendation is a file, not a failure."""
    assert render(name, report())


@pytest.mark.thorough
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
    assert list(read) == ["initiative", "generated_at", "ledger_head", "recommendations", "ballots"]
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
    assert row["purpose"] == "decisive"
    assert row["figures"] == VOTED.figures.to_json()


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


def everything() -> RankingReport:
    """A theme that met every method."""
    rows, ballots = of_every_method()
    return report(*rows, ballots=ballots)


def test_each_method_has_its_own_figures_in_the_records_and_null_for_those_it_has_not() -> None:
    """As an object in JSON, as the same JSON in one cell of CSV; votes for and against belong to support."""
    rows = read_json(everything())["recommendations"]
    cells = {row["reference"]: row for row in read_csv(everything())}
    assert {row["method"] for row in rows} == set(METHODS)
    for row, held in zip(rows, everything().recommendations, strict=True):
        assert row["figures"] == held.figures.to_json()
        assert METHODS[row["method"]].from_json(row["figures"]) == held.figures
        cell = cells[row["reference"]]["figures"]
        assert json.loads(cell) == row["figures"] and ": " not in cell
        assert row["by_constituency"] == row["figures"]["by_constituency"]
        support = row["method"] == "support"
        names = ("for", "against", "abstain", "contested", "consensus", "wilson")
        assert all((row[name] is not None) is support for name in names)
        assert row["outcome"] == row["figures"]["outcome"]
    scores = {row["reference"]: row["score"] for row in rows}
    assert (scores["SSR-03"], scores["SSR-04"], scores["SSR-06"]) == (None, 8, 1)
    assert (scores["SSR-10"], scores["SSR-12"], scores["SSR-11"]) == (5, 1, None)


def test_json_lists_the_ballots_with_the_pairwise_matrix_of_a_ranked_one() -> None:
    """By both references, how many papers prefer the first; null for other methods."""
    ballots = {ballot["ballot"]: ballot for ballot in read_json(everything())["ballots"]}
    assert list(ballots["B4"]) == [
        "ballot",
        "method",
        "purpose",
        "secrecy",
        "electorate",
        "voters",
        "closed_at",
        "checksum",
        "items",
        "pairwise",
    ]
    assert ballots["B4"]["items"] == ["SSR-06", "SSR-07", "SSR-08"]
    assert ballots["B4"]["pairwise"]["SSR-06"] == {"SSR-07": 2, "SSR-08": 1}
    assert [label for label, ballot in ballots.items() if ballot["pairwise"] is not None] == ["B4"]
    assert (ballots["B1"]["secrecy"], ballots["B1"]["closed_at"]) == ("secret", "2014-10-24T15:30:00Z")


def test_markdown_gives_each_method_of_a_theme_a_table_of_its_own_and_the_matrix_another() -> None:
    """Figures that cannot be compared do not stand side by side, and no column is empty."""
    *tables, matrix = markdown_tables(render("markdown", everything()).decode())
    heads = [table[0][3:] for table in tables]
    assert heads == [
        ["For", "Against", "Abstain", "Outcome", "Consensus index", "Wilson lower bound"],
        ["Objections", "Notified", "Outcome"],
        ["Class", "Median agreement", "Middle half", "Ratings", "Share in 7–9", "Median importance"],
        ["Beats", "Beaten by", "Tied with"],
        ["Points", "Supporters"],
        ["Seat", "Elected by", "Approvals", "Represented so far"],
    ]
    for table in tables:
        assert all(any(row[place] for row in table[1:]) for place in range(len(table[0])))
    assert tables[2][1][3:] == ["supported, consensus", "8", "7.5 to 8.5", "3", "1.000", "6.5"]
    assert matrix == [
        ["", "SSR-06", "SSR-07", "SSR-08"],
        ["SSR-06", "", "2", "1"],
        ["SSR-07", "1", "", "1"],
        ["SSR-08", "1", "1", ""],
    ]


def test_markdown_says_every_result_by_its_method_in_words() -> None:
    """Verdict, who took part, hands, those who stood aside, and each group's part."""
    text = render("markdown", everything()).decode()
    for said in (
        "Carried: 4 for, 1 against, 0 abstaining. 5 of 9 entitled to vote did so.",
        "Shown in the room: 3 for, 1 against, 0 abstaining",
        "Silence broken by 1 objection. 9 people were notified.",
        "By constituency: EU: 1 objection",
        "Supported by consensus: median 8 from 3 ratings, importance 6.5. 3 of 9 entitled to vote did so.",
        "By constituency: EU: median 8 from 2 ratings; UN: median 8 from 1 rating",
        "By Schulze’s method: ranked 1 of 3, tied with SSR-08; it beats 1 and none beats it.",
        "By constituency: EU: ranked by 1 of 2; UN: ranked by 1 of 1",
        "5 points from 2 supporters. 2 of 8 entitled to vote did so.",
        "By constituency: EU: 4 points from 1; UN: 1 point from 1\n- 1 stood aside",
        "Seat 1 by the Method of Equal Shares: approved by 2 of 3.",
        "By constituency: EU: approved by 1 of 2; UN: approved by 1 of 1",
    ):
        assert said in text


def test_a_contested_and_an_indicative_result_say_so() -> None:
    """By whom it is contested, and that a straw poll decides nothing."""
    contested = replace(VOTED, contested=True, contested_by=("UN", "others"))
    text = render("markdown", report(contested)).decode()
    assert "Contested by UN and others." in text and "| carried, contested |" in text
    text = render("markdown", report(replace(VOTED, purpose=Purpose.INDICATIVE))).decode()
    assert "it informs and decides nothing" in text


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["markdown", "xlsx"])
def test_a_report_explains_the_methods_it_has_and_no_others(name: str, method: str) -> None:
    """Percentiles, winning votes, completion: whoever doubts a figure reads how it came about."""
    marks = {
        "support": "consensus index",
        "silence": "unless somebody objects",
        "rating": "linear interpolation",
        "ranked": "winning votes",
        "points": "did not spend",
        "shortlist": "sequential Phragmén completes the list",
    }
    rows = [row for row in everything().recommendations if row.method == method]
    raw = render(name, report(*rows))
    if name == "xlsx":
        text = "\n".join(str(line[0].value) for line in load_workbook(BytesIO(raw))["Summary"].iter_rows())
    else:
        text = raw.decode()
    assert {known for known, mark in marks.items() if mark in text.replace("|", "")} == {method}


def test_workbook_has_the_columns_of_the_methods_a_theme_met_and_no_empty_ones() -> None:
    """Support's counts not beside a theme of ratings; the chart draws the columns it means."""
    rated = [replace(row, theme="TRN", event="ROM") for row in everything().recommendations[3:5]]
    raw = render("xlsx", report(VOTED, *rated, replace(PLAIN, theme="SSR", event="BER")))
    book = load_workbook(BytesIO(raw))
    heads = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book.worksheets[1:]}
    assert not {"For", "Against", "Consensus index", "Contested"} & set(heads["ROM TRN"])
    assert {
        "Class",
        "Median agreement",
        "Unchanged since the last round",
        "Weighted kappa",
        "Stood aside",
    } <= set(heads["ROM TRN"])
    assert heads["BER SSR"] == [
        "Rank",
        "Reference",
        "Recommendation",
        "State",
        "Author",
        "Addressees",
        "Text",
        "Rationale",
    ]
    for sheet in book.worksheets[1:3]:
        for column in list(sheet.columns)[1:]:
            assert any(cell.value is not None for cell in column[1:]), (sheet.title, column[0].value)
    charts = [name for name in zipfile.ZipFile(BytesIO(raw)).namelist() if name.startswith("xl/charts/")]
    assert len(charts) == 1
    assert b"'ROM CAP'!$D$2<" in zipfile.ZipFile(BytesIO(raw)).read(charts[0])


def test_workbook_gives_the_matrix_of_a_ranked_ballot_a_sheet_of_its_own() -> None:
    """Numbers, with nothing on the diagonal."""
    sheet = load_workbook(BytesIO(render("xlsx", everything())))["B4 pairs"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)] == [
        [None, "SSR-06", "SSR-07", "SSR-08"],
        ["SSR-06", None, 2, 1],
        ["SSR-07", 1, None, 1],
        ["SSR-08", 1, 1, None],
    ]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_takes_a_ballot_of_sixty_in_order_of_preference(name: str) -> None:
    """The widest matrix there can be, all of them tied."""
    rows = rows_of("ranked", [], number=1, first=1, items=60)
    ballot = BallotSummary(
        label="B1",
        method="ranked",
        purpose=Purpose.DECISIVE,
        secrecy=Secrecy.SECRET,
        electorate=9,
        voters=0,
        closed_at=MOMENT,
        checksum=None,
        items=tuple(row.reference for row in rows),
        pairwise={row.reference: row.figures.pairwise for row in rows},
    )
    assert render(name, report(*rows, ballots=(ballot,)))


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
