"""PDF files of documents: what an independent reader finds in them."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import FORMATS, fonts
from reports.charts.picture import Drawing
from reports.compose import written as composed
from reports.document import (
    Block,
    Col,
    Document,
    Facts,
    Figure,
    Heading,
    Listing,
    Look,
    PageBreak,
    Paragraph,
    Quote,
    Table,
)
from reports.neutral import one_line
from reports.pdf.blocks import contents_depth
from reports.pdf.tables import column_widths
from reports.to_pdf import draw, missing_from
from tests.reports import document_sample as sample
from tests.reports.pdf_reading import elements, reader, squeezed, text_of_pdf
from tests.reports.report_sample import VOTED, report

PAGE = r"Page\d+of\d+"


def document(*blocks: Block, **fields: Any) -> Document:
    """A small document of these blocks."""
    plain = sample.sample("plain")
    return replace(plain, blocks=blocks, **fields)


@pytest.fixture(scope="module")
def rich() -> Document:
    """Every block, with every nasty text in it."""
    return sample.sample()


@pytest.fixture(scope="module")
def pdf(rich: Document) -> bytes:
    """The same, drawn."""
    return draw(rich, str)


def test_every_text_of_a_document_is_in_the_file(rich: Document, pdf: bytes) -> None:
    """Nothing is read as markup, and nothing is lost but what no font has, which a mark stands for."""
    found = text_of_pdf(pdf, re.escape(squeezed(rich.header)), PAGE)
    elsewhere = {block.drawing.alt for block in rich.blocks if isinstance(block, Figure)}
    elsewhere |= {rich.cover.logo_alt, rich.header}
    for text in rich.texts():
        if text in elsewhere or any(fonts.reads_right_to_left(line) for line in text.split("\n")):
            continue  # see the tests of structure, of pages, and of text from the right
        assert squeezed(fonts.drawable(text)) in found, text


def test_text_from_the_right_is_there_letter_by_letter(pdf: bytes) -> None:
    """Whichever way the reader turns it."""
    found = text_of_pdf(pdf)
    for text in (sample.ARABIC, sample.HEBREW):
        assert set(squeezed(text)) <= set(found)


def test_a_document_says_what_it_is_to_those_who_hear_it_read(rich: Document, pdf: bytes) -> None:
    """It is tagged, in a language, with a title that a window shows, and says that it is PDF/UA-1."""
    opened = reader(pdf)
    root: Any = opened.root_object
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf has an object of its own for it
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert opened.metadata is not None and opened.metadata.title == rich.cover.title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()


def test_headings_are_bookmarks_in_order_and_none_skips_a_level(rich: Document, pdf: bytes) -> None:
    """Whatever levels the document asks for."""
    opened = reader(pdf)
    wanted = [fonts.drawable(block.text) for block in rich.blocks if isinstance(block, Heading)]
    flat: list[str] = []

    def walk(items: list[Any]) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item)
            else:
                flat.append(str(item.title).replace("\u200b", ""))

    walk(opened.outline)
    assert flat[-len(wanted) :] == wanted
    roles = [int(role[2:]) for role, _ in elements(pdf) if re.fullmatch(r"/H\d", role)]
    assert roles[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(roles))


def test_skipped_levels_are_made_good() -> None:
    """A document that begins with a heading of level 3 can be written too."""
    levels = [role for role, _ in elements(draw(document(Heading(3, "A", "a"), Heading(4, "B", "b")), str))]
    assert [role for role in levels if role.startswith("/H")] == ["/H1", "/H1", "/H2"]  # contents first


def test_tables_have_headers_and_charts_their_alternatives(rich: Document, pdf: bytes) -> None:
    """Every chart and the logo are told in words, every table has a header row."""
    found = list(elements(pdf))
    told = [str(element["/Alt"]) for role, element in found if role == "/Figure"]
    charts = [block.drawing.alt for block in rich.blocks if isinstance(block, Figure)]
    assert told == [rich.cover.logo_alt, *(fonts.drawable_lines(alt) for alt in charts)]
    tables = [block for block in rich.blocks if isinstance(block, Table)]
    roles = [role for role, _ in found]
    assert roles.count("/Table") == roles.count("/THead") == len(tables)
    assert roles.count("/TH") == sum(len(table.columns) for table in tables)
    assert roles.count("/BlockQuote") == sum(isinstance(block, Quote) for block in rich.blocks)


def test_pages_are_headed_and_numbered_as_the_document_says(rich: Document, pdf: bytes) -> None:
    """Every page but the cover, in the document's own pattern, and the reader's labels agree."""
    opened = reader(pdf)
    texts = [page.extract_text() for page in opened.pages]
    last = len(texts)
    assert not re.search(PAGE, squeezed(texts[0]))
    for place, text in enumerate(texts[1:], start=2):
        assert f"Page{place}of{last}" in squeezed(text)
        assert squeezed(text).startswith(squeezed(rich.header))
    assert opened.page_labels == [str(place) for place in range(1, last + 1)]
    french = draw(document(Paragraph("Un"), language="fr", page="{pages} pages, dont voici la {page}"), str)
    assert squeezed("3 pages, dont voici la 2") in squeezed(reader(french).pages[1].extract_text())
    root: Any = reader(french).root_object
    assert root["/Lang"] == "fr"


def test_the_contents_lead_to_their_pages(rich: Document, pdf: bytes) -> None:
    """Every line is a link."""
    links = [
        note.get_object()
        for page in reader(pdf).pages[1:3]
        for note in page.get("/Annots", [])
        if note.get_object()["/Subtype"] == "/Link"
    ]
    shown = [block for block in rich.blocks if isinstance(block, Heading) and block.level < 4]
    assert len(links) >= len(shown)


def test_contents_stay_a_contents() -> None:
    """Hundreds of recommendations are left to the bookmarks, and their chapters listed."""
    assert contents_depth([1, 2, 3, 3]) == 3
    assert contents_depth([1] + [2] * 50 + [3] * 500) == 2
    assert contents_depth([1] + [2] * 500) == 1
    assert contents_depth([1] * 500) == 1
    assert contents_depth([]) == 3


def test_all_fonts_are_in_the_file(pdf: bytes) -> None:
    """It looks and reads the same on a machine that has none of them."""
    seen = set()
    pages: Any = reader(pdf).pages
    for page in pages:
        for font in page["/Resources"].get("/Font", {}).values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            seen.add(str(descriptor["/FontName"]).split("+")[-1])
    assert {"NotoSans-Regular", "NotoSans-Bold", "DejaVuSans"} <= seen


def test_a_header_row_is_repeated_on_every_page_of_a_table() -> None:
    """Three pages of rows have three header rows to see, and one to hear."""
    long = draw(document(sample.ranking(120)), str)
    pages = [squeezed(page.extract_text()) for page in reader(long).pages[2:]]
    assert len(pages) == 3
    assert all("RankReferenceTitleForAgainstOutcome" in page for page in pages)
    assert [role for role, _ in elements(long)].count("/THead") == 1


def test_characters_without_a_glyph_are_named_at_the_end_and_to_whoever_asked() -> None:
    """By code and name, the rest by their number; Arabic and accents are no such characters."""
    written = document(Paragraph("维和 planning 🦄"), Quote(sample.ARABIC), Paragraph(sample.ACCENTS))
    assert missing_from(written) == ("维", "和", "🦄")
    found = text_of_pdf(draw(written, str))
    assert squeezed("U+7EF4 (CJK UNIFIED IDEOGRAPH-7EF4); ") in found
    assert squeezed("U+1F984 (UNICORN FACE).") in found
    assert "\ufffdplanning\ufffd" in found

    data, (remark,) = composed(FORMATS["pdf"], report(replace(VOTED, title="维 x")), str)
    assert data.startswith(b"%PDF") and "U+7EF4 维 (CJK" in str(remark)
    assert composed(FORMATS["pdf"], report(VOTED), str)[1] == ()
    many = document(Paragraph("".join(map(chr, range(0x4E00, 0x4E00 + 30)))))
    assert squeezed("; 10 others.") in text_of_pdf(draw(many, str))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no letter\n\u05b0 below", "\u25cc\u05b0"),  # a mark with nothing to stand on
        ("tabbed\t\u0301", "\u25cc\u0301"),
        ("sanah \u0601 2014", "\ufffd"),  # a format character that is seen
        ("order\ufeff of bytes", "order of bytes"),
    ],
)
def test_signs_that_the_typesetter_stumbles_over_are_helped(text: str, shown: str) -> None:
    """One of them in one text must not cost the whole document."""
    assert shown in fonts.drawable_lines(text)
    table = Table(text, (Col(text),), ((text,),))
    assert reader(draw(document(Heading(1, text, text), Paragraph(text), Quote(text), table), str)).pages


def test_the_same_document_is_the_same_file() -> None:
    """No clock and no chance is in it."""
    small = document(Heading(1, "A", "a"), Paragraph("b"))
    assert draw(small, str) == draw(small, str)


def test_a_document_of_nothing_is_a_cover_and_its_contents() -> None:
    """Without a title it is called by its header, or not at all."""
    empty = replace(sample.COVER, title="", subtitle="", facts=(), marks=(" ",), status="", logo_alt="")
    opened = reader(draw(document(cover=empty, header=""), str))
    assert opened.metadata is not None and opened.metadata.title == "–"
    for text in sample.HOSTILE:
        assert reader(draw(sample.hostile_cover(text), str)).pages


def test_a_row_longer_than_a_page_goes_on_on_the_next() -> None:
    """None of it is cut off."""
    words = [f"word{number}" for number in range(3000)]
    table = Table("Long", (Col("A"), Col("B", 3)), (("1", " ".join(words)), ("2", "after")))
    found = text_of_pdf(draw(document(table), str))
    assert all(word in found for word in (words[0], words[1500], words[-1], "after"))


def test_columns_keep_words_whole_where_there_is_room() -> None:
    """A narrow weight gives way to a long title; together they are as wide as the page."""
    table = Table(
        "Figures",
        (Col("Recommendations", 0.1, figures=True), Col("Text", 9), Col("x", 0)),
        (("1", "a", "b"),),
    )
    widths = column_widths(table, 450)
    assert sum(widths) == pytest.approx(450)
    assert widths[0] >= 15 * 0.6 * 8.5
    assert widths[1] > widths[0] > widths[2]
    crowded = Table("Words", tuple(Col("W" * 40) for _ in range(12)), (("W" * 40,) * 12,))
    assert sum(column_widths(crowded, 450)) == pytest.approx(450)
    assert column_widths(Table("None", (Col(""),), ()), 450) == [450]


def test_a_document_can_be_told_apart_from_its_templates() -> None:
    """What looks like typesetting in any place, the name of a file among them, stays what it is."""
    code = '#read("document.json") #sys.inputs $x$ <a> @a *b* \\ ` " /* */'
    drawing = Drawing("support.typ", sample.support_drawing(code).data, code)
    found = text_of_pdf(draw(document(Heading(1, code, code), Figure(drawing, code)), str))
    assert found.count(squeezed(code)) >= 3


texts = st.text(max_size=120)
blocks = st.one_of(
    st.builds(Heading, st.integers(1, 4), texts, texts),
    st.builds(Paragraph, texts, st.sampled_from(Look)),
    st.builds(Quote, texts),
    st.builds(Listing, st.lists(texts, max_size=3).map(tuple), st.booleans()),
    st.builds(Facts, st.lists(st.tuples(texts, texts), max_size=3).map(tuple)),
    st.builds(
        lambda caption, cells: Table(
            caption, (Col("A"), Col("B", 0.2, figures=True)), tuple((c, c) for c in cells)
        ),
        texts,
        st.lists(texts, max_size=3),
    ),
    st.just(PageBreak()),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(blocks, max_size=12), texts)
def test_any_document_can_be_written(made: list[Block], text: str) -> None:
    """No text, and no order of blocks, breaks the typesetter or the promise to those who hear it read."""
    cover = replace(sample.COVER, title=text, subtitle=text, status=text, facts=((text, text),))
    opened = reader(draw(document(*made, cover=cover, header=text, contents=text), str))
    assert opened.root_object["/MarkInfo"]
    assert one_line(opened.metadata.title if opened.metadata and opened.metadata.title else "")


def test_every_document_of_the_house_can_be_a_pdf() -> None:
    """The format is offered for all of them."""
    assert FORMATS["pdf"].render(report(VOTED), str).startswith(b"%PDF-1.7")
