"""`db copy` and `db downgrade` on the command line: what they say, and what they leave."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from storage import migrate
from storage.copying import TABLES


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a store that is up to date, with three rows in it."""
    monkeypatch.chdir(tmp_path)
    assert main(["db", "upgrade", "--database", "sqlite:///r.db"]) == 0
    with closing(sqlite3.connect("r.db")) as made, made:
        made.execute("INSERT INTO ledger_texts VALUES ('d', 1, 's', 'a text')")
        made.execute(
            "INSERT INTO initiatives (guild_id, document, loaded_at, next_ballot, digest_seq) "
            "VALUES (1, '{}', '2014-10-22T09:00:00.000000Z', 1, 0)"
        )
        made.execute("INSERT INTO logos VALUES (1, x'00ff', 'a picture', '2014-10-22T09:00:00.000000Z')")
    return "sqlite:///r.db"


def test_a_store_is_moved_and_every_table_is_shown(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With rows and checksums; the store it came from stays, and nothing is moved over something."""
    capsys.readouterr()
    assert main(["db", "copy", store, "sqlite:///new.db"]) == 0
    out = capsys.readouterr().out
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines()[1 : len(TABLES) + 1]}
    assert tuple(lines) == TABLES
    assert lines["ledger_texts"][0] == "1" and len(lines["ledger_texts"][1]) == 64
    assert f"The store was copied: {len(TABLES)} tables, 3 rows, all the same." in out
    assert "the keys stay in key_dir" in out
    assert main(["audit", "verify", "--database", "sqlite:///new.db"]) == 0
    assert main(["db", "copy", store, "sqlite:///new.db"]) == 1
    assert "There is something at" in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["db", "copy", store, "sqlite:///third.db"]) == 0
    assert capsys.readouterr().out == out


def test_a_store_goes_back_and_forth(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the older one cannot hold is named and kept, until one says that it may go."""
    assert main(["db", "downgrade", "0004", "--database", store]) == 0
    out = capsys.readouterr().out
    assert f"The store is at 0004.\nThe store as it was is kept as {tmp_path}/r.db.before-0004.\n" in out
    assert main(["db", "downgrade", "0003", "--database", store]) == 1
    assert "0003 cannot hold logos (1)" in capsys.readouterr().err
    assert main(["db", "downgrade", "0003", "--lose-data", "--database", store]) == 0
    assert main(["db", "downgrade", "later", "--database", store]) == 1
    assert "There is no revision later" in capsys.readouterr().err
    assert main(["db", "upgrade", "--database", store]) == 0
    with closing(sqlite3.connect("r.db")) as made:
        assert made.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.HEAD,)
        assert made.execute("SELECT text FROM ledger_texts").fetchall() == [("a text",)]
