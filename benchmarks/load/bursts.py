"""So many people click at once on one of the sides, and what was answered is looked for in the store."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks import shapes
from benchmarks.sides import commit, rapporteur
from benchmarks.sides.common import clicked, sheet_ids, vote_ids
from benchmarks.stores import rows
from benchmarks.wire import payloads
from benchmarks.wire.processes import Child, SideFailed, StandInAt, child, standin

WARM_UP: Final = 100  # people beside those of the burst, at 200 clicks a second
SETTLED: Final = 60.0  # seconds in which everything must be posted
LATE: Final = 3.0  # seconds; Discord then tells the person that the application did not respond


@dataclass(frozen=True, slots=True)
class Side:
    """One of the bots that are compared; Rapporteur has a prepared store, with `arguments` to start on it."""

    title: str
    module: str
    arguments: tuple[str, ...] = ()
    sheet: bool = False  # people click on their private sheet, which is drawn again

    @property
    def is_ours(self) -> bool:
        return self.module == "rapporteur"


BARE: Final = Side("Bare bot, stores nothing", "bare")
COMMIT: Final = Side("Bare bot, one commit a click", "commit")
OURS: Final = Side("Rapporteur", "rapporteur")
FAST: Final = Side("Rapporteur, fast path", "rapporteur", ("--fast",))
SHEET: Final = Side("Rapporteur, on the sheet", "rapporteur", sheet=True)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A store with an open ballot: its folder, and its address where it is elsewhere."""

    folder: Path
    ballot: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Burst:
    """What came of many clicks. Times are in seconds from a click to its answer."""

    clicks: int
    times: tuple[float, ...]  # of the answered ones, in order of length
    span: float  # from the first click to the last answer
    durable: int  # answered, and in the store afterwards; of a side without a store, answered
    missing: int  # answered as recorded, and not in the store
    work: float  # seconds of the bot's processor time
    wire_work: float  # of the stand-in's, between the first click and the last answer

    @property
    def rate(self) -> float:
        """Durable clicks a second."""
        return self.durable / self.span if self.span > 0 else 0.0

    @property
    def late(self) -> int:
        """Answered after Discord had given up, or never."""
        return self.clicks - sum(time <= LATE for time in self.times)

    def quantile(self, share: float) -> float:
        return self.times[min(int(len(self.times) * share), len(self.times) - 1)] if self.times else 0.0


def settle(folder: Path, url: str | None = None) -> None:
    """Let a bot post what is to be posted from the store of `folder`, so that none does when it is measured.

    Raises:
        SideFailed: it does not come to an end.
    """
    address = url or shapes.store_url(folder)
    arguments = ("--store", url) if url else ()
    with (
        standin(folder, limited=False) as discord,
        child(
            "benchmarks.sides.rapporteur", str(discord.port), str(folder), *arguments, log=folder / "side.log"
        ) as bot,
    ):
        end = time.monotonic() + SETTLED
        while rows(address, "SELECT count(*) FROM outbox") != [(0,)]:
            if time.monotonic() > end:
                raise SideFailed("the prepared store still has something to post")
            time.sleep(0.2)
        bot.end()


@contextmanager
def running(
    side: Side, work: Path, prepared: Prepared | None, round_trip: float = 0.0
) -> Iterator[tuple[StandInAt, Child]]:
    """A fresh stand-in and the side on it, on a copy of its prepared store, in the folder `work`.

    Raises:
        SideFailed: it does not start, or is not what it is said to be.
    """
    fresh(work, prepared.folder if prepared else None)
    arguments = side.arguments
    if prepared is not None and prepared.url is not None:
        arguments += ("--store", prepared.url)
    with (
        standin(work, round_trip) as discord,
        child(
            f"benchmarks.sides.{side.module}", str(discord.port), str(work), *arguments, log=work / "side.log"
        ) as bot,
    ):
        if "--fast" in side.arguments and not bot.told["fast"]:
            raise SideFailed("the fast path is switched on, and not in use")
        yield discord, bot
        if "fast path failed" in (work / "side.log").read_text():
            raise SideFailed("the fast path failed, so that it was not what was measured")


def one_burst(
    side: Side, work: Path, prepared: Prepared | None, clicks: int, round_trip: float = 0.0
) -> Burst:
    """So many people click once, all at the same moment."""
    ballot = prepared.ballot if prepared else 1
    ids = sheet_ids(ballot) if side.sheet else vote_ids(ballot)
    with running(side, work, prepared, round_trip) as (discord, bot):
        discord.fire(ids, WARM_UP, rate=200, first_user=clicks, private=side.sheet)
        before = bot.processor_time()
        result = discord.fire(ids, clicks, private=side.sheet, patience=60.0)
        work_done = bot.processor_time() - before
        bot.kill()
    stored = _stored(side, work, prepared)
    return counted(result, ids, stored, work_done, told="answered" if side.sheet else "recorded")


def counted(
    result: dict[str, Any],
    ids: list[str],
    stored: set[tuple[int, int, str]] | None,
    work: float,
    *,
    told: str = "recorded",
) -> Burst:
    """What came of a fired burst, held against what is stored (None: the side stores nothing).

    `told` says which answers promise that the vote is kept: those that say so, or all.
    """
    clicks = len(result["answered"])
    answered = {
        (place, *clicked(ids[place % len(ids)]))
        for place, (time, promised) in enumerate(zip(result["answered"], result[told], strict=True))
        if time is not None and promised
    }
    times = tuple(sorted(time for time in result["answered"] if time is not None))
    kept = answered if stored is None else answered & stored
    missing = len(answered) - len(kept)
    return Burst(clicks, times, result["span"], len(kept), missing, work, result["worked"])


def fresh(work: Path, store: Path | None) -> None:
    """Begin with a copy of `store`, or with nothing."""
    shutil.rmtree(work, ignore_errors=True)
    if store is None:
        work.mkdir()
    else:
        shutil.copytree(store, work)


def _stored(side: Side, work: Path, prepared: Prepared | None) -> set[tuple[int, int, str]] | None:
    if prepared is not None:
        return rapporteur.stored(work, prepared.url, prepared.ballot)
    return _stored_by_commit(work) if side.module == "commit" else None


def _stored_by_commit(work: Path) -> set[tuple[int, int, str]]:
    with sqlite3.connect(work / commit.STORE) as database:
        rows = database.execute("SELECT user_id, custom_id FROM votes").fetchall()
    return {(user - payloads.FIRST_USER, *clicked(custom_id)) for user, custom_id in rows}
