"""Which conference is meant, and what every act at one begins with."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import Refused
from seminar.initiative import Event, Initiative
from seminar.model import EventStatus, State
from seminar.terms import STATE_WORDS
from seminar.words import Text, Value, t
from services.drafting.acting import leading_on
from storage import conference, events
from storage.conference import ItemRow
from storage.events import EventRow
from storage.recommendations import RecRow

NO_CONFERENCE = t("This initiative has no conference; name one among the events of the initiative file.")


def conference_of(initiative: Initiative, rows: Mapping[str, EventRow], named: str | None) -> Event:
    """The conference of that code; without one the open one, else the first that is not closed, else the
    last of all.

    Raises:
        NotFound: there is no event of that code.
        Refused: that is a seminar, or the initiative has no conference.
    """
    if named is not None and named.strip():
        event = initiative.event(named.strip().upper())
        if event.kind != "conference":
            known = tuple(one.code for one in initiative.conferences)
            said = t("{code} is a seminar; the conferences are {known}.", code=event.code, known=known)
            raise Refused(said if known else NO_CONFERENCE)
        return event
    if not initiative.conferences:
        raise Refused(NO_CONFERENCE)
    for wanted in (EventStatus.OPEN, EventStatus.PLANNED):
        for event in initiative.conferences:
            if status_of(rows, event.code) is wanted:
                return event
    return initiative.conferences[-1]


def status_of(rows: Mapping[str, EventRow], code: str) -> EventStatus:
    return rows[code].status if code in rows else EventStatus.PLANNED


def require_not_closed(rows: Mapping[str, EventRow], code: str) -> None:
    """
    Raises:
        Refused: the conference is closed.
    """
    if status_of(rows, code) is EventStatus.CLOSED:
        raise Refused(t("The conference {code} is closed; `/event open` opens it again.", code=code))


async def item_of(tx: AsyncConnection, guild_id: int, initiative: Initiative, row: RecRow) -> ItemRow:
    """What a conference that is not closed knows of the recommendation.

    Raises:
        Refused: it was not forwarded to one, that one is closed, or the initiative has none.
    """
    item = await conference.item(tx, row.id)
    if item is None:
        if not initiative.conferences:
            raise Refused(NO_CONFERENCE)
        raise Refused(await leading_on(tx, row.id, row.state, _not_there(row)))
    require_not_closed(await events.fetch_all(tx, guild_id), item.event)
    return item


def _not_there(row: RecRow) -> Text:
    """Why nothing can be done with it at a conference, and what leads there."""
    values: dict[str, Value] = {"reference": row.reference, "state": STATE_WORDS[row.state]}
    if row.state is State.ADOPTED:
        return t(
            "{reference} is {state} and was not forwarded to a conference yet; `/conference forward` with "
            "the event {code} does that.",
            code=row.event,
            **values,
        )
    return t(
        "{reference} is {state} and not at a conference; only what is adopted can be forwarded to one.",
        **values,
    )
