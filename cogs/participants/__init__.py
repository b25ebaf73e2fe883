"""Who takes part: registering oneself, and what organisers do about others.

`_registering` is one's own part (`I am here`, `Register`, the notice, the choice of a constituency);
`_entering`, `_importing`, `_codes` and `_roll` are the commands of organisers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.participants._codes import CodeCommands
from cogs.participants._entering import EnteringCommands
from cogs.participants._importing import ImportCommands
from cogs.participants._registering import RegisteringCog
from cogs.participants._roll import RollCommands

if TYPE_CHECKING:
    from bot.client import Rapporteur


class ParticipantsCog(EnteringCommands, ImportCommands, CodeCommands, RollCommands):
    """The one cog that has the group, with the commands of each class above."""


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(RegisteringCog(bot))
    await bot.add_cog(ParticipantsCog(bot))
