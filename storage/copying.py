"""A store moved whole to another address, between SQLite and PostgreSQL in either direction.

Everything is read in one moment of the source. Every table is compared by a checksum over its rows as
the program understands them, and each ledger by its head; the copy is there only when all of it is the
same, and before that nothing is there that could be taken for a store.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import JSON, Boolean, String, Table, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.canonical import canonical
from seminar.errors import NotFound, Refused
from seminar.words import t
from storage import ledger, migrate
from storage.engine import Database, store_path, writer_engine
from storage.errors import reason_of, unavailable_refused
from storage.files import beside, files_of, put_in_place, require_folder, reserve
from storage.migrate import HEAD, upgrade, version
from storage.schema import metadata
from storage.servers import require_alone, set_aside

PIECE = 2_000
"""How many rows are read, written and reported at a time."""

TABLES = tuple(table.name for table in metadata.sorted_tables)
"""The tables of a store, those that others point to first."""

Told: TypeAlias = Callable[[str, int], None]
"""Called with a table's name and how many of its rows are there, again and again."""

_Row: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Copied:
    """A table as it stands in both stores: how many rows, and the SHA-256 over them in hex."""

    name: str
    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A server's ledger as it stands in both stores: how many entries, and the hash of the last."""

    guild_id: int
    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What was copied, tables in the order of writing; `set_aside` is the schema that a store which was
    there is kept in, where there was one."""

    tables: tuple[Copied, ...]
    chains: tuple[Chain, ...]
    set_aside: str | None = None


class Differs(Refused):
    """A copy is not what was copied; it was taken away again."""


def _quiet(_table: str, _rows: int) -> None:
    pass


async def copy(source: str, target: str, told: Told = _quiet) -> Copy:
    """Move a store that nobody uses to an address where there is none.

    Raises:
        Invalid: an address cannot be read.
        NotFound: there is no store at `source`.
        Refused: `source` is of another version, in use or damaged; or there is something at `target`.
        Differs: the copy is not the same; the table is named, and the copy gone.
        StoreUnavailable: a store does not answer.
    """
    async with _reading(source, alone=True) as origin:
        path = store_path(target)
        if path is None:
            return await _into_server(origin, target, told, make_room=False)
        if path.exists() and path.stat().st_size:
            raise Refused(
                t("There is something at {path} already. Name a file that is not there.", path=str(path))
            )
        return await _into_file(origin, path, told)


async def save(source: str, file: Path, told: Told = _quiet) -> Copy:
    """Copy a store on a server, which may be in use, to a SQLite file; an older one there is replaced.

    Raises:
        As `copy`, but for a store that is in use.
    """
    async with _reading(source, alone=False) as origin:
        return await _into_file(origin, file, told)


async def bring_back(file: Path, target: str, told: Told = _quiet) -> Copy:
    """Put the SQLite file `file` in the place of the store on a server, which is kept in another schema.

    Raises:
        As `copy`; Refused too where a process uses the store at `target`.
    """
    async with _reading(f"sqlite:///{file}", alone=False) as origin:
        return await _into_server(origin, target, told, make_room=True)


@asynccontextmanager
async def _reading(url: str, *, alone: bool) -> AsyncIterator[AsyncConnection]:
    """One moment of a store that is up to date and whose ledger holds together."""
    database = await Database.open(url)
    try:
        async with database.read() as tx:
            found = await tx.run_sync(version)
            if found is None:
                raise NotFound(t("There is no store at this address."))
            if found > HEAD:
                raise Refused(t("A newer version of the program wrote this. Please install that one first."))
            if found < HEAD:
                raise Refused(t("The store is of another version. Run `db upgrade` first."))
            if alone and tx.dialect.name == "postgresql":
                await require_alone(tx)
            for guild_id in await ledger.guilds(tx):
                async for problem in ledger.verify_chain(tx, guild_id):
                    raise Refused(t("The ledger does not hold together: {problem}.", problem=str(problem)))
            yield tx
    finally:
        await database.close()


async def _into_file(origin: AsyncConnection, path: Path, told: Told) -> Copy:
    require_folder(path)
    unproved = beside(path, "copying")
    try:
        reserve(unproved)
        url = f"sqlite:///{unproved}"
        await upgrade(url)
        engine = writer_engine(url, busy_timeout=1.0)
        try:
            with unavailable_refused():
                async with engine.begin() as tx:
                    done = await _fill(origin, tx, told)
                # One file: the write-ahead log comes back when the store is used.
                async with engine.connect() as connection:
                    raw: Any = (await connection.get_raw_connection()).driver_connection
                    await raw.execute_fetchall("PRAGMA journal_mode=DELETE")
        finally:
            await engine.dispose()
        await asyncio.to_thread(put_in_place, unproved, path)
    finally:
        for leftover in files_of(unproved):
            leftover.unlink(missing_ok=True)
    return done


async def _into_server(origin: AsyncConnection, url: str, told: Told, *, make_room: bool) -> Copy:
    """All in one transaction: what fails, or differs, was never there."""
    engine = writer_engine(url, busy_timeout=60.0)
    try:
        with unavailable_refused():
            async with engine.begin() as tx:
                await migrate.take_turns(tx)
                kept = None
                if make_room:
                    await require_alone(tx)
                    kept = await set_aside(tx)
                if await tx.run_sync(version) is None:
                    await tx.run_sync(migrate.run_migrations)
                await _require_empty(tx)
                done = await _fill(origin, tx, told)
                return Copy(done.tables, done.chains, kept)
    finally:
        await engine.dispose()


async def _require_empty(tx: AsyncConnection) -> None:
    if await tx.run_sync(version) != HEAD:
        raise Refused(t("There is a store of another version at that address; nothing was copied."))
    for table in metadata.sorted_tables:
        if (await tx.execute(select(text("1")).select_from(table).limit(1))).first() is not None:
            raise Refused(
                t("The store at that address is not empty ({table}); nothing was copied.", table=table.name)
            )


async def _fill(origin: AsyncConnection, tx: AsyncConnection, told: Told) -> Copy:
    """Copy every table, those that others point to first, and compare it."""
    copied = []
    for table in metadata.sorted_tables:
        there, here = _Sum(), _Sum()
        told(table.name, 0)
        with _named(table):
            async for rows in _pieces(origin, table):
                there.take(_understood(table, rows))
                await _put(tx, table, rows)
                told(table.name, there.rows)
            await _go_on_counting(tx, table)
            async for rows in _pieces(tx, table):
                here.take(_understood(table, rows))
        if here.figures() != there.figures():
            raise Differs(t("The copy differs in the table {table}; it was not kept.", table=table.name))
        copied.append(Copied(table.name, *there.figures()))
    chains = []
    for guild_id in await ledger.guilds(origin):
        head = await ledger.head(origin, guild_id)
        if head != await ledger.head(tx, guild_id):
            raise Differs(t("The copy differs in the table {table}; it was not kept.", table="ledger_heads"))
        async for problem in ledger.verify_chain(tx, guild_id):
            raise Differs(
                t("The ledger of the copy does not hold together: {problem}.", problem=str(problem))
            )
        chains.append(Chain(guild_id, head.seq, head.hash))
    return Copy(tuple(copied), tuple(chains))


@contextmanager
def _named(table: Table) -> Iterator[None]:
    """Say in which table something stands that cannot be copied."""
    try:
        yield
    except DBAPIError as error:
        if reason_of(error.orig) is not None or error.connection_invalidated:
            raise
        raise Refused(
            t("The table {table} holds something that cannot be copied; nothing was.", table=table.name)
        ) from error
    except (ValueError, TypeError) as error:  # JSON that is none, text that is half a character
        raise Refused(
            t("The table {table} holds something that cannot be copied; nothing was.", table=table.name)
        ) from error


class _Sum:
    """Counts and sums up rows as they pass."""

    def __init__(self) -> None:
        self.rows = 0
        self._sha = hashlib.sha256()

    def take(self, rows: Iterable[_Row]) -> None:
        for row in rows:
            self.rows += 1
            self._sha.update(f"{canonical(row)}\n".encode())

    def figures(self) -> tuple[int, str]:
        return self.rows, self._sha.hexdigest()


def _understood(table: Table, rows: Iterable[_Row]) -> Iterable[_Row]:
    """Rows as the program understands them, whatever the database's spelling."""
    kinds = [type(column.type) for column in table.c]
    return ([_value(kind, value) for kind, value in zip(kinds, row, strict=True)] for row in rows)


def _value(kind: type, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if issubclass(kind, JSON):
        return {"json": json.loads(value)}
    return bool(value) if issubclass(kind, Boolean) else value


async def _pieces(tx: AsyncConnection, table: Table) -> AsyncIterator[list[_Row]]:
    """All rows in the order of their keys, values as they are stored, JSON as text."""
    server = tx.dialect.name == "postgresql"
    columns = [
        f'CAST("{column.name}" AS text)' if server and isinstance(column.type, JSON) else f'"{column.name}"'
        for column in table.c
    ]
    keys = [
        f'"{key.name}" COLLATE "C"' if server and isinstance(key.type, String) else f'"{key.name}"'
        for key in table.primary_key
    ]
    query = f'SELECT {", ".join(columns)} FROM "{table.name}" ORDER BY {", ".join(keys)}'  # noqa: S608
    found = await tx.stream(text(query))
    async for rows in found.partitions(PIECE):
        yield [tuple(row) for row in rows]


async def _put(tx: AsyncConnection, table: Table, rows: list[_Row]) -> None:
    server = tx.dialect.name == "postgresql"
    places = ["?"] * len(table.c)
    if server:
        places = [
            f"${number}::text::json" if isinstance(column.type, JSON) else f"${number}"
            for number, column in enumerate(table.c, 1)
        ]
    names = ", ".join(f'"{column.name}"' for column in table.c)
    insert = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join(places)})'  # noqa: S608
    truths = [place for place, column in enumerate(table.c) if isinstance(column.type, Boolean)]
    if server and truths:
        rows = [[bool(v) if n in truths and v in (0, 1) else v for n, v in enumerate(row)] for row in rows]
    await tx.exec_driver_sql(insert, [tuple(row) for row in rows])


async def _go_on_counting(tx: AsyncConnection, table: Table) -> None:
    """Let a server give the next new row the number after the last one; SQLite looks for it itself."""
    counted = table.autoincrement_column
    if tx.dialect.name != "postgresql" or counted is None:
        return
    names = {"table": f'"{table.name}"', "column": counted.name}
    sequence = await tx.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), names)
    last = await tx.scalar(select(func.max(counted)))
    if sequence is not None and last is not None:
        await tx.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
