"""`rapporteur db copy`: what one sees while a store moves, and afterwards."""

from __future__ import annotations

import asyncio
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from storage import copying
from storage.copying import Copy


def move(source: str, target: str) -> str:
    """Copy the store and say table by table what is in both, with a bar where somebody looks on.

    Raises:
        Refused: as `storage.copying.copy`.
    """
    if not sys.stderr.isatty():
        return report(asyncio.run(copying.copy(source, target)))
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("tables, {task.fields[rows]} rows"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=len(copying.TABLES), rows="0")
        began: list[str] = []

        def told(table: str, rows: int) -> None:
            if table not in began:
                began.append(table)
            bar.update(task, description=table, completed=len(began) - 1, rows=f"{rows:,}")

        done = asyncio.run(copying.copy(source, target, told))
    return report(done)


def report(done: Copy) -> str:
    """Every table with its rows and checksum, every ledger with its head, and what is the same."""
    width = max(len(table.name) for table in done.tables)
    lines = [f"{'table':{width}}  {'rows':>9}  checksum, the same in both"]
    lines += [f"{table.name:{width}}  {table.rows:>9,}  {table.checksum}" for table in done.tables]
    lines += [
        f"The ledger of server {chain.guild_id} has {chain.entries:,} entries and the head {chain.head}."
        for chain in done.chains
    ]
    rows = sum(table.rows for table in done.tables)
    lines.append(f"The store was copied: {len(done.tables)} tables, {rows:,} rows, all the same.")
    lines.append("Name it in [storage] url before the bot starts again; the keys stay in key_dir.")
    return "\n".join(lines)
