"""A fresh store for each test, copied from one that was migrated once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from storage.engine import Database
from tests import stores


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What a test makes goes when it ends."""
    yield
    stores.shelf().sweep()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a migrated store that nobody has written to, to copy."""
    return stores.migrated(tmp_path_factory.mktemp("migrated") / "store.db")


@pytest.fixture
def url(migrated: str, tmp_path: Path) -> str:
    """The address of the test's own store."""
    return stores.shelf().copy(migrated, tmp_path / "rapporteur.db")


@pytest.fixture
def path(url: str) -> Path:
    """The file of the test's own store, for tests that are about files."""
    assert url.startswith("sqlite:"), "a test that looks into the file is marked `sqlite`"
    return Path(url.removeprefix("sqlite:///"))


@pytest_asyncio.fixture
async def db(url: str) -> AsyncIterator[Database]:
    database = await Database.open(url, busy_timeout=0.05)
    yield database
    await database.close()
