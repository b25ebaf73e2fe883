"""A seminar small enough to read at a glance: its initiative, its people, the services they use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from seminar.model import Actor, Role
from services.drafting.finding import Finding
from services.drafting.recommendations import Draft, Recommendations, RecView
from services.events import Events
from services.initiatives import Initiatives
from services.keys import KeyStore
from services.people.participants import Participants
from services.record.results import Results
from services.serving import Serving
from storage.engine import Database
from tests.small_initiative import INITIATIVE

GUILD = 900_100
TEXT = "The UN and the EU should plan missions together from the first day on."


class StillClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2014, 10, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


def actor(
    user_id: int,
    *roles: Role,
    guild_id: int = GUILD,
    name: str | None = None,
    constituencies: tuple[str, ...] = (),
    may_manage_server: bool = False,
) -> Actor:
    return Actor(
        guild_id, user_id, name or f"Person {user_id}", frozenset(roles), constituencies, may_manage_server
    )


@dataclass
class Seminar:
    """The services under test, and the people who use them."""

    db: Database
    clock: StillClock
    initiatives: Initiatives = field(init=False)
    events: Events = field(init=False)
    participants: Participants = field(init=False)
    recommendations: Recommendations = field(init=False)
    finding: Finding = field(init=False)
    results: Results = field(init=False)
    guild_id: int = GUILD
    owner: Actor = actor(1, may_manage_server=True, name="Olga Owner")
    organiser: Actor = actor(2, Role.ORGANISER, name="Ola")
    facilitator: Actor = actor(3, Role.FACILITATOR, name="Fay")
    ana: Actor = actor(11, Role.PARTICIPANT, name="Ana", constituencies=("UN",))
    ben: Actor = actor(12, Role.PARTICIPANT, name="Ben", constituencies=("EU",))
    cem: Actor = actor(13, Role.PARTICIPANT, name="Cem")
    obi: Actor = actor(14, Role.OBSERVER, name="Obi")
    serving: Serving = field(default_factory=Serving, kw_only=True)

    def __post_init__(self) -> None:
        self.initiatives = Initiatives(self.db, self.clock, self.serving)
        self.events = Events(self.db, self.clock, self.initiatives)
        self.participants = Participants(self.db, self.clock, self.initiatives)
        self.recommendations = Recommendations(self.db, self.clock, self.initiatives, self.participants)
        self.finding = Finding(
            self.db, self.clock, self.initiatives, self.participants, KeyStore(Path("no-keys"))
        )
        self.results = Results(self.db, self.clock, self.initiatives)

    async def load(self, text: str = INITIATIVE, by: Actor | None = None) -> None:
        await self.initiatives.load(by or self.organiser, text.encode())

    async def propose(
        self,
        by: Actor,
        theme: str = "CAP",
        title: str = "Plan together",
        text: str = TEXT,
        event: str = "ROM",
    ) -> RecView:
        """A proposal with a nonce of its own."""
        draft = Draft(theme=theme, event=event, title=title, text=text)
        return await self.recommendations.propose(by, draft, secrets.token_hex(8))
