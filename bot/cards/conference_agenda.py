"""The agenda of a conference: as everybody reads it, and as an organiser puts it in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.cards.colours import CALM, ENDED
from bot.exchange import cut
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import CARD_TEXT_LIMIT, Button, card, form, label, line, one_line, rows, text_field, turns
from seminar.conference import Slot
from seminar.model import EventStatus, State
from seminar.terms import STATE_WORDS
from seminar.words import Text, t, tn
from services.conference.conference import AgendaItem, AgendaView

PAGE = 25  # items of the organiser's editor: what a select can offer
READ = 15  # items on a page that somebody reads: these fit whatever they are called
_ROOM = CARD_TEXT_LIMIT - 500  # characters for the items of the public card
_TITLE, _CLASHES = 110, 5
_TIME = 5  # characters of a time of day; people may type a little more


def agenda_card(agenda: AgendaView, tr: Translator) -> discord.ui.LayoutView:
    """The agenda as it hangs in the conference's channel; what does not fit is read by a button."""
    lines = _lines(agenda.items, 0, tr)
    shown = 0
    used = 0
    while shown < len(lines) and used + len(lines[shown]) + 1 <= _ROOM:
        used += len(lines[shown]) + 1
        shown += 1
    left = len(lines) - shown
    closed = agenda.status is EventStatus.CLOSED
    return card(
        _heading(agenda, tr),
        "\n".join(lines[:shown]),
        f"-# {tr(tn('and {count} more', 'and {count} more', left))}" if left else None,
        f"-# {tr(t('The conference is closed.'))}" if closed else None,
        *rows(
            [Button(tr(t("Whole agenda")), custom_id("agenda-read", agenda.event.code, 0), emoji="📋")]
            if left
            else []
        ),
        accent=ENDED if closed else CALM,
    )


def reading_card(agenda: AgendaView, page: int, tr: Translator) -> discord.ui.LayoutView:
    """A page of the agenda for one reader; past the end it is the last."""
    last = max(0, (len(agenda.items) - 1) // READ)
    page = min(max(page, 0), last)
    items = agenda.items[page * READ : (page + 1) * READ]
    return card(
        _heading(agenda, tr),
        "\n".join(_lines(items, page * READ, tr)),
        *rows(turns(tr, page, last, lambda one: custom_id("agenda-read", agenda.event.code, one))),
        accent=CALM,
    )


def editor_card(
    agenda: AgendaView, tr: Translator, *, page: int = 0, chosen: str | None = None
) -> discord.ui.LayoutView:
    """What an organiser moves and times; the page is that of what is chosen, if something is."""
    last = max(0, (len(agenda.items) - 1) // PAGE)
    place = None if chosen is None else agenda.place(chosen)
    if place is not None:
        page = place // PAGE
    page = min(max(page, 0), last)
    items = agenda.items[page * PAGE : (page + 1) * PAGE]
    code = agenda.event.code
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id("agenda-item", code, page),
        placeholder=cut(tr(t("Choose what to move or to time")), 150),
        options=[
            discord.SelectOption(
                label=label(f"{number}. {one.reference} · {one.title}", 100),
                value=one.reference,
                description=cut(_times(one.slot, tr) or tr(t("no time yet")), 100),
                default=one.reference == chosen,
            )
            for number, one in enumerate(items, start=page * PAGE + 1)
        ],
    )
    return card(
        _heading(agenda, tr),
        tr(t("Everybody sees the agenda in the conference's channel, as you put it in order here.")),
        _clashes(agenda, tr),
        line(),
        f"**{tr(_chosen(agenda.items[place], place))}**"
        if place is not None
        else tr(t("Nothing is chosen yet.")),
        discord.ui.ActionRow(select),
        *rows(_moves(agenda, place, tr)),
        *rows(turns(tr, page, last, lambda one: custom_id("agenda-page", code, one))),
        accent=CALM,
    )


def time_form(agenda: AgendaView, item: AgendaItem, made: str, tr: Translator) -> discord.ui.Modal:
    """Asks for the beginning and the end; filled with what stands."""
    slot = item.slot
    filled = {"starts": slot.starts if slot else "", "ends": (slot.ends or "") if slot else ""}
    hint = tr(t("For example 10:30; both empty takes the time away."))
    return form(
        tr(t("Time of {reference}", reference=item.reference)),
        made,
        text_field(tr(t("Begins")), "starts", filled, 0, 2 * _TIME, hint=hint),
        text_field(tr(t("Ends (optional)")), "ends", filled, 0, 2 * _TIME),
    )


def _heading(agenda: AgendaView, tr: Translator) -> str:
    named = tr(t("Agenda of {event}", event=one_line(agenda.event.title, 200)))
    count = tr(tn("{count} recommendation", "{count} recommendations", len(agenda.items)))
    return f"## {named}\n-# {count}"


def _lines(items: Sequence[AgendaItem], before: int, tr: Translator) -> list[str]:
    """Two rows of text each: what it is, and where it stands."""
    return [_line(number, one, tr) for number, one in enumerate(items, start=before + 1)]


def _line(number: int, item: AgendaItem, tr: Translator) -> str:
    times = _times(item.slot, tr)
    told = [times, item.theme, tr(_stands(item))]
    return (
        f"**{number}. {item.reference}** {one_line(item.title, _TITLE)}\n"
        f"-# {' · '.join(one for one in told if one)}"
    )


def _times(slot: Slot | None, tr: Translator) -> str:
    if slot is None:
        return ""
    return f"{slot.starts}–{slot.ends}" if slot.ends else tr(t("from {start}", start=slot.starts))


def _stands(item: AgendaItem) -> Text:
    match item.state:
        case State.FORWARDED:
            return t("still open")
        case State.FINALISED if item.number:
            return t("finalised as {number}", number=item.number)
        case _:
            return STATE_WORDS[item.state]


def _chosen(item: AgendaItem, place: int) -> Text:
    title = one_line(item.title, 220)
    return t("{number}. {reference} {title}", number=place + 1, reference=item.reference, title=title)


def _clashes(agenda: AgendaView, tr: Translator) -> str | None:
    """Which times meet; that is told, and refused by nobody."""
    pairs = tuple(t("{one} and {other}", one=one, other=other) for one, other in agenda.meeting[:_CLASHES])
    if not pairs:
        return None
    more = len(agenda.meeting) - len(pairs)
    if more:
        pairs = (*pairs, tn("{count} more", "{count} more", more))
    return "⚠️ " + tr(t("At the same time: {pairs}.", pairs=pairs))


def _moves(agenda: AgendaView, place: int | None, tr: Translator) -> list[Button]:
    code = agenda.event.code
    reference = "" if place is None else agenda.items[place].reference
    nothing = place is None
    return [
        Button(
            tr(t("Move up")),
            custom_id("agenda-up", code, reference),
            emoji="⬆️",
            disabled=nothing or place == 0,
        ),
        Button(
            tr(t("Move down")),
            custom_id("agenda-down", code, reference),
            emoji="⬇️",
            disabled=nothing or place == len(agenda.items) - 1,
        ),
        Button(tr(t("Time…")), custom_id("agenda-time", code, reference), emoji="🕥", disabled=nothing),
    ]
