"""The vote writer: durable before answered, checked again in the batch, each vote for itself."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, update
from sqlalchemy.exc import DBAPIError, OperationalError

from seminar.errors import NotAllowed, NotFound, Refused
from seminar.model import Choice
from storage import votes
from storage.engine import Database
from storage.errors import StoreUnavailable
from storage.schema import ballots, registrations
from storage.votes import VoteWriter
from tests import stores
from tests.storage.store_seed import NOW, open_ballot, seed, tap


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> object:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def writer(db: Database, clock: Clock) -> VoteWriter:
    return VoteWriter(db, clock)  # type: ignore[arg-type]


async def _ballot(db: Database, **kinds: object) -> int:
    async with db.write() as tx:
        return await seed(tx, **kinds)  # type: ignore[arg-type]


async def _stored(db: Database, ballot_id: int) -> list[votes.VoteRow]:
    async with db.read() as tx:
        return await votes.of_ballot(tx, ballot_id)


async def test_a_vote_is_stored_before_it_is_answered(db: Database, writer: VoteWriter, url: str) -> None:
    """A stranger to the process finds it in the store as soon as the answer is there."""
    ballot_id = await _ballot(db)
    cast = await tap(writer, ballot_id, "person-1", "mark-1", 2, Choice.FOR)
    (row,) = stores.shelf().rows(url, "SELECT voter, position, choice, receipt FROM votes")
    assert row == ("mark-1", 2, "for", cast.receipt)
    assert re.fullmatch(r"[A-Z2-7]{10}", str(cast.receipt))


async def test_the_answer_shows_all_that_stands_and_out_of_how_many(db: Database, writer: VoteWriter) -> None:
    """Enough for "2 of 3" and for the sheet, without another read."""
    ballot_id = await _ballot(db)
    first = await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)
    await tap(writer, ballot_id, "person-2", "mark-2", 3, Choice.FOR)
    second = await tap(writer, ballot_id, "person-1", "mark-1", 3, Choice.ABSTAIN)
    assert second.votes == {1: (Choice.FOR, first.receipt, None), 3: (Choice.ABSTAIN, second.receipt, None)}
    assert second.total == 3
    async with db.read() as tx:
        assert await votes.of_voter(tx, ballot_id, "mark-1") == second.votes
        assert await votes.marks(tx, ballot_id) == {"mark-1", "mark-2"}
        assert await votes.count_voters(tx, ballot_id) == 2
        assert await votes.count_by_position(tx, ballot_id) == {1: 1, 3: 2}


async def test_a_changed_vote_keeps_its_receipt_and_one_taken_back_is_gone(
    db: Database, writer: VoteWriter
) -> None:
    """Changing is one row with the same receipt; a vote given anew after taking back has another."""
    ballot_id = await _ballot(db)
    first = await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)
    changed = await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.AGAINST)
    assert changed.receipt == first.receipt
    back = await tap(writer, ballot_id, "person-1", "mark-1", 1, None)
    assert (back.choice, back.receipt, back.votes) == (None, None, {})
    assert await _stored(db, ballot_id) == []
    assert (await tap(writer, ballot_id, "person-1", "mark-1", 1, None)).votes == {}
    anew = await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)
    assert anew.receipt != first.receipt


async def test_a_ballot_without_receipts_gives_none(db: Database, writer: VoteWriter) -> None:
    """What could be demanded by a superior does not exist."""
    ballot_id = await _ballot(db, receipts=False)
    assert (await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)).receipt is None


async def test_a_reason_stays_with_a_vote_confirmed_and_goes_with_a_vote_changed(
    db: Database, writer: VoteWriter
) -> None:
    """Tapping the same choice again does not lose what was written with it."""
    ballot_id = await _ballot(db)

    async def reason_after(choice: Choice, reason: str | None) -> str | None:
        await tap(writer, ballot_id, "person-1", "mark-1", 1, choice, reason)
        return (await _stored(db, ballot_id))[0].reason

    assert await reason_after(Choice.AGAINST, "Too costly") == "Too costly"
    assert await reason_after(Choice.AGAINST, None) == "Too costly"
    assert await reason_after(Choice.AGAINST, "Far too costly") == "Far too costly"
    assert await reason_after(Choice.FOR, None) is None


async def test_a_vote_in_the_second_of_closing_counts_only_before_it(
    db: Database, writer: VoteWriter, clock: Clock
) -> None:
    """A microsecond before the closing time is in time; the closing time itself is too late."""
    ballot_id = await _ballot(db)
    clock.now = NOW + timedelta(hours=1) - timedelta(microseconds=1)
    await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)
    clock.now = NOW + timedelta(hours=1)
    for choice in (Choice.FOR, None):
        with pytest.raises(Refused, match="closed"):
            await tap(writer, ballot_id, "person-1", "mark-1", 1, choice)
    assert len(await _stored(db, ballot_id)) == 1


@pytest.mark.parametrize(
    ("status", "says"), [("prepared", "not open yet"), ("closed", "closed"), ("cancelled", "cancelled")]
)
async def test_only_an_open_ballot_takes_votes(
    db: Database, writer: VoteWriter, status: str, says: str
) -> None:
    """Each other state has its own sentence, and nothing is stored."""
    ballot_id = await _ballot(db)
    async with db.write() as tx:
        await tx.execute(update(ballots).values(status=status))
    with pytest.raises(Refused, match=says):
        await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)
    assert await _stored(db, ballot_id) == []


async def test_bad_votes_fail_alone_in_a_batch(db: Database, writer: VoteWriter) -> None:
    """Strangers, observers, wrong items and unknown ballots are refused; the votes beside them stand."""
    ballot_id = await _ballot(db)
    async with db.write() as tx:
        observer = registrations.c.person_id == "person-2"
        await tx.execute(update(registrations).where(observer).values(status="observer"))
        elsewhere = registrations.c.person_id == "person-3"
        await tx.execute(update(registrations).where(elsewhere).values(guild_id=7))
        undeclared = registrations.c.person_id == "person-4"
        await tx.execute(update(registrations).where(undeclared).values(constituency=None))

    def cast(person: str, position: int = 1, ballot: int = ballot_id, **more: bool) -> object:
        return tap(writer, ballot, person, f"mark of {person}", position, Choice.FOR, **more)

    answers = await asyncio.gather(
        cast("person-1"),
        cast("nobody"),
        cast("person-2"),
        cast("person-3"),
        cast("person-4", needs_constituency=True),
        cast("person-5", position=4),
        cast("person-5", ballot=404),
        cast("person-5"),
        cast("person-4", position=2),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [
        votes.Cast,
        NotAllowed,
        NotAllowed,
        NotAllowed,
        Refused,
        NotFound,
        NotFound,
        votes.Cast,
        votes.Cast,
    ]
    assert {(row.voter, row.position) for row in await _stored(db, ballot_id)} == {
        ("mark of person-1", 1),
        ("mark of person-5", 1),
        ("mark of person-4", 2),
    }


async def test_a_vote_that_the_database_cannot_take_fails_alone(db: Database, writer: VoteWriter) -> None:
    """Half a character and a number beyond all bounds do not undo the votes of others."""
    ballot_id = await _ballot(db)
    answers = await asyncio.gather(
        tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR),
        tap(writer, ballot_id, "person-2", "mark-2", 1, Choice.AGAINST, "\ud800"),
        tap(writer, 2**70, "person-3", "mark-3", 1, Choice.FOR),
        tap(writer, ballot_id, "person-4", "mark-4", 1, Choice.FOR),
        return_exceptions=True,
    )
    assert [isinstance(answer, votes.Cast) for answer in answers] == [True, False, False, True]
    assert {row.voter for row in await _stored(db, ballot_id)} == {"mark-1", "mark-4"}


async def test_votes_of_one_person_on_one_item_apply_in_order_and_are_each_answered(
    db: Database, writer: VoteWriter
) -> None:
    """Twice within a millisecond: the later one stands, and both know what they did."""
    ballot_id = await _ballot(db)
    taps = (Choice.FOR, Choice.AGAINST, None, Choice.ABSTAIN)
    answers = await asyncio.gather(
        *(tap(writer, ballot_id, "person-1", "mark-1", 1, choice) for choice in taps)
    )
    assert [answer.choice for answer in answers] == list(taps)
    assert answers[0].receipt == answers[1].receipt
    (row,) = await _stored(db, ballot_id)
    assert (row.choice, row.receipt) == (Choice.ABSTAIN, answers[3].receipt)


async def test_when_the_commit_fails_everybody_is_told_and_nothing_is_half_done(
    db: Database, writer: VoteWriter
) -> None:
    """The disk fails at COMMIT: each waiter gets the sentence, no vote is there, the next try works."""
    ballot_id = await _ballot(db)

    def fail(_connection: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise OperationalError("COMMIT", None, error)

    def cast() -> object:
        people = range(1, 6)
        casting = (
            tap(writer, ballot_id, f"person-{n}", f"mark-{n}", item, Choice.FOR)
            for n in people
            for item in (1, 2)
        )
        return asyncio.gather(*casting, return_exceptions=True)

    event.listen(db._writer.sync_engine, "commit", fail)
    answers = await cast()  # type: ignore[misc]
    assert {type(answer) for answer in answers} == {StoreUnavailable}
    event.remove(db._writer.sync_engine, "commit", fail)
    assert await _stored(db, ballot_id) == []
    assert {type(answer) for answer in await cast()} == {votes.Cast}  # type: ignore[misc]
    assert len(await _stored(db, ballot_id)) == 10


@pytest.mark.sqlite("a writer of SQLite holds the whole store")
async def test_a_locked_store_refuses_votes_and_takes_the_next_ones(
    db: Database, writer: VoteWriter, path: Path
) -> None:
    """Another process holds the lock for longer than we wait."""
    ballot_id = await _ballot(db)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)
    other.execute("ROLLBACK")
    other.close()
    await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)


async def test_a_handler_that_gives_up_disturbs_nobody(db: Database, writer: VoteWriter) -> None:
    """Its cancellation ends neither the task that writes nor the others' waiting."""
    ballot_id = await _ballot(db)
    impatient = asyncio.create_task(tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR))
    patient = asyncio.create_task(tap(writer, ballot_id, "person-2", "mark-2", 1, Choice.FOR))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).choice == Choice.FOR
    assert impatient.cancelled()


async def test_what_came_of_a_vote_is_told_once(
    db: Database, writer: VoteWriter, caplog: pytest.LogCaptureFixture
) -> None:
    """To whoever does not wait for it as well; and somebody who fails at being told keeps nobody from it."""
    ballot_id = await _ballot(db)
    told: list[tuple[str, votes.Cast | Exception]] = []

    def put(name: str, person: str, position: int = 1) -> None:
        act = votes.HandedIn(
            ballot_id,
            person,
            person,
            f"mark of {person}",
            f"mark of {person}",
            votes.Tap(position, Choice.FOR),
        )
        writer.put(act, lambda came: told.append((name, came)))

    def broken(came: votes.Cast | Exception) -> None:
        raise ZeroDivisionError

    person = "person-1"
    writer.put(votes.HandedIn(ballot_id, person, person, "mark", "mark", votes.Tap(1, Choice.FOR)), broken)
    put("stored", "person-2")
    put("refused", "person-3", 99)
    assert told == []
    await writer.drain()
    assert [name for name, _ in told] == ["stored", "refused"]
    assert isinstance(told[0][1], votes.Cast)
    assert isinstance(told[1][1], NotFound)
    assert "could not be told" in caplog.text
    told.clear()
    async with db.write():
        put("given up", "person-2")
        await asyncio.sleep(0)
        assert writer._draining is not None
        writer._draining.cancel()
        await asyncio.wait({writer._draining})
    assert [(name, type(came)) for name, came in told] == [("given up", StoreUnavailable)]


async def test_no_task_is_left_when_nothing_is_to_be_written(db: Database, writer: VoteWriter) -> None:
    """The draining task ends with the queue, and `drain` waits for whatever is on its way."""
    ballot_id = await _ballot(db)
    await writer.drain()
    casting = [
        asyncio.create_task(tap(writer, ballot_id, f"person-{n}", f"mark-{n}", 1, Choice.FOR))
        for n in range(1, 6)
    ]
    await asyncio.sleep(0)
    await writer.drain()
    assert len(await _stored(db, ballot_id)) == 5
    await asyncio.gather(*casting)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_burst_beyond_one_batch_is_stored_whole(db: Database, writer: VoteWriter) -> None:
    """More votes than fit in one transaction are all there, each with a receipt of its own."""
    ballot_id = await _ballot(db, people=400)
    cast = await asyncio.gather(
        *(
            tap(writer, ballot_id, f"person-{n}", f"mark-{n}", item, Choice.FOR)
            for item in (1, 2, 3)
            for n in range(1, 401)
        )
    )
    assert len({each.receipt for each in cast}) == 1200 == len(await _stored(db, ballot_id))


async def test_votes_carry_no_order_of_arrival(db: Database, writer: VoteWriter) -> None:
    """No row number exists to read it from, and the rows come by mark."""
    ballot_id = await _ballot(db)
    for number in (4, 1, 3):
        await tap(writer, ballot_id, f"person-{number}", f"mark-{number}", 1, Choice.FOR)
    assert [row.voter for row in await _stored(db, ballot_id)] == ["mark-1", "mark-3", "mark-4"]
    for table in ("votes", "electorates", "vote_reasons"):
        async with db.read() as tx:
            with pytest.raises(DBAPIError, match=r'no such column: rowid|column "rowid" does not exist'):
                await tx.exec_driver_sql(f"SELECT rowid FROM {table}")


ACTS = st.tuples(
    st.integers(0, 1), st.integers(1, 3), st.integers(1, 3), st.one_of(st.none(), st.sampled_from(Choice))
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bursts=st.lists(st.lists(ACTS, max_size=12), max_size=4))
def test_whatever_comes_in_together_ends_as_if_it_had_come_one_by_one(
    migrated: str, tmp_path_factory: pytest.TempPathFactory, bursts: list[list[tuple[int, int, int, Choice]]]
) -> None:
    """Any bursts over two ballots leave each voter's last choice, and each answer says what stood then."""

    async def play() -> None:
        url = stores.shelf().copy(migrated, tmp_path_factory.mktemp("burst") / "store.db")
        db = await Database.open(url)
        async with db.write() as tx:
            ids = [await seed(tx), await open_ballot(tx)]
        writer = VoteWriter(db, lambda: NOW)
        expected: dict[tuple[int, str, int], Choice] = {}
        for burst in bursts:
            answers = await asyncio.gather(
                *(
                    tap(writer, ids[ballot], f"person-{person}", f"person-{person}", position, choice)
                    for ballot, person, position, choice in burst
                )
            )
            for (ballot, person, position, choice), answer in zip(burst, answers, strict=True):
                expected.pop((ids[ballot], f"person-{person}", position), None)
                if choice is not None:
                    expected[ids[ballot], f"person-{person}", position] = choice
                assert {item: vote.choice for item, vote in answer.votes.items()} == {
                    item: chosen
                    for (of_ballot, voter, item), chosen in expected.items()
                    if (of_ballot, voter) == (ids[ballot], f"person-{person}")
                }
        stored = {
            (ballot_id, row.voter, row.position): row.choice
            for ballot_id in ids
            for row in await _stored(db, ballot_id)
        }
        assert stored == expected
        await db.close()
        stores.shelf().drop(url)

    asyncio.run(play())
