"""The paper of `ranked`: items are placed one after another, beside each other, or not at all."""

from __future__ import annotations

import discord

from bot.exchange import cut
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button
from cogs.voting.papers import _frame as frame
from cogs.voting.papers._frame import Own, Row
from seminar.words import t
from services.voting.ballot_views import Sheet, SheetItem

PER_PAGE = 5
ORDER = 700  # characters of the order as it stands


def sheet(sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
    """Five items a page, under the order that all pages together have so far."""
    places = _places(sheet)
    how = [
        tr(
            t(
                "Place them: first, second, third… Equal places are allowed; "
                "what you do not place stands below all the others."
            )
        )
    ]
    if places:
        order = " · ".join(
            f"{number} {' = '.join(item.reference for item in tier)}" for number, tier in places.items()
        )
        how.append(tr(t("Your order so far: {order}", order=cut(order, ORDER))))

    def own(item: SheetItem, page: int) -> Own:
        return _standing(item, places, tr), [_buttons(sheet, item, places, tr, page)]

    return frame.paper(sheet, tr, page, PER_PAGE, how, own)


def _places(sheet: Sheet) -> dict[int, list[SheetItem]]:
    """The items on each place, the first place first."""
    places: dict[int, list[SheetItem]] = {}
    for item in sheet.items:
        if item.answer:
            places.setdefault(item.answer[0], []).append(item)
    return dict(sorted(places.items()))


def _standing(item: SheetItem, places: dict[int, list[SheetItem]], tr: Translator) -> list[str]:
    if not item.answer:
        return []
    place = item.answer[0]
    others = tuple(other.reference for other in places[place] if other.position != item.position)
    if not others:
        return ["-# ✔ " + tr(t("Place {place}", place=place))]
    return [
        "-# ✔ " + cut(tr(t("Place {place}, equal with {references}", place=place, references=others)), 200)
    ]


def _buttons(
    sheet: Sheet, item: SheetItem, places: dict[int, list[SheetItem]], tr: Translator, page: int
) -> Row:
    def button(label: str, said: str, emoji: str | None = None, *, disabled: bool = False) -> Button:
        made = custom_id("paper", sheet.ballot.id, item.position, said, page)
        return Button(label, made, emoji=emoji, disabled=disabled)

    last = max(places, default=0)
    if not item.answer:
        buttons = [button(tr(t("Next: {place}", place=last + 1)), "next")]
        if last:
            buttons.append(button(tr(t("Equal {place}", place=last)), "equal"))
        return discord.ui.ActionRow(*buttons)
    place = item.answer[0]
    alone = len(places[place]) == 1
    buttons = [
        button(tr(t("Up")), "up", "⬆️", disabled=alone and place == min(places)),
        button(tr(t("Down")), "down", "⬇️", disabled=alone and place == last),
    ]
    if alone and place == last and len(places) > 1:
        buttons.append(button(tr(t("Equal {place}", place=sorted(places)[-2])), "equal"))
    buttons.append(button(tr(t("Out")), "out", "✖️"))
    return discord.ui.ActionRow(*buttons)
