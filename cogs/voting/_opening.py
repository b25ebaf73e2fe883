"""Opening a ballot: prepared as asked, seen as it will be held, opened by one tap, now or later."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.ballot import preview_card
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import custom_id, on_component
from bot.ui import Button, card, rows
from cogs.voting._group import BallotGroup
from seminar.methods import METHODS
from seminar.model import Purpose, Reasons, Secrecy, Showing, VoteBy
from seminar.words import Text, Value, t, tn
from services.voting.ballot_requests import MOST_ITEMS, MOST_POINTS, MOST_ROUNDS
from services.voting.ballot_views import BallotRequest, BallotView


class OpeningCommands(BallotGroup):
    @BallotGroup.group.command(
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
        results=locale_str("When totals are shown; live only in an indicative ballot"),
        reasons=locale_str("Who is asked for a reason"),
        points=locale_str("Points: how many each voter has to spread; 10 if empty"),
        most=locale_str("Points: how many at most on one item; all of them if empty"),
        seats=locale_str("Short list: how many are chosen; 3 if empty"),
        purpose=locale_str("Whether the ballot decides, or only informs"),
        importance=locale_str("Rating: whether importance is rated as well"),
        rounds=locale_str("Rating: in how many rounds; 1 if empty"),
    )
    @app_commands.rename(
        method=locale_str("method"),
        theme=locale_str("theme"),
        references=locale_str("references"),
        closes_in=locale_str("closes_in"),
        quorum=locale_str("quorum"),
        threshold=locale_str("threshold"),
        secrecy=locale_str("secrecy"),
        results=locale_str("results"),
        reasons=locale_str("reasons"),
        points=locale_str("points"),
        most=locale_str("most"),
        seats=locale_str("seats"),
        purpose=locale_str("purpose"),
        importance=locale_str("importance"),
        rounds=locale_str("rounds"),
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
        results=[
            app_commands.Choice(name=locale_str("hidden until closing"), value=Showing.HIDDEN.value),
            app_commands.Choice(name=locale_str("live: totals while it is open"), value=Showing.LIVE.value),
        ],
        reasons=[
            app_commands.Choice(name=locale_str("nobody"), value=Reasons.NONE.value),
            app_commands.Choice(name=locale_str("those against"), value=Reasons.AGAINST.value),
            app_commands.Choice(name=locale_str("everybody"), value=Reasons.ALL.value),
        ],
        purpose=[
            app_commands.Choice(
                name=locale_str("decisive: as the method decides"), value=Purpose.DECISIVE.value
            ),
            app_commands.Choice(
                name=locale_str("indicative: informs and changes nothing"), value=Purpose.INDICATIVE.value
            ),
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
        results: str | None = None,
        reasons: str | None = None,
        points: app_commands.Range[int, 1, MOST_POINTS] | None = None,
        most: app_commands.Range[int, 1, MOST_POINTS] | None = None,
        seats: app_commands.Range[int, 1, MOST_ITEMS] | None = None,
        purpose: str | None = None,
        importance: bool | None = None,
        rounds: app_commands.Range[int, 1, MOST_ROUNDS] | None = None,
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
                results=results,
                reasons=reasons,
                points=points,
                most=most,
                seats=seats,
                importance=importance,
                rounds=rounds,
                purpose=purpose,
                channel_id=exchange.channel_id,
            ),
        )
        await exchange.say(view=preview_card(ballot, exchange.tr))

    open.autocomplete("theme")(HouseCog.fitting_themes)

    @on_component("ballot-open")
    async def confirmed(self, exchange: Exchange, ballot: int) -> None:
        opened = await self.house.ballots.open(exchange.actor, ballot)
        await self._done(exchange, _opened(opened))

    @on_component("ballot-discard")
    async def discarded(self, exchange: Exchange, ballot: int) -> None:
        await self.house.ballots.discard(exchange.actor, ballot)
        await self._done(exchange, t("Discarded. Nothing was opened."))

    async def _done(self, exchange: Exchange, said: Text) -> None:
        """Say so in place of the preview, with the way to others that wait."""
        waiting = await self.house.ballots.all_prepared(exchange.actor.guild_id)
        others = Button(exchange.tr(t("Other prepared ballots")), custom_id("ballot-list", 0))
        await exchange.redraw(card(exchange.tr(said), *rows([others] if waiting else [])))


def _opened(ballot: BallotView) -> Text:
    """For whom a ballot is open now, and until when."""
    said: dict[str, Value] = {"label": ballot.label, "moment": ballot.closes_at}
    if ballot.silent:
        return tn(
            "Silence procedure {label} has begun, and {count} person is notified. It ends on {moment}.",
            "Silence procedure {label} has begun, and {count} people are notified. It ends on {moment}.",
            ballot.notified or 0,
            **said,
        )
    if ballot.rules.vote_by is VoteBy.DELEGATION:
        return tn(
            "Ballot {label} is open for {count} delegation until {moment}.",
            "Ballot {label} is open for {count} delegations until {moment}.",
            ballot.entitled,
            **said,
        )
    return tn(
        "Ballot {label} is open for {count} person until {moment}.",
        "Ballot {label} is open for {count} people until {moment}.",
        ballot.entitled,
        **said,
    )
