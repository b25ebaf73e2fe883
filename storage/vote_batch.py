"""What one batch of votes does: each is checked again, then all are written together.

Runs inside the vote writer's transaction, in a fixed number of statements. A
vote that may not be cast is answered with its refusal and touches no other.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import NotAllowed, NotFound, Refused
from seminar.model import BallotStatus, Choice, Status
from seminar.words import t
from storage.engine import insert_into
from storage.schema import ballot_items, ballots, registrations, votes


class Vote(NamedTuple):
    """What stands for one voter on one item; `receipt` is None in a ballot without receipts."""

    choice: Choice
    receipt: str | None


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote that is durable: None and None when it was taken back.

    `votes` is everything that stands for this voter on this ballot, by the item's
    position; `total` is the number of items. `closes_at` is when the ballot closes by itself.
    """

    choice: Choice | None
    receipt: str | None
    votes: Mapping[int, Vote]
    total: int
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Given:
    """A vote as it was handed in; see `storage.votes.VoteWriter.cast`."""

    ballot_id: int
    person_id: str
    mark: str
    position: int
    choice: Choice | None
    reason: str | None
    needs_constituency: bool


class _Ballot(NamedTuple):
    guild_id: int
    status: str
    closes_at: datetime | None
    receipts: bool
    positions: frozenset[int]


class _Voter(NamedTuple):
    guild_id: int
    status: str
    constituency: str | None


class _Standing(NamedTuple):
    vote: Vote
    reason: str | None


# Locked where the database locks rows: a ballot cannot close, nor a voter vote in two processes
# at once, until the batch is committed. Always in the same order, so that batches never wait in a ring.
_BALLOTS = (
    select(ballots.c.id, ballots.c.guild_id, ballots.c.status, ballots.c.closes_at, ballots.c.receipts)
    .where(ballots.c.id.in_(bindparam("ballots", expanding=True)))
    .order_by(ballots.c.id)
    .with_for_update(read=True)
)
_ITEMS = select(ballot_items.c.ballot_id, ballot_items.c.position).where(
    ballot_items.c.ballot_id.in_(bindparam("ballots", expanding=True))
)
_VOTERS = (
    select(
        registrations.c.person_id,
        registrations.c.guild_id,
        registrations.c.status,
        registrations.c.constituency,
    )
    .where(registrations.c.person_id.in_(bindparam("people", expanding=True)))
    .order_by(registrations.c.person_id)
    .with_for_update()
)
_STANDING = select(
    votes.c.ballot_id, votes.c.voter, votes.c.position, votes.c.choice, votes.c.receipt, votes.c.reason
).where(
    votes.c.ballot_id.in_(bindparam("ballots", expanding=True)),
    votes.c.voter.in_(bindparam("voters", expanding=True)),
)
_TAKE_BACK = delete(votes).where(
    votes.c.ballot_id == bindparam("of_ballot"),
    votes.c.voter == bindparam("of_voter"),
    votes.c.position == bindparam("at_position"),
)


async def apply(
    tx: AsyncConnection, batch: Sequence[Given], clock: Callable[[], datetime]
) -> list[Cast | Refused]:
    """Check and write a batch in six statements, however many votes it holds."""
    ids = sorted({given.ballot_id for given in batch})
    positions: dict[int, set[int]] = {ballot_id: set() for ballot_id in ids}
    for ballot_id, position in await tx.execute(_ITEMS, {"ballots": ids}):
        positions[ballot_id].add(position)
    found = {
        row.id: _Ballot(row.guild_id, row.status, row.closes_at, row.receipts, frozenset(positions[row.id]))
        for row in await tx.execute(_BALLOTS, {"ballots": ids})
    }
    people = sorted({given.person_id for given in batch})
    voters = {
        person_id: _Voter(guild_id, status, constituency)
        for person_id, guild_id, status, constituency in await tx.execute(_VOTERS, {"people": people})
    }
    standing: dict[tuple[int, str], dict[int, _Standing]] = {
        (given.ballot_id, given.mark): {} for given in batch
    }
    marks = sorted({given.mark for given in batch})
    for row in await tx.execute(_STANDING, {"ballots": ids, "voters": marks}):
        ballot_id, voter, position, choice, receipt, reason = row
        # In open ballots a person's id may have votes on a ballot that this batch does not touch for them.
        if (mine := standing.get((ballot_id, voter))) is not None:
            mine[position] = _Standing(Vote(Choice(choice), receipt), reason)

    now = clock()  # the lock is held: nothing can close a ballot between this moment and the commit
    answers: list[Cast | Refused] = []
    touched: dict[tuple[int, str, int], None] = {}
    for given in batch:
        ballot = found.get(given.ballot_id)
        if ballot is None:
            answers.append(NotFound(t("There is no such ballot here.")))
            continue
        refusal = _refusal(given, ballot, voters.get(given.person_id), now)
        if refusal is not None:
            answers.append(refusal)
            continue
        mine = standing[given.ballot_id, given.mark]
        _change(mine, given, ballot.receipts)
        touched[given.ballot_id, given.mark, given.position] = None
        now_standing = {position: each.vote for position, each in mine.items()}
        choice, receipt = now_standing.get(given.position, (None, None))
        answers.append(Cast(choice, receipt, now_standing, len(ballot.positions), ballot.closes_at))
    await _store(tx, touched, standing)
    return answers


def _refusal(given: Given, ballot: _Ballot, voter: _Voter | None, now: datetime) -> Refused | None:
    if ballot.status == BallotStatus.CANCELLED:
        return Refused(t("This ballot was cancelled; its votes were destroyed unseen."))
    if ballot.status == BallotStatus.PREPARED or ballot.closes_at is None:
        return Refused(t("This ballot is not open yet."))
    if ballot.status != BallotStatus.OPEN or now >= ballot.closes_at:
        return Refused(t("This ballot is closed. Votes can no longer be given, changed or taken back."))
    if voter is None or voter.guild_id != ballot.guild_id:
        return NotAllowed(t("You are not registered here as a participant, so you cannot vote."))
    if voter.status != Status.PARTICIPANT:
        return NotAllowed(t("Observers may discuss, but not vote."))
    if given.needs_constituency and voter.constituency is None:
        return Refused(t("Please choose first whom you speak for, then vote again."))
    if given.position not in ballot.positions:
        return NotFound(t("This ballot has no such item."))
    return None


def _change(mine: dict[int, _Standing], given: Given, receipts: bool) -> None:
    before = mine.get(given.position)
    if given.choice is None:
        mine.pop(given.position, None)
    elif before is None:
        vote = Vote(given.choice, _receipt() if receipts else None)
        mine[given.position] = _Standing(vote, given.reason)
    else:
        confirmed = before.vote.choice is given.choice and given.reason is None
        vote = Vote(given.choice, before.vote.receipt)
        mine[given.position] = _Standing(vote, before.reason if confirmed else given.reason)


async def _store(
    tx: AsyncConnection,
    touched: Mapping[tuple[int, str, int], None],
    standing: Mapping[tuple[int, str], Mapping[int, _Standing]],
) -> None:
    """Write what stands after the whole batch, each vote once."""
    kept, taken_back = [], []
    for ballot_id, voter, position in touched:
        stands = standing[ballot_id, voter].get(position)
        if stands is None:
            taken_back.append({"of_ballot": ballot_id, "of_voter": voter, "at_position": position})
            continue
        kept.append(
            {
                "ballot_id": ballot_id,
                "voter": voter,
                "position": position,
                "choice": stands.vote.choice.value,
                "receipt": stands.vote.receipt,
                "reason": stands.reason,
            }
        )
    if taken_back:
        await tx.execute(_TAKE_BACK, taken_back)
    if kept:
        upsert = insert_into(tx, votes)
        await tx.execute(
            upsert.on_conflict_do_update(
                index_elements=["ballot_id", "voter", "position"],
                set_={"choice": upsert.excluded.choice, "reason": upsert.excluded.reason},
            ),
            kept,
        )


def _receipt() -> str:
    """Ten random letters and digits, 50 bits: two alike are not to be expected in any ballot."""
    return base64.b32encode(secrets.token_bytes(7)).decode()[:10]
