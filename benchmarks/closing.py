"""Closing a large ballot: how many statements the store gets, for a hundred voters and for ten thousand.

What is measured is the whole of it, as `/ballot close` does it: counting, the sealed record, the
ledger, the destroyed key, the emptied log. Votes are put into the store beforehand, since casting
them is measured elsewhere.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import drawn, shapes, stock
from benchmarks.drawn import Case, Paper
from benchmarks.report import Measure
from benchmarks.shapes import Shape
from benchmarks.sides import rapporteur
from benchmarks.statements import counted
from seminar import paper
from seminar.methods import METHODS
from seminar.paper import WHOLE
from services.keys import KeyStore

FEW: Final = 100
MANY: Final = 10_000
PIECE: Final = 2_000  # rows that one INSERT takes
BALLOTS: Final = ((drawn.SUPPORT, 5), (drawn.RATING, 50))

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Closed:
    """One closing: seconds, statements, and of these the ones that may differ.

    These are rows put in by the piece, and one statement for all that move to the same state.
    """

    took: float
    statements: int
    may_differ: int


def measure(rounds: int, progress: Progress, few: int = FEW, many: int = MANY) -> list[Measure]:
    """Each ballot closed with few and with many voters, `rounds` times."""
    measures = []
    for case, items in BALLOTS:
        closed: dict[int, list[Closed]] = {few: [], many: []}
        for voters, times in closed.items():
            papers = drawn.draw(case, voters, items)
            for number in range(1, rounds + 1):
                progress(f"round {number} of {rounds}: {case.method} on {items}, {voters:,} voters")
                times.append(close_one(case, items, papers))
        measures += _told(f"{case.method} on {items}", few, many, closed[few], closed[many])
    return measures


def close_one(case: Case, items: int, papers: list[Paper]) -> Closed:
    """Close a secret ballot with these papers, one a voter, in a new store."""
    shape = Shape(events=1, themes=1, people=len(papers), waiting=items)
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as name:
        folder = Path(name)
        stock.fill(folder, shape)
        references = shapes.open_references(shape)
        ballot = rapporteur.prepare(folder, references, case.method, importance=case.rules.importance)
        stock.cast(folder, ballot, _votes(folder, ballot, case, papers))
        return asyncio.run(_close(folder, ballot, len(papers)))


def _votes(folder: Path, ballot: int, case: Case, papers: list[Paper]) -> Iterable[tuple[str, int, str]]:
    with sqlite3.connect(folder / "rapporteur.db") as database:
        (key_id,) = database.execute("SELECT key_id FROM ballots WHERE id = ?", (ballot,)).fetchone()
    ids = [stock.person(number) for number in range(len(papers))]
    marks = KeyStore(folder / rapporteur.KEYS).marks(key_id, ids)
    for person, answers in zip(ids, papers, strict=True):
        if METHODS[case.method].on_paper:
            yield marks[person], WHOLE, paper.spell(answers)
        else:
            for position, said in answers.items():
                yield marks[person], position, drawn.CHOICES[said[0]]


async def _close(folder: Path, ballot: int, voters: int) -> Closed:
    async with rapporteur.house_of(folder) as house:
        with counted() as sent:
            begun = time.perf_counter()
            result = await house.ballots.close(rapporteur.FACILITATOR, ballot)
            took = time.perf_counter() - begun
    assert result is not None
    assert result.sealed
    with sqlite3.connect(folder / "rapporteur.db") as database:
        rows = [
            database.execute(f"SELECT count(*) FROM {table} WHERE ballot_id = ?", (ballot,)).fetchone()[0]
            for table in ("electorates", "cast_votes")
        ]
    assert rows[0] == voters
    moves = sum(statement.startswith("UPDATE recommendations") for statement in sent)
    return Closed(took, len(sent), moves + sum(ceil(number / PIECE) for number in rows))


def _told(name: str, few: int, many: int, small: list[Closed], large: list[Closed]) -> list[Measure]:
    before, after = small[0], large[0]
    grown, allowed = after.statements - before.statements, after.may_differ - before.may_differ
    steady = all(len({(one.statements, one.may_differ) for one in each}) == 1 for each in (small, large))
    return [
        Measure(
            f"{name}: statements, {few:,} → {many:,} voters",
            f"{before.statements} → {after.statements} (+{grown})",
            f"≤ +{allowed}, by pieces of {PIECE:,} rows and by outcomes",
            steady and grown <= allowed,
        ),
        Measure(
            f"{name}: closed, counted and sealed",
            f"{median(one.took for one in small):.2f} → {median(one.took for one in large):.2f} s",
        ),
    ]
