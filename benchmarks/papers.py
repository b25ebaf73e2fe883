"""Does a store that has grown make voting on paper slower? Sixty items, filled in over the wire.

Two bots run at once, one on a small store and one on a store a hundred times larger. Each person fills
in the same paper with both, a tap with the one and then with the other, which take turns in who is
first, so that a machine that is busy for a moment is busy for both. At the end both stores must hold
the papers as they were filled in.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import shapes, stock
from benchmarks.report import Measure, at_most
from benchmarks.shapes import Shape
from benchmarks.sides import rapporteur
from benchmarks.wire.processes import Child, SideFailed, StandInAt, child, standin
from seminar import paper
from seminar.paper import WHOLE

AT_MOST: Final = 1.3
ITEMS: Final = 60
PER_PAGE: Final = 5  # items that the sheet of `rating` shows at once
PEOPLE: Final = 11  # in a round; the first of them is not counted
SMALL: Final = replace(shapes.SMALL, waiting=ITEMS)
LARGE: Final = replace(shapes.LARGE, waiting=ITEMS)

Progress = Callable[[str], None]


@dataclass(slots=True)
class _Seen:
    """Seconds of each act, and of whole papers; in the same order for both stores."""

    opening: list[float] = field(default_factory=list)
    tap: list[float] = field(default_factory=list)
    submitting: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def measure(rounds: int, progress: Progress, large: Shape = LARGE, people: int = PEOPLE) -> list[Measure]:
    """Papers of sixty items on a small and on a large store, `rounds` times."""
    shapes_of = {"small": SMALL, "large": large}
    seen = {side: _Seen() for side in shapes_of}
    ballots = {}
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as name:
        folder = Path(name)
        for side, shape in shapes_of.items():
            progress(f"filling a store with {shape.recommendations:,} recommendations, {shape.votes:,} votes")
            (folder / side).mkdir()
            stock.fill(folder / side, shape)
            ballots[side] = rapporteur.prepare(folder / side, shapes.open_references(shape), "rating")
        for number in range(1, rounds + 1):
            progress(f"round {number} of {rounds}: {people} people, {ITEMS} items each")
            _round(folder, ballots, seen, people)
    small, grown = seen["small"], seen["large"]
    return [
        _compare("Opening the paper", small.opening, grown.opening),
        _compare(f"One tap of {ITEMS}", small.tap, grown.tap),
        _compare("Submitting", small.submitting, grown.submitting),
        _compare("Opened, filled and submitted", small.whole, grown.whole),
    ]


def _round(folder: Path, ballots: dict[str, int], seen: dict[str, _Seen], people: int) -> None:
    sides = list(ballots)
    with ExitStack() as stack:
        bots: dict[str, tuple[StandInAt, Child]] = {}
        for side in sides:
            bots[side] = stack.enter_context(_bot(folder / side, folder / f"work-{side}"))
        for person in range(people):
            pressed = {side: controls(ballots[side], person) for side in sides}
            times: dict[str, list[float]] = {side: [] for side in sides}
            for place in range(ITEMS + 2):
                for side in sides if (person + place) % 2 else reversed(sides):
                    times[side] += bots[side][0].press(person, [pressed[side][place]])
            if person > 0:
                for side in sides:
                    seen[side].opening.append(times[side][0])
                    seen[side].tap += times[side][1:-1]
                    seen[side].submitting.append(times[side][-1])
                    seen[side].whole.append(sum(times[side]))
        for side in sides:
            bots[side][1].kill()
            _check(folder / f"work-{side}", ballots[side], people)


@contextmanager
def _bot(store: Path, work: Path) -> Iterator[tuple[StandInAt, Child]]:
    """A bot on a fresh copy of a store, and the stand-in it talks to."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(store, work)
    with (
        standin(work) as discord,
        child(
            "benchmarks.sides.rapporteur",
            str(discord.port),
            str(work),
            "--no-cooldowns",
            log=work / "side.log",
        ) as bot,
    ):
        yield discord, bot


def controls(ballot: int, person: int) -> list[tuple[str, str | None]]:
    """What a person presses: the ballot's `Vote`, an answer to every item, `Submit`."""
    picks: list[tuple[str, str | None]] = [
        (f"paper-pick:{ballot}:{position}:{(position - 1) // PER_PAGE}:a", f"a{_rating(position, person)}")
        for position in range(1, ITEMS + 1)
    ]
    return [(f"sheet:{ballot}", None), *picks, (f"paper-submit:{ballot}:{(ITEMS - 1) // PER_PAGE}", None)]


def _rating(position: int, person: int) -> int:
    return 1 + (position + person) % 9


def _check(work: Path, ballot: int, people: int) -> None:
    """Every paper must be in the store as it was filled in, and none be left half filled in.

    Raises:
        SideFailed: it is not.
    """
    with sqlite3.connect(work / "rapporteur.db") as database:
        submitted = database.execute(
            "SELECT choice FROM votes WHERE ballot_id = ? AND position = ?", (ballot, WHOLE)
        ).fetchall()
        (begun,) = database.execute("SELECT count(*) FROM papers").fetchone()
    meant = [
        paper.spell({position: (_rating(position, person), 0) for position in range(1, ITEMS + 1)})
        for person in range(people)
    ]
    if sorted(choice for (choice,) in submitted) != sorted(meant) or begun:
        raise SideFailed(f"{len(submitted)} papers were stored of {people}, or not as they were filled in")


def _compare(name: str, small: list[float], large: list[float]) -> Measure:
    ratio = median(after / before for before, after in zip(small, large, strict=True))
    detail = f" ({median(small) * 1000:.1f} → {median(large) * 1000:.1f} ms)"
    return at_most(name, ratio, AT_MOST, detail)
