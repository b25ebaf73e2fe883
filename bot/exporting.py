"""Exports for people in chat: small ones here, large ones in a process of their own.

Writing thousands of recommendations or votes is work for the processor, and Python
gives one thread at a time its turn: done in the bot, every click would wait. A large
export is therefore the command line's own `export`, run beside the bot at the
lowest priority, so that it takes only the time that clicks leave over.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.export_notes import Names, Notes, names_in
from bot.i18n import Translator
from bot.settings import STORE_VARIABLE, TOKEN_VARIABLE, Settings
from reports import typesetting
from reports.compose import written
from reports.format import Format
from reports.kinds import (
    ARGUMENTS,
    CAST_VOTES,
    CONFERENCE_PAPER,
    DRAFTING,
    FINAL_REPORT,
    FOLLOW_UP,
    RANKING,
    SEMINAR_REPORT,
)
from seminar.errors import Refused
from seminar.words import t
from services.record.exports import Exports, Wanted

log = logging.getLogger(__name__)

# How much of each kind is large: writing less takes less time than starting a process.
LARGE = {
    RANKING: 300,
    SEMINAR_REPORT: 100,
    CONFERENCE_PAPER: 100,
    FINAL_REPORT: 100,
    FOLLOW_UP: 300,
    CAST_VOTES: 5_000,
    ARGUMENTS: 1_000,
    DRAFTING: 100,
}
# How much of whatever is drawn, with its charts.
LARGE_DRAWN: Final = 40
DRAWN: Final = frozenset({"docx", "html", "pdf"})
_LOWEST = 19
_KILLED: Final = 9  # the signal that ends what takes more memory than there is


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and what its format could not show, in the reader's words."""

    data: bytes
    remarks: tuple[str, ...] = ()


class Exporting:
    """Writes exports; large ones one at a time."""

    def __init__(self, settings: Settings, exports: Exports) -> None:
        self._settings = settings
        self._exports = exports
        self._turn = asyncio.Lock()

    async def write(
        self, guild_id: int, wanted: Wanted, format: Format, extent: int, tr: Translator
    ) -> Written:
        """What is wanted of a server as a file of that format; `extent` is how much there is in it.

        Names in its free text are meant, or somebody has looked at them already.

        Raises:
            Refused: nothing of it is there any more, or it takes more memory than there is.
            ExportFailed: the process beside the bot did not do it.
        """
        made = await self._make(guild_id, wanted, format, extent, tr, None)
        if isinstance(made, Names):
            raise TypeError("names were looked for that nobody asked for")
        return made

    async def write_unless_named(
        self, guild_id: int, wanted: Wanted, format: Format, extent: int, tr: Translator, seen: str
    ) -> Written | Names:
        """The same, but where names stand in its free text they are the answer, and nothing is written.

        `seen` is the mark of those that somebody has looked at, which may be written; empty for none.
        """
        return await self._make(guild_id, wanted, format, extent, tr, seen)

    async def _make(
        self, guild_id: int, wanted: Wanted, format: Format, extent: int, tr: Translator, seen: str | None
    ) -> Written | Names:
        if extent < _least_large(wanted.kind, format.name):
            report = await self._exports.report(guild_id, wanted)
            if seen is not None:
                names = names_in(await self._exports.names_in(guild_id, report), tr)
                if names is not None and names.mark != seen:
                    return names
            return await asyncio.to_thread(_written, format, report, tr)
        async with self._turn:
            with tempfile.TemporaryDirectory(prefix="rapporteur-") as folder:
                return await self._beside(Path(folder), guild_id, wanted, format, tr, seen)

    async def _beside(
        self, folder: Path, guild_id: int, wanted: Wanted, format: Format, tr: Translator, seen: str | None
    ) -> Written | Names:
        out, aside = folder / "export", folder / "notes"
        options = {
            "--out": str(out),
            "--aside": str(aside),
            "--guild": str(guild_id),
            "--kind": wanted.kind,
            "--event": wanted.event,
            "--theme": wanted.theme,
            "--ballot": wanted.ballot,
            "--entity": wanted.entity,
            "--language": tr.language,
            "--names-seen": seen,
        }
        flags = {
            "--draft": wanted.draft is True,
            "--no-draft": wanted.draft is False,
            "--receipts": wanted.receipts,
            "--names-are-meant": seen is None,
        }
        await self._run(
            ["export", format.name]
            + [part for name, value in options.items() if value for part in (name, value)]
            + [name for name, given in flags.items() if given]
        )
        notes = Notes.from_json(aside.read_text("utf-8"))
        return notes.names or Written(out.read_bytes(), notes.remarks)

    async def _run(self, arguments: list[str]) -> None:
        # It needs no token, so it gets none. The store's address, which may hold a password, goes the
        # same way: every user of the machine can read a command line.
        own = (TOKEN_VARIABLE, STORE_VARIABLE)
        environment = {name: value for name, value in os.environ.items() if name.upper() not in own}
        environment[STORE_VARIABLE] = self._settings.storage.url
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            if hasattr(os, "setpriority"):
                with suppress(ProcessLookupError):  # it has ended already
                    os.setpriority(os.PRIO_PROCESS, process.pid, _LOWEST)
            _, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode == -_KILLED:
            log.error("the process that wrote an export was killed, most likely for want of memory")
            raise Refused(
                t(
                    "There is too little memory where the bot runs to write all of this. Please export one "
                    "event or one theme of it, or choose another format."
                )
            )
        if process.returncode != 0:
            raise ExportFailed(said.decode(errors="replace").strip()[-500:])


class ExportFailed(Exception):
    """The command line's `export` ended with this message."""


def _least_large(kind: str, format: str) -> int:
    return min(LARGE[kind], LARGE_DRAWN) if format in DRAWN else LARGE[kind]


def _written(format: Format, report: Any, tr: Translator) -> Written:
    data, remarks = written(format, report, tr)
    if format.name in DRAWN:
        typesetting.forget()
    return Written(data, tuple(map(tr, remarks)))
