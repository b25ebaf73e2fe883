"""The follow-up for exports: a report of all of it or of one addressee, and the workbooks that go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.models.follow_up import FollowUpLine, FollowUpReport
from seminar.attribution import shown_voter
from seminar.errors import NotFound
from seminar.follow_up import closed, overdue
from seminar.follow_up_list import mark_of
from seminar.follow_up_overview import Standing, called, overviews
from seminar.initiative import Initiative
from seminar.model import Actor, Role
from seminar.words import t
from services.clock import Clock
from services.initiatives import Initiatives
from services.record import covering
from services.tracking.views import Group, group_named, groups, key_of, today_of
from storage import follow_ups, ledger
from storage.engine import Database
from storage.follow_ups import FollowUpRow, Setter, Wanted

NOTHING = t("Nothing is followed up yet, so there is nothing to export.")


class FollowUpRecord:
    """Builds reports of the follow-up; nothing of them is stored."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def extent(self, guild_id: int, entity: str | None = None) -> int | None:
        """How many rows a report has; None where there are none.

        Raises:
            NotFound: no initiative is loaded, or nobody is called so.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            group = await _group(tx, guild_id, entity, initiative)
            wanted = Wanted(None if group is None else group.members)
            return await follow_ups.count(tx, guild_id, wanted) or None

    async def report(
        self, guild_id: int, entity: str | None = None, *, draft: bool | None = None
    ) -> FollowUpReport:
        """The follow-up with everybody, or with whoever is called so.

        Raises:
            NotFound: no initiative is loaded, or nobody is called so.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            group = await _group(tx, guild_id, entity, initiative)
            return await self._read(tx, guild_id, initiative, group, draft)

    async def hand_out(self, actor: Actor, entity: str | None = None) -> tuple[FollowUpReport, ...]:
        """As `handed_out`, for somebody in chat.

        Raises:
            NotAllowed: the actor is no organiser.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        return await self.handed_out(actor.guild_id, entity)

    async def handed_out(self, guild_id: int, entity: str | None = None) -> tuple[FollowUpReport, ...]:
        """What goes out to whoever is called so, or to each addressee that has rows, a report each.

        Raises:
            NotFound: no initiative is loaded, nobody is called so, or nothing is followed up with them.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            known = await follow_ups.entities(tx, guild_id)
            if entity is None:
                made = await self._read(tx, guild_id, initiative, None, None)
                found = tuple(_of(made, group) for group in groups(known, initiative))
            else:
                group = group_named(entity, known, initiative)
                found = (await self._read(tx, guild_id, initiative, group, None),)
        found = tuple(one for one in found if one.lines)
        if not found:
            raise NotFound(NOTHING)
        return found

    async def _read(
        self,
        tx: AsyncConnection,
        guild_id: int,
        initiative: Initiative,
        group: Group | None,
        draft: bool | None,
    ) -> FollowUpReport:
        now = self._clock()
        today = today_of(initiative, now)
        head = await ledger.head(tx, guild_id)
        rows = await follow_ups.every(tx, guild_id, Wanted(None if group is None else group.members))
        setters = await follow_ups.setters(tx, guild_id)
        standing = (
            Standing(
                row.entity,
                row.content.acceptance,
                row.content.implementation,
                row.content.verified,
                overdue(row.content.due_on, row.content.implementation, today),
                1,
            )
            for row in rows
        )
        # Under the spelling of the overview: a free name may be written in several ways.
        spelled = {
            member: one.entity
            for one in groups((row.entity for row in rows), initiative)
            for member in one.members
        }

        def line(row: FollowUpRow, setter: Setter | None) -> FollowUpLine:
            answering = spelled[row.entity]
            return FollowUpLine(
                reference=row.reference,
                final=None if row.final is None else f"R{row.final}",
                title=row.title,
                theme=row.theme,
                event=row.event,
                state=row.state,
                entity=row.entity,
                answering=answering,
                called=called(row.entity, initiative),
                number=row.number,
                content=row.content,
                overdue=overdue(row.content.due_on, row.content.implementation, today),
                closed=closed(row.content.implementation),
                set_by=None
                if setter is None
                else shown_voter(initiative.head.attribution, setter.name, setter.organisation),
                updated_at=row.updated_at,
                id=row.id,
                mark=str(mark_of(guild_id, row.id, row.revision, key_of(answering), row.entity)),
            )

        return FollowUpReport(
            initiative=initiative.head.title,
            generated_at=now,
            time_zone=initiative.head.time_zone,
            ledger_head=head.hash if head.seq else None,
            as_of=today,
            entity=None if group is None else group.entity,
            overview=overviews(standing, initiative),
            lines=tuple(line(row, setters.get(row.id)) for row in rows),
            covering=await covering.read(tx, guild_id, initiative, (), draft),
        )


async def _group(
    tx: AsyncConnection, guild_id: int, entity: str | None, initiative: Initiative
) -> Group | None:
    if entity is None:
        return None
    return group_named(entity, await follow_ups.entities(tx, guild_id), initiative)


def _of(report: FollowUpReport, group: Group) -> FollowUpReport:
    """What a report says of one addressee."""
    lines: Iterable[FollowUpLine] = (line for line in report.lines if line.answering == group.entity)
    return replace(
        report,
        entity=group.entity,
        lines=tuple(lines),
        overview=tuple(one for one in report.overview if one.entity == group.entity),
    )
