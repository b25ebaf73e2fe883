"""The paper of `support`: for, against or abstain on each item, saved with each tap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot.cards.recommendation import CHOICE_STYLES
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, card, line, one_line, rows
from seminar.model import Choice, Secrecy
from seminar.terms import CHOICE_WORDS, choice_words
from seminar.words import t
from services.ballot_views import Sheet, SheetItem

PER_PAGE = 5  # a message holds 40 components; an item takes six of them
TAKE_BACK = "none"


def sheet(sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
    """Five items a page, each with the recorded vote marked."""
    last = max(0, (len(sheet.items) - 1) // PER_PAGE)
    page = max(0, min(page, last))
    shown = sheet.items[page * PER_PAGE : (page + 1) * PER_PAGE]
    parts: list[str | discord.ui.Item[Any]] = [
        "## "
        + tr(t("Ballot {label}", label=sheet.ballot.label))
        + " · "
        + tr(t("{done} of {total}", done=sheet.done, total=sheet.total)),
        "-# "
        + tr(
            t("Each tap is saved at once. You can change or take back a vote until closing.")
            if sheet.ballot.rules.secrecy is Secrecy.SECRET
            else t("This ballot is open: everybody will see who voted how. Each tap is saved at once.")
        ),
    ]
    labels = {choice: tr(words) for choice, words in CHOICE_WORDS.items()}
    for item in shown:
        parts += [_item_text(item, tr), _item_buttons(sheet, item, tr, page, labels)]
    if last:
        parts += [line(), *rows(_turns(sheet, tr, page, last))]
    return card(*parts)


def _item_text(item: SheetItem, tr: Translator) -> str:
    recorded = ""
    if item.choice is not None:
        recorded = "\n-# ✔ " + tr(t("Recorded: {choice}", choice=choice_words(item.choice)))
        if item.receipt:
            recorded += " · " + tr(t("receipt {receipt}", receipt=item.receipt))
    return f"**{item.reference}** {one_line(item.title, 220)}\n{one_line(item.text, 300)}{recorded}"


def _item_buttons(
    sheet: Sheet, item: SheetItem, tr: Translator, page: int, labels: Mapping[Choice, str]
) -> discord.ui.ActionRow[Any]:
    buttons = [
        Button(
            label,
            custom_id("sheet-vote", sheet.ballot.id, item.position, choice.value, page),
            style=CHOICE_STYLES[choice] if item.choice is choice else discord.ButtonStyle.secondary,
            emoji="✔️" if item.choice is choice else None,
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


def _turns(sheet: Sheet, tr: Translator, page: int, last: int) -> list[Button]:
    return [
        Button(
            tr(t("Back")), custom_id("sheet-page", sheet.ballot.id, page - 1), emoji="◀️", disabled=page == 0
        ),
        Button(
            tr(t("Next")),
            custom_id("sheet-page", sheet.ballot.id, page + 1),
            emoji="▶️",
            disabled=page == last,
        ),
    ]
