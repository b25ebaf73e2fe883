"""Migrations: the schema they lead to, the rows they keep, and the copy that is made before."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from seminar.errors import Refused
from storage import migrate, schema
from storage.engine import Database
from storage.errors import StoreUnavailable
from storage.migrate import needs_upgrade, upgrade
from tests.storage.store_seed import NOW, seed

pytestmark = pytest.mark.sqlite("files and their copies; test_both_ways has those of a server")

ROOT = Path(__file__).parents[2]

# Makes the table anew that most others point to: with foreign keys on, that would empty its children.
LAST = migrate.HEAD
NEXT_ONE = f"{int(LAST) + 1:04}"
NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEXT_ONE}"
down_revision = "{LAST}"

def upgrade():
    with op.batch_alter_table("people", recreate="always") as table:
        table.add_column(sa.Column("note", sa.Text()))
"""


def _tables(path: Path) -> dict[str, list[str]]:
    """Every table and index as the database keeps it, but for white space and the order of constraints."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
        ).fetchall()
    tables = {}
    for name, sql in found:
        columns, *constraints = re.split(r",? CONSTRAINT ", re.sub(r"\s+", " ", sql.replace('"', "")))
        end = constraints.pop() if constraints else ""
        closing_bracket = re.search(r" ?\)( WITHOUT ROWID)?$", end)
        options = closing_bracket[1] if closing_bracket else None
        constraints.append(end[: closing_bracket.start()] if closing_bracket else end)
        tables[name] = [columns, *sorted(constraints), options or ""]
    tables.pop("alembic_version", None)
    return tables


def _rows(path: Path) -> dict[str, list[object]]:
    with closing(sqlite3.connect(path)) as connection:
        return {
            table.name: connection.execute(
                f"SELECT {', '.join(column.name for column in table.c)} FROM {table.name}"
            ).fetchall()
            for table in schema.metadata.sorted_tables
        }


def _version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that knows one migration more than this one; returns the file it stands in."""
    steps = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, steps)
    step = steps / "versions" / f"{NEXT_ONE}_next.py"
    step.write_text(NEXT)
    monkeypatch.setattr(migrate, "MIGRATIONS", steps)
    monkeypatch.setattr(migrate, "HEAD", NEXT_ONE)
    return step


async def _filled(url: str) -> None:
    db = await Database.open(url)
    async with db.write() as tx:
        await seed(tx)
    await db.close()


def test_the_migrated_schema_is_the_one_the_program_uses(migrated: str, tmp_path: Path) -> None:
    """Every table, column, constraint and index, word for word."""
    engine = create_engine(f"sqlite:///{tmp_path / 'metadata.db'}")
    schema.metadata.create_all(engine)
    engine.dispose()
    assert _tables(Path(migrated.removeprefix("sqlite:///"))) == _tables(tmp_path / "metadata.db")


def test_the_newest_file_is_the_head_of_one_line_of_migrations() -> None:
    """What is read from file names, without Alembic, is what Alembic finds."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


async def test_a_new_store_is_made_once(tmp_path: Path) -> None:
    """The second run has nothing to do."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert await needs_upgrade(url)
    assert await upgrade(url) is True
    assert not await needs_upgrade(url)
    assert await upgrade(url) is False


async def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    """A file that was only touched is as good as none."""
    (tmp_path / "empty.db").touch()
    assert await upgrade(f"sqlite:///{tmp_path / 'empty.db'}") is True


async def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    """One does it, and the others wait and find it done."""
    for number in range(3):
        url = f"sqlite:///{tmp_path / f'new{number}.db'}"
        assert sorted(await asyncio.gather(*(upgrade(url) for _ in range(4)))) == [False] * 3 + [True]


def test_a_store_that_is_up_to_date_is_opened_without_alembic(url: str) -> None:
    """Its import takes longer than everything else at the start."""
    code = (
        "import asyncio, sys; from storage.migrate import upgrade; "
        f"assert not asyncio.run(upgrade({url!r})); assert 'alembic' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


async def test_a_migration_keeps_every_row_and_a_copy_of_the_store_before_it(
    url: str, path: Path, next_step: Path
) -> None:
    """A table made anew takes its rows along and leaves those that point to it alone."""
    await _filled(url)
    before = _rows(path)
    assert await upgrade(url) is True
    assert await upgrade(url) is False
    assert (_rows(path), _version(path)) == (before, NEXT_ONE)
    copy = path.with_name(f"rapporteur.db.before-{NEXT_ONE}")
    assert (_rows(copy), _version(copy)) == (before, LAST)


async def test_a_migration_that_fails_leaves_the_store_as_it_was(
    url: str, path: Path, next_step: Path
) -> None:
    """Also what it had changed before it failed, and the next start tries again."""
    await _filled(url)
    before = _rows(path), _tables(path)
    next_step.write_text(
        NEXT + '    op.execute("DELETE FROM seconds")\n    raise RuntimeError("no further")\n'
    )
    with pytest.raises(RuntimeError, match="no further"):
        await upgrade(url)
    assert (_rows(path), _tables(path)) == before
    assert _version(path) == LAST
    next_step.write_text(NEXT)
    assert await upgrade(url) is True


async def test_a_migration_that_leaves_rows_pointing_nowhere_is_undone(
    url: str, path: Path, next_step: Path
) -> None:
    """Foreign keys are off while tables are made anew, so they are checked before the commit."""
    await _filled(url)
    before = _rows(path)
    next_step.write_text(NEXT + '    op.execute("DELETE FROM people")\n')
    with pytest.raises(RuntimeError, match="point nowhere"):
        await upgrade(url)
    assert _rows(path) == before


async def test_a_store_of_a_newer_program_is_refused_and_left_alone(url: str, path: Path) -> None:
    """Nothing is guessed about a schema that is not known here."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(Refused, match="newer version"):
        await upgrade(url)
    assert _version(path) == "9999"


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The refusal says which folder is missing."""
    with pytest.raises(Refused, match=r"no folder .*attic"):
        await upgrade(f"sqlite:///{tmp_path / 'attic' / 'rapporteur.db'}")


async def test_a_store_that_is_locked_is_not_migrated(url: str, path: Path, next_step: Path) -> None:
    """The sentence is the usual one, and no copy is left."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            await upgrade(url, busy_timeout=0.05)
    assert _version(path) == LAST
    assert not path.with_name(f"rapporteur.db.before-{NEXT_ONE}").exists()


def test_moments_are_stored_as_text_that_sorts_as_time_does() -> None:
    """A moment without a zone is a defect and never stored."""
    assert schema.moment_text(NOW) == "2014-10-22T09:00:00.000000Z"
    with pytest.raises(ValueError, match="time zone"):
        schema.moment_text(NOW.replace(tzinfo=None))
