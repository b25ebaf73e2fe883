"""Readers of bytes under atheris, which looks for inputs that reach new code; run by hand, not by pytest.

    python -m venv /tmp/guided && /tmp/guided/bin/pip install atheris==3.0.0 hypothesis simcord … (as .venv)
    /tmp/guided/bin/python -m tests.fuzzing.guided services.workbooks.read_rows -max_total_time=60

What it finds goes into `tests/fuzzing/test_found.py`, by itself and mended.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:  # it is not in the lock: no test needs it
    atheris = None


def main(name: str, arguments: list[str]) -> None:
    """Feed the parser of that name; ends with whatever breaks it."""
    if atheris is None:
        sys.exit("atheris is not installed here; see the beginning of this file")
    with atheris.instrument_imports(include=["seminar", "services", "storage", "rehearsal", "bot"]):
        from tests.fuzzing.parsers import PARSERS
    parser = next(one for one in PARSERS if one.name == name)
    folder = Path(tempfile.mkdtemp())

    def look(data: bytes) -> None:
        given = (
            data.decode("utf-8", "surrogateescape") if parser.typed or name.endswith("paper.read") else data
        )
        try:
            parser.read(("list.csv", given) if name.endswith("_tables.read_rows") else given, folder)
        except parser.refuses:
            return

    atheris.Setup([sys.argv[0], *arguments], look)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
