"""Sending to a conference what was adopted, with its result and its rank, in one act."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.conference import chosen
from seminar.errors import Invalid, Refused
from seminar.initiative import Event, Initiative
from seminar.lifecycle import Act, move
from seminar.model import Actor, Role, State
from seminar.ranking import Standing, rank
from seminar.terms import STATE_WORDS
from seminar.words import Text, t, tn
from services import news
from services.clock import Clock
from services.conference.choosing import conference_of, require_not_closed
from services.conference.decisions import Decision, decisions, figures_of, last_carried
from services.drafting.acting import draw_asked_again, record
from services.initiatives import Initiatives
from services.people import persons
from storage import conference, events, ledger, outbox, rec_lists
from storage.conference import Forwarded, HeldRow
from storage.engine import Database
from storage.people import PersonRow
from storage.rec_lists import Filter
from storage.recommendations import RecRow

FORWARDED = "recommendation.forwarded"

_NAMED: Final = 8  # references in a refusal
_LEFT: Final[tuple[State, ...]] = (State.PROPOSED, State.ADMITTED, State.RETURNED, State.NOT_ADOPTED)


@dataclass(frozen=True, slots=True)
class Sent:
    """A recommendation that was sent, or stayed behind; `rank` is that among the adopted of its theme."""

    reference: str
    title: str
    theme: str
    origin: str
    rank: int | None


@dataclass(frozen=True, slots=True)
class Despatch:
    """What went from `source` to `conference`, in the order of the agenda, and what did not.

    `already` counts those that were there before. `behind` are adopted and were not among the first,
    `strangers` of a theme that the conference does not have, and `others` counts those that are not
    adopted, by where they stand.
    """

    source: Event
    conference: Event
    sent: tuple[Sent, ...]
    already: int
    behind: tuple[Sent, ...]
    strangers: tuple[Sent, ...]
    others: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: RecRow
    rank: int | None


class Forwarding:
    """Sends recommendations of each server to its conferences."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def forward(
        self, actor: Actor, event: str, top: int | None = None, to: str | None = None
    ) -> Despatch:
        """Send what a seminar adopted to a conference: all of it, or the first `top` of each theme.

        Of a conference's own code, everything adopted anywhere goes that was not sent yet. Without `to` it
        goes to the conference that is open, or comes next.

        Raises:
            Invalid: `top` is less than 1.
            NotAllowed: the actor is no organiser.
            NotFound: there is no such event.
            Refused: there is no conference, it is closed, a ballot of the event is open, nothing there is
                adopted, or all of it was sent before; the sentence says which.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        if top is not None and top < 1:
            raise Invalid(
                t("“top” is how many of each theme are forwarded, at least 1; leave it out for all.")
            )
        source = initiative.event(event.strip().upper())
        if source.kind == "conference" and not (to or "").strip():
            to = source.code
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            await ledger.hold(tx, actor.guild_id)  # no ballot opens, nothing is revised meanwhile
            rows = await events.fetch_all(tx, actor.guild_id)
            target = conference_of(initiative, rows, to)
            require_not_closed(rows, target.code)
            found = await _there(tx, actor.guild_id, source)
            await _require_decided(tx, actor.guild_id, initiative, source)
            made = await _sorted_out(tx, initiative, source, target, found, top)
            now = self._clock()
            going = made[0]
            await self._send(tx, actor.guild_id, initiative, person, target, going, now)
            return _despatch(initiative, source, target, found, *made)

    async def _send(
        self,
        tx: AsyncConnection,
        guild_id: int,
        initiative: Initiative,
        person: PersonRow,
        target: Event,
        going: Sequence[_Candidate],
        now: datetime,
    ) -> None:
        rows = [one.row for one in going]
        known = await decisions(tx, initiative, [row.id for row in rows])
        by = {row.id: last_carried(known.get(row.id, ()), row.event) for row in rows}
        await conference.add(
            tx,
            guild_id,
            target.code,
            [
                Forwarded(one.row.id, one.row.event, one.row.version, _id(by[one.row.id]), one.rank)
                for one in going
            ],
            move(State.ADOPTED, Act.FORWARD),
            person.id,
            now,
        )
        for one in going:
            row, decision = one.row, by[one.row.id]
            body = {
                "from": row.event,
                "to": target.code,
                "rank": one.rank,
                "ballot": None if decision is None else decision.label,
                "version": row.version,
            }
            await record(tx, self._clock, guild_id, person.pseudonym, FORWARDED, row, body)
            told = {"title": row.title, "conference": target.title, "rank": one.rank}
            others = {row.author_id} - {person.id}
            await news.tell(tx, guild_id, row.reference, now, "forwarded", told, to=others)
        await draw_asked_again(tx, self._clock, guild_id, rows)
        await outbox.put_once(tx, guild_id, "agenda.refresh", target.code, now)


def _id(decision: Decision | None) -> int | None:
    return None if decision is None else decision.ballot_id


async def _there(tx: AsyncConnection, guild_id: int, source: Event) -> list[RecRow]:
    """Everything that might go: of a seminar its own, of a conference that of every event."""
    wanted = Filter() if source.kind == "conference" else Filter(event=source.code)
    return [row async for part in rec_lists.every(tx, guild_id, wanted) for row in part]


async def _require_decided(tx: AsyncConnection, guild_id: int, initiative: Initiative, source: Event) -> None:
    """
    Raises:
        Refused: a ballot on something that might go is open, whether it decides or not.
    """
    concerned = [event.code for event in initiative.events] if source.kind == "conference" else [source.code]
    running = await conference.open_ballots(tx, guild_id, concerned)
    if running:
        raise Refused(
            tn(
                "The ballot {labels} is still open; close or cancel it first.",
                "The ballots {labels} are still open; close or cancel them first.",
                len(running),
                labels=tuple(f"B{number}" for number in running),
            )
        )


async def _sorted_out(
    tx: AsyncConnection,
    initiative: Initiative,
    source: Event,
    target: Event,
    found: Iterable[RecRow],
    top: int | None,
) -> tuple[list[_Candidate], list[_Candidate], list[_Candidate], int]:
    """What goes, in the order of the agenda; what stays behind; what belongs nowhere there; and how many
    of those that are among the first were sent before.

    Raises:
        Refused: nothing goes.
    """
    carried = [row for row in found if row.conference is not None or row.state is State.ADOPTED]
    if not carried:
        raise Refused(_none_adopted(source, found))
    ranked = _ranked(carried, await conference.held_on(tx, [row.id for row in carried]))
    going: list[_Candidate] = []
    behind: list[_Candidate] = []
    strangers: list[_Candidate] = []
    already = 0
    for members in ranked.values():
        first, rest = chosen([(one.rank, one) for one in members], top)
        already += sum(one.row.conference is not None for one in first)
        fresh = [one for one in first if one.row.conference is None]
        fitting = fresh and fresh[0].row.theme in target.themes
        (going if fitting else strangers).extend(fresh)
        behind += [one for one in rest if one.row.conference is None]
    if not going:
        raise Refused(_nothing_goes(target, already, behind, strangers))
    order = {event.code: place for place, event in enumerate(initiative.events)}

    def place(one: _Candidate) -> tuple[object, ...]:
        theme = target.themes.index(one.row.theme)
        rank_ = len(going) if one.rank is None else one.rank
        return theme, rank_, order[one.row.event], references.sort_key(one.row.reference)

    return sorted(going, key=place), behind, strangers, already


def _ranked(
    carried: Iterable[RecRow], held: Mapping[int, Sequence[HeldRow]]
) -> Mapping[tuple[str, str], list[_Candidate]]:
    """What was adopted in each event and theme, ranked by the latest ballots that were held there."""
    rows = {row.reference: row for row in carried}
    standings = []
    for row in rows.values():
        own = [one for one in held.get(row.id, ()) if one.event == row.event]
        standings.append(
            Standing(
                row.event, row.theme, row.reference, own[-1].method, figures_of(own[-1]), own[-1].ballot_id
            )
            if own
            else Standing(row.event, row.theme, row.reference)
        )
    found: dict[tuple[str, str], list[_Candidate]] = defaultdict(list)
    for placed in rank(standings):
        row = rows[placed.standing.reference]
        found[row.event, row.theme].append(_Candidate(row, placed.rank))
    return found


def _none_adopted(source: Event, found: Iterable[RecRow]) -> Text:
    states = Counter(row.state for row in found)
    if not states:
        return t("{code} has no recommendations, so there is nothing to forward.", code=source.code)
    return t(
        "Nothing of {code} is adopted, so there is nothing to forward: {states}.",
        code=source.code,
        states=standing(states),
    )


def standing(states: Mapping[State, int]) -> tuple[Text, ...]:
    """`3 under discussion`, `2 not adopted`: how many stand where, in the order of states."""
    return tuple(
        t("{number} {state}", number=states[state], state=STATE_WORDS[state])
        for state in State
        if states.get(state)
    )


def _nothing_goes(
    target: Event, already: int, behind: Sequence[_Candidate], strangers: Sequence[_Candidate]
) -> Text:
    if strangers:
        return t(
            "The conference {code} does not have the themes {themes}; its themes are {known}.",
            code=target.code,
            themes=tuple(dict.fromkeys(one.row.theme for one in strangers)),
            known=target.themes,
        )
    if behind:
        return tn(
            "What is among the first of its theme was forwarded already ({count} recommendation); "
            "{references} could follow with a larger `top`, or without one.",
            "What is among the first of its theme was forwarded already ({count} recommendations); "
            "{references} could follow with a larger `top`, or without one.",
            already,
            references=tuple(one.row.reference for one in behind[:_NAMED]),
        )
    return tn(
        "Everything adopted there was forwarded already: {count} recommendation.",
        "Everything adopted there was forwarded already: {count} recommendations.",
        already,
    )


def _despatch(
    initiative: Initiative,
    source: Event,
    target: Event,
    found: Iterable[RecRow],
    going: Sequence[_Candidate],
    behind: Sequence[_Candidate],
    strangers: Sequence[_Candidate],
    already: int,
) -> Despatch:
    others = Counter(row.state for row in found if row.state in _LEFT)
    return Despatch(
        source=source,
        conference=target,
        sent=_sent(going),
        already=already,
        behind=_sent(behind),
        strangers=_sent(strangers),
        others=others,
    )


def _sent(candidates: Iterable[_Candidate]) -> tuple[Sent, ...]:
    return tuple(
        Sent(one.row.reference, one.row.title, one.row.theme, one.row.event, one.rank) for one in candidates
    )
