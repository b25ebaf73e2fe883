"""An accessibility check of a web page that needs no browser: what it finds is told in words.

It holds a page to those criteria of WCAG 2.2, levels A and AA, that can be decided from its text: language
and title, one main heading and no level left out, alternatives of pictures, header cells, names that are
unique and links that lead somewhere, landmarks, and the contrast of every pair of colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib

TEXTS = ("ink", "quiet", "accent", "strong")
GROUNDS = ("paper", "band")
LEAST_CONTRAST = 4.5


def read(page: bytes) -> Element:
    """The page as a browser reads it.

    Raises:
        AssertionError: a browser would have to mend it.
    """
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(page, transport_encoding="utf-8")
    assert not parser.errors, parser.errors[:3]
    return root


def shown(element: Element) -> str:
    """The text of an element as written, a line feed for each break; fails if it holds other elements."""
    assert all(child.tag in {"br", "wbr", "a"} for child in element), [child.tag for child in element]
    text = element.text or ""
    for child in element:
        text += ("\n" if child.tag == "br" else "") + (child.text or "") + (child.tail or "")
    return text


def faults(page: bytes) -> list[str]:
    """What is wrong with a page, nothing if all is well."""
    root = read(page)
    return [*_head(root), *_headings(root), *_names(root), *_tables(root), *_pictures(root), *_parts(root)]


def _head(root: Element) -> Iterator[str]:
    if not root.get("lang"):
        yield "the page has no language"
    if not (root.findtext("head/title") or "").strip():
        yield "the page has no title"
    viewport = root.find("head/meta[@name='viewport']")
    if (
        viewport is None
        or "scale=1," in str(viewport.get("content"))
        or "user-scalable" in str(viewport.attrib)
    ):
        yield "the page cannot be made larger"


def _headings(root: Element) -> Iterator[str]:
    headings = [element for element in root.iter() if re.fullmatch("h[1-6]", str(element.tag))]
    levels = [int(str(element.tag)[1]) for element in headings]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"the main heading is not one, or not the first: {levels[:5]}"
    yield from (
        f"a heading of level {later} follows one of {one}"
        for one, later in pairwise(levels)
        if later > one + 1
    )
    yield from ("a heading says nothing" for element in headings if not "".join(element.itertext()).strip())


def _names(root: Element) -> Iterator[str]:
    names = [str(element.get("id")) for element in root.iter() if element.get("id")]
    yield from (f"{name} names several things" for name in {one for one in names if names.count(one) > 1})
    for element in root.iter():
        for named in (element.get("aria-labelledby"), str(element.get("href", "")).removeprefix("#")):
            if named and named not in names:
                yield f"nothing is named {named}"
    yield from ("a link says nothing" for link in root.iter("a") if not "".join(link.itertext()).strip())


def _tables(root: Element) -> Iterator[str]:
    for table in root.iter("table"):
        if table.find("caption") is None:
            yield "a table has no caption"
        widths = {len(row) for row in table.iter("tr")}
        if len(widths) > 1:
            yield f"the rows of a table have {widths} cells"
        for cell in table.iter("th"):
            if cell.get("scope") not in {"col", "row"} or not "".join(cell.itertext()).strip():
                yield "a header cell heads nothing or says nothing"
        if not any(cell.get("scope") == "col" for cell in table.iter("th")):
            yield "a table has no header cells"


def _pictures(root: Element) -> Iterator[str]:
    yield from ("a picture has no alternative" for image in root.iter("img") if image.get("alt") is None)
    for figure in root.iter("figure"):
        image = figure.find("img")
        if image is None or not str(image.get("alt")).strip() or figure.find("figcaption") is None:
            yield "a figure has no alternative or no caption"


def _parts(root: Element) -> Iterator[str]:
    body = root.find("body")
    assert body is not None
    if len(list(root.iter("main"))) != 1:
        yield "there is not one main part"
    first = body[0]
    if first.tag != "a" or first.get("href") != f"#{next(root.iter('main')).get('id')}":
        yield "the page does not begin with a link to its text"
    yield from (
        f"<{element.tag}> stands in no landmark"
        for element in body[1:]
        if element.tag not in {"header", "nav", "main", "footer"}
    )
    yield from (
        "a part to scroll cannot be reached"
        for one in root.iter("div")
        if one.get("role") == "group" and one.get("tabindex") != "0"
    )


def poor_contrasts(style: str) -> list[str]:
    """The pairs of colours, in light and in dark, whose contrast is less than text needs."""
    schemes = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    assert len(schemes) == 2
    poor = []
    for scheme in schemes:
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", scheme))
        pairs = [(text, ground) for text in TEXTS for ground in GROUNDS] + [("on-head", "head")]
        poor += [
            f"{text} on {ground}"
            for text, ground in pairs
            if contrast(colours[text], colours[ground]) < LEAST_CONTRAST
        ]
    return poor


def contrast(one: str, other: str) -> float:
    """The contrast of two colours `#rrggbb`, from 1 to 21, as WCAG 2.2 reckons it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
