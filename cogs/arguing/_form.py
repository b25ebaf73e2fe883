"""The form in which an argument is written, and what brings it back after a refusal.

A form for somebody's chat message carries where that message is and whose it is; everything it holds
can be kept as a draft and made into the same form again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot import ui
from bot.exchange import cut
from bot.i18n import Translator
from bot.router import custom_id
from seminar.model import Stance
from seminar.terms import STANCE_WORDS
from seminar.words import t
from services.drafting.arguments import MOST_TEXT

ASKED = "-"
"""In place of a reference that the form asks for."""

_MOST_REFERENCE = 60  # characters that can be typed for one


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message by its channel, its own id and its author's account."""

    channel: int
    id: int
    author: int

    def link(self, guild_id: int) -> str:
        return f"https://discord.com/channels/{guild_id}/{self.channel}/{self.id}"


def draft_id() -> str:
    """The id of a form's draft, short enough to stand in the form's own id beside a message."""
    return secrets.token_urlsafe(6)


def form(
    tr: Translator,
    known: str,
    draft: str,
    stances: Sequence[Stance],
    filled: Mapping[str, str],
    message: Message | None = None,
) -> discord.ui.Modal:
    """The form for the recommendation `known`, or for one that it asks for (`ASKED`).

    Its id ends in a nonce: phones show the first text they saw for an id again.
    """
    text = filled.get("text", "")
    hint = None
    if len(text) > MOST_TEXT:
        hint = tr(t("Cut after {most} characters; the message is longer.", most=MOST_TEXT))
    elif message is not None and not text:
        hint = tr(t("The message has no text; say in words what it shows."))
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id="stance",
        required=True,
        options=[
            discord.SelectOption(
                label=cut(tr(STANCE_WORDS[stance]), 100),
                value=stance.value,
                default=stance.value == filled.get("stance"),
            )
            for stance in stances
        ],
    )
    fields = [
        ui.field(tr(t("What it is")), select),
        ui.text_field(tr(t("Text")), "text", filled, 1, MOST_TEXT, long=True, hint=hint),
    ]
    if known == ASKED:
        fields.append(
            ui.text_field(
                tr(t("Recommendation")),
                "reference",
                filled,
                1,
                _MOST_REFERENCE,
                hint=tr(t("Its reference, for example TRN-07")),
            )
        )
    nonce = secrets.token_hex(2)
    if message is None:
        made = custom_id("argue", known, draft, nonce)
    else:
        made = custom_id("quote", known, message.channel, message.id, message.author, draft, nonce)
    return ui.form(tr(t("Put it on the record")), made, *fields)


def kept(known: str, fields: Mapping[str, str], message: Message | None) -> dict[str, str]:
    """Everything of a form that was sent in, as a draft keeps it."""
    found = {
        "known": known,
        "reference": fields.get("reference", "") if known == ASKED else known,
        "stance": fields.get("stance", ""),
        "text": fields.get("text", ""),
    }
    if message is not None:
        found |= {"channel": str(message.channel), "id": str(message.id), "author": str(message.author)}
    return found


def message_of(draft: Mapping[str, str]) -> Message | None:
    """The chat message that a draft was made from, if it was."""
    if "id" not in draft:
        return None
    return Message(int(draft["channel"]), int(draft["id"]), int(draft["author"]))
