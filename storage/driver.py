"""A connection to SQLite that asks its thread once for each statement.

aiosqlite hands its thread making a cursor, executing, fetching and closing one after the other, and
each such trip costs more than most statements do. Here a statement comes back with its first rows.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeAlias

import aiosqlite
from aiosqlite.context import contextmanager

# So many rows come back with their statement; those of a longer answer are fetched as they are asked for.
FIRST_ROWS = 500

_Act: TypeAlias = Callable[[sqlite3.Connection, str, Any], sqlite3.Cursor]


def connect(database: str, **options: Any) -> Connection:
    """A connection to await, with the options of `sqlite3.connect`."""
    return Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=FIRST_ROWS)


class Connection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors take one trip."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int) -> None:
        super().__init__(connector, iter_chunk_size)
        self._thread.daemon = True  # as SQLAlchemy has it: a connection that was lost holds up no exit
        self._begin: str | None = None

    def begin_with_next(self, begin: str) -> None:
        """Begin a transaction in the trip of its first statement, which is when SQLite begins to read."""
        self._begin = begin

    def still_to_begin(self) -> str | None:
        """What has to be executed first, once."""
        begin, self._begin = self._begin, None
        return begin

    async def commit(self) -> None:
        """Commit, where anything has begun."""
        if self.still_to_begin() is None:
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, where anything has begun."""
        if self.still_to_begin() is None:
            await super().rollback()

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread, and close what it holds first; None where it was told so before.

        aiosqlite looks for what there is to close only when the thread comes to it. Somebody who is
        cancelled while they close has let go of it by then, and a transaction that was begun would keep
        everybody else from writing until its last cursor is collected.
        """
        if not self._running:
            return None
        if self._connection is not None:
            self._tx.put_nowait((None, self._connection.close))
        return super().stop()

    @contextmanager
    async def cursor(self) -> aiosqlite.Cursor:
        """A cursor that asks nothing of the thread before it has a statement."""
        return Cursor(self)


class Cursor(aiosqlite.Cursor):
    """One statement and its answer."""

    _conn: Connection
    _cursor: sqlite3.Cursor

    def __init__(self, connection: Connection) -> None:
        self.iter_chunk_size = FIRST_ROWS
        self._conn = connection
        self._ready: list[Any] = []
        self._open = False

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Cursor:
        """Execute, and bring the first rows along."""
        await self._ask(sqlite3.Connection.execute, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Cursor:
        """Execute once for each of `parameters`."""
        await self._ask(sqlite3.Connection.executemany, sql, parameters)
        return self

    async def fetchone(self) -> Any:
        """The next row, or None."""
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """Up to `size` rows, without a trip while there are as many from the last one."""
        size = self.arraysize if size is None else size
        if self._open and len(self._ready) < size:
            self._ready += await self._trip(self._cursor.fetchmany, size - len(self._ready))
        rows, self._ready = self._ready[:size], self._ready[size:]
        return rows

    async def fetchall(self) -> list[Any]:
        """Every row that is left."""
        if self._open:
            self._ready += await self._trip(self._cursor.fetchall)
        rows, self._ready = self._ready, []
        return rows

    async def close(self) -> None:
        """Let the statement go, where it has not come to its end."""
        self._ready = []
        if self._open:
            self._open = False
            await self._trip(self._cursor.close)

    async def _ask(self, act: _Act, sql: str, parameters: Any) -> None:
        connection = self._conn
        self._cursor, self._ready, self._open = await self._trip(
            _answer, connection._conn, connection.still_to_begin(), act, sql, parameters
        )

    async def _trip(self, act: Callable[..., Any], *given: Any) -> Any:
        return await self._conn._execute(act, *given)  # type: ignore[no-untyped-call]


def _answer(
    connection: sqlite3.Connection, begin: str | None, act: _Act, sql: str, parameters: Any
) -> tuple[sqlite3.Cursor, list[Any], bool]:
    """The cursor, its first rows, and whether there may be more; to be called in the connection's thread."""
    if begin is not None:
        connection.execute(begin).close()
    cursor = act(connection, sql, parameters)
    more = False
    try:
        rows = cursor.fetchmany(FIRST_ROWS)
        more = len(rows) == FIRST_ROWS
    finally:
        if not more:
            cursor.close()
    return cursor, rows, more
