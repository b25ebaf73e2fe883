"""What a ballot is counted from, read in the transaction that closes it, and the count itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import paper, stability
from seminar.attribution import may_name_constituency
from seminar.initiative import Initiative
from seminar.methods import silence
from seminar.methods.base import Beside, Stability
from seminar.model import Secrecy
from seminar.paper import WHOLE, Answers
from services.keys import KeyMissing, KeyStore
from services.voting import counting, rounds
from services.voting.counting import Count, Given, Objection
from storage import ballots, electorates, people, rooms, statements, votes
from storage.ballots import BallotRow, ItemRow
from storage.electorates import EntitledRow
from storage.statements import Kind
from storage.votes import VoteRow

log = logging.getLogger(__name__)


class Gathering:
    """Counts ballots; nothing here changes anything."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    async def count(self, tx: AsyncConnection, row: BallotRow, initiative: Initiative) -> Count:
        """The count of a ballot as its votes stand now.

        Raises:
            KeyMissing: the ballot's key cannot be read.
        """
        electorate = await electorates.entitled(tx, row.guild_id, row.rules.vote_by)
        items = (await ballots.items(tx, [row.id]))[row.id]
        if row.method == silence.name:
            return await _count_silence(tx, row, items, electorate, initiative)
        given = Given(
            ballot_id=row.id,
            rules=row.rules,
            items=items,
            electorate=electorate,
            voter_of={},
            votes=await votes.of_ballot(tx, row.id),
            room=await rooms.of_ballot(tx, row.id),
            beside=Beside(),
            constituencies=bool(initiative.constituencies),
        )
        before = await _round_before(tx, row)

        def work() -> Count:
            voter_of = self.voters_of(row, electorate)
            beside = Beside(stability=_stability(before, given.votes, voter_of.values(), items))
            return counting.count(replace(given, voter_of=voter_of, beside=beside))

        # Beside the event loop: ten thousand voters take a second, and clicks go on meanwhile.
        return await asyncio.to_thread(work)

    def voters_of(self, row: BallotRow, electors: Sequence[EntitledRow]) -> dict[str, str]:
        """What stands for each elector in the ballot's votes: a mark under secrecy, else their id.

        Raises:
            KeyMissing: the ballot's key cannot be read.
        """
        ids = [one.elector for one in electors]
        if row.secrecy == Secrecy.OPEN or row.key_id is None:
            return {elector: elector for elector in ids}
        try:
            return self._keys.marks(row.key_id, ids)
        except KeyMissing:
            log.error("the key %s of ballot %s cannot be read", row.key_id, row.id)
            raise


async def _round_before(tx: AsyncConnection, row: BallotRow) -> dict[str, Answers]:
    """The papers of the round before this one, while they are kept, by what stands for their voter."""
    before = await rounds.round_before(tx, row)
    if before is None:
        return {}
    papers = _papers(await votes.of_ballot(tx, before.id))
    return {voter: before.moved(answers) for voter, answers in papers.items()}


def _stability(
    previous: Mapping[str, Answers],
    now: Iterable[VoteRow],
    voters: Collection[str],
    items: Iterable[ItemRow],
) -> dict[int, Stability]:
    """How steady the ratings of each item stayed, among those who gave them in both rounds."""
    if not previous:
        return {}
    entitled = set(voters)
    present = {voter: answers for voter, answers in _papers(now).items() if voter in entitled}
    return stability.between(previous, present, [item.position for item in items])


def _papers(rows: Iterable[VoteRow]) -> dict[str, Answers]:
    return {row.voter: paper.read(row.choice) for row in rows if row.position == WHOLE}


async def _count_silence(
    tx: AsyncConnection,
    row: BallotRow,
    items: Sequence[ItemRow],
    electorate: Sequence[EntitledRow],
    initiative: Initiative,
) -> Count:
    """A silence is counted by its objections, each told with its constituency where that points at nobody."""
    registered = await people.participants_by_constituency(tx, row.guild_id)
    objections = [
        Objection(
            said.person_id,
            said.pseudonym,
            said.constituency
            if may_name_constituency(initiative.head.attribution, registered.get(said.constituency, 0))
            else None,
        )
        for said in await statements.of_ballot(tx, row.id)
        if said.kind is Kind.OBJECTION
    ]
    beside = Beside(notified=row.notified)
    return counting.count_silence(row.id, row.rules, items, electorate, objections, beside)
