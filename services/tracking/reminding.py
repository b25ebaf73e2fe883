"""Reminding of what is due: privately whoever entered it last, two weeks before and on the day itself."""

from __future__ import annotations

from collections.abc import Mapping

from seminar.errors import NotFound
from seminar.follow_up import closed, following_reminder
from services.clock import Clock
from services.deadlines import Handler
from services.initiatives import Initiatives
from services.tracking.recording import REMINDER, SYSTEM
from storage import deadlines, follow_ups, ledger, outbox
from storage.deadlines import DeadlineRow
from storage.engine import Database


class FollowUpReminding:
    """The deadline `follow_up.reminder`."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    def deadline_handlers(self) -> Mapping[str, Handler]:
        """For `services.deadlines`."""
        return {REMINDER: self.due}

    async def due(self, deadline: DeadlineRow) -> None:
        """Have whoever set the row last reminded, if that is somebody in chat; and set the next reminder."""
        guild_id, now = deadline.guild_id, self._clock()
        try:
            initiative = await self._initiatives.current(guild_id)
        except NotFound:
            initiative = None
        async with self._db.write() as tx:
            await ledger.hold(tx, guild_id)
            row = (await follow_ups.by_ids(tx, guild_id, [deadline.subject])).get(deadline.subject)
            due_on = None if row is None else row.content.due_on
            if initiative is None or row is None or due_on is None or closed(row.content.implementation):
                await deadlines.done(tx, (REMINDER,), deadline.subject, now)
                return
            latest = (await follow_ups.changes(tx, row.id))[0].by
            if latest.user_id is not None:
                payload = {"user_id": latest.user_id}
                await outbox.put(tx, guild_id, REMINDER, row.id, now, payload)
            body = {
                "row": row.id,
                "due_on": due_on.isoformat(),
                "told": 1 if latest.user_id is not None else 0,
            }
            await ledger.append(tx, guild_id, now, SYSTEM, "follow_up.reminded", row.reference, body)
            following = following_reminder(due_on, initiative.zone, now)
            if following is None:
                await deadlines.done(tx, (REMINDER,), deadline.subject, now)
            else:
                await deadlines.put(tx, guild_id, REMINDER, deadline.subject, following)
