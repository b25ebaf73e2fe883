"""The form a recommendation is written in, and the screens around it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot import ui
from bot.exchange import cut
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, card, one_line, rows, text_field
from seminar.initiative import Theme
from seminar.wording import LEAST_TEXT, MOST_ADDRESSEES, MOST_RATIONALE, MOST_TEXT, MOST_TITLE
from seminar.words import t
from services.drafting.recommendations import RecView

ANY_THEME = "-"


def form(
    tr: Translator, themes: Sequence[Theme], draft_id: str, filled: Mapping[str, str] | None = None
) -> discord.ui.Modal:
    """The form; with one theme it is given, with several it is asked for.

    The id ends in a nonce: phones show the first text they saw for an id again.
    """
    filled = filled or {}
    given = themes[0].code if len(themes) == 1 else ANY_THEME
    longer = len(filled.get("text", "")) > MOST_TEXT
    hint = tr(t("Cut after {most} characters; the message is longer.", most=MOST_TEXT)) if longer else None
    fields = [
        text_field(tr(t("Title")), "title", filled, 1, MOST_TITLE),
        text_field(tr(t("Text")), "text", filled, LEAST_TEXT, MOST_TEXT, long=True, hint=hint),
        text_field(tr(t("Rationale (optional)")), "rationale", filled, 0, MOST_RATIONALE, long=True),
    ]
    if given == ANY_THEME:
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="theme",
            required=True,
            options=[
                discord.SelectOption(
                    label=cut(f"{theme.code} · {theme.title}", 100),
                    value=theme.code,
                    default=theme.code == filled.get("theme"),
                )
                for theme in themes[:25]
            ],
        )
        fields.append(ui.field(tr(t("Theme")), select))
    fields.append(
        text_field(
            tr(t("Addressed to (optional)")),
            "addressees",
            filled,
            0,
            MOST_ADDRESSEES,
            hint=tr(t("Codes or names, separated by commas")),
        )
    )
    made = custom_id("recommend", given, draft_id, secrets.token_hex(3))
    return ui.form(tr(t("Propose a recommendation")), made, *fields)


def alike(tr: Translator, found: Sequence[RecView], draft_id: str) -> discord.ui.LayoutView:
    """What reads much like the proposal, and what the person may do; the bot decides nothing."""
    return card(
        "### " + tr(t("Is this already on the table?")),
        tr(t("These recommendations read much like yours. You decide.")),
        *(f"**{rec.reference}** {one_line(rec.title, 220)}\n{one_line(rec.text, 400)}" for rec in found),
        *rows(
            [
                *(
                    Button(
                        tr(t("Second {reference} instead", reference=rec.reference)),
                        custom_id("second-instead", rec.reference, draft_id),
                    )
                    for rec in found
                ),
                Button(
                    tr(t("Propose anyway")),
                    custom_id("propose-anyway", draft_id),
                    style=discord.ButtonStyle.primary,
                ),
                Button(tr(t("Edit my text")), custom_id("propose-again", draft_id)),
            ]
        ),
    )
