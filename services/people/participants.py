"""Who takes part, for whom they speak, and how they come to be registered.

A participant holds a participant role and is registered; facilitators and
organisers as such are neither. Everybody registered is kept in memory from the
server's first act on (`services.people.known_people`). What takes a vote away at once, the
roles held now, is never remembered; and the vote writer asks the store again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import Invalid, NotAllowed, Refused
from seminar.initiative import Initiative
from seminar.model import Actor, Role, Status
from seminar.texts import bounded, clean_line, fold
from seminar.words import t
from services.clock import Clock
from services.initiatives import Initiatives
from services.people import persons, registering
from services.people.known_people import KnownPeople
from services.people.registering import NeedsNotice, Person
from storage import delegations, ledger, people, register_codes
from storage.engine import Database
from storage.people import PersonRow

Held: TypeAlias = tuple[frozenset[Role], tuple[str, ...]]
"""What somebody's Discord roles mean in the initiative: roles, and codes of constituencies."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How many are registered; `by_constituency` counts participants by code (None: undeclared)."""

    participants: int
    observers: int
    by_constituency: Mapping[str | None, int]


class Participants:
    """The people of each server; `known` is what is remembered of them."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self.known = KnownPeople(db)

    async def person(self, actor: Actor) -> Person:
        """The actor's row, made when needed; this registers nobody."""
        found = await self.known.find(actor)
        if found is not None:
            return found
        async with self._db.write() as tx:
            row = await persons.of_actor(tx, actor)
        return self.known.keep(row, actor.name)

    async def enter(self, actor: Actor, *, to_vote: bool = False) -> Person:
        """Let the actor act here, registering them at their first act.

        Raises:
            NotAllowed: the actor holds neither role, or may not vote.
            NeedsNotice: the privacy notice comes first.
            NeedsConstituency: the actor must choose for whom they speak.
        """
        person = self.at_once(actor) if to_vote else None
        if person is not None:
            return person
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.PARTICIPANT, Role.OBSERVER)
        person = await self.known.find(actor)
        if initiative.privacy.notice and not (person and person.notice_seen):
            raise NeedsNotice(initiative.privacy.notice)
        status = registering.status_now(actor, person)
        constituency = registering.standing(initiative, person.constituency if person else None)
        if constituency is None and initiative.constituencies:
            constituency = registering.constituency_now(actor, initiative, person, status, to_vote)
        if person is None or (person.status, person.constituency) != (status, constituency):
            person = await self._register(actor, initiative, status, constituency)
        if to_vote and status is Status.OBSERVER:
            raise NotAllowed(
                t(
                    "You are registered as an observer; observers may discuss but not vote. "
                    "An organiser can change how you are registered."
                )
            )
        return person

    def at_once(self, actor: Actor) -> Person | None:
        """The actor as a voter, where memory alone says that `enter` lets them in and has nothing to do.

        None says nothing: ask `enter`. What memory holds can be behind the store in one way that
        matters, that a right was taken away meanwhile. It does no harm: the roles are those that came
        with the act itself, and the vote writer asks the store for status, constituency and
        delegation again, in the transaction that stores the vote.
        """
        initiative = self._initiatives.at_once(actor.guild_id)
        person = self.known.at_once(actor)
        if initiative is None or person is None or Role.PARTICIPANT not in actor.roles:
            return None
        if Role.OBSERVER in actor.roles or person.status is not Status.PARTICIPANT:
            return None
        if initiative.privacy.notice and not person.notice_seen:
            return None
        if initiative.constituencies and registering.standing(initiative, person.constituency) is None:
            return None
        return person

    async def acknowledge_notice(self, actor: Actor) -> Person:
        """Record that the actor has read the privacy notice, where there is one and they had not yet.

        Raises:
            NotAllowed: the actor holds neither a participant nor an observer role.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.PARTICIPANT, Role.OBSERVER)
        person = await self.person(actor)
        if person.notice_seen or not initiative.privacy.notice:
            return person
        now = self._clock()
        async with self._db.write() as tx:
            row = await persons.of_actor(tx, actor)
            await people.saw_notice(tx, row.id, now)
            await ledger.append(
                tx, actor.guild_id, now, row.pseudonym, "notice.acknowledged", row.pseudonym, {}
            )
        return self.known.keep(replace(row, notice_seen_at=now), actor.name)

    async def declare(self, actor: Actor, code: str) -> Person:
        """Say for whom one speaks: once, among those whose roles one holds, or freely if the rules allow.

        Raises:
            NotAllowed: the actor is no participant, or may not choose that one.
            NotFound: there is no such constituency.
            NeedsNotice: the privacy notice comes first.
            Refused: the actor chose before.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.PARTICIPANT, Role.OBSERVER)
        chosen = initiative.constituency(code.strip().upper()).code
        person = await self.known.find(actor)
        if initiative.privacy.notice and not (person and person.notice_seen):
            raise NeedsNotice(initiative.privacy.notice)
        standing = registering.standing(initiative, person.constituency if person else None)
        if standing is not None:
            raise registering.chosen_before(standing)
        options = registering.options_of(actor, initiative)
        if chosen not in options:
            if options:
                raise NotAllowed(t("You can choose among {options}.", options=options))
            raise registering.ask_an_organiser()
        status = registering.status_now(actor, person)
        return await self._register(actor, initiative, status, chosen, only_first=True)

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
        """Register somebody, or change their registration (organisers); None leaves a thing as it is.

        `held` is what the person's own Discord roles mean. Without `status` a new
        registration follows them, the observer role before the participant role; an empty
        `organisation` takes it away.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such constituency.
            Invalid: the person holds no role that goes with the status, or the organisation is too long.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        roles, codes = held
        constituency, organisation = _entered(initiative, constituency, organisation)
        async with self._db.write() as tx:
            row = await persons.of_user(tx, actor.guild_id, user_id, name)
            wanted = status or row.status or registering.status_of(roles)
            if wanted is None or not roles.intersection((Role.PARTICIPANT, Role.OBSERVER)):
                raise Invalid(
                    t(
                        "{name} holds neither a participant nor an observer role; give them one first.",
                        name=name,
                    )
                )
            if wanted is Status.PARTICIPANT and registering.status_of(roles) is Status.OBSERVER:
                raise Invalid(t("{name} holds an observer role, and observers have no vote.", name=name))
            by_role = codes[0] if len(codes) == 1 else None
            changed = replace(
                await _of_organisation(tx, row, organisation),
                name=name,
                status=wanted,
                constituency=constituency or registering.standing(initiative, row.constituency) or by_role,
            )
            organiser = await persons.of_actor(tx, actor)
            await persons.register(tx, changed, organiser.pseudonym, "participant.set", self._clock())
        return self.known.keep(changed, name)

    async def set_unaccounted(
        self,
        actor: Actor,
        name: str,
        status: Status | None = None,
        constituency: str | None = None,
        organisation: str | None = None,
    ) -> Person:
        """Register somebody without a Discord account, or change their registration (organisers).

        They are known by their name, in whatever spelling, and count in the electorate as long as
        they are a participant, which they are unless `status` says otherwise. None leaves a thing
        as it is; an empty `organisation` takes it away.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: there is no such constituency.
            Refused: somebody on the list by this name has an account by now.
            Invalid: the name shows nothing or is too long, the organisation is too long, or a
                participant would speak for no constituency though some are declared.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        name = bounded(clean_line(name), t("Name"), 1, 100)
        constituency, organisation = _entered(initiative, constituency, organisation)
        async with self._db.write() as tx:
            if fold(name) in await register_codes.used_names(tx, actor.guild_id):
                raise Refused(
                    t(
                        "{name} has entered their code and has an account now; "
                        "name the member of this server instead.",
                        name=name,
                    )
                )
            row = await persons.without_account(tx, actor.guild_id, name)
            changed = replace(
                await _of_organisation(tx, row, organisation),
                name=name,
                status=status or row.status or Status.PARTICIPANT,
                constituency=constituency or registering.standing(initiative, row.constituency),
            )
            registering.require_spoken_for(changed, initiative)
            organiser = await persons.of_actor(tx, actor)
            await persons.register(tx, changed, organiser.pseudonym, "participant.set", self._clock())
        return self.known.keep(changed, name)

    async def delegation_names(self, guild_id: int, delegation_id: str) -> dict[str, str]:
        """The names of the participants in a delegation, by person id; none where there is no such one."""
        async with self._db.read() as tx:
            return await delegations.members(tx, guild_id, delegation_id)

    async def overview(self, guild_id: int) -> Overview:
        """How many are registered, by status, and the participants by constituency."""
        async with self._db.read() as tx:
            groups = await people.groups(tx, guild_id)
        return Overview(
            participants=sum(g.number for g in groups if g.status is Status.PARTICIPANT),
            observers=sum(g.number for g in groups if g.status is Status.OBSERVER),
            by_constituency={g.constituency: g.number for g in groups if g.status is Status.PARTICIPANT},
        )

    async def _register(
        self,
        actor: Actor,
        initiative: Initiative,
        status: Status,
        constituency: str | None,
        *,
        only_first: bool = False,
    ) -> Person:
        async with self._db.write() as tx:
            row = await persons.of_actor(tx, actor)
            standing = registering.standing(initiative, row.constituency)
            if standing is not None:
                # Another act of the same person was faster: what stands is not changed by a first act.
                if only_first:
                    raise registering.chosen_before(standing)
                constituency = standing
            changed = replace(row, status=status, constituency=constituency)
            if changed != row:
                act = "participant.registered" if row.status is None else "participant.changed"
                await persons.register(tx, changed, row.pseudonym, act, self._clock())
        return self.known.keep(changed, actor.name)


def _entered(
    initiative: Initiative, constituency: str | None, organisation: str | None
) -> tuple[str | None, str | None]:
    """What an organiser typed, as it is stored; None where nothing was typed.

    Raises:
        NotFound: there is no such constituency.
        Invalid: the organisation is too long.
    """
    if constituency is not None:
        constituency = initiative.constituency(constituency.strip().upper()).code
    if organisation is not None:
        organisation = bounded(clean_line(organisation), t("Organisation"), 0, 100)
    return constituency, organisation


async def _of_organisation(tx: AsyncConnection, row: PersonRow, organisation: str | None) -> PersonRow:
    """The row with this organisation and its delegation: None leaves both, an empty text takes both away."""
    if organisation is None:
        return row
    if not organisation:
        return replace(row, organisation=None, delegation=None)
    delegation = await delegations.of_organisation(tx, row.guild_id, organisation)
    return replace(row, organisation=organisation, delegation=delegation)
