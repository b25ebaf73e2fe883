"""The history of a recommendation: its versions, and how any two of them differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import discord

from bot.cards.difference import changes_text
from bot.exchange import cut
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import CARD_TEXT_LIMIT, Button, card, line, one_line, rows, turns
from seminar.model import Change
from seminar.terms import CHANGE_WORDS
from seminar.words import Text, t, tn
from services.drafting.history import HistoryPage, VersionView

FRAME = 500  # characters for everything but list and difference
_REASON = 150  # characters of a reason after escaping


def history_card(
    found: HistoryPage, older: VersionView, newer: VersionView, tr: Translator
) -> discord.ui.LayoutView:
    """A page of versions, newest first, and the difference between the two that are chosen."""
    listed = "\n".join(_listed(one, tr) for one in found.items)
    pair = (found.reference, older.number, newer.number)
    room = CARD_TEXT_LIMIT - FRAME - len(listed)
    shown = changes_text(older.wording, newer.wording, tr, room)
    versions = t("From version {older} to version {newer}", older=older.number, newer=newer.number)
    same = tr(t("Both say the same.")) if found.total > 1 else ""
    several = found.total > 1
    return card(
        "### " + tr(t("History of {reference}", reference=found.reference)),
        f"-# {tr(tn('{count} version', '{count} versions', found.total))}",
        listed,
        line() if several else None,
        f"**{tr(versions)}**" if several else None,
        (shown.text or same) if several else None,
        None if shown.whole else f"-# {tr(t('(Shortened; the button below shows the whole difference.)'))}",
        *(_selects(found, older, newer, tr) if several else ()),
        *rows(
            [
                *turns(
                    tr,
                    found.page,
                    found.last,
                    lambda page: custom_id("history", found.reference, page, older.number, newer.number),
                ),
                *(
                    []
                    if shown.whole
                    else [Button(tr(t("Whole difference")), custom_id("history-whole", *pair), emoji="🔍")]
                ),
            ]
        ),
    )


def _selects(
    found: HistoryPage, older: VersionView, newer: VersionView, tr: Translator
) -> Iterable[discord.ui.ActionRow[Any]]:
    """One choice for each side; beside those on the page stands the one chosen on another."""
    for name, asked, mine, other in (
        ("history-from", t("Compare version {number}", number=older.number), older, newer),
        ("history-to", t("with version {number}", number=newer.number), newer, older),
    ):
        numbers = {one.number for one in found.items} | {mine.number}
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=custom_id(name, found.reference, found.page, other.number),
            placeholder=cut(tr(asked), 150),
            options=[
                discord.SelectOption(
                    label=cut(tr(t("Version {number}", number=number)), 100),
                    value=str(number),
                    default=number == mine.number,
                )
                for number in sorted(numbers, reverse=True)
            ],
        )
        yield discord.ui.ActionRow(select)


def _listed(version: VersionView, tr: Translator) -> str:
    told = [
        tr(t("**{number}** · {moment}", number=version.number, moment=version.at)),
        tr(CHANGE_WORDS[version.change]),
        one_line(tr(version.author_shown), 100),
    ]
    if decided := _decided(version):
        told.append(tr(decided))
    head = " · ".join(told)
    return f"{head}\n-# {one_line(version.reason, _REASON)}" if version.reason else head


def _decided(version: VersionView) -> Text | None:
    """By which way, and by whose word it became the text."""
    if version.change is Change.ORIGINAL:
        return None
    if version.amendment is None:
        return None if version.by_author else t("by a facilitator")
    if version.by_author:
        return t("amendment {number}, accepted by the author", number=version.amendment)
    return t("amendment {number}, accepted by a facilitator", number=version.amendment)
