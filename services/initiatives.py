"""The initiative a server holds: loaded from its file, kept, and asked for at every act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from seminar.initiative import Initiative
from seminar.model import Actor, Role
from seminar.words import Text
from services.clock import Clock
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Held:
    """What a person's Discord roles mean in the initiative."""

    roles: frozenset[Role] = frozenset()
    constituencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadPreview:
    """What loading a file does: `changes` against the initiative held now; `first` when there is none."""

    initiative: Initiative
    changes: tuple[Text, ...]
    first: bool


class Initiatives:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def current(self, guild_id: int) -> Initiative:
        """The initiative of a server (cached). Raises NotFound when none is loaded."""
        raise NotImplementedError

    async def roles_of(self, guild_id: int, discord_roles: Iterable[tuple[int, str]]) -> Held:
        """What Discord roles, as (id, name), mean here; nothing when no initiative is loaded."""
        raise NotImplementedError

    async def preview(self, actor: Actor, data: bytes) -> LoadPreview:
        """What `load` would do with this file, without doing it."""
        raise NotImplementedError

    async def load(self, actor: Actor, data: bytes) -> LoadPreview:
        """Take the file as the server's initiative."""
        raise NotImplementedError
