"""The ledger: only ever appended to, and whatever is changed behind its back is found by row."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from seminar.canonical import GENESIS
from storage import ledger
from storage.engine import Database
from tests import stores
from tests.storage.store_seed import GUILD, NOW

COLUMNS = {
    "at": "2014-10-22T09:00:00.000001Z",
    "actor": "someone",
    "act": "ballot.closed",
    "subject": "CAP-99",
    "body": "{}",
    "previous": "f" * 64,
    "hash": "f" * 64,
    "guild_id": 7,
    "seq": 40,
}


async def _record(db: Database, count: int, guild_id: int = GUILD) -> ledger.Head:
    head = ledger.Head(0, GENESIS)
    for number in range(count):
        async with db.write() as tx:
            body = {"number": number, "title": "Où ça ? 🕊"}
            at = NOW + timedelta(seconds=number)
            head = await ledger.append(tx, guild_id, at, "ps", "act", f"CAP-{number}", body)
    return head


async def _problems(db: Database) -> list[str]:
    async with db.read() as tx:
        return [
            str(problem)
            for guild in await ledger.guilds(tx)
            async for problem in ledger.verify_chain(tx, guild)
        ]


def _tamper(url: str, *statements: str) -> bool:
    """What somebody who holds the store can do: take the guards away, then change what they like."""
    return stores.shelf().change(url, *statements)


async def test_a_chain_holds_together_and_names_its_head(db: Database) -> None:
    """Entries are numbered from one, each server has its own chain, and the head is the last hash."""
    head = await _record(db, 3)
    await _record(db, 2, guild_id=7)
    assert head.seq == 3
    assert await _problems(db) == []
    async with db.read() as tx:
        assert await ledger.head(tx, GUILD) == head
        assert await ledger.head(tx, 404) == (0, GENESIS)
        assert [entry.seq for entry in await ledger.entries(tx, GUILD, after=1)] == [2, 3]
        assert [entry.at for entry in await ledger.entries(tx, GUILD, limit=1)] == [NOW]


@pytest.mark.parametrize("count", [3, 4, 5, 8, 9])
async def test_a_chain_longer_than_one_piece_is_verified_whole(
    db: Database, url: str, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """The pieces in which it is read fit together, and a change in the last one is found."""
    monkeypatch.setattr(ledger, "PIECE", 4)
    await _record(db, count)
    assert await _problems(db) == []
    _tamper(url, f"UPDATE ledger SET subject='x' WHERE seq={count}")
    assert await _problems(db) == [f"ledger row {GUILD}/{count}: does not match its hash"]


async def test_acts_at_the_same_time_are_chained_one_after_the_other(db: Database, url: str) -> None:
    """Two writers of one store never take the same number."""
    databases = [await Database.open(url, busy_timeout=30) for _ in range(2)]
    await asyncio.gather(*(_record(database, 20) for database in databases))
    async with db.read() as tx:
        assert (await ledger.head(tx, GUILD)).seq == 40
    assert await _problems(db) == []
    for database in databases:
        await database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET actor = 'someone'",
        "DELETE FROM ledger",
        "TRUNCATE ledger",
        f"INSERT OR REPLACE INTO ledger VALUES ({GUILD}, 1, 'at', 'someone', 'act', 'x', '{{}}', 'p', 'h')",
        f"INSERT INTO ledger VALUES ({GUILD}, 9, 'at', 'someone', 'act', 'x', '{{}}', 'p', 'h')",
    ],
)
async def test_the_database_itself_refuses_to_change_the_ledger(db: Database, statement: str) -> None:
    """Not by an update, not by a deletion, not by replacing a row, not by leaving a gap."""
    if statement.startswith("INSERT OR REPLACE" if stores.ON_POSTGRES else "TRUNCATE"):
        return  # the other database's
    await _record(db, 1)
    with pytest.raises(IntegrityError, match="append-only"):
        async with db.write() as tx:
            await tx.exec_driver_sql(statement)
    assert await _problems(db) == []


@pytest.mark.parametrize("column", sorted(COLUMNS))
async def test_a_change_in_any_column_is_found_by_row(db: Database, url: str, column: str) -> None:
    """Every column is covered by the hash or by its place in the chain."""
    await _record(db, 3)
    value = COLUMNS[column]
    _tamper(url, f"UPDATE ledger SET {column} = {value!r} WHERE seq = 2")
    found = await _problems(db)
    assert any(f"ledger row {GUILD}/2" in problem or "ledger row 7/2" in problem for problem in found), found


@pytest.mark.parametrize("value", ["x'ff'", "'not a time'", "NULL || 'x'", "12"])
@pytest.mark.parametrize("column", ["at", "actor", "seq"])
async def test_nonsense_in_a_row_is_a_problem_and_not_a_failure(
    db: Database, url: str, column: str, value: str
) -> None:
    """Whatever somebody writes into the file, verification ends with an answer."""
    await _record(db, 3)
    how = "UPDATE" if stores.ON_POSTGRES else "UPDATE OR IGNORE"
    if _tamper(url, f"{how} ledger SET {column} = {value} WHERE seq = 2"):
        found = await _problems(db)
        assert bool(found) or value.startswith("NULL")


async def test_a_removed_entry_and_a_cut_tail_are_found(db: Database, url: str) -> None:
    """A gap is named as missing, and a head that points beyond the chain is named as well."""
    await _record(db, 4)
    _tamper(url, "DELETE FROM ledger WHERE seq = 2", "DELETE FROM ledger WHERE seq = 4")
    assert await _problems(db) == [
        f"ledger row {GUILD}/2: missing",
        f"ledger row {GUILD}/3: does not follow the entry before it",
        f"ledger_heads row {GUILD}: names entry 4, the chain ends at 3",
    ]


async def test_erased_text_leaves_the_chain_whole_and_changed_text_is_found(db: Database) -> None:
    """The ledger holds a salted digest only: two equal texts have different ones."""
    async with db.write() as tx:
        first = await ledger.remember(tx, GUILD, "Train together")
        second = await ledger.remember(tx, GUILD, "Train together")
        await ledger.append(tx, GUILD, NOW, "ps", "proposed", "CAP-01", {"text": first})
    assert first != second
    async with db.write() as tx:
        await tx.exec_driver_sql(f"DELETE FROM ledger_texts WHERE digest = '{first}'")
        await tx.exec_driver_sql("UPDATE ledger_texts SET text = 'Train apart'")
    assert await _problems(db) == []
    async with db.read() as tx:
        found = [str(problem) async for problem in ledger.verify_texts(tx, GUILD)]
    assert found == [f"ledger_texts row {second}: does not match its digest"]


async def test_the_end_of_a_chain_is_verified_by_itself(db: Database, url: str) -> None:
    """What was changed before it is not looked at; what was changed in it, or at its seam, is found."""
    await _record(db, 9)

    async def end(entries: int) -> list[str]:
        async with db.read() as tx:
            return [str(problem) async for problem in ledger.verify_end(tx, GUILD, entries)]

    assert await end(3) == await end(9) == await end(100) == []
    async with db.read() as tx:
        assert [problem async for problem in ledger.verify_end(tx, 404)] == []
    _tamper(url, f"UPDATE ledger SET hash = '{'f' * 64}' WHERE seq = 5")
    assert await end(3) == []
    assert await end(4) == [f"ledger row {GUILD}/6: does not follow the entry before it"]
    assert await end(9) != []
