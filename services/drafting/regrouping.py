"""Merging several recommendations into one, splitting one into several, and undoing either for a while.

Nothing is deleted or moved over: what was merged or split keeps its text, seconds, amendments and
arguments under its own reference, which leads to where it lives on. Seconds count for a successor as
support of a predecessor, and never as votes. Merging into a recommendation does not change where it
stands: one that was returned stays returned, also with another text, until it is admitted or its
author submits it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import Refused
from seminar.lifecycle import Act
from seminar.model import Actor, Change, Kinship, Role
from seminar.wording import Wording
from services import news
from services.clock import Clock
from services.drafting import undoing
from services.drafting.acting import (
    draw_asked_again,
    draw_predecessors_again,
    locked,
    moved,
    named,
    record,
    require_open_event,
)
from services.drafting.rec_views import RecView, views
from services.drafting.regrouping_requests import (
    MergeRequest,
    SplitRequest,
    checked_parts,
    merged_references,
    require_as_on_screen,
)
from services.drafting.revising import Revision, revise
from services.drafting.tabling import put_on_table
from services.drafting.undoing import Regrouped, regrouped
from services.initiatives import Initiatives
from services.people import persons
from services.reasons import reason_of
from storage import ledger, lineage, outbox, people, recommendations
from storage.engine import Database
from storage.people import PersonRow
from storage.recommendations import RecRow


class Regrouping:
    """Merges and splits the recommendations of each server."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def merging(
        self, actor: Actor, typed: str | Sequence[str], into: str
    ) -> tuple[RecView, tuple[RecView, ...]]:
        """What would be merged, as it stands: the one that stays, and those that go into it.

        `typed` are references, or a list of them as a person writes it.

        Raises:
            Invalid: what was typed are no references, the same one twice, or the one they go into.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation here.
            Refused: one of them cannot be merged now, or the event of the one that stays is not open.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        others, survivor = merged_references(typed, into)
        async with self._db.read() as tx:
            kept = await named(tx, actor.guild_id, survivor)
            rows = [await named(tx, actor.guild_id, one) for one in others]
            await moved(tx, kept, Act.TAKE_IN, among=True)
            await require_open_event(tx, actor.guild_id, kept)
            for row in rows:
                await moved(tx, row, Act.MERGE, among=True)
            first, *rest = await views(tx, actor.guild_id, initiative, [kept, *rows])
        return first, tuple(rest)

    async def merge(self, actor: Actor, request: MergeRequest, nonce: str | None = None) -> Regrouped:
        """Merge, and give the one that stays the wording of the request; the same `nonce` does so once.

        Raises:
            Invalid: a field is empty, too short or too long, or the references are none that fit.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation here.
            Refused: one of them cannot be merged now, its text has changed since it was on the screen, or the
                event of the one that stays is not open.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        others, into = merged_references(request.references, request.into)
        wording = Wording.checked(
            request.title, request.text, request.rationale, request.addressees, initiative.known_addressees
        )
        why = reason_of(request.reason)
        now = self._clock()
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            survivor = await locked(tx, actor.guild_id, into)
            if (done := await self._done(tx, person, nonce)) is not None:
                return done
            rows = [await named(tx, actor.guild_id, one) for one in others]
            state = await moved(tx, survivor, Act.TAKE_IN, among=True)
            await require_open_event(tx, actor.guild_id, survivor)
            ended = [await moved(tx, row, Act.MERGE, among=True) for row in rows]
            for row in (survivor, *rows):
                require_as_on_screen(row, request.versions.get(row.reference, row.version))
            version = survivor.version
            if wording != survivor.wording:
                revision = Revision(wording, Change.SUBSTANTIVE, person.id, why)
                revised = await revise(tx, actor.guild_id, survivor, revision, person, now, state=state)
                version = revised.version
            made = await lineage.add_regrouping(
                tx,
                actor.guild_id,
                "merge",
                survivor.id,
                version=version,
                version_before=survivor.version,
                person_id=person.id,
                reason=why,
                nonce=nonce,
                at=now,
            )
            for row, end in zip(rows, ended, strict=True):
                await recommendations.set_state(tx, row.id, end)
                await lineage.add(
                    tx,
                    actor.guild_id,
                    row.id,
                    survivor.id,
                    Kinship.MERGED,
                    now,
                    regrouping_id=made,
                    state_before=row.state,
                )
                await outbox.put(tx, actor.guild_id, "card.refresh", row.reference, now)
            body = {"from": [row.reference for row in rows], "version": version}
            await self._enter(tx, person, survivor, "recommendation.merged", body, why)
            await draw_asked_again(tx, self._clock, actor.guild_id, rows)
            await draw_predecessors_again(tx, self._clock, actor.guild_id, rows)
            await self._tell_of_merge(tx, person, replace(survivor, version=version), rows, why, made, now)
            return await regrouped(tx, actor.guild_id, made)

    async def done(self, actor: Actor, nonce: str) -> Regrouped | None:
        """What the actor has merged or split by the form of this `nonce`, if anything.

        Raises:
            Refused: it was undone since.
        """
        async with self._db.read() as tx:
            person = await people.by_user(tx, actor.guild_id, actor.user_id)
            return None if person is None else await self._done(tx, person, nonce)

    async def splitting(self, actor: Actor, reference: str) -> RecView:
        """What would be split, as it stands.

        Raises:
            Invalid: what was typed is no reference.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation here.
            Refused: it cannot be split now, or its event is not open.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            row = await named(tx, actor.guild_id, wanted)
            await moved(tx, row, Act.SPLIT)
            await require_open_event(tx, actor.guild_id, row)
            return (await views(tx, actor.guild_id, initiative, [row]))[0]

    async def split(self, actor: Actor, request: SplitRequest, nonce: str | None = None) -> Regrouped:
        """Split into new recommendations by the same author, which stand where it stood; the same
        `nonce` does so once.

        Raises:
            Invalid: a field is empty, too short or too long, or the parts are too few, too many or the same.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation here.
            Refused: it cannot be split now, its text has changed since it was on the screen, or its event is
                not open.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        wanted = references.parse(request.reference)
        wordings = checked_parts(request.parts)
        why = reason_of(request.reason)
        now = self._clock()
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            if (done := await self._done(tx, person, nonce)) is not None:
                return done
            ended = await moved(tx, row, Act.SPLIT)
            await require_open_event(tx, actor.guild_id, row)
            require_as_on_screen(row, request.version)
            made = await lineage.add_regrouping(
                tx,
                actor.guild_id,
                "split",
                row.id,
                version=row.version,
                version_before=row.version,
                person_id=person.id,
                reason=why,
                nonce=nonce,
                at=now,
            )
            await recommendations.set_state(tx, row.id, ended)
            parts = []
            for wording in wordings:
                part = await put_on_table(
                    tx,
                    actor.guild_id,
                    event=row.event,
                    theme=row.theme,
                    author_id=row.author_id,
                    pseudonym=person.pseudonym,
                    wording=replace(wording, rationale=row.rationale, addressees=row.addressees),
                    state=row.state,
                    at=now,
                    act="recommendation.split_off",
                )
                parts.append(part.reference)
                await lineage.add(
                    tx,
                    actor.guild_id,
                    row.id,
                    part.id,
                    Kinship.SPLIT,
                    now,
                    regrouping_id=made,
                    state_before=row.state,
                )
            await self._enter(tx, person, row, "recommendation.split", {"into": parts}, why)
            await draw_asked_again(tx, self._clock, actor.guild_id, [row])
            await draw_predecessors_again(tx, self._clock, actor.guild_id, [row])
            told = {"title": row.title, "parts": parts, "reason": why, "undo": made}
            to = undoing.but(person, row.author_id)
            await news.tell(tx, actor.guild_id, row.reference, now, "split", told, to=to)
            return await regrouped(tx, actor.guild_id, made)

    async def undo(self, actor: Actor, which: int | str) -> Regrouped:
        """Undo a merge or a split within an hour: by its id, or the last one that a reference took part in.

        Raises:
            Invalid: what was typed is no reference.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation, merge or split here.
            Refused: it was undone already, an hour has passed, or something has been built on it.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        wanted = references.parse(which) if isinstance(which, str) else which
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            await ledger.hold(tx, actor.guild_id)
            return await undoing.undo(tx, self._clock, actor.guild_id, person, wanted)

    async def successors(self, guild_id: int, reference: str) -> tuple[str, ...]:
        """Where a reference leads now: to itself while it was neither merged nor split.

        Raises:
            Invalid: what was typed is no reference.
            NotFound: there is no such recommendation here.
        """
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            return await lineage.ends(tx, (await named(tx, guild_id, wanted)).id)

    async def _done(self, tx: AsyncConnection, person: PersonRow, nonce: str | None) -> Regrouped | None:
        """What the same submission did when it arrived before."""
        known = None if nonce is None else await lineage.by_nonce(tx, person.id, nonce)
        if known is None:
            return None
        if known.undone_at is not None:
            raise Refused(undoing.UNDONE)
        return await regrouped(tx, person.guild_id, known.id)

    async def _enter(
        self,
        tx: AsyncConnection,
        person: PersonRow,
        row: RecRow,
        act: str,
        body: Mapping[str, object],
        reason: str,
    ) -> None:
        if reason:
            body = {**body, "reason": await ledger.remember(tx, person.guild_id, reason)}
        await record(tx, self._clock, person.guild_id, person.pseudonym, act, row, body)

    async def _tell_of_merge(
        self,
        tx: AsyncConnection,
        person: PersonRow,
        survivor: RecRow,
        rows: Sequence[RecRow],
        reason: str,
        made: int,
        at: datetime,
    ) -> None:
        """Tell each discussion and each author; `survivor` is in the version that the merge left."""
        told: dict[str, object] = {
            "title": survivor.title,
            "others": [row.reference for row in rows],
            "version": survivor.version,
            "reason": reason,
            "undo": made,
        }
        to = undoing.but(person, survivor.author_id)
        await news.tell(tx, person.guild_id, survivor.reference, at, "merged_into", told, to=to)
        for row in rows:
            told = {"title": row.title, "into": survivor.reference, "reason": reason}
            to = undoing.but(person, row.author_id)
            await news.tell(tx, person.guild_id, row.reference, at, "merged", told, to=to)
