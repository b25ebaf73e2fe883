"""The small seminar with a conference after it, over the polling station's store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from seminar.conference import Ending
from seminar.model import Actor, Change, Choice, State
from services.conference.conference import Conference, Despatch, Settled
from services.voting.ballot_views import BallotResult
from storage import conference
from storage.conference import ItemRow
from tests.services.drafting_table import DraftingTable
from tests.services.polling_station import AGAINST, FOR
from tests.services.small_seminar import TEXT
from tests.small_initiative import INITIATIVE

BRUSSELS = """
[[events]]
code = "BRU"
kind = "conference"
title = "Brussels conference"
city = "Brussels"
starts_on = 2014-12-03
ends_on = 2014-12-03
"""
WITH_CONFERENCE = INITIATIVE + BRUSSELS


@dataclass
class Hall(DraftingTable):
    """Rome, whose recommendations on CAP are voted on, and Brussels, where they become final."""

    conference: Conference = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.conference = Conference(self.db, self.clock, self.initiatives)

    def restarted(self) -> Hall:
        return Hall(self.db, self.clock, key_dir=self.key_dir)

    async def prepare(self, items: int = 3, more: str = BRUSSELS) -> None:
        """Rome is open with so many recommendations on CAP, and three people vote."""
        await self.load(INITIATIVE + more, by=self.owner)
        await self.events.open(self.organiser, "ROM")
        for number in range(items):
            await self.propose(self.ana, title=f"Recommendation {number + 1}")
        for who in (self.ana, self.ben):
            await self.participants.enter(who)

    async def ballot(self, references: str, *choices: Choice) -> BallotResult:
        """A ballot on these, closed: of each recommendation Ana says what is given, and Ben votes for it."""
        ballot = await self.open(theme=None, references=references)
        await self.vote(self.ana, ballot, *choices)
        await self.vote(self.ben, ballot, *(FOR for _ in choices))
        return await self.close(ballot)

    async def adopt(self, *references: str) -> BallotResult:
        """All for; the first named stand no better than the others but by their references."""
        return await self.ballot(", ".join(references), *(FOR for _ in references))

    async def reject_one(self, reference: str) -> BallotResult:
        """A tie, which does not carry."""
        return await self.ballot(reference, AGAINST)

    async def at_brussels(self, *references: str) -> Despatch:
        """These are adopted at Rome and forwarded; Brussels is open."""
        await self.adopt(*(references or ("CAP-01", "CAP-02")))
        made = await self.conference.forward(self.organiser, "ROM")
        await self.events.open(self.organiser, "BRU")
        await self.hush()
        return made

    async def reword(
        self, reference: str, text: str, change: Change = Change.SUBSTANTIVE, *, by: Actor | None = None
    ) -> None:
        """Somebody's amendment becomes the text at once."""
        rec = await self.recommendations.get(self.guild_id, reference)
        await self.amend(by or self.ben, reference, rec.version, rec.wording, text)
        await self.accept(self.facilitator, reference, None, change)

    async def finalise(
        self, reference: str, ending: Ending = Ending.FINALISED, reason: str = "", *, by: Actor | None = None
    ) -> Settled:
        """Seen and confirmed at once."""
        who = by or self.organiser
        seen = await self.conference.preview(who, reference, ending, reason)
        return await self.conference.settle(who, reference, seen.rec.version, ending, reason)

    async def state(self, reference: str) -> State:
        return (await self.recommendations.get(self.guild_id, reference)).state

    async def item(self, reference: str) -> ItemRow:
        rec = await self.recommendations.get(self.guild_id, reference)
        async with self.db.read() as tx:
            found = await conference.item(tx, rec.id)
        assert found is not None
        return found

    async def acts(self, act: str) -> list[tuple[str, dict[str, Any]]]:
        """Subject and body of every entry of that act."""
        rows = await self.rows(f"SELECT subject, body FROM ledger WHERE act = '{act}' ORDER BY seq")
        return [(str(subject), json.loads(str(body))) for subject, body in rows]

    async def told(self) -> list[tuple[str, str]]:
        """Reference and kind of the news that wait for the rooms."""
        rows = await self.rows("SELECT subject, payload FROM outbox WHERE kind = 'news' ORDER BY id")
        return [(str(subject), json.loads(str(payload))["what"]) for subject, payload in rows]

    async def order(self) -> Sequence[str]:
        return [one.reference for one in (await self.conference.agenda(self.guild_id)).items]


OTHER = TEXT.replace("together", "jointly")
