"""Web pages, read back by html5lib as a browser would, and held to what can be checked of accessibility."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import reports.web
from reports.compose import COMPOSERS
from reports.contents import outline
from reports.document import Col, Document, Facts, Figure, Heading, Listing, Paragraph, Quote, Table
from reports.neutral import legible, one_line, paragraphs
from reports.to_html import FORMAT, draw
from seminar.words import Text
from tests.reports.accessible import contrast, faults, poor_contrasts, read, shown
from tests.reports.document_sample import (
    ARABIC,
    COVER,
    HOSTILE,
    LONG_WORD,
    big,
    hostile_cover,
    ranking,
    sample,
)

EMPTY = Document("en", COVER, "Contents", "Header", "Page {page} of {pages}", ())
STYLE = (Path(reports.web.__file__).parent / "page.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rich() -> Element:
    """The sample, drawn and read."""
    return read(draw(sample(), str))


def told(root: Element, path: str) -> list[str]:
    """The texts of the elements there."""
    return [shown(element) for element in root.findall(path)]


@pytest.mark.parametrize("document", [sample(), big(60, figures=False), EMPTY], ids=["rich", "big", "cover"])
def test_the_page_passes_the_accessibility_check(document: Document) -> None:
    """Language, headings, names, links, tables, alternatives, landmarks."""
    assert faults(draw(document, str)) == []


def test_every_colour_can_be_read_on_its_ground_by_day_and_by_night() -> None:
    """At least 4.5 to 1, also on the shaded rows of tables; the reckoning knows black on white."""
    assert round(contrast("#000000", "#ffffff")) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert poor_contrasts(STYLE) == []


def test_nothing_is_run_and_nothing_is_fetched(rich: Element) -> None:
    """No script, form or frame, every address within the page; and the page itself forbids all else."""
    tags = {str(element.tag) for element in rich.iter()}
    assert not tags & {"script", "iframe", "object", "embed", "form", "link", "base", "svg", "video", "audio"}
    for element in rich.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
        assert str(element.get("src", "data:image/")).startswith("data:image/")
        assert str(element.get("href", "#")).startswith("#")
    policy = rich.find("head/meta[@http-equiv='Content-Security-Policy']")
    style = rich.findtext("head/style") or ""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy is not None
    assert policy.get("content") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style and "@import" not in style


def test_cover_contents_and_text_stand_in_their_landmarks(rich: Element) -> None:
    """In the order they are read in."""
    assert told(rich, "body/header/h1") == [COVER.title]
    assert told(rich, "body/header/ul[@class='marks']/li") == list(COVER.marks)
    assert told(rich, "body/header/p[@class='status']") == [COVER.status]
    assert told(rich, "body/header/dl/div/dd")[-1] == "Rome, May 2014\nBerlin, July 2014"
    logo = rich.find("body/header/img")
    assert logo is not None and logo.get("alt") == COVER.logo_alt
    assert b64decode(str(logo.get("src")).partition(",")[2]) == COVER.logo
    assert rich.findtext("head/title") == f"{COVER.title} – {COVER.subtitle}"
    assert told(rich, "body/main/h2") == ["Foreword", "Military capabilities", "Method", "Nasty texts"]
    links = [(link.get("href"), shown(link)) for link in rich.iter("a")][1:]
    assert links == [(f"#{entry.key}", entry.text) for entry in outline(sample())]
    assert rich.find("body/nav/ol/li/ol/li/ol/li/a[@href='#cap-01-figures']") is not None


def test_tables_say_what_they_show_and_what_heads_what(rich: Element) -> None:
    """A wide one can be reached and moved by keys where the screen is narrow."""
    table = next(rich.iter("table"))
    expected = ranking(40)
    assert told(table, "caption") == [expected.caption]
    assert told(table, "thead/tr/th[@scope='col']") == [column.title for column in expected.columns]
    rows = [[shown(cell) for cell in row] for row in table.findall("tbody/tr")]
    assert rows == [list(row) for row in expected.rows]
    assert len(table.findall("tbody/tr/th[@scope='row']")) == 40
    assert [cell.get("class") for cell in table.findall("tbody/tr[1]/*")] == ["n", None, None, "n", "n", None]
    around = next(one for one in rich.iter("div") if one.find("table") is table)
    assert (around.get("tabindex"), around.get("role")) == ("0", "group")


def test_charts_are_pictures_that_hold_all_they_need(rich: Element) -> None:
    """Sound SVG within the address, in which nothing acts and which names nothing outside."""
    figures = [block for block in sample().blocks if isinstance(block, Figure)]
    images = [image for image in rich.iter("img") if "svg" in str(image.get("src"))]
    assert [image.get("alt") for image in images] == [legible(one.drawing.alt).strip() for one in figures]
    for image in images[:2]:
        svg = unquote(str(image.get("src")).removeprefix("data:image/svg+xml,"))
        root = ElementTree.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        names = {element.get("id") for element in root.iter()}
        used = [element.get("{http://www.w3.org/1999/xlink}href") for element in root.iter()]
        assert {str(name)[1:] for name in used if name} <= names
        assert not [element for element in root.iter() if "script" in str(element.tag)]
        assert image.get("width") == "500"


def test_nasty_texts_are_shown_as_they_were_written() -> None:
    """In headings, paragraphs, quotations, facts, lists, tables and captions; nothing in them is markup."""
    root = read(draw(sample(), str))
    for text in HOSTILE:
        whole = legible(text).strip("\n")
        assert one_line(text) in told(root, "body/main/h3")
        assert set(paragraphs(text)) <= set(told(root, "body/main/p"))
        assert set(paragraphs(text)) <= set(told(root, "body/main/blockquote/p"))
        assert whole in told(root, "body/main/dl/div/dd")
        assert whole in told(root, "body/main/ul/li")
        assert whole in told(root, "body/main/div/table/tbody/tr/td")
        assert one_line(text) in told(root, "body/main/figure/figcaption")


@pytest.mark.parametrize("text", HOSTILE)
def test_nasty_texts_can_stand_on_the_cover_in_title_style_and_alternatives(text: str) -> None:
    """The running head is a string within the style, which it cannot leave."""
    page = draw(hostile_cover(text), str)
    root = read(page)
    assert faults(page) == []
    assert root.findtext("head/title") == f"{one_line(text)} – {one_line(text)}"
    assert told(root, "body/footer/p") == [one_line(text)]
    (style,) = root.findall("head/style")
    quoted = re.search(r'@top-left \{ content: "([^"]*)"', style.text or "")
    assert quoted is not None
    read_back = re.sub(r"\\([0-9a-f]{6})", lambda found: chr(int(found[1], 16)), quoted[1])
    assert read_back == one_line(text)


def test_printed_pages_have_their_number_and_tables_their_header() -> None:
    """By the counters of the browser that prints, in the pattern's own words."""
    style = read(draw(replace(EMPTY, page="Seite {page}/{pages}"), str)).findtext("head/style") or ""
    assert 'content: "Seite " counter(page) "\\00002f" counter(pages) ""' in style
    assert "display: table-header-group" in style
    assert "@page :first" in style


def test_headings_leave_no_level_out_and_names_are_unique() -> None:
    """Whatever a document asks for: two of one anchor, one that is no name, a level skipped, no words."""
    blocks = (
        Heading(3, "Deep", "same"),
        Heading(1, "One", "same"),
        Heading(4, "", '1 é"><b>'),
        Heading(1, "Two", "_main"),
    )
    page = draw(replace(EMPTY, blocks=blocks), str)
    assert faults(page) == []
    names = [str(one.get("id")) for one in read(page).iter() if re.fullmatch("h[2-5]", str(one.tag))]
    assert names == ["_contents", "same", "same-2", "part-1-b", "part-_main"]


def test_words_too_long_for_a_column_may_break_but_never_within_a_letter() -> None:
    """A table is no wider for them, and its text is what it was."""
    joined = "e\u0301" * 40
    table = Table(
        "Long", (Col("Text"), Col("More")), ((LONG_WORD, joined), ("👨\u200d👩\u200d👧" * 20, ARABIC))
    )
    page = draw(replace(EMPTY, blocks=(table,)), str)
    assert [shown(cell) for cell in read(page).findall(".//tbody/tr/*")] == [
        cell for row in table.rows for cell in row
    ]
    assert page.decode().count("<wbr>") >= 6
    assert "<wbr>\u0301" not in page.decode() and "\u200d<wbr>" not in page.decode()


def test_the_words_of_the_page_itself_are_the_reader_s() -> None:
    """The link to the text is a message of the catalogue; the page says its language."""

    def french(text: Text | str) -> str:
        return {"Skip to the text": "Aller au texte"}.get(str(text), str(text))

    root = read(draw(replace(EMPTY, language="fr"), french))
    assert (root.get("lang"), told(root, "body/a")) == ("fr", ["Aller au texte"])


def test_it_is_offered_for_every_report_that_can_be_a_document() -> None:
    """By its name and extension; the same document is the same file."""
    assert (FORMAT.name, FORMAT.extension) == ("html", "html")
    assert set(FORMAT.renderers) == set(COMPOSERS)
    assert draw(sample(ARABIC), str) == draw(sample(ARABIC), str)


ANY_TEXT = st.one_of(
    st.text(),
    st.text(alphabet=st.sampled_from("<>&\"'`\t\n\r \x00\x0b{}$\\/-!a é😀א1(\u202e\ufffe\u0301\u200d")),
)


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT)
@example("</style><script>")
@example("<!--")
@example("a" * 30 + "\n\n\t")
def test_any_text_survives(text: str) -> None:
    """Character for character, once it is legible."""
    blocks = (
        Heading(1, text, text), Paragraph(text), Quote(text), Facts(((text, text),)), Listing((text,)),
        Table(text or "caption", (Col(text), Col("x")), ((text, text),)),
    )  # fmt: skip
    page = draw(Document("en", replace(COVER, title=text), text, text, text, blocks), str)
    root = read(page)
    whole = legible(text).strip("\n")
    assert told(root, "body/main/h2") == [one_line(text) or "–"]
    assert told(root, "body/main/blockquote/p") == paragraphs(text)
    assert told(root, "body/main/ul/li") == [whole]
    assert [shown(cell) for cell in root.findall("body/main/div/table/tbody/tr/*")] == [whole, whole]
