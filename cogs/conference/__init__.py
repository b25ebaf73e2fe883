"""What organisers do at a conference: `_forwarding` sends it what was adopted, `_agenda` puts that in order,
`_presenting` puts a text before the room, `_finalising` decides on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.conference._agenda import AgendaCommand
from cogs.conference._finalising import FinaliseCommands
from cogs.conference._forwarding import ForwardCommand
from cogs.conference._presenting import PresentCommand

if TYPE_CHECKING:
    from bot.client import Rapporteur


class ConferenceCog(ForwardCommand, AgendaCommand, PresentCommand, FinaliseCommands):
    """The one cog that has the group, with the commands of each class above."""


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(ConferenceCog(bot))
