"""What makes a burst of clicks cheap, for a process that runs the bot and nothing else.

A click makes some thousands of short-lived objects. As Python comes, they set off a
garbage collection every few clicks, and every so often one that walks through all
that the program has loaded, which never dies. What was loaded is therefore left out
from the moment the bot is ready, and the rest is walked through less often: a third
of a click's processor time. It is not done in `create_bot`, since a process that
makes many bots one after the other, such as a rehearsal, would keep them all.
"""

from __future__ import annotations

import gc

import aiohttp
from discord.http import Route

from bot.answers import Answers
from bot.client import Rapporteur

# First answers on their way to Discord at once: as many as one process has for 100 ms, the round trip, of
# a burst (7,700 a second on two cores). Without a bound it would open a connection, with a TLS handshake,
# for each of its clicks.
CONNECTIONS = 768
# Everything else that Discord is asked: it comes in tens, or is held back by Discord's own limits.
OTHER_CONNECTIONS = 256

# Objects made since the last collection of the youngest; collections of it to one of the
# middle generation; of that to a whole one. Python's own are 700, 10 and 10.
_THRESHOLDS = (50_000, 20, 50)


def tune(bot: Rapporteur) -> None:
    """Tune this process for `bot` as soon as it is ready, once; to be called in the bot's loop."""
    bot.answers = Answers(Route.BASE, CONNECTIONS, bot.http.user_agent)

    async def ready() -> None:
        bot.remove_listener(ready, "on_ready")
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_THRESHOLDS)

    bot.add_listener(ready, "on_ready")


def connector() -> aiohttp.TCPConnector:
    """The connections for `create_bot`; to be called in the loop that the bot will run in."""
    return aiohttp.TCPConnector(limit=OTHER_CONNECTIONS)
