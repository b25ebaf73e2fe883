"""The roll: everybody registered, as organisers read it."""

from __future__ import annotations

from dataclasses import dataclass

from seminar.initiative import Initiative
from seminar.model import Actor, Role, Status
from services.initiatives import Initiatives
from storage import people
from storage.engine import Database
from storage.people import UNDECLARED, PersonRow, Registered

__all__ = ["UNDECLARED", "Listed", "Roll", "RollPage"]


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody registered; `user_id` is None for who has no account, `name` empty for who never acted."""

    name: str
    user_id: int | None
    status: Status
    constituency: str | None
    organisation: str | None


@dataclass(frozen=True, slots=True)
class RollPage:
    """A page of the roll, counted from 0; the numbers are those of all pages."""

    people: tuple[Listed, ...]
    total: int
    without_account: int
    page: int
    last: int


class Roll:
    """Reads who is registered; changes nothing."""

    def __init__(self, db: Database, initiatives: Initiatives) -> None:
        self._db = db
        self._initiatives = initiatives

    async def page(
        self,
        actor: Actor,
        page: int = 0,
        size: int = 15,
        status: Status | None = None,
        constituency: str | None = None,
    ) -> RollPage:
        """A page of those registered, by name; past the end it is the last one.

        `constituency` is a code, or `UNDECLARED`.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such constituency.
        """
        wanted = self._wanted(await self._admitted(actor), status, constituency)
        async with self._db.read() as tx:
            total, without = await people.count(tx, actor.guild_id, wanted)
            last = max(0, (total - 1) // size)
            page = max(0, min(page, last))
            rows = await people.page(tx, actor.guild_id, wanted, size, page * size)
        return RollPage(tuple(map(_listed, rows)), total, without, page, last)

    async def everybody(
        self, actor: Actor, status: Status | None = None, constituency: str | None = None
    ) -> tuple[Listed, ...]:
        """The whole roll. Raises what `page` raises."""
        wanted = self._wanted(await self._admitted(actor), status, constituency)
        async with self._db.read() as tx:
            return tuple(map(_listed, await people.page(tx, actor.guild_id, wanted)))

    async def _admitted(self, actor: Actor) -> Initiative:
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        return initiative

    @staticmethod
    def _wanted(initiative: Initiative, status: Status | None, constituency: str | None) -> Registered:
        if constituency:
            constituency = initiative.constituency(constituency.strip().upper()).code
        return Registered(status, constituency)


def _listed(row: PersonRow) -> Listed:
    assert row.status is not None  # noqa: S101 - for the type checker; only the registered are listed
    return Listed(row.name, row.user_id, row.status, row.constituency, row.organisation)
