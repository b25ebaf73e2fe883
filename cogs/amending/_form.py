"""The form in which another wording is asked for, filled with the one there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot import ui
from bot.exchange import cut
from bot.i18n import Translator
from bot.ui import Button
from seminar.wording import (
    FIELD_WORDS,
    LEAST_TEXT,
    MOST_ADDRESSEES,
    MOST_RATIONALE,
    MOST_TEXT,
    MOST_TITLE,
)
from seminar.words import Text, t
from services.drafting.amendments import MOST_REASON

FIELDS = ("title", "text", "rationale", "addressees")
REASON = "reason"


def form(
    tr: Translator, title: Text, made: str, filled: Mapping[str, str], hint: Text | None = None
) -> discord.ui.Modal:
    """The form whose answers come back as the modal `made`; `hint` stands where the reason is asked."""
    bounds = {
        "title": (1, MOST_TITLE),
        "text": (LEAST_TEXT, MOST_TEXT),
        "rationale": (0, MOST_RATIONALE),
        "addressees": (0, MOST_ADDRESSEES),
    }
    long = {"text", "rationale"}
    fields = [
        ui.field(tr(FIELD_WORDS[name]), _input(name, filled, *bounds[name], long=name in long))
        for name in FIELDS
    ]
    asked = ui.field(
        tr(t("Why? (optional)")),
        _input(REASON, filled, 0, MOST_REASON, long=True),
        None if hint is None else tr(hint),
    )
    return ui.form(tr(title), made, *fields, asked)


def _input(
    name: str, filled: Mapping[str, str], least: int, most: int, *, long: bool
) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        required=least > 0,
        min_length=least or None,
        max_length=most,
        default=cut(filled[name], most) if filled.get(name) else None,
    )


def typed(fields: Mapping[str, str]) -> dict[str, str]:
    """What a form asks for, of what came with it."""
    return {name: fields.get(name, "") for name in (*FIELDS, REASON)}


def offering(*buttons: Button) -> discord.ui.View | None:
    """Buttons under a sentence; None without any."""
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    return view
