"""Leading a ballot that is open: closed early, extended, cancelled, reminded of, looked at."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.ballot import closing_card, extended_text, name_text, standing_text
from bot.exchange import Exchange
from bot.router import on_component
from bot.ui import card
from cogs.voting._group import BALLOT, BallotGroup
from seminar.words import Text, t, tn
from services.voting.ballot_views import BallotView


class LeadingCommands(BallotGroup):
    @BallotGroup.group.command(
        name=locale_str("close"), description=locale_str("Close a ballot before its time")
    )
    @app_commands.describe(ballot=BALLOT)
    @app_commands.rename(ballot=locale_str("ballot"))
    async def close(self, interaction: discord.Interaction[Any], ballot: str) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        preview = await self.house.ballots.closing_preview(exchange.actor, found.id)
        await exchange.say(view=closing_card(preview, exchange.tr))

    @on_component("ballot-close")
    async def closed(self, exchange: Exchange, ballot: int) -> None:
        await exchange.interaction.response.defer()
        result = await self.house.ballots.close(exchange.actor, ballot)
        if result is not None:
            await exchange.redraw(
                card(
                    exchange.tr(
                        t(
                            "Ballot {label} is closed: {voted} of {entitled} voted. "
                            "The outcome is posted in the event's channel.",
                            label=result.ballot.label,
                            voted=result.voters,
                            entitled=result.electorate,
                        )
                    )
                )
            )

    @on_component("ballot-leave")
    async def left_open(self, exchange: Exchange, ballot: int) -> None:
        await exchange.redraw(card(exchange.tr(t("The ballot stays open."))))

    @BallotGroup.group.command(name=locale_str("extend"), description=locale_str("Let a ballot close later"))
    @app_commands.describe(ballot=BALLOT, by=locale_str("For example 30m or 2h, or a new time such as 12:30"))
    @app_commands.rename(ballot=locale_str("ballot"), by=locale_str("by"))
    async def extend(self, interaction: discord.Interaction[Any], ballot: str, by: str) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        view = await self.house.ballots.extend(exchange.actor, found.id, by)
        await exchange.say(extended_text(view))

    @BallotGroup.group.command(
        name=locale_str("cancel"), description=locale_str("Cancel a ballot; its votes are destroyed unseen")
    )
    @app_commands.describe(ballot=BALLOT, reason=locale_str("Why; the room is told"))
    @app_commands.rename(ballot=locale_str("ballot"), reason=locale_str("reason"))
    async def cancel(
        self, interaction: discord.Interaction[Any], ballot: str, reason: app_commands.Range[str, 1, 500]
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        view = await self.house.ballots.cancel(exchange.actor, found.id, reason)
        await exchange.say(_cancelled(view))

    @BallotGroup.group.command(
        name=locale_str("remind"), description=locale_str("Remind those who have not voted, once")
    )
    @app_commands.describe(ballot=BALLOT)
    @app_commands.rename(ballot=locale_str("ballot"))
    async def remind(self, interaction: discord.Interaction[Any], ballot: str) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        number = await self.house.ballots.remind(exchange.actor, found.id)
        await exchange.say(_reminded(found, number))

    @BallotGroup.group.command(
        name=locale_str("status"), description=locale_str("Turnout and quorum of a ballot")
    )
    @app_commands.describe(ballot=BALLOT)
    @app_commands.rename(ballot=locale_str("ballot"))
    async def status(self, interaction: discord.Interaction[Any], ballot: str) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        preview = await self.house.ballots.status(exchange.actor, found.id)
        heading = "## " + exchange.tr(name_text(preview.ballot))
        await exchange.say(view=card(heading, standing_text(preview, exchange.tr)))

    close.autocomplete("ballot")(BallotGroup.fitting_ballots)
    extend.autocomplete("ballot")(BallotGroup.fitting_ballots)
    cancel.autocomplete("ballot")(BallotGroup.fitting_ballots)
    remind.autocomplete("ballot")(BallotGroup.fitting_ballots)
    status.autocomplete("ballot")(BallotGroup.fitting_ballots)


def _cancelled(ballot: BallotView) -> Text:
    if ballot.silent:
        return t("Silence procedure {label} is called off; nothing was adopted.", label=ballot.label)
    return t("Ballot {label} is cancelled and its votes are destroyed unseen.", label=ballot.label)


def _reminded(ballot: BallotView, number: int) -> Text:
    if number == 0:
        return t("There is nobody left to remind: everyone has voted or was reminded before.")
    if ballot.silent:
        return tn(
            "{count} person gets a private message about the silence.",
            "{count} people get a private message about the silence.",
            number,
        )
    return tn(
        "{count} person who has not voted gets a private message.",
        "{count} people who have not voted get a private message.",
        number,
    )
