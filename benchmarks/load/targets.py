"""The loads one after the other, in rounds, and the table of what was aimed at."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import conferred, shapes, stock
from benchmarks.load import bursts, documents, memory, mixed, servers
from benchmarks.load.bursts import BARE, COMMIT, FAST, OURS, SHEET, Burst, Prepared, Side
from benchmarks.load.documents import Meanwhile
from benchmarks.load.memory import Kept
from benchmarks.load.mixed import Evening
from benchmarks.report import Measure
from benchmarks.sides import rapporteur

ROOM, HALL, SQUARE = 350, 2_000, 10_000
FAR: Final = 0.1  # seconds of a round trip to Discord
SECONDS: Final = 10.0  # of mixed traffic
VOTES: Final = 1_000_000
QUICK_VOTES: Final = 50_000
MOST_ROUNDS_OF_LARGE: Final = 3  # rounds of what takes long

Progress = Callable[[str], None]
# Side, people, round trip.
Load = tuple[Side, int, float]
POSTGRES: Final = Side("Rapporteur on PostgreSQL", "rapporteur")


@dataclass(slots=True)
class Seen:
    """All that was measured, round by round."""

    bursts: dict[Load, list[Burst]] = field(default_factory=dict)
    evenings: list[Evening] = field(default_factory=list)
    documents: dict[str, list[Meanwhile]] = field(default_factory=dict)
    kept: Kept | None = None

    def of(self, side: Side, people: int, round_trip: float = 0.0) -> list[Burst]:
        return self.bursts.get((side, people, round_trip), [])


def measure(rounds: int, progress: Progress) -> list[Measure]:
    """Every load, `rounds` times in turn, and a million votes once (in one round, fewer)."""
    seen = Seen()
    fast = [FAST] if rapporteur.has_fast_path() else []
    loads: list[Load] = [(side, ROOM, 0.0) for side in (BARE, COMMIT, OURS, *fast)]
    loads += [(side, HALL, 0.0) for side in (BARE, COMMIT, OURS, *fast, SHEET, POSTGRES)]
    loads += [(side, HALL, FAR) for side in (BARE, OURS, *fast)]
    large: list[Load] = [(side, SQUARE, 0.0) for side in (BARE, OURS, *fast)]
    few = min(rounds, MOST_ROUNDS_OF_LARGE)
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as name, servers.postgres() as databases:
        folder = Path(name)
        work = folder / "work"
        progress("filling the stores")
        crowd = _crowd(folder / "crowd")
        server = _crowd(folder / "server", databases.new("prepared"))
        hall, papers = _hall(folder / "hall")
        for number in range(1, rounds + 1):
            of = f"round {number} of {rounds}"
            for load in (*loads, *(large if number <= few else ())):
                side, people, round_trip = load
                progress(f"{of}: {people:,} people at once, {side.title}, {round_trip * 1000:.0f} ms")
                prepared = crowd if side.is_ours else None
                if side is POSTGRES:
                    url = databases.new("measured", "prepared")
                    prepared = Prepared(server.folder, server.ballot, url)
                burst = bursts.one_burst(side, work, prepared, people, round_trip)
                seen.bursts.setdefault(load, []).append(burst)
            progress(f"{of}: a thousand acts a second of every kind, and an export")
            seen.evenings.append(mixed.checked(mixed.one_evening(work, hall, papers, SECONDS)))
            for form in documents.FORMATS if number <= few else ():
                progress(f"{of}: {documents.CLICKS:,} people at once while a report is drawn as {form}")
                made = documents.one_report(work, hall, form)
                seen.documents.setdefault(form, []).append(made)
        votes = VOTES if rounds > 1 else QUICK_VOTES
        progress(f"{votes:,} votes in one process, which takes some minutes")
        seen.kept = memory.keep_voting(work, crowd, votes)
    return [*_targets(seen), *_beside(seen)]


def _crowd(folder: Path, url: str | None = None) -> Prepared:
    """A small store with everybody who clicks, and a ballot."""
    folder.mkdir()
    if url is None:
        stock.fill(folder, shapes.CROWD)
    else:
        stock.fill_server(url, shapes.CROWD)
    ballot = rapporteur.prepare(folder, shapes.open_references(shapes.CROWD), url=url)
    bursts.settle(folder, url)
    return Prepared(folder, ballot, url)


def _hall(folder: Path) -> tuple[Prepared, int]:
    """A store with two thousand recommendations that went on to a conference, and two ballots."""
    folder.mkdir()
    conferred.fill(folder, mixed.SHAPE)
    return mixed.prepare(folder)


# --- the table -------------------------------------------------------------------------------------


def _targets(seen: Seen) -> list[Measure]:
    """One row for each target."""
    near, far = "burst of 2,000, no latency", "burst of 2,000, 100 ms latency"
    against = "durable clicks/s against the floor"
    rows = [
        _least(f"{near}: {against}", _rates(seen, OURS, BARE, HALL), 1.5),
        _least(f"{far}: {against}", _rates(seen, OURS, BARE, HALL, FAR), 1.3, " (stretch 1.5)"),
        *_square(seen, OURS, "public API", 0.35, 0.55, " (stretch 0)"),
    ]
    if rapporteur.has_fast_path():
        rows += _square(seen, FAST, "fast path", 0.0, 0.25)
    else:
        rows.append(Measure("burst of 10,000, fast path", "not there", "0; ≤ 0.25", False))
    room = seen.of(OURS, ROOM)
    late = sum(one.late for one in room)
    rows += [
        Measure("burst of 350: late answers", f"{late}", "0", late == 0),
        _least("burst of 350: against one commit per click", _rates(seen, OURS, COMMIT, ROOM), 2.5),
        *_evening(seen.evenings),
        _memory(seen.kept),
        _least("PostgreSQL against SQLite, 2,000 burst", _rates(seen, POSTGRES, OURS, HALL), 0.8),
    ]
    missing = sum(one.missing for load in seen.bursts.values() for one in load)
    missing += sum(one.missing for one in seen.evenings)
    name = "answered as kept, and not in the store afterwards, in all loads together"
    rows.append(Measure(name, f"{missing}", "0", missing == 0))
    return rows


def _square(
    seen: Seen, side: Side, name: str, most_late: float, most_span: float, stretch: str = ""
) -> list[Measure]:
    """A burst of 10,000: how many were late, and when the last was answered."""
    ours, floor = seen.of(side, SQUARE), seen.of(BARE, SQUARE)
    late = [one.late / one.clicks for one in ours]
    spans = [one.span / other.span for one, other in zip(ours, floor, strict=True)]
    share = median(late)
    named = f"burst of 10,000, {name}"
    return [
        Measure(
            f"{named}: late answers (over 3 s)",
            f"{share:.1%}{_range([100 * one for one in late], '.1f')}",
            f"≤ {most_late:.0%}{stretch}" if most_late else "0",
            share <= most_late,
        ),
        Measure(
            f"{named}: last answer against the floor's",
            f"{median(spans):.2f}{_range(spans)}",
            f"≤ {most_span:g}",
            median(spans) <= most_span,
        ),
    ]


def _evening(evenings: list[Evening]) -> list[Measure]:
    most = [one.quantile(0.99) for one in evenings]
    late = sum(one.late for one in evenings)
    name = "paced 1,000/s mixed with a 2,000-recommendation export"
    return [
        Measure(f"{name}: p99", f"{median(most):.2f} s{_range(most)}", "< 1 s", median(most) < 1.0),
        Measure(f"{name}: late", f"{late}", "0", late == 0),
    ]


def _memory(kept: Kept | None) -> Measure:
    assert kept is not None
    name = f"memory after {kept.answered:,} votes in one process: growth over the last tenth"
    before, after = (kept.at(share) / 2**20 for share in (0.88, 0.98))
    value = f"{kept.growth:.2%} ({before:.1f} → {after:.1f} MiB)"
    return Measure(name, value, "< 2 %", kept.growth < 0.02)


def _least(name: str, ratios: list[float], target: float, stretch: str = "") -> Measure:
    value = f"{median(ratios):.2f}{_range(ratios)}"
    return Measure(name, value, f"≥ {target:g}{stretch}", median(ratios) >= target)


def _rates(seen: Seen, side: Side, other: Side, people: int, round_trip: float = 0.0) -> list[float]:
    """Durable clicks a second, one side's to the other's, round by round."""
    ours, theirs = seen.of(side, people, round_trip), seen.of(other, people, round_trip)
    return [one.rate / another.rate for one, another in zip(ours, theirs, strict=True)]


def _range(values: Sequence[float], form: str = ".2f") -> str:
    return f" ({min(values):{form}}–{max(values):{form}})" if len(values) > 1 else ""


# --- what only informs -----------------------------------------------------------------------------


def _beside(seen: Seen) -> list[Measure]:
    lines = [Measure(_named(load), _told(measured)) for load, measured in seen.bursts.items()]
    for side in (FAST, SHEET):
        for people, round_trip in ((HALL, 0.0), (HALL, FAR)):
            if seen.of(side, people, round_trip):
                name = f"{side.title} against the floor, {people:,}, {round_trip * 1000:.0f} ms"
                ratios = _rates(seen, side, BARE, people, round_trip)
                lines.append(Measure(name, f"{median(ratios):.2f}{_range(ratios)}"))
    quickest = seen.of(FAST, SQUARE) or seen.of(OURS, SQUARE)
    costs = [one.wire_work / one.clicks * 1e3 for one in quickest]
    shares = [one.wire_work / one.span for one in quickest]
    lines.append(
        Measure(
            "The stand-in itself in the quickest burst of 10,000: processor time a click, share of the time",
            f"{median(costs):.3f} ms, {median(shares):.0%}",
        )
    )
    return [*lines, *_evening_told(seen.evenings), *_documents(seen.documents), *_kept_told(seen.kept)]


def _named(load: Load) -> str:
    side, people, round_trip = load
    return f"{people:,} at once, {round_trip * 1000:.0f} ms: {side.title}"


def _told(measured: list[Burst]) -> str:
    """Clicks a second, when half and nearly all were answered, how many late, what the bot worked."""
    rate = median(one.rate for one in measured)
    half, most = (median(one.quantile(share) for one in measured) for share in (0.5, 0.99))
    work = median(one.work / one.clicks for one in measured) * 1e3
    late = sum(one.late for one in measured)
    return f"{rate:,.0f}/s, p50 {half:.2f} s, p99 {most:.2f} s, {late:,} late, {work:.2f} ms of work a click"


def _evening_told(evenings: list[Evening]) -> list[Measure]:
    files = [took for one in evenings for took in one.exports]
    acts = "votes", "papers", "proposals"
    kinds = ", ".join(f"{sum(getattr(one, kind) for one in evenings):,} {kind}" for kind in acts)
    refused = sum(one.refused for one in evenings)
    drawn = sum(one.drawn for one in evenings)
    half = median(one.quantile(0.5) for one in evenings)
    return [
        Measure("Mixed traffic: p50; kept in all rounds", f"{half * 1e3:.0f} ms; {kinds}"),
        Measure(
            "Mixed traffic: exports of 2,000 that came meanwhile, seconds to each",
            f"{len(files)}, {median(files):.1f} s{_range(files, '.1f')}",
        ),
        Measure(
            "Mixed traffic: requests refused with 429; the ballot's message showed everybody soon after",
            f"{refused}; {drawn} of {len(evenings)} rounds",
            "every round",
            drawn == len(evenings),
        ),
    ]


def _documents(made: dict[str, list[Meanwhile]]) -> list[Measure]:
    lines = []
    for form, measured in made.items():
        name = f"Final report of 2,000 as {form}"
        ratios = [one.ratio for one in measured]
        came = sum(len(one.came) for one in measured)
        late = sum(one.late for one in measured)
        lines += [
            Measure(
                f"{name}: came while 2,000 voted",
                " ".join((f"{came}", *(one.instead for one in measured if one.instead))),
                "≥ 1 a round",
                came >= len(measured),
            ),
            Measure(f"{name}: late meanwhile", f"{late}"),
            _least(f"{name}: clicks meanwhile, to without", ratios, 0.8),
        ]
    return lines


def _kept_told(kept: Kept | None) -> list[Measure]:
    assert kept is not None
    first, last = kept.samples[0][1] / 2**20, kept.samples[-1][1] / 2**20
    name = f"{kept.votes:,} votes in one process: answered, late, seconds, memory at start and end"
    value = f"{kept.answered:,}, {kept.late}, {kept.took:,.0f} s, {first:.0f} → {last:.0f} MiB"
    return [Measure(name, value)]
