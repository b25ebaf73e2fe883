"""Proposing, seconding and withdrawing recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.proposing._cog import ProposingCog

if TYPE_CHECKING:
    from bot.client import Rapporteur


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(ProposingCog(bot))
