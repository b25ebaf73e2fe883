"""`/participants set`: an organiser registers somebody, or changes a registration."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog
from bot.ui import escape
from cogs.participants._group import STATUSES, ParticipantsGroup, status_of
from cogs.participants._telling import other_registered
from seminar.errors import Invalid
from seminar.words import t


class EnteringCommands(ParticipantsGroup):
    @ParticipantsGroup.group.command(
        name=locale_str("set"), description=locale_str("Register somebody, or change a registration")
    )
    @app_commands.describe(
        member=locale_str("The person"),
        name=locale_str("Or the name of somebody without a Discord account"),
        status=locale_str("Participants vote, observers discuss"),
        constituency=locale_str("Code of the constituency the person speaks for"),
        organisation=locale_str("The person's organisation"),
    )
    @app_commands.rename(
        member=locale_str("member"),
        name=locale_str("name"),
        status=locale_str("status"),
        constituency=locale_str("constituency"),
        organisation=locale_str("organisation"),
    )
    @app_commands.choices(status=STATUSES)
    async def set(
        self,
        interaction: discord.Interaction[Any],
        member: discord.Member | None = None,
        name: app_commands.Range[str, 1, 200] | None = None,
        status: str | None = None,
        constituency: str | None = None,
        organisation: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        initiative = await self.house.initiatives.current(exchange.actor.guild_id)
        participants, wanted = self.house.participants, status_of(status)
        if member is not None and name is None:
            held = self.bot.access.held(exchange.guild, member, initiative)
            person = await participants.set(
                exchange.actor, member.id, member.display_name, held, wanted, constituency, organisation
            )
        elif member is None and name is not None:
            person = await participants.set_unaccounted(
                exchange.actor, name, wanted, constituency, organisation
            )
        else:
            raise Invalid(
                t(
                    "Please give either a member of this server or, for somebody without a Discord account, "
                    "a name, and not both."
                )
            )
        said = [other_registered(initiative, person)]
        if person.organisation:
            said.append(t("Organisation: {organisation}", organisation=escape(person.organisation)))
        await exchange.say("\n".join(map(exchange.tr, said)))

    set.autocomplete("constituency")(HouseCog.fitting_constituencies)
