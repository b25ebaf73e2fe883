"""The paper of `points`: a number of points spread over the items, never more than there are."""

from __future__ import annotations

import secrets
from typing import Any

import discord

from bot import ui
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button
from cogs.voting.papers import _frame as frame
from cogs.voting.papers._frame import Own, Row
from seminar.methods.points import left
from seminar.words import t, tn
from services.voting.ballot_views import Sheet, SheetItem

PER_PAGE = 5
DIGITS = 4  # of a number of points


def sheet(sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
    """Five items a page, under the number of points that are left."""
    rules = sheet.ballot.rules
    points, most = rules.points or 0, rules.most or rules.points or 0
    unspent = left(sheet.answers or {}, rules)
    how = [
        "**"
        + tr(tn("{left} of {count} point left.", "{left} of {count} points left.", points, left=unspent))
        + "**"
    ]
    if most < points:
        how[0] += " " + tr(tn("At most {count} point on one.", "At most {count} points on one.", most))

    def own(item: SheetItem, page: int) -> Own:
        given = sum(item.answer or ())
        said = ["-# ✔ " + tr(tn("{count} point", "{count} points", given))] if given else []
        return said, [_buttons(sheet, item, given, min(most, given + unspent), tr, page)]

    return frame.paper(sheet, tr, page, PER_PAGE, how, own)


def _buttons(sheet: Sheet, item: SheetItem, given: int, possible: int, tr: Translator, page: int) -> Row:
    ballot, position = sheet.ballot.id, item.position
    return discord.ui.ActionRow(
        Button("−", custom_id("paper", ballot, position, "-1", page), disabled=not given),
        Button("+", custom_id("paper", ballot, position, "+1", page), disabled=given >= possible),
        # A form in which only 0 could be typed where 0 stands is not offered.
        Button(
            tr(t("Number…")),
            custom_id("paper-number", ballot, position, page),
            disabled=not (given or possible),
        ),
    )


def form(sheet: Sheet, item: SheetItem, tr: Translator, page: int) -> discord.ui.Modal:
    """Where the number of points for one item is typed."""
    made = custom_id("paper-number", sheet.ballot.id, item.position, page, secrets.token_hex(3))
    given = sum(item.answer or ())
    unspent = left(sheet.answers or {}, sheet.ballot.rules)
    most = sheet.ballot.rules.most or sheet.ballot.rules.points or 0
    answer: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="points", default=str(given) if given else None, max_length=DIGITS
    )
    return ui.form(
        tr(t("Points for {reference}", reference=item.reference)),
        made,
        ui.field(tr(t("A whole number, from 0 to {most}", most=min(most, given + unspent))), answer),
    )
