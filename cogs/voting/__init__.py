"""Votes: facilitators open and close ballots, participants vote on a private sheet or on cards.

`_ballots` is what facilitators do, `_votes` what voters do, `_posts` what the room is told;
`papers` has one module a voting method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.voting._ballots import BallotsCog
from cogs.voting._posts import BallotPostsCog
from cogs.voting._votes import VotesCog

if TYPE_CHECKING:
    from bot.client import Rapporteur


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(BallotsCog(bot))
    await bot.add_cog(VotesCog(bot))
    await bot.add_cog(BallotPostsCog(bot))
