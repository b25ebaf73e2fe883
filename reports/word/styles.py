"""The styles of a Word document, put in place of those of python-docx's template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_PARAGRAPH_ALIGNMENT, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor, Twips
from docx.styles.style import ParagraphStyle
from docx.styles.styles import Styles

from reports.charts import palette

TEXT_WIDTH = 9072
"""Between the margins of the page, in twentieths of a point: 16 cm."""

ACCENT = palette.FOR.removeprefix("#").upper()
FONT = "Noto Sans"
_STRONG = palette.REMOVED.removeprefix("#").upper()
_INK, _QUIET, _LINE, _BAND, _WHITE = "1B1F24", "59636E", "C3CAD1", "F4F6F8", "FFFFFF"
_EAST_ASIAN, _COMPLEX = "Microsoft YaHei", "Arial"
_KEPT = ("Normal", "Default Paragraph Font", "Normal Table", "No List")
_FACTS = 2552  # twentieths of a point, where what is said of a fact begins
_SMALL = 10  # points, up to which scripts such as Arabic need letters half a point larger


@dataclass(frozen=True, slots=True)
class _Rule:
    """A line beside a paragraph: in eighths of a point, and as many points away."""

    side: Literal["top", "left", "bottom"]
    width: int
    space: int
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A paragraph's style: lengths in points, indents in twentieths of one; None is as in its base.

    `keep` holds it together and to what follows, `whole` holds it together, `level` is that of a heading,
    `numbering` the list's; an `own` style is none that Word has itself.
    """

    base: str = "Normal"
    following: str | None = None
    own: bool = False
    size: float | None = None
    bold: bool | None = None
    colour: str | None = None
    before: float | None = None
    after: float | None = None
    line: float | None = None
    left: int | None = None
    right: int | None = None
    first: int | None = None
    keep: bool = False
    whole: bool = False
    rule: _Rule | None = None
    level: int | None = None
    numbering: int | None = None


def _heading(level: int, size: float, before: float, after: float, colour: str = ACCENT) -> _Look:
    return _Look(
        following="Normal", size=size, bold=True, colour=colour, before=before, after=after, line=1.05,
        keep=True, level=level,
    )  # fmt: skip


_LOOKS = {
    "Title": _Look(size=30, bold=True, colour=ACCENT, before=120, after=8, line=1, keep=True),
    "Subtitle": _Look(size=15, colour=_QUIET, after=24, rule=_Rule("bottom", 12, 18, ACCENT)),
    "Cover Logo": _Look(own=True, after=0, line=1),
    "Cover Mark": _Look(own=True, size=11, bold=True, colour=_STRONG, after=3),
    "Cover Status": _Look(own=True, colour=_QUIET, before=48, after=0, rule=_Rule("top", 4, 10, _LINE)),
    "Heading 1": _heading(1, 18, 24, 8),
    "Heading 2": _heading(2, 13.5, 18, 6),
    "Heading 3": _heading(3, 11.5, 14, 5, _INK),
    "Heading 4": _heading(4, 10, 12, 4, _QUIET),
    "Lead": _Look(own=True, size=12, colour=_QUIET, after=10),
    "Note": _Look(own=True, size=8.5, colour=_QUIET),
    "Label": _Look(own=True, following="Normal", bold=True, before=10, after=3, keep=True),
    "Quote": _Look(left=340, right=340, rule=_Rule("left", 18, 12, ACCENT)),
    "Facts": _Look(own=True, after=5, left=_FACTS, first=-_FACTS, whole=True),
    "List Bullet": _Look(after=3, numbering=1),
    "List Number": _Look(after=3, numbering=2),
    "Caption": _Look(following="Normal", size=9, bold=True, colour=_QUIET, before=4, after=12, whole=True),
    "Table Caption": _Look(own=True, base="Caption", before=12, after=5, keep=True),
    "Figure": _Look(own=True, following="Caption", before=8, after=0, line=1, keep=True),
    "Cell": _Look(own=True, size=9, after=0, line=1.05),
    "Cell Head": _Look(own=True, base="Cell", bold=True, colour=_WHITE, keep=True),
    "Cell Small": _Look(own=True, base="Cell", size=8),
    "Cell Small Head": _Look(own=True, base="Cell Head", size=8),
    "Cell Tiny": _Look(own=True, base="Cell", size=7),
    "Cell Tiny Head": _Look(own=True, base="Cell Head", size=7),
    "Table End": _Look(own=True, size=4, after=0),
    "Header": _Look(size=8, colour=_QUIET, after=0, line=1, rule=_Rule("bottom", 4, 6, _LINE)),
    "Footer": _Look(size=8, colour=_QUIET, after=0, line=1),
    "TOC Heading": _Look(following="Normal", size=18, bold=True, colour=ACCENT, after=12, keep=True),
    "toc 1": _Look(bold=True, line=1.05, before=6, after=2, right=567),
    "toc 2": _Look(after=2, line=1.05, left=284, right=567),
    "toc 3": _Look(colour=_QUIET, line=1.05, after=1, left=567, right=567),
}

_TABLE = f"""<w:style {nsdecls("w")}>
  <w:tblPr><w:tblStyleRowBandSize w:val="1"/>
    <w:tblBorders>
      <w:top w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"/>
      <w:bottom w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"/>
      <w:insideH w:val="single" w:sz="4" w:space="0" w:color="{_LINE}"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="57" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>
      <w:bottom w:w="57" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr>
    <w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{ACCENT}"/><w:vAlign w:val="bottom"/></w:tcPr>
  </w:tblStylePr>
  <w:tblStylePr w:type="firstCol"><w:rPr><w:b/><w:bCs/></w:rPr></w:tblStylePr>
  <w:tblStylePr w:type="band2Horz">
    <w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{_BAND}"/></w:tcPr>
  </w:tblStylePr>
</w:style>"""
"""What python-docx has no word for: the lines, space and shades of a table's style."""


def dress(styles: Styles, language: str) -> None:
    """Put the styles of our documents in place of the template's; `language` is such as `en-GB`."""
    for style in list(styles):
        if style.name not in _KEPT:
            style.delete()
    (spoken,) = styles.element.iter(qn("w:lang"))
    spoken.set(qn("w:val"), language)
    spoken.set(qn("w:eastAsia"), "zh-CN")
    _apply(styles, styles["Normal"], _Look(base="", size=10, colour=_INK, after=6, line=1.15))
    _name_fonts(styles["Normal"])
    for name, look in _LOOKS.items():
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=not look.own)  # type: ignore[no-untyped-call]
        style.element.styleId = name.replace(" ", "")
        _apply(styles, style, look)
    for name, look in _LOOKS.items():
        if look.following is not None:
            styles[name].next_paragraph_style = styles[look.following]
    _place(styles)
    table = styles.add_style("Report Table", WD_STYLE_TYPE.TABLE)  # type: ignore[no-untyped-call]
    table.base_style = styles["Normal Table"]
    table.element.extend(list(parse_xml(_TABLE)))


def _name_fonts(normal: ParagraphStyle) -> None:
    normal.font.name = FONT
    named = normal.element.rPr.rFonts
    named.set(qn("w:eastAsia"), _EAST_ASIAN)
    named.set(qn("w:cs"), _COMPLEX)


def _apply(styles: Styles, style: ParagraphStyle, look: _Look) -> None:
    """What python-docx has no word for comes first: it then knows what goes before and behind it."""
    if look.size is not None:
        larger = round(2 * look.size) + (look.size <= _SMALL)
        _put(style.element.get_or_add_rPr(), "szCs", val=larger)
    form = style.element.get_or_add_pPr()
    if look.numbering is not None:
        form.get_or_add_numPr().get_or_add_numId().val = look.numbering
    if look.rule is not None:
        rule = look.rule
        border = _put(form, "pBdr")
        _put(border, rule.side, val="single", sz=rule.width, space=rule.space, color=rule.colour)
    if look.level is not None:
        _put(form, "outlineLvl", val=look.level - 1)
    if look.base:
        style.base_style = styles[look.base]
    style.quick_style = True
    _set_letters(style, look)
    _set_lines(style, look)


def _set_letters(style: ParagraphStyle, look: _Look) -> None:
    font = style.font
    font.bold = font.cs_bold = look.bold
    if look.size is not None:
        font.size = Pt(look.size)
    if look.colour is not None:
        font.color.rgb = RGBColor.from_string(look.colour)


def _set_lines(style: ParagraphStyle, look: _Look) -> None:
    form = style.paragraph_format
    form.keep_with_next = look.keep or None
    form.keep_together = look.keep or look.whole or None
    form.space_before = None if look.before is None else Pt(look.before)
    form.space_after = None if look.after is None else Pt(look.after)
    form.line_spacing = look.line
    form.left_indent = None if look.left is None else Twips(look.left)
    form.right_indent = None if look.right is None else Twips(look.right)
    form.first_line_indent = None if look.first is None else Twips(look.first)


def _place(styles: Styles) -> None:
    """What only a few of them have."""
    styles["Normal"].paragraph_format.widow_control = True
    styles["Footer"].paragraph_format.alignment = WD_PARAGRAPH_ALIGNMENT.RIGHT
    styles["TOC Heading"].paragraph_format.page_break_before = True
    styles["Table End"].paragraph_format.line_spacing = Pt(10)
    styles["Facts"].paragraph_format.tab_stops.add_tab_stop(Twips(_FACTS))
    for name in ("toc 1", "toc 2", "toc 3"):
        styles[name].paragraph_format.tab_stops.add_tab_stop(
            Twips(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )


def _put(where: Any, name: str, **values: object) -> Any:
    """A new last element within another; an attribute without its prefix is Word's own."""
    made = OxmlElement(f"w:{name}", {qn(f"w:{key}"): str(value) for key, value in values.items()})
    where.append(made)
    return made
