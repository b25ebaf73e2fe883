"""Proposing, seconding, withdrawing and finding recommendations.

A reference counts up within its theme in the transaction that stores the
recommendation, so it is given once and without gaps. People's text is kept as
they wrote it; making it harmless is the business of whoever shows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.canonical import canonical
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act, move
from seminar.model import Actor, EventStatus, Role, State, Status
from seminar.texts import bounded, clean, clean_line, fold, seen, split_addressees
from seminar.words import t
from services import persons
from services.clock import Clock
from services.initiatives import Initiatives
from services.participants import Participants
from services.places import event_of, place
from services.rec_views import Draft, Page, Place, RecView, views
from services.registering import Person
from services.similarity import ALIKE, likeness, telling_words
from storage import events, initiatives, ledger, outbox, people, recommendations
from storage.engine import Database
from storage.recommendations import Filter, RecRow

__all__ = ["Draft", "Page", "Place", "RecView", "Recommendations"]

MOST_TITLE = 100
MOST_TEXT = 2000
MOST_RATIONALE = 1000
MOST_ADDRESSEES = 300
MOST_SIMILAR = 3
MOST_SUGGESTED = 25

_MOST_SEARCH = 100
_MOST_PAGE = 25
_MOST_CANDIDATES = 40
_REFERENCE_BEGUN = re.compile("[A-Z0-9]{2,8}-[0-9]*")
_GONE = (State.WITHDRAWN, State.MERGED, State.SPLIT, State.REJECTED)


class Recommendations:
    """The recommendations of each server."""

    def __init__(
        self, db: Database, clock: Clock, initiatives: Initiatives, participants: Participants
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants

    async def place(self, actor: Actor, theme: str | None = None, channel_id: int | None = None) -> Place:
        """The open event, and the themes, that a proposal made here could go to; registers its author.

        `channel_id` is the channel the person is in, or the parent of the thread.

        Raises:
            NotAllowed: the actor is no participant.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such theme.
            Refused: no event that has it is open, or several are and the channel is none of theirs.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        await self._proposer(actor)
        code = None if theme is None else initiative.theme(theme.strip().upper()).code
        async with self._db.read() as tx:
            rows = await events.fetch_all(tx, actor.guild_id)
        return place(initiative, rows, code, channel_id)

    async def similar(self, guild_id: int, theme: str, title: str, text: str) -> list[RecView]:
        """At most three recommendations of the theme that read much alike, the likest first.

        Suggestions only: whether it is the same proposal, a person decides.
        """
        initiative = await self._initiatives.current(guild_id)
        title, text = fold(title[:MOST_TITLE]), fold(text[:MOST_TEXT])
        living = [state for state in State if state not in _GONE]
        async with self._db.read() as tx:
            candidates = await recommendations.candidates(
                tx, guild_id, theme.strip().upper(), telling_words(title, text), living, _MOST_CANDIDATES
            )
            scored = [(likeness(title, text, fold(row.title), fold(row.text)), row) for row in candidates]
            scored.sort(key=lambda pair: -pair[0])
            found = [row for score, row in scored if score >= ALIKE][:MOST_SIMILAR]
            return await views(tx, guild_id, initiative, found)

    async def propose(self, actor: Actor, draft: Draft, nonce: str) -> RecView:
        """Store a proposal and have its card posted; the same `nonce` twice stores it once.

        Raises:
            Invalid: a field is empty, too short or too long.
            NotAllowed: the actor is no participant.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such theme or event.
            Refused: the event is not open, or does not have the theme.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        author = await self._proposer(actor)
        if not draft.theme.strip():
            raise Invalid(t("Please choose a theme."))
        content = _content(draft, initiative)
        theme = initiative.theme(draft.theme.strip().upper()).code
        async with self._db.write() as tx:
            row = await recommendations.by_nonce(tx, author.id, nonce[:64])
            if row is None:
                rows = await events.fetch_all(tx, actor.guild_id)
                event = event_of(initiative, rows, draft, theme)
                row = await self._add(tx, initiative, author, event, theme, content, nonce[:64])
            (view,) = await views(tx, actor.guild_id, initiative, [row])
        return view

    async def proposed(self, actor: Actor, nonce: str) -> RecView | None:
        """What the actor has proposed with this `nonce`, if anything."""
        initiative = await self._initiatives.current(actor.guild_id)
        async with self._db.read() as tx:
            author = await people.by_user(tx, actor.guild_id, actor.user_id)
            row = await recommendations.by_nonce(tx, author.id, nonce[:64]) if author else None
            return None if row is None else (await views(tx, actor.guild_id, initiative, [row]))[0]

    async def second(self, actor: Actor, reference: str) -> RecView:
        """Second somebody else's recommendation, once.

        Raises:
            NotAllowed: the actor is no participant, or the author.
            NeedsNotice, NeedsConstituency: something is to be settled first.
            NotFound: there is no such recommendation here.
            Refused: it was seconded by the actor before, or is past seconding, or its event is not open.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        person = await self._proposer(actor)
        now = self._clock()
        async with self._db.write() as tx:
            row = await _named(tx, actor.guild_id, wanted)
            if row.author_id == person.id:
                raise NotAllowed(t("This is your own recommendation; others second it."))
            move(row.state, Act.SECOND)
            event = await events.fetch(tx, actor.guild_id, row.event)
            if event is None or event.status is not EventStatus.OPEN:
                raise Refused(t("The event {code} is not open.", code=row.event))
            if not await recommendations.add_second(tx, row.id, person.id, now):
                raise Refused(t("You have seconded {reference} already.", reference=row.reference))
            body = {"seconds": row.seconds + 1}
            await self._say(tx, actor.guild_id, person.pseudonym, "recommendation.seconded", row, body)
            return await self._again(tx, actor.guild_id, initiative, row.reference)

    async def withdraw(self, actor: Actor, reference: str) -> RecView:
        """Withdraw a recommendation: its author may, and a facilitator; not while it is voted on.

        Raises:
            NotAllowed: the actor is neither.
            NotFound: there is no such recommendation here.
            Refused: it is past withdrawing.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            await ledger.hold(tx, actor.guild_id)  # no ballot on it opens meanwhile
            row = await _named(tx, actor.guild_id, wanted)
            if row.author_id != person.id and Role.FACILITATOR not in actor.roles:
                raise NotAllowed(
                    t("Only its author or a facilitator can withdraw {reference}.", reference=row.reference)
                )
            on_ballot = bool(await recommendations.open_ballots(tx, [row.id]))
            await recommendations.set_state(tx, row.id, move(row.state, Act.WITHDRAW, on_ballot=on_ballot))
            body = {"from": row.state.value, "by_author": row.author_id == person.id}
            await self._say(tx, actor.guild_id, person.pseudonym, "recommendation.withdrawn", row, body)
            return await self._again(tx, actor.guild_id, initiative, row.reference)

    async def get(self, guild_id: int, reference: str) -> RecView:
        """One recommendation of this server.

        Raises:
            Invalid: what was typed is no reference.
            NotFound: there is none of that reference here.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = references.parse(reference)
        async with self._db.read() as tx:
            return await self._again(tx, guild_id, initiative, wanted)

    async def browse(
        self,
        guild_id: int,
        theme: str | None = None,
        state: State | None = None,
        text: str | None = None,
        page: int = 0,
        size: int = 5,
    ) -> Page:
        """One page of what matches, by theme and number; past the end it is the last page.

        `text` is looked for in titles, texts and references, whatever its case and accents.

        Raises:
            NotFound: there is no such theme.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = Filter(
            theme=None if theme is None else initiative.theme(theme.strip().upper()).code,
            state=state,
            search=(text or "").strip()[:_MOST_SEARCH] if seen(text or "") else None,
        )
        page, size = max(page, 0), min(max(size, 1), _MOST_PAGE)
        async with self._db.read() as tx:
            rows, total = await recommendations.page(tx, guild_id, wanted, size, page * size)
            if not rows and total:
                page = (total - 1) // size
                rows, total = await recommendations.page(tx, guild_id, wanted, size, page * size)
            items = await views(tx, guild_id, initiative, rows)
        return Page(tuple(items), total, page if total else 0)

    async def own(self, actor: Actor, page: int = 0, size: int = 5) -> Page:
        """One page of the actor's own recommendations, newest first."""
        initiative = await self._initiatives.current(actor.guild_id)
        author = await self._participants.person(actor)
        page, size = max(page, 0), min(max(size, 1), _MOST_PAGE)
        async with self._db.read() as tx:
            rows, total = await recommendations.newest_of(tx, actor.guild_id, author.id, size, page * size)
            items = await views(tx, actor.guild_id, initiative, rows)
        return Page(tuple(items), total, page)

    async def suggest(self, guild_id: int, typed: str) -> list[tuple[str, str]]:
        """References with titles for what has been typed so far: at most 25, matching references first."""
        typed = typed.strip()[:_MOST_SEARCH]
        found: dict[str, str] = {}
        async with self._db.read() as tx:
            try:
                exact = references.parse(typed)
            except Invalid:
                pass
            else:  # "trn 7" means TRN-07, which does not begin with it
                found.update(await recommendations.titles(tx, guild_id, exact, "", MOST_SUGGESTED))
            prefix = typed.upper().replace(" ", "-")
            # Whoever has come to the dash means a reference: the texts need not be searched for it.
            begun = _REFERENCE_BEGUN.fullmatch(prefix) is not None
            search = "" if begun else typed
            matching = await recommendations.titles(tx, guild_id, prefix, search, MOST_SUGGESTED)
            if begun and not matching:
                matching = await recommendations.titles(tx, guild_id, "", typed, MOST_SUGGESTED)
        found |= dict(matching)
        return list(found.items())[:MOST_SUGGESTED]

    async def _proposer(self, actor: Actor) -> Person:
        """Let participants pass, registering them; the observer role wins over theirs."""
        actor.require(Role.PARTICIPANT, Role.OBSERVER)
        if Role.OBSERVER not in actor.roles:
            person = await self._participants.enter(actor)
            if person.status is Status.PARTICIPANT:
                return person
        raise NotAllowed(t("Observers may discuss; only participants propose and second recommendations."))

    async def _add(
        self,
        tx: AsyncConnection,
        initiative: Initiative,
        author: Person,
        event: str,
        theme: str,
        content: _Content,
        nonce: str,
    ) -> RecRow:
        guild_id, now = author.guild_id, self._clock()
        number = await initiatives.take_number(tx, guild_id, theme)
        reference = references.make(theme, number)
        automatic = initiative.rules.admission == "automatic"
        state = move(State.PROPOSED, Act.ADMIT) if automatic else State.PROPOSED
        await recommendations.add(
            tx,
            guild_id=guild_id,
            event=event,
            theme=theme,
            number=number,
            reference=reference,
            state=state,
            author_id=author.id,
            nonce=nonce,
            title=content.title,
            text=content.text,
            rationale=content.rationale,
            addressees=content.addressees,
            at=now,
        )
        row = await _named(tx, guild_id, reference)
        said = canonical(
            {
                "title": content.title,
                "text": content.text,
                "rationale": content.rationale,
                "addressees": list(content.addressees),
            }
        )
        body = {
            "event": event,
            "theme": theme,
            "state": state.value,
            "version": row.version,
            "content": await ledger.remember(tx, guild_id, said),
        }
        await ledger.append(tx, guild_id, now, author.pseudonym, "recommendation.proposed", reference, body)
        await outbox.put(tx, guild_id, "card.post", reference, now)
        return row

    async def _say(
        self,
        tx: AsyncConnection,
        guild_id: int,
        pseudonym: str,
        act: str,
        row: RecRow,
        body: Mapping[str, object],
    ) -> None:
        """Record an act on a recommendation, and have its card drawn again."""
        now = self._clock()
        await ledger.append(tx, guild_id, now, pseudonym, act, row.reference, body)
        await outbox.put(tx, guild_id, "card.refresh", row.reference, now)

    async def _again(
        self, tx: AsyncConnection, guild_id: int, initiative: Initiative, reference: str
    ) -> RecView:
        (view,) = await views(tx, guild_id, initiative, [await _named(tx, guild_id, reference)])
        return view


@dataclass(frozen=True, slots=True)
class _Content:
    """The fields of a draft, checked and as they are stored."""

    title: str
    text: str
    rationale: str
    addressees: tuple[str, ...]


def _content(draft: Draft, initiative: Initiative) -> _Content:
    entities = ((entity.code, entity.title) for entity in initiative.entities)
    addressees = bounded(clean(draft.addressees), t("Addressees"), 0, MOST_ADDRESSEES)
    return _Content(
        title=bounded(clean_line(draft.title), t("Title"), 1, MOST_TITLE),
        text=bounded(clean(draft.text), t("Text"), 20, MOST_TEXT),
        rationale=bounded(clean(draft.rationale), t("Rationale"), 0, MOST_RATIONALE),
        addressees=split_addressees(addressees, tuple(entities)),
    )


async def _named(tx: AsyncConnection, guild_id: int, reference: str) -> RecRow:
    row = await recommendations.by_reference(tx, guild_id, reference)
    if row is None:
        raise NotFound(
            t(
                "There is no recommendation {reference} here; /recommendations lists them.",
                reference=reference,
            )
        )
    return row
