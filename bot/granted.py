"""Tells whoever runs the seminar what Discord does not let the bot do.

What cannot be posted waits and is tried again, so nothing is lost; but somebody has to know. Each server is
told once an hour at most, after a command of a facilitator or an organiser.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import discord

from bot.permissions import lacking
from seminar.model import Actor, Role
from seminar.words import Text, tn

AGAIN: Final = timedelta(hours=1)


class Granted:
    """`clock` gives the present moment."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._told: dict[int, datetime] = {}

    def remark(self, guild: discord.Guild, actor: Actor) -> Text | None:
        """What this person should be told of the bot's permissions now; None for nothing."""
        missing = lacking(guild.me.guild_permissions) if guild.me is not None else ()
        if not missing:
            self._told.pop(guild.id, None)
            return None
        told = self._told.get(guild.id)
        runs = actor.roles & {Role.FACILITATOR, Role.ORGANISER} or actor.may_manage_server
        if not runs or (told is not None and self._clock() - told < AGAIN):
            return None
        self._told[guild.id] = self._clock()
        return not_let(missing)


def not_let(missing: tuple[str, ...]) -> Text:
    """Which permissions the bot lacks, and what follows, in a sentence."""
    return tn(
        "The bot lacks {count} permission in this server: {missing}. Give it to the bot's role; what could "
        "not be posted waits for it.",
        "The bot lacks {count} permissions in this server: {missing}. Give them to the bot's role; what "
        "could not be posted waits for them.",
        len(missing),
        missing=missing,
    )
