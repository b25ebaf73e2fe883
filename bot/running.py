"""From start to a clean end: the bot runs until it is told to stop.

SIGTERM and SIGINT close it in order (acts in progress answered, waiting votes
written, the store closed); a second one changes nothing.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
import discord

from bot.client import Rapporteur, create_bot
from bot.settings import TOKEN_VARIABLE, Settings, SettingsError
from bot.tuning import connector, tune


async def run(settings: Settings) -> None:
    """Run the bot until a signal ends it.

    Raises:
        SettingsError: there is no token, or Discord refuses it, or Discord cannot be reached, or the bot
            cannot be watched where it should.
        Refused: the store cannot be opened.
    """
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
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if running.done():
        await running
        return
    if hasattr(bot, "house"):
        await bot.close()
    running.cancel()
    # What a start that is being ended says about it, such as a session closed under it, is of no interest.
    with suppress(asyncio.CancelledError, Exception):
        await running
