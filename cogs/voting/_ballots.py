"""What facilitators do: open on a preview, close, extend, cancel, remind, look."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.ballot import closing_card, preview_card, standing_text
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from bot.ui import card
from seminar.methods import METHODS
from seminar.model import Reasons, Secrecy
from seminar.words import t, tn
from services.ballot_views import BallotRequest

_BALLOT = locale_str("The ballot, for example B3")


class BallotsCog(HouseCog):
    group = app_commands.Group(name=locale_str("ballot"), description=locale_str("Votes"), guild_only=True)

    @group.command(
        name=locale_str("open"), description=locale_str("Prepare a ballot; it opens when you confirm")
    )
    @app_commands.describe(
        method=locale_str("How to vote"),
        theme=locale_str("Vote on everything under discussion in this theme"),
        references=locale_str("Or on these, separated by commas: TRN-01, TRN-07"),
        closes_in=locale_str("For example 30m, 2h, 3d, or a time such as 12:30; 3 days if empty"),
        quorum=locale_str("For example 5, 1/3 or 50%"),
        threshold=locale_str("For example >1/2 or >=2/3"),
        secrecy=locale_str("Secret, or open with everybody's vote published"),
        reasons=locale_str("Who is asked for a reason"),
    )
    @app_commands.rename(
        method=locale_str("method"),
        theme=locale_str("theme"),
        references=locale_str("references"),
        closes_in=locale_str("closes_in"),
        quorum=locale_str("quorum"),
        threshold=locale_str("threshold"),
        secrecy=locale_str("secrecy"),
        reasons=locale_str("reasons"),
    )
    @app_commands.choices(
        method=[
            app_commands.Choice(name=locale_str(method.label.singular), value=name)
            for name, method in METHODS.items()
        ],
        secrecy=[
            app_commands.Choice(name=locale_str("secret ballot"), value=Secrecy.SECRET.value),
            app_commands.Choice(name=locale_str("open ballot"), value=Secrecy.OPEN.value),
        ],
        reasons=[
            app_commands.Choice(name=locale_str("nobody"), value=Reasons.NONE.value),
            app_commands.Choice(name=locale_str("those against"), value=Reasons.AGAINST.value),
            app_commands.Choice(name=locale_str("everybody"), value=Reasons.ALL.value),
        ],
    )
    async def open(
        self,
        interaction: discord.Interaction[Any],
        method: str,
        theme: str | None = None,
        references: str | None = None,
        closes_in: str | None = None,
        quorum: str | None = None,
        threshold: str | None = None,
        secrecy: str | None = None,
        reasons: str | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        ballot = await self.house.ballots.prepare(
            exchange.actor,
            BallotRequest(
                method=method,
                theme=theme,
                references=references,
                closes_in=closes_in,
                quorum=quorum,
                threshold=threshold,
                secrecy=secrecy,
                reasons=reasons,
                channel_id=exchange.channel_id,
            ),
        )
        await exchange.say(view=preview_card(ballot, exchange.tr))

    @on_component("ballot-open")
    async def confirmed(self, exchange: Exchange, ballot: int) -> None:
        opened = await self.house.ballots.open(exchange.actor, ballot)
        await exchange.redraw(
            card(
                exchange.tr(
                    tn(
                        "Ballot {label} is open for {count} person until {moment}.",
                        "Ballot {label} is open for {count} people until {moment}.",
                        opened.entitled,
                        label=opened.label,
                        moment=opened.closes_at,
                    )
                )
            )
        )

    @on_component("ballot-discard")
    async def discarded(self, exchange: Exchange, ballot: int) -> None:
        await self.house.ballots.discard(exchange.actor, ballot)
        await exchange.redraw(card(exchange.tr(t("Discarded. Nothing was opened."))))

    @group.command(name=locale_str("close"), description=locale_str("Close a ballot before its time"))
    @app_commands.describe(ballot=_BALLOT)
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

    @group.command(name=locale_str("extend"), description=locale_str("Let a ballot close later"))
    @app_commands.describe(
        ballot=_BALLOT, by=locale_str("For example 30m or 2h, or a new time such as 12:30")
    )
    @app_commands.rename(ballot=locale_str("ballot"), by=locale_str("by"))
    async def extend(self, interaction: discord.Interaction[Any], ballot: str, by: str) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        view = await self.house.ballots.extend(exchange.actor, found.id, by)
        await exchange.say(
            t("Ballot {label} now closes on {moment}.", label=view.label, moment=view.closes_at)
        )

    @group.command(
        name=locale_str("cancel"), description=locale_str("Cancel a ballot; its votes are destroyed unseen")
    )
    @app_commands.describe(ballot=_BALLOT, reason=locale_str("Why; the room is told"))
    @app_commands.rename(ballot=locale_str("ballot"), reason=locale_str("reason"))
    async def cancel(
        self, interaction: discord.Interaction[Any], ballot: str, reason: app_commands.Range[str, 1, 500]
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        view = await self.house.ballots.cancel(exchange.actor, found.id, reason)
        await exchange.say(
            t("Ballot {label} is cancelled and its votes are destroyed unseen.", label=view.label)
        )

    @group.command(name=locale_str("remind"), description=locale_str("Remind those who have not voted, once"))
    @app_commands.describe(ballot=_BALLOT)
    @app_commands.rename(ballot=locale_str("ballot"))
    async def remind(self, interaction: discord.Interaction[Any], ballot: str) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        number = await self.house.ballots.remind(exchange.actor, found.id)
        await exchange.say(
            tn(
                "{count} person who has not voted gets a private message.",
                "{count} people who have not voted get a private message.",
                number,
            )
            if number
            else t("There is nobody left to remind: everyone has voted or was reminded before.")
        )

    @group.command(name=locale_str("status"), description=locale_str("Turnout and quorum of a ballot"))
    @app_commands.describe(ballot=_BALLOT)
    @app_commands.rename(ballot=locale_str("ballot"))
    async def status(self, interaction: discord.Interaction[Any], ballot: str) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        preview = await self.house.ballots.status(exchange.actor, found.id)
        heading = "## " + exchange.tr(t("Ballot {label}", label=preview.ballot.label))
        await exchange.say(view=card(heading, standing_text(preview, exchange.tr)))

    @close.autocomplete("ballot")
    @extend.autocomplete("ballot")
    @cancel.autocomplete("ballot")
    @remind.autocomplete("ballot")
    @status.autocomplete("ballot")
    async def open_ballots(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        guild_id = interaction.guild_id or 0
        if await self.bot.access.initiative(guild_id) is None:
            return []
        ballots = await self.house.ballots.all_open(guild_id)
        return [
            app_commands.Choice(
                name=f"{ballot.label} · {', '.join(item.reference for item in ballot.items)}"[:100],
                value=ballot.label,
            )
            for ballot in ballots
            if typed.lower() in ballot.label.lower()
        ][:25]

    open.autocomplete("theme")(HouseCog.fitting_themes)
