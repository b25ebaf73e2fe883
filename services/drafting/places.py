"""Which open event a proposal belongs to: the one that has its theme, or the one the person is in."""

from __future__ import annotations

from collections.abc import Mapping

from seminar.errors import Refused
from seminar.initiative import Event, Initiative, Theme
from seminar.model import EventStatus
from seminar.words import Text, t
from services.drafting.rec_views import Draft, Place
from storage.events import EventRow


def place(
    initiative: Initiative, rows: Mapping[str, EventRow], theme: str | None, channel_id: int | None
) -> Place:
    """The event, and the themes to choose from; `theme` is a code of the initiative.

    Raises:
        Refused: no event that has the theme is open, or several are and the channel is none of theirs.
    """
    if theme is not None:
        return Place(_with_theme(initiative, rows, theme, channel_id).code, (initiative.theme(theme),))
    opened = _open(initiative, rows)
    if not opened:
        raise Refused(_nothing_open())
    here = [event for event in opened if _is_here(rows[event.code], channel_id)]
    if len(opened) == 1 or here:
        event = (here or opened)[0]
        return Place(event.code, _themes(initiative, event.themes))
    offered = {code for event in opened for code in event.themes}
    return Place("", tuple(theme for theme in initiative.themes if theme.code in offered))


def event_of(initiative: Initiative, rows: Mapping[str, EventRow], draft: Draft, theme: str) -> str:
    """The code of the event that takes the draft; `theme` is a code of the initiative.

    Raises:
        NotFound: there is no such event.
        Refused: the event is not open or does not have the theme, or it is not clear which one is meant.
    """
    if not draft.event:
        return _with_theme(initiative, rows, theme, draft.channel_id).code
    event = initiative.event(draft.event.strip().upper())
    if event not in _open(initiative, rows):
        raise Refused(
            t("The event {code} is not open, so nothing can be proposed there now.", code=event.code)
        )
    if theme not in event.themes:
        raise Refused(
            t(
                "The event {code} does not have the theme {theme}; its themes are {known}.",
                code=event.code,
                theme=theme,
                known=event.themes,
            )
        )
    return event.code


def _with_theme(
    initiative: Initiative, rows: Mapping[str, EventRow], theme: str, channel_id: int | None
) -> Event:
    opened = _open(initiative, rows)
    having = [event for event in opened if theme in event.themes]
    here = [event for event in having if _is_here(rows[event.code], channel_id)]
    if len(having) == 1 or here:
        return (here or having)[0]
    if having:
        raise Refused(
            t(
                "The theme {theme} is discussed at {events}; propose in the channel of the one you mean.",
                theme=theme,
                events=tuple(t("{title} ({code})", title=e.title, code=e.code) for e in having),
            )
        )
    if not opened:
        raise Refused(_nothing_open())
    offered = {code for event in opened for code in event.themes}
    raise Refused(
        t(
            "No event on the theme {theme} is open now; the themes of open events are {known}.",
            theme=theme,
            known=tuple(one.code for one in initiative.themes if one.code in offered),
        )
    )


def _open(initiative: Initiative, rows: Mapping[str, EventRow]) -> list[Event]:
    return [
        event
        for event in initiative.events
        if event.code in rows and rows[event.code].status is EventStatus.OPEN
    ]


def _is_here(row: EventRow, channel_id: int | None) -> bool:
    return channel_id is not None and row.channel_id == channel_id


def _themes(initiative: Initiative, codes: tuple[str, ...]) -> tuple[Theme, ...]:
    return tuple(initiative.theme(code) for code in codes)


def _nothing_open() -> Text:
    return t("No event is open now, so nothing can be proposed. An organiser opens one with /event open.")
