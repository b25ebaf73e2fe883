"""Records of arguments and drafting histories as files, read back by somebody else's reader."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from html import unescape
from io import BytesIO, StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from reports import FORMATS
from reports.kinds import ARGUMENTS, DRAFTING, KINDS
from reports.models.arguments import ARGUMENT_FIELDS, ArgumentLine, ArgumentsReport
from reports.models.drafting import AmendmentLine, DraftedLine, DraftingReport, KinLine, VersionLine
from reports.neutral import legible, markdown_quoted
from reports.text.changes import markdown_change
from seminar.differences import difference
from seminar.model import AmendmentStatus, ArgumentStatus, Change, Kinship, Stance, State
from seminar.wording import Wording, changes
from seminar.words import t
from tests.reports.report_sample import EVENTS, HEAD, MOMENT
from tests.reports.test_export_formats import FORMULA, HOSTILE

ARGUMENT = ArgumentLine(
    event="ROM",
    theme="CAP",
    reference="CAP-01",
    title="Structured co-operation in planning",
    number=1,
    stance=Stance.FOR,
    text="It saves a month.",
    who=t("a participant"),
    constituency="UN",
    status=ArgumentStatus.STANDS,
    reason=None,
    link="https://discord.com/channels/1/2/3",
    at=MOMENT,
)
OLD = Wording("Plan together", "Plan missions together from the first day.", "", ("DPKO",))
NEW = Wording("Plan together", "Plan missions together, from the first week.", "It helps.", ("DPKO", "CMPD"))
VERSION = VersionLine(1, MOMENT, "Ana", Change.ORIGINAL, "", None, OLD, {})
SECOND = VersionLine(2, MOMENT, "Ben", Change.SUBSTANTIVE, "Too early.", 1, NEW, changes(OLD, NEW))
AMENDMENT = AmendmentLine(
    number=1,
    at=MOMENT,
    who="Ben",
    status=AmendmentStatus.ACCEPTED,
    conflicting=False,
    base=1,
    reason="Too early.",
    decision="Agreed.",
    decided_at=MOMENT,
    seconds=2,
    version=2,
    changes=changes(OLD, NEW),
)
DRAFTED = DraftedLine(
    event="ROM",
    theme="CAP",
    reference="CAP-01",
    title="Plan together",
    state=State.ADMITTED,
    lineage=(
        KinLine(Kinship.MERGED, "CAP-02", onwards=False, undone=True),
        KinLine(Kinship.SPLIT, "CAP-03", onwards=True, undone=False),
    ),
    versions=(VERSION, SECOND),
    amendments=(AMENDMENT,),
)
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("strikethrough").enable("table")


def arguments(*lines: ArgumentLine) -> ArgumentsReport:
    return ArgumentsReport("Initiative", MOMENT, HEAD, "Europe/Brussels", EVENTS, lines)


def drafting(*lines: DraftedLine) -> DraftingReport:
    return DraftingReport("Initiative", MOMENT, HEAD, "Europe/Brussels", EVENTS, lines)


def hostile_arguments() -> ArgumentsReport:
    """An argument for each nasty text, which stands in each of its text fields."""
    made = replace(ARGUMENT, status=ArgumentStatus.SET_ASIDE)
    return arguments(
        *(
            replace(made, number=place, title=text, text=text, who=text, reason=text, link=text)
            for place, text in enumerate(HOSTILE, start=1)
        )
    )


def hostile_drafting() -> DraftingReport:
    """A recommendation for each nasty text, which replaces a plain one in every field."""
    return drafting(
        *(
            replace(
                DRAFTED,
                reference=f"CAP-{place:02}",
                title=text,
                versions=(
                    VERSION,
                    replace(
                        SECOND,
                        who=text,
                        reason=text,
                        wording=(made := Wording(text, text, text, (text,))),
                        changes=changes(OLD, made),
                    ),
                ),
                amendments=(
                    replace(AMENDMENT, who=text, reason=text, decision=text, changes=changes(OLD, made)),
                ),
            )
            for place, text in enumerate(HOSTILE, start=1)
        )
    )


def test_each_kind_is_offered_in_the_formats_that_can_write_it() -> None:
    """A history does not fit a table of one kind of rows."""
    assert set(KINDS[ARGUMENTS].formats) == {"csv", "json", "markdown", "xlsx"}
    assert set(KINDS[DRAFTING].formats) == {"json", "markdown", "xlsx"}
    assert "1 argument on record" in str(KINDS[ARGUMENTS].counted(1))
    assert "2 recommendations" in str(KINDS[DRAFTING].counted(2))


@pytest.mark.parametrize("name", sorted(KINDS[ARGUMENTS].formats))
def test_an_empty_record_is_a_file(name: str) -> None:
    """For people with a sentence that says so; the same report is the same file, whatever the time."""
    data = FORMATS[name].render(arguments(), str)
    assert data == FORMATS[name].render(arguments(), str)
    if name == "markdown":
        assert "There are no arguments on record yet." in data.decode()
    if name in KINDS[DRAFTING].formats:
        assert FORMATS[name].render(drafting(), str)


def test_csv_is_one_row_an_argument_and_nothing_in_it_is_a_formula() -> None:
    """Read by Python's own reader."""
    withdrawn = replace(ARGUMENT, number=2, status=ArgumentStatus.WITHDRAWN, text=None, link=None)
    text = FORMATS["csv"].render(arguments(ARGUMENT, withdrawn), str).decode()
    first, second = csv.DictReader(StringIO(text, newline=""))
    assert tuple(first) == ARGUMENT_FIELDS
    assert first["who"] == "a participant" and first["at"] == "2014-10-24T15:30:00Z"
    assert (second["status"], second["text"], second["link"]) == ("withdrawn", "", "")
    hostile = FORMATS["csv"].render(hostile_arguments(), str).decode()
    for row in csv.DictReader(StringIO(hostile, newline="")):
        for cell in row.values():
            assert not re.match(r"[\s\u200b\ufeff]*[=+\-@\t]", cell), cell


def test_json_has_the_words_exactly_and_each_difference_in_pieces() -> None:
    """Old and new text can be put together from them again."""
    (one,) = json.loads(FORMATS["json"].render(drafting(DRAFTED), str))["recommendations"]
    assert one["lineage"][1] == {
        "kind": "split",
        "direction": "into",
        "reference": "CAP-03",
        "undone": False,
    }
    assert list(one["versions"][1]["difference"]) == ["text", "rationale", "addressees"]
    pieces = one["amendments"][0]["difference"]["text"]
    assert "".join(piece["text"] for piece in pieces if piece["mark"] != "added") == OLD.text
    assert "".join(piece["text"] for piece in pieces if piece["mark"] != "removed") == NEW.text
    read = json.loads(FORMATS["json"].render(hostile_arguments(), str))["arguments"]
    assert [line["text"] for line in read] == list(HOSTILE)


def test_markdown_reads_as_a_history() -> None:
    """Theme by theme, each version with what it changed and why."""
    text = FORMATS["markdown"].render(drafting(DRAFTED), str).decode()
    for part in (
        "## ROM · Rome seminar\n\n### CAP · Military capabilities\n\n#### CAP-01 · Plan together",
        "- Takes in CAP-02. This was undone.\n- Split into CAP-03.",
        "**Version 2, substantive change, by Ben, 2014-10-24 17:30**",
        "- From amendment 1.\n- Reason: Too early.",
        "> Plan missions ~~together~~ **together,** from the first ~~day~~ **week**.",
        "Rationale:\n\n> **It helps.**",
        "Addressees:\n\n> ~~DPKO~~ **DPKO, CMPD**",
        "**Amendment 1 to version 1, by Ben, 2014-10-24 17:30**",
        "- Status: accepted\n- Decided on 2014-10-24 17:30.\n- It became version 2.\n- Seconded by 2 people.",
        f"Head of the ledger: {HEAD}",
    ):
        assert part in text, part
    text = FORMATS["markdown"].render(arguments(ARGUMENT), str).decode()
    assert "**1 · argument for by a participant (UN), 2014-10-24 17:30**\n\n> It saves a month." in text
    assert "Message: <https://discord.com/channels/1/2/3>" in text


def test_hostile_text_is_no_markup() -> None:
    """Neither in a quotation nor in a difference: no link, no HTML, no heading that is not the file's own."""
    for kind in (hostile_arguments(), hostile_drafting()):
        html = MARKDOWN.render(FORMATS["markdown"].render(kind, str).decode())
        tags = set(re.findall(r"<(/?[a-zA-Z0-9]+)", html))
        allowed = {"h1", "h2", "h3", "h4", "p", "ul", "li", "blockquote", "strong", "s", "br", "hr"}
        assert {tag.strip("/") for tag in tags} <= allowed, tags
        assert "\u202e" not in html and "\x1b" not in html
        assert html.count("<h4>") == len(set(re.findall(r"CAP-\d\d · ", html)))


def test_workbooks_hold_text_and_no_formula() -> None:
    """Differences are in runs: what was removed struck out, what was added bold, and both marked by signs."""
    for kind in (hostile_arguments(), hostile_drafting()):
        book = load_workbook(BytesIO(FORMATS["xlsx"].render(kind, str)))
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" and cell.hyperlink is None
                    assert not str(cell.value or "").startswith(("=", "+", "-", "@")), cell.coordinate
    book = load_workbook(BytesIO(FORMATS["xlsx"].render(drafting(DRAFTED), str)), rich_text=True)
    assert book.sheetnames == ["Summary", "Versions", "Amendments", "Lineage"]
    versions = book["Versions"]
    head = [cell.value for cell in versions[1]]
    cell = versions.cell(3, head.index("Difference from the version before") + 1).value
    looks = {run.text: (run.font.b, run.font.strike) for run in cell if not isinstance(run, str)}
    assert looks["[−day]"] == (False, True) and looks["[+week]"] == (True, None)
    assert str(cell).startswith("Text: Plan missions together[+,] from the first [−day][+week].\nRationale: ")
    assert [cell.value for cell in book["Lineage"][2]][3:] == ["Takes in CAP-02.", "yes"]
    assert [cell.value for cell in book["Amendments"][2]][6:10] == ["accepted", 2, 1, 2]
    long = replace(SECOND, changes={"text": difference("", FORMULA * 2000)})
    data = FORMATS["xlsx"].render(drafting(replace(DRAFTED, versions=(VERSION, long))), str)
    assert load_workbook(BytesIO(data))["Versions"].max_row == 3


def _seen(html: str, without: str) -> str:
    """What a reader sees of it, words marked `without` left out; white space makes no difference."""
    kept = re.sub(f"<{without}>.*?</{without}>", "", html, flags=re.DOTALL)
    return "".join(unescape(re.sub(r"<[^>]+>", "", kept)).split())


LETTERS = "plan|mission|día|漢字| |  |\n|\n\n|\u202e"
SIGNS = ",|.|*|**|~~|_|`|(|)|- |1. |# |> |[x](y)|<b>|&amp;|\\|=|---|+|$|!"
WORDS = st.lists(st.sampled_from([*LETTERS.split("|"), *SIGNS.split("|"), "|"]), max_size=12).map("".join)


@settings(max_examples=300, deadline=None)
@given(WORDS, WORDS)
@example("word", "word,")
@example("(a) b", "[a] b")
@example("one two", "one\n- two")
@example("a**b", "a~~b")
@example(".plan", "plan,")
def test_a_difference_reads_as_old_and_new_text(old: str, new: str) -> None:
    """By any reader of Markdown: without what is bold it is the old text, without what is struck the new."""
    html = MARKDOWN.render(markdown_quoted(markdown_change(difference(old, new))))
    assert _seen(html, "strong") == "".join(legible(old).split())
    assert _seen(html, "s") == "".join(legible(new).split())
