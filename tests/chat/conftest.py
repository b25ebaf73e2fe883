"""The real bot on a simulated Discord, driven as people would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.chat.chat_room import Room, open_room

from bot.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a bot that keeps everything in the test's own folder."""
    return Settings(
        storage={"url": f"sqlite:///{tmp_path / 'rapporteur.db'}"},  # type: ignore[arg-type]
        secrecy={"key_dir": tmp_path / "keys"},  # type: ignore[arg-type]
    )


@pytest_asyncio.fixture
async def empty_room(settings: Settings) -> AsyncIterator[Room]:
    """A server with roles and people where nothing is loaded yet."""
    async with open_room(settings) as room:
        yield room


@pytest_asyncio.fixture
async def room(empty_room: Room) -> Room:
    """A server with the initiative loaded and the Rome seminar open."""
    await empty_room.load()
    await empty_room.open_event("ROM")
    return empty_room
