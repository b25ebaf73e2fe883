"""What an export format offers to the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from reports.model import RankingReport
from seminar.words import Text

Words: TypeAlias = Callable[[Text | str], str]
"""Puts a message into the reader's language; `str` gives the English wording."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a report: `name` is what people type, `extension` has no dot."""

    name: str
    extension: str
    media_type: str
    render: Callable[[RankingReport, Words], bytes]
