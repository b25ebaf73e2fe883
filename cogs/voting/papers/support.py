"""The paper of `support`: for, against or abstain on each item, saved with each tap."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from bot.cards.ballot_rules import secrecy_text
from bot.cards.recommendation import CHOICE_STYLES
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, one_line
from cogs.voting.papers import _frame as frame
from cogs.voting.papers._frame import Row
from seminar.model import Choice, Secrecy
from seminar.terms import CHOICE_WORDS, choice_words
from seminar.words import t
from services.voting.ballot_views import Sheet, SheetItem

PER_PAGE = 5  # a message holds 40 components; an item takes six of them
TAKE_BACK = "none"


def sheet(sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
    """Five items a page, each with the recorded vote marked."""
    here = frame.opened(sheet, page, PER_PAGE)
    secret = sheet.ballot.rules.secrecy is Secrecy.SECRET
    head = [
        frame.heading(sheet, tr),
        "-# " + tr(t("Each tap is saved at once. You can change or take back a vote until closing.")),
        *([] if secret else ["-# " + tr(secrecy_text(sheet.ballot))]),
        *frame.delegation(sheet, tr),
        frame.where(sheet, tr, here),
    ]
    labels = {choice: tr(words) for choice, words in CHOICE_WORDS.items()}
    shown = [
        (item, _recorded(item, tr), [_buttons(sheet, item, tr, here.number, labels)]) for item in here.items
    ]
    aside = Button(tr(t("Stand aside…")), custom_id("sheet-aside", sheet.ballot.id, here.number))
    return frame.screen(sheet, head, shown, [*frame.turns(sheet, tr, here), aside], apart=False)


def _recorded(item: SheetItem, tr: Translator) -> list[str]:
    if item.choice is None:
        return []
    said = "-# ✔ " + tr(t("Recorded: {choice}", choice=choice_words(item.choice)))
    if item.cast_by is not None:
        said += " · " + tr(t("cast by {name}", name=one_line(item.cast_by, 80)))
    return [said + frame.receipt(item.receipt, tr)]


def _buttons(sheet: Sheet, item: SheetItem, tr: Translator, page: int, labels: Mapping[Choice, str]) -> Row:
    buttons = [
        Button(
            label,
            custom_id("sheet-vote", sheet.ballot.id, item.position, choice.value, page),
            style=CHOICE_STYLES[choice] if item.choice == choice else discord.ButtonStyle.secondary,
            emoji="✔️" if item.choice == choice else None,
        )
        for choice, label in labels.items()
    ]
    if item.choice is not None:
        buttons.append(
            Button(
                tr(t("Take back")), custom_id("sheet-vote", sheet.ballot.id, item.position, TAKE_BACK, page)
            )
        )
    return discord.ui.ActionRow(*buttons)
