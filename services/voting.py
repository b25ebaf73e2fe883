"""Voting: one person, one item, one tap."""

from __future__ import annotations

from seminar.model import Actor, Choice
from services.ballot_views import Recorded, Sheet
from services.clock import Clock
from services.initiatives import Initiatives
from services.keys import KeyStore
from services.participants import Participants
from storage.engine import Database
from storage.votes import VoteWriter


class Voting:
    """The road of a vote, from a tap to its receipt."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        initiatives: Initiatives,
        participants: Participants,
        writer: VoteWriter,
        keys: KeyStore,
    ) -> None: ...

    async def cast(
        self, actor: Actor, ballot_id: int, position: int, choice: Choice | None, reason: str | None = None
    ) -> Recorded: ...
    async def sheet(self, actor: Actor, ballot_id: int) -> Sheet: ...
