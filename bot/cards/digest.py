"""The daily digest of an event as everybody reads it: a few lines of each kind, with links."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import discord

from bot.cards.colours import CALM
from bot.i18n import Translator
from bot.ui import CARD_TEXT_LIMIT, card, one_line
from seminar.digests import Section, What
from seminar.initiative import Event
from seminar.words import Text, t, tn
from services.digests import Digest, DigestBallot, DigestItem, Place

ROOM: Final = CARD_TEXT_LIMIT - 400  # characters for all sections: the rest is heading
HEADINGS: Final[Mapping[Section, Text]] = MappingProxyType(
    {
        Section.NEW: t("New"),
        Section.CHANGED: t("Changed"),
        Section.ASKED: t("Amendments proposed"),
        Section.DECIDED: t("Decided"),
    }
)
# What the heading does not say already.
SAID: Final[Mapping[What, Text]] = MappingProxyType(
    {
        What.REVISED: t("new version"),
        What.MERGED: t("others were merged into it"),
        What.SPLIT: t("was split"),
        What.ADMITTED: t("admitted"),
        What.RETURNED: t("returned to its author"),
        What.REJECTED: t("rejected"),
        What.REOPENED: t("taken up again"),
        What.FORWARDED: t("forwarded to the conference"),
        What.TAKEN_UP: t("taken up again"),
        What.NOT_FINALISED: t("left without a final text"),
        What.FINALISED: t("finalised"),
    }
)


def digest_card(digest: Digest, event: Event, guild_id: int, tr: Translator) -> discord.ui.LayoutView:
    """The digest in one message, however much happened."""
    parts: list[tuple[Text, list[str], int]] = []
    for section, heading in HEADINGS.items():
        lines = [_line(item, guild_id, tr) for item in digest.items.get(section, ())]
        number = digest.numbers.get(section, 0)
        if section is Section.DECIDED:
            lines = [_closed(ballot, guild_id, tr) for ballot in digest.closed] + lines
            number += digest.closed_number
        parts.append((heading, lines, number))
    closing = [_closing(ballot, guild_id, tr) for ballot in digest.closing]
    parts.append((t("Closing within a day"), closing, digest.closing_number))
    told = [part for part in parts if part[2]]
    return card(
        "## " + tr(t("{event}: what happened", event=one_line(event.title, 200))),
        "-# " + tr(t("Until {moment}", moment=digest.at)),
        *(_section(tr, *part, ROOM // len(told)) for part in told),
        accent=CALM,
    )


def _section(tr: Translator, heading: Text, lines: list[str], number: int, room: int) -> str:
    """As many of the lines as there is room for, and how many more there are."""
    for shown in range(len(lines), -1, -1):
        left = number - shown
        more = [tr(tn("and {count} more", "and {count} more", left))] if left else []
        text = "\n".join([f"**{tr(heading)}** ({number})", *lines[:shown], *more])
        if len(text) <= room:
            return text
    return f"**{tr(heading)}** ({number})"


def _line(item: DigestItem, guild_id: int, tr: Translator) -> str:
    said = SAID.get(item.what)
    name = _linked(item.reference, guild_id, item.place)
    return f"- {name} {one_line(item.title, 100)}" + (f" · {tr(said)}" if said else "")


def _closed(ballot: DigestBallot, guild_id: int, tr: Translator) -> str:
    name = _linked(ballot.label, guild_id, ballot.place)
    return "- " + (
        tr(t("The silence {ballot} has ended.", ballot=name))
        if ballot.silent
        else tr(t("The ballot {ballot} is closed.", ballot=name))
    )


def _closing(ballot: DigestBallot, guild_id: int, tr: Translator) -> str:
    name = _linked(ballot.label, guild_id, ballot.place)
    about = f" ({ballot.theme})" if ballot.theme else ""
    moment: Text = t("until {moment}", moment=ballot.closes_at) if ballot.closes_at else t("still open")
    return f"- {name}{about} · {tr(moment)}"


def _linked(name: str, guild_id: int, place: Place | None) -> str:
    if place is None:
        return f"**{name}**"
    channel_id, message_id = place
    return f"[**{name}**](https://discord.com/channels/{guild_id}/{channel_id}/{message_id})"
