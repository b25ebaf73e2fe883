"""What became of the recommendations: `/follow-up`, and reminders of what is due.

`_setting` enters what an addressee says and does, `_looking` shows how things stand, `_workbooks` hands out
workbooks and takes them back, `_reminding` tells privately what is due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.follow_up._looking import LookingCommands
from cogs.follow_up._reminding import FollowUpRemindingCog
from cogs.follow_up._setting import SettingCommands
from cogs.follow_up._workbooks import WorkbookCommands

if TYPE_CHECKING:
    from bot.client import Rapporteur


class FollowUpCog(SettingCommands, LookingCommands, WorkbookCommands):
    """The one cog that has the group, with the commands of each class above."""


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(FollowUpCog(bot))
    await bot.add_cog(FollowUpRemindingCog(bot))
