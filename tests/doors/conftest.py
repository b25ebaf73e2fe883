"""The real bot on a simulated Discord, in a seminar that is prepared once and put back after each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.settings import Settings
from tests.chat import chat_room
from tests.chat.chat_room import Room
from tests.chat.conftest import empty_room, empty_store, env, nothing_failed, settings
from tests.doors.driving import Driving
from tests.doors.prepared import prepare

__all__ = ["empty_room", "empty_store", "env", "nothing_failed", "settings"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def prepared_once(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Driving]:
    """A seminar in which everything there is to do can be done; making it takes longer than most tests."""
    folder = tmp_path_factory.mktemp("doors")
    there = Settings.model_validate(
        {
            "storage": {"url": f"sqlite:///{folder / 'rapporteur.db'}"},
            "secrecy": {"key_dir": folder / "keys"},
        }
    )
    simulated = await chat_room.start(there)
    yield Driving(await prepare(Room(simulated, there), folder / "saved.db"))
    await chat_room.stop(simulated)


@pytest_asyncio.fixture(loop_scope="session")
async def driving(prepared_once: Driving, nothing_failed: None) -> AsyncIterator[Driving]:
    """The seminar as it was prepared; nothing may be logged as a failure."""
    yield prepared_once
    if not prepared_once.prepared.untouched():
        await prepared_once.prepared.restore()
