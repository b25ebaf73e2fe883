"""The fonts that pictures and documents are set in, and what they can show.

Noto Sans carries Latin, Greek and Cyrillic; DejaVu Sans stands in for Hebrew,
Arabic, Armenian, Georgian and signs. What neither has is never drawn as a
silent box: it is named by `missing_glyphs` and shown as one replacement mark.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from reports.neutral import legible, one_line

FONT_DIR = Path(__file__).parent
FAMILIES = ("Noto Sans", "DejaVu Sans")
MARK = "\ufffd"
"""Stands in a picture for characters that the fonts do not have."""

_REGULAR_FILES = ("NotoSans-Regular.ttf", "DejaVuSans.ttf")
_OTHER_SPACES = re.compile(r"[^\S\n\t \u00a0\u202f]")
_TAB = "\u00a0" * 4
# Signs that enclose or join what follows them: of the format characters, these are seen.
_DRAWN_FORMATS = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]"
)
_UNICODE_TABLES = {(3, 10): 12, (0, 4): 12, (3, 1): 4, (0, 3): 4}


@cache
def coverage() -> frozenset[int]:
    """Every code point that one of the regular fonts has a glyph for."""
    return frozenset(code for name in _REGULAR_FILES for code in _mapped((FONT_DIR / name).read_bytes()))


def missing_glyphs(text: str) -> tuple[str, ...]:
    """The characters of `text` that cannot be shown, each once, in order of appearance."""
    found = _uncovered().findall(_composed(one_line(text)))
    return tuple(dict.fromkeys(character for character in found if not _invisible(character)))


def drawable(text: str) -> str:
    """`text` on one line, each run of characters that cannot be shown replaced by one `MARK`."""
    return _carried(_marked(_composed(one_line(text))))


def drawable_lines(text: str) -> str:
    """`text` with its lines kept, each as `drawable` has it, but for the white space within: that stays."""
    spaced = _OTHER_SPACES.sub(" ", _composed(legible(text)))
    return "\n".join(_carried(_marked(line)) for line in spaced.replace("\t", _TAB).split("\n"))


def reads_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction belongs to a script written from the right."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _composed(text: str) -> str:
    """In composed form, and without the mark of byte order, which the typesetter stumbles over."""
    return unicodedata.normalize("NFC", text).replace("\ufeff", "")


def _carried(text: str) -> str:
    """`text` with a dotted circle under every mark that has no letter to stand on."""
    return _stray_marks().sub("\u25cc", text)


def _marked(text: str) -> str:
    if not _uncovered().search(text):
        return text
    out: list[str] = []
    for character in text:
        if not (_invisible(character) or ord(character) in coverage()):
            if out[-1:] != [MARK]:
                out.append(MARK)
        elif not (out[-1:] == [MARK] and _invisible(character)):
            out.append(character)
    return "".join(out)


@cache
def _stray_marks() -> re.Pattern[str]:
    """Where a combining mark follows nothing, or white space."""
    marks = (chr(code) for code in sorted(coverage()) if unicodedata.category(chr(code))[0] == "M")
    return re.compile(rf"(?:^|(?<=\s))(?=[{''.join(marks)}])")


@cache
def _uncovered() -> re.Pattern[str]:
    """Any character that no font has a glyph for."""
    codes = sorted(coverage())
    breaks = [0, *(at for at in range(1, len(codes)) if codes[at] != codes[at - 1] + 1), len(codes)]
    ranges = (f"\\U{codes[a]:08x}-\\U{codes[b - 1]:08x}" for a, b in pairwise(breaks))
    return re.compile(f"[^{''.join(ranges)}]")


def _invisible(character: str) -> bool:
    """Joiners, direction marks and variation selectors: they need no glyph."""
    if "\ufe00" <= character <= "\ufe0f":
        return True
    return unicodedata.category(character) == "Cf" and not _DRAWN_FORMATS.match(character)


def _mapped(font: bytes) -> Iterator[int]:
    """The code points in a TrueType file's best Unicode `cmap` (OpenType 1.9, formats 4 and 12).

    Raises:
        ValueError: the file has no such table.
    """
    tables: int = struct.unpack_from(">H", font, 4)[0]
    for place in range(tables):
        tag, _, cmap, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * place)
        if tag == b"cmap":
            count: int = struct.unpack_from(">H", font, cmap + 2)[0]
            offered = {
                (platform, encoding): cmap + offset
                for platform, encoding, offset in struct.iter_unpack(
                    ">HHL", font[cmap + 4 : cmap + 4 + 8 * count]
                )
            }
            for key, form in _UNICODE_TABLES.items():
                if key in offered:
                    return _segmented(font, offered[key]) if form == 4 else _grouped(font, offered[key])
    raise ValueError("the font has no Unicode character map")


def _grouped(font: bytes, start: int) -> Iterator[int]:
    """Format 12: groups of first code, last code, first glyph."""
    count: int = struct.unpack_from(">L", font, start + 12)[0]
    for first, last, _ in struct.iter_unpack(">LLL", font[start + 16 : start + 16 + 12 * count]):
        yield from range(first, last + 1)


def _segmented(font: bytes, start: int) -> Iterator[int]:
    """Format 4: segments, in which a code may still map to glyph 0, that is, to nothing."""
    doubled: int = struct.unpack_from(">H", font, start + 6)[0]
    size = doubled // 2
    ends = struct.unpack_from(f">{size}H", font, start + 14)
    firsts = struct.unpack_from(f">{size}H", font, start + 16 + doubled)
    deltas = struct.unpack_from(f">{size}H", font, start + 16 + 2 * doubled)
    offsets_at = start + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{size}H", font, offsets_at)
    for place, (first, last, delta, offset) in enumerate(zip(firsts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                at = offsets_at + 2 * place + offset + 2 * (code - first)
                glyph = struct.unpack_from(">H", font, at)[0]
                if not glyph:
                    continue
            if (glyph + delta) & 0xFFFF:
                yield code
