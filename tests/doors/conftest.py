"""The real bot on a simulated Discord, as the tests of the chat have it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest_asyncio

from tests.chat.chat_room import Room
from tests.chat.conftest import empty_room, empty_store, env, nothing_failed, settings
from tests.doors.driving import Driving
from tests.doors.prepared import prepare

__all__ = ["empty_room", "empty_store", "env", "nothing_failed", "settings"]


@pytest_asyncio.fixture
async def driving(empty_room: Room, tmp_path: Path, nothing_failed: Iterator[None]) -> Driving:
    """A seminar in which everything there is to do can be done; nothing may be logged as a failure."""
    return Driving(await prepare(empty_room, tmp_path / "saved.db"))
