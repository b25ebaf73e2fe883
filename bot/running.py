"""From start to a clean end: the bot runs until it is told to stop.

SIGTERM and SIGINT close it in order (acts in progress answered, waiting votes
written, the store closed); a second one changes nothing. A bot that may serve
its shards no more closes as far as it can, and ends before another takes them up.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import aiohttp
import discord

from bot.client import Rapporteur, create_bot
from bot.settings import ALONE, TOKEN_VARIABLE, Settings, SettingsError
from bot.shards import MARGIN, LeaseLost
from bot.tuning import connector, tune

LOST = (
    "The leases of this process's shards could not be renewed, so another process may serve them now. "
    "It has stopped; once the store answers, start it again."
)


def event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop to run the bot on: the fastest there is; None for Python's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def run_here(settings: Settings) -> None:
    """Run the bot in this process until a signal ends it. Raises what `run` raises."""
    with asyncio.Runner(loop_factory=event_loop()) as runner:
        runner.run(run(settings))


async def run(settings: Settings) -> None:
    """Run the bot until a signal ends it.

    Raises:
        SettingsError: there is no token, or Discord refuses it, or Discord cannot be reached, or the bot
            cannot be watched where it should, or its store cannot be shared as its shards want it.
        LeaseLost: another process may serve its shards.
        Refused: the store cannot be opened.
    """
    if settings.leaves_servers_unserved:
        raise SettingsError(ALONE)
    if settings.discord.token is None:
        raise SettingsError(f"There is no token: set the environment variable {TOKEN_VARIABLE}.")
    bot = create_bot(settings, connector=connector())
    tune(bot)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with _watched(bot):
            await _until(stop, bot, settings.discord.token.get_secret_value())
    except discord.LoginFailure:
        raise SettingsError(
            "Discord refuses the token: copy it again from the developer portal "
            f"into the environment variable {TOKEN_VARIABLE}."
        ) from None
    except (aiohttp.ClientError, OSError, discord.HTTPException, discord.GatewayNotFound) as error:
        raise SettingsError(f"Discord cannot be reached: {type(error).__name__}: {error}.") from error
    finally:
        await bot.close()
        if bot.leases.lost.is_set():
            raise LeaseLost(LOST)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@asynccontextmanager
async def _watched(bot: Rapporteur) -> AsyncIterator[None]:
    """Let the bot be watched meanwhile, where it should."""
    if bot.metrics is None:
        yield
        return
    # Imported where it is wanted, as are the metrics.
    from bot.watching import watched

    async with watched(bot, bot.metrics):
        yield


async def _until(stop: asyncio.Event, bot: Rapporteur, token: str) -> None:
    running = asyncio.create_task(bot.start(token))
    stopping = asyncio.create_task(stop.wait())
    losing = asyncio.create_task(bot.leases.lost.wait())
    await asyncio.wait({running, stopping, losing}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    losing.cancel()
    if bot.leases.lost.is_set():
        _end_in_time()
    if running.done():
        await running
        return
    if hasattr(bot, "house"):
        await bot.close()
    running.cancel()
    # What a start that is being ended says about it, such as a session closed under it, is of no interest.
    with suppress(asyncio.CancelledError, Exception):
        await running


def _end_in_time() -> None:
    """A store over which nothing comes lets nothing be closed: then this ends the process as a fall would."""

    def fall() -> None:
        print(LOST, file=sys.stderr, flush=True)
        os._exit(1)

    timer = threading.Timer(MARGIN.total_seconds(), fall)
    timer.daemon = True
    timer.start()
