"""Backup and restore: a file of that name is whole, and a bad one replaces nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from seminar.errors import NotFound, Refused
from seminar.model import Choice
from storage import ledger, votes
from storage.backup import backup, restore
from storage.engine import Database
from storage.votes import VoteWriter
from tests.storage.store_seed import GUILD, NOW, seed, tap

pytestmark = pytest.mark.sqlite("copies of files; test_copying has those of a server")


async def _fill(db: Database, people: int = 5) -> int:
    async with db.write() as tx:
        for number in range(3):
            await ledger.append(tx, GUILD, NOW, "ps", "act", f"CAP-0{number}", {})
        return await seed(tx, people=people)


def _query(path: Path, question: str) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


def _change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


NO_GUARD = "DROP TRIGGER ledger_refuses_update"


async def test_a_backup_of_a_running_store_is_one_whole_file(db: Database, url: str, tmp_path: Path) -> None:
    """It holds what the store held, nobody else may read it, and nothing else is left in the folder."""
    await _fill(db)
    folder = tmp_path / "backups"
    folder.mkdir()
    await backup(url, folder / "monday.db")
    assert [file.name for file in folder.glob("*")] == ["monday.db"]
    assert stat.S_IMODE((folder / "monday.db").stat().st_mode) == 0o600
    assert _query(folder / "monday.db", "SELECT count(*) FROM people") == [(5,)]
    assert _query(folder / "monday.db", "PRAGMA integrity_check") == [("ok",)]


async def test_a_store_that_is_not_running_can_be_backed_up(url: str, tmp_path: Path) -> None:
    """The bot may be down, and its log already moved into the store."""
    db = await Database.open(url)
    await _fill(db)
    await db.close()
    await backup(url, tmp_path / "monday.db")
    assert _query(tmp_path / "monday.db", "SELECT count(*) FROM people") == [(5,)]


async def test_a_backup_while_votes_pour_in_is_consistent(db: Database, url: str, tmp_path: Path) -> None:
    """It holds every vote acknowledged before it began, and voting goes on meanwhile."""
    ballot_id = await _fill(db, people=200)
    writer = VoteWriter(db, lambda: NOW)
    acknowledged: list[str | None] = []
    poured, copied = asyncio.Event(), asyncio.Event()

    async def vote(number: int) -> None:
        position = 1
        while not copied.is_set() or position <= 3:
            cast = await tap(
                writer, ballot_id, f"person-{number}", f"mark-{number}", position % 3 + 1, Choice.FOR
            )
            acknowledged.append(cast.receipt)
            if len(acknowledged) == 200:
                poured.set()
            position += 1

    voting = asyncio.gather(*(vote(number) for number in range(1, 201)))
    await poured.wait()
    before, count = set(acknowledged), len(acknowledged)
    await backup(url, tmp_path / "busy.db")
    assert len(acknowledged) > count
    copied.set()
    await voting
    stored = {receipt for (receipt,) in _query(tmp_path / "busy.db", "SELECT receipt FROM votes")}  # type: ignore[misc]
    assert before <= stored <= set(acknowledged)
    assert _query(tmp_path / "busy.db", "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize(
    "damage",
    [
        (NO_GUARD, "UPDATE ledger SET act = 'x' WHERE seq = 2"),
        ("PRAGMA foreign_keys=OFF", "DELETE FROM people WHERE id = 'person-1'"),
        ("DROP TABLE alembic_version",),
    ],
)
async def test_a_copy_of_a_damaged_store_is_not_called_good(
    db: Database, url: str, path: Path, tmp_path: Path, damage: tuple[str, ...]
) -> None:
    """Refused, and the good copy of the day before is still there."""
    await _fill(db)
    await backup(url, tmp_path / "copy.db")
    _change(path, *damage)
    with pytest.raises(Refused):
        await backup(url, tmp_path / "copy.db")
    assert _query(tmp_path / "copy.db", "SELECT act FROM ledger WHERE seq = 2") == [("act",)]
    assert [file.name for file in tmp_path.glob(".*")] == []


async def test_a_backup_needs_a_folder_a_store_and_a_name_of_its_own(
    url: str, path: Path, tmp_path: Path
) -> None:
    """Each refusal says what is wrong."""
    with pytest.raises(Refused, match=r"no folder .*attic"):
        await backup(url, tmp_path / "attic" / "copy.db")
    with pytest.raises(Refused, match="the store itself"):
        await backup(url, path)
    with pytest.raises(NotFound, match="nowhere"):
        await backup(f"sqlite:///{tmp_path / 'nowhere.db'}", tmp_path / "copy.db")


async def test_a_restore_brings_the_copy_back_and_keeps_the_store_before(
    url: str, path: Path, tmp_path: Path
) -> None:
    """Both are whole stores, and a second restore does not overwrite what the first kept."""
    db = await Database.open(url)
    ballot_id = await _fill(db)
    await backup(url, tmp_path / "monday.db")
    await tap(VoteWriter(db, lambda: NOW), ballot_id, "person-1", "mark-1", 1, Choice.FOR)
    await db.close()
    aside = await restore(url, tmp_path / "monday.db")
    assert aside == path.with_name("rapporteur.db.before-restore")
    assert _query(aside, "SELECT count(*) FROM votes") == [(1,)]
    db = await Database.open(url)
    async with db.read() as tx:
        assert await votes.of_ballot(tx, ballot_id) == []
    await db.close()
    again = await restore(url, tmp_path / "monday.db")
    assert again == path.with_name("rapporteur.db.before-restore-2")
    assert _query(aside, "SELECT count(*) FROM votes") == [(1,)]


async def test_a_restore_where_there_was_no_store_makes_one(url: str, tmp_path: Path) -> None:
    """On a new machine the copy is all there is."""
    await backup(url, tmp_path / "monday.db")
    new = f"sqlite:///{tmp_path / 'new.db'}"
    assert await restore(new, tmp_path / "monday.db") is None
    await (await Database.open(new)).close()


async def test_a_store_in_use_is_not_replaced(db: Database, url: str, path: Path, tmp_path: Path) -> None:
    """Even an idle bot is noticed, and it goes on working."""
    await _fill(db)
    await backup(url, tmp_path / "monday.db")
    with pytest.raises(Refused, match="in use"):
        await restore(url, tmp_path / "monday.db")
    assert not path.with_name("rapporteur.db.before-restore").exists()
    assert [file.name for file in tmp_path.glob(".*")] == []
    async with db.write() as tx:
        await ledger.append(tx, GUILD, NOW, "ps", "act", "CAP-09", {})


async def test_a_bad_copy_replaces_nothing(url: str, path: Path, tmp_path: Path) -> None:
    """A letter, half a copy, another program's database, a tampered ledger and a newer store are refused."""
    db = await Database.open(url)
    await _fill(db)
    good = tmp_path / "good.db"
    await backup(url, good)
    await db.close()
    whole = good.read_bytes()
    bad = tmp_path / "bad.db"

    async def refused(match: str) -> None:
        with pytest.raises(Refused, match=match):
            await restore(url, bad)
        assert _query(path, "SELECT count(*) FROM people") == [(5,)]
        assert not path.with_name("rapporteur.db.before-restore").exists()
        bad.unlink()

    with pytest.raises(NotFound):
        await restore(url, bad)
    bad.write_text("Dear colleagues, " * 1000)
    await refused("damaged")
    bad.write_bytes(whole[: len(whole) // 2])
    await refused("damaged")
    _change(bad, "CREATE TABLE notes (text)")
    await refused("no store of this program")
    bad.write_bytes(whole)
    _change(bad, NO_GUARD, "UPDATE ledger SET actor = 'x' WHERE seq = 3")
    await refused("ledger row")
    bad.write_bytes(whole)
    _change(bad, "UPDATE alembic_version SET version_num = '9999'")
    await refused("newer version")


async def test_a_damaged_store_can_be_replaced(db: Database, url: str, path: Path, tmp_path: Path) -> None:
    """That is what a copy is for; what is left of the store is kept, and its log never meets the new one."""
    await _fill(db)
    await backup(url, tmp_path / "monday.db")
    await db.close()
    ruins = b"\x00broken" * 5000
    path.write_bytes(ruins)
    log = path.with_name("rapporteur.db-wal")
    log.write_bytes(b"what was left of the log")
    aside = await restore(url, tmp_path / "monday.db")
    assert aside is not None
    assert aside.read_bytes() == ruins
    assert not log.exists()
    assert aside.with_name(aside.name + "-wal").exists()
    await (await Database.open(url)).close()
    assert _query(path, "SELECT count(*) FROM people") == [(5,)]
