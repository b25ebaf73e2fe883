"""The real bot on a simulated Discord, driven as people would."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from simcord.env import Env

from bot.settings import Settings
from storage import migrate
from tests.chat import chat_room
from tests.chat.chat_room import Room


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as the migrations make it: made once, since making it takes longer than most tests."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    asyncio.run(migrate.upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
def settings(tmp_path: Path, empty_store: Path) -> Settings:
    """Settings of a bot that keeps everything in the test's own folder."""
    shutil.copyfile(empty_store, tmp_path / "rapporteur.db")
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


@pytest.fixture
def nothing_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing may be logged as an error; who breaks something on purpose clears the log after looking."""
    yield
    failures = [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not failures, [record.getMessage() for record in failures]
