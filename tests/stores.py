"""Where tests have their stores from: files of SQLite, or databases of a PostgreSQL server.

Which one, `STORE` says: `sqlite` (default) or `postgres`, as `make postgres` has it. A store is made and
filled once, and every test that begins with it has a copy of its own.
"""

from __future__ import annotations

import asyncio
import atexit
import itertools
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from storage.engine import Database
from storage.migrate import upgrade
from storage.schema import metadata

ON_POSTGRES = os.environ.get("STORE", "sqlite") == "postgres"
SERVER = "POSTGRES_FOR_TESTS"

T = TypeVar("T")
_ROOT = Path(__file__).parents[1]


class Files:
    """Stores in files of SQLite."""

    def new(self, path: Path, *, stays: bool = False) -> str:
        """The address of a store that nobody has made yet."""
        return f"sqlite:///{path}"

    def copy(self, template: str, path: Path, *, stays: bool = False) -> str:
        """A copy of the store `template`, which nobody has open."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(template.removeprefix("sqlite:///"), path)
        return self.new(path)

    def rows(self, url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds, with `values` for its question marks."""
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as store:
            return store.execute(query, values).fetchall()

    def rows_of(self, url: str, *queries: str) -> list[list[tuple[Any, ...]]]:
        """What several queries find."""
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as store:
            return [store.execute(query).fetchall() for query in queries]

    def change(self, url: str, *statements: str) -> bool:
        """Change a store by hand, as somebody would who holds it, against what guards it.

        False where the database takes no such value.
        """
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as store, store:
            for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                store.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                store.execute(statement)
        return True

    def with_json(self, column: str, path: str, value: str) -> str:
        """An expression for the JSON text in `column` with `value`, JSON itself, at `path`."""
        return f"json_set({column}, '$.{path}', json('{value}'))"

    def refuse(self, url: str, table: str) -> None:
        """From now on no row can be put into `table`: each try fails with the word "full"."""
        self._execute(
            url,
            f"CREATE TRIGGER full_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END",
        )

    def accept(self, url: str, table: str) -> None:
        """The end of `refuse`."""
        self._execute(url, f"DROP TRIGGER full_{table}")

    def _execute(self, url: str, statement: str) -> None:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as store, store:
            store.execute(statement)

    def drop(self, url: str) -> None:
        """Files go with their folder."""

    def sweep(self) -> None:
        """Files go with their folder."""


class Databases:
    """Stores in databases of a server; of a path only the name is read, for whoever looks at the server."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._hands = _Hands(f"{server}/postgres")
        self._passing: list[str] = []

    def new(self, path: Path, *, stays: bool = False) -> str:
        """The address of an empty database, there until the test ends or, if it `stays`, the server."""
        return self._made(path, "template0", stays)

    def copy(self, template: str, path: Path, *, stays: bool = False) -> str:
        """A copy of the store `template`, which nobody has open; there for as long as a new one."""
        return self._made(path, template.rpartition("/")[2], stays)

    def rows(self, url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds, with `values` for its question marks."""
        count = itertools.count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(count)}", query)

        async def find(connection: Any) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in await connection.fetch(numbered, *values)]

        return self._hands.wait(_on(url, find))

    def rows_of(self, url: str, *queries: str) -> list[list[tuple[Any, ...]]]:
        """What several queries find."""

        async def find(connection: Any) -> list[list[tuple[Any, ...]]]:
            return [[tuple(row) for row in await connection.fetch(query)] for query in queries]

        return self._hands.wait(_on(url, find))

    def change(self, url: str, *statements: str) -> bool:
        """Change a store by hand, as its owner could, against what guards it.

        False where the database takes no such value.
        """
        import asyncpg

        async def do(connection: Any) -> None:
            async with connection.transaction():
                await connection.execute("SET session_replication_role = replica")
                for statement in statements:
                    await connection.execute(statement)

        try:
            self._hands.wait(_on(url, do))
        except (asyncpg.DataError, asyncpg.DatatypeMismatchError, asyncpg.NotNullViolationError):
            return False
        return True

    def with_json(self, column: str, path: str, value: str) -> str:
        """An expression for the JSON text in `column` with `value`, JSON itself, at `path`."""
        keys = ",".join(re.findall(r'[^.\[\]"]+', path))
        return f"jsonb_set({column}::jsonb, '{{{keys}}}', '{value}')::text"

    def refuse(self, url: str, table: str) -> None:
        """From now on no row can be put into `table`: each try fails with the word "full"."""
        self.change(
            url,
            f"CREATE FUNCTION full_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'full'; END $$",
            f"CREATE TRIGGER full_{table} BEFORE INSERT ON {table} EXECUTE FUNCTION full_{table}()",
        )

    def accept(self, url: str, table: str) -> None:
        """The end of `refuse`."""
        self.change(url, f"DROP FUNCTION full_{table} CASCADE")

    def drop(self, url: str) -> None:
        """Remove a database, whoever uses it."""
        if url in self._passing:
            self._passing.remove(url)
            self.do(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def sweep(self) -> None:
        """Remove what the test that ends has made."""
        for url in [*self._passing]:
            self.drop(url)

    def do(self, sql: str) -> None:
        """Execute on the server, outside a transaction."""
        self._hands.do(lambda connection: connection.execute(sql))

    def _made(self, path: Path, template: str, stays: bool) -> str:
        word = re.sub(r"[^a-z0-9]+", "_", path.stem.lower())[:20]
        name = f"{word}_{secrets.token_hex(6)}"
        # Files are copied as they are, which is quicker here than writing them through the log.
        self.do(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        url = f"{self.server}/{name}"
        if not stays:
            self._passing.append(url)
        return url


async def _on(url: str, act: Callable[[Any], Awaitable[T]]) -> T:
    """Do something on a connection of its own."""
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        return await act(connection)
    finally:
        await connection.close()


class _Hands:
    """A connection of its own in a thread of its own, for tests with and without a loop alike."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._connection: Any = None
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        atexit.register(lambda: self.wait(self._let_go()))

    def do(self, act: Callable[[Any], Awaitable[T]]) -> T:
        """Do something with the connection, and wait for it."""
        return self.wait(self._do(act))

    def wait(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do something in the thread, and wait for it."""
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result()

    async def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.terminate()

    async def _do(self, act: Callable[[Any], Awaitable[T]]) -> T:
        import asyncpg

        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url)
        return await act(self._connection)


@cache
def shelf() -> Files | Databases:
    """The stores of this process's tests."""
    return Databases(os.environ[SERVER].rstrip("/")) if ON_POSTGRES else Files()


def databases() -> Databases:
    """The same, for tests that run on PostgreSQL alone."""
    found = shelf()
    assert isinstance(found, Databases)
    return found


def migrated(path: Path) -> str:
    """A store that nobody has written to, for tests to copy, which is faster than migrating."""
    url = shelf().new(path, stays=True)
    asyncio.run(upgrade(url))
    return url


def tables() -> list[str]:
    """The names of all tables of a store."""
    return [*metadata.tables, "alembic_version"]


def filled(empty: str, path: Path, fill: Callable[[Database], Coroutine[Any, Any, None]]) -> str:
    """A copy of `empty` on which `fill` was done, for tests to copy."""
    url = shelf().copy(empty, path, stays=True)

    async def do() -> None:
        database = await Database.open(url)
        try:
            await fill(database)
        finally:
            await database.close()

    asyncio.run(do())
    return url


class Keeper:
    """A server that lives as long as the process that asked for it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.postgres_server"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # what is sent to the tests from the keyboard is not for it
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError("no PostgreSQL server could be started; see above")

    def tell(self, what: str) -> None:
        """Have the server `stop`, as a machine that fails would, or `start` again where it was."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline().strip() == "done"

    def close(self) -> None:
        """Let server and folder go, and wait until they are gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
