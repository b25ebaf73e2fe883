"""Word documents, read back as whoever opens them does, and by a plain XML parser."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import docx
import pytest
from docx.document import Document as WordFile
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.compose import COMPOSERS
from reports.contents import depth, outline
from reports.document import (
    Col,
    Document,
    Facts,
    Figure,
    Heading,
    Listing,
    PageBreak,
    Paragraph,
    Quote,
    Table,
)
from reports.neutral import legible, one_line, paragraphs
from reports.to_docx import FORMAT, draw
from tests.reports.document_sample import (
    ARABIC,
    COVER,
    HEBREW,
    HOSTILE,
    LONG_WORD,
    PROSE,
    big,
    hostile_cover,
    ranking,
    sample,
)

EMPTY = Document("en", COVER, "Contents", "Header", "Page {page} of {pages}", ())


@pytest.fixture(scope="module")
def rich() -> WordFile:
    """The sample, drawn and opened again."""
    return opened(sample())


def opened(document: Document) -> WordFile:
    """The document, drawn and opened again."""
    return docx.Document(BytesIO(draw(document, str)))


def parts(document: Document) -> dict[str, bytes]:
    """The files within the Word file."""
    with zipfile.ZipFile(BytesIO(draw(document, str))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def body(file: WordFile, name: str) -> list[Any]:
    """Every element of that name in the body."""
    return list(file.element.body.iter(qn(name)))


def told(file: WordFile, style: str) -> list[str]:
    """The texts of the paragraphs of a style, outside of tables."""
    return [one.text for one in file.paragraphs if one.style is not None and one.style.name == style]


def test_headings_are_headings_and_the_cover_has_a_title(rich: WordFile) -> None:
    """Word's own styles, so that its outline and every reader's find them."""
    assert told(rich, "Title") == [COVER.title]
    assert told(rich, "Subtitle") == [COVER.subtitle]
    assert told(rich, "Heading 1") == ["Foreword", "Military capabilities", "Method", "Nasty texts"]
    assert told(rich, "Heading 2")[0] == "CAP-01 · Structured co-operation in planning"
    assert told(rich, "Heading 3") == ["Every figure"]
    assert COVER.status in told(rich, "Cover Status")
    assert told(rich, "Cover Mark") == list(COVER.marks)
    assert "Seminars\tRome, May 2014\nBerlin, July 2014" in told(rich, "Facts")


def test_the_file_says_its_title_and_language_and_names_no_author(rich: WordFile) -> None:
    """Neither the program nor a machine's user stands for the authors."""
    properties = rich.core_properties
    assert (properties.title, properties.language) == (COVER.title, "en-GB")
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    (language,) = rich.styles.element.iter(qn("w:lang"))
    assert language.get(qn("w:val")) == "en-GB"
    french = opened(replace(EMPTY, language="fr"))
    assert french.core_properties.language == "fr-FR"
    long = opened(replace(EMPTY, cover=replace(COVER, title="x" * 300)))
    assert long.core_properties.title == "x" * 254 + "…"
    assert told(long, "Title") == ["x" * 300]


def test_the_file_was_made_when_the_document_was_and_not_when_it_was_written() -> None:
    """In universal time, as such files have it; a document of no moment has none."""
    made = datetime(2014, 10, 24, 17, 30, tzinfo=ZoneInfo("Europe/Brussels"))
    properties = opened(replace(EMPTY, made=made)).core_properties
    assert properties.created == properties.modified == datetime(2014, 10, 24, 15, 30, tzinfo=UTC)
    assert opened(EMPTY).core_properties.created is None
    with zipfile.ZipFile(BytesIO(draw(EMPTY, str))) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_style_that_is_used_is_there_and_no_other_of_the_template(rich: WordFile) -> None:
    """A style that is not there would be ordinary text; a hundred that nobody uses hide those that are."""
    known = {style.style_id for style in rich.styles}
    (section,) = rich.sections
    for part in (rich.element, section.header._element, section.footer._element, rich.styles.element):
        for name in ("w:pStyle", "w:tblStyle", "w:basedOn", "w:next"):
            assert {one.get(qn("w:val")) for one in part.iter(qn(name))} <= known
    assert len(known) < 40
    assert b"python-docx" not in b"".join(parts(sample()).values())


def test_the_contents_are_a_field_that_is_filled_already() -> None:
    """Word works out the pages; other readers still have every heading, as a link that leads there."""
    document = sample()
    file = opened(document)
    (instruction,) = [one.text for one in body(file, "w:instrText")]
    assert instruction.split() == ["TOC", "\\o", '"1-3"', "\\h", "\\z", "\\u"]
    kinds = [one.get(qn("w:fldCharType")) for one in body(file, "w:fldChar")]
    assert kinds == ["begin", "separate", "end"]
    assert body(file, "w:fldChar")[0].get(qn("w:dirty")) == "true"
    links = body(file, "w:hyperlink")
    assert ["".join(one.text for one in link.iter(qn("w:t"))) for link in links] == [
        entry.text for entry in outline(document)
    ]
    marks = {one.get(qn("w:name")) for one in body(file, "w:bookmarkStart")}
    assert [link.get(qn("w:anchor")) for link in links] == sorted(marks)


def test_a_long_report_lists_chapters_and_not_every_recommendation() -> None:
    """A table of contents of forty pages helps nobody."""
    document = big(200, figures=False)
    assert depth(outline(document)) == 1
    file = opened(document)
    assert len(body(file, "w:hyperlink")) == 10
    assert len(body(file, "w:bookmarkStart")) == 210


def test_pages_have_a_header_and_their_number_of_all_but_the_cover() -> None:
    """Fields, around which the pattern's own words stand, in its order."""
    file = opened(replace(EMPTY, page="{pages} pages, this is {page}."))
    (section,) = file.sections
    assert section.different_first_page_header_footer
    assert section.header.paragraphs[0].text == "Header"
    assert not section.first_page_header.paragraphs[0].text
    footer = section.footer.paragraphs[0]
    assert [one.text.strip() for one in footer._p.iter(qn("w:instrText"))] == ["NUMPAGES", "PAGE"]
    assert footer.text == "1 pages, this is 1."
    assert section.page_width is not None and section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_tables_repeat_their_header_keep_rows_whole_and_put_figures_to_the_right(rich: WordFile) -> None:
    """What a reader needs on the second page, and whoever hears the table."""
    table = rich.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == [
        "Rank",
        "Reference",
        "Title",
        "For",
        "Against",
        "Outcome",
    ]
    assert len(table.rows) == 41
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == ranking(1).caption
    assert ranking(1).caption in told(rich, "Table Caption")
    rows = list(table._tbl.tr_lst)
    assert [row.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in rows] == [True] + [
        False
    ] * 40
    assert all(row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in rows)
    aligned = [cell.paragraphs[0].alignment for cell in table.rows[1].cells]
    assert [alignment is not None for alignment in aligned] == [True, False, False, True, True, False]
    assert table.style is not None and table.style.name == "Report Table"


def test_columns_fill_the_page_by_weight_but_leave_words_whole(rich: WordFile) -> None:
    """Sixteen centimetres altogether; “Against” has room for its letters although it has little weight."""
    for table in rich.tables:
        assert sum(column.width or 0 for column in table.columns) == 9072 * 635
    widths = [round((column.width or 0) / 635) for column in rich.tables[0].columns]
    assert widths[4] >= 7 * 110
    assert max(widths) == widths[2]


def test_a_table_too_wide_for_its_words_still_fits_the_page() -> None:
    """Twenty columns of long words share what there is."""
    columns = tuple(Col(LONG_WORD) for _ in range(20))
    (table,) = opened(replace(EMPTY, blocks=(Table("Wide", columns, ((LONG_WORD,) * 20,)),))).tables
    assert sum(column.width or 0 for column in table.columns) == 9072 * 635


def test_a_row_longer_than_a_page_may_be_split() -> None:
    """It would be cut off otherwise."""
    table = Table("Long", (Col("Text"),), ((PROSE * 20,), (PROSE,)))
    (shown,) = opened(replace(EMPTY, blocks=(table,))).tables
    assert [row.find(qn("w:trPr")) is None for row in shown._tbl.tr_lst] == [False, True, False]


def test_charts_and_logo_have_text_alternatives_and_fit_the_page(rich: WordFile) -> None:
    """A logo nobody described is marked as decoration."""
    described = [one.get("descr") for one in body(rich, "wp:docPr")]
    assert described[0] == COVER.logo_alt
    figures = [block for block in sample().blocks if isinstance(block, Figure)]
    assert described[1:] == [legible(figure.drawing.alt).strip() for figure in figures]
    assert len({one.get("id") for one in body(rich, "wp:docPr")}) == len(described)
    assert all(shape.width <= 9072 * 635 for shape in rich.inline_shapes)
    assert figures[0].caption in told(rich, "Caption")
    (plain,) = body(opened(replace(EMPTY, cover=replace(COVER, logo_alt=""))), "wp:docPr")
    assert "decorative" in plain.xml and 'descr=""' in plain.xml


def test_every_numbered_list_begins_at_one(rich: WordFile) -> None:
    """Each has a numbering of its own, which starts anew."""
    items = [one for one in rich.paragraphs if one.style is not None and one.style.name == "List Number"]
    numbers = [int(one._p.find(f".//{qn('w:numId')}").get(qn("w:val"))) for one in items]
    assert numbers[:5] == [3, 3, 3, 4, 4]
    known = {one.numId: one for one in rich.part.numbering_part.element.num_lst}
    assert set(numbers) <= set(known)
    assert all(known[number].find(f".//{qn('w:startOverride')}") is not None for number in numbers)


def test_a_page_break_is_the_next_paragraph_s_own() -> None:
    """No empty paragraph stands at the head of the page, and two breaks are one."""
    document = replace(
        EMPTY, blocks=(Paragraph("one"), PageBreak(), PageBreak(), ranking(1), Paragraph("two"))
    )
    file = opened(document)
    broken = [one.text for one in file.paragraphs if one.paragraph_format.page_break_before]
    assert broken == ["one", ranking(1).caption]


def test_what_introduces_a_table_stays_with_it() -> None:
    """The last of its paragraphs; a label does by its style, and ordinary text need not."""
    document = replace(
        EMPTY, blocks=(Paragraph("one\n\ntwo"), ranking(1), Paragraph("three"), Paragraph("four"))
    )
    kept = {one.text: one.paragraph_format.keep_with_next for one in opened(document).paragraphs[-7:]}
    assert (kept["one"], kept["two"], kept["three"], kept["four"]) == (None, True, None, None)


def test_text_from_the_right_is_set_from_the_right() -> None:
    """The paragraph, and within one from the left the words that are."""
    mixed = f"They said {HEBREW}, and agreed."
    file = opened(replace(EMPTY, blocks=(Paragraph(ARABIC), Paragraph(mixed), Paragraph("plain"))))
    arabic, both, plain = file.paragraphs[-3:]
    assert arabic._p.find(f".//{qn('w:bidi')}") is not None
    assert all(run.font.rtl for run in arabic.runs)
    assert both._p.pPr is None
    assert [(run.text, bool(run.font.rtl)) for run in both.runs] == [
        ("They said ", False),
        ("שיתוף פעולה", True),
        (" (UN) 2014, and agreed.", False),
    ]
    assert both.text == mixed
    assert plain._p.find(f".//{qn('w:rtl')}") is None


def test_nasty_texts_come_back_as_they_were_and_every_part_is_sound_xml() -> None:
    """In headings, paragraphs, quotations, facts, lists, tables, captions and alternatives."""
    document = sample()
    for name, content in parts(document).items():
        if not name.endswith(".png"):
            ElementTree.fromstring(content)
    file = opened(document)
    shown = "\n".join(one.text for one in file.paragraphs)
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    for text in HOSTILE:
        assert one_line(text) in told(file, "Heading 2")
        assert all(part in shown for part in paragraphs(text))
        assert legible(text).strip("\n") in told(file, "List Bullet")
        assert legible(text).strip("\n") in cells
    assert not body(file, "w:fldSimple")
    assert len(body(file, "w:instrText")) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_nasty_texts_can_stand_on_the_cover_in_header_and_properties(text: str) -> None:
    """Where they are attributes and properties too."""
    file = opened(hostile_cover(text))
    assert file.core_properties.title == one_line(text)
    assert told(file, "Title") == [one_line(text)]
    assert file.sections[0].header.paragraphs[0].text == one_line(text)
    assert body(file, "wp:docPr")[0].get("descr") == legible(text).strip()


def test_the_same_document_is_the_same_file() -> None:
    """It reads no clock, and pictures that are the same are stored once."""
    document = big(40)
    assert draw(document, str) == draw(document, str)
    twice = replace(document, blocks=document.blocks * 2)
    assert len([name for name in parts(twice) if name.endswith(".png")]) == len(
        [name for name in parts(document) if name.endswith(".png")]
    )


def test_a_document_of_nothing_but_a_cover_has_no_contents() -> None:
    """An empty list under a heading would be a fault."""
    assert "Contents" not in [one.text for one in opened(EMPTY).paragraphs]


def test_it_is_offered_for_every_report_that_can_be_a_document() -> None:
    """By its name and extension."""
    assert (FORMAT.name, FORMAT.extension) == ("docx", "docx")
    assert set(FORMAT.renderers) == set(COMPOSERS)


ANY_TEXT = st.one_of(
    st.text(), st.text(alphabet=st.sampled_from("<>&\"'\t\n\r \x00\x0b{}]a é😀א1(\u202e\ufffe"))
)


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT)
@example("\ud800]]>")
@example("\n\n a \n \n b\t")
def test_any_text_survives(text: str) -> None:
    """Character for character, once it is legible."""
    blocks = (
        Heading(1, text, text), Paragraph(text), Quote(text), Facts(((text, text),)), Listing((text,)),
        Table(text, (Col(text),), ((text,),)),
    )  # fmt: skip
    file = opened(replace(EMPTY, blocks=blocks))
    assert told(file, "Heading 1") == [one_line(text) or "–"]
    assert told(file, "Quote") == paragraphs(text)
    assert told(file, "List Bullet") == [legible(text).strip("\n")]
    assert file.tables[0].cell(1, 0).text == legible(text).strip("\n")
    assert told(file, "Table Caption") == [one_line(text)]
