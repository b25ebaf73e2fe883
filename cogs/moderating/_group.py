"""What every part of `/moderate` starts from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot import ui
from bot.cards.decisions import undo_button
from bot.cog import HouseCog
from bot.i18n import Translator
from seminar.words import t
from services.reasons import MOST_REASON

REFERENCE = locale_str("Reference of the recommendation, for example TRN-07")


class ModerateGroup(HouseCog):
    group = app_commands.Group(
        name=locale_str("moderate"),
        description=locale_str("Admit, return, reject, merge and split recommendations"),
        guild_only=True,
    )


def reason_field(
    tr: Translator, filled: Mapping[str, str], *, required: bool = False
) -> discord.ui.Label[Any]:
    """Why, which everybody concerned is told."""
    asked = t("Reason") if required else t("Reason (optional)")
    hint = tr(t("The authors and the room are told."))
    return ui.text_field(tr(asked), "reason", filled, int(required), MOST_REASON, long=True, hint=hint)


def undoable(tr: Translator, regrouping: int) -> discord.ui.View | None:
    """Under an answer: the way back."""
    return ui.below(undo_button(regrouping, tr))
