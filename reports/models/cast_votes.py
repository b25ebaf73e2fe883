"""What a cast-vote record says: every vote of closed ballots, as everybody may read it.

Votes stand in the ballot's published order, which says nothing about when they
were cast. What names a voter has passed `seminar.attribution`; nothing here is left
to a renderer to hide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from seminar.model import Counts

CAST_VOTE_FIELDS: tuple[str, ...] = (
    "ballot",
    "method",
    "reference",
    "receipt",
    "constituency",
    "voter",
    "vote",
)
"""The public names of a vote's fields, in the order of the exports."""


@dataclass(frozen=True, slots=True)
class CastVote:
    """One vote: on one item, or a whole paper, which has no `reference`.

    `constituency` is the published group, None where none may be told; `voter` is None under secrecy
    and wherever attribution names nobody. `vote` is as the method publishes it: a word, or what
    JSON can spell.
    """

    reference: str | None
    receipt: str | None
    constituency: str | None
    voter: str | None
    vote: Any


@dataclass(frozen=True, slots=True)
class Hands:
    """Hands shown in the room on one item: `constituency` is the group they entered, None for none.

    `asked` says, in the facilitator's words, who was asked.
    """

    reference: str
    constituency: str | None
    counts: Counts
    asked: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that came with some vote on an item, or with a paper; with which is not known."""

    reference: str | None
    choice: str
    text: str


@dataclass(frozen=True, slots=True)
class BallotRecord:
    """The record of one closed ballot.

    `rules` are those it was announced with, as they are stored. `checksum` is the ledger's over record
    and tally (SHA-256, hex; None where the ledger has none). `electorate` and `voters` count persons
    (or delegations) as frozen at closing, `set_aside` voters who had left the electorate.
    """

    label: str
    method: str
    items: tuple[str, ...]
    rules: Mapping[str, Any]
    closed_at: datetime | None
    checksum: str | None
    electorate: int
    voters: int
    set_aside: int
    room: tuple[Hands, ...]
    reasons: tuple[Reason, ...]
    votes: tuple[CastVote, ...]


@dataclass(frozen=True, slots=True)
class CastVotesReport:
    """The records of one closed ballot, or of all, by number.

    `generated_at` is aware; `ledger_head` is the SHA-256 (hex) of the ledger's last entry, None while
    it is empty.
    """

    initiative: str
    generated_at: datetime
    ledger_head: str | None
    ballots: tuple[BallotRecord, ...]
