"""`python -m benchmarks [--quick | --rounds N] [--only PART] [--write]`: measure, compare, say what missed.

Ends with 1 when a target was missed.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time

from rich.console import Console

from benchmarks import (
    closing,
    drafting,
    importing,
    likeness,
    papers,
    report,
    reports,
    store,
    tallies,
)
from benchmarks.load import targets
from benchmarks.wire.processes import SideFailed

PARTS = {
    "load": ("Under load: the targets", targets.measure),
    "store": ("Growth: 55 recommendations and 5,000 votes to 5,005 and 500,000", store.measure),
    "tallies": (
        "Tallies: 10,000 papers over 50 recommendations, from papers in memory to the ranking",
        tallies.measure,
    ),
    "closing": ("Closing: what the store is sent for 100 voters and for 10,000", closing.measure),
    "importing": ("Importing: a list of 100 participants and of 10,000", importing.measure),
    "drafting": (
        "Drafting: an empty store, and one with 5,000 recommendations, 20,000 versions, 50,000 arguments",
        drafting.measure,
    ),
    "likeness": ("Near-duplicates: pairs labelled by hand, judged now and before", likeness.measure),
    "reports": (
        "Final report: 500 recommendations in every format, and how it grows from 50 to 2,000",
        reports.measure,
    ),
    "papers": ("Papers: 60 items to fill in, with 5,000 votes in the store and with 500,000", papers.measure),
}
BUSY = 0.5  # load average, in processes, from which other programs count


def main() -> int:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Rapporteur.")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of what is compared (default: five)")
    parser.add_argument("--quick", action="store_true", help="one round, and fewer votes")
    parser.add_argument("--only", choices=sorted(PARTS), help="one part alone")
    parser.add_argument("--write", action="store_true", help=f"write the tables to {report.RESULTS.name}")
    options = parser.parse_args()
    rounds = 1 if options.quick else max(1, options.rounds)
    console = Console(width=None if sys.stdout.isatty() else 120)
    busy = os.getloadavg()[0]
    if busy > BUSY:
        console.print(f"The machine is busy already (load {busy:.1f}): expect worse figures.", style="yellow")
    _allow_many_connections()
    parts: dict[str, list[report.Measure]] = {}
    failed = []
    begun = time.monotonic()
    for name, (title, measure) in PARTS.items():
        if options.only not in (None, name):
            continue
        try:
            with console.status("") as status:
                parts[title] = measure(rounds, status.update)
        except SideFailed as failure:
            console.print(f"{title}: {failure}", style="red", markup=False)
            failed.append(title)  # what else is measured is not lost by it
            continue
        took = time.monotonic() - begun
        begun += took
        report.show(title, parts[title], console)
        console.print(f"It took {took / 60:.1f} minutes.")
    if options.write:
        few = min(rounds, targets.MOST_ROUNDS_OF_LARGE)
        how = (
            f"median of {rounds} interleaved rounds (bursts of 10,000 and final reports meanwhile: {few}; "
            f"votes in one process: once), every process on this machine, load {busy:.1f} before"
        )
        report.write(parts, how)
        console.print(f"Written to {report.RESULTS}.")
    missed = [one.name for measures in parts.values() for one in measures if one.met is False]
    if missed:
        console.print(f"Missed: {'; '.join(missed)}.", style="red", markup=False)
    return 1 if missed or failed else 0


def _allow_many_connections() -> None:
    """A bot without a bound opens one for each of ten thousand answers; what starts from here may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main())
