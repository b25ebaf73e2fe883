"""Standing aside, for every method: who has an interest in an item leaves its electorate.

On a paper the same screen holds what is pressed seldom and not by mistake: taking
it back, and clearing it.
"""

from __future__ import annotations

import discord

from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button
from cogs.voting.papers import _frame as frame
from cogs.voting.papers._frame import Own
from seminar.model import RECUSED
from seminar.paper import ASIDE
from seminar.words import t
from services.voting.ballot_views import Sheet, SheetItem


def screen(sheet: Sheet, tr: Translator, page: int, per_page: int) -> discord.ui.LayoutView:
    """One page of the sheet, with one button an item."""
    here = frame.opened(sheet, page, per_page)
    on_paper = sheet.answers is not None
    head = [
        frame.heading(sheet, tr),
        tr(
            t(
                "Stand aside on an item in which you have an interest: you leave its electorate, "
                "and count in no figure of it."
            )
        ),
        *(frame.counting(sheet, tr) if on_paper else frame.delegation(sheet, tr)),
        frame.where(sheet, tr, here),
    ]
    shown = [(item, *_own(sheet, item, tr, here.number)) for item in here.items]
    ways = [*_turns_and_return(sheet, tr, here), *_seldom(sheet, tr, here)]
    return frame.screen(sheet, head, shown, ways, text=0)


def _own(sheet: Sheet, item: SheetItem, tr: Translator, page: int) -> Own:
    if sheet.answers is None:
        act, out, back = "sheet-vote", RECUSED, "none"
        aside = item.choice == RECUSED
    else:
        act, out, back = "paper", "aside", "back"
        aside = item.answer == ASIDE
    button = Button(
        tr(t("Vote after all")) if aside else tr(t("Stand aside")),
        custom_id(act, sheet.ballot.id, item.position, back if aside else out, page),
        emoji="↩️" if aside else "✋",
    )
    said = ["-# ✋ " + tr(t("You stand aside here."))] if aside else []
    return said, [discord.ui.ActionRow(button)]


def _turns_and_return(sheet: Sheet, tr: Translator, page: frame.Page) -> list[Button]:
    back = Button(
        tr(t("To the ballot")),
        custom_id("sheet-page", sheet.ballot.id, page.number),
        style=discord.ButtonStyle.primary,
    )
    return [*frame.turns(sheet, tr, page, "sheet-aside"), back]


def _seldom(sheet: Sheet, tr: Translator, page: frame.Page) -> list[Button]:
    """What is done with the whole of a paper."""
    if sheet.answers is None:
        return []
    ballot = sheet.ballot.id
    buttons = []
    if sheet.submitted:
        buttons.append(Button(tr(t("Take back")), custom_id("paper-take-back", ballot, page.number)))
    buttons.append(
        Button(
            tr(t("Clear all")),
            custom_id("paper-empty", ballot, page.number),
            style=discord.ButtonStyle.danger,
            disabled=not sheet.answers,
        )
    )
    return buttons
