"""`rapporteur export`: read the store, compose the report, write the file; on a terminal, say how far it is.

The bot runs the same command beside itself for what is large (`bot.exporting`), and hands in `aside`, the
file for what is then told in chat (`bot.export_notes`).
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from bot import store_commands
from bot.export_notes import NameTold, Notes, names_in
from bot.settings import Settings
from bot.whole_files import write_whole
from reports import Format, Words
from reports.compose import Drawn
from reports.document import Block
from seminar.errors import Refused
from seminar.words import Text, t, tn
from services.record.exports import Wanted

REFUSING: Final = frozenset({"seminar-report", "conference-paper", "final-report", "follow-up"})
"""The kinds that are handed to others as they are; names in any other are only told."""

Advance: TypeAlias = Callable[[float], None]
"""Hears which share of a stage is done, from 0 to 1."""

Stages: TypeAlias = Callable[[Text], Advance]
"""Begins the stage of this name."""


@dataclass(frozen=True, slots=True)
class Export:
    """One run: what of which server is written where, labelled by `words`.

    `out` is None for standard output. Names in free text are not looked for where they are `meant`; `seen`
    is the mark of those that somebody has looked at.
    """

    chosen: Format
    wanted: Wanted
    words: Words
    guild: int | None = None
    out: Path | None = None
    meant: bool = False
    seen: str = ""
    aside: Path | None = None

    def run(self, settings: Settings) -> None:
        """Do it.

        Raises:
            Refused: whatever `store_commands.read_export` refuses, or the file cannot be written.
            typer.Exit: names stand in it, which have been listed.
        """
        with _stages() as stages:
            stages(t("Reading the store"))
            report, found = asyncio.run(
                store_commands.read_export(settings, self.wanted, self.guild, names=not self.meant)
            )
            names = names_in(found, self.words)
            if self.aside is not None and names is not None and names.mark != self.seen:
                write_whole(self.aside, Notes(names).to_json().encode())
                return
            if self.aside is None and names is not None and self.wanted.kind in REFUSING:
                self._tell(
                    tn(
                        "{count} name of a registered person or organisation stands in its texts, so the "
                        "file was not written. Add --names-are-meant to write it all the same.",
                        "{count} names of registered people or organisations stand in its texts, so the "
                        "file was not written. Add --names-are-meant to write it all the same.",
                        len(names.told),
                    ),
                    *map(_named, names.told),
                )
                raise typer.Exit(1)
            data, remarks = self._rendered(report, stages)
            advance = stages(t("Writing the file"))
            if self.out is not None:
                write_whole(self.out, data, lambda done: advance(done / len(data)))
        if self.out is None:
            _to_standard_output(data)
        if self.aside is not None:
            write_whole(self.aside, Notes(remarks=remarks).to_json().encode())
            return
        for said in (*(map(_named, names.told) if names else ()), *remarks):
            self._tell(t("Note: {remark}", remark=said))

    def _tell(self, *lines: Text) -> None:
        for line in lines:
            typer.echo(self.words(line), err=True)

    def _rendered(self, report: Any, stages: Stages) -> tuple[bytes, tuple[str, ...]]:
        renderer = self.chosen.renderers[type(report)]
        if not isinstance(renderer, Drawn):
            stages(t("Writing {format}", format=self.chosen.name))
            return renderer(report, self.words), ()
        stages(t("Composing the document"))
        document = renderer.compose(report, self.words)
        advance = stages(t("Drawing {format}", format=self.chosen.name))
        watched = replace(document, blocks=_Watched(document.blocks, advance))
        return renderer.draw(watched, self.words), tuple(
            map(self.words, renderer.remarks(document, self.words))
        )


class _Watched(tuple[Block, ...]):
    """Blocks of a document that tell how far whoever draws them has come."""

    _advance: Advance

    def __new__(cls, blocks: Iterable[Block], advance: Advance) -> _Watched:
        made = super().__new__(cls, blocks)
        made._advance = advance
        return made

    def __iter__(self) -> Iterator[Block]:
        for done, block in enumerate(super().__iter__()):
            if done % 50 == 0:
                self._advance(done / len(self))
            yield block
        self._advance(1.0)


def _named(one: NameTold) -> Text:
    return t("“{name}” stands in {place}", name=one.name, place=one.place)


@contextmanager
def _stages() -> Iterator[Stages]:
    """A bar for each stage on a terminal; elsewhere nothing is said of them."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _name: lambda _share: None
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        yield _Bars(bar).begin


class _Bars:
    """One bar a stage; the one before is done when the next begins."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar

    def begin(self, name: Text) -> Advance:
        for earlier in self._bar.tasks:
            self._bar.update(earlier.id, total=1.0, completed=1.0)
        # Without a total the bar says that something is done, and not how much of it.
        task = self._bar.add_task(str(name), total=None)
        return lambda share: self._bar.update(task, total=1.0, completed=share)


def _to_standard_output(data: bytes) -> None:
    """All of it, or an error that names it and not a traceback at the end of the program.

    Raises:
        Refused: nobody reads it any more, or there is no room for it.
    """
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is left of it would be written once more at exit, and fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Refused(
            t("Standard output cannot be written: {reason}.", reason=error.strerror or str(error))
        ) from None
