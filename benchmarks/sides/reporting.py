"""One final report, written once: `python -m benchmarks.sides.reporting FOLDER FORMAT ours|texts|plain`.

`texts` is ours without its charts, `plain` the library alone with the same texts. Tells processor seconds to
read the store and to write the file, the bytes of the file, and the most memory this process had, in bytes.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import shapes
from benchmarks.sides import plain
from bot import store_commands
from bot.settings import Settings, Storage
from reports import FORMATS
from reports.compose import COMPOSERS, Drawn
from reports.document import Figure
from reports.kinds import FINAL_REPORT
from reports.models.initiative import FinalReport
from services.record.exports import Wanted


def main() -> None:
    """Write it, and say what it took."""
    folder, form, side = sys.argv[1:]
    settings = Settings(storage=Storage(url=shapes.store_url(Path(folder))))
    begun = time.process_time()
    report, _ = asyncio.run(store_commands.read_export(settings, Wanted(FINAL_REPORT), None, names=False))
    read = time.process_time() - begun
    write = {"ours": _ours, "texts": _texts, "plain": _plain}[side](report, form)
    begun = time.process_time()
    data = write()
    written = time.process_time() - begun
    peak = _peak()
    print(json.dumps({"read": read, "written": written, "bytes": len(data), "peak": peak}))


def _peak() -> int:
    """The most memory this program had, in bytes; `getrusage` counts that of whoever started it, too."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _ours(report: FinalReport, form: str) -> Callable[[], bytes]:
    return lambda: FORMATS[form].render(report, str)


def _texts(report: FinalReport, form: str) -> Callable[[], bytes]:
    drawn = FORMATS[form].renderers[type(report)]
    if not isinstance(drawn, Drawn):
        raise TypeError(f"{form} is no document")

    def write() -> bytes:
        document = drawn.compose(report, str)
        blocks = tuple(block for block in document.blocks if not isinstance(block, Figure))
        return drawn.draw(replace(document, blocks=blocks), str)

    return write


def _plain(report: FinalReport, form: str) -> Callable[[], bytes]:
    said = plain.plain(COMPOSERS[type(report)](report, str))
    return lambda: plain.WRITERS[form](said)


if __name__ == "__main__":
    main()
