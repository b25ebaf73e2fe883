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
from bot.exchange import cut
from bot.i18n import Translator
from bot.ui import Button
from seminar.words import t
from services.reasons import MOST_REASON

REFERENCE = locale_str("Reference of the recommendation, for example TRN-07")


class ModerateGroup(HouseCog):
    group = app_commands.Group(
        name=locale_str("moderate"),
        description=locale_str("Admit, return, reject, merge and split recommendations"),
        guild_only=True,
    )


def text_field(
    asked: str,
    name: str,
    filled: Mapping[str, str],
    least: int,
    most: int,
    *,
    long: bool = False,
    hint: str | None = None,
) -> discord.ui.Label[Any]:
    """A field of a form, filled in with what `filled` has under its name."""
    answer: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        required=least > 0,
        min_length=least or None,
        max_length=most,
        default=cut(filled[name], most) if filled.get(name) else None,
    )
    return ui.field(asked, answer, hint)


def reason_field(
    tr: Translator, filled: Mapping[str, str], *, required: bool = False
) -> discord.ui.Label[Any]:
    """Why, which everybody concerned is told."""
    asked = t("Reason") if required else t("Reason (optional)")
    hint = tr(t("The authors and the room are told."))
    return text_field(tr(asked), "reason", filled, int(required), MOST_REASON, long=True, hint=hint)


def try_again(tr: Translator, to: str) -> discord.ui.View:
    """Under a refusal: the form again, with everything that was typed."""
    return _with(Button(tr(t("Edit my text")), to))


def undoable(tr: Translator, regrouping: int) -> discord.ui.View:
    """Under an answer: the way back."""
    return _with(undo_button(regrouping, tr))


def _with(button: Button) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(button)
    return view
