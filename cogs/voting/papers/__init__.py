"""What a voter fills in: one module a voting method, named like it.

A paper module offers `PER_PAGE` and `sheet(sheet, tr, page) -> LayoutView`, the private screen over
all items. What they share is in `_frame`; the screen for standing aside, `_aside`, serves every method.
"""

from __future__ import annotations

import importlib
from typing import Protocol, cast

import discord

from bot.i18n import Translator
from cogs.voting.papers import _aside
from services.voting.ballot_views import Sheet


class Paper(Protocol):
    PER_PAGE: int
    """Items on one page: so many that its longest one fits into a message."""

    def sheet(self, sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
        """The voter's private screen, opened at `page` (from 0; too far is the last one)."""
        ...


def paper(method: str) -> Paper:
    """The paper of a voting method; `method` is one that the rules know."""
    return cast(Paper, importlib.import_module(f"{__name__}.{method}"))


def aside(sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
    """The same page of the sheet, where one stands aside on an item, or takes all back."""
    return _aside.screen(sheet, tr, page, paper(sheet.ballot.rules.method).PER_PAGE)
