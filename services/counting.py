"""What closing makes of a ballot's votes: worked out apart from the store, and in no order of arrival.

Nothing that leaves here joins a vote to its voter under secrecy: rows are numbered
after a shuffle from the system's randomness, groups are the pooled ones, and reasons
are shuffled apart from the votes they came with.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from seminar.canonical import canonical, digest
from seminar.methods import METHODS
from seminar.methods.base import Vote
from seminar.model import BallotRules, Secrecy
from seminar.pooling import EVERYONE, OTHERS, pool
from storage.cast_votes import CastVoteRow, ElectorRow, EntitledRow, ReasonRow, TallyRow
from storage.votes import VoteRow

R = TypeVar("R", CastVoteRow, TallyRow)


class Placed(Protocol):
    """An item of a ballot, by its place."""

    @property
    def position(self) -> int: ...

    @property
    def recommendation_id(self) -> int: ...

    @property
    def reference(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Count:
    """Everything closing stores. `set_aside` counts voters whose votes were not counted."""

    electors: tuple[ElectorRow, ...]
    cast_votes: tuple[CastVoteRow, ...]
    reasons: tuple[ReasonRow, ...]
    tallies: tuple[TallyRow, ...]
    figures: tuple[Any, ...]
    voters: int
    set_aside: int
    groups: tuple[str, ...]


def count(
    ballot_id: int,
    rules: BallotRules,
    items: Sequence[Placed],
    electorate: Sequence[EntitledRow],
    voter_of: Mapping[str, str],
    votes: Sequence[VoteRow],
    *,
    constituencies: bool,
) -> Count:
    """Count a ballot.

    `voter_of` gives by person id what stands for the person in `votes`; votes of nobody in it are
    set aside. `constituencies` says whether the initiative declares any.
    """
    by_voter = {voter_of[person.person_id]: person for person in electorate}
    counted = [(by_voter[vote.voter], vote) for vote in votes if vote.voter in by_voter]
    strangers = {vote.voter for vote in votes if vote.voter not in by_voter}
    voted = {person.person_id for person, _ in counted}
    groups = _groups((person for person in electorate if person.person_id in voted), rules, constituencies)
    record = _record(ballot_id, rules, items, counted, groups)
    published = tuple(sorted(set(groups.values())))
    figures, tallies = tally(ballot_id, rules, items, record, len(electorate), published)
    return Count(
        electors=tuple(
            ElectorRow(ballot_id, person.person_id, person.constituency, person.person_id in voted)
            for person in electorate
        ),
        cast_votes=record,
        reasons=_reasons(ballot_id, (vote for _, vote in counted)),
        tallies=tallies,
        figures=figures,
        voters=len(voted),
        set_aside=len(strangers),
        groups=published,
    )


def _groups(voters: Iterable[EntitledRow], rules: BallotRules, constituencies: bool) -> dict[str, str]:
    """The published group of each voter, by person id."""
    # Who voted before the initiative declared constituencies, and never chose one, is among the others.
    own = {
        person.person_id: (person.constituency or OTHERS) if constituencies else EVERYONE for person in voters
    }
    if rules.secrecy is Secrecy.OPEN:
        return own
    pooled = pool(Counter(own.values()))
    return {person_id: pooled[group] for person_id, group in own.items()}


def _record(
    ballot_id: int,
    rules: BallotRules,
    items: Sequence[Placed],
    counted: Sequence[tuple[EntitledRow, VoteRow]],
    groups: Mapping[str, str],
) -> tuple[CastVoteRow, ...]:
    reference = {item.position: item.reference for item in items}
    open_ballot = rules.secrecy is Secrecy.OPEN
    shuffled = list(counted)
    secrets.SystemRandom().shuffle(shuffled)
    return tuple(
        _sealed(
            CastVoteRow,
            ballot_id=ballot_id,
            number=number,
            position=vote.position,
            reference=reference[vote.position],
            choice=vote.choice.value,
            receipt=vote.receipt if rules.receipts else None,
            constituency=groups[person.person_id],
            voter=person.pseudonym if open_ballot else None,
        )
        for number, (person, vote) in enumerate(shuffled, start=1)
    )


def _reasons(ballot_id: int, votes: Iterable[VoteRow]) -> tuple[ReasonRow, ...]:
    # Their ids are random and order the table, so no shuffle could be seen in it.
    given = [
        ReasonRow(secrets.token_urlsafe(16), ballot_id, vote.position, vote.choice.value, vote.reason)
        for vote in votes
        if vote.reason
    ]
    return tuple(sorted(given, key=lambda row: row.id))


def tally(
    ballot_id: int,
    rules: BallotRules,
    items: Sequence[Placed],
    record: Iterable[CastVoteRow],
    electorate: int,
    groups: Sequence[str],
) -> tuple[tuple[Any, ...], tuple[TallyRow, ...]]:
    """The figures of each item by the ballot's method, and as rows; the audit does the same again.

    Raises:
        ValueError: a row of the record cannot be a vote of this ballot.
    """
    votes: list[Vote] = [(row.position, row.choice, row.constituency) for row in record]
    figures = METHODS[rules.method].tally(
        [(item.position, item.reference) for item in items], votes, rules, electorate, groups
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
