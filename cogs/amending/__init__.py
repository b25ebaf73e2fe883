"""Amending: asking for another wording, seconding and reworking it, deciding on it, reading how it differs.

`_asking` and `_reworking` are forms and what becomes of them, `_deciding` is what the recommendation's
author and facilitators do, `_posts` the messages in the discussion and what is read under them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.amending._asking import AskingCog
from cogs.amending._deciding import AmendmentsCog
from cogs.amending._posts import AmendmentPostsCog

if TYPE_CHECKING:
    from bot.client import Rapporteur


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(AskingCog(bot))
    await bot.add_cog(AmendmentsCog(bot))
    await bot.add_cog(AmendmentPostsCog(bot))
