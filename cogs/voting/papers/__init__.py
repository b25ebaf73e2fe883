"""What a voter fills in: one module a voting method, named like it.

A paper module offers `sheet(sheet, tr, page) -> LayoutView`, the private screen over all items.
"""

from __future__ import annotations

import importlib
from typing import Protocol, cast

import discord

from bot.i18n import Translator
from services.ballot_views import Sheet


class Paper(Protocol):
    def sheet(self, sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
        """The voter's private screen, opened at `page` (from 0; too far is the last one)."""
        ...


def paper(method: str) -> Paper:
    """The paper of a voting method; `method` is one that the rules know."""
    return cast(Paper, importlib.import_module(f"{__name__}.{method}"))
