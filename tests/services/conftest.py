"""The small seminar on a store of its own, with a clock that stands still."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from storage.engine import Database
from storage.migrate import upgrade
from tests.services.conference_hall import Hall
from tests.services.every_method import ITEMS, hold_all
from tests.services.follow_up_desk import FollowUpDesk
from tests.services.polling_station import Station
from tests.services.registry import Registry
from tests.services.reported_hall import hold
from tests.services.small_seminar import Seminar, StillClock


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated store that nobody has written to; tests copy it, which is faster than migrating."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
async def db(empty_store: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A store of the test's own."""
    path = tmp_path / "seminar.db"
    shutil.copy(empty_store, path)
    database = await Database.open(f"sqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture
def clock() -> StillClock:
    """Nine in the morning of the first day, until moved."""
    return StillClock()


@pytest.fixture
async def bare(db: Database, clock: StillClock) -> Seminar:
    """The services on a server where nothing is loaded yet."""
    return Seminar(db, clock)


@pytest.fixture
async def house(bare: Seminar) -> Seminar:
    """The services with the initiative loaded and no event open."""
    await bare.load(by=bare.owner)
    return bare


@pytest.fixture
async def rome(house: Seminar) -> Seminar:
    """The services with Rome open."""
    await house.events.open(house.organiser, "ROM")
    return house


def set_up_in(folder: Path, empty_store: Path, then: Callable[[Station], Awaitable[None]]) -> Path:
    """A store in `folder` on which `then` was done, for tests to copy."""
    store = folder / "set-up.db"
    shutil.copy(empty_store, store)

    async def do() -> None:
        database = await Database.open(f"sqlite:///{store}")
        await then(Station(database, StillClock(), key_dir=folder / "keys"))
        await database.close()

    asyncio.run(do())
    return store


@pytest.fixture(scope="session")
def store_of_rome(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two recommendations on CAP in Rome; copied, since hundreds of tests begin with it."""
    return set_up_in(tmp_path_factory.mktemp("rome"), empty_store, lambda made: made.set_up())


@pytest.fixture
async def station(store_of_rome: Path, clock: StillClock, tmp_path: Path) -> AsyncIterator[Station]:
    """The services with two recommendations on CAP in Rome, ready to be voted on."""
    shutil.copy(store_of_rome, tmp_path / "seminar.db")
    database = await Database.open(f"sqlite:///{tmp_path / 'seminar.db'}")
    yield Station(database, clock, key_dir=tmp_path / "keys")
    await database.close()


@pytest.fixture(scope="session")
def store_of_all(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with closed ballots of every method; tests copy it, since holding them takes longest."""

    async def hold(made: Station) -> None:
        await made.set_up(items=ITEMS)
        await hold_all(made)

    return set_up_in(tmp_path_factory.mktemp("every"), empty_store, hold)


@pytest.fixture
async def voted_on_all(store_of_all: Path, tmp_path: Path) -> AsyncIterator[Station]:
    """The services over a copy of that store; its keys are gone, as its ballots are sealed."""
    shutil.copy(store_of_all, tmp_path / "all.db")
    database = await Database.open(f"sqlite:///{tmp_path / 'all.db'}")
    yield Station(database, StillClock(), key_dir=tmp_path / "keys")
    await database.close()


@pytest.fixture
async def hall(db: Database, clock: StillClock, tmp_path: Path) -> Hall:
    """The services of a seminar and a conference, on a store where nothing is loaded yet."""
    return Hall(db, clock, key_dir=tmp_path / "keys")


@pytest.fixture(scope="session")
def store_of_brussels(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a seminar and a conference in which something of everything happened; tests copy it."""
    folder = tmp_path_factory.mktemp("brussels")
    store = folder / "set-up.db"
    shutil.copy(empty_store, store)

    async def do() -> None:
        database = await Database.open(f"sqlite:///{store}")
        await hold(Hall(database, StillClock(), key_dir=folder / "keys"))
        await database.close()

    asyncio.run(do())
    return store


@pytest.fixture
async def held(store_of_brussels: Path, tmp_path: Path) -> AsyncIterator[Hall]:
    """The services over a copy of that store, in December."""
    shutil.copy(store_of_brussels, tmp_path / "held.db")
    database = await Database.open(f"sqlite:///{tmp_path / 'held.db'}")
    clock = StillClock()
    clock.pass_(days=43)
    yield Hall(database, clock, key_dir=tmp_path / "keys")
    await database.close()


@pytest.fixture(scope="session")
def store_of_follow_up(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three adopted recommendations, to DPKO and CMPD, to DPKO, to nobody; tests copy it."""
    folder = tmp_path_factory.mktemp("follow-up")
    store = folder / "set-up.db"
    shutil.copy(empty_store, store)

    async def do() -> None:
        database = await Database.open(f"sqlite:///{store}")
        made = FollowUpDesk(database, StillClock(), key_dir=folder / "keys")
        await made.adopted("DPKO, CMPD", "DPKO; Ministries of Defence", "")
        await database.close()

    asyncio.run(do())
    return store


@pytest.fixture
async def tracking(
    store_of_follow_up: Path, clock: StillClock, tmp_path: Path
) -> AsyncIterator[FollowUpDesk]:
    """The services of the follow-up over a copy of that store."""
    shutil.copy(store_of_follow_up, tmp_path / "follow-up.db")
    database = await Database.open(f"sqlite:///{tmp_path / 'follow-up.db'}")
    yield FollowUpDesk(database, clock, key_dir=tmp_path / "keys")
    await database.close()


@pytest.fixture
async def registry(station: Station) -> Registry:
    """The polling station with everything about people."""
    return Registry(station.db, station.clock, key_dir=station.key_dir)
