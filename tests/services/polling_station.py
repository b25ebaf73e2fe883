"""The small seminar with its ballots: recommendations to vote on, and everybody who votes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seminar.model import Actor, Choice, Role
from services.deadlines import Deadlines
from services.drafting.amendments import Amendments
from services.drafting.finding import Finding
from services.drafting.history import History
from services.keys import KeyStore
from services.record.audit import Audit
from services.voting.ballot_views import BallotRequest, BallotResult, BallotView
from services.voting.ballots import Ballots
from services.voting.gathering import Gathering
from services.voting.live import Live
from services.voting.papers import Papers
from services.voting.polling import Polling
from services.voting.removal import Removal
from services.voting.room import Room
from services.voting.silences import Silences
from services.voting.voting import Voting
from storage.votes import VoteWriter
from tests.services.small_seminar import Seminar, actor

FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else value


async def no_sleep(_seconds: float) -> None:
    """Lets others run, and no time pass."""
    await asyncio.sleep(0)


@dataclass
class Station(Seminar):
    """The services a ballot needs, over the store and the key folder of one test."""

    key_dir: Path = field(kw_only=True)
    keys: KeyStore = field(init=False)
    writer: VoteWriter = field(init=False)
    ballots: Ballots = field(init=False)
    voting: Voting = field(init=False)
    papers: Papers = field(init=False)
    silences: Silences = field(init=False)
    amendments: Amendments = field(init=False)
    history: History = field(init=False)
    room: Room = field(init=False)
    removal: Removal = field(init=False)
    live: Live = field(init=False)
    deadlines: Deadlines = field(init=False)
    audit: Audit = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.keys = KeyStore(self.key_dir)
        self.finding = Finding(self.db, self.clock, self.initiatives, self.participants, self.keys)
        self.writer = VoteWriter(self.db, self.clock)
        self.ballots = Ballots(
            *(self.db, self.clock, self.initiatives, self.participants, self.keys),
            sleep=no_sleep,
            serving=self.serving,
        )
        polling = Polling(self.db, self.initiatives, self.participants, self.writer, self.keys)
        self.voting = Voting(self.db, self.clock, self.initiatives, polling)
        self.papers = Papers(self.db, self.clock, self.initiatives, polling)
        people = (self.db, self.clock, self.initiatives, self.participants, self.ballots)
        self.silences = Silences(*people)
        self.amendments = Amendments(self.db, self.clock, self.initiatives, self.participants, self.silences)
        self.history = History(self.db, self.initiatives)
        self.room = Room(*people)
        self.removal = Removal(
            self.db, self.clock, self.participants, self.ballots, polling, Gathering(self.keys)
        )
        self.live = Live(self.db)
        self.deadlines = Deadlines(self.db, self.clock, self.ballots.deadline_handlers(), self.serving)
        self.audit = Audit(self.db)

    def restarted(self) -> Station:
        """The same store, key folder and moment after a restart: nothing is in memory."""
        return Station(self.db, self.clock, key_dir=self.key_dir)

    async def set_up(self, items: int = 2) -> None:
        """Rome is open, with recommendations CAP-01, CAP-02, … on which nobody votes yet."""
        await self.load(by=self.owner)
        await self.events.open(self.organiser, "ROM")
        for number in range(items):
            await self.propose(self.ana, title=f"Recommendation {number + 1}")

    async def open(self, **request: Any) -> BallotView:
        """A ballot on CAP, confirmed; `request` as in BallotRequest."""
        prepared = await self.ballots.prepare(self.facilitator, BallotRequest(**{"theme": "CAP", **request}))
        return await self.ballots.open(self.facilitator, prepared.id)

    async def register(self, un: int = 0, eu: int = 0) -> list[Actor]:
        """That many more participants, of the UN and of the EU institutions."""
        codes = ["UN"] * un + ["EU"] * eu
        voters = [
            actor(1000 + number, Role.PARTICIPANT, constituencies=(code,))
            for number, code in enumerate(codes)
        ]
        for voter in voters:
            await self.participants.enter(voter)
        return voters

    async def vote(self, who: Actor, ballot: BallotView, *choices: Choice | None) -> None:
        """One choice for each item from the first on."""
        for position, choice in enumerate(choices, start=1):
            await self.voting.cast(who, ballot.id, position, choice)

    async def close(self, ballot: BallotView) -> BallotResult:
        result = await self.ballots.close(self.facilitator, ballot.id)
        assert result is not None
        return result

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What a query finds in the store; JSON as text, whatever the database makes of it."""
        async with self.db.read() as tx:
            return [tuple(map(_plain, row)) for row in await tx.exec_driver_sql(sql)]

    async def value(self, sql: str) -> object:
        """The one value a query finds."""
        ((value,),) = await self.rows(sql)
        return value

    async def states(self) -> list[object]:
        """Where the recommendations of CAP stand, by number."""
        rows = await self.rows("SELECT state FROM recommendations WHERE theme = 'CAP' ORDER BY number")
        return [state for (state,) in rows]

    async def said(self) -> list[object]:
        """The kinds of what waits in the outbox, in order."""
        return [kind for (kind,) in await self.rows("SELECT kind FROM outbox ORDER BY id")]

    async def hush(self) -> None:
        """Everything in the outbox has been said."""
        async with self.db.write() as tx:
            await tx.exec_driver_sql("DELETE FROM outbox")
