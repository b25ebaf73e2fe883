"""Copies of a store that are known to be good, and the way back to one.

A copy is taken from the running store in one piece, checked in every respect,
and only then given its name: a file of that name is always whole. A store that
is replaced is kept beside the new one. A copy is a SQLite file whatever the
store is on, so that one taken from a server can be read anywhere.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from seminar.errors import NotFound, Refused
from seminar.words import t
from storage import copying, ledger
from storage.engine import Database, store_path
from storage.errors import unavailable_refused
from storage.files import beside, files_of, put_in_place, require_folder, reserve, unused
from storage.migrate import HEAD, upgrade, version

# How long, in seconds, the replaced store may take to be let go by a process that is just ending.
_PATIENCE = 1.0

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


async def backup(url: str, file: Path) -> None:
    """Copy a store, which may be in use, to `file`; an older copy there is replaced.

    Raises:
        Refused: `file` is the store itself, its folder is not there, or the store is damaged or, on a
            server, of another version; none leaves a copy behind.
        NotFound: there is no store.
        StoreUnavailable: the store cannot be read, or the copy not written.
    """
    path = store_path(url)
    if path is None:
        await copying.save(url, file)
        return
    _require_two_files(path, file)
    _require_file(path)
    await copy_store(path, file)


async def restore(url: str, file: Path) -> Path | str | None:
    """Put the copy `file` in the place of the store, and return where the store before it is kept.

    That is a file or, on a server, a schema in the same database; None if there was no store. A copy of
    an older version is brought up to date at the next start, on a server at once.

    Raises:
        Refused: the copy is damaged, is no store or was written by a newer program, or a process
            still uses the store; nothing was changed.
        NotFound: there is no such copy.
        StoreUnavailable: the copy cannot be read, or the store not written.
    """
    path = store_path(url)
    _require_file(file)
    if path is None:
        return await _restore_on_server(url, file)
    _require_two_files(path, file)
    incoming = beside(path, "restoring")
    try:
        await copy_store(file, incoming)
        return await asyncio.to_thread(_take_place, incoming, path)
    finally:
        incoming.unlink(missing_ok=True)


async def _restore_on_server(url: str, file: Path) -> str | None:
    with TemporaryDirectory(prefix="rapporteur-restoring-") as folder:
        incoming = Path(folder) / "store.db"
        await copy_store(file, incoming)
        await upgrade(f"sqlite:///{incoming}")
        return (await copying.bring_back(incoming, url)).set_aside


async def copy_store(source: Path, target: Path) -> None:
    """Copy the store `source` to `target`, check the copy, and only then let it have the name.

    Raises:
        Refused: the copy did not pass its checks, or there is no folder to write it to.
        StoreUnavailable: `source` cannot be read, or the copy not written.
    """
    require_folder(target)
    unproved = beside(target, "unproved")
    try:
        await asyncio.to_thread(_copy, source, unproved)
        await _prove(unproved, source)
        await asyncio.to_thread(put_in_place, unproved, target)
    finally:
        for leftover in files_of(unproved):
            leftover.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    reserve(target)
    with (
        unavailable_refused(),
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as origin,
        closing(sqlite3.connect(target)) as copy,
    ):
        try:
            # All pages in one step: one moment of the store, and whoever writes meanwhile is not held up.
            origin.backup(copy, pages=-1)
            # A copy is one file; the write-ahead log comes back when the store is used.
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in _DAMAGED:
                raise _damaged(source) from error
            raise


async def _prove(copy: Path, source: Path) -> None:
    if await asyncio.to_thread(_complaints, copy):
        raise _damaged(source)
    database = await Database.open(f"sqlite:///{copy}")
    try:
        async with database.read() as tx:
            found = await tx.run_sync(version)
            if found is None:
                raise _damaged(source)
            if found > HEAD:
                raise Refused(t("A newer version of the program wrote this. Please install that one first."))
            for guild_id in await ledger.guilds(tx):
                async for problem in ledger.verify_chain(tx, guild_id):
                    raise Refused(t("The ledger does not hold together: {problem}.", problem=str(problem)))
    finally:
        await database.close()


def _complaints(copy: Path) -> list[str]:
    with closing(sqlite3.connect(copy)) as connection:
        try:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            return found + [
                f"{row[0]} row {row[1]}" for row in connection.execute("PRAGMA foreign_key_check")
            ]
        except sqlite3.DatabaseError as error:
            return [str(error)]


def _take_place(incoming: Path, path: Path) -> Path | None:
    if not path.exists():
        put_in_place(incoming, path)
        return None
    aside = unused(path.with_name(f"{path.name}.before-restore"))
    with _alone(path):
        # Linked before it is replaced, so that at no moment there is no store.
        os.link(path, aside)
        try:
            put_in_place(incoming, path)
        except Refused:
            aside.unlink()
            raise
        for log in files_of(path)[1:]:  # left by a damaged store; it must never meet the new one
            if log.exists():
                log.replace(aside.with_name(aside.name + log.name.removeprefix(path.name)))
    return aside


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a store that nobody else has open; its log is written into it first."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)
    with closing(connection):
        try:
            # Leaving the write-ahead log needs the file to oneself: even an idle process is noticed.
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            code = error.sqlite_errorcode & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise Refused(
                    t("The store is in use. Stop the bot, then restore; nothing was changed.")
                ) from error
            if code not in _DAMAGED:
                with unavailable_refused():
                    raise
            # A damaged store is what a restore is for.
        yield


def _damaged(path: Path) -> Refused:
    return Refused(
        t("{path} is damaged or is no store of this program; nothing was changed.", path=str(path))
    )


def _require_two_files(path: Path, file: Path) -> None:
    if file.exists() and path.exists() and file.samefile(path):
        raise Refused(t("{path} is the store itself. Name another file for the copy.", path=str(file)))


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise NotFound(t("There is no file {path}.", path=str(path)))
