"""The real bot on a simulated Discord, driven as people would."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio
from simcord.backend import serializers
from simcord.env import Env

from bot.settings import Settings
from tests import stores
from tests.chat import chat_room
from tests.chat.chat_room import Room


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store as the migrations make it: made once, since making it takes longer than most tests."""
    return stores.migrated(tmp_path_factory.mktemp("store") / "empty.db")


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What a test makes goes when it ends."""
    yield
    stores.shelf().sweep()


@pytest.fixture
def settings(tmp_path: Path, empty_store: str) -> Settings:
    """Settings of a bot that keeps everything in the test's own folder."""
    return Settings.model_validate(
        {
            "storage": {"url": stores.shelf().copy(empty_store, tmp_path / "rapporteur.db")},
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


@pytest.fixture
def community(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Servers have Community switched on, as far as the bot is told.

    The simulator pins no forum posts, so pinning stops here: the names of the pinned ones.
    """
    pinned: list[str] = []
    edit = discord.Thread.edit
    guild_payload = serializers.guild_create_payload

    def with_community(*args: object, **kwargs: object) -> dict[str, object]:
        return {**guild_payload(*args, **kwargs), "features": ["COMMUNITY"]}  # type: ignore[arg-type]

    async def without_pinning(self: discord.Thread, **options: Any) -> discord.Thread:
        if options.pop("pinned", None):
            pinned.append(self.name)
        return await edit(self, **options) if options else self

    monkeypatch.setattr(discord.Thread, "edit", without_pinning)
    monkeypatch.setattr(serializers, "guild_create_payload", with_community)
    yield pinned
