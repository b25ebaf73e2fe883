"""The paper of `shortlist`: approve as many items as one likes."""

from __future__ import annotations

import discord

from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button
from cogs.voting.papers import _frame as frame
from cogs.voting.papers._frame import Own
from seminar.words import t, tn
from services.voting.ballot_views import Sheet, SheetItem

PER_PAGE = 6


def sheet(sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
    """Six items a page, with one button each."""
    how = [
        tr(
            tn(
                "Approve as many as you like; {count} seat will be filled.",
                "Approve as many as you like; {count} seats will be filled.",
                sheet.ballot.rules.seats or 0,
            )
        )
    ]

    def own(item: SheetItem, page: int) -> Own:
        approved = bool(item.answer)
        button = Button(
            tr(t("Approved")) if approved else tr(t("Approve")),
            custom_id("paper", sheet.ballot.id, item.position, "no" if approved else "yes", page),
            style=discord.ButtonStyle.success if approved else discord.ButtonStyle.secondary,
            emoji="✔️" if approved else None,
        )
        return [], [discord.ui.ActionRow(button)]

    return frame.paper(sheet, tr, page, PER_PAGE, how, own)
