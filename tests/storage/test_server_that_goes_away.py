"""A server that goes away in the middle and comes back: one sentence meanwhile, and then as before."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from sqlalchemy import func, select, text

from seminar.errors import Invalid
from seminar.model import Choice
from storage import ledger
from storage.engine import Database
from storage.errors import BUSY, NO_DATABASE, NOT_ALLOWED, NOT_LET_IN, UNKEPT, UNREACHABLE, StoreUnavailable
from storage.migrate import downgrade, upgrade
from storage.schema import votes
from storage.votes import Cast, VoteWriter
from tests import stores
from tests.storage.store_seed import GUILD, NOW, seed, tap

pytestmark = pytest.mark.postgres("a file does not go away; `make postgres` runs it")


@pytest.fixture
def keeper() -> Iterator[stores.Keeper]:
    """A server of the test's own, to stop and start."""
    made = stores.Keeper()
    yield made
    made.close()


@pytest.fixture
async def away(keeper: stores.Keeper) -> AsyncIterator[Database]:
    """A store on that server."""
    url = f"{keeper.url}/postgres"
    await upgrade(url)
    database = await Database.open(url)
    yield database
    await database.close()


async def count(db: Database) -> int:
    async with db.read() as tx:
        return await tx.scalar(select(func.count()).select_from(votes)) or 0


async def test_a_server_that_stops_and_starts_is_used_again_by_itself(
    away: Database, keeper: stores.Keeper
) -> None:
    """Acts and votes get one sentence while it is gone, nothing acknowledged is lost, and all goes on."""
    async with away.write() as tx:
        ballot_id = await seed(tx)
    writer = VoteWriter(away, lambda: NOW)
    await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)
    for _ in range(2):
        keeper.tell("stop")
        for _ in range(2):
            with pytest.raises(StoreUnavailable) as refused:
                await tap(writer, ballot_id, "person-2", "mark-2", 1, Choice.FOR)
            assert refused.value.text in (BUSY, UNREACHABLE)
            with pytest.raises(StoreUnavailable):
                await count(away)
        keeper.tell("start")
        assert await count(away) == 1
        await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.AGAINST)
    await tap(writer, ballot_id, "person-2", "mark-2", 1, Choice.FOR)
    assert await count(away) == 2


async def cut_off(url: str) -> None:
    """Every connection to the store is ended by the server, and gone."""
    connection = await asyncpg.connect(url)
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    await connection.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}")
    await connection.close()


async def test_connections_that_were_ended_are_made_anew(db: Database, url: str) -> None:
    """Between two acts nobody notices; within one it is undone whole, in one sentence."""
    async with db.write() as tx:
        ballot_id = await seed(tx)
    writer = VoteWriter(db, lambda: NOW)
    for number in range(1, 4):
        await asyncio.gather(*(count(db) for _ in range(4)))
        await cut_off(url)
        await tap(writer, ballot_id, f"person-{number}", f"mark-{number}", 1, Choice.FOR)
        assert await count(db) == number
    with pytest.raises(StoreUnavailable) as refused:
        async with db.write() as tx:
            await ledger.append(tx, GUILD, NOW, "ps", "act", "CAP-01", {})
            await cut_off(url)
            await ledger.append(tx, GUILD, NOW, "ps", "act", "CAP-02", {})
    assert refused.value.text == BUSY
    async with db.read() as tx:
        assert (await ledger.head(tx, GUILD)).seq == 0


async def test_a_burst_that_is_cut_off_is_answered_to_everybody(db: Database, url: str) -> None:
    """Each vote is recorded or refused; what was acknowledged is there."""
    async with db.write() as tx:
        ballot_id = await seed(tx, people=300)
    writer = VoteWriter(db, lambda: NOW)
    casting = [
        asyncio.create_task(tap(writer, ballot_id, f"person-{n}", f"mark-{n}", item, Choice.FOR))
        for item in (1, 2, 3)
        for n in range(1, 301)
    ]
    await asyncio.sleep(0.02)
    await cut_off(url)
    answers = await asyncio.gather(*casting, return_exceptions=True)
    assert {type(answer) for answer in answers} <= {Cast, StoreUnavailable}
    acknowledged = {str(answer.receipt) for answer in answers if isinstance(answer, Cast)}
    async with db.read() as tx:
        assert acknowledged <= set(await tx.scalars(select(votes.c.receipt)))


async def test_a_row_that_another_holds_is_one_sentence_and_the_next_try_works(
    db: Database, url: str
) -> None:
    """It is not waited for without end."""
    async with db.write() as tx:
        ballot_id = await seed(tx)
    writer = VoteWriter(db, lambda: NOW)
    other = await asyncpg.connect(url)
    async with other.transaction():
        await other.execute("SELECT 1 FROM ballots FOR UPDATE")
        with pytest.raises(StoreUnavailable) as refused:
            await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)
        assert refused.value.text == BUSY
    await other.close()
    await tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR)


async def test_what_is_wrong_with_an_address_is_said(url: str) -> None:
    """The database, the user, what the user may do, the machine."""
    server, name = url.rsplit("/", 1)
    user = f"weak_{secrets.token_hex(4)}"
    stores.databases().do(f"CREATE ROLE {user} LOGIN")
    as_user = f"{server.replace('postgres@', f'{user}@')}/{name}"
    for address, says in (
        (f"{server}/nowhere", NO_DATABASE),
        (url.replace("postgres@", "nobody_known@"), NOT_LET_IN),
        (f"{server.rpartition(':')[0]}:1/{name}", UNREACHABLE),
        ("postgresql://somebody@no.such.host.invalid/name", UNREACHABLE),
    ):
        with pytest.raises(StoreUnavailable) as refused:
            await Database.open(address)
        assert refused.value.text == says, address
    with pytest.raises(StoreUnavailable) as refused:
        await downgrade(as_user, "0001")
    assert refused.value.text == NOT_ALLOWED
    stores.databases().do(f"DROP ROLE {user}")


async def test_the_writer_is_durable_whatever_the_server_prefers(db: Database, url: str) -> None:
    """A vote is acknowledged after it is on disk, though the database's own setting be another."""
    setting = text("SHOW synchronous_commit")
    for own, held in (("off", "on"), ("remote_apply", "remote_apply")):
        async with db.write() as tx:
            name = await tx.scalar(text("SELECT current_database()"))
        stores.databases().do(f'ALTER DATABASE "{name}" SET synchronous_commit = {own}')
        another = await Database.open(url)
        async with another.write() as tx:
            assert await tx.scalar(setting) == held
        await another.close()


async def test_destroyed_votes_are_cleared_out_of_their_table(db: Database, url: str) -> None:
    """With the last ballot sealed its pages are given back; the server's log is its operator's."""
    async with db.write() as tx:
        ballot_id = await seed(tx, people=200)
    writer = VoteWriter(db, lambda: NOW)
    await asyncio.gather(
        *(tap(writer, ballot_id, f"person-{n}", f"mark-{n}", 1, Choice.FOR) for n in range(1, 201))
    )
    size = "SELECT pg_relation_size('votes')"
    assert stores.databases().rows(url, size) != [(0,)]
    async with db.write() as tx:
        await tx.execute(votes.delete())
    assert await db.truncate_log()
    assert stores.databases().rows(url, size) == [(0,)]


async def test_a_text_that_the_server_cannot_hold_is_one_sentence_and_others_are_kept(
    db: Database,
) -> None:
    """A NUL, which SQLite takes: nothing of that act is stored, and votes beside it stand."""
    async with db.write() as tx:
        ballot_id = await seed(tx)
    writer = VoteWriter(db, lambda: NOW)
    answers = await asyncio.gather(
        tap(writer, ballot_id, "person-1", "mark-1", 1, Choice.FOR),
        tap(writer, ballot_id, "person-2", "mark-2", 1, Choice.AGAINST, "half\x00a reason"),
        tap(writer, ballot_id, "person-3", "mark-3", 1, Choice.FOR),
        return_exceptions=True,
    )
    assert [isinstance(answer, Cast) for answer in answers] == [True, False, True]
    assert isinstance(answers[1], Invalid) and answers[1].text == UNKEPT
    with pytest.raises(Invalid):
        async with db.read() as tx:
            await tx.execute(select(votes).where(votes.c.voter == "mark\x00"))
    assert await count(db) == 2
