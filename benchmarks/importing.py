"""Importing participants: how many statements the store gets for a list of a hundred, and of ten thousand.

Half of the people on the list have an account, the others get a code. Measured is the whole of it
as `/participants import` does it, from the bytes of a workbook to what is applied; and for how
long nobody else is answered meanwhile.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from pathlib import Path
from statistics import median
from typing import Final

import xlsxwriter  # type: ignore[import-untyped]

from benchmarks import stock
from benchmarks.report import Measure
from benchmarks.shapes import CONSTITUENCIES, Shape
from benchmarks.sides import rapporteur
from benchmarks.statements import counted
from benchmarks.wire import payloads

FEW: Final = 100
MANY: Final = 10_000
PIECE: Final = 2_000  # rows that one statement takes
OFFICES: Final = 200
BEAT: Final = 0.01  # seconds

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """One import: seconds to look at it and to apply it, statements of the latter, and the longest wait."""

    looked: float
    took: float
    statements: int
    waited: float


def measure(rounds: int, progress: Progress, few: int = FEW, many: int = MANY) -> list[Measure]:
    """A short and a long list, each imported into a new store, `rounds` times."""
    done: dict[int, list[Applied]] = {few: [], many: []}
    for people, times in done.items():
        for number in range(1, rounds + 1):
            progress(f"round {number} of {rounds}: {people:,} people")
            times.append(import_one(people))
    small, large = done[few], done[many]
    # People, registrations, and codes of every other one; each in pieces.
    allowed = 3 * (ceil(many / PIECE) - ceil(few / PIECE))
    grown = large[0].statements - small[0].statements
    steady = all(len({one.statements for one in each}) == 1 for each in (small, large))
    return [
        Measure(
            f"statements, {few:,} → {many:,} people",
            f"{small[0].statements} → {large[0].statements} (+{grown})",
            f"≤ +{allowed}, by pieces of {PIECE:,} rows",
            steady and grown <= allowed,
        ),
        Measure("read and looked at", _seconds(small, large, "looked")),
        Measure("applied", _seconds(small, large, "took")),
        Measure("longest that others waited for the processor", _seconds(small, large, "waited")),
    ]


def import_one(people: int) -> Applied:
    """Import a list of so many people into a new store."""
    data = _workbook(people)
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as name:
        stock.fill(Path(name), Shape(events=1, themes=1, people=10, waiting=1))
        return asyncio.run(_import(Path(name), data, people))


async def _import(folder: Path, data: bytes, people: int) -> Applied:
    async with rapporteur.house_of(folder) as house, _waits() as waits:
        begun = time.perf_counter()
        preview = await house.importing.preview(rapporteur.FACILITATOR, "list.xlsx", data)
        looked = time.perf_counter() - begun
        assert preview.id is not None
        assert preview.registered == people
        with counted() as sent:
            begun = time.perf_counter()
            done = await house.importing.apply(rapporteur.FACILITATOR, preview.id)
            took = time.perf_counter() - begun
    assert len(done.codes) == people // 2
    return Applied(looked, took, len(sent), max(waits))


@asynccontextmanager
async def _waits() -> AsyncIterator[list[float]]:
    """How much longer than asked for something else had to wait, again and again."""
    waits = [0.0]

    async def beat() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(BEAT)
            waits.append(time.perf_counter() - begun - BEAT)

    task = asyncio.create_task(beat())
    try:
        yield waits
    finally:
        task.cancel()


def _workbook(people: int) -> bytes:
    made = BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("name", "discord id", "constituency", "organisation", "status"))
    for number in range(people):
        account = "" if number % 2 else f"<@{payloads.user_id(1_000_000 + number)}>"
        group, office = CONSTITUENCIES[number % len(CONSTITUENCIES)], f"Office {number % OFFICES}"
        sheet.write_row(number + 1, 0, (f"Person Número {number}", account, group, office, "participant"))
    book.close()
    return made.getvalue()


def _seconds(small: list[Applied], large: list[Applied], what: str) -> str:
    few, many = (median(getattr(one, what) for one in each) for each in (small, large))
    return f"{few:.2f} → {many:.2f} s"
