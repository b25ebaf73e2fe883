"""Starting and ending the bot, against a Discord that does not let it in."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import discord.http
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.running import run
from bot.settings import Discord, SecrecySettings, Settings, SettingsError, Storage

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def discord_that(answers: Answer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A loopback Discord whose every address is answered by `answers`."""
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answers)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://{host}:{port}/api/v10")
    try:
        yield
    finally:
        await runner.cleanup()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A bot's settings in an empty folder."""
    return Settings(
        discord=Discord(token=SecretStr("wrong")),
        storage=Storage(url=f"sqlite:///{tmp_path}/r.db"),
        secrecy=SecrecySettings(key_dir=tmp_path / "keys"),
    )


async def test_a_token_that_discord_refuses_is_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the variable to set and never the token."""

    async def unauthorised(_request: web.Request) -> web.Response:
        return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)

    async with discord_that(unauthorised, monkeypatch):
        with pytest.raises(SettingsError, match="RAPPORTEUR_DISCORD__TOKEN") as error:
            await run(settings)
    assert "wrong" not in str(error.value)


async def test_a_discord_out_of_reach_is_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback for a cable that is not plugged in."""
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9/api/v10")
    monkeypatch.setattr(asyncio, "sleep", _at_once)  # discord.py waits between its five tries
    with pytest.raises(SettingsError, match="Discord cannot be reached"):
        await run(settings)


async def _at_once(_delay: float, result: object = None) -> object:
    return result


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_while_signing_in_ends_the_bot_cleanly(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Whoever starts it by mistake can stop it at once."""

    async def never(_request: web.Request) -> web.Response:
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()
        raise AssertionError

    async with discord_that(never, monkeypatch):
        await run(settings)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_shards_are_not_left_to_others_where_there_can_be_none(settings: Settings) -> None:
    """A store in a file has one process, so people elsewhere would find nobody; `check` says it."""
    shards = settings.discord.model_copy(update={"shard_count": 2, "shard_ids": (0,)})
    with pytest.raises(SettingsError, match=r"discord\.shard_ids leaves shards to other processes"):
        await run(settings.model_copy(update={"discord": shards}))
