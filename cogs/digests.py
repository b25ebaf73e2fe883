"""The daily digest, posted in the channel of each event of which there is something to tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import discord

from bot.cards.digest import digest_card
from bot.cog import HouseCog
from bot.courier import on_post
from bot.places import Posting
from seminar.words import t

if TYPE_CHECKING:
    from bot.client import Rapporteur


class DigestsCog(HouseCog):
    @on_post("digest")
    async def told(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        after, until = int(payload["after"]), int(payload["until"])
        at = datetime.fromisoformat(payload["at"])
        digest = await self.house.digests.content(guild.id, subject, after, until, at)
        if digest is None:
            return
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        view = digest_card(digest, initiative.event(subject), guild.id, tr)
        title = tr(t("Digest of {day}", day=digest.at.date()))
        await self.bot.places.say(
            guild, subject, Posting("digest", f"{subject} {at:%Y-%m-%dT%H:%M}", title, view)
        )


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(DigestsCog(bot))
