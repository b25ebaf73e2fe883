"""What user text must go through before it is put into somebody else's format.

Text stays what its author wrote wherever a format can carry it safely. What is
taken out is only what no reader needs and a reader's program may trip over or
be deceived by; what is added is the least that keeps text from being code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

CELL_LIMIT = 32_767
"""The most a spreadsheet cell holds, in UTF-16 code units."""

_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")

# Controls except tab and line feed; the bidirectional embeddings, overrides and isolates,
# with which a title can make the rest of a line read backwards (single marks such as RLM
# and the joiners that some scripts are spelled with stay); halves of surrogate pairs and
# noncharacters, which UTF-8 and XML cannot carry.
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)

# Spreadsheets of East Asian locales read the full-width forms as operators too.
_FORMULA_STARTS = frozenset("=+-@\t\r＝＋－＠")

_MARKUP = re.compile(r"[\\`*_\[\]<>&|~#$]")
_MARKUP_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_ADDRESS = re.compile(r"https://[A-Za-z0-9./_-]+")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_LINE_MARKUP = re.compile(r"^(?:[-+=:]|\d{1,9}[.)](?=\s|$))")


def legible(text: str) -> str:
    """`text` without characters that hide, deceive or corrupt; every line end a line feed."""
    return _UNFIT.sub("", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """`legible` text on one line, its white space collapsed: for titles and table cells."""
    return " ".join(legible(text).split())


def paragraphs(text: str) -> list[str]:
    """The paragraphs of `legible` text, which blank lines part; lines within them stay as they are."""
    parts = _BLANK_LINES.split(legible(text))
    return [part.strip("\n") for part in parts if part.strip()]


def neutralised(text: str) -> str:
    """`text` such that no spreadsheet takes it for a formula.

    A cell whose first visible character is `= + - @`, or that has a tab or
    return before it, gets an apostrophe in front, which spreadsheets understand
    as "this is text". White space and zero-width characters do not hide a
    formula, since some programs drop them on import. Only for strings: numbers
    are written as numbers.
    """
    for character in text:
        if character in _FORMULA_STARTS:
            return f"'{text}"
        if not (character.isspace() or unicodedata.category(character) in {"Cf", "Cc", "Mn"}):
            break
    return text


def spreadsheet_text(text: str) -> str:
    """Legible and neutralised: the form of a string in every spreadsheet export."""
    return neutralised(legible(text))


def utf16_units(text: str) -> int:
    """The length of `text` in UTF-16 code units, as spreadsheets and Discord count it."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut_to_cell(text: str, notice: str, limit: int = CELL_LIMIT) -> str:
    """`text`, shortened so that it ends in `notice` if it would not fit into a cell of `limit` units."""
    if len(text) * 2 <= limit or utf16_units(text) <= limit:
        return text
    room = limit - utf16_units(notice)
    kept = 0
    for place, character in enumerate(text):
        kept += 2 if character > "\uffff" else 1
        if kept > room:
            return text[:place] + notice
    return text


def shortened(text: str, most: int) -> str:
    """`text` in at most `most` characters, with an ellipsis where something is missing.

    Never cuts between a letter and its combining marks or joiners.
    """
    if len(text) <= most:
        return text
    end = max(most - 1, 0)
    while end > 0 and (unicodedata.category(text[end])[0] == "M" or "\u200d" in text[end - 1 : end + 1]):
        end -= 1
    return f"{text[:end].rstrip()}…"


def markdown_line(text: str) -> str:
    """One line of `text` that Markdown (CommonMark, GitHub) shows as written: no markup, HTML or table cells.

    Also safe at the start of a line, where list and heading marks count.
    """
    return markdown_start(markdown_inline(one_line(text)))


def markdown_inline(text: str) -> str:
    """A part of a line, its white space kept; what begins a line must go through `markdown_start` too."""
    return _MARKUP.sub(lambda found: _MARKUP_ENTITIES.get(found[0]) or f"\\{found[0]}", text)


def markdown_start(line: str) -> str:
    """A line that is no list, heading or rule by the way it begins."""
    start = _LINE_MARKUP.match(line)
    if start is None:
        return line
    end = start.end() - 1
    return f"{line[:end]}\\{line[end:]}"


def markdown_address(url: str) -> str:
    """A web address that can be followed; whatever is none is shown as written."""
    return f"<{url}>" if _ADDRESS.fullmatch(url) else markdown_line(url)


def markdown_quote(text: str) -> str:
    """`text` as a block quotation that keeps its lines and paragraphs, nothing in it read as markup."""
    return markdown_quoted([markdown_line(line) for line in legible(text).strip().split("\n")])


def markdown_quoted(lines: Sequence[str]) -> str:
    """Lines that are Markdown already, as a block quotation that keeps them apart."""
    quoted = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        ending = "\\" if line and following else ""
        quoted.append(f"> {line}{ending}".rstrip())
    return "\n".join(quoted)
