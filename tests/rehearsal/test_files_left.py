"""What the default rehearsal leaves, opened by readers that are not ours and held against its store."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import docx
import html5lib
import openpyxl
import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from reports import FORMATS
from reports.kinds import KINDS
from tests.reports.pdf_reading import reader, squeezed, text_of_pdf

pytestmark = pytest.mark.thorough

SCHEMAS = Path(__file__).parents[2] / "reports" / "schemas"
FILES = [(kind.name, form) for kind in KINDS.values() for form in kind.formats]
PROSE = [(kind, form) for kind, form in FILES if form in ("docx", "pdf", "html", "markdown")]


def _rows(rome: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{rome / 'rapporteur.db'}?immutable=1", uri=True)) as store:
        return store.execute(query).fetchall()


def _file(rome: Path, kind: str, form: str) -> Path:
    return rome / f"{kind}.{FORMATS[form].extension}"


def _of_docx(path: Path) -> str:
    document = docx.Document(str(path))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def _of_pdf(path: Path) -> str:
    return text_of_pdf(path.read_bytes())


def _of_html(path: Path) -> str:
    tree = html5lib.parse(path.read_bytes(), namespaceHTMLElements=False)
    body = tree.find("body")
    assert body is not None
    return "\n".join(body.itertext())


def _of_markdown(path: Path) -> str:
    tokens = MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8"))
    return "\n".join(
        child.content for token in tokens for child in token.children or () if child.type == "text"
    )


READERS: Mapping[str, Callable[[Path], str]] = {
    "docx": _of_docx,
    "pdf": _of_pdf,
    "html": _of_html,
    "markdown": _of_markdown,
}


def _counts(rome: Path, where: str) -> Iterator[tuple[str, str]]:
    """For each recommendation on a ballot for or against, `19 for, 0 against, 3 abstaining`."""
    for reference, figures in _rows(
        rome,
        "SELECT r.reference, t.figures FROM tallies t JOIN ballots b ON b.id = t.ballot_id"
        f" JOIN recommendations r ON r.id = t.recommendation_id WHERE b.method = 'support' AND {where}",
    ):
        found = json.loads(figures)
        yield reference, f"{found['for']} for, {found['against']} against, {found['abstain']} abstaining"


def _followed(rome: Path) -> list[tuple[Any, ...]]:
    return _rows(
        rome,
        "SELECT r.reference, f.entity, f.number, f.acceptance, f.implementation, f.due_on FROM follow_ups f"
        " JOIN recommendations r ON r.id = f.recommendation_id ORDER BY r.reference, f.entity, f.number",
    )


def _finals(rome: Path) -> dict[str, str]:
    """The final number of each final text, by its reference."""
    return dict(
        _rows(
            rome,
            "SELECT r.reference, 'R' || c.number FROM conference_items c"
            " JOIN recommendations r ON r.id = c.recommendation_id WHERE c.final_version IS NOT NULL",
        )
    )


def _expected(rome: Path, kind: str) -> Iterator[str]:
    """What a document of the kind must say, read from the store."""
    match kind:
        case "ranking":
            for reference, counts in _counts(rome, "b.id = r.last_ballot_id"):
                yield reference
                yield counts
        case "seminar-report":
            for reference, counts in _counts(rome, "b.event IN ('ROM', 'BER')"):
                yield reference
                yield counts
        case "conference-paper" | "final-report":
            for reference, counts in _counts(rome, "r.conference = 'BRU'"):
                yield reference
                yield counts
            yield from (f"{number} · {reference}" for reference, number in _finals(rome).items())
            yield from (text for (text,) in _rows(rome, "SELECT reason FROM conference_items") if text)
        case "follow-up":
            for _, _, _, acceptance, implementation, due in _followed(rome):
                yield from (acceptance, implementation, due or "")
        case "arguments":
            query = "SELECT text FROM contributions WHERE withdrawn_at IS NULL"
            yield from (text for (text,) in _rows(rome, query))
        case "drafting":
            yield from (text for (text,) in _rows(rome, "SELECT title FROM versions"))


@pytest.mark.parametrize("form", READERS)
def test_a_document_says_what_the_store_has(rome: Path, form: str) -> None:
    """References, counts, final numbers, reasons, states: nothing is lost on the way to a page."""
    for kind in (kind for kind, one in PROSE if one == form):
        said = squeezed(READERS[form](_file(rome, kind, form)))
        expected = [squeezed(one) for one in _expected(rome, kind)]
        assert expected
        # Markdown shows a difference by marks within the words: those of drafts are sought in other files.
        assert [one for one in expected if one not in said and kind != "drafting"] == [], kind


def test_json_keeps_to_its_published_schema_and_its_numbers_to_the_store(rome: Path) -> None:
    """As many of everything as there are."""
    for kind in (kind for kind, form in FILES if form == "json"):
        _hold_json(rome, kind)


def _hold_json(rome: Path, kind: str) -> None:
    told = json.loads(_file(rome, kind, "json").read_bytes())
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(told)
    counted = {
        "ranking": ("recommendations", "SELECT count(*) FROM recommendations"),
        "arguments": ("arguments", "SELECT count(*) FROM contributions"),
        "drafting": ("recommendations", "SELECT count(*) FROM recommendations"),
        "cast-votes": ("ballots", "SELECT count(*) FROM ballots WHERE status = 'closed'"),
        "conference-paper": ("recommendations", "SELECT count(*) FROM conference_items"),
        "final-report": ("recommendations", "SELECT count(*) FROM conference_items"),
        "follow-up": ("rows", "SELECT count(*) FROM follow_ups"),
    }
    if kind in counted:
        key, query = counted[kind]
        assert len(told[key]) == _rows(rome, query)[0][0]
    if kind == "final-report":
        numbers = {
            one["reference"]: one["number"] for one in told["recommendations"] if one["state"] == "finalised"
        }
        assert numbers == _finals(rome)
    head = _rows(rome, "SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1")[0][0]
    assert told["ledger_head"] == head


def test_csv_has_a_line_for_everything(rome: Path) -> None:
    """A vote, an argument, a recommendation, a text of the conference, a row of follow-up."""
    expected = {
        "ranking": "SELECT count(*) FROM recommendations",
        "cast-votes": "SELECT count(*) FROM cast_votes",
        "arguments": "SELECT count(*) FROM contributions",
        "final-report": "SELECT count(*) FROM conference_items",
        "follow-up": "SELECT count(*) FROM follow_ups",
    }
    assert set(expected) == {kind for kind, form in FILES if form == "csv"}
    for kind, query in expected.items():
        with _file(rome, kind, "csv").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) == _rows(rome, query)[0][0], kind


def test_workbooks_hold_the_figures_of_the_store(rome: Path) -> None:
    """Opened by another library, cell by cell."""
    for kind in (kind for kind, form in FILES if form == "xlsx"):
        book = openpyxl.load_workbook(_file(rome, kind, "xlsx"))
        cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
        references = {
            "final-report": "SELECT reference FROM recommendations WHERE conference IS NOT NULL",
            "follow-up": "SELECT r.reference FROM follow_ups f"
            " JOIN recommendations r ON r.id = f.recommendation_id",
            "arguments": "SELECT r.reference FROM contributions c"
            " JOIN recommendations r ON r.id = c.recommendation_id",
        }.get(kind, "SELECT reference FROM recommendations")
        assert {reference for (reference,) in _rows(rome, references)} <= cells, kind
        if kind == "follow-up":
            states = {state for row in _followed(rome) for state in row[3:5]}
            assert all(any(state in cell for cell in cells) for state in states)
        if kind == "final-report":
            assert set(_finals(rome).values()) <= cells


def test_what_is_to_be_printed_can_be_heard_as_well(rome: Path) -> None:
    """A PDF has its language, its structure and its headings; a page has one heading and texts for charts."""
    for kind in (kind for kind, form in PROSE if form == "pdf"):
        pdf = reader(_file(rome, kind, "pdf").read_bytes())
        root: Any = pdf.root_object
        assert root["/Lang"] == "en" and root["/MarkInfo"]["/Marked"]
        assert pdf.outline
    for kind in (kind for kind, form in PROSE if form == "html"):
        tree = html5lib.parse(_file(rome, kind, "html").read_bytes(), namespaceHTMLElements=False)
        assert len(tree.findall(".//h1")) == 1
        pictures = tree.findall(".//img")
        assert all(picture.get("alt") for picture in pictures)
        assert not tree.findall(".//script")


def test_no_file_names_anybody_under_the_chatham_house_rule(rome: Path) -> None:
    """Neither a person nor an organisation of the list stands in any document or record."""
    people = {name for (name,) in _rows(rome, "SELECT name FROM people WHERE name <> ''")}
    organisations = {name for (name,) in _rows(rome, "SELECT name FROM delegations")}
    assert "Kofi Amankwah" in people and organisations
    sought = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in sorted(people | organisations)]
    for kind, form in FILES:
        path = _file(rome, kind, form)
        if form in READERS and form != "pdf":
            text = READERS[form](path)
        elif form == "pdf":
            text = "\n".join(page.extract_text() for page in reader(path.read_bytes()).pages)
        elif form == "xlsx":
            book = openpyxl.load_workbook(path)
            text = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
        else:
            text = path.read_text("utf-8")
        assert [name.pattern for name in sought if name.search(text)] == [], (kind, form)
