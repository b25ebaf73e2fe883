"""Bring a store to the present schema: locked, backed up first, whole or not at all.

Revisions are numbered files in `migrations/versions`, each id the number its
name begins with. Comparing numbers needs no Alembic, which takes most of a
second to import; it is imported only when there is something to do.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from seminar.errors import Invalid, NotFound, Refused
from seminar.words import t
from storage.engine import Database, store_path, writer_engine
from storage.errors import BUSY, StoreUnavailable, unavailable_refused
from storage.files import unused

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))

# Any fixed number will do: processes that start together on one server take turns by it.
_ADVISORY_LOCK = 0x5261_7070
_PAUSE = 0.02  # seconds between two tries to connect to a file that is just being made


async def needs_upgrade(url: str) -> bool:
    """Whether the store is not there yet or older than this program.

    Raises:
        Invalid: the address cannot be read.
        StoreUnavailable: the store cannot be read.
    """
    path = store_path(url)
    if path is not None and not path.exists():
        return True
    database = await Database.open(url)
    try:
        async with database.read() as tx:
            return await tx.run_sync(version) != HEAD
    finally:
        await database.close()


async def upgrade(url: str, *, busy_timeout: float = 60.0) -> bool:
    """Make the store, or bring it up to date; whether there was anything to do.

    A SQLite store that holds something is copied beside itself first, as
    `NAME.before-REVISION`. `busy_timeout` is in seconds, for which this waits for
    another process to finish.

    Raises:
        Invalid: the address cannot be read.
        Refused: a newer program wrote this store, or its folder is not there.
        StoreUnavailable: the store is locked, read-only or full; it is as it was.
    """
    path = store_path(url)
    if path is not None and not path.parent.is_dir():
        raise Refused(t("There is no folder {path} to keep the store in.", path=str(path.parent)))
    if not await needs_upgrade(url):
        return False
    engine = _migrating_engine(url, busy_timeout)
    try:
        await _connect(engine, busy_timeout)
        with unavailable_refused():
            async with engine.begin() as tx:
                return await _upgrade_locked(tx, path)
    finally:
        await engine.dispose()


async def downgrade(
    url: str, revision: str, *, lose_data: bool = False, busy_timeout: float = 60.0
) -> Path | None:
    """Bring the store back to an older schema, for an older program; where a copy as it was is kept.

    None where nothing was copied: on a server, or as the store is at `revision` already. A SQLite store is
    copied first, as `upgrade` does. `busy_timeout` is in seconds, as there.

    Raises:
        Invalid: the address cannot be read, or there is no such revision.
        NotFound: there is no store.
        Refused: the store is older or newer than that, a process uses it, or something in it would be
            lost and `lose_data` does not say that it may; it is as it was.
        StoreUnavailable: the store is locked, read-only or full; it is as it was.
    """
    known = revisions()
    if revision not in known:
        raise Invalid(
            t("There is no revision {revision}; there are {known}.", revision=revision, known=tuple(known))
        )
    path = store_path(url)
    if path is not None and not path.exists():
        raise NotFound(t("There is no file {path}.", path=str(path)))
    engine = _migrating_engine(url, busy_timeout)
    try:
        await _connect(engine, busy_timeout)
        with unavailable_refused():
            async with engine.begin() as tx:
                return await _downgrade_locked(tx, path, revision, lose_data)
    finally:
        await engine.dispose()


def revisions() -> list[str]:
    """Every revision this program knows, the oldest first."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _migrating_engine(url: str, busy_timeout: float) -> AsyncEngine:
    engine = writer_engine(url, busy_timeout=busy_timeout, create=True)
    if engine.dialect.name == "sqlite":
        # Making a table anew drops the old one, and enforced foreign keys would then empty its children.
        event.listen(engine.sync_engine, "connect", _foreign_keys_off)
    return engine


async def _connect(engine: AsyncEngine, patience: float) -> None:
    """Have the engine's first connection, for up to `patience` seconds.

    A new file is put into its journal mode by one process at a time, and those who come at the same
    moment are refused by SQLite at once, whatever their timeout.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while True:
        try:
            with unavailable_refused():
                async with engine.connect():
                    return
        except StoreUnavailable as unavailable:
            if unavailable.text is not BUSY or loop.time() >= end:
                raise
        await asyncio.sleep(_PAUSE)


async def take_turns(tx: AsyncConnection) -> None:
    """Let nobody else migrate or fill a store on this server until the transaction ends."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})


async def _upgrade_locked(tx: AsyncConnection, path: Path | None) -> bool:
    if path is None:
        await take_turns(tx)
    present = await tx.run_sync(version)
    if present == HEAD:  # another process was faster
        return False
    if present is not None and present > HEAD:
        raise Refused(t("This store was written by a newer version of the program. Please install that one."))
    if present is not None and path is not None:
        # Imported here: backing up checks versions, and so needs this module.
        from storage.backup import copy_store

        await copy_store(path, path.with_name(f"{path.name}.before-{HEAD}"))
    await tx.run_sync(run_migrations)
    await _require_whole(tx, path)
    return True


async def _downgrade_locked(
    tx: AsyncConnection, path: Path | None, revision: str, lose_data: bool
) -> Path | None:
    if path is None:
        await take_turns(tx)
    present = await tx.run_sync(version)
    if present is None:
        raise NotFound(t("There is no store at this address."))
    if present > HEAD:
        raise Refused(t("This store was written by a newer version of the program. Please install that one."))
    if present < revision:
        raise Refused(
            t("The store is at {present}, older than {revision}.", present=present, revision=revision)
        )
    if present == revision:
        return None
    if path is None:
        # Imported here, as below.
        from storage.servers import require_alone

        await require_alone(tx)
    copy = None
    if path is not None:
        from storage.backup import copy_store

        copy = unused(path.with_name(f"{path.name}.before-{revision}"))
        await copy_store(path, copy)
    await tx.run_sync(run_migrations, revision, lose_data)
    await _require_whole(tx, path)
    return copy


async def _require_whole(tx: AsyncConnection, path: Path | None) -> None:
    """On SQLite, where foreign keys were off meanwhile."""
    if path is None:
        return
    broken = (await tx.exec_driver_sql("PRAGMA foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"rows would point nowhere after the migration: {broken[:5]}")


def version(connection: Connection) -> str | None:
    """The revision a store is at; None for one that is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def run_migrations(connection: Connection, back_to: str | None = None, lose_data: bool = False) -> None:
    """Bring what is on this connection up to date, or `back_to` an older revision, in its transaction.

    Raises:
        Refused: something would be lost, and `lose_data` does not say that it may.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["lose_data"] = lose_data
    if back_to is None:
        command.upgrade(config, "head")
    else:
        command.downgrade(config, back_to)


def _foreign_keys_off(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()
