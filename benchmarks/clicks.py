"""From a click to its answer, through real sockets: Rapporteur beside plainer bots.

Every side runs alone against a fresh stand-in, the sides take turns within a
round, and a ratio is taken within its round; the median over the rounds is the
result, so that a machine that is busy for a moment spoils one round and not
the comparison. After its burst a bot is killed, and only then the store is
read: what was answered must be there.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks import conferred, shapes, stock
from benchmarks.report import Measure, at_least
from benchmarks.sides import commit, rapporteur
from benchmarks.sides.common import clicked, sheet_ids, vote_ids
from benchmarks.wire import payloads
from benchmarks.wire.processes import StandInAt, child, standin
from reports.kinds import FINAL_REPORT

CLICKS: Final = 2000
WARM_UP: Final = 100  # people beside those of the burst, at 200 clicks a second
LATE: Final = 3.0  # seconds; Discord then tells the person that the application did not respond
OF_BARE: Final = 0.9
WHILE_REPORTING: Final = 0.8
EXPORT: Final = ["export", {"format": "xlsx"}]
FORWARDED: Final = 2_000  # of the large store's recommendations
FINAL: Final = {form: ["export", {"format": form, "kind": FINAL_REPORT}] for form in ("pdf", "docx")}
UNDER_WAY: Final = 3.0  # seconds after which a final report is read, and being drawn

BARE, CARD, SHEET, COMMIT = "bare", "rapporteur", "sheet", "commit"
TITLES: Final = {
    BARE: "Bare bot, stores nothing",
    CARD: "Rapporteur, on a card",
    SHEET: "Rapporteur, on the sheet",
    COMMIT: "Bare bot, one commit a click",
}

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Burst:
    """What came of a burst of clicks. Times are in seconds from the click to its answer."""

    clicks: int
    times: tuple[float, ...]  # of the answered ones, in order of length
    span: float
    lost: int = 0  # answered but not stored
    work: float = 0.0  # seconds of the bot's processor time
    reports: int = 0

    @property
    def rate(self) -> float:
        """Answered clicks a second."""
        return len(self.times) / self.span if self.span > 0 else 0.0

    @property
    def late(self) -> int:
        """Answered after Discord had given up, or never."""
        return self.clicks - sum(time <= LATE for time in self.times)

    def quantile(self, share: float) -> float:
        return self.times[min(int(len(self.times) * share), len(self.times) - 1)] if self.times else 0.0


def measure(rounds: int, progress: Progress, clicks: int = CLICKS) -> list[Measure]:
    """All three sides in turn, `rounds` times; then clicks while reports are being read."""
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as name:
        folder = Path(name)
        room, large = folder / "room", folder / "large"
        ballots = {}
        conference = replace(shapes.LARGE, forwarded=FORWARDED)
        for place, shape, fill in ((room, shapes.ROOM, stock.fill), (large, conference, conferred.fill)):
            progress(f"filling a store with {shape.recommendations:,} recommendations, {shape.votes:,} votes")
            place.mkdir()
            fill(place, shape)
            ballots[place] = rapporteur.prepare(place, shapes.open_references(shape))
        sides: dict[str, list[Burst]] = {side: [] for side in TITLES}
        quiet: list[Burst] = []
        reporting: list[Burst] = []
        finals: dict[str, list[tuple[Burst, Burst, Burst]]] = {form: [] for form in FINAL}
        for number in range(1, rounds + 1):
            for side, bursts in sides.items():
                progress(f"round {number} of {rounds}: {side}")
                store, ballot = (room, ballots[room]) if side in (CARD, SHEET) else (None, 1)
                bursts.append(one_burst(side, folder / "work", store, ballot, clicks))
            progress(f"round {number} of {rounds}: rapporteur while reports are read")
            before, during, after = _around_reports(folder / "work", large, ballots[large], clicks, EXPORT)
            quiet += [before, after]
            reporting.append(during)
            for form, command in FINAL.items():
                progress(f"round {number} of {rounds}: rapporteur while a final report is drawn as {form}")
                finals[form].append(
                    _around_reports(folder / "work", large, ballots[large], clicks, command, UNDER_WAY)
                )
        return [
            *_comparison(sides),
            *_reporting(quiet, reporting),
            *(line for form, bursts in finals.items() for line in _final(form, bursts)),
        ]


def one_burst(side: str, work: Path, store: Path | None, ballot: int, clicks: int) -> Burst:
    """One burst on one side (a name in `TITLES`), and the check that what was answered is stored.

    `store` is the folder of the prepared store with the open `ballot`, for Rapporteur alone.
    """
    ids = sheet_ids(ballot) if side == SHEET else vote_ids(ballot)
    module = "rapporteur" if side == SHEET else side
    _fresh(work, store)
    with (
        standin(work) as discord,
        child(f"benchmarks.sides.{module}", str(discord.port), str(work), log=work / "side.log") as bot,
    ):
        _warm_up(discord, ids, clicks)
        before = bot.processor_time()
        result = discord.fire(ids, clicks, private=side == SHEET)
        spent = bot.processor_time() - before
        bot.kill()
    answered = {
        (place, *clicked(ids[place % len(ids)]))
        for place, time in enumerate(result["answered"])
        if time is not None
    }
    stored = {"commit": _stored_by_commit, "rapporteur": rapporteur.stored}.get(module)
    lost = len(answered - stored(work)) if stored else 0
    return replace(_burst(clicks, result), lost=lost, work=spent)


def _around_reports(
    work: Path, store: Path, ballot: int, clicks: int, command: list[Any], ahead: float = 0.05
) -> tuple[Burst, Burst, Burst]:
    """The same people changing their votes before, during and after reports over the large store.

    `ahead` is for how many seconds a report is under way when they begin.
    """
    _fresh(work, store)
    ids = vote_ids(ballot)
    bursts = []
    with (
        standin(work) as discord,
        child("benchmarks.sides.rapporteur", str(discord.port), str(work), log=work / "side.log") as bot,
    ):
        _warm_up(discord, ids, clicks)
        for turn, kept_running in enumerate((None, command, None)):
            turned = ids[turn:] + ids[:turn]  # another choice each time
            result = discord.fire(turned, clicks, command=kept_running, ahead=ahead)
            bursts.append(_burst(clicks, result))
        bot.kill()
    return bursts[0], bursts[1], bursts[2]


def _warm_up(discord: StandInAt, ids: list[str], clicks: int) -> None:
    discord.fire(ids, WARM_UP, rate=200, first_user=clicks)


def _fresh(work: Path, store: Path | None) -> None:
    shutil.rmtree(work, ignore_errors=True)
    if store is None:
        work.mkdir()
    else:
        shutil.copytree(store, work)


def _burst(clicks: int, result: dict[str, Any]) -> Burst:
    times = tuple(sorted(time for time in result["answered"] if time is not None))
    return Burst(clicks, times, result["span"], reports=len(result["reports"]))


def _stored_by_commit(work: Path) -> set[tuple[int, int, str]]:
    with sqlite3.connect(work / commit.STORE) as database:
        rows = database.execute("SELECT user_id, custom_id FROM votes").fetchall()
    return {(user - payloads.FIRST_USER, *clicked(custom_id)) for user, custom_id in rows}


def _comparison(sides: dict[str, list[Burst]]) -> list[Measure]:
    measures = []
    for side, bursts in sides.items():
        title = TITLES[side]
        late, lost = sum(one.late for one in bursts), sum(one.lost for one in bursts)
        half, most = (median(one.quantile(share) for one in bursts) for share in (0.5, 0.99))
        measures += [
            Measure(f"{title}: clicks/s", f"{median(one.rate for one in bursts):,.0f}"),
            Measure(f"{title}: p50 / p99", f"{half:.2f} s / {most:.2f} s"),
            Measure(
                f"{title}: processor time a click",
                f"{median(b.work / b.clicks for b in bursts) * 1e3:.2f} ms",
            ),
        ]
        if side in (CARD, SHEET):
            measures.append(Measure(f"{title}: late, of all", f"{late}", "0", late == 0))
            measures.append(Measure(f"{title}: answered, not stored", f"{lost}", "0", lost == 0))
        else:
            measures.append(Measure(f"{title}: late, of all", f"{late}"))
    ratios = {side: _ratios(bursts, sides[BARE]) for side, bursts in sides.items()}
    measures.append(
        at_least("Rapporteur (card) to bare bot", median(ratios[CARD]), OF_BARE, _spread(ratios[CARD]))
    )
    for side, name in ((SHEET, "Rapporteur (sheet)"), (COMMIT, "One commit a click")):
        value = f"{median(ratios[side]):.2f}{_spread(ratios[side])}"
        measures.append(Measure(f"{name} to bare bot", value))
    return measures


def _reporting(quiet: list[Burst], reporting: list[Burst]) -> list[Measure]:
    ratios = [
        during.rate / ((quiet[2 * number].rate + quiet[2 * number + 1].rate) / 2 or 1.0)
        for number, during in enumerate(reporting)
    ]
    reports = sum(one.reports for one in reporting)
    late = sum(one.late for one in reporting)
    return [
        Measure("Large store: clicks/s", f"{median(b.rate for b in quiet):,.0f}"),
        Measure("Large store, reports being read: clicks/s", f"{median(b.rate for b in reporting):,.0f}"),
        Measure("Reports finished meanwhile", f"{reports}", "≥ 1 a round", reports >= len(reporting)),
        Measure("Late while reports are read", f"{late}"),
        at_least("While reports are read, to without", median(ratios), WHILE_REPORTING, _spread(ratios)),
    ]


def _final(form: str, bursts: list[tuple[Burst, Burst, Burst]]) -> list[Measure]:
    ratios = [during.rate / ((before.rate + after.rate) / 2 or 1.0) for before, during, after in bursts]
    came = sum(during.reports for _, during, _ in bursts)
    late = sum(during.late for _, during, _ in bursts)
    name = f"Final report of {FORWARDED:,} as {form}"
    return [
        Measure(f"{name}: came", f"{came}", "≥ 1 a round", came >= len(bursts)),
        Measure(f"{name}: late meanwhile", f"{late}"),
        at_least(f"{name}: clicks meanwhile, to without", median(ratios), WHILE_REPORTING, _spread(ratios)),
    ]


def _ratios(ours: list[Burst], theirs: list[Burst]) -> list[float]:
    return [one.rate / other.rate for one, other in zip(ours, theirs, strict=True)]


def _spread(ratios: list[float]) -> str:
    return f" ({min(ratios):.2f}–{max(ratios):.2f})" if len(ratios) > 1 else ""
