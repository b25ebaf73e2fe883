"""Reading amendments, and what every act on one begins and ends with."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.initiative import Initiative
from seminar.model import Actor
from services.clock import Clock
from services.drafting.acting import named
from services.drafting.amendment_views import AmendmentView, views
from services.drafting.deriving import numbered
from services.initiatives import Initiatives
from services.people.participants import Participants
from services.voting.ballot_views import BallotView
from services.voting.silences import Silences
from storage import amendments, people, recommendations
from storage.amendments import AmendmentRow
from storage.engine import Database
from storage.recommendations import RecRow


class AmendmentReading:
    """The amendments to the recommendations of each server, as they are shown."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        initiatives: Initiatives,
        participants: Participants,
        silences: Silences,
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants
        self._silences = silences

    async def proposed(self, actor: Actor, nonce: str) -> AmendmentView | None:
        """What the actor has filed with this `nonce`, if anything."""
        initiative = await self._initiatives.current(actor.guild_id)
        async with self._db.read() as tx:
            person = await people.by_user(tx, actor.guild_id, actor.user_id)
            known = await amendments.by_nonce(tx, person.id, nonce[:64]) if person else None
            if known is None:
                return None
            (row,) = await recommendations.by_ids(tx, [known.recommendation_id])
            return await self._view(tx, actor.guild_id, initiative, row, known)

    async def view(self, guild_id: int, reference: str, number: int) -> AmendmentView:
        """One amendment of this server.

        Raises:
            Invalid: what was typed is no reference.
            NotFound: there is none of that number.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            return await self._again(tx, guild_id, initiative, wanted, number)

    async def all_of(self, guild_id: int, reference: str) -> tuple[AmendmentView, ...]:
        """Every amendment to a recommendation, by number.

        Raises:
            Invalid: what was typed is no reference.
            NotFound: there is no such recommendation here.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            row = await named(tx, guild_id, wanted)
            found = await amendments.of(tx, [row.id])
            return tuple(await views(tx, guild_id, initiative, row, found))

    async def _again(
        self, tx: AsyncConnection, guild_id: int, initiative: Initiative, reference: str, number: int
    ) -> AmendmentView:
        row = await named(tx, guild_id, reference)
        return await self._view(tx, guild_id, initiative, row, await numbered(tx, row, number))

    async def _view(
        self, tx: AsyncConnection, guild_id: int, initiative: Initiative, row: RecRow, found: AmendmentRow
    ) -> AmendmentView:
        (made,) = await views(tx, guild_id, initiative, row, [found])
        return made

    async def _silence_on(self, guild_id: int, reference: str) -> BallotView | None:
        """The silence procedure that runs on a recommendation."""
        async with self._db.read() as tx:
            row = await named(tx, guild_id, reference)
            present = await recommendations.open_ballots(tx, [row.id])
        return await self._silences.running_on(guild_id, present.get(row.id, ()))
