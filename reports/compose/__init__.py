"""From a report model to a document: what stands where, in which words; how it looks is a format's affair.

`COMPOSERS` knows, by the class of a report, how a document is made of it. A format that can draw a document
offers all of them by `drawn_by`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from reports.compose.follow_up import follow_up
from reports.compose.initiative import conference_paper, final_report, seminar_report
from reports.compose.ranking import ranking
from reports.document import Document
from reports.format import Format, Renderer, Words
from reports.models.follow_up import FollowUpReport
from reports.models.initiative import ConferencePaper, FinalReport, SeminarReport
from reports.models.ranking import RankingReport
from seminar.words import Text

Composer: TypeAlias = Callable[[Any, Words], Document]

COMPOSERS: Mapping[type[Any], Composer] = MappingProxyType(
    {
        RankingReport: ranking,
        SeminarReport: seminar_report,
        ConferencePaper: conference_paper,
        FinalReport: final_report,
        FollowUpReport: follow_up,
    }
)
"""How a document is made of a report, by the report's class."""


Remarks: TypeAlias = Callable[[Document, Words], tuple[Text, ...]]
"""What a format could not do for a document, such as characters that its fonts do not have."""


def _nothing_to_remark(document: Document, words: Words) -> tuple[Text, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """Writes a report as a document: `compose` decides what it says, `draw` how it looks, and `remarks`
    tells those who get the file what it could not show."""

    compose: Composer
    draw: Callable[[Document, Words], bytes]
    remarks: Remarks = _nothing_to_remark

    def __call__(self, report: Any, words: Words) -> bytes:
        return self.draw(self.compose(report, words), words)


def drawn_by(
    draw: Callable[[Document, Words], bytes], remarks: Remarks = _nothing_to_remark
) -> Mapping[type[Any], Renderer]:
    """The renderers of a format that draws documents so, one for each report that can be a document."""
    return {kind: Drawn(compose, draw, remarks) for kind, compose in COMPOSERS.items()}


def written(format: Format, report: Any, words: Words) -> tuple[bytes, tuple[Text, ...]]:
    """The report in `format`, and what the file could not show.

    Raises:
        KeyError: this format knows no such report.
    """
    renderer = format.renderers[type(report)]
    if not isinstance(renderer, Drawn):
        return renderer(report, words), ()
    document = renderer.compose(report, words)
    return renderer.draw(document, words), renderer.remarks(document, words)
