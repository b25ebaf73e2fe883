"""What closing makes of a ballot's votes: worked out apart from the store, and in no order of arrival.

Nothing that leaves here joins a vote to its voter under secrecy: rows are numbered
after a shuffle from the system's randomness, groups are the pooled ones, and reasons
are shuffled apart from the votes they came with.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from seminar import paper
from seminar.canonical import canonical, digest
from seminar.methods import METHODS, silence
from seminar.methods.base import Beside, RoomCount, Vote
from seminar.model import RECUSED, BallotRules, Counts, Secrecy
from seminar.paper import WHOLE
from seminar.pooling import EVERYONE, OTHERS, pool
from storage.cast_votes import CastVoteRow, ReasonRow, TallyRow
from storage.electorates import ElectorRow, EntitledRow
from storage.rooms import RoomRow
from storage.votes import VoteRow

R = TypeVar("R", CastVoteRow, TallyRow)

PAPER = "paper"
"""The choice a reason is kept under where it was given with a whole paper."""


class Placed(Protocol):
    """An item of a ballot, by its place."""

    @property
    def position(self) -> int: ...

    @property
    def recommendation_id(self) -> int: ...

    @property
    def reference(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Given:
    """Everything a ballot is counted from.

    `voter_of` gives by elector what stands for them in `votes`; votes of nobody in it are set
    aside. `constituencies` says whether the initiative declares any.
    """

    ballot_id: int
    rules: BallotRules
    items: Sequence[Placed]
    electorate: Sequence[EntitledRow]
    voter_of: Mapping[str, str]
    votes: Sequence[VoteRow]
    room: Sequence[RoomRow]
    beside: Beside
    constituencies: bool


@dataclass(frozen=True, slots=True)
class Objection:
    """What breaks a silence; `constituency` is None where it may not be told."""

    person_id: str
    pseudonym: str
    constituency: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """Everything closing stores. `set_aside` counts voters whose votes were not counted;
    `room_set_aside` are the positions on which hands and votes together exceeded the entitled."""

    electors: tuple[ElectorRow, ...]
    cast_votes: tuple[CastVoteRow, ...]
    reasons: tuple[ReasonRow, ...]
    tallies: tuple[TallyRow, ...]
    figures: tuple[Any, ...]
    voters: int
    set_aside: int
    beside: Beside
    room_set_aside: tuple[int, ...] = ()


def count(given: Given) -> Count:
    """Count a ballot.

    Raises:
        ValueError: something among its votes cannot be a vote of this ballot.
    """
    elector_of = {given.voter_of[one.elector]: one for one in given.electorate}
    counted = [(elector_of[vote.voter], vote) for vote in given.votes if vote.voter in elector_of]
    strangers = {vote.voter for vote in given.votes if vote.voter not in elector_of}
    voted = {elector.elector for elector, vote in counted if _says_something(vote)}
    groups = _groups(given, [elector for elector, _ in counted], voted)
    record = _record(given, counted, groups)
    room, too_many = _room(given, counted, groups)
    beside = replace(given.beside, room=room)
    figures, tallies = tally(given.ballot_id, given.rules, given.items, record, len(given.electorate), beside)
    return Count(
        electors=tuple(
            ElectorRow(given.ballot_id, one.elector, one.constituency, one.elector in voted)
            for one in given.electorate
        ),
        cast_votes=record,
        reasons=_reasons(given.ballot_id, (vote for _, vote in counted)),
        tallies=tallies,
        figures=figures,
        voters=len(voted),
        set_aside=len(strangers),
        beside=beside,
        room_set_aside=too_many,
    )


def count_silence(
    ballot_id: int,
    rules: BallotRules,
    items: Sequence[Placed],
    electorate: Sequence[EntitledRow],
    objections: Sequence[Objection],
    beside: Beside,
) -> Count:
    """Count a silence procedure: its record is the objections, each for the constituency that may be told."""
    record = tuple(
        _sealed(
            CastVoteRow,
            ballot_id=ballot_id,
            number=number,
            position=WHOLE,
            reference="",
            choice=silence.BREAK,
            receipt=None,
            constituency=objection.constituency,
            voter=objection.pseudonym,
        )
        for number, objection in enumerate(objections, start=1)
    )
    figures, tallies = tally(ballot_id, rules, items, record, len(electorate), beside)
    objecting = {objection.person_id for objection in objections}
    return Count(
        electors=tuple(
            ElectorRow(
                ballot_id,
                one.elector,
                one.constituency,
                any(member.person_id in objecting for member in one.members),
            )
            for one in electorate
        ),
        cast_votes=record,
        reasons=(),
        tallies=tallies,
        figures=figures,
        voters=len(objecting),
        set_aside=0,
        beside=beside,
    )


def _says_something(vote: VoteRow) -> bool:
    """Whether it is more than standing aside."""
    if vote.position == WHOLE:
        return paper.answers_something(vote.choice)
    return vote.choice != RECUSED


def _groups(given: Given, present: Iterable[EntitledRow], voted: Collection[str]) -> dict[str, str]:
    """The published group of each elector who is in the record.

    Only those who voted make a group large enough: who merely stands aside hides nobody, and is put
    with others where their own constituency cannot be published.
    """
    # Who voted before the initiative declared constituencies, and never chose one, is among the others.
    own = {one.elector: (one.constituency or OTHERS) if given.constituencies else EVERYONE for one in present}
    if given.rules.secrecy is Secrecy.OPEN:
        return own
    counting = {elector: group for elector, group in own.items() if elector in voted} or own
    pooled = pool(Counter(counting.values()))
    known = sorted(set(pooled.values()))
    elsewhere = OTHERS if OTHERS in known else known[0] if known else EVERYONE
    return {elector: pooled.get(group, elsewhere) for elector, group in own.items()}


def _room(
    given: Given, counted: Iterable[tuple[EntitledRow, VoteRow]], groups: Mapping[str, str]
) -> tuple[tuple[RoomCount, ...], tuple[int, ...]]:
    """The hands that count, each in its published group, and the positions where there were too many.

    Votes that came after the hands were entered may have made them more than everybody: somebody
    was then counted twice, and the votes, which are proved, stand.
    """
    if not given.room:
        return (), ()
    votes = Counter[int]()
    aside = Counter[int]()
    published: dict[str, str] = {}
    for elector, vote in counted:
        if vote.choice == RECUSED:
            aside[vote.position] += 1
        else:
            votes[vote.position] += 1
            published[elector.constituency or OTHERS] = groups[elector.elector]
    hands: dict[int, Counts] = {}
    for row in given.room:
        hands[row.position] = hands.get(row.position, Counts()) + row.counts
    entitled = len(given.electorate)
    too_many = tuple(
        sorted(
            position
            for position, shown in hands.items()
            if shown.total + votes[position] > entitled - aside[position]
        )
    )
    room = tuple(
        RoomCount(
            row.position,
            None if row.constituency is None else published.get(row.constituency, row.constituency),
            row.counts,
        )
        for row in given.room
        if row.position not in too_many
    )
    return room, too_many


def _record(
    given: Given, counted: Sequence[tuple[EntitledRow, VoteRow]], groups: Mapping[str, str]
) -> tuple[CastVoteRow, ...]:
    reference = {WHOLE: "", **{item.position: item.reference for item in given.items}}
    open_ballot = given.rules.secrecy is Secrecy.OPEN
    shuffled = list(counted)
    secrets.SystemRandom().shuffle(shuffled)
    return tuple(
        _sealed(
            CastVoteRow,
            ballot_id=given.ballot_id,
            number=number,
            position=vote.position,
            reference=reference[vote.position],
            choice=vote.choice,
            receipt=vote.receipt if given.rules.receipts else None,
            # Standing aside enters no group's figures, so its row needs none.
            constituency=None if vote.choice == RECUSED else groups[elector.elector],
            voter=elector.pseudonym if open_ballot else None,
        )
        for number, (elector, vote) in enumerate(shuffled, start=1)
    )


def _reasons(ballot_id: int, votes: Iterable[VoteRow]) -> tuple[ReasonRow, ...]:
    # Their ids are random and order the table, so no shuffle could be seen in it.
    given = [
        ReasonRow(
            secrets.token_urlsafe(16),
            ballot_id,
            vote.position,
            PAPER if vote.position == WHOLE else vote.choice,
            vote.reason,
        )
        for vote in votes
        if vote.reason
    ]
    return tuple(sorted(given, key=lambda row: row.id))


def tally(
    ballot_id: int,
    rules: BallotRules,
    items: Sequence[Placed],
    record: Sequence[CastVoteRow],
    electorate: int,
    beside: Beside,
) -> tuple[tuple[Any, ...], tuple[TallyRow, ...]]:
    """The figures of each item by the ballot's method, and as rows; the audit does the same again.

    The published groups are those that the record and the hands shown in the room name.

    Raises:
        ValueError: a row of the record cannot be a vote of this ballot.
    """
    votes: list[Vote] = [(row.position, row.choice, row.constituency) for row in record]
    named = {group for _, _, group in votes} | {one.group for one in beside.room}
    groups = sorted(group for group in named if group is not None)
    figures = METHODS[rules.method].tally(
        [(item.position, item.reference) for item in items], votes, rules, electorate, groups, beside
    )
    ordered = sorted(items, key=lambda item: item.position)
    rows = tuple(
        _sealed(
            TallyRow,
            ballot_id=ballot_id,
            position=item.position,
            recommendation_id=item.recommendation_id,
            reference=item.reference,
            figures=canonical(one.to_json()),
        )
        for item, one in zip(ordered, figures, strict=True)
    )
    return figures, rows


def digest_of(row: CastVoteRow | TallyRow) -> str:
    """SHA-256 over every column of a row but its digest."""
    return digest(canonical({name: getattr(row, name) for name in row.__slots__ if name != "digest"}))


def _sealed(kind: type[R], **columns: Any) -> R:
    """A row with its digest, as `digest_of` recomputes it."""
    return kind(**columns, digest=digest(canonical(columns)))


def checksum(rows: Iterable[CastVoteRow | TallyRow]) -> str:
    """SHA-256 over the digests of rows, in the order given."""
    return digest("".join(row.digest for row in rows))
