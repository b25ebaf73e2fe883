"""Each load on the sides it is for, small: that all is answered, kept and found; nothing here is timed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from benchmarks import conferred, shapes, stock
from benchmarks.load import bursts, memory, mixed, servers
from benchmarks.load.bursts import BARE, COMMIT, FAST, OURS, SHEET, Prepared, Side, counted, one_burst
from benchmarks.load.memory import Kept
from benchmarks.load.targets import POSTGRES
from benchmarks.sides import rapporteur
from benchmarks.sides.common import vote_ids
from benchmarks.stores import rows
from benchmarks.wire.processes import SideFailed, standin

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A small store with a ballot, of which everything is posted."""
    folder = tmp_path_factory.mktemp("store")
    stock.fill(folder, shapes.SMALL)
    ballot = rapporteur.prepare(folder, shapes.open_references(shapes.SMALL))
    bursts.settle(folder)
    return Prepared(folder, ballot)


@pytest.mark.parametrize("side", [BARE, COMMIT])
def test_every_click_on_a_plain_bot_is_answered(side: Side, tmp_path: Path) -> None:
    """A bot in its own process connects, gets the clicks and answers all; what it stores is stored."""
    burst = one_burst(side, tmp_path / "work", None, 20)
    assert (len(burst.times), burst.durable, burst.missing) == (20, 20, 0)


@pytest.mark.parametrize("side", [OURS, FAST, SHEET])
def test_every_click_on_rapporteur_is_answered_and_outlives_the_process(
    side: Side, prepared: Prepared, tmp_path: Path
) -> None:
    """What was answered is in the store of a bot that was killed right after, on cards and on the sheet."""
    burst = one_burst(side, tmp_path / "work", prepared, 20, 0.01)
    assert (len(burst.times), burst.durable, burst.missing) == (20, 20, 0)


def test_a_vote_that_was_answered_and_lost_is_found(prepared: Prepared, tmp_path: Path) -> None:
    """One is taken out of the store behind the bot's back: it is missing, and not counted as durable."""
    ids = vote_ids(prepared.ballot)
    work = tmp_path / "work"
    with bursts.running(OURS, work, prepared) as (stand_in, bot):
        result = stand_in.fire(ids, 20)
        bot.kill()
    assert counted(result, ids, rapporteur.stored(work), 0.0).missing == 0
    with sqlite3.connect(work / "rapporteur.db") as store:
        assert (
            store.execute("DELETE FROM votes WHERE receipt = (SELECT max(receipt) FROM votes)").rowcount == 1
        )
    burst = counted(result, ids, rapporteur.stored(work), 0.0)
    assert (burst.durable, burst.missing) == (19, 1)


def test_the_mixed_load_is_mixed_and_its_refused_refreshes_are_made_good(tmp_path: Path) -> None:
    """Votes, papers, proposals, looks and an export in one; what others' edits delayed is drawn at last."""
    store = tmp_path / "store"
    store.mkdir()
    conferred.fill(store, mixed.SHAPE)
    prepared, papers = mixed.prepare(store)
    evening = mixed.checked(mixed.one_evening(tmp_path / "work", prepared, papers, 2.0))
    assert evening.asks == len(evening.times) == 2_000
    assert (evening.missing, evening.drawn) == (0, True)
    assert evening.refused >= 1
    assert set(mixed.SHARES) == {"vote", "paper", "browse", "propose"}


def test_memory_is_looked_at_while_people_vote_over_and_over(prepared: Prepared, tmp_path: Path) -> None:
    """Every vote is answered, and there are looks enough to tell how memory grew over the last tenth."""
    kept = memory.keep_voting(tmp_path / "work", prepared, 3_000, people=100)
    assert (kept.votes, kept.answered, kept.late) == (3_000, 3_000, 0)
    assert all(size > 2**20 for _, size in kept.samples)
    steady = Kept(100, 100, 0, 1.0, tuple((votes, 1000 + votes) for votes in range(101)))
    assert steady.growth == pytest.approx(1098 / 1088 - 1)


def test_the_bot_votes_on_postgresql_as_durably(tmp_path: Path) -> None:
    """A server of the benchmark's own, each burst on a copy of the prepared store; what it promises is on."""
    folder = tmp_path / "server"
    folder.mkdir()
    with servers.postgres() as databases:
        url = databases.new("prepared")
        stock.fill_server(url, shapes.SMALL)
        ballot = rapporteur.prepare(folder, shapes.open_references(shapes.SMALL), url=url)
        bursts.settle(folder, url)
        copy = databases.new("measured", "prepared")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert rows(copy, f"SHOW {name}") == [("on",)]
        burst = one_burst(POSTGRES, tmp_path / "work", Prepared(folder, ballot, copy), 20)
        assert (burst.durable, burst.missing) == (20, 0)
        assert rows(url, "SELECT count(*) FROM votes") == [(0,)]


def test_a_side_that_does_not_start_says_why(tmp_path: Path) -> None:
    """The words of its process are in the failure."""
    with (
        pytest.raises(SideFailed, match="does not exist"),
        bursts.running(Side("Nobody", "does not exist"), tmp_path / "work", None),
    ):
        pass
    with standin(tmp_path) as discord_at:
        assert discord_at.counts()["gateway"] == {}
