"""Private messages about what is due, to whoever entered it last.

Somebody who takes none is passed over: `/follow-up list` shows to everybody what is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot.cards.follow_up import reminder
from bot.cog import HouseCog
from bot.courier import on_post
from bot.ui import one_line
from seminar.follow_up import closed


class FollowUpRemindingCog(HouseCog):
    @on_post("follow_up.reminder", slow=True)
    async def due(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        row = await self.house.follow_ups.row(guild.id, int(subject))
        if row is None or row.content.due_on is None or closed(row.content.implementation):
            return
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        said = {"entity": one_line(tr(row.called), 100), "action": one_line(row.content.action, 500)}
        await self.tell_privately(
            guild, int(payload["user_id"]), reminder(row, said), ("card", row.reference)
        )
