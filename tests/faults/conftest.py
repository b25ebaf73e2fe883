"""Stores on which random seminars begin: everybody registered, a few recommendations on the table."""

from __future__ import annotations

import asyncio

import pytest

from tests import stores
from tests.faults.desk import prepared_store


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store as the migrations make it; tests copy it."""
    return stores.migrated(tmp_path_factory.mktemp("empty") / "empty.db")


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with Rome and Brussels open and three recommendations; tests copy it."""
    folder = tmp_path_factory.mktemp("begun")
    url = stores.shelf().new(folder / "seminar.db", stays=True)
    asyncio.run(prepared_store(url, folder / "keys"))
    return url


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealing gives up soon while a reader is in the way, and leaves it to its deadline."""
    monkeypatch.setattr("services.voting.sealing.PAUSES", (0.001,))
    monkeypatch.setattr("storage.engine._CHECKPOINT_PATIENCE_MS", 2)
