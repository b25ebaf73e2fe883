"""What facilitators do with recommendations: `_single` decides on one, `_queue` on those that wait,
`_merging` and `_splitting` make one of several and several of one, `_undoing` takes that back for an hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.moderating._merging import MergeCommand
from cogs.moderating._queue import QueueCommand
from cogs.moderating._single import SingleCommands
from cogs.moderating._splitting import SplitCommand
from cogs.moderating._undoing import UndoCommand

if TYPE_CHECKING:
    from bot.client import Rapporteur


class ModeratingCog(SingleCommands, QueueCommand, MergeCommand, SplitCommand, UndoCommand):
    """The one cog that has the group, with the commands of each class above."""


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(ModeratingCog(bot))
