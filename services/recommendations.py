"""Proposing, seconding, withdrawing and finding recommendations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seminar.initiative import Theme
from seminar.methods.support import SupportFigures
from seminar.model import Actor, State
from seminar.words import Text
from services.clock import Clock
from services.initiatives import Initiatives
from services.participants import Participants
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new recommendation would go: `event` is "" while the choice of theme decides it."""

    event: str
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person filled in. An `event` of "" is found from theme and channel."""

    theme: str
    event: str
    title: str
    text: str
    rationale: str = ""
    addressees: str = ""
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class RecView:
    """A recommendation as shown: current version, open ballot (its id) and latest closed result."""

    id: int
    reference: str
    event: str
    theme: str
    state: State
    title: str
    text: str
    rationale: str
    addressees: tuple[str, ...]
    author_id: str
    author_shown: str | Text
    seconds: int
    version: int
    created_at: datetime
    ballot: int | None
    last_result: SupportFigures | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `total` counts all pages' items."""

    items: tuple[RecView, ...]
    total: int


class Recommendations:
    def __init__(
        self, db: Database, clock: Clock, initiatives: Initiatives, participants: Participants
    ) -> None:
        raise NotImplementedError

    async def place(self, actor: Actor, theme: str | None = None, channel_id: int | None = None) -> Place:
        """The open event and themes a proposal made here could go to.

        `channel_id` is the channel the person is in (a thread's parent).
        """
        raise NotImplementedError

    async def similar(self, guild_id: int, theme: str, title: str, text: str) -> list[RecView]:
        """At most three recommendations of the theme that read much alike, the likest first."""
        raise NotImplementedError

    async def propose(self, actor: Actor, draft: Draft, nonce: str) -> RecView:
        """Store a proposal; the same nonce twice stores it once and answers the same."""
        raise NotImplementedError

    async def second(self, actor: Actor, reference: str) -> RecView:
        raise NotImplementedError

    async def withdraw(self, actor: Actor, reference: str) -> RecView:
        raise NotImplementedError

    async def get(self, guild_id: int, reference: str) -> RecView:
        raise NotImplementedError

    async def browse(
        self,
        guild_id: int,
        theme: str | None = None,
        state: State | None = None,
        text: str | None = None,
        page: int = 0,
        size: int = 5,
    ) -> Page:
        raise NotImplementedError

    async def own(self, actor: Actor, page: int = 0, size: int = 5) -> Page:
        """The actor's own recommendations, newest first."""
        raise NotImplementedError

    async def suggest(self, guild_id: int, typed: str) -> list[tuple[str, str]]:
        """References with titles that begin with or contain what was typed; at most 25."""
        raise NotImplementedError
