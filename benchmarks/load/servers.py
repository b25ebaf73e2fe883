"""A PostgreSQL server of the benchmark's own, as safe as one that somebody relies on, gone with the block.

Durable: what is committed is on the disk (`fsync`, `synchronous_commit`, full pages), as SQLite's is here.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tests import postgres_server

SETTINGS: Final = {
    "listen_addresses": postgres_server.HOST,
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_wal_size": "2GB",
    "shared_buffers": "128MB",
}


@dataclass(frozen=True, slots=True)
class Databases:
    """Databases on the server at `url`, by name."""

    url: str

    def new(self, name: str, template: str = "template1") -> str:
        """The address of a database that begins as a copy of another, which nobody has open."""
        asyncio.run(self._new(name, template))
        return f"{self.url}/{name}"

    async def _new(self, name: str, template: str) -> None:
        import asyncpg  # type: ignore[import-untyped]

        connection = await asyncpg.connect(f"{self.url}/postgres")
        try:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            # So that what the copy has to write is written before anything is measured.
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()


@contextmanager
def postgres() -> Iterator[Databases]:
    """A server on the loopback, until the block ends."""
    server = postgres_server.made_in(settings=SETTINGS)
    try:
        server.start()
        yield Databases(server.url)
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)
