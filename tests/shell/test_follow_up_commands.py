"""`rapporteur follow-up` on a copy of a store: workbooks out and back without Discord."""

from __future__ import annotations

import asyncio
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.cli import main
from storage.engine import Database
from storage.migrate import upgrade
from tests.services.follow_up_desk import FollowUpDesk, filled
from tests.services.small_seminar import GUILD, StillClock


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with rows of DPKO and CMPD on an adopted recommendation."""
    folder = tmp_path_factory.mktemp("store")

    async def do() -> None:
        await upgrade(f"sqlite:///{folder / 'r.db'}")
        database = await Database.open(f"sqlite:///{folder / 'r.db'}")
        desk = FollowUpDesk(database, StillClock(), key_dir=folder / "keys")
        await desk.adopted("DPKO, CMPD")
        await desk.set("CAP-01", "DPKO", acceptance="accepted", due_on="2015-03-31")
        await desk.set("CAP-01", "CMPD", acceptance="noted")
        await database.close()

    asyncio.run(do())
    return folder / "r.db"


@pytest.fixture
def store(followed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in an empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    copy = tmp_path / "copy.db"
    copy.write_bytes(followed.read_bytes())
    return copy


def command(store: Path, *arguments: str) -> int:
    return main(["follow-up", *arguments, "--database", f"sqlite:///{store}"])


def stored(store: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store)) as found:
        return found.execute(query).fetchall()


def test_workbooks_go_out_one_by_one_and_together(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By their own name, or where one says."""
    assert command(store, "export", "--entity", "dpko") == 0
    assert "follow-up-DPKO.xlsx: 1 rows, 1 addressees." in capsys.readouterr().out
    assert openpyxl.load_workbook(tmp_path / "follow-up-DPKO.xlsx").worksheets[0]["B2"].value == "CAP-01"
    assert command(store, "export", "--out", "all.zip", "--language", "fr") == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist() == ["follow-up-DPKO.xlsx", "follow-up-CMPD.xlsx"]
    capsys.readouterr()
    assert command(store, "export", "--entity", "UNLOPS") == 1
    assert capsys.readouterr().err == "“UNLOPS” is no addressee here; there are DPKO and CMPD.\n"
    assert command(store, "export", "--out", "no/such/folder.zip") == 1
    assert "cannot be written" in capsys.readouterr().err


def test_what_comes_back_is_shown_and_applied_only_when_told(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger says that the system did it, and the store stays whole."""
    assert command(store, "export", "--entity", "DPKO") == 0
    book = tmp_path / "follow-up-DPKO.xlsx"
    book.write_bytes(filled(book.read_bytes(), {(2, "Implementation"): "implemented"}))
    before = store.read_bytes()
    capsys.readouterr()
    assert command(store, "import", str(book)) == 0
    told = capsys.readouterr().out
    assert "Row 2 (CAP-01, DPKO, 1): Implementation: not started → implemented" in told
    assert "Nothing was changed; --apply applies it." in told
    assert stored(store, "SELECT implementation, revision FROM follow_ups WHERE entity = 'DPKO'") == [
        ("not started", 1)
    ]
    assert before == store.read_bytes()
    assert command(store, "import", str(book), "--apply") == 0
    assert "Changed: 1; new: 0; conflicts left: 0." in capsys.readouterr().out
    assert stored(store, "SELECT implementation, revision FROM follow_ups WHERE entity = 'DPKO'") == [
        ("implemented", 2)
    ]
    assert stored(store, "SELECT actor FROM ledger WHERE act = 'follow_up.imported'") == [("system",)]
    assert stored(store, "SELECT person_id FROM follow_up_changes WHERE revision = 2") == [(None,)]
    assert stored(store, "SELECT * FROM deadlines WHERE kind = 'follow_up.reminder'") == []
    assert main(["audit", "verify", "--database", f"sqlite:///{store}"]) == 0
    # What was handed out before is in conflict now, and left unless somebody says so.
    book.write_bytes(filled(book.read_bytes(), {(2, "Implementation"): "superseded"}))
    assert command(store, "import", str(book), "--apply") == 1
    assert "conflicts left: 1" in capsys.readouterr().out
    assert command(store, "import", str(book), "--apply", "--overwrite") == 0
    assert stored(store, "SELECT implementation FROM follow_ups WHERE entity = 'DPKO'") == [("superseded",)]


def test_each_problem_is_a_line_and_the_rest_is_applied(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the status says that there was one."""
    (tmp_path / "list.csv").write_text(
        "reference,entity,due on,acceptance\n"
        "CAP-01,DPKO,30/02/2015,\nCAP-77,DPKO,,noted\nCAP-01,CMPD,,accepted\n",
        "utf-8",
    )
    assert command(store, "import", "list.csv", "--apply", "--guild", str(GUILD)) == 1
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        "Row 2 (CAP-01 · DPKO): There is no day “30/02/2015”; the day comes before the month, as in "
        "31/03/2015, or write 2015-03-31.",
        "Row 3 (CAP-77 · DPKO): There is no recommendation CAP-77 here.",
    ]
    assert "Changed: 1; new: 0" in out
    for name, content, said in (
        ("no.csv", None, "no.csv cannot be used"),
        ("wrong.csv", b"a,b\n1,2\n", "needs a first line of headings"),
        ("wrong.xlsx", b"PK nothing", "cannot be read"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        assert command(store, "import", name) == 1
        out, err = capsys.readouterr()
        assert said in err and out == "" and len(err.splitlines()) == 1


def test_an_export_of_all_or_of_one_addressee_is_written_in_any_format(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of every other kind."""
    url = f"sqlite:///{store}"
    for format in ("csv", "pdf"):
        assert (
            main(
                ["export", format, "--kind", "follow-up", "--entity", "CMPD", "--out", "x", "--database", url]
            )
            == 0
        )
        assert (tmp_path / "x").read_bytes().startswith(b"reference" if format == "csv" else b"%PDF")
    assert main(["export", "csv", "--kind", "follow-up", "--theme", "CAP", "--database", url]) == 1
    assert "cannot be limited to a theme, but to an addressee" in capsys.readouterr().err
