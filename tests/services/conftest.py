"""The small seminar on a store of its own, with a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from storage.engine import Database
from tests import stores
from tests.services.conference_hall import Hall
from tests.services.every_method import ITEMS, hold_all
from tests.services.follow_up_desk import FollowUpDesk
from tests.services.polling_station import Station
from tests.services.registry import Registry
from tests.services.reported_hall import hold
from tests.services.small_seminar import Seminar, StillClock


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What a test makes goes when it ends."""
    yield
    stores.shelf().sweep()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a migrated store that nobody has written to, to copy."""
    return stores.migrated(tmp_path_factory.mktemp("store") / "empty.db")


@pytest.fixture
async def db(empty_store: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A store of the test's own."""
    database = await Database.open(stores.shelf().copy(empty_store, tmp_path / "seminar.db"))
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


def set_up_in(folder: Path, empty_store: str, then: Callable[[Station], Awaitable[None]]) -> str:
    """A store on which `then` was done, for tests to copy; its keys are in `folder`."""

    async def do(database: Database) -> None:
        await then(Station(database, StillClock(), key_dir=folder / "keys"))

    return stores.filled(empty_store, folder / "set-up.db", do)


@pytest.fixture(scope="session")
def store_of_rome(empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with two recommendations on CAP in Rome; copied, since hundreds of tests begin with it."""
    return set_up_in(tmp_path_factory.mktemp("rome"), empty_store, lambda made: made.set_up())


@pytest.fixture
async def station(store_of_rome: str, clock: StillClock, tmp_path: Path) -> AsyncIterator[Station]:
    """The services with two recommendations on CAP in Rome, ready to be voted on."""
    database = await Database.open(stores.shelf().copy(store_of_rome, tmp_path / "seminar.db"))
    yield Station(database, clock, key_dir=tmp_path / "keys")
    await database.close()


@pytest.fixture(scope="session")
def store_of_all(empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with closed ballots of every method; tests copy it, since holding them takes longest."""

    async def hold(made: Station) -> None:
        await made.set_up(items=ITEMS)
        await hold_all(made)

    return set_up_in(tmp_path_factory.mktemp("every"), empty_store, hold)


@pytest.fixture
async def voted_on_all(store_of_all: str, tmp_path: Path) -> AsyncIterator[Station]:
    """The services over a copy of that store; its keys are gone, as its ballots are sealed."""
    database = await Database.open(stores.shelf().copy(store_of_all, tmp_path / "all.db"))
    yield Station(database, StillClock(), key_dir=tmp_path / "keys")
    await database.close()


@pytest.fixture
async def hall(db: Database, clock: StillClock, tmp_path: Path) -> Hall:
    """The services of a seminar and a conference, on a store where nothing is loaded yet."""
    return Hall(db, clock, key_dir=tmp_path / "keys")


@pytest.fixture(scope="session")
def store_of_brussels(empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of a seminar and a conference in which something of everything happened; tests copy it."""
    folder = tmp_path_factory.mktemp("brussels")

    async def do(database: Database) -> None:
        await hold(Hall(database, StillClock(), key_dir=folder / "keys"))

    return stores.filled(empty_store, folder / "set-up.db", do)


@pytest.fixture
async def held(store_of_brussels: str, tmp_path: Path) -> AsyncIterator[Hall]:
    """The services over a copy of that store, in December."""
    database = await Database.open(stores.shelf().copy(store_of_brussels, tmp_path / "held.db"))
    clock = StillClock()
    clock.pass_(days=43)
    yield Hall(database, clock, key_dir=tmp_path / "keys")
    await database.close()


@pytest.fixture(scope="session")
def store_of_follow_up(empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with three adopted recommendations, to DPKO and CMPD, to DPKO, to nobody; tests copy it."""
    folder = tmp_path_factory.mktemp("follow-up")

    async def do(database: Database) -> None:
        made = FollowUpDesk(database, StillClock(), key_dir=folder / "keys")
        await made.adopted("DPKO, CMPD", "DPKO; Ministries of Defence", "")

    return stores.filled(empty_store, folder / "set-up.db", do)


@pytest.fixture
async def tracking(store_of_follow_up: str, clock: StillClock, tmp_path: Path) -> AsyncIterator[FollowUpDesk]:
    """The services of the follow-up over a copy of that store."""
    database = await Database.open(stores.shelf().copy(store_of_follow_up, tmp_path / "follow-up.db"))
    yield FollowUpDesk(database, clock, key_dir=tmp_path / "keys")
    await database.close()


@pytest.fixture
async def registry(station: Station) -> Registry:
    """The polling station with everything about people."""
    return Registry(station.db, station.clock, key_dir=station.key_dir)
