"""What must be settled before a person's act: the privacy notice, and whom they speak for.

Both screens carry the custom id of the act, so that answering them goes on with
it instead of asking the person to start again.
"""

from __future__ import annotations

import discord

from bot.exchange import Exchange
from bot.router import CUSTOM_ID_LIMIT, SEPARATOR, custom_id
from bot.ui import Button, card
from seminar.words import t
from services.people.registering import NeedsConstituency, NeedsNotice


def notice(exchange: Exchange, needed: NeedsNotice) -> discord.ui.LayoutView:
    """The privacy notice with one button that accepts and goes on."""
    return card(
        "### " + exchange.tr(t("Before you take part")),
        needed.notice,
        discord.ui.ActionRow(
            Button(
                exchange.tr(t("I have read this, continue")),
                _resuming("notice", exchange.resume),
                style=discord.ButtonStyle.primary,
            )
        ),
    )


async def constituency(exchange: Exchange, needed: NeedsConstituency) -> discord.ui.LayoutView:
    """The choice of the constituency a person speaks for, made once."""
    initiative = await exchange.house.initiatives.current(exchange.actor.guild_id)
    titles = {c.code: c.title for c in initiative.constituencies}
    select: discord.ui.Select[discord.ui.LayoutView] = discord.ui.Select(
        custom_id=_resuming("constituency", exchange.resume),
        placeholder=exchange.tr(t("Choose a constituency")),
        options=[discord.SelectOption(label=titles[code][:100], value=code) for code in needed.options[:25]],
    )
    return card(
        "### " + exchange.tr(t("Whom do you speak for?")),
        exchange.tr(
            t("You can choose once. Afterwards only an organiser can change it. No vote counts without it.")
        ),
        discord.ui.ActionRow(select),
    )


def _resuming(name: str, resume: str | None) -> str:
    made = name if resume is None else name + SEPARATOR + resume
    return made if len(made) <= CUSTOM_ID_LIMIT else custom_id(name)
