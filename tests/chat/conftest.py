"""The real bot on a simulated Discord, driven as people would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from simcord.env import Env

from bot.settings import Settings
from tests.chat import chat_room
from tests.chat.chat_room import Room


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a bot that keeps everything in the test's own folder."""
    return Settings.model_validate(
        {
            "storage": {"url": f"sqlite:///{tmp_path / 'rapporteur.db'}"},
            "secrecy": {"key_dir": tmp_path / "keys"},
        }
    )


@pytest_asyncio.fixture
async def env(settings: Settings) -> AsyncIterator[Env]:
    """The simulated Discord with the bot in it; its virtual time is the test's."""
    env = await chat_room.start(settings)
    yield env
    await chat_room.stop(env)


@pytest_asyncio.fixture
async def empty_room(env: Env, settings: Settings) -> Room:
    """A server with roles and people where nothing is loaded yet."""
    return Room(env, settings)


@pytest_asyncio.fixture
async def room(empty_room: Room) -> Room:
    """A server with the initiative loaded and the Rome seminar open."""
    await empty_room.load()
    await empty_room.open_event("ROM")
    return empty_room
