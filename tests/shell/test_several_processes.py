"""Several processes on one PostgreSQL: one at a time serves a server, whatever is killed or cut off."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import shapes, stock
from benchmarks.sides import rapporteur
from benchmarks.sides.common import clicked, vote_ids
from storage.engine import parse_url
from storage.schema import moment_text
from tests import postgres_server, stores
from tests.shell.several import OURS, SHAPE, Deployment, Line, deployed

pytestmark = pytest.mark.thorough

OTHERS = 1 - OURS


@pytest.fixture(scope="module")
def server() -> Iterator[stores.Databases]:
    """A PostgreSQL for these tests, on whichever store the others run."""
    if named := os.environ.get(stores.SERVER):
        yield stores.Databases(named.rstrip("/"))
        return
    keeper = stores.Keeper()
    yield stores.Databases(keeper.url)
    keeper.close()


@pytest.fixture(scope="module")
def prepared(
    server: stores.Databases, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, int, int]:
    """A store that nobody has open, its folder with the keys, and the two ballots that are open in it."""
    folder = tmp_path_factory.mktemp("prepared")
    url = server.new(folder / "prepared", stays=True)
    stock.fill_server(url, SHAPE)
    references = shapes.open_references(SHAPE)
    first = rapporteur.prepare(folder, references[:5], url=url)
    return url, folder, first, rapporteur.prepare(folder, references[5:], url=url)


@pytest.fixture
async def deployment(
    server: stores.Databases, prepared: tuple[str, Path, int, int], tmp_path: Path
) -> AsyncIterator[Deployment]:
    """A deployment of the test's own, of which nothing runs yet."""
    (tmp_path / rapporteur.KEYS).symlink_to(prepared[1] / rapporteur.KEYS)
    url = server.copy(prepared[0], tmp_path / "deployed")
    async with deployed(url, tmp_path) as made:
        yield made
    server.drop(url)


async def test_one_is_killed_in_a_burst_and_the_others_go_on_with_its_work(
    deployment: Deployment, prepared: tuple[str, Path, int, int]
) -> None:
    """No answered vote is lost; another closes its ballot in time, once; a stand-by answers its clicks, and
    says once what is to be said. The machines' clocks are minutes apart, and nothing comes of it.
    """
    _, _, ballot, due = prepared
    discord, ids = deployment.discord, vote_ids(ballot)
    first = await deployment.serving(OURS, ahead=240)
    other = await deployment.serving(OTHERS, ahead=-420)
    standby = await deployment.start(OURS, ahead=600)
    await standby.logs("a stand-by for shard")
    await discord.until(lambda: sum("Ballot" in one for one in discord.posted) >= 2)
    assert [one.log.count("that of the store, which is used instead") for one in (first, other)] == [1, 1]

    clicking = asyncio.create_task(discord.controls.fire(deployment.asks(ids)))
    await discord.until(lambda: len(discord.votes()) >= 60)
    end = moment_text(datetime.now(UTC) + timedelta(seconds=1))
    await deployment.rows(f"UPDATE ballots SET closes_at = '{end}' WHERE id = {due}")
    await deployment.rows(
        f"UPDATE deadlines SET due_at = '{end}' WHERE subject = {due} AND kind = 'ballot.close'"
    )
    first.send(signal.SIGKILL)
    assert await first.ended() == -signal.SIGKILL

    await deployment.until_rows(
        f"SELECT status FROM ballots WHERE id = {due}", lambda rows: rows == [("closed",)]
    )
    assert discord.sessions(OURS) == 1, "the lease of the one that was killed has not run out yet"
    await clicking
    answered = {(n, *clicked(ids[n % len(ids)])) for n in discord.votes()}
    assert len(answered) >= 60
    stored = await asyncio.to_thread(rapporteur.stored, deployment.folder, deployment.url, ballot)
    assert answered <= stored

    await standby.logs("this process serves", 60)
    await discord.until(lambda: discord.sessions(OURS) == 2)
    assert "Recorded" in await discord.press(ids[0], SHAPE.people - 1)
    await deployment.until_rows("SELECT count(*) FROM outbox", lambda rows: rows == [(0,)])
    assert len([one for one in discord.posted if "utcome" in one or "losed" in one]) == 1, discord.posted

    assert [await other.end(), await standby.end()] == [0, 0]
    assert await deployment.rows("SELECT * FROM shard_leases") == []
    acts = await deployment.rows(
        "SELECT act, count(*) FROM ledger WHERE act IN ('ballot.closed', 'ballot.sealed') GROUP BY act"
    )
    assert dict(acts)["ballot.closed"] == dict(acts)["ballot.sealed"]
    closed = await deployment.rows(f"SELECT closed_at, sealed_at FROM ballots WHERE id = {due}")
    taken = (await _taken(standby.log)).timestamp()
    assert all(datetime.fromisoformat(moment).timestamp() < taken + 1 for moment in closed[0])
    assert all("Traceback" not in one.log for one in deployment.processes), [
        one.log for one in deployment.processes
    ]


async def _taken(log: str) -> datetime:
    """When the stand-by logged that it serves."""
    line = next(one for one in log.splitlines() if "this process serves" in one)
    return datetime.fromisoformat(line.split()[0].replace("Z", "+00:00"))


async def test_one_that_stood_still_finds_itself_replaced_and_says_nothing(
    deployment: Deployment, prepared: tuple[str, Path, int, int]
) -> None:
    """It wakes with clicks waiting for it, which its successor has answered: they are answered once."""
    discord, ids = deployment.discord, vote_ids(prepared[2])
    first = await deployment.serving(OURS, lease=4)
    frozen = discord.gateway.serving
    standby = await deployment.start(OURS, lease=4)
    await standby.logs("a stand-by for shard")
    assert "Recorded" in await discord.press(ids[0], 1)
    first.send(signal.SIGSTOP)
    await standby.logs("this process serves")
    await discord.until(lambda: discord.gateway.serving is not frozen)
    (number,) = discord.book.next_numbers(1)
    click = discord.click(number, ids[0], 2)
    frozen.send("INTERACTION_CREATE", click)
    first.send(signal.SIGCONT)
    await asyncio.sleep(0.2)
    discord.gateway.tell("INTERACTION_CREATE", click)
    assert await first.ended() == 1
    assert first.said.strip().count("\n") == 0
    assert "another process may serve them now" in first.said
    await discord.until(lambda: number in discord.answers)
    assert ["Recorded" in one for one in discord.answers[number]] == [True]
    assert await standby.end() == 0


async def test_one_whose_store_goes_silent_is_gone_before_another_takes_up(
    deployment: Deployment, prepared: tuple[str, Path, int, int]
) -> None:
    """Nothing tells it that the line is dead; it leaves in time by its own clock, and says so in one line."""
    discord = deployment.discord
    at = parse_url(deployment.url)
    line = Line(str(at.host), at.port or 5432)
    async with line.open() as port:
        url = at.set(port=port).render_as_string(hide_password=False)
        first = await deployment.serving(OURS, lease=6, url=url)
        frozen = discord.gateway.serving
        standby = await deployment.start(OURS, lease=6)
        await standby.logs("a stand-by for shard")
        line.die()
        number = asyncio.create_task(discord.press(vote_ids(prepared[2])[0], 1, seconds=8))
        status = await first.ended()
        gone = time.time()
        assert status == 1
        assert first.said.strip().count("\n") == 0
        assert "another process may serve them now" in first.said
        assert frozen.socket is None
        await standby.logs("this process serves")
        ((taken,),) = await deployment.rows("SELECT taken_at FROM shard_leases")
        assert gone <= datetime.fromisoformat(taken).timestamp() + 0.1
        await discord.until(lambda: discord.gateway.serving is not frozen)
        assert "Recorded" not in await number
        assert "Recorded" in await discord.press(vote_ids(prepared[2])[0], 1)
        assert await standby.end() == 0


async def test_of_those_who_start_at_once_one_serves_and_a_clean_end_hands_over(
    deployment: Deployment,
) -> None:
    """Each of three takes its turn as the one before ends; one that only waits ends at once when told."""
    discord = deployment.discord
    waiting = [await deployment.start(OURS) for _ in range(3)]
    for turn in range(2):
        await discord.until(lambda turn=turn: discord.sessions(OURS) == turn + 1)  # type: ignore[misc]
        serving = [one for one in waiting if "this process serves" in one.log]
        assert len(serving) == 1
        waiting.remove(serving[0])
        for one in waiting:
            await one.logs("a stand-by for shard")
        assert await deployment.rows("SELECT count(*) FROM shard_leases") == [(1,)]
        before = time.monotonic()
        if turn == 0:
            assert await serving[0].end() == 0
        else:
            assert await waiting[0].end() == 0, "a stand-by that is told to stop"
            assert time.monotonic() - before < 5
            assert await serving[0].end() == 0
    assert discord.sessions(OURS) == 2
    assert await deployment.rows("SELECT count(*) FROM shard_leases") == [(0,)]


async def test_one_process_serves_as_many_shards_as_discord_advises(
    deployment: Deployment, prepared: tuple[str, Path, int, int]
) -> None:
    """Nobody has set how many; the leases are taken for them, and who counts otherwise has to wait."""
    deployment.discord.advised = 2
    bot = await deployment.start()
    await deployment.discord.until(lambda: all(deployment.discord.sessions(shard) for shard in (0, 1)))
    assert await deployment.rows("SELECT shard, shard_count FROM shard_leases ORDER BY 1") == [(0, 2), (1, 2)]
    assert "Recorded" in await deployment.discord.press(vote_ids(prepared[2])[0], 1)
    deployment.discord.advised = 3
    other = await deployment.start()
    await other.logs("a stand-by for shards 0, 1, 2 of 3")
    assert [await other.end(), await bot.end()] == [0, 0]


async def test_a_store_that_is_down_for_a_moment_ends_nothing(
    prepared: tuple[str, Path, int, int], tmp_path: Path
) -> None:
    """People are told that it is busy, and can vote again as soon as it is back; the leases are kept."""
    own = postgres_server.made_in()
    own.start()
    try:
        url = stores.Databases(own.url).new(tmp_path / "down", stays=True)
        await asyncio.to_thread(stock.fill_server, url, shapes.Shape(events=1, themes=1, people=40))
        references = shapes.open_references(SHAPE)[:5]
        ballot = await asyncio.to_thread(lambda: rapporteur.prepare(tmp_path, references, url=url))
        async with deployed(url, tmp_path) as deployment:
            bot = await deployment.serving(0, 1, lease=30)
            press = deployment.discord.press
            assert "Recorded" in await press(vote_ids(ballot)[0], 1)
            own.stop()
            assert "cannot be reached just now" in await press(vote_ids(ballot)[0], 2, seconds=2.5)
            assert "cannot be reached just now" in await press(vote_ids(ballot)[0], 3, seconds=2.5)
            own.start()
            assert "Recorded" in await press(vote_ids(ballot)[0], 2)
            await asyncio.sleep(12)  # the next renewal
            assert "Recorded" in await press(vote_ids(ballot)[0], 3)
            assert await bot.end() == 0
            assert "lost" not in bot.log
    finally:
        own.stop()
        shutil.rmtree(own.folder, ignore_errors=True)
