"""One-time codes: whoever is registered without an account becomes, by entering theirs, one account's.

Only a digest of a code is kept, so that who reads the store cannot register as somebody;
an organiser sees a code once, when it is made.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.canonical import digest
from seminar.errors import NotFound, Refused
from seminar.model import Actor, Role
from seminar.texts import clean_line, fold
from seminar.words import t
from services.clock import Clock
from services.initiatives import Initiatives
from services.people import persons, registering
from services.people.participants import Participants
from services.people.registering import NeedsNotice, Person
from storage import ledger, people, register_codes
from storage.engine import Database
from storage.people import PersonRow

# Letters and digits that are not taken for each other, in speech or in writing.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("OIL", "011")
_LENGTH, _GROUP = 16, 4  # 80 bits: nobody guesses one, nor finds one from its digest
_TRIES, _PAUSE = 5, timedelta(minutes=10)
_MOST_WATCHED = 10_000  # accounts whose wrong tries are remembered


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code as it is given out, once."""

    name: str
    constituency: str | None
    organisation: str | None
    code: str


class Codes:
    """Makes codes, and binds people to the accounts that enter them."""

    def __init__(
        self, db: Database, clock: Clock, initiatives: Initiatives, participants: Participants
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants
        self._wrong: dict[tuple[int, int], list[datetime]] = {}

    async def may_enter(self, actor: Actor) -> bool:
        """Whether a code waits here for somebody, who may be the actor: they have entered none."""
        person = await self._participants.known.peek(actor)
        async with self._db.read() as tx:
            own = None if person is None else await register_codes.of_person(tx, person.id)
            entered = own is not None and own.used_at is not None
            return not entered and await register_codes.waiting(tx, actor.guild_id) > 0

    async def without_account(self, actor: Actor) -> int:
        """How many registered people have no account (organisers).

        Raises:
            NotAllowed: the actor is no organiser.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        async with self._db.read() as tx:
            return len(await people.without_account(tx, actor.guild_id))

    async def issue(self, actor: Actor, name: str | None = None) -> tuple[IssuedCode, ...]:
        """Fresh codes for somebody without an account, or for all of them; their earlier ones are void.

        Raises:
            NotAllowed: the actor is no organiser.
            NotFound: nobody is registered by this name without an account, or nobody at all.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        now = self._clock()
        async with self._db.write() as tx:
            rows = await people.without_account(tx, actor.guild_id)
            if name is not None:
                wanted = fold(name)
                rows = [row for row in rows if fold(row.name) == wanted]
            if not rows:
                raise NotFound(
                    t("Everybody registered here has an account.")
                    if name is None
                    else t("Nobody called {name} is registered without an account.", name=clean_line(name))
                )
            rows.sort(key=lambda row: fold(row.name))
            issued = await give(tx, actor.guild_id, rows, now)
            organiser = await persons.of_actor(tx, actor)
            subject = rows[0].pseudonym if name is not None else organiser.pseudonym
            body = {"codes": len(issued)}
            await ledger.append(tx, actor.guild_id, now, organiser.pseudonym, "codes.issued", subject, body)
        return issued

    async def ready(self, actor: Actor) -> None:
        """Let somebody pass who may enter a code now.

        Raises:
            NotAllowed: the actor holds neither a participant nor an observer role.
            NeedsNotice: the privacy notice comes first.
            Refused: too many wrong codes were entered.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.PARTICIPANT, Role.OBSERVER)
        person = await self._participants.known.find(actor)
        if initiative.privacy.notice and not (person and person.notice_seen):
            raise NeedsNotice(initiative.privacy.notice)
        self._require_patience(actor)

    async def redeem(self, actor: Actor, code: str) -> Person:
        """Bind the person a code stands for to the actor's account: once, and one account.

        Raises:
            NotAllowed, NeedsNotice: as `ready`.
            Refused: there is no such code or it was used, the account is somebody else already, it
                is not clear that the two are one, or too many wrong codes were entered.
        """
        await self.ready(actor)
        now = self._clock()
        async with self._db.write() as tx:
            found = await register_codes.by_digest(tx, actor.guild_id, digest_of(code))
            if found is None:
                self._note_wrong(actor, now)
                raise Refused(
                    t(
                        "This code is not known here. Check that it was copied in full; "
                        "an organiser can give you a new one."
                    )
                )
            own = await people.by_user(tx, actor.guild_id, actor.user_id)
            if found.used_at is not None:
                raise Refused(
                    t("You have entered this code already, and are registered by it.")
                    if own is not None and own.id == found.person_id
                    else t("This code was used already. An organiser can tell by whom, and give a new one.")
                )
            listed = await people.by_id(tx, found.person_id)
            if listed is None or listed.status is None or listed.user_id is not None:
                raise Refused(t("This code is void. An organiser can give you a new one."))
            bound = await self._bind(tx, actor, own, listed, now)
        self._wrong.pop((actor.guild_id, actor.user_id), None)
        return self._participants.known.keep(bound, actor.name)

    async def _bind(
        self, tx: AsyncConnection, actor: Actor, own: PersonRow | None, listed: PersonRow, now: datetime
    ) -> PersonRow:
        """
        Raises:
            Refused: it is not clear that the account is the person on the list.
        """
        if own is None:
            bound = registering.joined(
                replace(listed, user_id=actor.user_id, name=actor.name), listed, actor.roles
            )
            await people.bind(tx, listed.id, actor.user_id, actor.name)
            await register_codes.use(tx, listed.id, listed.id, now)
            await persons.register(tx, bound, bound.pseudonym, "participant.bound", now)
            return bound
        before = await register_codes.of_person(tx, own.id)
        if before is not None and before.used_at is not None:
            raise Refused(
                t(
                    "This account is registered as {name} already, by another code. "
                    "If that is a mistake, ask an organiser.",
                    name=before.name,
                )
            )
        bound = replace(registering.joined(own, listed, actor.roles), name=actor.name)
        if own.name != actor.name:
            await people.rename(tx, own.id, actor.name)
        # What the account did stays with its own row; the one on the list leaves the electorate.
        await people.unregister(tx, listed.id)
        await people.blank(tx, listed.id)
        await register_codes.drop(tx, [own.id])
        await register_codes.use(tx, listed.id, own.id, now)
        more = {"was": listed.pseudonym}
        await persons.register(tx, bound, bound.pseudonym, "participant.bound", now, more)
        return bound

    def _require_patience(self, actor: Actor) -> None:
        tries = self._wrong.get((actor.guild_id, actor.user_id), [])
        if len(tries) >= _TRIES and self._clock() - tries[-_TRIES] < _PAUSE:
            raise Refused(
                t(
                    "Too many wrong codes were entered from this account. Try again in {minutes} minutes, "
                    "or ask an organiser.",
                    minutes=int(_PAUSE.total_seconds()) // 60,
                )
            )

    def _note_wrong(self, actor: Actor, now: datetime) -> None:
        key = (actor.guild_id, actor.user_id)
        tries = [at for at in self._wrong.pop(key, []) if now - at < _PAUSE]
        if len(self._wrong) >= _MOST_WATCHED:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong[key] = [*tries, now]


async def give(
    tx: AsyncConnection, guild_id: int, rows: Sequence[PersonRow], at: datetime
) -> tuple[IssuedCode, ...]:
    """A fresh code for each of these people, in their order; their earlier ones are void."""
    issued = tuple(IssuedCode(row.name, row.constituency, row.organisation, _made()) for row in rows)
    stored = [(row.id, row.name, digest_of(one.code)) for row, one in zip(rows, issued, strict=True)]
    await register_codes.put_all(tx, guild_id, stored, at)
    return issued


def digest_of(code: str) -> str:
    """What is kept of a code, however it was typed."""
    return digest(re.sub(r"[\W_]+", "", code.upper()).translate(_ALIKE))


def _made() -> str:
    number = secrets.randbits(5 * _LENGTH)
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))
