"""Names of registered people, and organisations of theirs, that stand in free text."""

from __future__ import annotations

from dataclasses import dataclass

from seminar.words import Text


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name, the recommendation in whose texts it stands, and which of them that is."""

    name: str
    reference: str
    field: Text
