"""How much a test does: what fits into every run, or what `make soak` has the time for."""

from __future__ import annotations

import os

SOAKING = os.environ.get("SOAK") == "1"


def amount(daily: int, soaking: int) -> int:
    """`daily` in `make test` and `make check`, `soaking` in `make soak`."""
    return soaking if SOAKING else daily
