"""Who takes part, for whom they speak, and how they come to be registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seminar.errors import Refused
from seminar.model import Actor, Status
from services.clock import Clock
from services.initiatives import Held, Initiatives
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Person:
    """A person known here; `status` is None until they are registered."""

    id: str
    guild_id: int
    user_id: int | None
    name: str
    pseudonym: str
    notice_seen: bool
    status: Status | None
    constituency: str | None
    organisation: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """How many are registered; `by_constituency` counts participants, code → number (None: undeclared)."""

    participants: int
    observers: int
    by_constituency: Mapping[str | None, int]


class NeedsNotice(Refused):
    """The privacy notice must be shown and acknowledged first; `notice` is its text."""

    notice: str


class NeedsConstituency(Refused):
    """The person must first say for whom they speak; `options` are the codes to choose from."""

    options: tuple[str, ...]


class Participants:
    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        raise NotImplementedError

    async def person(self, actor: Actor) -> Person:
        """The actor's row, made when needed; registers nobody."""
        raise NotImplementedError

    async def enter(self, actor: Actor, *, to_vote: bool = False) -> Person:
        """Let the actor act here, registering them at their first act.

        Raises NeedsNotice, NeedsConstituency, NotAllowed.
        """
        raise NotImplementedError

    async def acknowledge_notice(self, actor: Actor) -> Person:
        raise NotImplementedError

    async def declare(self, actor: Actor, code: str) -> Person:
        """Say for whom one speaks: once."""
        raise NotImplementedError

    async def set(
        self,
        actor: Actor,
        user_id: int,
        name: str,
        held: Held,
        status: Status | None = None,
        constituency: str | None = None,
        organisation: str | None = None,
    ) -> Person:
        """Register somebody, or change their registration (organiser); None leaves a thing as it is."""
        raise NotImplementedError

    async def overview(self, guild_id: int) -> Overview:
        raise NotImplementedError
