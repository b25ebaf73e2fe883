"""The program against a stand-in for Discord, with leases that a test can wait for.

Arguments: the stand-in's port, the seconds of a lease, those by which this machine's clock is before the
others', and then the program's own.
"""

import sys
from datetime import datetime, timedelta
from functools import partial

import discord

from benchmarks.sides.common import point_at
from bot import client, running, shards
from bot.cli import main
from services import deadlines

PORT, LENGTH, AHEAD = (float(sys.argv.pop(1)) for _ in range(3))


def clock() -> datetime:
    """As a machine has it whose clock is off."""
    return discord.utils.utcnow() + timedelta(seconds=AHEAD)


point_at(int(PORT))
shards.LENGTH = timedelta(seconds=LENGTH)  # type: ignore[misc]
shards.MARGIN = running.MARGIN = timedelta(seconds=LENGTH / 4)  # type: ignore[misc]
shards._PATIENCE = LENGTH / 4
shards._LOOK = 0.3
deadlines.LATE = timedelta(seconds=1)
client.SHARED_SLEEP = 0.5  # type: ignore[misc]
running.create_bot = partial(running.create_bot, clock=clock)
sys.exit(main())
