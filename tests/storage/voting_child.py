"""Processes that vote until they are killed, and print each vote once it is acknowledged.

Arguments: the store's address, the ballot, the first person's number, how many
persons each process votes for, how many items, how many processes. A line is
the process, the person, the item and the receipt. The processes are forks of
this one, so that the imports are paid for once.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys

from seminar.errors import Refused
from seminar.model import Choice
from storage.engine import Database
from storage.votes import VoteWriter
from tests.storage.store_seed import NOW, tap

TOGETHER = 8


async def vote_until_killed(url: str, ballot_id: int, first: int, people: int, items: int) -> None:
    db = await Database.open(url, busy_timeout=30)
    writer = VoteWriter(db, lambda: NOW)
    # Each vote once, then the same ones again and again: an answer is never contradicted by a later vote.
    cells = itertools.cycle([(person, item) for item in range(1, items + 1) for person in range(people)])

    async def vote() -> None:
        for person, item in cells:
            number = first + person
            try:
                cast = await tap(writer, ballot_id, f"person-{number}", f"mark-{number}", item, Choice.FOR)
            except Refused:
                continue
            os.write(1, f"{os.getpid()} {number} {item} {cast.receipt}\n".encode())

    await asyncio.gather(*(vote() for _ in range(TOGETHER)))


def main(url: str, ballot_id: int, first: int, people: int, items: int, processes: int) -> None:
    for number in range(processes):
        if os.fork() == 0:
            asyncio.run(vote_until_killed(url, ballot_id, first + number * people, people, items))
    for _ in range(processes):
        os.wait()


main(sys.argv[1], *map(int, sys.argv[2:]))
