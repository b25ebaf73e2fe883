"""What a facilitator does to single items while a ballot is open: hands counted in the room, removal."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.ballot import groups_of, hands_shown, preview_card
from bot.exchange import Exchange
from bot.router import on_component
from bot.ui import card, listing
from cogs.voting._group import BALLOT, BallotGroup
from seminar import references
from seminar.model import Counts
from seminar.words import Text, t
from services.voting.ballot_views import BallotView
from services.voting.closing import MOST_REASON
from services.voting.room import MOST_ASKED

MOST_HANDS = 100_000
LISTED = 3500  # characters of hands that an answer holds


class RoomCommands(BallotGroup):
    @BallotGroup.group.command(
        name=locale_str("hands"), description=locale_str("Enter a show of hands in the room on one item")
    )
    @app_commands.describe(
        ballot=BALLOT,
        reference=locale_str("The item, for example CAP-01"),
        in_favour=locale_str("Hands for; 0 if empty"),
        against=locale_str("Hands against; 0 if empty"),
        abstain=locale_str("Hands abstaining; 0 if empty"),
        constituency=locale_str("Only where the hands of one constituency were counted"),
        asked=locale_str("Who was asked; those who had not voted in chat, if empty"),
    )
    @app_commands.rename(
        ballot=locale_str("ballot"),
        reference=locale_str("reference"),
        in_favour=locale_str("for"),
        against=locale_str("against"),
        abstain=locale_str("abstain"),
        constituency=locale_str("constituency"),
        asked=locale_str("asked"),
    )
    async def hands(
        self,
        interaction: discord.Interaction[Any],
        ballot: str,
        reference: str,
        in_favour: app_commands.Range[int, 0, MOST_HANDS] = 0,
        against: app_commands.Range[int, 0, MOST_HANDS] = 0,
        abstain: app_commands.Range[int, 0, MOST_HANDS] = 0,
        constituency: str | None = None,
        asked: app_commands.Range[str, 1, MOST_ASKED] | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        counts = Counts(in_favour, against, abstain)
        view = await self.house.room.enter(exchange.actor, found.id, reference, counts, constituency, asked)
        item = references.parse(reference)
        initiative = await self.house.initiatives.current(exchange.actor.guild_id)
        stands = hands_shown(view, groups_of(initiative), item)
        entered = (
            t("Entered. What stands now by show of hands:")
            if stands
            else t("Entered. No hands stand on {reference} now.", reference=item)
        )
        lines = [f"- {exchange.tr(line)}" for line in stands]
        await exchange.say(view=card(exchange.tr(entered), listing(exchange.tr, lines, LISTED)))

    @BallotGroup.group.command(
        name=locale_str("remove"),
        description=locale_str("Take one item out of an open ballot; its votes are destroyed uncounted"),
    )
    @app_commands.describe(
        ballot=BALLOT,
        reference=locale_str("The item, for example CAP-01"),
        reason=locale_str("Why; the room is told"),
    )
    @app_commands.rename(
        ballot=locale_str("ballot"), reference=locale_str("reference"), reason=locale_str("reason")
    )
    async def remove(
        self,
        interaction: discord.Interaction[Any],
        ballot: str,
        reference: str,
        reason: app_commands.Range[str, 1, MOST_REASON],
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        found = await self.house.ballots.find(exchange.actor.guild_id, ballot)
        view = await self.house.removal.remove(exchange.actor, found.id, reference, reason)
        await exchange.say(_removed(view, references.parse(reference)))

    @on_component("ballot-again")
    async def voted_on_again(self, exchange: Exchange, ballot: int, reference: str) -> None:
        """A new ballot by the same rules on what was taken out, as its text stands now."""
        prepared = await self.house.ballots.prepare_again(exchange.actor, ballot, reference)
        await exchange.say(view=preview_card(prepared, exchange.tr))

    hands.autocomplete("ballot")(BallotGroup.fitting_ballots)
    hands.autocomplete("reference")(BallotGroup.fitting_items)
    hands.autocomplete("constituency")(BallotGroup.fitting_constituencies)
    remove.autocomplete("ballot")(BallotGroup.fitting_ballots)
    remove.autocomplete("reference")(BallotGroup.fitting_items)


def _removed(ballot: BallotView, reference: str) -> Text:
    if ballot.silent:
        return t(
            "{reference} is taken out of silence procedure {label}, which goes on for the rest.",
            reference=reference,
            label=ballot.label,
        )
    return t(
        "{reference} is taken out of ballot {label}, and the votes on it are destroyed uncounted. "
        "The rest goes on.",
        reference=reference,
        label=ballot.label,
    )
