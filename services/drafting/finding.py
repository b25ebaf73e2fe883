"""Finding recommendations: in pages, by what has been typed, one's own, and what reads much alike."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import Invalid
from seminar.initiative import Initiative
from seminar.methods import silence
from seminar.model import Actor, BallotStatus, Role, Secrecy, State, Status, VoteBy
from seminar.texts import seen
from seminar.wording import MOST_TEXT, MOST_TITLE
from services import paging
from services.clock import Clock
from services.drafting.rec_views import Page, RecView, views
from services.drafting.similarity import ALIKE, Rarity, likeness, read, telling_words
from services.initiatives import Initiatives
from services.keys import KeyMissing, KeyStore
from services.people.participants import Participants
from services.people.registering import Person, status_now
from storage import ballots, rec_lists, recommendations, search
from storage.ballots import BallotRow
from storage.engine import Database
from storage.rec_lists import Filter
from storage.search import Held

MOST_FOUND = search.MOST_FOUND  # recommendations that a search for words counts and shows
MOST_SIMILAR = 3
MOST_SUGGESTED = 25

_MOST_SEARCH = 100
_MOST_PAGE = 25
_MOST_CANDIDATES = 16
_MOST_WORDS = 144  # of a new text that are counted
_MOST_ROWS = 1_000  # of the index of words, from which candidates are taken
_REFERENCE_BEGUN = re.compile("[A-Z0-9]{2,8}-[0-9]*")
_GONE = (State.WITHDRAWN, State.MERGED, State.SPLIT, State.REJECTED)


class Show(StrEnum):
    """Which recommendations somebody wants to see: all, those that need their vote, or their own."""

    ALL = "all"
    VOTE = "vote"
    MINE = "mine"


class Finding:
    """Looks through the recommendations of each server; changes nothing."""

    def __init__(
        self, db: Database, clock: Clock, initiatives: Initiatives, participants: Participants, keys: KeyStore
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants
        self._keys = keys

    async def browse(
        self,
        guild_id: int,
        theme: str | None = None,
        state: State | None = None,
        text: str | None = None,
        page: int = 0,
        size: int = 5,
        *,
        event: str | None = None,
    ) -> Page:
        """One page of what matches, by theme and number; past the end it is the last page.

        `text` is looked for in titles, texts and references, whatever its case and accents; of what
        it finds, at most `MOST_FOUND` are counted and shown.

        Raises:
            NotFound: there is no such theme or event.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = _filter(initiative, theme, state, event)
        async with self._db.read() as tx:
            return await _page(tx, guild_id, initiative, wanted, text, page, size)

    async def browse_for(
        self,
        actor: Actor,
        show: Show,
        theme: str | None = None,
        state: State | None = None,
        text: str | None = None,
        page: int = 0,
        size: int = 5,
        *,
        event: str | None = None,
    ) -> Page:
        """As `browse`, narrowed to what the actor means by `show`; this registers nobody.

        A recommendation needs somebody's vote while it is on an open ballot in which they, or their
        delegation, may vote and have not: on the item, or by a submitted paper. A silence needs none.

        Raises:
            NotFound: there is no such theme or event.
        """
        if show is Show.ALL:
            return await self.browse(actor.guild_id, theme, state, text, page, size, event=event)
        initiative = await self._initiatives.current(actor.guild_id)
        wanted = _filter(initiative, theme, state, event)
        person = await self._participants.known.peek(actor)
        async with self._db.read() as tx:
            if show is Show.MINE:
                # Somebody of whom nothing is known has proposed nothing.
                wanted = replace(wanted, author_id=person.id if person else "")
            else:
                wanted = replace(wanted, unvoted=await self._marks(tx, actor, person))
            return await _page(tx, actor.guild_id, initiative, wanted, text, page, size)

    async def _marks(
        self, tx: AsyncConnection, actor: Actor, person: Person | None
    ) -> tuple[tuple[int, str], ...]:
        """The open ballots that take the actor's vote, with what stands for the elector there."""
        if Role.PARTICIPANT not in actor.roles or status_now(actor, person) is not Status.PARTICIPANT:
            return ()
        found: list[tuple[int, str]] = []
        for row in await ballots.with_status(tx, actor.guild_id, BallotStatus.OPEN.value):
            if row.method == silence.name or (row.closes_at is not None and row.closes_at <= self._clock()):
                continue
            elector = _elector(row, person)
            if elector is None:
                continue
            if elector and row.secrecy != Secrecy.OPEN and row.key_id is not None:
                try:
                    elector = self._keys.mark(row.key_id, elector)
                except KeyMissing:  # nobody can vote in it until the key is back
                    continue
            found.append((row.id, elector))
        return tuple(found)

    async def own(self, actor: Actor, page: int = 0, size: int = 5) -> Page:
        """One page of the actor's own recommendations, newest first."""
        initiative = await self._initiatives.current(actor.guild_id)
        author = await self._participants.person(actor)
        page, size = max(page, 0), min(max(size, 1), _MOST_PAGE)
        async with self._db.read() as tx:
            rows, total = await rec_lists.newest_of(tx, actor.guild_id, author.id, size, page * size)
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
                found.update(await rec_lists.titles(tx, guild_id, exact, "", MOST_SUGGESTED))
            prefix = typed.upper().replace(" ", "-")
            # Whoever has come to the dash means a reference: the texts need not be searched for it.
            begun = _REFERENCE_BEGUN.fullmatch(prefix) is not None
            words = "" if begun else typed
            matching = await rec_lists.titles(tx, guild_id, prefix, words, MOST_SUGGESTED)
            if begun and not matching:
                matching = await rec_lists.titles(tx, guild_id, "", typed, MOST_SUGGESTED)
        found |= dict(matching)
        return list(found.items())[:MOST_SUGGESTED]

    async def similar(self, guild_id: int, theme: str, title: str, text: str) -> list[RecView]:
        """At most three recommendations of the theme that seem to propose the same, the likest first.

        Suggestions only: whether it is the same proposal, a person decides.
        """
        initiative = await self._initiatives.current(guild_id)
        mine = read(title[:MOST_TITLE], text[:MOST_TEXT])
        words = sorted(telling_words(mine), key=lambda word: (-len(word), word))[:_MOST_WORDS]
        if not words:
            return []
        living = [state for state in State if state not in _GONE]
        async with self._db.read() as tx:
            held = await search.held(tx, guild_id, words)
            rarity = _rarity(held)
            weights = _rarest(held, rarity)
            candidates = await search.sharing(
                tx, guild_id, theme.strip().upper(), weights, living, _MOST_CANDIDATES
            )
            scored = [(likeness(mine, read(one.title, one.text), rarity), one.id) for one in candidates]
            alike = sorted((pair for pair in scored if pair[0] >= ALIKE), reverse=True)[:MOST_SIMILAR]
            if not alike:
                return []
            rows = await recommendations.by_ids(tx, [identifier for _, identifier in alike])
            return await views(tx, guild_id, initiative, rows)


def _filter(initiative: Initiative, theme: str | None, state: State | None, event: str | None) -> Filter:
    """Of a seminar, what was proposed there; of a conference, what it deals with."""
    code = None if theme is None else initiative.theme(theme.strip().upper()).code
    if event is None:
        return Filter(theme=code, state=state)
    held = initiative.event(event.strip().upper())
    if held.kind == "conference":
        return Filter(theme=code, state=state, room=held.code)
    return Filter(theme=code, state=state, event=held.code)


async def _page(
    tx: AsyncConnection,
    guild_id: int,
    initiative: Initiative,
    wanted: Filter,
    text: str | None,
    page: int,
    size: int,
) -> Page:
    typed = (text or "").strip()[:_MOST_SEARCH] if seen(text or "") else ""
    read = partial(rec_lists.page, tx, guild_id, wanted, typed=typed)
    rows, total, page = await paging.page_of(read, page, size, _MOST_PAGE)
    return Page(tuple(await views(tx, guild_id, initiative, rows)), total, page)


def _elector(row: BallotRow, person: Person | None) -> str | None:
    """Who holds the vote that somebody may cast in a ballot; empty for one who is not known yet, and
    None where they hold none.
    """
    if row.vote_by == VoteBy.PERSON:
        return person.id if person else ""
    return person.delegation if person else None


def _rarity(held: Held) -> Rarity:
    """What words say here; those that were counted no further are taken to be in every second text."""
    often = max(search.MOST_COUNTED, held.total // 2)
    counts = {word: n if n < search.MOST_COUNTED else often for word, n in held.counts.items()}
    return Rarity(held.total, counts)


def _rarest(held: Held, rarity: Rarity) -> dict[str, float]:
    """The words to look for, with their weights: the rarest that are here, and not too many rows of them."""
    chosen: dict[str, float] = {}
    rows = 0
    for word, n in sorted(held.counts.items(), key=lambda pair: (pair[1], pair[0])):
        if 0 < n < search.MOST_COUNTED and rows + n <= _MOST_ROWS and len(chosen) < search.MOST_SHARED:
            chosen[word] = rarity.weight([word]) or 0.0
            rows += n
    return chosen
