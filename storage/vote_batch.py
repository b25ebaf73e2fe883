"""What one batch of votes does: each is checked again, then all are written together.

Runs inside the vote writer's transaction, in a bounded number of statements. A
vote that may not be cast is answered with its refusal and touches no other. A
paper is changed here and nowhere else, so that two taps at once, from two
devices, are two taps one after the other.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import paper
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.methods import METHODS, paper_method, silence
from seminar.model import RECUSED, BallotRules, BallotStatus, Choice, Showing, Status, VoteBy
from seminar.paper import WHOLE, Answers
from seminar.words import t
from storage.ballot_rules import RULE_COLUMNS, rules_from
from storage.engine import insert_into
from storage.schema import ballot_items, ballots, delegations, live_changes, papers, registrations, votes
from storage.voting_acts import Cast, Empty, Fill, HandedIn, Submit, TakeBack, Tap, Vote


class _Ballot(NamedTuple):
    guild_id: int
    status: str
    closes_at: datetime | None
    rules: BallotRules
    positions: frozenset[int]


class _Voter(NamedTuple):
    guild_id: int
    status: str
    constituency: str | None
    delegation_id: str | None


class _Standing(NamedTuple):
    vote: Vote
    reason: str | None


@dataclass(slots=True)
class _Desk:
    """What stands before and after the batch: votes by ballot and elector, papers by ballot and person."""

    votes: dict[tuple[int, str], dict[int, _Standing]]
    papers: dict[tuple[int, str], Answers | None] = field(default_factory=dict)
    touched_votes: dict[tuple[int, str, int], None] = field(default_factory=dict)
    touched_papers: dict[tuple[int, str], None] = field(default_factory=dict)
    live: dict[tuple[int, str], None] = field(default_factory=dict)


# Locked where the database locks rows: a ballot cannot close, nor a voter vote in two processes
# at once, until the batch is committed. Always in the same order, so that batches never wait in a ring.
_BALLOTS = (
    select(
        ballots.c.id,
        ballots.c.guild_id,
        ballots.c.status,
        ballots.c.closes_at,
        *(ballots.c[name] for name in RULE_COLUMNS),
    )
    .where(ballots.c.id.in_(bindparam("ballots", expanding=True)))
    .order_by(ballots.c.id)
    .with_for_update(read=True)
)
_ITEMS = select(ballot_items.c.ballot_id, ballot_items.c.position).where(
    ballot_items.c.ballot_id.in_(bindparam("ballots", expanding=True)), ballot_items.c.removed_at.is_(None)
)
_VOTERS = (
    select(
        registrations.c.person_id,
        registrations.c.guild_id,
        registrations.c.status,
        registrations.c.constituency,
        registrations.c.delegation_id,
    )
    .where(registrations.c.person_id.in_(bindparam("people", expanding=True)))
    .order_by(registrations.c.person_id)
    .with_for_update()
)
# A delegation has several members: it is locked too, or two of them in two processes would each find
# that nothing stands.
_DELEGATIONS = (
    select(delegations.c.id)
    .where(delegations.c.id.in_(bindparam("delegations", expanding=True)))
    .order_by(delegations.c.id)
    .with_for_update(key_share=True)
)
_STANDING = select(
    votes.c.ballot_id,
    votes.c.voter,
    votes.c.position,
    votes.c.choice,
    votes.c.receipt,
    votes.c.reason,
    votes.c.cast_by,
).where(
    votes.c.ballot_id.in_(bindparam("ballots", expanding=True)),
    votes.c.voter.in_(bindparam("voters", expanding=True)),
)
_PAPERS = select(papers.c.ballot_id, papers.c.voter, papers.c.content).where(
    papers.c.ballot_id.in_(bindparam("ballots", expanding=True)),
    papers.c.voter.in_(bindparam("voters", expanding=True)),
)
_TAKE_BACK = delete(votes).where(
    votes.c.ballot_id == bindparam("of_ballot"),
    votes.c.voter == bindparam("of_voter"),
    votes.c.position == bindparam("at_position"),
)
_DROP_PAPER = delete(papers).where(
    papers.c.ballot_id == bindparam("of_ballot"), papers.c.voter == bindparam("of_voter")
)


async def apply(
    tx: AsyncConnection, batch: Sequence[HandedIn], clock: Callable[[], datetime]
) -> list[Cast | Refused]:
    """Check and write a batch in eleven statements at most, however many votes it holds."""
    ids = sorted({one.ballot_id for one in batch})
    found = await _ballots(tx, ids)
    people = sorted({one.person_id for one in batch})
    voters = {
        row.person_id: _Voter(row.guild_id, row.status, row.constituency, row.delegation_id)
        for row in await tx.execute(_VOTERS, {"people": people})
    }
    together = sorted({one.elector for one in batch if one.elector != one.person_id})
    if together:
        await tx.execute(_DELEGATIONS, {"delegations": together})
    desk = await _desk(tx, ids, batch)
    now = clock()  # the lock is held: nothing can close a ballot between this moment and the commit
    answers: list[Cast | Refused] = []
    for one in batch:
        ballot = found.get(one.ballot_id)
        if ballot is None:
            answers.append(NotFound(t("There is no such ballot here.")))
            continue
        refusal = _refusal(one, ballot, voters.get(one.person_id), now)
        if refusal is not None:
            answers.append(refusal)
            continue
        try:
            answers.append(_do(one, ballot, desk))
        except Refused as refused:
            answers.append(refused)
    await _store(tx, desk)
    return answers


async def _ballots(tx: AsyncConnection, ids: Sequence[int]) -> dict[int, _Ballot]:
    locked = (await tx.execute(_BALLOTS, {"ballots": ids})).all()
    # Read after the lock: until then an item may be on its way out.
    positions: dict[int, set[int]] = {ballot_id: set() for ballot_id in ids}
    for ballot_id, position in await tx.execute(_ITEMS, {"ballots": ids}):
        positions[ballot_id].add(position)
    return {
        ballot_id: _Ballot(guild_id, status, closes_at, rules_from(*rules), frozenset(positions[ballot_id]))
        for ballot_id, guild_id, status, closes_at, *rules in locked
    }


async def _desk(tx: AsyncConnection, ids: Sequence[int], batch: Sequence[HandedIn]) -> _Desk:
    desk = _Desk({(one.ballot_id, one.mark): {} for one in batch})
    marks = sorted({one.mark for one in batch})
    for row in await tx.execute(_STANDING, {"ballots": ids, "voters": marks}):
        # In open ballots a person's id may have votes on a ballot that this batch does not touch for them.
        if (mine := desk.votes.get((row.ballot_id, row.voter))) is not None:
            mine[row.position] = _Standing(Vote(row.choice, row.receipt, row.cast_by), row.reason)
    own = sorted({one.own_mark for one in batch if not isinstance(one.given, Tap)})
    if own:
        for ballot_id, voter, content in await tx.execute(_PAPERS, {"ballots": ids, "voters": own}):
            desk.papers[ballot_id, voter] = paper.read(content)
    return desk


def _refusal(one: HandedIn, ballot: _Ballot, voter: _Voter | None, now: datetime) -> Refused | None:
    if ballot.status == BallotStatus.CANCELLED:
        return Refused(t("This ballot was cancelled; its votes were destroyed unseen."))
    if ballot.status in (BallotStatus.PREPARED, BallotStatus.DISCARDED) or ballot.closes_at is None:
        return Refused(t("This ballot is not open yet."))
    if ballot.status != BallotStatus.OPEN or now >= ballot.closes_at:
        return Refused(t("This ballot is closed. Votes can no longer be given, changed or taken back."))
    if voter is None or voter.guild_id != ballot.guild_id:
        return NotAllowed(t("You are not registered here as a participant, so you cannot vote."))
    if voter.status != Status.PARTICIPANT:
        return NotAllowed(t("Observers may discuss, but not vote."))
    if one.needs_constituency and voter.constituency is None:
        return Refused(t("Please choose first whom you speak for, then vote again."))
    by_delegation = ballot.rules.vote_by is VoteBy.DELEGATION
    if one.elector != (voter.delegation_id if by_delegation else one.person_id):
        return NotAllowed(t("You are no longer in that delegation; open the ballot again."))
    if isinstance(one.given, Tap | Fill) and one.given.position not in ballot.positions:
        return NotFound(t("This ballot has no such item."))
    return None


def _do(one: HandedIn, ballot: _Ballot, desk: _Desk) -> Cast:
    """Let the act take effect on the desk.

    Raises:
        Refused: it has none, and nothing was changed.
    """
    mine = desk.votes[one.ballot_id, one.mark]
    if ballot.rules.method == silence.name:
        raise Refused(t("A silence is not voted on: break it, or let its time pass."))
    if isinstance(one.given, Tap) == METHODS[ballot.rules.method].on_paper:
        raise Refused(t("This ballot is voted on otherwise; open it again with `/vote`."))
    position = one.given.position if isinstance(one.given, Tap) else WHOLE
    before = mine.get(position)
    match one.given:
        case Tap(_, None) | TakeBack():
            if isinstance(one.given, TakeBack):
                _keep_as_paper(one, desk, before)
            _set(one, position, None, desk, ballot)
        case Tap(_, choice, reason):
            vote = _vote(one, ballot, choice or "", before)
            confirmed = before is not None and before.vote.choice == vote.choice and reason is None
            kept = before.reason if before is not None and confirmed else reason
            _set(one, position, _Standing(vote, kept), desk, ballot)
        case Fill(place, said):
            _fill(one, ballot, desk, place, said)
        case Empty():
            _set_paper(one, desk, {})
        case Submit(reason):
            answers = _paper(one, desk)
            paper_method(ballot.rules.method).check(answers, ballot.positions, ballot.rules)
            vote = _vote(one, ballot, paper.spell(answers), before)
            _set(one, position, _Standing(vote, reason or (before.reason if before else None)), desk, ballot)
            _set_paper(one, desk, None)
    standing = {place: each.vote for place, each in mine.items()}
    choice, receipt, _ = standing.get(position, (None, None, None))
    return Cast(
        choice,
        receipt,
        standing,
        len(ballot.positions),
        ballot.closes_at,
        desk.papers.get((one.ballot_id, one.own_mark)),
        None if before is None else before.vote,
    )


def _vote(one: HandedIn, ballot: _Ballot, choice: str, before: _Standing | None) -> Vote:
    """The vote that now stands; a changed one keeps its receipt."""
    if isinstance(one.given, Tap) and choice != RECUSED:
        try:
            choice = Choice(choice).value
        except ValueError:
            raise Invalid(t("A vote is for, against or abstain.")) from None
    receipt = before.vote.receipt if before is not None else _receipt() if ballot.rules.receipts else None
    return Vote(choice, receipt, one.cast_by)


def _set(one: HandedIn, position: int, standing: _Standing | None, desk: _Desk, ballot: _Ballot) -> None:
    mine = desk.votes[one.ballot_id, one.mark]
    before = mine.pop(position, None)
    if standing is not None:
        mine[position] = standing
    desk.touched_votes[one.ballot_id, one.mark, position] = None
    # Whoever says again what they said before has changed nothing that totals could show.
    if ballot.rules.results is Showing.LIVE and _choice(before) != _choice(standing):
        desk.live[one.ballot_id, one.mark] = None


def _choice(standing: _Standing | None) -> str | None:
    return None if standing is None else standing.vote.choice


def _paper(one: HandedIn, desk: _Desk) -> Answers:
    """What the person is filling in; what was submitted, where they have not begun another."""
    filling = desk.papers.get((one.ballot_id, one.own_mark))
    if filling is not None:
        return filling
    submitted = desk.votes[one.ballot_id, one.mark].get(WHOLE)
    return {} if submitted is None else paper.read(submitted.vote.choice)


def _fill(one: HandedIn, ballot: _Ballot, desk: _Desk, position: int, said: str) -> None:
    method = paper_method(ballot.rules.method)
    answers = method.changed(_paper(one, desk), position, said, ballot.positions, ballot.rules)
    _set_paper(one, desk, answers)


def _keep_as_paper(one: HandedIn, desk: _Desk, before: _Standing | None) -> None:
    """What is taken back can be changed and submitted again without being filled in anew."""
    if before is not None and desk.papers.get((one.ballot_id, one.own_mark)) is None:
        _set_paper(one, desk, paper.read(before.vote.choice))


def _set_paper(one: HandedIn, desk: _Desk, answers: Answers | None) -> None:
    desk.papers[one.ballot_id, one.own_mark] = answers
    desk.touched_papers[one.ballot_id, one.own_mark] = None


async def _store(tx: AsyncConnection, desk: _Desk) -> None:
    """Write what stands after the whole batch, each vote and each paper once."""
    kept, taken_back = [], []
    for ballot_id, voter, position in desk.touched_votes:
        stands = desk.votes[ballot_id, voter].get(position)
        if stands is None:
            taken_back.append({"of_ballot": ballot_id, "of_voter": voter, "at_position": position})
            continue
        kept.append(
            {
                "ballot_id": ballot_id,
                "voter": voter,
                "position": position,
                "choice": stands.vote.choice,
                "receipt": stands.vote.receipt,
                "reason": stands.reason,
                "cast_by": stands.vote.cast_by,
            }
        )
    if taken_back:
        await tx.execute(_TAKE_BACK, taken_back)
    if kept:
        upsert = insert_into(tx, votes)
        await tx.execute(
            upsert.on_conflict_do_update(
                index_elements=["ballot_id", "voter", "position"],
                set_={name: upsert.excluded[name] for name in ("choice", "reason", "cast_by")},
            ),
            kept,
        )
    if desk.live:
        rows = [{"ballot_id": ballot_id, "voter": voter} for ballot_id, voter in desk.live]
        await tx.execute(insert_into(tx, live_changes).on_conflict_do_nothing(), rows)
    await _store_papers(tx, desk)


async def _store_papers(tx: AsyncConnection, desk: _Desk) -> None:
    filling, done = [], []
    for ballot_id, voter in desk.touched_papers:
        answers = desk.papers[ballot_id, voter]
        if answers is None:
            done.append({"of_ballot": ballot_id, "of_voter": voter})
        else:
            filling.append({"ballot_id": ballot_id, "voter": voter, "content": paper.spell(answers)})
    if done:
        await tx.execute(_DROP_PAPER, done)
    if filling:
        upsert = insert_into(tx, papers)
        await tx.execute(
            upsert.on_conflict_do_update(
                index_elements=["ballot_id", "voter"], set_={"content": upsert.excluded.content}
            ),
            filling,
        )


def _receipt() -> str:
    """Ten random letters and digits, 50 bits: two alike are not to be expected in any ballot."""
    return base64.b32encode(secrets.token_bytes(7)).decode()[:10]
