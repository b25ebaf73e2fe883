"""The blocks of a document as HTML; text is always text, and read in its own direction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import count

from reports.contents import Entry
from reports.document import (
    Block,
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
from reports.neutral import legible, one_line, paragraphs

_LOOKS = {
    Look.BODY: "",
    Look.LEAD: ' class="lead"',
    Look.NOTE: ' class="note"',
    Look.LABEL: ' class="label"',
}
_CROWDED = ((4, "many"), (8, "very"), (12, "most"))
"""From how many columns on a table is pushed sideways on a narrow screen, printed small, and printed smaller
with its words broken.
"""

_KEPT_TOGETHER = 6
"""Tables of no more rows stay on one printed page."""

_LONG_WORDS = re.compile(r"(\S{25,})")
_PIECES = re.compile(r".{16,}?(?<!\u200d)(?=[^\W_]|[!-/:-@\[-`{-~])|.+")
"""Never parted before a mark that belongs to the letter before it, nor at a joiner."""

_GLYPH = re.compile(r"g[0-9A-F]{32}")
_SIZE = re.compile(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"')
_NEEDLESS = re.compile(r' (?:fill-rule="nonzero"|y="0"|xmlns:h5="[^"]*")')
_IN_ADDRESS = str.maketrans({"%": "%25", "#": "%23", "<": "%3C", ">": "%3E", '"': "'", "\n": "%0A"})


def shown(text: str) -> str:
    """`text` as it is written, its line ends kept."""
    return _escaped(legible(text).strip("\n"))


def blocks(every: Iterable[Block], entries: Iterable[Entry]) -> Iterator[str]:
    """Each block as HTML; `entries` are the document's headings."""
    headings, tables = iter(entries), count(1)
    for block in every:
        match block:
            case Heading():
                entry = next(headings)
                name = f"h{entry.level + 1}"
                yield f'<{name} id="{entry.key}" dir="auto">{shown(entry.text)}</{name}>'
            case Paragraph():
                yield from (
                    f'<p{_LOOKS[block.look]} dir="auto">{shown(text)}</p>' for text in paragraphs(block.text)
                )
            case Quote():
                inner = "".join(f'<p dir="auto">{shown(text)}</p>' for text in paragraphs(block.text))
                if inner:
                    yield f"<blockquote>{inner}</blockquote>"
            case Listing():
                yield _listing(block)
            case Facts():
                yield facts(block.items)
            case Table():
                yield _table(block, next(tables))
            case Figure():
                yield _figure(block)
            case PageBreak():
                yield '<div class="fresh"></div>'


def _escaped(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def facts(items: Iterable[tuple[str, str]]) -> str:
    """Names with what is said of them; nothing where there are none."""
    rows = "".join(
        f'<div><dt dir="auto">{shown(one_line(name))}</dt><dd dir="auto">{shown(said)}</dd></div>'
        for name, said in items
    )
    return f'<dl class="facts">{rows}</dl>' if rows else ""


def _listing(listing: Listing) -> str:
    if not listing.items:
        return ""
    name = "ol" if listing.numbered else "ul"
    items = "".join(f'<li dir="auto">{shown(item)}</li>' for item in listing.items)
    return f"<{name}>{items}</{name}>"


def _table(table: Table, number: int) -> str:
    caption = shown(one_line(table.caption))
    sides = [' class="n"' if column.figures else "" for column in table.columns]
    head = "".join(
        f'<th scope="col"{side} dir="auto">{title}</th>' if title else f"<td{side}></td>"
        for title, side in zip(
            (_cell(one_line(column.title)) for column in table.columns), sides, strict=True
        )
    )
    body = "".join(f"<tr>{_row(row, sides)}</tr>" for row in table.rows)
    looks = [name for most, name in _CROWDED if len(table.columns) > most]
    reached = ' tabindex="0"' if looks else ""
    if looks and caption:
        reached += f' role="group" aria-labelledby="_table{number}"'
    if len(table.rows) <= _KEPT_TOGETHER:
        looks.append("short")
    return (
        f'<div class="scroll"{reached}><table{_class(looks)}>'
        + (f'<caption id="_table{number}" dir="auto">{caption}</caption>' if caption else "")
        + f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _class(names: Sequence[str]) -> str:
    return f' class="{" ".join(names)}"' if names else ""


def _row(row: Sequence[str], sides: Sequence[str]) -> str:
    """The cells; the first heads the row, unless it says nothing."""
    first = _cell(row[0]) if row else ""
    heads = bool(first.strip())
    return "".join(
        f'<th scope="row"{side} dir="auto">{first}</th>'
        if place == 0 and heads
        else f'<td{side} dir="auto">{_cell(text)}</td>'
        for place, (text, side) in enumerate(zip(row, sides, strict=True))
    )


def _cell(text: str) -> str:
    """`text` as it is written; words longer than a column should be may break, but not within a letter."""
    parts = _LONG_WORDS.split(legible(text).strip("\n"))
    return "".join(
        "<wbr>".join(map(_escaped, _PIECES.findall(part))) if place % 2 else _escaped(part)
        for place, part in enumerate(parts)
    )


def _figure(figure: Figure) -> str:
    svg = figure.drawing.svg()
    size = _SIZE.match(svg)
    across, down = (round(float(side)) for side in size.groups()) if size else (500, 300)
    return (
        f'<figure><img src="{_address(svg)}" alt="{escape(legible(figure.drawing.alt).strip())}" '
        f'width="{across}" height="{down}"><figcaption dir="auto">{shown(one_line(figure.caption))}'
        "</figcaption></figure>"
    )


def _address(svg: str) -> str:
    """A picture as an address that holds all of it, in which nothing can act.

    The typesetter names its letters by their digests and says what goes without saying: half the length.
    """
    names: dict[str, str] = {}
    short = _GLYPH.sub(lambda found: names.setdefault(found[0], f"g{len(names)}"), svg)
    return "data:image/svg+xml," + escape(_NEEDLESS.sub("", short).translate(_IN_ADDRESS), quote=False)
