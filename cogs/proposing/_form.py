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
from bot.ui import Button, card, one_line, rows
from seminar.initiative import Theme
from seminar.wording import MOST_TEXT
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
        _field(tr(t("Title")), "title", filled, 1, 100),
        _field(tr(t("Text")), "text", filled, 20, MOST_TEXT, long=True, hint=hint),
        _field(tr(t("Rationale (optional)")), "rationale", filled, 0, 1000, long=True),
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
        _field(
            tr(t("Addressed to (optional)")),
            "addressees",
            filled,
            0,
            300,
            hint=tr(t("Codes or names, separated by commas")),
        )
    )
    made = custom_id("recommend", given, draft_id, secrets.token_hex(3))
    return ui.form(tr(t("Propose a recommendation")), made, *fields)


def _field(
    label: str,
    field: str,
    filled: Mapping[str, str],
    least: int,
    most: int,
    *,
    long: bool = False,
    hint: str | None = None,
) -> discord.ui.Label[Any]:
    answer: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=field,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        required=least > 0,
        min_length=least or None,
        max_length=most,
        default=cut(filled[field], most) if filled.get(field) else None,
    )
    return ui.field(label, answer, hint)


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


def try_again(tr: Translator, draft_id: str) -> discord.ui.View:
    """Under a refusal: the form again, with everything that was typed."""
    view = discord.ui.View(timeout=None)
    view.add_item(Button(tr(t("Edit my text")), custom_id("propose-again", draft_id)))
    return view
