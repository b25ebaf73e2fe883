"""Nothing is acknowledged before it is durable: processes are killed in the middle of bursts."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.engine import Database
from tests import stores
from tests.soaking import amount
from tests.storage.store_seed import seed

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
ROUNDS, TOGETHER, PEOPLE, ITEMS = amount(3, 6), 7, 20, 60


def _vote_and_be_killed(url: str, ballot_id: int, first: int, chance: random.Random) -> list[str]:
    """Let several processes vote at once, kill each at a moment of its own, return what they had printed.

    Some are killed while they hold the write lock, and some while they wait for it.
    """
    arguments = [url, *map(str, (ballot_id, first, PEOPLE, ITEMS, TOGETHER))]
    voting = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("voting_child.py")), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert voting.stdout is not None
    left: dict[int, int] = {}
    acknowledged = []
    for line in voting.stdout:
        process, _, vote = line.partition(" ")
        acknowledged.append(vote)
        left[int(process)] = left.get(int(process), chance.randint(1, 60)) - 1
        if left[int(process)] == 0:
            os.kill(int(process), signal.SIGKILL)
    assert voting.wait() == 0
    assert len(left) == TOGETHER
    return acknowledged


async def test_every_vote_acknowledged_before_a_kill_is_there_afterwards(db: Database, url: str) -> None:
    """21 kills (42 in a soak) at random moments on one store: no acknowledged vote is lost, it is sound."""
    chance = random.Random()
    async with db.write() as tx:
        ballot_id = await seed(tx, people=ROUNDS * TOGETHER * PEOPLE, items=ITEMS)
    acknowledged: list[str] = []
    for number in range(ROUNDS):
        first = 1 + number * TOGETHER * PEOPLE
        acknowledged += _vote_and_be_killed(url, ballot_id, first, chance)
    stored = {
        f"{mark.removeprefix('mark-')} {position} {receipt}\n"
        for mark, position, receipt in stores.shelf().rows(url, "SELECT voter, position, receipt FROM votes")
    }
    if not stores.ON_POSTGRES:
        assert stores.shelf().rows(url, "PRAGMA integrity_check") == [("ok",)]
    assert [vote for vote in acknowledged if vote not in stored] == []
