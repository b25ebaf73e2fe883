"""Everybody votes while a final report of two thousand recommendations is being made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.load.bursts import LATE, OURS, WARM_UP, Prepared, running
from benchmarks.sides.common import vote_ids
from reports.kinds import FINAL_REPORT

FORMATS: Final = ("pdf", "docx")
CLICKS: Final = 2_000
UNDER_WAY: Final = 3.0  # seconds after which a final report is read, and being drawn


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Clicks a second before, during and after; how many during it were late; seconds to each document."""

    before: float
    during: float
    after: float
    late: int
    came: tuple[float, ...]
    instead: str  # what was answered in place of one

    @property
    def ratio(self) -> float:
        return self.during / ((self.before + self.after) / 2)


def one_report(work: Path, prepared: Prepared, form: str, clicks: int = CLICKS) -> Meanwhile:
    """The same people changing their votes before, during and after a report is made."""
    command = ["export", {"format": form, "kind": FINAL_REPORT}]
    ids = vote_ids(prepared.ballot)
    results: list[dict[str, Any]] = []
    with running(OURS, work, prepared) as (discord, bot):
        discord.fire(ids, WARM_UP, rate=200, first_user=clicks)
        for turn, kept_running in enumerate((None, command, None)):
            turned = ids[turn:] + ids[:turn]  # another choice each time
            results.append(discord.fire(turned, clicks, command=kept_running, ahead=UNDER_WAY))
        bot.kill()
    rates = [sum(took is not None for took in one["answered"]) / (one["span"] or 1.0) for one in results]
    late = sum(took is None or took > LATE for took in results[1]["answered"])
    return Meanwhile(rates[0], rates[1], rates[2], late, tuple(results[1]["reports"]), results[1]["instead"])
