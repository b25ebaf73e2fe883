"""`/ballot list`: what is open, and what is prepared and waits for one tap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord.app_commands import locale_str

from bot.cards.ballot import about
from bot.cards.ballot_rules import METHOD_WORDS, rules_text, turnout_text
from bot.cards.silence import notified_text
from bot.exchange import Exchange, cut
from bot.i18n import Translator
from bot.router import custom_id, on_component
from bot.ui import Button, card, listing, rows, turns
from cogs.voting._group import BallotGroup
from seminar.model import Role
from seminar.words import Value, t, tn
from services.voting.ballot_views import BallotView

PER_PAGE = 7  # a message holds 40 components; a prepared ballot takes four of them
LISTED = 900  # characters of the list of open ballots
NAMED = 8  # references by which a prepared ballot is known
WAITING = 3  # rounds that get a button: with them a full page holds 40 components
RULES = 240  # characters of the rules it is held by


class ListCommands(BallotGroup):
    @BallotGroup.group.command(
        name=locale_str("list"),
        description=locale_str("Ballots that are open or prepared; open one by one tap"),
    )
    async def ballot_list(self, interaction: discord.Interaction[Any]) -> None:
        exchange = self.exchange(interaction)
        await exchange.say(view=await self._listed(exchange, 0))

    @on_component("ballot-list")
    async def turned_list(self, exchange: Exchange, page: int) -> None:
        await exchange.redraw(await self._listed(exchange, page))

    async def _listed(self, exchange: Exchange, page: int) -> discord.ui.LayoutView:
        guild_id, tr = exchange.actor.guild_id, exchange.tr
        await self.house.initiatives.current(guild_id)
        exchange.actor.require(Role.FACILITATOR)
        open_ = await self.house.ballots.all_open(guild_id)
        waiting = await self.house.ballots.all_waiting(guild_id)
        prepared = await self.house.ballots.all_prepared(guild_id)
        last = max(0, (len(prepared) - 1) // PER_PAGE)
        page = max(0, min(page, last))
        parts: list[str | discord.ui.Item[Any]] = []
        for ballot in prepared[page * PER_PAGE :][:PER_PAGE]:
            parts += [_prepared(ballot, tr), *rows(_buttons(ballot, tr))]
        return card(
            "## " + tr(t("Ballots")),
            listing(tr, [_line(ballot, tr) for ballot in open_], LISTED) or tr(t("No ballot is open now.")),
            *_waiting(waiting, tr),
            "**" + (tr(t("Prepared")) if prepared else tr(t("No ballot is prepared."))) + "**",
            *parts,
            *rows(turns(tr, page, last, lambda page: custom_id("ballot-list", page))),
        )


def _line(ballot: BallotView, tr: Translator) -> str:
    """One open ballot, with its turnout and its time."""
    standing = notified_text(ballot) if ballot.silent else turnout_text(ballot)
    return "- " + tr(
        t(
            "{label} is open until {moment}. {turnout}",
            label=f"**{ballot.label}** ({about(ballot)})",
            moment=ballot.closes_at,
            turnout=standing,
        )
    )


def _waiting(ballots: Sequence[BallotView], tr: Translator) -> list[str | discord.ui.Item[Any]]:
    """Closed rounds that a next one can follow, with the way to it; none where there are none."""
    if not ballots:
        return []
    buttons = [
        Button(
            tr(t("{label}: round {round}", label=ballot.label, round=ballot.rules.round + 1)),
            custom_id("ballot-round", ballot.id),
        )
        for ballot in ballots[:WAITING]
    ]
    return ["**" + tr(t("Waiting for their next round")) + "**", *rows(buttons)]


def _prepared(ballot: BallotView, tr: Translator) -> str:
    """One prepared ballot, told from the others by what it is on and how it is held."""
    names: list[Value] = [item.reference for item in ballot.items]
    if (more := len(names) - NAMED) > 0:
        names[NAMED:] = [tn("{count} more", "{count} more", more)]
    line = tr(
        t("{references} by {method}", references=tuple(names), method=METHOD_WORDS[ballot.rules.method])
    )
    rules = () if ballot.silent else rules_text(ballot)
    return "\n".join([f"**{line}**", *(["-# " + cut(" ".join(map(tr, rules)), RULES)] if rules else [])])


def _buttons(ballot: BallotView, tr: Translator) -> list[Button]:
    style = discord.ButtonStyle.success
    return [
        Button(tr(t("Open")), custom_id("ballot-open", ballot.id), style=style),
        Button(tr(t("Discard")), custom_id("ballot-discard", ballot.id)),
    ]
