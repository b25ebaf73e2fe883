"""Votes: facilitators open and close ballots, participants vote on a private sheet or on cards.

`_ballots` is what facilitators do (`_opening`, `_leading`, `_lists`, `_room`), `_rounds` what they do
between two rounds, `_silences` a silence procedure; `_votes` and `_papers` what voters do, item by item or on
paper, over the `_sheets` they share, and `_posts` what the room is told; `papers` has one
module a voting method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.voting._ballots import BallotsCog
from cogs.voting._papers import PapersCog
from cogs.voting._posts import BallotPostsCog
from cogs.voting._private import PrivateNewsCog
from cogs.voting._rounds import RoundsCog
from cogs.voting._silences import SilencesCog
from cogs.voting._votes import VotesCog

if TYPE_CHECKING:
    from bot.client import Rapporteur


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(BallotsCog(bot))
    await bot.add_cog(VotesCog(bot))
    await bot.add_cog(PapersCog(bot))
    await bot.add_cog(BallotPostsCog(bot))
    await bot.add_cog(PrivateNewsCog(bot))
    await bot.add_cog(RoundsCog(bot))
    await bot.add_cog(SilencesCog(bot))
