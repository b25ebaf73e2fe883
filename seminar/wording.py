"""What a recommendation says: its four fields, their limits, and how they differ and merge.

Text is compared by words (`seminar.differences`), addressees one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from unicodedata import normalize

from seminar.canonical import canonical
from seminar.differences import Conflict, Mark, Merge, Piece, difference, merge
from seminar.texts import bounded, clean, clean_line, split_addressees
from seminar.words import Text, t

LEAST_TEXT: Final = 20
MOST_TITLE: Final = 100
MOST_TEXT: Final = 2000
MOST_RATIONALE: Final = 1000
MOST_ADDRESSEES: Final = 300
"""All in characters, as Discord counts them."""

FIELD_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "title": t("Title"),
        "text": t("Text"),
        "rationale": t("Rationale"),
        "addressees": t("Addressees"),
    }
)
"""The fields in their order, by their names in forms."""

_SEPARATOR, _SHORTER = ", ", ","
_MOST_TOLD = 60  # characters of each side of a place in `told_briefly`


@dataclass(frozen=True, slots=True)
class Wording:
    """One state of what a recommendation says; `addressees` are entity codes or free names."""

    title: str
    text: str
    rationale: str = ""
    addressees: tuple[str, ...] = ()

    @classmethod
    def checked(
        cls, title: str, text: str, rationale: str, addressees: str, entities: Iterable[tuple[str, str]]
    ) -> Wording:
        """The fields as they were typed, cleaned; `entities` are (code, title).

        Raises:
            Invalid: a field is empty, too short or too long.
        """
        typed = bounded(clean(addressees), FIELD_WORDS["addressees"], 0, MOST_ADDRESSEES)
        return cls(
            title=bounded(clean_line(title), FIELD_WORDS["title"], 1, MOST_TITLE),
            text=bounded(clean(text), FIELD_WORDS["text"], LEAST_TEXT, MOST_TEXT),
            rationale=bounded(clean(rationale), FIELD_WORDS["rationale"], 0, MOST_RATIONALE),
            addressees=split_addressees(typed, entities),
        )

    @property
    def content(self) -> str:
        """All it says, as the ledger remembers it."""
        return content(self.title, self.text, self.rationale, list(self.addressees))

    @property
    def fields(self) -> Mapping[str, str]:
        """Each field as one text, by its name in forms."""
        return {
            "title": self.title,
            "text": self.text,
            "rationale": self.rationale,
            "addressees": self._joined(),
        }

    def reads_like(self, other: Wording) -> bool:
        """Whether no reader could tell them apart: accents may be part of their letters, or stand alone."""
        return all(
            normalize("NFC", mine) == normalize("NFC", theirs)
            for mine, theirs in zip(self.fields.values(), other.fields.values(), strict=True)
        )

    def _joined(self) -> str:
        """Separated by commas, and so that what was short enough to be typed is short enough again."""
        told = _SEPARATOR.join(self.addressees)
        return told if len(told) <= MOST_ADDRESSEES else _SHORTER.join(self.addressees)

    def settled(self) -> Wording:
        """The same as it may be stored, after two changes were brought together.

        Raises:
            Invalid: they leave too little of a field.
        """
        return replace(
            self,
            title=bounded(clean_line(self.title), FIELD_WORDS["title"], 1, MOST_TITLE),
            text=bounded(clean(self.text), FIELD_WORDS["text"], LEAST_TEXT, MOST_TEXT),
            rationale=bounded(clean(self.rationale), FIELD_WORDS["rationale"], 0, MOST_RATIONALE),
        )


def content(title: object, text: object, rationale: object, addressees: object) -> str:
    """The fields of a wording as canonical JSON, whatever a store holds in them.

    Raises:
        TypeError, ValueError: a field holds what JSON cannot.
    """
    return canonical({"title": title, "text": text, "rationale": rationale, "addressees": addressees})


def changes(old: Wording, new: Wording) -> Mapping[str, tuple[Piece, ...]]:
    """The difference of each field that differs; empty where none does."""
    before, after = old.fields, new.fields
    return {name: difference(before[name], after[name]) for name in before if before[name] != after[name]}


def told_briefly(old: Wording, new: Wording, most: int) -> str:
    """The places that differ, as "old words → new words", in any language; at most `most` characters."""
    places = (place for pieces in changes(old, new).values() for place in _places(pieces))
    told = "; ".join(_told(_short(removed), _short(added)) for removed, added in places)
    return told if len(told) <= most else told[: most - 1].rstrip() + "…"


def _places(pieces: Iterable[Piece]) -> Iterator[tuple[str, str]]:
    """What was taken out at each place that changed, and what was put there."""
    removed = added = ""
    for piece in pieces:
        match piece.mark:
            case Mark.REMOVED:
                removed = piece.text
            case Mark.ADDED:
                added = piece.text
            case _ if removed or added:
                yield removed, added
                removed = added = ""
    if removed or added:
        yield removed, added


def _told(removed: str, added: str) -> str:
    if not removed:
        return f"+ “{added}”"
    return f"“{removed}” → “{added}”" if added else f"− “{removed}”"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MOST_TOLD else flat[: _MOST_TOLD - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class WordingMerge:
    """Two changes of one wording; `wording` is None while a field is in conflict, or too long together.

    `conflicts` has the merges of the fields in conflict; `too_long` names those that both changes
    together make longer than is allowed.
    """

    wording: Wording | None
    conflicts: Mapping[str, Merge]
    too_long: tuple[str, ...] = ()


def brought_forward(base: Wording, ours: Wording, theirs: Wording) -> Wording:
    """`theirs` with what `ours` changed elsewhere, to be worked over; where both touch it, it is theirs.

    A field that would become too long stays as theirs.
    """
    before, mine, other = base.fields, ours.fields, theirs.fields
    made: dict[str, str] = {}
    for name, most in (("title", MOST_TITLE), ("text", MOST_TEXT), ("rationale", MOST_RATIONALE)):
        parts = merge(before[name], mine[name], other[name]).parts
        text = "".join(part.theirs if isinstance(part, Conflict) else part for part in parts)
        made[name] = text if len(text) <= most else other[name]
    return Wording(**made, addressees=_addressed(base.addressees, ours.addressees, theirs.addressees))


def merged(base: Wording, ours: Wording, theirs: Wording) -> WordingMerge:
    """Both changes of `base` brought together, as far as they touch different words.

    Addressees that one of them adds are added, those that one takes away are gone.
    """
    before, mine, other = base.fields, ours.fields, theirs.fields
    merges = {name: merge(before[name], mine[name], other[name]) for name in ("title", "text", "rationale")}
    conflicts = {name: one for name, one in merges.items() if one.conflicts}
    if conflicts:
        return WordingMerge(None, conflicts)
    addressees = _addressed(base.addressees, ours.addressees, theirs.addressees)
    text = {name: one.text or "" for name, one in merges.items()}
    made = Wording(text["title"], text["text"], text["rationale"], addressees)
    limits = {
        "title": MOST_TITLE,
        "text": MOST_TEXT,
        "rationale": MOST_RATIONALE,
        "addressees": MOST_ADDRESSEES,
    }
    too_long = tuple(name for name, most in limits.items() if len(made.fields[name]) > most)
    return WordingMerge(None if too_long else made, {}, too_long)


def _addressed(base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    kept = [name for name in ours if name in theirs or name not in base]
    return (*kept, *(name for name in theirs if name not in base and name not in kept))
