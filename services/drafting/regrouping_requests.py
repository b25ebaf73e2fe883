"""What somebody asks for who merges or splits, and what has to hold of it before the store is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from seminar import references
from seminar.errors import Invalid, Refused
from seminar.wording import Wording
from seminar.words import t, tn
from storage.recommendations import RecRow

MOST_AT_ONCE: Final = 10
"""Recommendations merged into one, or parts that one is split into, by one act."""


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """`references` go into `into`, whose wording becomes the fields below, as they were typed.

    `versions` are the versions that were on the screen while that was written, by reference; one that
    is not named here is not checked.
    """

    references: tuple[str, ...]
    into: str
    title: str
    text: str
    rationale: str
    addressees: str
    reason: str = ""
    versions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """What one of the parts says, as it was typed; rationale and addressees are those of the whole."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """`version` is the one that was on the screen while the parts were written."""

    reference: str
    version: int
    parts: tuple[Part, ...]
    reason: str = ""


def merged_references(typed: str | Sequence[str], into: str) -> tuple[tuple[str, ...], str]:
    """The references to merge, and the one they go into.

    Raises:
        Invalid: there are none, too many, the same one twice, or the one they go into.
    """
    listed = typed.replace(";", ",").replace("\n", ",").split(",") if isinstance(typed, str) else typed
    others = [references.parse(one) for one in listed if one.strip()]
    if not others:
        raise Invalid(t("Name at least one recommendation that is merged into the other, such as CAP-02."))
    survivor = references.parse(into)
    for number, one in enumerate(others):
        if one == survivor:
            raise Invalid(t("{reference} cannot be merged into itself; name another one.", reference=one))
        if one in others[:number]:
            raise Invalid(t("{reference} is named twice; name each one once.", reference=one))
    if len(others) > MOST_AT_ONCE:
        raise Invalid(
            tn(
                "At most {count} recommendation can be merged at once; merge the others afterwards.",
                "At most {count} recommendations can be merged at once; merge the others afterwards.",
                MOST_AT_ONCE,
            )
        )
    return tuple(others), survivor


def checked_parts(parts: Sequence[Part]) -> tuple[Wording, ...]:
    """The wordings of the parts.

    Raises:
        Invalid: a field is empty, too short or too long, or the parts are too few, too many or the same.
    """
    if not 2 <= len(parts) <= MOST_AT_ONCE:
        raise Invalid(
            t("A recommendation is split into at least 2 parts and at most {most}.", most=MOST_AT_ONCE)
        )
    wordings = tuple(Wording.checked(part.title, part.text, "", "", ()) for part in parts)
    if len(set(wordings)) < len(wordings):
        raise Invalid(t("Two parts say the same; give each its own title and text."))
    return wordings


def require_as_on_screen(row: RecRow, version: int) -> None:
    """Let nobody overwrite a text that they have not read.

    Raises:
        Refused: its text is no longer that of the version.
    """
    if row.version != version:
        raise Refused(
            t(
                "The text of {reference} has changed since this form was opened. Read it as it stands now, "
                "then submit yours again.",
                reference=row.reference,
            )
        )
