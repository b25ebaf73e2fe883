"""What every test has: statements compiled once for all of its many stores, and a calm collector.

Each test opens a store, and each store's engines would compile every statement anew, which takes a sixth
of the whole run. Engines of one dialect compile to the same SQL, so here they share what they compiled;
the program itself has one store, and does without.
"""

from __future__ import annotations

import gc
from typing import Any

import pytest
from sqlalchemy import Engine, util
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

_compiled: util.LRUCache[Any, Any] = util.LRUCache(2000)


def pytest_configure() -> None:
    """Before any store is opened; what was compiled is found by the kind of its dialect."""
    shared = property(lambda engine: _compiled, lambda engine, own: None)
    Engine._compiled_cache = shared  # type: ignore[assignment]
    SQLiteDialect_aiosqlite.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    SQLiteDialect_aiosqlite.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for cycles less often, and never among what is there for good: modules, and thousands of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
