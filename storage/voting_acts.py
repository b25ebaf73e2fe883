"""What somebody who votes hands in, and what they are answered: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from seminar.paper import Answers


class Vote(NamedTuple):
    """What stands for one elector on one item, or as their whole paper.

    `choice` is in the method's own spelling; `receipt` is None in a ballot without receipts;
    `cast_by` is the mark of the member who cast it, where a delegation votes.
    """

    choice: str
    receipt: str | None
    cast_by: str | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote that is durable: None and None when it was taken back.

    `votes` is everything that stands for this elector on this ballot, by the item's position;
    `total` is the number of items. `closes_at` is when the ballot closes by itself. `paper` is what
    the person is filling in, None where that is what was submitted. `replaced` is what stood before.
    """

    choice: str | None
    receipt: str | None
    votes: Mapping[int, Vote]
    total: int
    closes_at: datetime | None
    paper: Answers | None = None
    replaced: Vote | None = None


@dataclass(frozen=True, slots=True)
class Tap:
    """A vote on one item, saved at once; None takes it back."""

    position: int
    choice: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """One tap on a paper: `said` in the words of the ballot's method, or of all (`seminar.paper.tapped`)."""

    position: int
    said: str


@dataclass(frozen=True, slots=True)
class Empty:
    """Leave every item of the paper open again; what was submitted stands."""


@dataclass(frozen=True, slots=True)
class Submit:
    """Let the paper count, in place of what was submitted before."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take the submitted paper back; it can be submitted again."""


Given: TypeAlias = "Tap | Fill | Empty | Submit | TakeBack"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """An act of voting as it was handed in.

    `elector` is who holds the vote: the person, or their delegation. `mark` is what the elector's
    rows are kept under, `own_mark` the person's: marks under secrecy, else the ids themselves.
    """

    ballot_id: int
    person_id: str
    elector: str
    mark: str
    own_mark: str
    given: Given
    needs_constituency: bool = False

    @property
    def cast_by(self) -> str | None:
        """Who cast it, where somebody else could have."""
        return None if self.elector == self.person_id else self.own_mark
