"""The form in which another wording is asked for, filled with the one there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot import ui
from bot.i18n import Translator
from seminar.wording import (
    FIELD_WORDS,
    LEAST_TEXT,
    MOST_ADDRESSEES,
    MOST_RATIONALE,
    MOST_TEXT,
    MOST_TITLE,
)
from seminar.words import Text, t
from services.reasons import MOST_REASON

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
        ui.text_field(tr(FIELD_WORDS[name]), name, filled, *bounds[name], long=name in long)
        for name in FIELDS
    ]
    return ui.form(tr(title), made, *fields, reason_field(tr, filled, hint))


def reason_field(
    tr: Translator, filled: Mapping[str, str], hint: Text | None = None
) -> discord.ui.Label[Any]:
    """Why, which may be left out."""
    told = None if hint is None else tr(hint)
    return ui.text_field(tr(t("Why? (optional)")), REASON, filled, 0, MOST_REASON, long=True, hint=told)


def typed(fields: Mapping[str, str]) -> dict[str, str]:
    """What a form asks for, of what came with it."""
    return {name: fields.get(name, "") for name in (*FIELDS, REASON)}
