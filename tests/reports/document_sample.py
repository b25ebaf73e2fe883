"""Documents to draw: one with every block and nasty texts, and one as big as is asked for."""

from __future__ import annotations

import zlib
from struct import pack

from reports.charts import palette
from reports.charts.picture import Drawing
from reports.document import (
    Block,
    Col,
    Cover,
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

LONG_WORD = "Peacekeepingpartnership" * 4 + "Abcdefgh"
TYPST = '#import "/etc/passwd" *bold* _x_ $x^2$ #(1 + 1) <label> @ref [content] // not a comment'
MARKDOWN = "**bold** _x_ [link](http://x.example) ![pic](http://x.example/p.png) `code` | cell | ~~no~~ # not"
HTML = "<script>alert('x')</script><img src=x onerror=alert(1)>&amp;&lt;b&gt; <b onclick=\"x\">bold</b>"
SPREADSHEET = '=HYPERLINK("http://x.example","click") +1+1 @SUM(A1) -2+3'
XML = "]]><!-- </w:t></w:r> --><?php 1 ?> <![CDATA[x]]> &#0; _x0041_ {PAGE} { TOC \\o }"
CONTROLS = "bell\x07 null\x00 escape\x1b[31m \ufffe half \ud83d \u202eevil\u202c form\x0cfeed"
EMOJI = "thumbs 👍🏽 family 👨\u200d👩\u200d👧 flag 🇪🇺"
ARABIC = "تعزيز التعاون بين الأمم المتحدة والاتحاد الأوروبي في عمليات حفظ السلام 2014."
HEBREW = "שיתוף פעולה (UN) 2014"
CHINESE = "加强联合国与欧盟在维和行动中的合作。"
GREEK = "Ενίσχυση της συνεργασίας ΟΗΕ και ΕΕ"
CYRILLIC = "Укрепление сотрудничества ООН и ЕС"
ACCENTS = "Coopération à l’œuvre: « façon » Štěpán Ångström Łódź ﬁ"
LINES = (
    "first line\r\nsecond line\n\n\nafter empty lines\n  indented\n\ttabbed\n"
    "- item\n1. one\n    code\n```\n===\n"
)
HOSTILE = (
    LONG_WORD, TYPST, MARKDOWN, HTML, SPREADSHEET, XML, CONTROLS, EMOJI,
    ARABIC, HEBREW, CHINESE, GREEK, CYRILLIC, ACCENTS, LINES,
)  # fmt: skip
"""Texts that somebody's format might take for something else, or cannot show."""

TITLE = "Strengthening EU-UN peacekeeping partnerships"
PROSE = (
    "The United Nations and the European Union should establish a standing arrangement for planning, in "
    "place of ad hoc contacts, so that the capabilities of both are known to each other before they are "
    "needed, and missions that follow one another hand over in good order."
)
ALT = "Votes on recommendations\nCAP-01: 9 for, 2 against, 1 abstaining; carried.\nCAP-02: 3 for, 8 against."


def support_drawing(*titles: str) -> Drawing:
    """A chart of made-up votes on recommendations of these titles."""
    rows = [
        {
            "reference": f"CAP-{place:02}",
            "title": title,
            "rtl": False,
            "votes": (9 + place % 5, 2 + place % 3, place % 4),
            "mark": "✓",
            "outcome": "carried",
            "contested": "contested" if place % 3 == 0 else "",
        }
        for place, title in enumerate(titles, start=1)
    ]
    data = {
        "colours": (palette.FOR, palette.AGAINST, palette.ABSTAIN),
        "legend": ("for", "against", "abstain"),
        "heading": "Military capabilities",
        "heading_rtl": False,
        "scale": 20,
        "empty": "no votes",
        "rows": rows,
        "note": "",
    }
    return Drawing("support.typ", data, ALT)


def logo(width: int = 240, height: int = 80) -> bytes:
    """A PNG of one colour."""

    def chunk(tag: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + tag + data + pack(">I", zlib.crc32(tag + data))

    row = b"\x00" + b"\x00\x5a\x94" * width
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


COVER = Cover(
    title=TITLE,
    subtitle="Final report of the Brussels conference",
    facts=(
        ("Place", "Brussels"),
        ("Dates", "21 to 22 October 2014"),
        ("Took part", "64 registered, of 7 constituencies"),
        ("Seminars", "Rome, May 2014\nBerlin, July 2014"),
    ),
    marks=("DRAFT", "As of 2014-10-24 17:30 (Europe/Brussels)"),
    status="Contributions were made in a personal capacity and commit no government or institution.",
    logo=logo(),
    logo_alt="Logo of the initiative",
)
RANKING = (
    Col("Rank", 0.6, figures=True),
    Col("Reference", 1.2),
    Col("Title", 4.0),
    Col("For", 0.7, figures=True),
    Col("Against", 0.9, figures=True),
    Col("Outcome", 1.4),
)
WIDE = (Col("Reference", 1.6), *(Col(name, 1.0, figures=True) for name in (
    "Electorate", "Turnout", "For", "Against", "Abstained", "Recused", "Consensus", "Wilson bound", "Score",
)), Col("Outcome", 1.8))  # fmt: skip


def ranking(rows: int) -> Table:
    """A ranking of so many recommendations."""
    return Table(
        "Military capabilities: ranking by support, ballot B3",
        RANKING,
        tuple(
            (str(n), f"CAP-{n:02}", f"Structured co-operation in planning, part {n}", "19", "2", "carried")
            for n in range(1, rows + 1)
        ),
    )


def sample(*texts: str) -> Document:
    """Every block; `texts`, by default all of `HOSTILE`, stand in each place a text can stand."""
    nasty = texts or HOSTILE
    return Document(
        language="en",
        cover=COVER,
        contents="Contents",
        header="EU-UN Peacekeeping Partnerships Initiative · Final report · DRAFT",
        page="Page {page} of {pages}",
        blocks=(
            Heading(1, "Foreword", "foreword"),
            Paragraph("This report gathers what two seminars and one conference decided.", Look.LEAD),
            Paragraph(f"{PROSE}\n\n{PROSE}\nA second line of the same paragraph."),
            Heading(1, "Military capabilities", "cap"),
            Paragraph("How the texts stand after the last ballot of the seminar in Rome.", Look.LEAD),
            Figure(support_drawing("Planning", "Training", "Rapid response"), "Support by recommendation"),
            ranking(40),
            *_in_full(),
            PageBreak(),
            Heading(1, "Method", "method"),
            Listing(("Propose and discuss.", "Vote.", "Finalise."), numbered=True),
            Paragraph("And once more from one:", Look.BODY),
            Listing(("Ask.", "Answer."), numbered=True),
            Heading(1, "Nasty texts", "nasty"),
            *(block for place, text in enumerate(nasty) for block in _everywhere(text, place)),
        ),
    )


def _in_full() -> tuple[Block, ...]:
    """A recommendation with all that is said of one."""
    figures = ("20", "12", "9", "2", "1", "0", "0.745", "0.523", "0.745")
    return (
        Heading(2, "CAP-01 · Structured co-operation in planning", "cap-01"),
        Facts(
            (
                ("State", "adopted"),
                ("Addressed to", "DPKO, CMPD and EEAS"),
                ("Proposed by", "a participant"),
            )
        ),
        Paragraph("Text", Look.LABEL),
        Quote("\n\n".join([PROSE] * 3)),
        Paragraph("Rationale", Look.LABEL),
        Quote(PROSE),
        Paragraph("Arguments for", Look.LABEL),
        Listing(("It worked in 2003 and in 2006.", PROSE)),
        Paragraph("Carried by 9 votes to 2, one abstaining; 12 of 20 entitled to vote did so.", Look.NOTE),
        Heading(3, "Every figure", "cap-01-figures"),
        Table("Every figure of the ballot", WIDE, (("CAP-01", *figures, "carried, contested"),)),
    )


def hostile_cover(text: str) -> Document:
    """A document of nothing but its cover, on which `text` stands in every place."""
    return Document(
        language="fr",
        cover=Cover(text, text, ((text, text),), (text,), text, logo(), text),
        contents=text,
        header=text,
        page="{page}",
        blocks=(),
    )


def big(recommendations: int, *, figures: bool = True) -> Document:
    """A document of so many recommendations, 20 a theme, each with its text, facts, arguments and figures."""
    blocks: list[Block] = []
    for number in range(1, recommendations + 1):
        if number % 20 == 1:
            theme = number // 20 + 1
            titles = [f"Structured co-operation in planning, part {number + n}" for n in range(10)]
            blocks.append(Heading(1, f"Theme {theme}", f"theme-{theme}"))
            if figures:
                blocks.append(Figure(support_drawing(*titles), "Support by recommendation"))
            blocks.append(ranking(min(20, recommendations - number + 1)))
        blocks += _recommendation(number)
    return Document("en", COVER, "Contents", "Final report", "Page {page} of {pages}", tuple(blocks))


def _everywhere(text: str, place: int) -> tuple[Block, ...]:
    return (
        Heading(2, text, f"nasty-{place}"),
        Paragraph(text),
        Paragraph(text, Look.LEAD),
        Paragraph(text, Look.LABEL),
        Quote(text),
        Facts(((text, text),)),
        Listing((text, "and")),
        Listing((text, "and"), numbered=True),
        Table(text, (Col(text), Col("Figures", figures=True), Col("Text", 2)), ((text, "12", text),)),
        Figure(Drawing("support.typ", support_drawing("Planning").data, text), text),
        Paragraph(text, Look.NOTE),
    )


def _recommendation(number: int) -> tuple[Block, ...]:
    reference = f"CAP-{number:04}"
    return (
        Heading(2, f"{reference} · Structured co-operation in planning", reference),
        Facts((("State", "adopted"), ("Addressed to", "DPKO, CMPD and EEAS"), ("Ballot", f"B{number}"))),
        Quote(f"{reference}: {PROSE}\n\n{PROSE}"),
        Paragraph("Rationale", Look.LABEL),
        Quote(PROSE),
        Table(
            "Support by constituency",
            (Col("Constituency", 2), *(Col(name, figures=True) for name in ("For", "Against", "Abstained"))),
            tuple((group, "5", "1", str(number % 4)) for group in ("EU", "UN", "AU", "others")),
        ),
        Listing(("For: it worked in 2003 and in 2006.", f"Against: who pays for {reference}?")),
    )
