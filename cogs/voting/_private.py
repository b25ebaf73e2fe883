"""Private messages about a ballot: to who has not voted, and to whose vote was destroyed uncounted.

Somebody who takes none is passed over: nothing that matters is said only here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot.cards.ballot import about
from bot.cog import HouseCog
from bot.courier import on_post
from bot.ui import one_line
from seminar.model import BallotStatus
from seminar.words import Text, t
from services.voting.ballot_views import BallotView


class PrivateNewsCog(HouseCog):
    @on_post("ballot.reminder", slow=True)
    async def reminder(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is BallotStatus.OPEN:
            about_it = ("ballot", subject)
            await self.tell_privately(guild, int(payload["user_id"]), _reminder(ballot), about_it)

    @on_post("ballot.removal_notice", slow=True)
    async def removal_notice(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        ballot = await self.house.ballots.view(guild.id, int(subject))
        said = t(
            "{reference}, “{title}”, was taken out of ballot {label}. You had voted on it; that vote was "
            "destroyed uncounted, and the others stand.",
            reference=str(payload["reference"]),
            title=one_line(str(payload["title"]), 300),
            label=ballot.label,
        )
        await self.tell_privately(guild, int(payload["user_id"]), said, ("ballot", subject))


def _reminder(ballot: BallotView) -> Text:
    if ballot.silent:
        return t(
            "{references} will be adopted by silence ({label}) on {moment} unless somebody objects.",
            references=tuple(item.reference for item in ballot.items),
            label=ballot.label,
            moment=ballot.closes_at,
        )
    return t(
        "ballot {label} is open until {moment}, and you have not voted yet.",
        label=f"{ballot.label} ({about(ballot)})",
        moment=ballot.closes_at,
    )
