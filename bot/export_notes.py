"""What is told about an export beside its file: names in free text, and what a format could not show.

Attribution is enforced where reports are made; what people wrote is not changed. So whoever exports sees
first which names of registered people and organisations stand in it. A `mark` says which ones somebody has
looked at: with any others, they are asked again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from reports.format import Words
from seminar.canonical import canonical, digest
from services.record.naming import FoundName

_MARK_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class NameTold:
    """A name and where it stands: `CAP-01, rationale`, in the reader's words."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names that were found, at least one, and their mark."""

    told: tuple[NameTold, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Notes:
    """Names that somebody has to look at first, in which case nothing was written; else what a file lacks."""

    names: Names | None = None
    remarks: tuple[str, ...] = ()

    def to_json(self) -> str:
        """For `from_json`, in another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Notes:
        """What `to_json` wrote."""
        read = json.loads(text)
        names = read["names"]
        return cls(
            Names(tuple(NameTold(**one) for one in names["told"]), names["mark"]) if names else None,
            tuple(read["remarks"]),
        )


def names_in(found: Iterable[FoundName], words: Words) -> Names | None:
    """What was found, in the reader's words; the mark is the same in every language. None for nothing."""
    listed = list(found)
    if not listed:
        return None
    spelled = canonical([[one.name, one.reference, str(one.field)] for one in listed])
    told = tuple(
        NameTold(one.name, ", ".join(filter(None, (one.reference, words(one.field))))) for one in listed
    )
    return Names(told, digest(spelled)[:_MARK_LENGTH])
