"""Transactions: nothing is lost between writers, readers hold up nobody, failures are one sentence."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from seminar.errors import Invalid, NotFound
from seminar.model import Choice
from storage import outbox, votes
from storage.engine import Database
from storage.errors import BUSY, DAMAGED, FULL, READ_ONLY, StoreUnavailable
from storage.schema import themes
from storage.schema import votes as vote_table
from tests.storage.store_seed import GUILD, NOW, open_ballot, seed, tap

ROOT = Path(__file__).parents[2]

COUNTING = """
import asyncio, sys
from sqlalchemy import select, update
from storage.engine import Database
from storage.schema import themes

async def main():
    db = await Database.open(sys.argv[1], busy_timeout=30)
    for _ in range(40):
        async with db.write() as tx:
            number = (await tx.execute(select(themes.c.next_number))).scalar_one()
            await tx.execute(update(themes).values(next_number=number + 1))
    await db.close()

asyncio.run(main())
"""

ENDING = """
import asyncio, sys
from storage.engine import Database

async def main():
    db = await Database.open(sys.argv[1])
    async with db.write():
        pass

asyncio.run(main())
"""


async def _number(db: Database) -> int:
    async with db.read() as tx:
        return int((await tx.execute(select(themes.c.next_number))).scalar_one())


@pytest.mark.sqlite("a writer of SQLite holds the whole store")
async def test_two_processes_that_read_and_then_write_lose_no_update(db: Database, url: str) -> None:
    """Each reads a number and stores the next one: after 80 rounds it has grown by 80."""
    async with db.write() as tx:
        await seed(tx)
    before = await _number(db)
    command = [sys.executable, "-c", COUNTING, url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    counting = [await asyncio.create_subprocess_exec(*command, env=environment) for _ in range(2)]
    assert [await each.wait() for each in counting] == [0, 0]
    assert await _number(db) == before + 80


@pytest.mark.sqlite("a writer of SQLite holds the whole store")
async def test_two_stores_open_in_one_process_lose_no_update(db: Database, url: str) -> None:
    """Two writers of the same file take turns, although each has its own lock."""
    async with db.write() as tx:
        await seed(tx)
    before = await _number(db)
    other = await Database.open(url, busy_timeout=30)
    patient = await Database.open(url, busy_timeout=30)

    async def count(database: Database) -> None:
        async with database.write() as tx:
            number = (await tx.execute(select(themes.c.next_number))).scalar_one()
            await asyncio.sleep(0)
            await tx.execute(update(themes).values(next_number=number + 1))

    await asyncio.gather(*(count(database) for _ in range(20) for database in (other, patient)))
    assert await _number(db) == before + 40
    await other.close()
    await patient.close()


async def test_a_long_read_blocks_no_write_and_sees_one_moment(db: Database) -> None:
    """A write is committed while a report is being read, and the report does not see half of it."""
    async with db.write() as tx:
        await seed(tx)
    async with db.read() as report:
        before = (await report.execute(select(themes.c.next_number))).scalar_one()
        async with db.write() as tx:
            await tx.execute(update(themes).values(next_number=before + 1))
        assert (await report.execute(select(themes.c.next_number))).scalar_one() == before
    assert await _number(db) == before + 1


async def test_an_exception_undoes_the_whole_transaction(db: Database) -> None:
    """What was written before the exception is not there afterwards."""
    with pytest.raises(ZeroDivisionError):
        async with db.write() as tx:
            await seed(tx)
            raise ZeroDivisionError
    async with db.read() as tx:
        assert (await tx.execute(select(themes))).all() == []


async def test_a_cancelled_write_leaves_the_writer_usable(db: Database) -> None:
    """A handler that is cancelled inside its transaction undoes it, and the next one works."""
    inside = asyncio.Event()

    async def handler() -> None:
        async with db.write() as tx:
            await seed(tx)
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(handler())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.write() as tx:
        await seed(tx)


async def test_a_reader_cannot_write(db: Database) -> None:
    """The reading side refuses a change, whoever tries it."""
    with pytest.raises(StoreUnavailable):
        async with db.read() as tx:
            await seed(tx)


@pytest.mark.sqlite("a writer of SQLite holds the whole store")
async def test_a_locked_store_is_one_sentence_and_the_next_try_works(db: Database, path: Path) -> None:
    """Another process holds the write lock: refused, and stored once it lets go."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable) as refused:
        async with db.write() as tx:
            await seed(tx)
    assert refused.value.text == BUSY
    other.execute("ROLLBACK")
    other.close()
    async with db.write() as tx:
        await seed(tx)
    assert await _number(db) == 4


@pytest.mark.sqlite("a disk is filled by a pragma")
async def test_a_full_disk_is_one_sentence_and_the_next_try_works(db: Database) -> None:
    """The transaction that does not fit leaves nothing behind."""
    async with db.write() as tx:
        await seed(tx)
        pages = (await tx.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await tx.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreUnavailable) as refused:
        async with db.write() as tx:
            await outbox.put(tx, GUILD, "card.post", "CAP-01", NOW, {"text": "x" * 100_000})
    assert refused.value.text == FULL
    async with db.write() as tx:
        await tx.exec_driver_sql("PRAGMA max_page_count=1000000")
    async with db.write() as tx:
        assert await outbox.due(tx, NOW) == []
        await outbox.put(tx, GUILD, "card.post", "CAP-01", NOW, {"text": "x" * 100_000})


@pytest.mark.sqlite("a file is opened read-only")
async def test_a_read_only_store_can_be_read_and_refuses_to_be_written(url: str) -> None:
    """Reading goes on; writing is one sentence, each time."""
    writable = await Database.open(url)
    async with writable.write() as tx:
        await seed(tx)
    db = await Database.open(f"{url}?mode=ro")
    assert await _number(db) == 4
    for _ in range(2):
        with pytest.raises(StoreUnavailable) as refused:
            async with db.write() as tx:
                await seed(tx)
        assert refused.value.text == READ_ONLY
    await db.close()
    await writable.close()


async def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    """Opening it says that the store cannot be read."""
    (tmp_path / "letter.db").write_text("Dear colleagues, " * 1000)
    with pytest.raises(StoreUnavailable) as refused:
        await Database.open(f"sqlite:///{tmp_path / 'letter.db'}")
    assert refused.value.text == DAMAGED


async def test_a_missing_store_is_not_made_by_opening_it(tmp_path: Path) -> None:
    """A mistyped path is named in the refusal, and no empty database appears there."""
    missing = tmp_path / "nowhere.db"
    for _ in range(2):
        with pytest.raises(NotFound, match=r"nowhere\.db"):
            await Database.open(f"sqlite:///{missing}")


@pytest.mark.parametrize("url", ["", "rapporteur.db", "sqlite://", "sqlite:///:memory:", "mysql://h/d"])
async def test_an_address_that_cannot_be_read_is_refused_with_an_example(url: str) -> None:
    """Only a SQLite file or a PostgreSQL server is a store."""
    with pytest.raises(Invalid, match=r"sqlite:///rapporteur\.db"):
        await Database.open(url)


async def test_a_closed_store_refuses_and_says_that_the_program_stops(db: Database) -> None:
    """Late handlers get a sentence, not a traceback; closing twice is harmless."""
    await db.close()
    await db.close()
    with pytest.raises(StoreUnavailable, match="stopping"):
        async with db.write():
            pass
    with pytest.raises(StoreUnavailable, match="stopping"):
        async with db.read():
            pass


async def test_closing_waits_for_the_write_under_way(db: Database, url: str) -> None:
    """What an act has begun to store is stored whole, though the program was told to stop."""
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def handler() -> None:
        async with db.write() as tx:
            inside.set()
            await go_on.wait()
            await seed(tx)

    task = asyncio.create_task(handler())
    await inside.wait()
    closing = asyncio.create_task(db.close())
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(task, closing)
    again = await Database.open(url)
    assert await _number(again) == 4
    await again.close()


@pytest.mark.sqlite("the settings are pragmas")
async def test_the_writer_is_durable_and_forgets_what_is_deleted(db: Database) -> None:
    """The settings that durability and secrecy rest on are really in force."""
    async with db.write() as tx:
        found = {
            pragma: (await tx.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


@pytest.mark.sqlite("a server's log is its own affair")
async def test_truncating_the_log_fails_while_a_reader_needs_it_and_votes_go_on(
    db: Database, path: Path
) -> None:
    """False while a report is read, True afterwards, and writing works either way."""
    async with db.write() as tx:
        await seed(tx)
    async with db.read() as report:
        await report.execute(select(themes))
        async with db.write() as tx:
            await open_ballot(tx)
        assert await db.truncate_log() is False
        async with db.write() as tx:
            await open_ballot(tx)
    assert await db.truncate_log() is True
    assert path.with_name(path.name + "-wal").stat().st_size == 0


@pytest.mark.sqlite("it searches the files of the store; docs/trust.md says what a server keeps")
async def test_destroyed_votes_leave_no_byte_in_the_files(db: Database, path: Path) -> None:
    """After deletion and a truncated log neither mark nor receipt is found in any file of the store."""
    async with db.write() as tx:
        ballot_id = await seed(tx, people=200)
    writer = votes.VoteWriter(db, lambda: NOW)
    marks = [f"{number:064x}" for number in range(0xABCDEF, 0xABCDEF + 200)]
    cast = await asyncio.gather(
        *(
            tap(writer, ballot_id, f"person-{number}", mark, position, Choice.FOR, "because")
            for number, mark in enumerate(marks, 1)
            for position in (1, 2, 3)
        )
    )
    secrets = [mark.encode() for mark in marks] + [str(each.receipt).encode() for each in cast]

    def stored() -> bytes:
        return b"".join(file.read_bytes() for file in path.parent.glob("rapporteur.db*"))

    assert all(secret in stored() for secret in secrets)
    async with db.write() as tx:
        assert await votes.destroy(tx, ballot_id) == 600
    assert await db.truncate_log()
    left = stored()
    assert [secret for secret in secrets if secret in left] == []


async def test_an_errors_text_holds_no_words_of_a_person(db: Database) -> None:
    """It goes to a log; what the statement was given may be a vote's reason."""
    words = {"ballot_id": 1, "voter": "a mark", "position": 1, "choice": "for", "reason": "I was told to"}
    with pytest.raises(IntegrityError) as error:  # there is no such ballot
        async with db.write() as tx:
            await tx.execute(insert(vote_table), words)
    assert "INSERT INTO votes" in str(error.value)
    assert "I was told to" not in str(error.value)


def test_opening_a_store_leaves_no_thread_that_keeps_the_program_alive(url: str) -> None:
    """A process that ends without closing its store does end."""
    done = subprocess.run([sys.executable, "-c", ENDING, url], cwd=ROOT, check=False)
    assert done.returncode == 0
