"""Statements come back from the connection's thread in one trip, whole whatever their length."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import driver
from storage.driver import FIRST_ROWS
from storage.engine import Database, writer_engine

pytestmark = pytest.mark.sqlite("the driver is that of SQLite")

COUNT = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :last) SELECT i FROM n"
)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An engine on an empty file of its own."""
    made = writer_engine(f"sqlite:///{tmp_path / 'small.db'}", busy_timeout=1.0, create=True)
    yield made
    await made.dispose()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of a connection's thread, in order."""
    asked: list[str] = []
    execute = driver.Connection._execute

    async def noted(self: driver.Connection, act: object, *given: object, **named: object) -> object:
        asked.append(getattr(act, "__name__", str(act)))
        return await execute(self, act, *given, **named)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(driver.Connection, "_execute", noted)
    return asked


async def test_a_statement_takes_one_trip(engine: AsyncEngine, trips: list[str]) -> None:
    """A read, a change and many rows at once each ask the thread once."""
    async with engine.begin() as tx:
        await tx.execute(text("CREATE TABLE kept (id INTEGER PRIMARY KEY, said TEXT NOT NULL)"))
        trips.clear()
        assert (await tx.execute(COUNT, {"last": 3})).scalars().all() == [1, 2, 3]
        added = await tx.execute(text("INSERT INTO kept (said) VALUES ('a') RETURNING id"))
        assert added.scalar_one() == 1
        await tx.execute(text("INSERT INTO kept (said) VALUES (:said)"), [{"said": "b"}, {"said": "c"}])
        changed = await tx.execute(text("UPDATE kept SET said = 'd' WHERE id > 1"))
        assert changed.rowcount == 2
        assert (await tx.scalar(text("SELECT count(*) FROM kept"))) == 3
        assert len(trips) == 5


@pytest.mark.parametrize("last", [1, FIRST_ROWS - 1, FIRST_ROWS, FIRST_ROWS + 1, 3 * FIRST_ROWS])
async def test_an_answer_of_any_length_is_whole(engine: AsyncEngine, last: int) -> None:
    """Read at once or row by row, an answer is the same on both sides of what comes along."""
    wanted = list(range(1, last + 1))
    async with engine.connect() as tx:
        assert (await tx.execute(COUNT, {"last": last})).scalars().all() == wanted
        streamed = await tx.stream(COUNT, {"last": last})
        assert [row.i async for row in streamed] == wanted
        streamed = await tx.stream(COUNT, {"last": last})
        assert [row.i for chunk in [part async for part in streamed.partitions(7)] for row in chunk] == wanted


async def test_a_stream_left_early_lets_its_statement_go(engine: AsyncEngine) -> None:
    """Whoever reads the first rows of a long answer holds up no change of the table afterwards."""
    async with engine.begin() as tx:
        await tx.execute(text("CREATE TABLE long_one AS " + COUNT.text.replace(":last", str(3 * FIRST_ROWS))))
        streamed = await tx.stream(text("SELECT i FROM long_one"))
        assert (await streamed.fetchone()) == (1,)
        await streamed.close()
        await tx.execute(text("DROP TABLE long_one"))


async def test_a_failing_statement_says_why_and_the_next_one_works(engine: AsyncEngine) -> None:
    """What the database refuses, at once or in the middle of an answer, leaves nothing open behind."""
    async with engine.begin() as tx:
        await tx.execute(text("CREATE TABLE kept (id INTEGER PRIMARY KEY, said TEXT NOT NULL)"))
        with pytest.raises(IntegrityError, match="NOT NULL"):
            await tx.execute(text("INSERT INTO kept (said) VALUES (NULL) RETURNING id"))
        await tx.execute(text("DROP TABLE kept"))


async def test_a_reading_begins_with_its_first_statement(tmp_path: Path, trips: list[str]) -> None:
    """It sees one moment of the store from there on, and costs no trip of its own."""
    url = f"sqlite:///{tmp_path / 'read.db'}"
    writer = writer_engine(url, busy_timeout=1.0, create=True)
    async with writer.begin() as tx:
        await tx.execute(text("CREATE TABLE kept (id INTEGER PRIMARY KEY)"))
    database = await Database.open(url)
    trips.clear()
    async with database.read() as tx:
        assert (await tx.scalar(text("SELECT count(*) FROM kept"))) == 0
        assert len(trips) == 1
        async with writer.begin() as other:
            await other.execute(text("INSERT INTO kept DEFAULT VALUES"))
        assert (await tx.scalar(text("SELECT count(*) FROM kept"))) == 0
    async with database.read() as tx:
        assert (await tx.scalar(text("SELECT count(*) FROM kept"))) == 1
    await database.close()
    await writer.dispose()


async def test_a_connection_whose_closing_is_given_up_locks_nobody_out(tmp_path: Path) -> None:
    """Somebody cancelled twice while they write leaves no transaction behind, and no thread."""
    path = str(tmp_path / "small.db")
    held = await driver.connect(path, isolation_level=None, timeout=0)
    begun = await held.execute("BEGIN IMMEDIATE")  # kept, as what went wrong keeps the frames it went through
    held._tx.put_nowait((None, lambda: time.sleep(0.05)))
    closing = asyncio.create_task(held.close())
    held.stop()
    with suppress(ValueError):
        await asyncio.wait_for(closing, 2)
    await asyncio.to_thread(held._thread.join, 2)
    assert not held._thread.is_alive()
    other = await driver.connect(path, isolation_level=None, timeout=0)
    await (await other.execute("BEGIN IMMEDIATE")).close()
    await other.close()
    del begun
