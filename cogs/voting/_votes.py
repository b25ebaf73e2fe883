"""What voters do: the buttons on cards, the private sheet, and the list of what is open."""

from __future__ import annotations

import secrets
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog
from bot.exchange import Exchange, cut
from bot.router import custom_id, on_component, on_modal
from bot.ui import Button, card, rows
from cogs.voting.papers import paper
from seminar.model import Choice
from seminar.terms import CHOICE_WORDS, choice_words
from seminar.words import Text, t, tn
from services.ballot_views import Recorded, Sheet

ON_A_CARD = -1  # in place of a page: the vote was given on a card, not on the sheet
LISTED = 20  # open ballots that get a button


class VotesCog(HouseCog):
    @on_component("vote", hot=True)
    async def vote(self, exchange: Exchange, ballot: int, position: int, choice: Choice) -> None:
        """For, against or abstain on a card: answered with what is recorded."""
        if await self._reason_asked(exchange, ballot, position, choice, ON_A_CARD):
            return
        await self._cast_on_card(exchange, ballot, position, choice)

    @on_component("sheet-vote", hot=True)
    async def vote_on_sheet(
        self, exchange: Exchange, ballot: int, position: int, choice: Choice | Literal["none"], page: int
    ) -> None:
        """A tap on the sheet: saved, then the sheet is drawn again."""
        wanted = choice if isinstance(choice, Choice) else None
        if wanted is not None and await self._reason_asked(exchange, ballot, position, wanted, page):
            return
        await self._cast_on_sheet(exchange, ballot, position, wanted, page)

    @on_component("sheet", hot=True)
    async def open_sheet(self, exchange: Exchange, ballot: int) -> None:
        await exchange.say(view=self._drawn(exchange, await self._sheet(exchange, ballot), 0))

    @on_component("sheet-page", hot=True)
    async def turn(self, exchange: Exchange, ballot: int, page: int) -> None:
        await exchange.redraw(self._drawn(exchange, await self._sheet(exchange, ballot), page))

    @on_modal("vote-reason")
    async def reasoned(
        self, exchange: Exchange, ballot: int, position: int, choice: Choice, page: int, nonce: str
    ) -> None:
        reason = exchange.fields.get("reason")
        if page == ON_A_CARD:
            await self._cast_on_card(exchange, ballot, position, choice, reason)
        else:
            await self._cast_on_sheet(exchange, ballot, position, choice, page, reason)

    @app_commands.command(name=locale_str("vote"), description=locale_str("What you can vote on now"))
    @app_commands.guild_only()
    async def vote_command(self, interaction: discord.Interaction[Any]) -> None:
        await self._open_ballots(self.exchange(interaction, custom_id("vote-list")))

    @on_component("vote-list")
    async def vote_list(self, exchange: Exchange) -> None:
        await self._open_ballots(exchange)

    async def _open_ballots(self, exchange: Exchange) -> None:
        """The only open sheet at once; a choice where there are several."""
        tr = exchange.tr
        await self.house.initiatives.current(exchange.actor.guild_id)
        ballots = await self.house.ballots.all_open(exchange.actor.guild_id)
        if not ballots:
            await exchange.say(
                t("No ballot is open just now. You will see it in the event's channel when one opens.")
            )
            return
        sheets = [await self._sheet(exchange, ballot.id) for ballot in ballots[:LISTED]]
        if len(sheets) == 1:
            await exchange.say(view=self._drawn(exchange, sheets[0], 0))
            return
        listed = [
            tr(
                t(
                    "{label}: {done} of {total} done, open until {moment}",
                    label=f"**{sheet.ballot.label}**",
                    done=sheet.done,
                    total=sheet.total,
                    moment=sheet.ballot.closes_at,
                )
            )
            for sheet in sheets
        ]
        buttons = [Button(sheet.ballot.label, custom_id("sheet", sheet.ballot.id)) for sheet in sheets]
        await exchange.say(view=card("## " + tr(t("Open ballots")), *listed, *rows(buttons)))

    async def _cast_on_card(
        self, exchange: Exchange, ballot: int, position: int, choice: Choice, reason: str | None = None
    ) -> None:
        recorded = await self.house.voting.cast(exchange.actor, ballot, position, choice, reason)
        self._mark(exchange, ballot)
        await exchange.say(_said(recorded))

    async def _cast_on_sheet(
        self,
        exchange: Exchange,
        ballot: int,
        position: int,
        choice: Choice | None,
        page: int,
        reason: str | None = None,
    ) -> None:
        sheet = await self.house.voting.cast_on_sheet(exchange.actor, ballot, position, choice, reason)
        self._mark(exchange, ballot)
        await exchange.redraw(self._drawn(exchange, sheet, page))

    def _mark(self, exchange: Exchange, ballot: int) -> None:
        """The ballot's public message no longer shows how many have voted."""
        self.bot.refresher.mark("ballot.refresh", exchange.actor.guild_id, str(ballot))

    async def _sheet(self, exchange: Exchange, ballot: int) -> Sheet:
        return await self.house.voting.sheet(exchange.actor, ballot)

    def _drawn(self, exchange: Exchange, sheet: Sheet, page: int) -> discord.ui.LayoutView:
        return paper(sheet.ballot.rules.method).sheet(sheet, exchange.tr, page)

    async def _reason_asked(
        self, exchange: Exchange, ballot: int, position: int, choice: Choice, page: int
    ) -> bool:
        """Open the form for a reason where the ballot asks one; the vote is cast when it comes back."""
        if not await self.house.voting.asks_reason(exchange.actor, ballot, choice):
            return False
        tr = exchange.tr
        modal = discord.ui.Modal(
            title=cut(tr(t("Your reason")), 45),
            custom_id=custom_id("vote-reason", ballot, position, choice.value, page, secrets.token_hex(3)),
            timeout=None,
        )
        modal.add_item(
            discord.ui.Label(
                text=cut(tr(t("Why do you vote: {choice}?", choice=CHOICE_WORDS[choice])), 45),
                description=cut(tr(t("Kept apart from your name. You may leave it empty.")), 100),
                component=discord.ui.TextInput(
                    custom_id="reason", style=discord.TextStyle.paragraph, required=False, max_length=1000
                ),
            )
        )
        await exchange.ask(modal)
        return True


def _said(recorded: Recorded) -> Text:
    """What is durable now, in one sentence, with how much is still to do."""
    progress = tn("{done} of {count} done.", "{done} of {count} done.", recorded.total, done=recorded.done)
    if recorded.choice is None:
        return t("Taken back: {reference}. {progress}", reference=recorded.reference, progress=progress)
    if recorded.receipt is None:
        return t(
            "Recorded: {choice} on {reference}. {progress}",
            choice=choice_words(recorded.choice),
            reference=recorded.reference,
            progress=progress,
        )
    return t(
        "Recorded: {choice} on {reference}. {progress} Receipt {receipt}.",
        choice=choice_words(recorded.choice),
        reference=recorded.reference,
        progress=progress,
        receipt=recorded.receipt,
    )
