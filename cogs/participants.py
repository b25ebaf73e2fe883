"""Registering: one's own `I am here`, the privacy notice, whom one speaks for, and `/participants`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import SEPARATOR, on_component
from bot.ui import escape
from seminar.errors import Invalid
from seminar.model import Status
from seminar.words import Text, t
from services.registering import Person

if TYPE_CHECKING:
    from bot.client import Rapporteur


class ParticipantsCog(HouseCog):
    group = app_commands.Group(
        name=locale_str("participants"), description=locale_str("Who takes part"), guild_only=True
    )

    @on_component("here")
    async def here(self, exchange: Exchange) -> None:
        person = await self.house.participants.enter(exchange.actor)
        await exchange.say(await self._registered(exchange, person))

    @on_component("notice")
    async def noticed(self, exchange: Exchange, *resume: str) -> None:
        await self.house.participants.acknowledge_notice(exchange.actor)
        await self._go_on(exchange, resume)

    @on_component("constituency")
    async def declared(self, exchange: Exchange, *resume: str) -> None:
        if len(exchange.values) != 1:
            raise Invalid(t("Please choose one constituency."))
        await self.house.participants.declare(exchange.actor, exchange.values[0])
        await self._go_on(exchange, resume)

    async def _go_on(self, exchange: Exchange, resume: tuple[str, ...]) -> None:
        """Take up the act that was held back, where there is one."""
        act = SEPARATOR.join(resume)
        if not act:
            await exchange.say(t("Thank you. Please repeat what you were about to do."))
            return
        await self.bot.router.resume(exchange, act)

    @group.command(
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
    @app_commands.choices(
        status=[
            app_commands.Choice(name=locale_str("participant"), value=Status.PARTICIPANT.value),
            app_commands.Choice(name=locale_str("observer"), value=Status.OBSERVER.value),
        ]
    )
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
        participants, wanted = self.house.participants, Status(status) if status else None
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
        said = [await self._registered(exchange, person, other=True)]
        if person.organisation:
            said.append(t("Organisation: {organisation}", organisation=escape(person.organisation)))
        await exchange.say("\n".join(map(exchange.tr, said)))

    set.autocomplete("constituency")(HouseCog.fitting_constituencies)

    async def _registered(self, exchange: Exchange, person: Person, *, other: bool = False) -> Text:
        initiative = await self.house.initiatives.current(exchange.actor.guild_id)
        constituency = (
            escape(initiative.constituency(person.constituency).title) if person.constituency else None
        )
        if person.status is Status.OBSERVER:
            if other:
                return t("{name} is registered as an observer.", name=escape(person.name))
            return t("You are registered as an observer: you can follow and discuss, and do not vote.")
        if constituency is None:
            if other:
                return t("{name} is registered as a participant.", name=escape(person.name))
            return t("You are registered as a participant.")
        if other:
            return t(
                "{name} is registered as a participant and speaks for {constituency}.",
                name=escape(person.name),
                constituency=constituency,
            )
        return t(
            "You are registered as a participant and speak for {constituency}.", constituency=constituency
        )


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(ParticipantsCog(bot))
