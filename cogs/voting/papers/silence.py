"""What one sees of a silence procedure: what will be adopted and when, and how to speak up."""

from __future__ import annotations

import discord

from bot.cards.ballot import silence_buttons
from bot.cards.silence import meaning
from bot.i18n import Translator
from cogs.voting.papers import _frame as frame
from seminar.words import t
from services.voting.ballot_views import Sheet

PER_PAGE = 8


def sheet(sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
    """What is proposed, page by page; on each of them the silence can be broken."""
    here = frame.opened(sheet, page, PER_PAGE)
    adopted = t("Adopted on {moment} unless somebody objects.", moment=sheet.ballot.closes_at)
    head = [
        "## " + tr(t("Silence procedure {label}", label=sheet.ballot.label)),
        f"**{tr(adopted)}**",
        *map(tr, meaning()),
        *frame.page_number(tr, here),
    ]
    ways = [*silence_buttons(sheet.ballot, tr), *frame.turns(sheet, tr, here)]
    return frame.screen(sheet, head, [(item, (), ()) for item in here.items], ways)
