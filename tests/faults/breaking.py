"""Breaking a SQLite store under a running program, for real, and mending it again.

What is broken is the store's file, its writer's connection or the process's own limits: nothing of the
program is replaced. Each trouble is lifted by `mend`, as an operator would, without a restart.
"""

from __future__ import annotations

import resource
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.exc import DBAPIError

from storage.engine import Database
from tests import stores
from tests.faults.look import path_of

OF_FILE: Mapping[str, int] = {
    "lock": 3,
    "fill_disk": 3,
    "fail_writes": 3,
    "interrupt": 5,
    "forbid_writes": 2,
    "read_long": 2,
    "lose_keys": 1,
}
"""What can happen to a SQLite store, and how often among all."""

OF_SERVER: Mapping[str, int] = {"hang_up": 8, "lose_keys": 1}
"""The same of a store on a server."""

PATIENCE_MS = 20  # of the writer with whoever holds the lock


def of(db: Database, url: str, keys: Path) -> Breaking | BreakingServer:
    """What breaks the store that `db` has open; `keys` is the key folder beside it."""
    path = path_of(url)
    return BreakingServer(url, keys) if path is None else Breaking(db, path, keys)


class LosingKeys:
    """The folder of keys goes out of reach, and comes back."""

    def __init__(self, keys: Path) -> None:
        self._keys = keys
        self._away = keys.with_name(f"{keys.name}-away")

    @property
    def keys_are_away(self) -> bool:
        return self._away.exists()

    async def lose_keys(self, chance: Random) -> None:
        with suppress(FileNotFoundError):
            self._keys.rename(self._away)

    async def mend(self) -> None:
        if not self._away.exists():
            return
        self._keys.mkdir(exist_ok=True)
        for file in self._away.iterdir():
            beside = self._keys / file.name
            if file.suffix == ".key" or not beside.exists():
                file.rename(beside)
            else:  # the list of forgotten people, to which something was added meanwhile
                beside.write_text(file.read_text() + beside.read_text())
        shutil.rmtree(self._away)


class BreakingServer(LosingKeys):
    """A store on a server that hangs up on everybody."""

    def __init__(self, url: str, keys: Path) -> None:
        super().__init__(keys)
        self._url = url

    async def prepare(self) -> None:
        """Nothing is to be prepared."""

    async def hang_up(self, chance: Random) -> None:
        name = self._url.rpartition("/")[2]
        stores.databases().do(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )


class Breaking(LosingKeys):
    """A store in a file that is locked, full, failing, cut off or read-only."""

    def __init__(self, db: Database, path: Path, keys: Path) -> None:
        super().__init__(keys)
        self.db = db
        self.path = path
        self._other: sqlite3.Connection | None = None
        self._limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def prepare(self) -> None:
        """Let nobody wait long for whoever holds the lock."""
        with suppress(DBAPIError):  # what is broken may keep a new connection from being made, until `mend`
            await self._on_writer(f"PRAGMA busy_timeout={PATIENCE_MS}")

    async def lock(self, chance: Random) -> None:
        """Another program writes, and does not come to an end."""
        self._connect().execute("BEGIN IMMEDIATE")

    async def read_long(self, chance: Random) -> None:
        """Another program reads, and so keeps the log from being emptied after a ballot."""
        other = self._connect()
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM people").fetchall()

    async def fill_disk(self, chance: Random) -> None:
        """The store cannot grow by more than a page or two."""
        ((pages,),) = await self._on_writer("PRAGMA page_count")
        await self._on_writer(f"PRAGMA max_page_count={pages + chance.randrange(3)}")

    async def fail_writes(self, chance: Random) -> None:
        """No file can be written beyond a size that is soon reached: input and output errors, at COMMIT."""
        log = self.path.with_name(f"{self.path.name}-wal")
        size = log.stat().st_size if log.exists() else 0
        soft = size + chance.randrange(30_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, self._limits[1]))

    async def interrupt(self, chance: Random) -> None:
        """The writer's statements are cut off, each time after some thousand steps of SQLite's machine."""
        left = [chance.randrange(1, 120)]

        def tick() -> int:
            left[0] -= 1
            if left[0] > 0:
                return 0
            left[0] = chance.randrange(1, 120)
            return 1

        await self._each_steps(tick)

    async def forbid_writes(self, chance: Random) -> None:
        await self._on_writer("PRAGMA query_only=ON")

    async def mend(self) -> None:
        """Lift whatever is broken."""
        if self._other is not None:
            self._other.close()
            self._other = None
        resource.setrlimit(resource.RLIMIT_FSIZE, self._limits)
        await self._each_steps(None)
        await self._on_writer("PRAGMA query_only=OFF")
        await self._on_writer("PRAGMA max_page_count=1073741823")
        await self.prepare()
        await super().mend()

    def _connect(self) -> sqlite3.Connection:
        if self._other is None:
            self._other = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        elif self._other.in_transaction:
            self._other.execute("ROLLBACK")
        return self._other

    async def _each_steps(self, tick: Callable[[], int] | None) -> None:
        driver = await self._driver()
        await driver.set_progress_handler(tick, 100)

    async def _on_writer(self, sql: str) -> list[tuple[Any, ...]]:
        driver = await self._driver()
        return list(await driver.execute_fetchall(sql))

    async def _driver(self) -> Any:
        async with self.db._lock, self.db._writer.connect() as connection:
            return (await connection.get_raw_connection()).driver_connection
