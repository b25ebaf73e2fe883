"""What a conference does with the texts it was sent: its agenda, and on what a final text rests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final, TypeVar

from seminar.errors import Invalid
from seminar.model import Change
from seminar.wording import Wording
from seminar.words import t

T = TypeVar("T")

_TIME: Final = re.compile(r"(\d{1,2})(?:[:.hH](\d{2})?)?")


class Basis(StrEnum):
    """What a final text rests on: a decision of the `seminar`, one of the `conference` itself, or neither,
    since it was `not_finalised`.
    """

    SEMINAR = "seminar"
    CONFERENCE = "conference"
    NOT_FINALISED = "not_finalised"


class Ending(StrEnum):
    """What an organiser can make of a text at the conference, as it is typed."""

    FINALISED = "finalised"
    NOT_FINALISED = "not finalised"


@dataclass(frozen=True, slots=True)
class Slot:
    """When something is taken up, by the clock of the conference, as `10:30`; `ends` may be left open."""

    starts: str
    ends: str | None = None

    def meets(self, other: Slot) -> bool:
        """Whether there is a moment that belongs to both; one without an end is its first minute."""
        return self.starts <= other._last and other.starts <= self._last

    @property
    def _last(self) -> str:
        """The last minute of it."""
        return self.starts if self.ends is None else _clock(_minutes(self.ends) - 1)


def read_slot(starts: str, ends: str) -> Slot | None:
    """A time slot as it is typed; None where both fields are empty.

    Raises:
        Invalid: one is no time of day, there is no beginning, or the end is not after it.
    """
    first, last = _read(starts), _read(ends)
    if first is None:
        if last is None:
            return None
        raise Invalid(t("Say when it begins as well; leave both fields empty to take the time away."))
    if last is not None and last <= first:
        raise Invalid(
            t("It would end at {end} and begin at {start}; the end comes after.", end=last, start=first)
        )
    return Slot(first, last)


def _read(typed: str) -> str | None:
    typed = typed.strip()
    if not typed:
        return None
    found = _TIME.fullmatch(typed)
    if found is not None and found[0].isascii():
        hour, minute = int(found[1]), int(found[2] or 0)
        if hour < 24 and minute < 60:
            return f"{hour:02}:{minute:02}"
    raise Invalid(t("“{typed}” is no time of day; write it as 10:30.", typed=typed[:40]))


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def meeting(slots: Sequence[tuple[T, Slot]]) -> list[tuple[T, T]]:
    """The pairs, in their order, whose time slots meet."""
    return [(one, other) for (one, mine), (other, theirs) in combinations(slots, 2) if mine.meets(theirs)]


def shifted(order: Sequence[T], one: T, by: int) -> list[T]:
    """The same with `one` so many places further down (up, where `by` is negative), or at the end there.

    Raises:
        ValueError: it is not among them.
    """
    rest = list(order)
    place = rest.index(one)
    rest.pop(place)
    rest.insert(min(max(place + by, 0), len(rest)), one)
    return rest


def chosen(ranked: Iterable[tuple[int | None, T]], top: int | None) -> tuple[list[T], list[T]]:
    """What goes on and what stays behind, of some with their ranks within one theme.

    Without `top` all go. Equals go together, so that there may be more than `top` of them; what no ballot
    gave a rank stays.
    """
    going: list[T] = []
    staying: list[T] = []
    for rank, one in ranked:
        goes = top is None or (rank is not None and rank <= top)
        (going if goes else staying).append(one)
    return going, staying


def needs_new_decision(decided: int, texts: Iterable[tuple[int, Wording, Change]]) -> bool:
    """Whether a text has changed in substance since its version `decided` was decided on.

    `texts` are its versions: number, words, and how each changed the one before. Words that were given back
    are those that were decided on, or those that only their wording had become since, whatever lies between.
    """
    later = sorted((text for text in texts if text[0] >= decided), key=lambda text: text[0])
    if not later or later[0][0] != decided:
        raise ValueError("the version that was decided on is missing")
    decided_on, stands = [later[0][1]], True
    for _, wording, change in later[1:]:
        worded_anew = stands and change is Change.EDITORIAL
        stands = worded_anew or any(wording.reads_like(one) for one in decided_on)
        if stands:
            decided_on.append(wording)
    return not stands
