"""`/follow-up set`: an organiser enters what an addressee says and does."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.follow_up import entered_card
from cogs.follow_up._group import FollowUpGroup
from seminar.follow_up import (
    ACCEPTANCE_WORDS,
    IMPLEMENTATION_WORDS,
    MOST_ACTION,
    MOST_EVIDENCE,
    MOST_NOTE,
    MOST_OWNER,
)
from seminar.follow_up_rows import MOST_ACTIONS

MOST_NAME = 300
MOST_DAY = 40


class SettingCommands(FollowUpGroup):
    @FollowUpGroup.group.command(
        name=locale_str("set"), description=locale_str("Enter what an addressee says and does")
    )
    @app_commands.describe(
        reference=locale_str("Reference of the recommendation, for example TRN-07"),
        entity=locale_str("The addressee, by code or name"),
        action=locale_str("What is to be done; another one than before is followed up beside it"),
        number=locale_str("Which action, where there are several"),
        acceptance=locale_str("What the addressee says to the recommendation"),
        implementation=locale_str("How far the addressee is with it"),
        owner=locale_str("Who sees to it there; - for nobody"),
        due=locale_str("The day it is due, for example 2015-03-31; - for none"),
        as_of=locale_str("The day of which this tells; today if empty"),
        note=locale_str("Anything else there is to say; - for nothing"),
        evidence=locale_str("A web address that shows it; - for none"),
        verified=locale_str("Whether this was checked, and not only reported"),
    )
    @app_commands.rename(
        reference=locale_str("reference"),
        entity=locale_str("entity"),
        action=locale_str("action"),
        number=locale_str("number"),
        acceptance=locale_str("acceptance"),
        implementation=locale_str("implementation"),
        owner=locale_str("owner"),
        due=locale_str("due"),
        as_of=locale_str("as-of"),
        note=locale_str("note"),
        evidence=locale_str("evidence"),
        verified=locale_str("verified"),
    )
    @app_commands.choices(
        acceptance=[
            app_commands.Choice(name=locale_str(word.singular), value=state.value)
            for state, word in ACCEPTANCE_WORDS.items()
        ],
        implementation=[
            app_commands.Choice(name=locale_str(word.singular), value=state.value)
            for state, word in IMPLEMENTATION_WORDS.items()
        ],
    )
    async def set(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        entity: app_commands.Range[str, 1, MOST_NAME],
        action: app_commands.Range[str, 1, MOST_ACTION] | None = None,
        number: app_commands.Range[int, 1, MOST_ACTIONS] | None = None,
        acceptance: str | None = None,
        implementation: str | None = None,
        owner: app_commands.Range[str, 1, MOST_OWNER] | None = None,
        due: app_commands.Range[str, 1, MOST_DAY] | None = None,
        as_of: app_commands.Range[str, 1, MOST_DAY] | None = None,
        note: app_commands.Range[str, 1, MOST_NOTE] | None = None,
        evidence: app_commands.Range[str, 1, MOST_EVIDENCE] | None = None,
        verified: bool | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        typed = {
            "action": action,
            "acceptance": acceptance,
            "implementation": implementation,
            "verified": verified,
            "owner": owner,
            "due_on": due,
            "as_of": as_of,
            "note": note,
            "evidence": evidence,
        }
        entered = await self.house.follow_ups.set(exchange.actor, reference, entity, typed, number)
        await exchange.say(view=entered_card(entered, exchange.tr))

    set.autocomplete("reference")(FollowUpGroup.fitting_references)
    set.autocomplete("entity")(FollowUpGroup.fitting_addressees)
