"""The ranked results of events and themes, read as one consistent picture."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.models.covering import PLAIN
from reports.models.ranking import (
    BallotSummary,
    EventSection,
    RankingReport,
    RankingRow,
    ThemeSection,
    ranking_report,
)
from seminar.initiative import Initiative
from seminar.methods import METHODS, method, ranked
from seminar.methods.base import Figures
from seminar.model import Actor, Purpose, Role, Secrecy
from seminar.ranking import Standing, rank
from seminar.words import Text
from services.clock import Clock
from services.initiatives import Initiatives
from services.people.authors import Authors
from services.record import covering, sections
from services.record.sections import SectionView
from services.voting.ballot_reading import label_of
from storage import ballots, conference, events, ledger, rec_lists, records
from storage import sections as section_rows
from storage.engine import Database
from storage.rec_lists import Filter
from storage.recommendations import LastBallot, RecRow

_PIECE = 100


class Results:
    """Builds ranking reports; nothing of them is stored."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def extent(self, guild_id: int, event: str | None = None, theme: str | None = None) -> int | None:
        """How many recommendations the report that `report` makes has; None where there are none.

        Raises:
            NotFound: no initiative is loaded, or it has no such event or theme.
        """
        wanted = part_of(await self._initiatives.current(guild_id), event, theme)
        async with self._db.read() as tx:
            return await rec_lists.count(tx, guild_id, wanted) or None

    async def section(
        self, actor: Actor, event: str | None = None, theme: str | None = None
    ) -> SectionView | None:
        """One theme's ranking at one event, for an organiser; None where nothing was proposed.

        What is not given is chosen: the newest open event with a ranking, and its first theme that
        has one. At a conference stands what it deals with, ranked by its own ballots and no others.

        Raises:
            NotFound: no initiative is loaded, or it has no such event or theme.
            NotAllowed: the actor is no organiser.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        wanted = part_of(initiative, event, theme)
        async with self._db.read() as tx:
            heads = sections.heads(initiative, await section_rows.fetch_all(tx, actor.guild_id))
            rows = await events.fetch_all(tx, actor.guild_id)
        fitting = (h for h in heads if wanted.event in (None, h.event) and wanted.theme in (None, h.theme))
        head = sections.first(fitting, rows)
        if head is None:
            return None
        report = await self._report(actor.guild_id, head.event, head.theme)
        (section,) = report.sections()
        return SectionView(section, heads, {c.code: c.title for c in initiative.constituencies})

    async def report(
        self,
        guild_id: int,
        event: str | None = None,
        theme: str | None = None,
        at: datetime | None = None,
        draft: bool | None = None,
    ) -> RankingReport:
        """Every recommendation of an event, of a theme or of all, ranked within event and theme, with
        every closed ballot on one of them.

        `at` dates the report (now, when not given); `draft` marks it as one (None: while one of its events
        is not closed).

        Raises:
            NotFound: no initiative is loaded, or it has no such event or theme.
        """
        return await self._report(guild_id, event, theme, at, draft, in_full=True)

    async def _report(
        self,
        guild_id: int,
        event: str | None,
        theme: str | None,
        at: datetime | None = None,
        draft: bool | None = None,
        *,
        in_full: bool = False,
    ) -> RankingReport:
        """A ranking covers a whole event and theme, so one that is limited to them reads nothing else.

        Ballots and cover are left out on a screen that must not wait for what the ledger says of them.
        """
        initiative = await self._initiatives.current(guild_id)
        wanted = part_of(initiative, event, theme)
        if not in_full and wanted.event in {one.code for one in initiative.conferences}:
            wanted = Filter(theme=wanted.theme, room=wanted.event)
        rows: dict[str, RecRow] = {}
        figures: dict[str, Figures] = {}
        standings: dict[tuple[str, str], list[Standing]] = {}
        ranked_rows: list[RankingRow] = []
        # A long report must not hold up the clicks: after every piece others have their turn.
        async with self._db.read() as tx:
            head = await ledger.head(tx, guild_id)
            authors = await Authors.of(tx, guild_id, initiative)
            async for part in rec_lists.every(tx, guild_id, wanted):
                for row in part if wanted.room is None else await _as_held_at(tx, wanted.room, part):
                    rows[row.reference] = row
                    if row.last is not None:
                        figures[row.reference] = method(row.last.method).from_json(row.last.figures)
                    standings.setdefault((row.event, row.theme), []).append(
                        standing_of(row, figures.get(row.reference))
                    )
                await asyncio.sleep(0)
            held = await _ballots(tx, guild_id, wanted) if in_full else ()
            about = {event for event, _ in standings}
            cover = await covering.read(tx, guild_id, initiative, about, draft) if in_full else PLAIN
        for members in standings.values():
            for number, one in enumerate(rank(members)):
                row = rows[one.standing.reference]
                ranked_rows.append(ranked_row(row, authors.shown(row), one.rank, figures.get(row.reference)))
                if number % _PIECE == 0:
                    await asyncio.sleep(0)
        return ranking_report(
            initiative=initiative.head.title,
            generated_at=at or self._clock(),
            ledger_head=head.hash if head.seq else None,
            time_zone=initiative.head.time_zone,
            attribution=initiative.head.attribution,
            events=sections_of(initiative, standings, wanted.room or wanted.event),
            recommendations=ranked_rows,
            ballots=held,
            covering=cover,
        )


def part_of(initiative: Initiative, event: str | None, theme: str | None) -> Filter:
    """The recommendations of an event, of a theme or of all; codes may be written in small letters.

    Raises:
        NotFound: the initiative has no such event or theme.
    """
    return Filter(
        event=None if event is None else initiative.event(event.strip().upper()).code,
        theme=None if theme is None else initiative.theme(theme.strip().upper()).code,
    )


async def _as_held_at(tx: AsyncConnection, event: str, rows: Sequence[RecRow]) -> list[RecRow]:
    """The rows as they stand at a conference: belonging to it, each with its latest ballot there."""
    held = await conference.held_on(tx, [row.id for row in rows])
    found: list[RecRow] = []
    for row in rows:
        own = [one for one in held.get(row.id, ()) if one.event == event]
        last = own[-1] if own else None
        found.append(
            replace(
                row,
                event=event,
                last=None
                if last is None
                else LastBallot(
                    last.ballot_id,
                    last.number,
                    last.method,
                    last.electorate,
                    last.closed_at,
                    last.figures,
                    last.purpose,
                ),
            )
        )
    return found


async def _ballots(tx: AsyncConnection, guild_id: int, wanted: Filter) -> list[BallotSummary]:
    """The closed ballots on what is wanted, each with what the ledger keeps of it."""
    rows = await records.ballots_on(tx, guild_id, wanted.event, wanted.theme)
    items = await ballots.items(tx, [row.id for row in rows])
    bodies = await records.closing_bodies(tx, guild_id, [label_of(row) for row in rows])
    tallies = await records.tallies_of(tx, [row.id for row in rows if row.method == ranked.name])
    return [
        BallotSummary(
            label=label_of(row),
            method=row.method,
            purpose=Purpose(row.purpose),
            secrecy=Secrecy(row.secrecy),
            electorate=row.electorate or 0,
            voters=row.voters or 0,
            closed_at=row.closed_at,
            checksum=_checksum(bodies.get(label_of(row))),
            items=tuple(item.reference for item in items[row.id]),
            pairwise={tally.reference: ranked.from_json(tally.figures).pairwise for tally in tallies[row.id]}
            if row.id in tallies
            else None,
        )
        for row in rows
    ]


def _checksum(body: str | None) -> str | None:
    """The checksum of an entry that closed a ballot; one that cannot be read is the audit's affair."""
    try:
        found = json.loads(body or "{}").get("checksum")
    except (ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def _score(row: RecRow, figures: Figures | None) -> int | float | None:
    """The method's own main figure; a whole one without decimals."""
    if row.last is None or figures is None:
        return None
    score = METHODS[row.last.method].score(figures)
    return int(score) if score is not None and score.is_integer() else score


def standing_of(row: RecRow, figures: Figures | None) -> Standing:
    """What `rank` orders a recommendation by: its latest closed ballot, or that it has none."""
    if row.last is None:
        return Standing(row.event, row.theme, row.reference)
    return Standing(row.event, row.theme, row.reference, row.last.method, figures, row.last.ballot_id)


def sections_of(
    initiative: Initiative, used_by: Iterable[tuple[str, str]], only: str | None
) -> list[EventSection]:
    """The events with their themes, and those an event has lost since but has recommendations on."""
    titles = {theme.code: theme.title for theme in initiative.themes}
    used: dict[str, dict[str, None]] = {}
    for event_code, theme_code in used_by:
        used.setdefault(event_code, {})[theme_code] = None
    return [
        EventSection(
            event.code,
            event.title,
            tuple(
                ThemeSection(code, titles.get(code, code))
                for code in dict.fromkeys((*event.themes, *used.get(event.code, ())))
            ),
        )
        for event in initiative.events
        if only is None or event.code == only
    ]


def ranked_row(row: RecRow, author: str | Text, place: int | None, figures: Figures | None) -> RankingRow:
    """One row of a ranking by `row.last`; figures that a method does not have are None."""
    last = row.last

    def has(name: str) -> Any:
        """A figure that not every method has."""
        return getattr(figures, name, None)

    return RankingRow(
        rank=place,
        reference=row.reference,
        title=row.title,
        text=row.text,
        rationale=row.rationale,
        theme=row.theme,
        event=row.event,
        state=row.state,
        author=author,
        addressees=row.addressees,
        method=None if last is None else last.method,
        electorate=has("electorate"),
        turnout=has("turnout"),
        for_=has("for_"),
        against=has("against"),
        abstain=has("abstain"),
        outcome=has("outcome"),
        contested=has("contested"),
        contested_by=has("contested_by") or (),
        consensus=has("consensus"),
        wilson=has("wilson"),
        score=_score(row, figures),
        by_constituency=has("by_constituency"),
        ballot=None if last is None else f"B{last.number}",
        closed_at=None if last is None else last.closed_at,
        purpose=None if last is None else Purpose(last.purpose),
        figures=figures,
    )
