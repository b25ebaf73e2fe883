"""The reports of an initiative: what a seminar brought, what a conference has before it, how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.models.initiative import (
    BallotReceipts,
    ConferencePaper,
    Entry,
    EventFacts,
    FinalReport,
    GroupSize,
    OtherText,
    Receipt,
    SeminarReport,
    TakingPart,
)
from reports.models.ranking import ThemeSection, in_order
from seminar.errors import Invalid, NotFound
from seminar.initiative import Event, Initiative
from seminar.model import ArgumentStatus, Attribution, EventStatus, Status
from seminar.words import Text, t
from services.clock import Clock
from services.initiatives import Initiatives
from services.people.authors import Authors
from services.record import covering
from services.record.records import published_vote
from services.record.report_ballots import activity, ballot_facts
from services.record.report_entries import ENDED, Entries, at_conference, at_seminar, in_agenda_order
from services.record.report_reading import Stored, read
from services.record.results import part_of, sections_of
from services.voting.ballot_reading import label_of
from storage import events, ledger, people, rec_lists, reporting
from storage.engine import Database
from storage.events import EventRow
from storage.people import GroupRow
from storage.rec_lists import Filter

NO_CONFERENCE = t("The initiative file names no conference, so there is nothing to report of one.")
_UNOPENED = EventRow("", EventStatus.PLANNED, None, None, None, False)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a report is about: seminars, or with `conference` that one and where its texts came from."""

    seminars: tuple[Event, ...]
    conference: Event | None
    wanted: Filter

    @property
    def about(self) -> tuple[Event, ...]:
        """The events whose report it is."""
        return self.seminars if self.conference is None else (self.conference,)


class Reporting:
    """Builds reports; nothing of them is stored."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def proposed(self, guild_id: int, event: str | None, theme: str | None) -> int | None:
        """How many recommendations a seminar report would be about; None where there are none.

        Raises:
            NotFound: no initiative is loaded, or it has no such event or theme.
            Invalid: the event is a conference.
        """
        initiative = await self._initiatives.current(guild_id)
        part = _of_seminars(initiative, event, theme)
        async with self._db.read() as tx:
            found = 0
            for seminar in part.seminars:
                found += await rec_lists.count(tx, guild_id, Filter(seminar.code, part.wanted.theme))
        return found or None

    async def forwarded(self, guild_id: int, event: str | None, theme: str | None) -> int | None:
        """How many recommendations came to the conference; None where none has.

        Raises:
            NotFound: no initiative is loaded, or it has no conference, no such event or theme.
            Invalid: the event is a seminar.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            part = await _of_conference(tx, guild_id, initiative, event, theme)
            wanted = Filter(part.about[0].code, part.wanted.theme, forwarded=True)
            return await rec_lists.count(tx, guild_id, wanted) or None

    async def seminar_report(
        self, guild_id: int, event: str | None, theme: str | None, draft: bool | None, receipts: bool
    ) -> SeminarReport:
        """What one seminar brought, or all of them. `draft` is as in `services.record.exports.Wanted`.

        Raises:
            NotFound: no initiative is loaded, or it has no such event or theme.
            Invalid: the event is a conference.
        """
        initiative = await self._initiatives.current(guild_id)
        part = _of_seminars(initiative, event, theme)
        async with self._db.read() as tx:
            fields = await self._fields(tx, guild_id, initiative, part, draft, receipts)
        return SeminarReport(**fields)

    async def conference_paper(
        self, guild_id: int, event: str | None, theme: str | None, draft: bool | None, receipts: bool
    ) -> ConferencePaper:
        """What a conference has before it: the open or else the last one, where none is named.

        Raises:
            NotFound: no initiative is loaded, or it has no conference, no such event or theme.
            Invalid: the event is a seminar.
        """
        return ConferencePaper(**await self._of_conference(guild_id, event, theme, draft, receipts))

    async def final_report(
        self, guild_id: int, event: str | None, theme: str | None, draft: bool | None, receipts: bool
    ) -> FinalReport:
        """What a conference ended with: the open or else the last one, where none is named.

        Raises:
            NotFound: no initiative is loaded, or it has no conference, no such event or theme.
            Invalid: the event is a seminar.
        """
        return FinalReport(**await self._of_conference(guild_id, event, theme, draft, receipts))

    async def _of_conference(
        self, guild_id: int, event: str | None, theme: str | None, draft: bool | None, receipts: bool
    ) -> dict[str, Any]:
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            part = await _of_conference(tx, guild_id, initiative, event, theme)
            return await self._fields(tx, guild_id, initiative, part, draft, receipts)

    async def _fields(
        self,
        tx: AsyncConnection,
        guild_id: int,
        initiative: Initiative,
        part: _Part,
        draft: bool | None,
        receipts: bool,
    ) -> dict[str, Any]:
        """Every field of a report, made beside the bot's loop of what was read in one transaction."""
        head = await ledger.head(tx, guild_id)
        authors = await Authors.of(tx, guild_id, initiative)
        standing = await events.fetch_all(tx, guild_id)
        taking_part = _taking_part(
            await people.groups(tx, guild_id), authors, await self._organisations(tx, guild_id, initiative)
        )
        cover = await covering.read(tx, guild_id, initiative, {event.code for event in part.about}, draft)
        at = part.conference.code if part.conference else None
        stored = await read(tx, guild_id, part.wanted, {event.code for event in part.seminars}, at)
        entries, others, made = await asyncio.to_thread(_entries, initiative, authors, stored, at)
        annex = await _receipts(tx, stored, made.ballots) if receipts else None
        ballots = await asyncio.to_thread(ballot_facts, stored, made.ballots, authors)
        days = await asyncio.to_thread(activity, stored, made.ballots, initiative.zone)
        told = (*part.seminars, *([part.conference] if part.conference else []))
        return {
            "initiative": initiative.head.title,
            "generated_at": self._clock(),
            "ledger_head": head.hash if head.seq else None,
            "time_zone": initiative.head.time_zone,
            "attribution": initiative.head.attribution,
            "covering": cover,
            "event": part.wanted.event if part.conference is None else part.conference.code,
            "theme": part.wanted.theme,
            "events": tuple(_event(event, standing, initiative) for event in told),
            "constituencies": authors.told(),
            "people": taking_part,
            "entries": entries,
            "others": others,
            "ballots": ballots,
            "activity": days,
            "contributions": _contributions(stored),
            "receipts": annex,
        }

    async def _organisations(
        self, tx: AsyncConnection, guild_id: int, initiative: Initiative
    ) -> tuple[str, ...]:
        if initiative.head.attribution is Attribution.CHATHAM:
            return ()
        return tuple(await reporting.organisations(tx, guild_id))


def _of_seminars(initiative: Initiative, event: str | None, theme: str | None) -> _Part:
    wanted = part_of(initiative, event, theme)
    seminars = tuple(one for one in initiative.events if one.kind == "seminar")
    if wanted.event is not None:
        seminars = tuple(one for one in seminars if one.code == wanted.event)
        if not seminars:
            raise Invalid(
                t("{code} is a conference; a seminar report is about a seminar.", code=wanted.event)
            )
    return _Part(seminars, None, wanted)


async def _of_conference(
    tx: AsyncConnection, guild_id: int, initiative: Initiative, event: str | None, theme: str | None
) -> _Part:
    wanted = part_of(initiative, event, theme)
    if wanted.event is not None:
        chosen = initiative.event(wanted.event)
        if chosen.kind != "conference":
            raise Invalid(t("{code} is a seminar; this report is about a conference.", code=wanted.event))
    else:
        if not initiative.conferences:
            raise NotFound(NO_CONFERENCE)
        standing = await events.fetch_all(tx, guild_id)
        chosen = _latest(initiative, standing, await reporting.conferences(tx, guild_id))
    seminars = tuple(one for one in initiative.events if one.code != chosen.code)
    return _Part(seminars, chosen, Filter(theme=wanted.theme))


def _latest(initiative: Initiative, standing: Mapping[str, EventRow], got: Collection[str]) -> Event:
    """Of the conferences that got something, or else of all, the open one or the one opened last."""

    def key(numbered: tuple[int, Event]) -> tuple[bool, bool, float, int]:
        place, event = numbered
        row = standing.get(event.code, _UNOPENED)
        opened = row.opened_at.timestamp() if row.opened_at else 0.0
        return (event.code in got, row.status is EventStatus.OPEN, opened, place)

    return max(enumerate(initiative.conferences), key=key)[1]


def _entries(
    initiative: Initiative, authors: Authors, stored: Stored, conference_code: str | None
) -> tuple[tuple[Entry, ...], tuple[OtherText, ...], Entries]:
    """The entries in order, and what is only named."""
    made = Entries(initiative, authors, stored, with_conference=conference_code is not None)
    place = in_order(sections_of(initiative, ((row.event, row.theme) for row in stored.rows), None))
    rows = sorted(stored.rows, key=lambda row: (place(row), made.order(row)))
    if conference_code is None:
        told = [row for row in rows if row.state not in ENDED]
        words_of = at_seminar
    else:
        told = in_agenda_order((row for row in rows if row.id in stored.told), stored.agenda)
        words_of = at_conference
    shown = {row.id for row in told}
    return (
        tuple(made.entry(row, words_of) for row in told),
        tuple(made.other(row) for row in rows if row.id not in shown),
        made,
    )


def _event(event: Event, standing: Mapping[str, EventRow], initiative: Initiative) -> EventFacts:
    row = standing.get(event.code, _UNOPENED)
    titles = {theme.code: theme.title for theme in initiative.themes}
    return EventFacts(
        code=event.code,
        kind=event.kind,
        title=event.title,
        city=event.city,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        themes=tuple(ThemeSection(code, titles[code]) for code in event.themes),
        status=row.status,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def _taking_part(groups: list[GroupRow], authors: Authors, organisations: tuple[str, ...]) -> TakingPart:
    """Who is registered, in numbers; constituencies that may not be told are counted together."""
    taking = [group for group in groups if group.status is Status.PARTICIPANT]
    titles = authors.told()
    told = {group.constituency: group.number for group in taking if group.constituency in titles}
    rest = sum(group.number for group in taking if group.constituency not in titles)
    sizes: list[GroupSize] = [GroupSize(code, title, told.get(code, 0)) for code, title in titles.items()]
    if rest:
        others: Text = t("other participants") if sizes else t("participants")
        sizes.append(GroupSize(None, others, rest))
    return TakingPart(
        participants=sum(group.number for group in taking),
        observers=sum(group.number for group in groups if group.status is Status.OBSERVER),
        groups=tuple(sizes),
        organisations=organisations,
    )


def _contributions(stored: Stored) -> int:
    """Proposals, amendments, and arguments that were not taken back."""
    histories = [stored.histories[id_] for id_ in stored.told]
    return len(stored.told) + sum(
        len(one.amendments)
        + sum(argument.status is not ArgumentStatus.WITHDRAWN for argument in one.arguments)
        for one in histories
    )


async def _receipts(tx: AsyncConnection, stored: Stored, which: set[int]) -> tuple[BallotReceipts, ...]:
    """The receipts of these ballots as they were published, by ballot."""
    references = {
        ballot_id: {item.position: item.reference for item in items}
        for ballot_id, items in stored.items.items()
    }
    found: dict[int, list[Receipt]] = {}
    held = [id_ for id_ in stored.ballots if id_ in which]
    async for part in reporting.receipts_of(tx, held):
        for row in part:
            method = stored.ballots[row.ballot_id].method
            vote = published_vote(method, row.choice, references.get(row.ballot_id, {}))
            found.setdefault(row.ballot_id, []).append(
                Receipt(row.receipt or "", row.reference or None, vote)
            )
        await asyncio.sleep(0)
    return tuple(
        BallotReceipts(label_of(stored.ballots[id_]), tuple(found[id_])) for id_ in held if id_ in found
    )
