"""What every test has: statements compiled once for all of its many stores, commands spelled once for all
of its many bots, and a calm collector.

Each test opens a store, and each store's engines would compile every statement anew, which takes a sixth
of the whole run. Engines of one dialect compile to the same SQL, so here they share what they compiled;
the program itself has one store, and does without. The same holds for the commands, which every bot
spells for Discord in all its languages when it starts.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from discord import app_commands
from sqlalchemy import Engine, util
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

from tests import stores

_compiled: util.LRUCache[Any, Any] = util.LRUCache(2000)


def pytest_configure(config: pytest.Config) -> None:
    """Before any store is opened; what was compiled is found by the kind of its dialect."""
    # A test does in a second what people do in an hour; those of cooldowns switch them on.
    os.environ.setdefault("RAPPORTEUR_DISCORD__COOLDOWNS", "false")
    _have_a_server(config)
    compile_once()
    for kind in (app_commands.Command, app_commands.Group, app_commands.ContextMenu):
        kind.get_translated_payload = _spelled_once(kind.get_translated_payload)  # type: ignore[method-assign]


def compile_once() -> None:
    """Let every store that is opened from now on share what was compiled for the others."""
    shared = property(lambda engine: _compiled, lambda engine, own: None)
    Engine._compiled_cache = shared  # type: ignore[assignment]
    SQLiteDialect_aiosqlite.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    SQLiteDialect_aiosqlite.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]


def _have_a_server(config: pytest.Config) -> None:
    """One PostgreSQL for all processes of tests, where they run on it and none is named."""
    if not stores.ON_POSTGRES:
        return
    if not os.environ.get(stores.SERVER):
        keeper = stores.Keeper()
        os.environ[stores.SERVER] = keeper.url
        config.add_cleanup(keeper.close)
    from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

    PGDialect_asyncpg.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    PGDialect_asyncpg.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is about the other database; its mark says why."""
    left_out = "sqlite" if stores.ON_POSTGRES else "postgres"
    for item in items:
        if (mark := item.get_closest_marker(left_out)) is not None:
            item.add_marker(pytest.mark.skip(reason=mark.args[0]))


def _spelled_once(
    spell: Callable[..., Coroutine[Any, Any, dict[str, Any]]],
) -> Callable[..., Coroutine[Any, Any, dict[str, Any]]]:
    """The same, remembered by what the command is and by who translates; whoever sends it copies it."""
    known: dict[tuple[object, ...], dict[str, Any]] = {}

    async def spelled(command: Any, tree: Any, translator: Any) -> dict[str, Any]:
        key = (command.module, command.qualified_name, type(translator))
        if key not in known:
            known[key] = await spell(command, tree, translator)
        return known[key]

    return spelled


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for cycles less often, and never among what is there for good: modules, and thousands of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
