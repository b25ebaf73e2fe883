"""Votes of open ballots: the one road by which they are stored, and how they are read and destroyed.

Handlers hand a vote to the `VoteWriter` and wait. One task drains what has come
in, checks every vote again and writes the whole batch in one transaction; it
answers after COMMIT, so nothing is acknowledged before it is durable. There is
no linger: while one batch is being written the next one gathers. The task ends
when nothing is left, so an idle program has none.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias

from sqlalchemy import and_, bindparam, delete, distinct, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import paper
from seminar.model import RECUSED
from seminar.paper import Answers
from storage.engine import Database
from storage.errors import STOPPING, StoreUnavailable
from storage.schema import live_changes, papers, votes
from storage.vote_batch import apply
from storage.voting_acts import Cast, Empty, Fill, HandedIn, Submit, TakeBack, Tap, Vote

__all__ = [
    "Cast",
    "Empty",
    "Fill",
    "HandedIn",
    "Submit",
    "TakeBack",
    "Tap",
    "Vote",
    "VoteRow",
    "VoteWriter",
    "count_by_position",
    "count_voters",
    "destroy",
    "marks",
    "of_ballot",
    "of_voter",
    "paper_of",
]

Watched = Callable[[int, float, bool], None]
"""Told of each batch: how many votes, the seconds it took, and whether the store could be written."""

log = logging.getLogger(__name__)

# Enough that a burst shares its commits, few enough that nobody waits long for the others.
BATCH = 512
_PIECE = 2_000

Done: TypeAlias = Callable[[Cast | Exception], None]
"""Told that an act of voting is durable, or why nothing was saved."""


@dataclass(frozen=True, slots=True)
class VoteRow:
    """A vote as stored; `voter` is the elector's mark under secrecy, else the elector's id.

    A whole paper has position `seminar.paper.WHOLE`.
    """

    voter: str
    position: int
    choice: str
    receipt: str | None
    reason: str | None


@dataclass(slots=True, eq=False)
class _Waiting:
    """A vote on its way, and who is to be told what came of it."""

    given: HandedIn
    done: Done
    told: bool = False


class VoteWriter:
    """The only writer of votes in a process; see the module's docstring.

    `clock` gives the moment, aware and in UTC, that a ballot's closing time is held against; `watched`
    is told of each batch.
    """

    def __init__(self, db: Database, clock: Callable[[], datetime], watched: Watched | None = None) -> None:
        self._db = db
        self._clock = clock
        self._watched = watched
        self._began: float | None = None  # by `time.perf_counter`, the batch under way
        self._queue: deque[_Waiting] = deque()
        self._draining: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Votes that no batch has taken yet."""
        return len(self._queue)

    @property
    def writing_for(self) -> float:
        """Seconds that the batch under way has taken so far; 0.0 while there is none."""
        return 0.0 if self._began is None else time.perf_counter() - self._began

    async def hand_in(self, given: HandedIn) -> Cast:
        """Let an act of voting take effect, and return once it is durable.

        A changed vote keeps its receipt, and one confirmed without a reason keeps its reason. Acts
        of one elector are applied in the order in which they were handed in.

        Raises:
            NotFound: there is no such ballot, or no such item in it.
            NotAllowed: the person is not registered as a participant, or in the delegation.
            Invalid: the paper cannot be changed so, or not be submitted as it is.
            Refused: the ballot is not open or its time is over, or the person has no
                constituency though one is needed.
            StoreUnavailable: the store could not be written; nothing was saved.
        """
        answer: asyncio.Future[Cast] = asyncio.get_running_loop().create_future()
        self.put(given, partial(_settle, answer))
        return await answer

    def put(self, given: HandedIn, done: Done) -> None:
        """As `hand_in`, not waited for: `done` is told once what came of it, and not before this returns."""
        self._queue.append(_Waiting(given, done))
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain(), name="vote writer")

    async def drain(self) -> None:
        """Wait until every vote handed in so far is answered."""
        while self._draining is not None:
            # Shielded: who gives up waiting must not take the votes of others along.
            await asyncio.shield(self._draining)

    async def _drain(self) -> None:
        batch: list[_Waiting] = []
        try:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                self._began = time.perf_counter()
                stored = await self._write(batch)
                if self._watched is not None:
                    self._watched(len(batch), time.perf_counter() - self._began, stored)
        finally:
            self._draining = self._began = None
            # Only if this task was cancelled is anybody left.
            for waiting in (*batch, *self._queue):
                _answer(waiting, StoreUnavailable(STOPPING))
            self._queue.clear()

    async def _write(self, batch: Sequence[_Waiting]) -> bool:
        """Write a batch and answer it; False where the store could not be written."""
        stored = True
        answers: Sequence[Cast | Exception]
        try:
            async with self._db.write() as tx:
                answers = await apply(tx, [waiting.given for waiting in batch], self._clock)
        except StoreUnavailable as error:
            answers = [StoreUnavailable(error.text) for _ in batch]
            stored = False
        except Exception as error:
            if len(batch) > 1:
                # A vote that the database itself cannot take must not undo the others with it.
                return all([await self._write([waiting]) for waiting in batch])
            answers = [error]
        for waiting, answer in zip(batch, answers, strict=True):
            _answer(waiting, answer)
        return stored


def _answer(waiting: _Waiting, answer: Cast | Exception) -> None:
    if waiting.told:
        return
    waiting.told = True
    try:
        waiting.done(answer)
    except Exception:  # whoever fails at being told must not keep the others from it
        log.exception("what came of a vote could not be told")


def _settle(future: asyncio.Future[Cast], answer: Cast | Exception) -> None:
    if future.done():  # its handler gave up
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


async def of_voter(tx: AsyncConnection, ballot_id: int, mark: str) -> dict[int, Vote]:
    """What stands for one elector, by the item's position."""
    found = await tx.execute(
        select(votes.c.position, votes.c.choice, votes.c.receipt, votes.c.cast_by)
        .where(votes.c.ballot_id == ballot_id, votes.c.voter == mark)
        .order_by(votes.c.position)
    )
    return {position: Vote(*vote) for position, *vote in found}


async def paper_of(tx: AsyncConnection, ballot_id: int, own_mark: str) -> Answers | None:
    """What a person is filling in; None where they have begun nothing, or nothing since they submitted."""
    content = await tx.scalar(
        select(papers.c.content).where(papers.c.ballot_id == ballot_id, papers.c.voter == own_mark)
    )
    return None if content is None else paper.read(content)


async def of_ballot(tx: AsyncConnection, ballot_id: int) -> list[VoteRow]:
    """Every vote of a ballot, in the order of marks, which says nothing about time."""
    # In pieces, so that a ballot of very many lets other acts through in between.
    found = await tx.stream(
        select(votes.c.voter, votes.c.position, votes.c.choice, votes.c.receipt, votes.c.reason)
        .where(votes.c.ballot_id == ballot_id)
        .order_by(votes.c.voter, votes.c.position)
    )
    return [VoteRow(*row) async for part in found.partitions(_PIECE) for row in part]


async def marks(tx: AsyncConnection, ballot_id: int) -> set[str]:
    """The marks of all who have a vote on at least one item."""
    found = await tx.execute(select(votes.c.voter).where(votes.c.ballot_id == ballot_id).distinct())
    return set(found.scalars())


async def marks_on(tx: AsyncConnection, ballot_id: int, position: int) -> set[str]:
    """The marks of all who have said something on one item, in a vote or in a submitted paper."""
    query = select(votes.c.voter, votes.c.position, votes.c.choice).where(
        votes.c.ballot_id == ballot_id, votes.c.position.in_((position, paper.WHOLE))
    )
    return {
        voter
        for voter, place, choice in await tx.execute(query)
        if place == position or position in paper.read(choice)
    }


async def count_voters(tx: AsyncConnection, ballot_id: int) -> int:
    """How many have a vote on at least one item; who only stands aside has none."""
    # In a paper, whoever stands aside on an item answers it with an empty list.
    answered = func.replace(votes.c.choice, "[]", "").like("%[%")
    found = await tx.execute(
        select(func.count(distinct(votes.c.voter))).where(
            votes.c.ballot_id == ballot_id,
            votes.c.choice != RECUSED,
            or_(votes.c.position != paper.WHOLE, answered),
        )
    )
    return int(found.scalar_one())


async def count_by_position(tx: AsyncConnection, ballot_id: int) -> dict[int, int]:
    """Votes on each item, abstentions included; items without any are not in it.

    Whole papers are counted under `seminar.paper.WHOLE`.
    """
    found = await tx.execute(
        select(votes.c.position, func.count().label("number"))
        .where(votes.c.ballot_id == ballot_id, votes.c.choice != RECUSED)
        .group_by(votes.c.position)
    )
    return {row.position: row.number for row in found}


async def count_aside(tx: AsyncConnection, ballot_id: int) -> dict[int, int]:
    """How many stand aside on each item, in votes and submitted papers; items without any are not in it."""
    found = await tx.execute(
        select(votes.c.position, votes.c.choice, func.count())
        .where(
            votes.c.ballot_id == ballot_id,
            or_(votes.c.choice == RECUSED, votes.c.choice.contains("[]", autoescape=True)),
        )
        .group_by(votes.c.position, votes.c.choice)
    )
    aside = Counter[int]()
    for position, choice, number in found:
        for item in (position,) if position != paper.WHOLE else paper.recused(paper.read(choice)):
            aside[item] += number
    return dict(aside)


async def destroy(tx: AsyncConnection, ballot_id: int) -> int:
    """Remove every vote of a ballot and every paper begun, and return how many votes there were.

    They are gone from the file once `Database.truncate_log` has succeeded after the commit.
    """
    await forget_papers(tx, ballot_id)
    return (await tx.execute(delete(votes).where(votes.c.ballot_id == ballot_id))).rowcount


async def keep_answers(tx: AsyncConnection, ballot_id: int) -> None:
    """Leave of every vote only its answers under the mark: no receipt, no reason, not who cast it, and
    none of what `forget_papers` removes.

    Receipts and reasons are in the published record by then, apart from each other.
    """
    await forget_papers(tx, ballot_id)
    await tx.execute(
        update(votes).where(votes.c.ballot_id == ballot_id).values(receipt=None, reason=None, cast_by=None)
    )


async def forget_papers(tx: AsyncConnection, ballot_id: int) -> None:
    """Remove what people were filling in, and the note of whose votes changed a live ballot."""
    await tx.execute(delete(papers).where(papers.c.ballot_id == ballot_id))
    await tx.execute(delete(live_changes).where(live_changes.c.ballot_id == ballot_id))


async def without_item(tx: AsyncConnection, ballot_id: int, position: int) -> None:
    """Destroy, uncounted, what everybody said on one item, in votes and in papers."""
    await tx.execute(delete(votes).where(votes.c.ballot_id == ballot_id, votes.c.position == position))
    for table, column in ((votes, votes.c.choice), (papers, papers.c.content)):
        mine = and_(table.c.ballot_id == ballot_id, table.c.voter == bindparam("of_voter"))
        whole = select(table.c.voter, column).where(table.c.ballot_id == ballot_id)
        if table is votes:
            whole = whole.where(votes.c.position == paper.WHOLE)
        left, empty = [], []
        for voter, content in (await tx.execute(whole)).all():
            answers = paper.without(paper.read(content), position)
            # A paper that says nothing any more is none.
            if answers:
                left.append({"of_voter": voter, "now": paper.spell(answers)})
            else:
                empty.append({"of_voter": voter})
        if left:
            await tx.execute(update(table).where(mine).values({column.name: bindparam("now")}), left)
        if empty:
            await tx.execute(delete(table).where(mine), empty)


async def live_voters(tx: AsyncConnection, ballot_id: int) -> int:
    """Whose votes have changed since the totals of a live ballot were last drawn: how many people."""
    counting = select(func.count()).where(live_changes.c.ballot_id == ballot_id)
    return int((await tx.execute(counting)).scalar_one())


async def live_drawn(tx: AsyncConnection, ballot_id: int) -> None:
    """Note that the totals are drawn anew now."""
    await tx.execute(delete(live_changes).where(live_changes.c.ballot_id == ballot_id))
