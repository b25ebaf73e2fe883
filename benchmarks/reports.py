"""The final report: what it takes for 500 recommendations in every format, and how that grows.

Each file is written by a process of its own, which tells its seconds and the most memory it had. Ratios are
of processor time within one round, since the typesetter takes all processors it can get; the median over the
rounds is the result. Our Word and PDF files are held against the plain libraries writing the same texts and
tables, once without our charts, which those do not draw, and once with them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import conferred
from benchmarks.report import Measure, at_most
from benchmarks.shapes import PER_THEME, Shape
from benchmarks.wire.processes import ROOT, SideFailed
from reports.kinds import FINAL_REPORT, KINDS

SIZES: Final = (50, 500, 2_000)
TOLD: Final = 500  # the size whose time and memory are told
GROWTH: Final = 1.3
OF_PLAIN: Final = 1.5
PLAIN: Final = {"docx": "python-docx", "pdf": "typst"}
OURS, TEXTS, LIBRARY = "ours", "texts", "plain"
MOST_THEMES: Final = 20  # of one event

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """One file: processor seconds to read the store and to write it, seconds from start to end, bytes."""

    read: float
    written: float
    total: float
    size: int
    peak: int

    @property
    def work(self) -> float:
        return self.read + self.written


def measure(rounds: int, progress: Progress, sizes: tuple[int, int, int] = SIZES) -> list[Measure]:
    """Every format in every size, and the plain libraries beside ours, `rounds` times in turn."""
    few, told, many = sizes
    formats = KINDS[FINAL_REPORT].formats
    made: dict[tuple[int, str, str], list[Made]] = {}
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as name:
        stores = {size: Path(name) / str(size) for size in sizes}
        for size, store in stores.items():
            progress(f"filling a store with a conference on {size:,} recommendations")
            store.mkdir()
            conferred.fill(store, shape(size))
        wanted = [(size, form, OURS) for size in sizes for form in formats]
        wanted += [(told, form, side) for form in PLAIN for side in (TEXTS, LIBRARY)]
        for number in range(1, rounds + 1):
            for size, form, side in wanted:
                progress(f"round {number} of {rounds}: {form}, {size:,} recommendations, {side}")
                made.setdefault((size, form, side), []).append(make(stores[size], form, side))
    return [
        *(_told(form, made[told, form, OURS], told) for form in formats),
        *(_growth(form, made[few, form, OURS], made[many, form, OURS], few, many) for form in formats),
        *(line for form in PLAIN for line in _beside(form, made, told)),
    ]


def shape(forwarded: int) -> Shape:
    """A store in which so many recommendations, all there are, went on to a conference."""
    themes = min(MOST_THEMES, forwarded // PER_THEME)
    return Shape(forwarded // PER_THEME // themes, themes, people=150, waiting=0, forwarded=forwarded)


def make(store: Path, form: str, side: str) -> Made:
    """One file, written by a process of its own.

    Raises:
        SideFailed: it ended badly.
    """
    begun = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.sides.reporting", str(store), form, side],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    total = time.perf_counter() - begun
    if ended.returncode != 0:
        raise SideFailed(f"the final report as {form} failed:\n{ended.stderr[-2000:]}")
    said = json.loads(ended.stdout)
    return Made(said["read"], said["written"], total, said["bytes"], said["peak"])


def _told(form: str, made: list[Made], size: int) -> Measure:
    total, peak = median(one.total for one in made), median(one.peak for one in made)
    return Measure(
        f"{form}, {size:,} recommendations: in all / most memory / size of the file",
        f"{total:.1f} s / {peak / 2**20:,.0f} MiB / {made[0].size / 2**20:.1f} MiB",
    )


def _growth(form: str, small: list[Made], large: list[Made], few: int, many: int) -> Measure:
    ratio = median(
        (much.work / many) / (little.work / few) for little, much in zip(small, large, strict=True)
    )
    each = [median(one.work for one in made) / size * 1e3 for made, size in ((small, few), (large, many))]
    return at_most(
        f"{form}: for each recommendation, {few:,} → {many:,}",
        ratio,
        GROWTH,
        f" ({each[0]:.1f} → {each[1]:.1f} ms)",
    )


def _beside(form: str, made: dict[tuple[int, str, str], list[Made]], size: int) -> list[Measure]:
    theirs = made[size, form, LIBRARY]

    def ratio(side: str) -> float:
        ours = made[size, form, side]
        return median(one.written / other.written for one, other in zip(ours, theirs, strict=True))

    took = median(one.written for one in theirs)
    name = f"{form}: ours to plain {PLAIN[form]}"
    return [
        at_most(f"{name}, texts and tables", ratio(TEXTS), OF_PLAIN, f" ({took:.1f} s)"),
        at_most(f"{name}, with our charts beside them", ratio(OURS), OF_PLAIN),
    ]
