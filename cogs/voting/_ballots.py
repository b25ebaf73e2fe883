"""Everything that `/ballot` offers to facilitators, put together."""

from __future__ import annotations

from cogs.voting._leading import LeadingCommands
from cogs.voting._lists import ListCommands
from cogs.voting._opening import OpeningCommands
from cogs.voting._room import RoomCommands


class BallotsCog(OpeningCommands, LeadingCommands, ListCommands, RoomCommands):
    """The one cog that has the group, with the commands of each class above."""
