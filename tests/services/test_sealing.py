"""Sealing, looked at where it matters: in the bytes of every file there is."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Actor
from services.keys import KeyMissing
from services.voting.ballot_views import BallotView
from services.voting.sealing import PAUSES, Sealer
from storage.backup import backup
from storage.engine import Database
from tests import stores
from tests.services.polling_station import AGAINST, FOR, Station


def everything_on_disk(folder: Path) -> dict[str, bytes]:
    """Every file of the test's folder: store, log, shared memory, keys, backups."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def files_with(folder: Path, needles: list[str]) -> set[tuple[str, str]]:
    """Which of these texts stand in which file, in any of the forms they could be stored in."""
    return {
        (name, needle)
        for name, content in everything_on_disk(folder).items()
        for needle in needles
        if any(form in content for form in forms(needle))
    }


def forms(text: str) -> list[bytes]:
    """A text as SQLite stores it, and a mark also as raw bytes."""
    plain = [text.encode()]
    return [*plain, bytes.fromhex(text)] if len(text) == 64 else plain


async def voted(station: Station, ballot: BallotView, voters: list[Actor]) -> None:
    """Every voter on both items, some of them changed and some taken back."""
    for number, voter in enumerate(voters):
        await station.vote(voter, ballot, FOR if number % 3 else AGAINST, FOR)
        await station.vote(voter, ballot, AGAINST)
    await station.vote(voters[0], ballot, None)


async def marks_of(station: Station) -> list[str]:
    """Every mark that stands in the votes."""
    return [str(mark) for (mark,) in await station.rows("SELECT DISTINCT voter FROM votes")]


@asynccontextmanager
async def reading(db: Database) -> AsyncIterator[AsyncConnection]:
    """A reader that has begun, and so keeps the log from being emptied."""
    async with db.read() as tx:
        await tx.exec_driver_sql("SELECT count(*) FROM people")
        yield tx


@pytest.mark.sqlite("it searches the files of the store; docs/trust.md says what a server keeps")
async def test_after_closing_no_byte_anywhere_links_a_voter_to_a_vote(
    station: Station, tmp_path: Path
) -> None:
    """Neither store, log, keys nor a backup taken after it hold a mark; the key is gone."""
    voters = await station.register(un=30, eu=30)
    ballot = await station.open()
    await voted(station, ballot, voters)
    marks = await marks_of(station)
    (key,) = [file.read_bytes() for file in station.key_dir.iterdir()]
    assert len(marks) == 60
    assert files_with(tmp_path, marks)  # the search finds them as long as they are there
    assert (await station.close(ballot)).sealed
    await backup(station.db.url, tmp_path / "after.db")
    assert files_with(tmp_path, marks) == set()
    assert list(station.key_dir.iterdir()) == []
    assert not any(key in content for content in everything_on_disk(tmp_path).values())


@pytest.mark.sqlite("it searches the files of the store; docs/trust.md says what a server keeps")
async def test_the_marks_are_gone_although_the_program_goes_on_writing(
    station: Station, tmp_path: Path
) -> None:
    """Nothing later brings an old page back."""
    voters = await station.register(un=30)
    ballot = await station.open(references="CAP-01")
    await station.open(references="CAP-02")
    for voter in voters:
        await station.vote(voter, ballot, FOR)
    marks = await marks_of(station)
    await station.close(ballot)
    await station.register(un=50)
    assert files_with(tmp_path, marks) == set()


async def test_no_row_of_the_record_names_a_person_or_an_order_of_arrival(
    station: Station, tmp_path: Path
) -> None:
    """Receipts stand in the record and nowhere else; people stand nowhere near it."""
    voters = await station.register(un=20)
    ballot = await station.open(references="CAP-01", reasons="all")
    given = [
        await station.voting.cast(voter, ballot.id, 1, FOR, f"Reason {number}")
        for number, voter in enumerate(voters)
    ]
    people = {str(key) for (key,) in await station.rows("SELECT id FROM people")}
    names = {str(key) for (key,) in await station.rows("SELECT pseudonym FROM people")}
    await station.close(ballot)
    rows = {
        table: [set(map(str, row)) for row in await station.rows(f"SELECT * FROM {table}")]
        for table in stores.tables()
    }
    receipts = {str(each.receipt) for each in given}
    assert {table for table, of in rows.items() for row in of if row & receipts} == {"cast_votes"}
    assert not any(row & (people | names) for row in rows["cast_votes"] + rows["vote_reasons"])
    order = await station.rows("SELECT receipt FROM cast_votes ORDER BY number")
    assert [receipt for (receipt,) in order] != [each.receipt for each in given]
    texts = await station.rows("SELECT text FROM vote_reasons")
    assert [text for (text,) in texts] != [f"Reason {number}" for number in range(20)]


async def test_two_closings_of_the_same_votes_come_in_different_orders(station: Station) -> None:
    """The order is the system's randomness, not the votes'."""
    voters = await station.register(un=20)
    orders = []
    for reference in ("CAP-01", "CAP-02"):
        ballot = await station.open(references=reference)
        given = {}
        for number, voter in enumerate(voters):
            given[(await station.voting.cast(voter, ballot.id, 1, FOR)).receipt] = number
        await station.close(ballot)
        found = await station.rows(
            f"SELECT receipt FROM cast_votes WHERE ballot_id = {ballot.id} ORDER BY number"
        )
        orders.append([given[str(receipt)] for (receipt,) in found])
    assert orders[0] != orders[1]


async def test_a_backup_taken_before_closing_holds_no_key(station: Station, tmp_path: Path) -> None:
    """Its marks belong to nobody once the key is destroyed."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    (key_file,) = station.key_dir.iterdir()
    key = key_file.read_bytes()
    await backup(station.db.url, tmp_path / "before.db")
    await station.close(ballot)
    kept = (tmp_path / "before.db").read_bytes()
    assert key not in kept
    assert key.hex().encode() not in kept
    with sqlite3.connect(tmp_path / "before.db") as store:
        people = {key for (key,) in store.execute("SELECT id FROM people")}
        (voter,) = {key for (key,) in store.execute("SELECT voter FROM votes")}
    assert voter not in people


@pytest.mark.sqlite("it searches the files of the store; docs/trust.md says what a server keeps")
async def test_cancelling_leaves_no_more_behind_than_closing(station: Station, tmp_path: Path) -> None:
    """Neither marks nor receipts nor reasons."""
    ballot = await station.open(reasons="all")
    cast = await station.voting.cast(station.ana, ballot.id, 1, FOR, "Because of the budget")
    needles = [*await marks_of(station), str(cast.receipt), "Because of the budget"]
    assert {needle for _, needle in files_with(tmp_path, needles)} == set(needles)
    await station.ballots.cancel(station.facilitator, ballot.id, "Wrong text")
    assert files_with(tmp_path, needles) == set()


@pytest.mark.sqlite("a server's log is not the program's to empty")
async def test_a_reader_in_the_way_delays_the_sealing_and_a_deadline_finishes_it(
    station: Station, tmp_path: Path
) -> None:
    """The ballot is closed but not called sealed while the log still has its votes."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    marks = await marks_of(station)
    async with reading(station.db):
        result = await station.close(ballot)
        assert not result.sealed
        assert list(station.key_dir.iterdir()) == []
        station.clock.pass_(minutes=1)
        await station.deadlines.run_due()
        assert not (await station.ballots.result(station.guild_id, ballot.id)).sealed
    station.clock.pass_(minutes=1)
    await station.deadlines.run_due()
    assert (await station.ballots.result(station.guild_id, ballot.id)).sealed
    assert files_with(tmp_path, marks) == set()
    assert await station.deadlines.next_due() is None


@pytest.mark.sqlite("a server's log is not the program's to empty")
async def test_emptying_the_log_is_retried_with_bounded_pauses(station: Station) -> None:
    """A reader that ends meanwhile delays the answer only a little."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    async with reading(station.db):
        await station.close(ballot)
    paused: list[float] = []
    begun = reading(station.db)
    await begun.__aenter__()

    async def wait(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 2:
            await begun.__aexit__(None, None, None)

    assert await Sealer(station.db, station.clock, station.keys, wait).seal(ballot.id)
    assert tuple(paused) == PAUSES[:2]


async def test_what_a_crash_left_unsealed_is_sealed_at_the_next_start(station: Station) -> None:
    """The key, too, if the crash came before it was destroyed."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    (key_file,) = station.key_dir.iterdir()
    key = key_file.read_bytes()
    async with reading(station.db):
        await station.close(ballot)
    key_file.write_bytes(key)
    again = station.restarted()
    await again.ballots.resume_sealing()
    assert list(again.key_dir.iterdir()) == []
    assert (await again.ballots.result(again.guild_id, ballot.id)).sealed
    await again.ballots.resume_sealing()
    assert await again.value("SELECT count(*) FROM ledger WHERE act = 'ballot.sealed'") == 1


async def test_a_key_brought_back_after_its_ballot_is_destroyed_at_the_next_start(station: Station) -> None:
    """The folder was out of reach when the ballot was cancelled; the key of an open ballot stays."""
    ballot = await station.open(references="CAP-01")
    await station.vote(station.ana, ballot, FOR)
    away = station.key_dir.with_name("away")
    station.key_dir.rename(away)
    await station.ballots.cancel(station.facilitator, ballot.id, "The key folder is lost")
    away.rename(station.key_dir)
    (returned,) = station.key_dir.iterdir()
    other = await station.open(references="CAP-02")
    await station.restarted().ballots.resume_sealing()
    assert not returned.exists()
    await station.vote(station.ana, other, FOR)


async def test_a_store_from_before_the_sealing_comes_back_without_its_key(
    station: Station, tmp_path: Path
) -> None:
    """Its ballot can be neither voted in nor closed; cancelling ends it, sealed."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    await backup(station.db.url, tmp_path / "before.db")
    await station.close(ballot)
    copy = await Database.open(f"sqlite:///{tmp_path / 'before.db'}")
    try:
        old = Station(copy, station.clock, key_dir=station.key_dir)
        await old.ballots.resume_sealing()
        with pytest.raises(KeyMissing):
            await old.voting.cast(station.ana, ballot.id, 1, FOR)
        with pytest.raises(KeyMissing):
            await old.close(ballot)
        assert await old.value("SELECT count(*) FROM cast_votes") == 0
        await old.ballots.cancel(station.facilitator, ballot.id, "Restored from before its end")
        assert await old.value("SELECT count(*) FROM votes") == 0
        assert await old.value("SELECT sealed_at IS NOT NULL FROM ballots") == 1
        assert (await old.audit.verify()).problems == ()
    finally:
        await copy.close()


async def test_sealing_twice_at_once_is_recorded_once(station: Station) -> None:
    """A deadline and a start-up may meet."""
    ballot = await station.open()
    async with reading(station.db):
        await station.close(ballot)
    sealer = Sealer(station.db, station.clock, station.keys, asyncio.sleep)
    assert await asyncio.gather(sealer.seal(ballot.id), sealer.seal(ballot.id)) == [True, True]
    assert await station.value("SELECT count(*) FROM ledger WHERE act = 'ballot.sealed'") == 1


async def test_an_open_ballot_is_never_sealed(station: Station) -> None:
    """Its key is still needed."""
    ballot = await station.open()
    sealer = Sealer(station.db, station.clock, station.keys, asyncio.sleep)
    assert not await sealer.seal(ballot.id)
    assert len(list(station.key_dir.iterdir())) == 1


async def test_a_key_that_cannot_be_removed_keeps_the_ballot_from_being_called_sealed(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count stands; the sealing is tried again."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)

    def refuse(_path: Path) -> None:
        raise PermissionError("not yours")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", refuse)
        assert not (await station.close(ballot)).sealed
    station.clock.pass_(minutes=1)
    await station.deadlines.run_due()
    assert (await station.ballots.result(station.guild_id, ballot.id)).sealed
