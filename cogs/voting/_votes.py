"""What voters do: the buttons on cards, the private sheet, and the list of what is open."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.ballot import about
from bot.cards.recorded import recorded_text
from bot.exchange import Exchange
from bot.i18n import Translator
from bot.router import custom_id, on_component, on_modal
from bot.ui import Button, card, one_line, rows
from cogs.voting._sheets import SheetsCog, reason_form
from seminar.methods import METHODS
from seminar.model import RECUSED, Choice
from seminar.terms import CHOICE_WORDS
from seminar.words import Text, t, tn
from services.voting.ballot_views import Sheet

ON_A_CARD = -1  # in place of a page: the vote was given on a card, not on the sheet
LISTED = 20  # open ballots that get a button
TITLE = 60  # characters of a theme


class VotesCog(SheetsCog):
    @on_component("vote", hot=True)
    async def vote(self, exchange: Exchange, ballot: int, position: int, choice: Choice) -> None:
        """For, against or abstain on a card: answered with what is recorded."""
        if await self._reason_asked(exchange, ballot, position, choice, ON_A_CARD):
            return
        await self._cast_on_card(exchange, ballot, position, choice)

    @on_component("sheet-vote", hot=True)
    async def vote_on_sheet(
        self,
        exchange: Exchange,
        ballot: int,
        position: int,
        choice: Choice | Literal["recused", "none"],
        page: int,
    ) -> None:
        """A tap on the sheet: saved, then the sheet is drawn again."""
        if isinstance(choice, Choice) and await self._reason_asked(exchange, ballot, position, choice, page):
            return
        await self._cast_on_sheet(exchange, ballot, position, None if choice == "none" else choice, page)

    @on_component("sheet", hot=True)
    async def open_sheet(self, exchange: Exchange, ballot: int) -> None:
        await exchange.say(view=self.drawn(exchange, await self.sheet(exchange, ballot), 0))

    @on_component("sheet-page", hot=True)
    async def turn(self, exchange: Exchange, ballot: int, page: int) -> None:
        await exchange.redraw(self.drawn(exchange, await self.sheet(exchange, ballot), page))

    @on_component("sheet-aside", hot=True)
    async def standing_aside(self, exchange: Exchange, ballot: int, page: int) -> None:
        await exchange.redraw(self.drawn_aside(exchange, await self.sheet(exchange, ballot), page))

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
        initiative = await self.house.initiatives.current(exchange.actor.guild_id)
        now = self.house.clock()  # what is up by now takes no votes, though it may not be counted yet
        found = await self.house.ballots.all_open(exchange.actor.guild_id)
        ballots = [ballot for ballot in found if ballot.closes_at > now]
        if not ballots:
            await exchange.say(
                t("No ballot is open just now. You will see it in the event's channel when one opens.")
            )
            return
        sheets = [await self.sheet(exchange, ballot.id) for ballot in ballots[:LISTED]]
        if len(sheets) == 1:
            await exchange.say(view=self.drawn(exchange, sheets[0], 0))
            return
        themes = {theme.code: theme.title for theme in initiative.themes}
        listed = [_to_do(sheet, themes, tr) for sheet in sheets]
        if left := len(ballots) - len(sheets):
            listed.append(tr(tn("and {count} more", "and {count} more", left)))
        buttons = [Button(sheet.ballot.label, custom_id("sheet", sheet.ballot.id)) for sheet in sheets]
        await exchange.say(view=card("## " + tr(t("Open ballots")), "\n".join(listed), *rows(buttons)))

    async def _cast_on_card(
        self, exchange: Exchange, ballot: int, position: int, choice: Choice, reason: str | None = None
    ) -> None:
        recorded = await self.house.voting.cast(exchange.actor, ballot, position, choice, reason)
        self.mark(exchange, ballot)
        await exchange.say(recorded_text(recorded, exchange.tr))

    async def _cast_on_sheet(
        self,
        exchange: Exchange,
        ballot: int,
        position: int,
        choice: str | None,
        page: int,
        reason: str | None = None,
    ) -> None:
        sheet = await self.house.voting.cast_on_sheet(exchange.actor, ballot, position, choice, reason)
        self.mark(exchange, ballot)
        # Who stands aside on one item may do so on the next; who takes that back wants to vote.
        draw = self.drawn_aside if choice == RECUSED else self.drawn
        await exchange.redraw(draw(exchange, sheet, page))

    async def _reason_asked(
        self, exchange: Exchange, ballot: int, position: int, choice: Choice, page: int
    ) -> bool:
        """Open the form for a reason where the ballot asks one; the vote is cast when it comes back."""
        if not await self.house.voting.asks_reason(exchange.actor, ballot, choice):
            return False
        made = custom_id("vote-reason", ballot, position, choice.value, page, secrets.token_hex(3))
        why = t("Why do you vote: {choice}?", choice=CHOICE_WORDS[choice])
        await exchange.ask(reason_form(exchange.tr, made, why))
        return True


def _to_do(sheet: Sheet, themes: Mapping[str, str], tr: Translator) -> str:
    """One open ballot in the list, with what is left to do on it."""
    ballot = sheet.ballot
    theme = one_line(themes.get(ballot.theme, ballot.theme), TITLE) if ballot.theme else about(ballot)
    label = f"- **{ballot.label}** ({theme})"
    progress = t("{done} of {total}", done=sheet.done, total=sheet.total)
    if ballot.silent:
        said = t(
            "{label} · adopted on {moment} unless somebody objects", label=label, moment=ballot.closes_at
        )
    elif not METHODS[ballot.rules.method].on_paper:
        said = t(
            "{label} · {progress}, open until {moment}",
            label=label,
            progress=progress,
            moment=ballot.closes_at,
        )
    else:
        said = t(
            "{label} · {progress}, {standing}, open until {moment}",
            label=label,
            progress=progress,
            standing=_standing(sheet),
            moment=ballot.closes_at,
        )
    return tr(said)


def _standing(sheet: Sheet) -> Text:
    if not sheet.submitted:
        return t("not submitted yet")
    return t("changed since it was submitted") if sheet.changed else t("submitted")
