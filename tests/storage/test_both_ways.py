"""Migrations up and down on both databases: the same schema each time, and nothing lost that fits."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, text

from seminar.errors import Invalid, NotFound, Refused
from storage import copying, migrate
from storage.engine import Database, writer_engine
from storage.migrate import HEAD, downgrade, revisions, upgrade
from storage.schema import metadata
from tests import stores
from tests.services.polling_station import FOR, Station
from tests.services.small_seminar import StillClock
from tests.storage.store_seed import seed

ROWS = Path(__file__).with_name("store_at_0001.sql")
KEY = "f9c2ba33b1d65af75b0122688ae36bf6"
KEY_BYTES = "e2ec6267cb16fe32e417166fb0751818e8710bc33ce73dfc998c803057929a00"


def _shape(connection: Connection) -> dict[str, Any]:
    """Every table with its columns, keys, constraints and indexes."""
    looking = inspect(connection)
    shape: dict[str, Any] = {}
    for table in sorted(looking.get_table_names()):
        columns = {one["name"]: (_kind(one["type"]), one["nullable"]) for one in looking.get_columns(table)}
        foreign = [
            (one["name"], one["constrained_columns"], one["referred_table"])
            for one in looking.get_foreign_keys(table)
        ]
        unique = [(one["name"], one["column_names"]) for one in looking.get_unique_constraints(table)]
        indexes = [
            (one["name"], one["column_names"])
            for one in looking.get_indexes(table)
            if not one.get("duplicates_constraint")
        ]
        key = looking.get_pk_constraint(table)
        shape[table] = (
            columns,
            key["name"],
            key["constrained_columns"],
            *map(sorted, (foreign, unique, indexes)),
        )
    shape.pop("alembic_version", None)
    return shape


def _kind(kind: Any) -> str:
    return str(kind).partition(" COLLATE")[0]


def _rows(connection: Connection) -> dict[str, list[str]]:
    """Every row of every table, in no order."""
    found = {}
    for table in inspect(connection).get_table_names():
        columns = sorted(column["name"] for column in inspect(connection).get_columns(table))
        rows = connection.execute(text(f"SELECT {', '.join(columns)} FROM {table}"))
        found[table] = sorted(repr([int(v) if isinstance(v, bool) else v for v in row]) for row in rows)
    return found


async def on(url: str, look: Any) -> Any:
    """What is found in a store, without its program's ideas of it."""
    engine = writer_engine(url, busy_timeout=5)
    try:
        async with engine.begin() as tx:
            return await tx.run_sync(look)
    finally:
        await engine.dispose()


@pytest.fixture
def first_release(tmp_path: Path, migrated: str) -> str:
    """What the first release wrote, at revision 0001, on the database that tests run on; its key is in
    the folder `keys`."""
    path = tmp_path / "first.db"
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as store:
        store.executescript(ROWS.read_text())
        store.commit()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / f"{KEY}.key").write_bytes(bytes.fromhex(KEY_BYTES))
    if not stores.ON_POSTGRES:
        return f"sqlite:///{path}"

    async def go() -> str:
        await upgrade(f"sqlite:///{path}")
        url = stores.shelf().new(tmp_path / "first")
        await copying.copy(f"sqlite:///{path}", url)
        await downgrade(url, "0001")
        return url

    return asyncio.run(go())


async def test_each_step_up_and_down_and_up_again_leads_to_the_same_schema(tmp_path: Path) -> None:
    """On an empty store, revision by revision and all at once, and it is the program's own."""
    url = stores.shelf().new(tmp_path / "steps.db")
    await upgrade(url)
    newest = await on(url, _shape)
    made = stores.shelf().new(tmp_path / "made.db")
    engine = writer_engine(made, busy_timeout=5, create=True)
    async with engine.begin() as tx:
        await tx.run_sync(metadata.create_all)
    await engine.dispose()
    assert newest == await on(made, _shape)
    known = revisions()
    down = {known[-1]: newest}
    for revision in reversed(known[:-1]):
        await downgrade(url, revision)
        down[revision] = await on(url, _shape)
    for revision in known:
        await upgrade(url)
        assert await on(url, _shape) == newest
        await downgrade(url, revision)
        assert await on(url, _shape) == down[revision], revision


async def test_what_the_first_release_wrote_goes_up_and_down_whole(
    first_release: str, tmp_path: Path
) -> None:
    """Up to the newest, down to each, and up again: every row as it was; then its ballots go on."""
    before = await on(first_release, _rows)
    for revision in revisions()[:-1]:
        await upgrade(first_release)
        kept = await downgrade(first_release, revision)
        assert (kept is None) == stores.ON_POSTGRES
    await downgrade(first_release, "0001")
    assert await on(first_release, _rows) == before
    await upgrade(first_release)
    db = await Database.open(first_release)
    station = Station(db, StillClock(), key_dir=tmp_path / "keys")
    report = await station.audit.verify()
    assert (report.problems, report.ballots) == ((), 2)
    ballot = await station.ballots.find(station.guild_id, "B4")
    assert ballot.voted == 5
    result = await station.close(ballot)
    assert (result.voters, result.figures[0].for_) == (5, 3)
    rating = await station.open(method="rating", references="CAP-04")
    assert rating.label == "B6"
    await db.close()


async def test_what_does_not_fit_is_refused_unless_it_may_be_lost(url: str, tmp_path: Path) -> None:
    """Refused as one sentence, nothing changed; then lost, and what fits is kept."""
    db = await Database.open(url)
    async with db.write() as tx:
        await seed(tx)
        await tx.exec_driver_sql(
            "INSERT INTO contributions (id, guild_id, recommendation_id, number, stance, text, person_id, "
            "added_by, at, set_aside_reason) VALUES (1, 1022, 1, 1, 'for', 'So it is', 'person-1', "
            "'person-1', '2014-10-22T09:00:00.000000Z', '')"
        )
        await tx.exec_driver_sql(
            "INSERT INTO ballots (id, guild_id, event, method, status, threshold, quorum, secrecy, reasons, "
            "receipts, closes_in, prepared_by, prepared_at, purpose, results, vote_by, options, kept) "
            "SELECT 9, guild_id, event, 'rating', status, threshold, quorum, secrecy, reasons, receipts, "
            "closes_in, prepared_by, prepared_at, purpose, results, vote_by, options, kept FROM ballots"
        )
    await db.close()
    before = await on(url, _rows)
    await downgrade(url, "0003")
    assert await on(url, _rows) != before
    await upgrade(url)
    with pytest.raises(Refused, match=r"0002 cannot hold contributions \(1\);.*--lose-data"):
        await downgrade(url, "0001")
    assert await on(url, _rows) == before
    await downgrade(url, "0002", lose_data=True)
    with pytest.raises(Refused, match=r"0001 cannot hold ballots \(1\)"):
        await downgrade(url, "0001")
    await downgrade(url, "0001", lose_data=True)
    await upgrade(url)
    after = await on(url, _rows)
    assert after["contributions"] == [] and len(after["ballots"]) == 1
    for table in ("people", "recommendations", "ballot_items", "registrations"):
        assert after[table] == before[table], table


async def test_there_is_no_way_back_to_what_is_not_there(url: str, tmp_path: Path) -> None:
    """Each refusal says what is wrong."""
    with pytest.raises(Invalid, match="no revision 9999"):
        await downgrade(url, "9999")
    await downgrade(url, "0004")
    with pytest.raises(Refused, match=r"at 0004, older than"):
        await downgrade(url, HEAD)
    assert await downgrade(url, "0004") is None
    with pytest.raises(NotFound):
        await downgrade(stores.shelf().new(tmp_path / "nowhere.db"), "0001")


async def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    """From nothing and from an older schema: one does it, the others wait and find it done."""
    url = stores.shelf().new(tmp_path / "together.db")
    assert sorted(await asyncio.gather(*(upgrade(url) for _ in range(4)))) == [False] * 3 + [True]
    await downgrade(url, "0003")
    assert sorted(await asyncio.gather(*(upgrade(url) for _ in range(4)))) == [False] * 3 + [True]


@pytest.mark.postgres("SQLite compares texts character by character anyway")
async def test_every_text_is_compared_character_by_character(migrated: str, tmp_path: Path) -> None:
    """Whatever the server's locale: what is published in order comes out alike everywhere."""
    url = stores.shelf().copy(migrated, tmp_path / "order")
    of_a_language = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C' "
        "AND table_name <> 'alembic_version'"
    )
    assert stores.shelf().rows(url, of_a_language) == []


async def test_a_vote_counts_on_a_store_that_went_back_and_forth(first_release: str, tmp_path: Path) -> None:
    """Its key still fits."""
    await upgrade(first_release)
    db = await Database.open(first_release)
    station = Station(db, StillClock(), key_dir=tmp_path / "keys")
    ballot = await station.ballots.find(station.guild_id, "B4")
    await station.vote(station.ana, ballot, FOR)
    await db.close()
    await downgrade(first_release, "0001")
    await upgrade(first_release)
    db = await Database.open(first_release)
    station = Station(db, StillClock(), key_dir=tmp_path / "keys")
    assert (await station.close(await station.ballots.find(station.guild_id, "B4"))).voters == 6
    await db.close()
