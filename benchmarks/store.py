"""Does a store that has grown slow the house down? A small and a large one, in turn, same question to both.

The commands go over the wire as a person's would, and both stores are asked for
the same amount: one page of recommendations, the results of one theme of 25.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import shapes, stock
from benchmarks.report import Measure, at_most
from benchmarks.shapes import Shape
from benchmarks.wire.processes import StandInAt, child, standin

AT_MOST: Final = 1.5
CALLS: Final = 20  # of each command in a round; the first five are not counted
UNCOUNTED: Final = 5

# Name, options, and whether a picture must come.
COMMANDS: Final[tuple[tuple[str, Mapping[str, str], bool], ...]] = (
    ("recommendations", {}, False),
    ("recommendations", {"theme": shapes.FIRST_THEME}, False),
    ("recommendations", {"state": "admitted"}, False),
    ("recommendations", {"text": "proposal 2"}, False),
    ("results", {"event": shapes.FIRST_EVENT, "theme": shapes.FIRST_THEME}, True),
)

Progress = Callable[[str], None]


@dataclass(slots=True)
class _Seen:
    """What was measured on one store: seconds and bytes; of commands, in the same order for both stores."""

    start: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    commands: dict[str, list[float]] = field(default_factory=dict)


def measure(rounds: int, progress: Progress) -> list[Measure]:
    """Start-up, memory and commands on a small and a large store."""
    seen = {shapes.SMALL: _Seen(), shapes.LARGE: _Seen()}
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as name:
        stores = {shape: Path(name) / str(shape.events) for shape in seen}
        for shape, store in stores.items():
            progress(f"filling a store with {shape.recommendations:,} recommendations, {shape.votes:,} votes")
            store.mkdir()
            stock.fill(store, shape)
        for number in range(1, rounds + 1):
            progress(f"round {number} of {rounds}")
            _round(Path(name), stores, seen)
    small, large = seen[shapes.SMALL], seen[shapes.LARGE]
    measures = [
        _compare("Start-up, process to ready", small.start, large.start, 1.0, "s"),
        _compare("Memory when ready", small.memory, large.memory, 1 / (1 << 20), "MiB"),
    ]
    for title, times in small.commands.items():
        measures.append(_compare(title, times, large.commands[title], 1000.0, "ms"))
    return measures


def _round(folder: Path, stores: dict[Shape, Path], seen: dict[Shape, _Seen]) -> None:
    """Start a bot on each store, then call each command with the one and with the other in turn."""
    with ExitStack() as stack:
        at: dict[Shape, StandInAt] = {}
        for shape, store in stores.items():
            work = folder / f"work-{shape.events}"
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(store, work)
            at[shape] = stack.enter_context(standin(work))
            side = child(
                "benchmarks.sides.rapporteur",
                str(at[shape].port),
                str(work),
                "--no-cooldowns",
                log=work / "side.log",
            )
            bot = stack.enter_context(side)
            seen[shape].start.append(bot.up_after)
            seen[shape].memory.append(float(bot.told["memory"]))
        for name, options, picture in COMMANDS:
            title = " ".join((f"/{name}", *(f"{key}={value}" for key, value in options.items())))
            for turn in range(CALLS):
                for shape in list(at) if turn % 2 else reversed(at):
                    times = at[shape].call(name, dict(options), 1, file=picture)
                    if turn >= UNCOUNTED:
                        seen[shape].commands.setdefault(title, []).extend(times)


def _compare(name: str, small: list[float], large: list[float], unit: float, unit_name: str) -> Measure:
    ratio = median(after / before for before, after in zip(small, large, strict=True))
    before, after = median(small) * unit, median(large) * unit
    digits = 2 if unit_name == "s" else 1
    return at_most(name, ratio, AT_MOST, f" ({before:.{digits}f} → {after:.{digits}f} {unit_name})")
