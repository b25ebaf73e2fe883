"""`db backup`, `db restore` and `db upgrade` are killed at random moments: what was there is there, whole.

A backup leaves the copy before it or a new one, a restore the store as it was or the copy, an upgrade the
store at one revision or the other; and doing it once more does it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine

from storage import migrate
from storage.migrate import HEAD
from tests.faults.forking import ROOT, Forking
from tests.faults.look import sound
from tests.faults.plan import seeds

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite("a server's store is kept by its own tools")]

ROWS = ROOT / "tests" / "storage" / "store_at_0001.sql"
KILLS = 4  # of each kind


class Keeping(Forking):
    """The process whose forks keep a store."""

    module = "keeping_child"

    def do(self, does: str, store: Path, file: Path, kill_after: float | None = None) -> tuple[int, float]:
        """Do it, or kill it after so many seconds; how it ended, and how long it took."""
        assert self._process.stdin is not None and self._process.stdout is not None
        order = {"does": does, "url": f"sqlite:///{store}", "file": str(file)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline().split()[0])
        begun = time.perf_counter()
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return int(self._process.stdout.readline().split()[2]), time.perf_counter() - begun


@pytest.fixture(scope="module")
def keeping() -> Iterator[Keeping]:
    process = Keeping()
    yield process
    process.close()


@pytest.fixture(params=seeds(1, 1, 3))
def chance(request: pytest.FixtureRequest) -> Random:
    """The moments of the kills, by their seed."""
    return Random(request.param)


def state(path: Path) -> str:
    """All that a store says, as one digest; it is sound."""
    sound(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as store:
        return hashlib.sha256("\n".join(store.iterdump()).encode()).hexdigest()


def revision(path: Path) -> str:
    with closing(sqlite3.connect(path)) as store:
        return str(store.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def fill(path: Path, words: str) -> None:
    """Enough rows that copying takes a while."""
    with closing(sqlite3.connect(path)) as store, store:
        rows = [(f"{words}{number:060}", 1, "salt", words * 200) for number in range(500)]
        store.executemany("INSERT INTO ledger_texts (digest, guild_id, salt, text) VALUES (?, ?, ?, ?)", rows)


async def test_a_backup_that_is_killed_leaves_the_copy_before_it_or_a_new_one(
    keeping: Keeping, chance: Random, begun: str, tmp_path: Path
) -> None:
    """Never half a copy under the copy's name; and the store is as it was."""
    store, file = tmp_path / "rapporteur.db", tmp_path / "copy.db"
    shutil.copy(begun.removeprefix("sqlite:///"), store)
    assert keeping.do("backup", store, file)[0] == 0
    before = state(file)
    fill(store, "after")
    now = state(store)
    assert keeping.do("backup", store, tmp_path / "timed.db")[0] == 0
    _, takes = keeping.do("backup", store, tmp_path / "timed.db")
    for _ in range(KILLS):
        keeping.do("backup", store, file, chance.uniform(0, takes))
        assert state(file) in (before, now)
        assert state(store) == now
    assert keeping.do("backup", store, file)[0] == 0
    assert state(file) == now


async def test_a_restore_that_is_killed_leaves_the_store_or_the_copy(
    keeping: Keeping, chance: Random, begun: str, tmp_path: Path
) -> None:
    """At no moment is there no store, and none that is half the one and half the other."""
    store, file = tmp_path / "rapporteur.db", tmp_path / "copy.db"
    shutil.copy(begun.removeprefix("sqlite:///"), file)
    fill(file, "copy")
    wanted = state(file)
    shutil.copy(begun.removeprefix("sqlite:///"), store)
    fill(store, "store")
    was = state(store)
    spare = Path(shutil.copy(store, tmp_path / "spare.db"))
    _, takes = keeping.do("restore", store, file)
    assert state(store) == wanted
    for _ in range(KILLS):
        for left in tmp_path.glob("rapporteur.db*"):
            left.unlink()
        shutil.copy(spare, store)
        keeping.do("restore", store, file, chance.uniform(0, takes))
        assert state(store) in (was, wanted)
        for aside in tmp_path.glob("rapporteur.db.before-restore*"):
            if not aside.name.endswith(("-wal", "-shm", "-journal")):
                assert state(aside) == was or state(store) == was
        assert state(file) == wanted
        assert keeping.do("restore", store, file)[0] == 0
        assert state(store) == wanted


async def test_an_upgrade_that_is_killed_leaves_one_revision_or_the_other(
    keeping: Keeping, chance: Random, tmp_path: Path
) -> None:
    """From the first release to this one; the copy made before is whole where it is there."""
    first = await asyncio.to_thread(_first_release, tmp_path / "first.db")
    was, store = state(first), tmp_path / "rapporteur.db"
    copy = tmp_path / f"rapporteur.db.before-{HEAD}"
    shutil.copy(first, store)
    _, takes = keeping.do("upgrade", store, copy)
    upgraded = revision(store)
    assert upgraded == HEAD
    for _ in range(KILLS):
        for left in tmp_path.glob("rapporteur.db*"):
            left.unlink()
        shutil.copy(first, store)
        keeping.do("upgrade", store, copy, chance.uniform(0, takes))
        if copy.exists():
            assert state(copy) == was
        if revision(store) != HEAD:
            assert state(store) == was
            assert keeping.do("upgrade", store, copy)[0] == 0
        sound(f"sqlite:///{store}")
        assert revision(store) == HEAD


def _first_release(path: Path) -> Path:
    """A store as the first release wrote it."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as store:
        store.executescript(ROWS.read_text())
    return path
