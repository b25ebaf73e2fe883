"""What every test has: statements compiled once for all of its many stores.

Each test opens a store, and each store's engines would compile every statement anew, which takes a sixth
of the whole run. Engines of one dialect compile to the same SQL, so here they share what they compiled;
the program itself has one store, and does without.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, util
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

_compiled: util.LRUCache[Any, Any] = util.LRUCache(2000)


def pytest_configure() -> None:
    """Before any store is opened; what was compiled is found by the kind of its dialect."""
    shared = property(lambda engine: _compiled, lambda engine, own: None)
    Engine._compiled_cache = shared  # type: ignore[assignment]
    SQLiteDialect_aiosqlite.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    SQLiteDialect_aiosqlite.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
