"""The record of arguments: putting things on it, taking them off it, and showing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.arguing._cog import ArguingCog
from cogs.arguing._record import RecordCog

if TYPE_CHECKING:
    from bot.client import Rapporteur


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(ArguingCog(bot))
    await bot.add_cog(RecordCog(bot))
