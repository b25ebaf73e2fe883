"""What an export format offers to the house: how each kind of report is written in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from seminar.words import Text

Words: TypeAlias = Callable[[Text | str], str]
"""Puts a message into the reader's language; `str` gives the English wording."""

Renderer: TypeAlias = Callable[[Any, Words], bytes]
"""Writes a report of its own kind."""


def language_of(words: Words) -> str:
    """The code of the language that `words` speaks; English where it does not say."""
    language: str = getattr(words, "language", "en")
    return language


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write reports: `name` is what people type, `extension` has no dot.

    `renderers` are found by the report's class; a report whose class is not among them cannot be
    written so, which `reports.kinds` says before anything is read.
    """

    name: str
    extension: str
    media_type: str
    renderers: Mapping[type[Any], Renderer]

    def render(self, report: Any, words: Words) -> bytes:
        """The report in this format.

        Raises:
            KeyError: this format knows no such report.
        """
        return self.renderers[type(report)](report, words)
