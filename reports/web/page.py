"""The page around the blocks: head, cover, contents, and styles that may not be exchanged for others."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from reports import contents
from reports.contents import Entry
from reports.document import Cover, Document
from reports.format import Words
from reports.neutral import legible, one_line
from reports.web.blocks import blocks, facts, shown
from seminar.words import t

_SKIP = t("Skip to the text")
_PAGE = re.compile(r"\{(page|pages)\}")


def page(document: Document, words: Words) -> str:
    """The whole page. What it may load is said in it: pictures within it and this one style, nothing else."""
    cover = document.cover
    style = _template("page.css").substitute(
        header=_quoted(one_line(document.header)), page=_numbered(document.page)
    )
    entries = contents.outline(document)
    title = " – ".join(part for part in map(one_line, (cover.title, cover.subtitle)) if part)
    return _template("page.html").substitute(
        language=escape(document.language),
        looks=f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}",
        style=style,
        title=escape(title) or contents.EMPTY,
        skip=escape(words(_SKIP)),
        cover="".join(_cover(cover)),
        contents=_contents(one_line(document.contents), contents.listed(entries)),
        body="\n".join(blocks(document.blocks, entries)),
        footer=shown(one_line(document.header)),
    )


def _cover(cover: Cover) -> Iterator[str]:
    yield '<header class="cover">'
    if cover.logo is not None:
        data = b64encode(cover.logo).decode()
        yield f'<img src="data:image/png;base64,{data}" alt="{escape(one_line(cover.logo_alt))}">'
    yield f'<h1 dir="auto">{shown(one_line(cover.title)) or contents.EMPTY}</h1>'
    if cover.subtitle:
        yield f'<p class="subtitle" dir="auto">{shown(one_line(cover.subtitle))}</p>'
    if cover.marks:
        marks = "".join(f'<li dir="auto">{shown(one_line(mark))}</li>' for mark in cover.marks)
        yield f'<ul class="marks">{marks}</ul>'
    yield facts(cover.facts)
    if cover.status:
        yield f'<p class="status" dir="auto">{shown(one_line(cover.status))}</p>'
    yield "</header>"


def _contents(title: str, entries: Sequence[Entry]) -> str:
    """Links to the headings, lists within lists as deep as they go."""
    if not entries:
        return ""
    out = [
        f'<nav aria-labelledby="_contents">'
        f'<h2 id="_contents" dir="auto">{shown(title) or contents.EMPTY}</h2>'
    ]
    level = 0
    for entry in entries:
        if entry.level > level:
            out.append("<ol>")
        else:
            out.append("</li>" + "</ol></li>" * (level - entry.level))
        level = entry.level
        out.append(f'<li dir="auto"><a href="#{entry.key}">{shown(entry.text)}</a>')
    return "".join([*out, "</li></ol>" * level, "</nav>"])


def _numbered(pattern: str) -> str:
    """A page's number as CSS puts it together: `pattern` with counters for `{page}` and `{pages}`."""
    place, parts = 0, []
    for found in _PAGE.finditer(pattern):
        parts += [_quoted(pattern[place : found.start()]), f"counter({found[1]})"]
        place = found.end()
    return " ".join([*parts, _quoted(pattern[place:])])


def _quoted(text: str) -> str:
    """A string of CSS; every sign that could end it, or the style, by its number."""
    return (
        '"'
        + "".join(
            sign if sign.isalnum() or sign in " .,:·–" else f"\\{ord(sign):06x}" for sign in legible(text)
        )
        + '"'
    )


@cache
def _template(name: str) -> Template:
    return Template((Path(__file__).parent / name).read_text(encoding="utf-8"))
