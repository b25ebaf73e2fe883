"""What somebody may have of their own: everything the store holds about them, and a summary of it.

Votes are in it as far as the bot can still tell whose they are: in ballots that are open,
while their key is there, and in the records of open ballots that name their voters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Actor, VoteBy
from services.clock import Clock
from services.initiatives import Initiatives
from services.keys import KeyMissing, KeyStore
from storage import forgetting, own_data, people
from storage.engine import Database
from storage.forgetting import HeldBallot
from storage.people import PersonRow
from storage.schema import moment_text


@dataclass(frozen=True, slots=True)
class OwnCounts:
    """How much of somebody's is here besides recommendations: amendments, and arguments that stand."""

    amendments: int
    contributions: int


class OwnData:
    """Reads what is stored of a person, for themselves alone."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives, keys: KeyStore) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._keys = keys

    async def counts(self, person_id: str) -> OwnCounts:
        """How much of the person of that id is here; nothing of somebody who is not known."""
        async with self._db.read() as tx:
            return OwnCounts(*await own_data.counts(tx, person_id))

    async def export(self, actor: Actor) -> bytes | None:
        """Everything about the actor here, as JSON; None where nothing is known of them."""
        await self._initiatives.current(actor.guild_id)
        async with self._db.read() as tx:
            row = await people.by_user(tx, actor.guild_id, actor.user_id)
            if row is None:
                return None
            document = {
                "exported_at": self._clock(),
                "person": _person(row),
                **await own_data.everything(tx, row),
                "votes_in_ballots_under_way": [
                    held
                    for ballot in await forgetting.held_ballots(tx, actor.guild_id)
                    if (held := await self._votes(tx, ballot, row)) is not None
                ],
            }
        return json.dumps(document, ensure_ascii=False, indent=1, default=_spelled).encode()

    async def _votes(self, tx: AsyncConnection, ballot: HeldBallot, row: PersonRow) -> dict[str, Any] | None:
        elector = row.delegation if ballot.by_delegation else row.id
        try:
            own = self._mark(ballot, row.id)
            mark = self._mark(ballot, elector) if elector else own
        except KeyMissing:
            return {"ballot": ballot.label, "unknown": "the key of this ballot cannot be read"}
        held = await own_data.open_votes(tx, ballot.id, mark, own)
        if held is None:
            return None
        held_by = VoteBy.DELEGATION if ballot.by_delegation else VoteBy.PERSON
        return {"ballot": ballot.label, "vote_by": held_by, **held}

    def _mark(self, ballot: HeldBallot, elector: str) -> str:
        return elector if ballot.key_id is None else self._keys.mark(ballot.key_id, elector)


def _person(row: PersonRow) -> dict[str, Any]:
    return {
        "server": str(row.guild_id),
        "discord_id": str(row.user_id),
        "name": row.name,
        "id": row.id,
        "pseudonym": row.pseudonym,
        "notice_seen_at": row.notice_seen_at,
        "status": row.status,
        "constituency": row.constituency,
        "organisation": row.organisation,
    }


def _spelled(value: object) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    raise TypeError(value)
