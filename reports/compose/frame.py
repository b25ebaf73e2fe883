"""What is the same in every document: the cover, the head of each page, and names that are given once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from reports.document import Block, Cover, Document, Heading, Look, Paragraph
from reports.format import Words, language_of
from reports.models.covering import Covering
from reports.neutral import one_line
from reports.words import labels
from seminar.words import Text, t

STATUS = t("Contributions were made in a personal capacity and commit no government or institution.")
"""What the contributions commit to, where the initiative does not say it in its own words."""

DRAFT = t("DRAFT")
_UNFIT = re.compile("[^a-z0-9]+")
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")


class Covered(labels.Dated, Protocol):
    """A report that can be a document."""

    @property
    def initiative(self) -> str: ...
    @property
    def ledger_head(self) -> str | None: ...
    @property
    def covering(self) -> Covering: ...


class Anchors:
    """Names of headings, each given once in a document."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def take(self, name: str) -> str:
        """`name` as a link can carry it, with a number where it was taken before."""
        plain = _UNFIT.sub("-", name.lower()).strip("-") or "part"
        if plain[0].isdigit():
            plain = f"part-{plain}"
        number = self._given[plain] = self._given.get(plain, 0) + 1
        if number == 1:
            return plain
        return self.take(f"{plain}-{number}")


class Writing:
    """A document being composed: its headings get their anchors, its words their language."""

    def __init__(self, report: Covered, words: Words) -> None:
        self._report = report
        self._anchors = Anchors()
        self.words = words
        self.zone = report.time_zone
        self.blocks: list[Block] = []

    def heading(self, level: int, text: Text | str, anchor: str) -> None:
        """Begin a part; `anchor` is made one of its own."""
        self.blocks.append(Heading(level, one_line(self.words(text)), self._anchors.take(anchor)))

    def say(self, *sentences: Text | str | None, look: Look = Look.BODY) -> None:
        """A paragraph of these sentences; nothing where there is nothing to say."""
        text = " ".join(said for one in sentences if one is not None and (said := self.words(one)))
        if text:
            self.blocks.append(Paragraph(text, look))

    def add(self, *blocks: Block) -> None:
        self.blocks.extend(blocks)

    def foreword(self) -> None:
        """The foreword as the first chapter, where there is one."""
        text = self._report.covering.foreword.strip()
        if text:
            self.heading(1, t("Foreword"), "foreword")
            self.add(*(Paragraph(part) for part in _PARAGRAPHS.split(text)))

    def done(self, subtitle: Text, facts: Iterable[tuple[Text, Text | str]]) -> Document:
        """The document: `subtitle` says of what kind it is, `facts` stand on its cover."""
        report, words, covering = self._report, self.words, self._report.covering
        kind = words(subtitle)
        marks = (words(DRAFT),) if covering.draft else ()
        return Document(
            language=language_of(words),
            cover=Cover(
                title=one_line(report.initiative),
                subtitle=kind,
                facts=tuple((words(name), words(said)) for name, said in facts),
                marks=(*marks, words(labels.as_of(report))),
                status=covering.status.strip() or words(STATUS),
                logo=covering.logo,
                logo_alt=one_line(covering.logo_alt) or words(t("Logo")) if covering.logo else "",
            ),
            contents=words(t("Contents")),
            header=" · ".join((one_line(report.initiative), kind, *marks)),
            page=words(t("Page {page} of {pages}", page="{page}", pages="{pages}")),
            blocks=tuple(self.blocks),
            made=report.generated_at,
        )


def named(code: str, title: str) -> str:
    """`CAP · Military capabilities`, or the code alone where there is no title."""
    return code if code == title else f"{code} · {title}"
