"""Exports for people in chat: small ones here, large ones in a process of their own.

Writing thousands of recommendations or votes is work for the processor, and Python
gives one thread at a time its turn: done in the bot, every click would wait. A large
export is therefore the command line's own `export`, run beside the bot at the
lowest priority, so that it takes only the time that clicks leave over.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.i18n import Translator
from bot.settings import STORE_VARIABLE, TOKEN_VARIABLE, Settings
from reports.format import Format
from reports.kinds import ARGUMENTS, CAST_VOTES, DRAFTING, RANKING
from services.record.exports import Exports, Wanted

# How much of each kind is large: writing less takes less time than starting a process.
LARGE = {RANKING: 300, CAST_VOTES: 5_000, ARGUMENTS: 1_000, DRAFTING: 100}
_LOWEST = 19


class Exporting:
    """Writes exports; large ones one at a time."""

    def __init__(self, settings: Settings, exports: Exports) -> None:
        self._settings = settings
        self._exports = exports
        self._turn = asyncio.Lock()

    async def write(
        self, guild_id: int, wanted: Wanted, format: Format, extent: int, tr: Translator
    ) -> bytes:
        """What is wanted of a server as a file of that format; `extent` is how much there is in it.

        Raises:
            Refused: nothing of it is there any more.
            ExportFailed: the process beside the bot did not do it.
        """
        if extent < LARGE[wanted.kind]:
            report = await self._exports.report(guild_id, wanted)
            return await asyncio.to_thread(format.render, report, tr)
        async with self._turn:
            with tempfile.TemporaryDirectory(prefix="rapporteur-") as folder:
                out = Path(folder) / "export"
                options = {
                    "--kind": wanted.kind,
                    "--event": wanted.event,
                    "--theme": wanted.theme,
                    "--ballot": wanted.ballot,
                    "--language": tr.language,
                }
                await self._run(
                    ["export", format.name, "--out", str(out), "--guild", str(guild_id)]
                    + [part for name, value in options.items() if value for part in (name, value)]
                )
                return out.read_bytes()

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
        if process.returncode != 0:
            raise ExportFailed(said.decode(errors="replace").strip()[-500:])


class ExportFailed(Exception):
    """The command line's `export` ended with this message."""
