"""A process that has everything imported, and forks whoever does the work and is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Forking:
    """Runs `module` of this folder, which takes orders by its standard input, until `close`."""

    module: str

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.faults.{self.module}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
