"""Keeping what somebody typed until it has become something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from seminar.errors import NotFound
from seminar.model import Actor, Role
from seminar.words import t
from services.clock import Clock
from storage import drafts
from storage.engine import Database

KEPT_FOR = timedelta(days=7)
_LONGEST_ID = 22  # characters that the store has for one


class Drafts:
    """Submitted forms, each readable by its author alone."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def keep(self, actor: Actor, draft_id: str, fields: Mapping[str, str], *of: Role) -> None:
        """Keep `fields`; drafts older than a week go on the same occasion.

        `of` are the roles that may send in such a form: of others nothing is kept, since no other wording
        would be let through.

        Raises:
            NotAllowed: the actor holds none of these roles.
            NotFound: the draft of that id belongs to somebody else, or it is no id of a draft.
        """
        actor.require(*of)
        if len(draft_id) > _LONGEST_ID:
            raise _not_waiting()
        now = self._clock()
        async with self._db.write() as tx:
            await drafts.drop_older(tx, now - KEPT_FOR)
            if not await drafts.keep(tx, draft_id, actor.guild_id, actor.user_id, fields, now):
                raise _not_waiting()

    async def fetch(self, actor: Actor, draft_id: str) -> dict[str, str]:
        """The kept fields.

        Raises:
            NotFound: it was used already, is a week old, or belongs to somebody else.
        """
        async with self._db.read() as tx:
            fields = await drafts.fetch(tx, draft_id, actor.guild_id, actor.user_id)
        if fields is None:
            raise _not_waiting()
        return fields

    async def waiting(self, actor: Actor, draft_id: str) -> dict[str, str]:
        """The kept fields; none where there are none, or they belong to somebody else."""
        async with self._db.read() as tx:
            return await drafts.fetch(tx, draft_id, actor.guild_id, actor.user_id) or {}

    async def drop(self, actor: Actor, draft_id: str) -> None:
        """Keep the actor's draft no longer."""
        async with self._db.write() as tx:
            await drafts.drop(tx, draft_id, actor.guild_id, actor.user_id)


def _not_waiting() -> NotFound:
    return NotFound(t("This draft is no longer waiting. Please start again."))
