"""What is shown of a record of arguments: the living summary in the discussion, and the private list."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cards.colours import CALM
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import CARD_TEXT_LIMIT, Button, card, line, one_line, rows, turns
from seminar.lifecycle import Act, can
from seminar.model import ArgumentStatus, Stance, State
from seminar.terms import STANCE_WORDS, stance_count
from seminar.words import Text, t, tn
from services.drafting.arguments import Argument, ArgumentPage, Summary, possible

PER_PAGE = 4
SHOWN = 240  # characters of an argument in the summary, as Discord counts them
REASON = 160  # and of the reason why one was set aside
WHO = 80
_SPARE = 60  # for "and n more", in whatever language


def summary_card(summary: Summary, tr: Translator) -> discord.ui.LayoutView:
    """The record as the discussion shows it, by stance, the newest first.

    What does not fit is counted. Of what was withdrawn or set aside only that is told, and why.
    """
    head = "## " + tr(t("Arguments on record")) + f" · {summary.reference}"
    parts = _fitted(_parts(summary, tr), CARD_TEXT_LIMIT - len(head) - _SPARE, tr)
    if not parts:
        parts = [tr(t("Nothing stands on record now."))]
    return card(
        head, *parts, *rows(argue_buttons(summary.reference, summary.state, tr, listed=True)), accent=CALM
    )


def argue_buttons(reference: str, state: State, tr: Translator, *, listed: bool = False) -> list[Button]:
    """The way onto the record for as long as there is one, and with `listed` to everything that is on it."""
    made = []
    if can(state, Act.RESERVE):
        made.append(Button(tr(t("Record a reservation")), custom_id("reserve", reference), emoji="📌"))
    elif possible(state):
        made.append(Button(tr(t("Argue")), custom_id("argue", reference), emoji="💬"))
    if listed:
        made.append(Button(tr(t("Read them all")), custom_id("argument-page", reference, 0), emoji="📖"))
    return made


def _parts(summary: Summary, tr: Translator) -> list[tuple[str, int, list[str]]]:
    """Each part's heading, how many it has, and its newest as lines."""
    found = []
    for stance in Stance:
        number = summary.numbers.get((ArgumentStatus.STANDS, stance), 0)
        if number:
            lines = [_brief(one, tr) for one in summary.newest if _stands(one) and one.stance is stance]
            found.append((f"**{tr(stance_count(stance, number))}**", number, lines))
    aside = _number(summary, ArgumentStatus.SET_ASIDE)
    if aside:
        lines = [_aside(one, tr) for one in summary.newest if one.status is ArgumentStatus.SET_ASIDE]
        head = tr(tn("{count} was set aside", "{count} were set aside", aside))
        found.append((f"**{head}**", aside, lines))
    gone = _number(summary, ArgumentStatus.WITHDRAWN)
    if gone:
        found.append(("-# " + tr(tn("{count} was withdrawn.", "{count} were withdrawn.", gone)), gone, []))
    return found


def _number(summary: Summary, status: ArgumentStatus) -> int:
    return sum(number for (found, _), number in summary.numbers.items() if found is status)


def _stands(one: Argument) -> bool:
    return one.status is ArgumentStatus.STANDS


def _fitted(parts: Sequence[tuple[str, int, list[str]]], room: int, tr: Translator) -> list[str]:
    """The parts within `room` characters: turn by turn each gets one line more, from its newest on."""
    room -= sum(len(head) + 1 + _SPARE for head, _, _ in parts)
    kept = [0] * len(parts)
    waiting = [place for place, (_, _, lines) in enumerate(parts) if lines]
    while waiting:
        for place in tuple(waiting):
            lines = parts[place][2]
            cost = len(lines[kept[place]]) + 1
            if cost > room:
                waiting.remove(place)
                continue
            room -= cost
            kept[place] += 1
            if kept[place] == len(lines):
                waiting.remove(place)
    shown = []
    for (head, number, lines), count in zip(parts, kept, strict=True):
        more = number - count
        left = [tr(tn("and {count} more", "and {count} more", more))] if more and lines else []
        shown.append("\n".join([head, *lines[:count], *left]))
    return shown


def _brief(one: Argument, tr: Translator) -> str:
    said = t(
        "{number}, {who}: {text}",
        number=f"**{one.number}**",
        who=_who(one, tr),
        text=one_line(one.text, SHOWN),
    )
    return f"- {tr(said)}{_link(one, tr)}"


def _aside(one: Argument, tr: Translator) -> str:
    said = t("{number}: {reason}", number=f"**{one.number}**", reason=one_line(one.reason, REASON))
    return f"- {tr(said)}"


def _who(one: Argument, tr: Translator) -> str:
    return one_line(tr(one.who), WHO)


def _link(one: Argument, tr: Translator) -> str:
    """The way to the message it was taken from; the address is the bot's own making."""
    return f" [{tr(t('message'))}]({one.link})" if one.link else ""


def list_card(page: ArgumentPage, tr: Translator) -> discord.ui.LayoutView:
    """One page of the record, for whoever asked for it: who, stance, words and link of each."""
    last = max(0, (page.total - 1) // PER_PAGE)
    heads = [
        f"## {page.reference} · {one_line(page.title, 220)}",
        "-# " + tr(tn("{count} contribution on record", "{count} contributions on record", page.total))
        if page.total
        else tr(t("Nothing is on record here yet.")),
    ]
    foot = tr(t("Page {page} of {last}", page=page.page + 1, last=last + 1)) if last else ""
    frame = sum(map(len, [*heads, foot, *(_listed(one, "", tr) for one in page.items)]))
    words = _shared([one.text or one.reason for one in page.items], CARD_TEXT_LIMIT - frame - _SPARE)
    items = (_listed(one, said, tr) for one, said in zip(page.items, words, strict=True))
    buttons = [
        *turns(tr, page.page, last, lambda to: custom_id("argument-page", page.reference, to)),
        *argue_buttons(page.reference, page.state, tr),
    ]
    return card(
        *heads, *(part for item in items for part in (line(), item)), foot, *rows(buttons), accent=CALM
    )


def _shared(texts: Sequence[str], room: int) -> list[str]:
    """The texts on a line each, within `room` characters together: short ones leave theirs to the long."""
    lengths = sorted(len(one_line(text, CARD_TEXT_LIMIT)) for text in texts)
    waiting = len(lengths)
    for length in lengths:
        if length * waiting > room:
            return [one_line(text, max(1, room // waiting)) for text in texts]
        room -= length
        waiting -= 1
    return [one_line(text, CARD_TEXT_LIMIT) for text in texts]


def _listed(one: Argument, words: str, tr: Translator) -> str:
    head = f"**{one.number}** · {tr(_head(one, tr))}\n"
    match one.status:
        case ArgumentStatus.WITHDRAWN:
            return f"{head}-# " + tr(t("Withdrawn by its author."))
        case ArgumentStatus.SET_ASIDE:
            return f"{head}-# " + tr(t("Set aside: {reason}", reason=words))
        case _:
            return f"{head}{words}{_link(one, tr)}"


def _head(one: Argument, tr: Translator) -> Text:
    return t("{stance} by {who}, {moment}", stance=STANCE_WORDS[one.stance], who=_who(one, tr), moment=one.at)
