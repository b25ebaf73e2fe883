"""One's own part: `I am here`, `Register` with a code, the privacy notice, whom one speaks for."""

from __future__ import annotations

import secrets

import discord

from bot.cards.own_page import standing
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import SEPARATOR, custom_id, on_component, on_modal
from bot.ui import field, form
from seminar.errors import Invalid
from seminar.words import t
from services.people.registering import Person

MOST_TYPED = 60  # characters of a code, with whatever people put between its groups


class RegisteringCog(HouseCog):
    @on_component("here")
    async def here(self, exchange: Exchange) -> None:
        await self._tell(exchange, await self.house.participants.enter(exchange.actor))

    @on_component("register")
    async def register(self, exchange: Exchange) -> None:
        await self.house.codes.ready(exchange.actor)
        tr = exchange.tr
        code: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
            custom_id="code", max_length=MOST_TYPED
        )
        hint = tr(t("An organiser gave it to you, such as ABCD-EFGH-JKMN-PQRS. It works once."))
        asked = field(tr(t("Your code")), code, hint)
        await exchange.ask(form(tr(t("Register")), custom_id("register", secrets.token_hex(3)), asked))

    @on_modal("register")
    async def entered(self, exchange: Exchange, nonce: str) -> None:
        exchange.resume = custom_id("register")
        code = exchange.fields.get("code", "")
        await self._tell(exchange, await self.house.codes.redeem(exchange.actor, code))

    async def _tell(self, exchange: Exchange, person: Person) -> None:
        initiative = await self.house.initiatives.current(exchange.actor.guild_id)
        await exchange.say("\n".join(map(exchange.tr, standing(person, initiative))))

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
