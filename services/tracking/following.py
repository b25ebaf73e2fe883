"""Following up: entering what an addressee says and does, and looking at how things stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.attribution import shown_voter
from seminar.errors import Invalid, NotFound
from seminar.follow_up import (
    FIELD_WORDS,
    SOON,
    SOURCE_WORDS,
    Content,
    Given,
    Source,
    changed_fields,
    read_field,
    updated,
)
from seminar.follow_up_overview import Overview, overviews
from seminar.follow_up_rows import Numbered, chosen, meant
from seminar.initiative import Initiative
from seminar.lifecycle import Act
from seminar.model import Actor, Role
from seminar.words import t
from services import paging
from services.clock import Clock
from services.drafting import acting
from services.initiatives import Initiatives
from services.people import persons
from services.tracking.recording import By, Change, Place, digest_of, record
from services.tracking.views import (
    FollowUpPage,
    FollowUpView,
    Group,
    History,
    HistoryEntry,
    group_named,
    groups,
    today_of,
    view,
)
from storage import follow_ups, ledger
from storage.engine import Database
from storage.follow_ups import FollowUpRow, Wanted

MOST_PAGE: Final = 10
LOOKING: Final = (Role.ORGANISER, Role.FACILITATOR, Role.PARTICIPANT, Role.OBSERVER)
"""Who may look at the follow-up: it is the public record."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering did: the row, the fields that are not as before, and what it said before (None: new)."""

    row: FollowUpView
    changed: tuple[str, ...]
    before: Content | None


@dataclass(frozen=True, slots=True)
class Standings:
    """How things stand with each entity; `soon` rows are due within two weeks and not closed."""

    entities: tuple[Overview, ...]
    soon: int

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.entities)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.entities)


class FollowUps:
    """The follow-up of each server."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def set(
        self,
        actor: Actor,
        reference: str,
        entity: str,
        typed: Mapping[str, str | bool | None],
        number: int | None = None,
    ) -> Entered:
        """Enter what an addressee says and does; what is not `typed` (by the fields' names) stays.

        Which of several actions is meant, `seminar.follow_up_rows.chosen` says. Whoever enters what is
        there already changes nothing.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such recommendation, addressee or action.
            Invalid: something typed cannot be read, or nothing was typed.
            Refused: the recommendation is not followed up as it stands, or it is unclear which action is
                meant.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        parsed, given = references.parse(reference), _given(typed)
        now = self._clock()
        today = today_of(initiative, now)
        async with self._db.write() as tx:
            rec = await acting.locked(tx, actor.guild_id, parsed)
            await acting.moved(tx, rec, Act.FOLLOW_UP)
            rows = (await follow_ups.of(tx, [rec.id])).get(rec.id, [])
            name = meant(entity, rec.addressees, [row.entity for row in rows], initiative)
            mine = [row for row in rows if row.entity == name]
            which = chosen(
                [Numbered(row.number, row.content.action) for row in mine], number, given.get("action")
            )
            row = next((one for one in mine if one.number == which), None)
            before = None if row is None else row.content
            after = updated(before or Content(), given, today)
            changed = changed_fields(before or Content(), after)
            if row is not None and not changed:
                return Entered(view(row, initiative, today), (), before)
            further = max((one.number for one in mine), default=0) + 1
            change = (
                Change(after, place=Place(rec.id, name, further))
                if row is None
                else Change(after, before, row.id, row.revision)
            )
            by = By(await persons.of_actor(tx, actor), Source.CHAT)
            ((follow_up_id, revision),) = await record(tx, actor.guild_id, [change], by, now, initiative.zone)
            body = {
                "row": follow_up_id,
                "revision": revision,
                "fields": list(changed),
                "content": await digest_of(tx, actor.guild_id, [name, after.to_json()]),
            }
            await ledger.append(tx, actor.guild_id, now, by.pseudonym, "follow_up.set", rec.reference, body)
            stored = (await follow_ups.by_ids(tx, actor.guild_id, [follow_up_id]))[follow_up_id]
        return Entered(view(stored, initiative, today), changed, before)

    async def standings(self, actor: Actor) -> Standings:
        """How things stand with everybody.

        Raises:
            NotAllowed: the actor has no part in the seminar.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(*LOOKING)
        today = today_of(initiative, self._clock())
        async with self._db.read() as tx:
            found = await follow_ups.standings(tx, actor.guild_id, today)
            soon = await follow_ups.count(tx, actor.guild_id, Wanted(due=(today, today + SOON)))
        return Standings(overviews(found, initiative), soon)

    async def page(
        self,
        actor: Actor,
        page: int = 0,
        size: int = MOST_PAGE,
        *,
        entity: str | None = None,
        reference: str | None = None,
        overdue: bool = False,
    ) -> FollowUpPage:
        """Rows of one entity, of one recommendation, overdue ones, or all, in pages.

        Raises:
            NotAllowed: the actor has no part in the seminar.
            NotFound: there is no such entity or recommendation.
            Invalid: the reference has not the form of one.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(*LOOKING)
        today = today_of(initiative, self._clock())
        async with self._db.read() as tx:
            members = None if entity is None else (await self._group(tx, actor, entity, initiative)).members
            rec = None
            if reference is not None:
                rec = await acting.named(tx, actor.guild_id, references.parse(reference))
            wanted = Wanted(members, None if rec is None else rec.id, today if overdue else None)
            read = partial(follow_ups.page, tx, actor.guild_id, wanted)
            rows, total, page = await paging.page_of(read, page, size, MOST_PAGE)
        items = tuple(view(row, initiative, today) for row in rows)
        return FollowUpPage(items, total, page, "" if rec is None else rec.reference)

    async def group(self, actor: Actor, entity: str) -> Group:
        """The entity that somebody means by a name, or by the key of an id.

        Raises:
            NotAllowed: the actor has no part in the seminar.
            NotFound: nobody is called so.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(*LOOKING)
        async with self._db.read() as tx:
            return await self._group(tx, actor, entity, initiative)

    async def suggest(self, guild_id: int) -> list[tuple[str, str]]:
        """Code or name and title of everybody that may be named: the initiative's entities, then others."""
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            known = await follow_ups.entities(tx, guild_id)
        here = groups((*(one.code for one in initiative.entities), *known), initiative)
        return [(group.entity, group.title) for group in here]

    async def history(self, actor: Actor, reference: str, entity: str, number: int | None = None) -> History:
        """A row with every state it was in.

        Raises:
            NotAllowed: the actor has no part in the seminar.
            NotFound: there is no such recommendation, addressee or action.
            Refused: there are several actions, and none was named.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(*LOOKING)
        async with self._db.read() as tx:
            rec = await acting.named(tx, actor.guild_id, references.parse(reference))
            rows = (await follow_ups.of(tx, [rec.id])).get(rec.id, [])
            name = meant(entity, rec.addressees, [row.entity for row in rows], initiative)
            mine = [row for row in rows if row.entity == name]
            which = chosen([Numbered(row.number, row.content.action) for row in mine], number, None)
            if which is None:
                raise NotFound(
                    t(
                        "Nothing of {reference} is followed up with {entity} yet.",
                        reference=rec.reference,
                        entity=name,
                    )
                )
            row = next(one for one in mine if one.number == which)
            return await self._history(tx, row, initiative)

    async def history_of(self, actor: Actor, follow_up_id: int) -> History:
        """The same of a row by its id.

        Raises:
            NotAllowed: the actor has no part in the seminar.
            NotFound: there is no such row.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(*LOOKING)
        async with self._db.read() as tx:
            row = (await follow_ups.by_ids(tx, actor.guild_id, [follow_up_id])).get(follow_up_id)
            if row is None:
                raise NotFound(t("There is no such row here."))
            return await self._history(tx, row, initiative)

    async def _history(self, tx: AsyncConnection, row: FollowUpRow, initiative: Initiative) -> History:
        found = await follow_ups.changes(tx, row.id)
        attribution = initiative.head.attribution
        before: list[Content | None] = [*(one.content for one in found[1:]), None]
        entries = (
            HistoryEntry(
                one.revision,
                one.content,
                earlier,
                one.at.astimezone(initiative.zone),
                SOURCE_WORDS[one.by.source],
                shown_voter(attribution, one.by.name, one.by.organisation),
            )
            for one, earlier in zip(found, before, strict=True)
        )
        return History(view(row, initiative, today_of(initiative, self._clock())), tuple(entries))

    async def row(self, guild_id: int, follow_up_id: int) -> FollowUpView | None:
        """A row by its id."""
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            found = (await follow_ups.by_ids(tx, guild_id, [follow_up_id])).get(follow_up_id)
        return None if found is None else view(found, initiative, today_of(initiative, self._clock()))

    async def _group(self, tx: AsyncConnection, actor: Actor, entity: str, initiative: Initiative) -> Group:
        return group_named(entity, await follow_ups.entities(tx, actor.guild_id), initiative)


def _given(typed: Mapping[str, str | bool | None]) -> Given:
    """What was typed, read."""
    given = {
        name: value if isinstance(value, bool) else read_field(name, value)
        for name, value in typed.items()
        if value is not None
    }
    if not given:
        raise Invalid(
            t(
                "Say what there is to enter: {fields}.",
                fields=tuple(FIELD_WORDS.values()),
            )
        )
    if given.get("action") == "":
        raise Invalid(t("“{name}” is empty; write something that can be read.", name=FIELD_WORDS["action"]))
    return given
