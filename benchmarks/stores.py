"""A store read from outside, by its address, whichever database it is in."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import Any


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What `query` finds in the store at `url`."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as store:
            return store.execute(query).fetchall()
    return asyncio.run(_fetch(url, query))


async def _fetch(url: str, query: str) -> list[tuple[Any, ...]]:
    import asyncpg  # type: ignore[import-untyped]

    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()
