"""The one way to the database: whoever writes holds the only writer connection.

Two engines. The writer has a single connection whose every transaction is a
`BEGIN IMMEDIATE`, shared by services and the vote writer through one lock, so
that two processes never lose an update to each other. The readers have a pool
whose transactions are plain `BEGIN` with `query_only`, so that a long report
holds up nobody. A connection that an act used is given back clean or not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from seminar.errors import Invalid, NotFound
from seminar.words import t
from storage import driver
from storage.errors import STOPPING, StoreUnavailable, unavailable_refused

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

READERS = 5

# An error's text ends in a log, and the values of its statement may be a person's own words.
_SILENT: Mapping[str, Any] = MappingProxyType({"hide_parameters": True})

APPLICATION = "rapporteur"
"""What connections of this program are called on a server."""

_CONNECT_PATIENCE = 10.0  # seconds for a server to answer a new connection
_PREPARED = 500  # statements that a connection to a server keeps prepared; the program has fewer

# A checkpoint that waits for readers would hold up every vote meanwhile: it is retried instead.
_CHECKPOINT_PATIENCE_MS = 100


def parse_url(url: str) -> URL:
    """The URL of a store as SQLAlchemy reads it.

    Raises:
        Invalid: it is neither `sqlite:///FILE` nor `postgresql://…`.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the one for what is no address, the other for a port that is none
        parsed = None
    example = t("Write the store's address as sqlite:///rapporteur.db or postgresql://user@host/name.")
    if parsed is None:
        raise Invalid(example)
    backend = parsed.get_backend_name()
    if backend == "sqlite" and (not parsed.database or parsed.database == ":memory:"):
        raise Invalid(example)
    if backend not in ("sqlite", "postgresql"):
        raise Invalid(example)
    return parsed


def store_path(url: str) -> Path | None:
    """The file of a SQLite store; None for a database server.

    Raises:
        Invalid: the address cannot be read.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database is None:
        return None
    return Path(parsed.database).absolute()


def driver_url(url: str, *, create: bool = False) -> URL:
    """The same store with its asynchronous driver; a SQLite file appears only if `create`."""
    parsed, path = parse_url(url), store_path(url)
    if path is None:
        return parsed.set(drivername="postgresql+asyncpg")
    mode = parsed.query.get("mode", "rwc" if create else "rw")
    # As a file URI, whose `mode` keeps a mistyped path from becoming an empty database.
    return URL.create("sqlite+aiosqlite", database=path.as_uri(), query={"mode": mode, "uri": "true"})


def writer_engine(url: str, *, busy_timeout: float, create: bool = False) -> AsyncEngine:
    """An engine of one connection whose transactions take the write lock when they begin.

    `busy_timeout` is in seconds, for which SQLite waits for another process to finish writing, and a
    server for a lock.
    """
    location = driver_url(url, create=create)
    if location.get_backend_name() == "postgresql":
        engine = _on_server(location, busy_timeout, pool_size=1)
        _make_durable(engine)
        return engine
    engine = create_async_engine(
        location,
        pool_size=1,
        max_overflow=0,
        connect_args=_connecting(busy_timeout),
        **_SILENT,
    )
    pragmas = (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",  # no vote may be left behind in a temporary file
    )
    _prepare(engine, pragmas)

    @event.listens_for(engine.sync_engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _reader_engine(url: str, *, busy_timeout: float) -> AsyncEngine:
    location = driver_url(url)
    if location.get_backend_name() == "postgresql":
        return _on_server(
            location,
            busy_timeout,
            pool_size=READERS,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
    engine = create_async_engine(
        location,
        pool_size=READERS,
        max_overflow=0,
        connect_args=_connecting(busy_timeout),
        **_SILENT,
    )
    _prepare(engine, ("query_only=ON", "temp_store=MEMORY"))

    @event.listens_for(engine.sync_engine, "begin")
    def began(connection: Connection) -> None:
        held: Any = connection.connection.driver_connection
        held.begin_with_next("BEGIN")

    return engine


def _on_server(location: URL, busy_timeout: float, **options: Any) -> AsyncEngine:
    engine = create_async_engine(
        location,
        max_overflow=0,
        connect_args={
            "timeout": _CONNECT_PATIENCE,
            "prepared_statement_cache_size": _PREPARED,
            "server_settings": {
                "application_name": APPLICATION,
                # A lock is waited for as long as SQLite would wait, and then it is one clear sentence.
                "lock_timeout": str(max(1, round(busy_timeout * 1000))),
            },
        },
        **_SILENT,
        **options,
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def taken(connection: Any, _record: object, _proxy: object) -> None:
        # A server that went away has told us so: asking it each time would cost a round trip a vote.
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine


def _make_durable(engine: AsyncEngine) -> None:
    """Have a commit answered when it is on disk, though the server be set to answer before; a server that
    waits for its standbys too goes on doing so."""

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )
        cursor.close()
        connection.commit()


def _connecting(busy_timeout: float) -> dict[str, Any]:
    return {"isolation_level": None, "timeout": busy_timeout, "async_creator_fn": driver.connect}


def _prepare(engine: AsyncEngine, pragmas: tuple[str, ...]) -> None:
    """Set each new SQLite connection up.

    The driver's own transaction handling is off (`isolation_level=None`): it would begin late,
    at the first change, when another process may have written what was read before.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


class Database:
    """A store that is open; every transaction in the program comes from `write` or `read`."""

    def __init__(self, url: str, writer: AsyncEngine, readers: AsyncEngine) -> None:
        self.url = url
        self._writer = writer
        self._readers = readers
        self._lock = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(cls, url: str, *, busy_timeout: float = 5.0) -> Database:
        """Open a store that exists; `storage.migrate.upgrade` makes one and brings it up to date.

        `busy_timeout` is in seconds, for which an act waits for another process's writing.

        Raises:
            Invalid: the address cannot be read.
            NotFound: there is no such file.
            StoreUnavailable: the store does not answer.
        """
        path = store_path(url)
        if path is not None and not path.exists():
            raise NotFound(t("There is no store at {path}. Make one with `db upgrade`.", path=str(path)))
        database = cls(
            url,
            writer_engine(url, busy_timeout=busy_timeout),
            _reader_engine(url, busy_timeout=busy_timeout),
        )
        try:
            async with database.read() as tx:
                # Something that is in the file itself: a file that is no database opens without complaint.
                probe = "PRAGMA schema_version" if tx.dialect.name == "sqlite" else "SELECT 1"
                await tx.exec_driver_sql(probe)
        except BaseException:
            await database.close()
            raise
        return database

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may change things: committed at the end, undone on any exception.

        Raises:
            StoreUnavailable: the store is locked, read-only, full or closed; nothing was saved.
        """
        async with self._lock:
            self._require_open()
            with unavailable_refused():
                async with self._writer.begin() as tx:
                    yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that sees a single moment of the store and cannot change it.

        Raises:
            StoreUnavailable: the store cannot be read or is closed.
        """
        self._require_open()
        with unavailable_refused():
            async with self._readers.connect() as tx:
                yield tx

    async def truncate_log(self) -> bool:
        """Move the write-ahead log into the database and empty it; False if a reader was in the way.

        After True no deleted vote is left in the log. On a server what was deleted is cleared out of the
        tables of votes, as far as no reader needs it; its log is its operator's affair, and the answer True.

        Raises:
            StoreUnavailable: the store is locked, read-only, full or closed.
        """
        if self._writer.dialect.name != "sqlite":
            await self._clear_out()
            return True
        async with self._lock:
            self._require_open()
            with unavailable_refused():
                async with self._writer.connect() as connection:
                    # On the driver's connection, since a checkpoint is refused inside a transaction.
                    driver: Any = (await connection.get_raw_connection()).driver_connection
                    ((patience,),) = await driver.execute_fetchall("PRAGMA busy_timeout")
                    await driver.execute_fetchall(f"PRAGMA busy_timeout={_CHECKPOINT_PATIENCE_MS}")
                    try:
                        rows = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
                    finally:
                        await driver.execute_fetchall(f"PRAGMA busy_timeout={patience}")
        ((busy, _pages, _moved),) = rows
        return not busy

    async def _clear_out(self) -> None:
        async with self._lock:
            self._require_open()
            with unavailable_refused():
                async with self._writer.connect() as connection:
                    # On the driver's connection, since it is refused inside a transaction.
                    driver: Any = (await connection.get_raw_connection()).driver_connection
                    await driver.execute("VACUUM votes, papers, live_changes")

    async def close(self) -> None:
        """Let the transaction under way finish, then give every connection back. May be called twice."""
        self._closed = True
        async with self._lock:
            await self._writer.dispose()
            await self._readers.dispose()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailable(STOPPING)


def insert_into(tx: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of the database at hand, which both offer `on_conflict_do_update` and `…_nothing`."""
    if tx.dialect.name != "postgresql":
        return sqlite.insert(table)
    # Imported here: it is slow to load, and most stores are SQLite.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)
