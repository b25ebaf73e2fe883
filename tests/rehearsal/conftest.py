"""The default rehearsal, played once for all the tests that look at what it leaves."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from rehearsal.command import rehearse


@pytest.fixture(scope="session")
def rome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the default rehearsal filled, to be read only.

    Where several processes test, the first that needs it plays it for all. Files of many tests come
    first, so that another that needs it too comes when it is long played, and does not wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out, played = shared / "rome", shared / "rome.played"
    with (shared / "rome.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not played.exists():
            assert rehearse(None, out, serve=False, port=0) == 0
            played.touch()
    return out
