"""Presenting a text at the conference: from then on its card and its discussion are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import NotFound
from seminar.initiative import Initiative
from seminar.model import Actor, AmendmentStatus, Change, Role, Stance
from seminar.wording import Wording
from seminar.words import t
from services import news
from services.clock import Clock
from services.conference.choosing import item_of
from services.conference.decisions import Decision, decisions, last_carried
from services.drafting.acting import locked, named, record
from services.drafting.rec_views import RecView, with_background
from services.initiatives import Initiatives
from services.people import persons
from storage import amendments, conference, contributions, outbox, posts, versions
from storage.engine import Database
from storage.recommendations import RecRow

PRESENTED = "recommendation.presented"


@dataclass(frozen=True, slots=True)
class Step:
    """A version of the text, in short; `at` is in the initiative's zone."""

    number: int
    change: Change
    at: datetime


@dataclass(frozen=True, slots=True)
class Presentation:
    """What a conference is told of a text that is put before it.

    `origin` and `conference` are titles; `decided` is how the seminar decided, if it did, and `before` the
    text that it decided on, `after` the text as it stands. `reservations` were raised since.
    """

    rec: RecView
    origin: str
    conference: str
    rank: int | None
    decided: Decision | None
    before: Wording
    after: Wording
    before_version: int
    steps: tuple[Step, ...]
    reservations: int
    group_titles: dict[str, str]


class Presenting:
    """Puts texts before each server's conferences."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def present(self, actor: Actor, reference: str) -> RecView:
        """Have a text posted where the conference is held; what is there already is drawn again.

        Raises:
            Invalid: what was typed is no reference.
            NotAllowed: the actor is no organiser.
            NotFound: there is no such recommendation here.
            Refused: it was not forwarded, or its conference is closed.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            item = await item_of(tx, actor.guild_id, initiative, row)
            now = self._clock()
            if item.presented_at is None:
                moving = await _move(tx, actor.guild_id, row)
                await conference.change(tx, row.id, {"presented_at": now})
                body = {"event": item.event, "version": row.version}
                await record(tx, self._clock, actor.guild_id, person.pseudonym, PRESENTED, row, body)
                for kind, subject in moving:
                    await outbox.put(tx, actor.guild_id, f"{kind}.refresh", subject, now)
                told = {"title": row.title, "conference": initiative.event(item.event).title}
                await news.tell_privately(
                    tx,
                    actor.guild_id,
                    row.reference,
                    now,
                    "presented",
                    told,
                    to={row.author_id} - {person.id},
                )
            else:
                await outbox.put_once(tx, actor.guild_id, "card.refresh", row.reference, now)
            await outbox.put_once(tx, actor.guild_id, "conference.presented", row.reference, now)
            return await with_background(tx, actor.guild_id, initiative, row)

    async def presentation(self, guild_id: int, reference: str) -> Presentation:
        """What stands in the discussion of a text that was presented.

        Raises:
            NotFound: there is no such recommendation here, or it was not forwarded.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            row = await named(tx, guild_id, wanted)
            return await _presentation(tx, guild_id, initiative, row)


async def _move(tx: AsyncConnection, guild_id: int, row: RecRow) -> list[tuple[str, str]]:
    """Leave the card where it is, and have made anew what stands in its discussion and is still at work.

    Returns kind and subject of these.
    """
    found = [("arguments", row.reference)]
    for one in await amendments.of(tx, [row.id], AmendmentStatus.OPEN):
        found.append(("amendment", references.of_amendment(row.reference, one.number)))
    for kind, subject in (("card", row.reference), *found):
        await posts.put_aside(tx, guild_id, kind, subject)
    return found


async def _presentation(
    tx: AsyncConnection, guild_id: int, initiative: Initiative, row: RecRow
) -> Presentation:
    item = await conference.item(tx, row.id)
    if item is None:
        raise NotFound(t("{reference} was not forwarded to a conference.", reference=row.reference))
    decided = last_carried((await decisions(tx, initiative, [row.id])).get(row.id, ()), item.origin)
    texts = {one.number: one for one in await versions.of(tx, [row.id])}
    before = item.version if decided is None else decided.version
    return Presentation(
        rec=await with_background(tx, guild_id, initiative, row),
        origin=initiative.event(item.origin).title,
        conference=initiative.event(item.event).title,
        rank=item.rank,
        decided=decided,
        before=texts[before].wording,
        after=row.wording,
        before_version=before,
        steps=tuple(
            Step(one.number, one.change, one.created_at.astimezone(initiative.zone)) for one in texts.values()
        ),
        reservations=(await contributions.counts(tx, [row.id])).get(row.id, {}).get(Stance.RESERVATION, 0),
        group_titles={one.code: one.title for one in initiative.constituencies},
    )
