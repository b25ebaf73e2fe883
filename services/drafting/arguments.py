"""The record of arguments: what is said for and against a recommendation, asked, shown or reserved.

Whose argument it is, is its author, whoever puts it on the record; for whom they spoke is kept as it was
then. Nothing of it is ever deleted: its author can withdraw it, a facilitator set it aside with a reason,
and it stays listed as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act, can
from seminar.model import Actor, ArgumentStatus, Role, Stance, State
from seminar.texts import bounded, clean
from seminar.wording import FIELD_WORDS
from seminar.words import Text, t
from services import news
from services.clock import Clock
from services.drafting.acting import contributor, locked, moved, named, record
from services.initiatives import Initiatives
from services.people import persons, registering
from services.people.authors import Authors
from services.people.participants import Participants
from services.people.registering import NeedsConstituency
from services.reasons import required_reason
from storage import contributions, ledger, outbox, people, posts
from storage.contributions import ContributionRow, Part
from storage.engine import Database
from storage.people import PersonRow
from storage.recommendations import RecRow

MOST_TEXT = 1000
"""Characters of an argument, as Discord counts them."""
REFRESH = "arguments.refresh"
WITHOUT_REASON = t("Say why it is set aside; the reason stands in its place.")

_MOST_PAGE = 25
_MOST_SUGGESTED = 25
_PER_PART = 25  # arguments of each stance and status that a summary can show
_LAST_NUMBER = 2**31 - 1  # that a store can look for


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as everybody may see it: one that does not stand has no `text`.

    `who` is its author as attribution allows; `constituency` a code, None where none may be told.
    `reason` is why it was set aside, `at` in the initiative's time zone.
    """

    reference: str
    number: int
    stance: Stance
    status: ArgumentStatus
    text: str
    who: str | Text
    constituency: str | None
    link: str | None
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ArgumentPage:
    """One page of a record, counted from 0; `total` counts the arguments of all pages."""

    reference: str
    title: str
    state: State
    items: tuple[Argument, ...]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The newest arguments of each stance and status, newest first, and how many there are of each."""

    reference: str
    event: str
    state: State
    newest: tuple[Argument, ...]
    numbers: Mapping[Part, int]


class Arguments:
    """What has been said on the recommendations of each server."""

    def __init__(
        self, db: Database, clock: Clock, initiatives: Initiatives, participants: Participants
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants

    async def stances(
        self, actor: Actor, reference: str | None, whose: int | None = None
    ) -> tuple[Stance, ...]:
        """What can be put on the record, before anybody writes anything; all there is without `reference`.

        `whose` is the account of the author, when it is somebody else than the actor.

        Raises:
            NotAllowed: the actor is no participant, or no facilitator where it is somebody else's.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such recommendation here, or the author is not registered.
            Refused: nothing goes on its record any more.
        """
        await self._initiatives.current(actor.guild_id)
        wanted = None if reference is None else references.parse(reference)
        if whose is None or whose == actor.user_id:
            await contributor(self._participants, actor)
        else:
            _require_facilitator(actor)
        async with self._db.read() as tx:
            if whose is not None and whose != actor.user_id:
                await _registered(tx, actor.guild_id, whose)
            if wanted is None:
                return tuple(Stance)
            row = await named(tx, actor.guild_id, wanted)
            found = possible(row.state)
            if not found:
                await moved(tx, row, Act.ARGUE)
        return found

    async def add(
        self,
        actor: Actor,
        reference: str,
        stance: str,
        text: str,
        *,
        nonce: str,
        link: str | None = None,
        whose: int | None = None,
    ) -> Argument:
        """Put an argument on the record; the same `nonce` twice stores it once.

        `link` leads to the chat message it was taken from; `whose` is the account of its author, when it
        is somebody else than the actor, and they are told. Possible as long as the recommendation is
        discussed, also under a ballot and after its event was closed.

        Raises:
            Invalid: no such reference or stance, nothing is said, or more than 1,000 characters.
            NotAllowed: the actor is no participant, or no facilitator where it is somebody else's.
            NeedsNotice, NeedsConstituency: something is to be settled first; a reservation is recorded with
                the constituency its author speaks for.
            NotFound: there is no such recommendation here, or the author is not registered.
            Refused: nothing such goes on its record, or the author has said it before.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        meant = _stance(stance)
        own = whose is None or whose == actor.user_id
        if own:
            person = await contributor(self._participants, actor)
            if meant is Stance.RESERVATION:
                _require_constituency(actor, initiative, person.constituency)
        else:
            _require_facilitator(actor)
        said = bounded(clean(text), FIELD_WORDS["text"], 1, MOST_TEXT)
        now = self._clock()
        async with self._db.write() as tx:
            row = await locked(tx, actor.guild_id, wanted)
            adder = await persons.of_actor(tx, actor)
            author = adder if whose is None or own else await _registered(tx, actor.guild_id, whose)
            before = await contributions.by_nonce(tx, adder.id, nonce[:64])
            if before is not None:
                if before.recommendation_id != row.id:
                    raise Refused(t("This form was sent already; open it anew."))
                return await self._shown(tx, actor.guild_id, initiative, row, before)
            await moved(tx, row, _act(meant))
            constituency = registering.standing(initiative, author.constituency)
            if meant is Stance.RESERVATION and initiative.constituencies and constituency is None:
                raise Refused(
                    t(
                        "A reservation is recorded with the constituency its author speaks for, and "
                        "{name} speaks for none yet.",
                        name=author.name,
                    )
                )
            again = await contributions.alike(tx, row.id, author.id, meant, said)
            if again is not None:
                raise Refused(
                    t(
                        "That is on the record of {reference} already, as number {number}.",
                        reference=row.reference,
                        number=again.number,
                    )
                )
            number = await contributions.add(
                tx,
                actor.guild_id,
                row.id,
                stance=meant,
                text=said,
                link=link,
                person_id=author.id,
                constituency=constituency,
                added_by=adder.id,
                nonce=nonce[:64],
                at=now,
            )
            body = {
                "number": number,
                "stance": meant.value,
                "constituency": constituency,
                "author": author.pseudonym,
                "text": await ledger.remember(tx, actor.guild_id, said),
            }
            await self._enter(tx, actor.guild_id, adder, "argument.added", row, body)
            if not own:
                told = {"number": number, "stance": meant.value, "text": said}
                await news.tell(
                    tx,
                    actor.guild_id,
                    row.reference,
                    now,
                    "argument_recorded",
                    told,
                    to=[author.id],
                    in_thread=False,
                )
            return await self._again(tx, actor.guild_id, initiative, row, number)

    async def withdraw(self, actor: Actor, reference: str, number: int) -> Argument:
        """Take one's own argument back: it stays listed as withdrawn, and is shown nowhere any more.

        Raises:
            Invalid: what was typed is no reference.
            NotAllowed: it is somebody else's.
            NotFound: there is no such recommendation or argument here.
            Refused: it is withdrawn already.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            row = await locked(tx, actor.guild_id, wanted)
            person = await persons.of_actor(tx, actor)
            found = await _numbered(tx, row, number)
            if found.person_id != person.id:
                raise NotAllowed(
                    t(
                        "Argument {number} on {reference} is somebody else's; only its author withdraws it.",
                        number=number,
                        reference=row.reference,
                    )
                )
            _require_not(found, ArgumentStatus.WITHDRAWN, row)
            await contributions.withdraw(tx, found.id, self._clock())
            await self._enter(tx, actor.guild_id, person, "argument.withdrawn", row, _body(found))
            return await self._again(tx, actor.guild_id, initiative, row, number)

    async def set_aside(self, actor: Actor, reference: str, number: int, reason: str) -> Argument:
        """Let an argument count no longer (facilitators), with the reason in its place; its author is told.

        Raises:
            Invalid: what was typed is no reference, or the reason is missing or too long.
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such recommendation or argument here.
            Refused: it is withdrawn, or set aside already.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        wanted = references.parse(reference)
        why = required_reason(reason, WITHOUT_REASON)
        now = self._clock()
        async with self._db.write() as tx:
            row = await locked(tx, actor.guild_id, wanted)
            person = await persons.of_actor(tx, actor)
            found = await _numbered(tx, row, number)
            _require_not(found, ArgumentStatus.WITHDRAWN, row)
            _require_not(found, ArgumentStatus.SET_ASIDE, row)
            await contributions.set_aside(tx, found.id, person.id, why, now)
            body = {**_body(found), "reason": await ledger.remember(tx, actor.guild_id, why)}
            await self._enter(tx, actor.guild_id, person, "argument.set_aside", row, body)
            told = {"number": number, "reason": why}
            await news.tell(
                tx,
                actor.guild_id,
                row.reference,
                now,
                "argument_set_aside",
                told,
                to=[found.person_id],
                in_thread=False,
            )
            return await self._again(tx, actor.guild_id, initiative, row, number)

    async def page(self, guild_id: int, reference: str, page: int = 0, size: int = 5) -> ArgumentPage:
        """One page of everything on the record of a recommendation, by number; past the end the last page.

        Raises:
            Invalid: what was typed is no reference.
            NotFound: there is no such recommendation here.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        page, size = max(page, 0), min(max(size, 1), _MOST_PAGE)
        async with self._db.read() as tx:
            row = await named(tx, guild_id, wanted)
            found, total = await contributions.page(tx, row.id, size, page * size)
            if not found and total:
                page = (total - 1) // size
                found, total = await contributions.page(tx, row.id, size, page * size)
            authors = await Authors.of(tx, guild_id, initiative)
        items = tuple(_argument(row, one, authors, initiative) for one in found)
        return ArgumentPage(row.reference, row.title, row.state, items, total, page if total else 0)

    async def summary(self, guild_id: int, reference: str) -> Summary:
        """What the discussion shows of a recommendation's record, however long that is.

        Raises:
            NotFound: there is no such recommendation here.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            row = await named(tx, guild_id, references.parse(reference))
            found = await contributions.newest(tx, row.id, _PER_PART)
            numbers = await contributions.parts(tx, row.id)
            authors = await Authors.of(tx, guild_id, initiative)
        newest = tuple(_argument(row, one, authors, initiative) for one in found)
        return Summary(row.reference, row.event, row.state, newest, numbers)

    async def suggest(
        self, guild_id: int, reference: str, user_id: int | None = None
    ) -> list[tuple[int, Stance, str]]:
        """Numbers, with stance and text, that can be set aside; with an account, that it can withdraw.

        None where the recommendation is not known, or `reference` is none yet.
        """
        try:
            wanted = references.parse(reference)
        except Invalid:
            return []
        async with self._db.read() as tx:
            author = None if user_id is None else await people.by_user(tx, guild_id, user_id)
            if user_id is not None and author is None:
                return []
            try:
                row = await named(tx, guild_id, wanted)
            except NotFound:
                return []
            mine = None if author is None else author.id
            found = await contributions.fitting(tx, row.id, _MOST_SUGGESTED, person_id=mine)
        return [(one.number, one.stance, one.text) for one in found]

    async def discussed_in(self, guild_id: int, thread_id: int) -> str | None:
        """The reference of the recommendation whose discussion a thread is, if it is one."""
        async with self._db.read() as tx:
            return await posts.discussed_in(tx, guild_id, thread_id)

    async def _enter(
        self,
        tx: AsyncConnection,
        guild_id: int,
        person: PersonRow,
        act: str,
        row: RecRow,
        body: Mapping[str, object],
    ) -> None:
        """Enter the act in the ledger, and have card and summary drawn again."""
        await record(tx, self._clock, guild_id, person.pseudonym, act, row, body)
        await outbox.put(tx, guild_id, REFRESH, row.reference, self._clock())

    async def _again(
        self, tx: AsyncConnection, guild_id: int, initiative: Initiative, row: RecRow, number: int
    ) -> Argument:
        return await self._shown(tx, guild_id, initiative, row, await _numbered(tx, row, number))

    async def _shown(
        self, tx: AsyncConnection, guild_id: int, initiative: Initiative, row: RecRow, found: ContributionRow
    ) -> Argument:
        authors = await Authors.of(tx, guild_id, initiative)
        return _argument(row, found, authors, initiative)


def possible(state: State) -> tuple[Stance, ...]:
    """The stances that can be taken on a recommendation in this state; none where nothing goes on record."""
    return tuple(stance for stance in Stance if can(state, _act(stance)))


def _act(stance: Stance) -> Act:
    return Act.RESERVE if stance is Stance.RESERVATION else Act.ARGUE


def _stance(typed: str) -> Stance:
    try:
        return Stance(typed)
    except ValueError:
        raise Invalid(
            t("Choose a stance: {stances}.", stances=tuple(stance.value for stance in Stance))
        ) from None


def _require_facilitator(actor: Actor) -> None:
    """Let nobody else put somebody's words on the record."""
    if Role.FACILITATOR not in actor.roles:
        raise NotAllowed(
            t("You can put your own words on the record; for somebody else's, ask a facilitator.")
        )


def _require_constituency(actor: Actor, initiative: Initiative, code: str | None) -> None:
    """Let nobody raise a reservation who speaks for nobody yet, where constituencies are declared."""
    if not initiative.constituencies or registering.standing(initiative, code) is not None:
        return
    options = registering.options_of(actor, initiative)
    if options:
        raise NeedsConstituency(options)
    raise NotAllowed(
        t(
            "A reservation is recorded with the constituency you speak for, and you are in none yet; "
            "ask an organiser to enter you in one."
        )
    )


async def _registered(tx: AsyncConnection, guild_id: int, user_id: int) -> PersonRow:
    """Somebody who takes part here, by their account.

    Raises:
        NotFound: they are not registered.
    """
    row = await people.by_user(tx, guild_id, user_id)
    if row is None or row.status is None:
        raise NotFound(t("Whoever wrote this is not registered here, so it cannot go on the record."))
    return row


async def _numbered(tx: AsyncConnection, row: RecRow, number: int) -> ContributionRow:
    found = await contributions.get(tx, row.id, number) if 0 < number <= _LAST_NUMBER else None
    if found is None:
        raise NotFound(
            t(
                "There is no argument {number} on {reference}; `/argument list` shows them.",
                number=number,
                reference=row.reference,
            )
        )
    return found


def _require_not(found: ContributionRow, status: ArgumentStatus, row: RecRow) -> None:
    if found.status is not status:
        return
    if status is ArgumentStatus.WITHDRAWN:
        raise Refused(
            t(
                "Argument {number} on {reference} is withdrawn already.",
                number=found.number,
                reference=row.reference,
            )
        )
    raise Refused(
        t(
            "Argument {number} on {reference} is set aside already.",
            number=found.number,
            reference=row.reference,
        )
    )


def _body(found: ContributionRow) -> dict[str, object]:
    return {"number": found.number, "stance": found.stance.value, "constituency": found.constituency}


def _argument(row: RecRow, found: ContributionRow, authors: Authors, initiative: Initiative) -> Argument:
    stands = found.status is ArgumentStatus.STANDS
    return Argument(
        reference=row.reference,
        number=found.number,
        stance=found.stance,
        status=found.status,
        text=found.text if stands else "",
        who=authors.called(found.person_name, found.person_organisation, found.constituency),
        constituency=authors.constituency(found.constituency),
        link=found.link if stands else None,
        at=found.at.astimezone(initiative.zone),
        reason=found.set_aside_reason if found.status is ArgumentStatus.SET_ASIDE else "",
    )
