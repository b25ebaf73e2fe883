"""What somebody is shown before a file is handed out in whose texts names of registered people stand."""

from __future__ import annotations

from typing import Final

import discord

from bot.export_notes import Names
from bot.i18n import Translator
from bot.ui import Button, card, listing, one_line, rows
from seminar.words import t, tn

_SHOWN: Final = 12
_NAME, _PLACE = 100, 100  # characters of each, at most
_ROOM: Final = 3000  # characters of a layout's 4,000


def names_card(names: Names, again: str, tr: Translator) -> discord.ui.LayoutView:
    """The names and where they stand; the button `again` exports all the same."""
    lines = [
        f"- **{one_line(one.name, _NAME)}** · {one_line(one.place, _PLACE)}" for one in names.told[:_SHOWN]
    ]
    more = len(names.told) - len(lines)
    return card(
        "### " + tr(t("Names stand in these texts")),
        tr(
            tn(
                "{count} name of a registered person or organisation stands in what people wrote, which is "
                "exported as it is. Nothing was handed out yet.",
                "{count} names of registered people or organisations stand in what people wrote, which is "
                "exported as it is. Nothing was handed out yet.",
                len(names.told),
            )
        ),
        listing(tr, lines, _ROOM),
        tr(tn("and {count} more", "and {count} more", more)) if more else None,
        *rows([Button(tr(t("Export all the same")), again, style=discord.ButtonStyle.danger)]),
    )
