"""Putting an argument on the record: by command, by the card's button, or from a chat message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog, MessageMenuCog
from bot.exchange import Exchange
from bot.presenter import offer_again
from bot.router import custom_id, on_component, on_modal
from cogs.arguing._form import ASKED, Message, draft_id, form, kept, message_of
from seminar.errors import NotAllowed, Refused
from seminar.model import Role, Stance
from seminar.terms import STANCE_WORDS
from seminar.words import Text, t
from services.drafting.arguments import MOST_TEXT, Argument
from services.people.registering import NeedsConstituency, NeedsNotice

if TYPE_CHECKING:
    from bot.client import Rapporteur

ADD_TO_THE_RECORD = locale_str("Add to the record")


class ArguingCog(MessageMenuCog):
    def __init__(self, bot: Rapporteur) -> None:
        super().__init__(bot, ADD_TO_THE_RECORD, self.add_to_the_record)

    @app_commands.command(
        name=locale_str("argue"), description=locale_str("Put an argument on a recommendation's record")
    )
    @app_commands.describe(
        reference=locale_str("Reference of the recommendation, for example TRN-07"),
        stance=locale_str("What it is"),
        text=locale_str("Your argument, at most 1,000 characters"),
    )
    @app_commands.rename(
        reference=locale_str("reference"), stance=locale_str("stance"), text=locale_str("text")
    )
    @app_commands.choices(
        stance=[
            app_commands.Choice(name=locale_str(STANCE_WORDS[one].singular), value=one.value)
            for one in Stance
        ]
    )
    @app_commands.guild_only()
    async def argue(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        stance: str,
        text: app_commands.Range[str, 1, MOST_TEXT],
    ) -> None:
        fields = {"reference": reference, "stance": stance, "text": text}
        await self._sent(self.exchange(interaction), draft_id(), kept(ASKED, fields, None))

    argue.autocomplete("reference")(HouseCog.fitting_references)

    @on_component("argue")
    async def argue_pressed(self, exchange: Exchange, reference: str) -> None:
        await self._open(exchange, reference, {})

    @on_component("reserve")
    async def reserve_pressed(self, exchange: Exchange, reference: str) -> None:
        await self._open(exchange, reference, {"stance": Stance.RESERVATION.value})

    async def _open(self, exchange: Exchange, reference: str, filled: Mapping[str, str]) -> None:
        stances = await self.house.arguments.stances(exchange.actor, reference)
        await exchange.ask(form(exchange.tr, reference, draft_id(), stances, filled))

    async def add_to_the_record(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        """The form, filled with a chat message; in a recommendation's discussion it knows which one."""
        exchange = self.exchange(interaction)
        if message.author.bot or message.webhook_id is not None or message.is_system():
            raise Refused(t("Only what people have written can go on the record, and this is by a program."))
        whose = message.author.id
        reference = await self.house.arguments.discussed_in(exchange.guild.id, message.channel.id)
        stances = await self.house.arguments.stances(exchange.actor, reference, whose)
        filled = {"text": message.clean_content.strip()}
        source = Message(message.channel.id, message.id, whose)
        await exchange.ask(form(exchange.tr, reference or ASKED, draft_id(), stances, filled, source))

    @on_modal("argue")
    async def argued(self, exchange: Exchange, known: str, draft: str, nonce: str) -> None:
        await self._sent(exchange, draft, kept(known, exchange.fields, None))

    @on_modal("quote")
    async def quoted(
        self, exchange: Exchange, known: str, channel: int, message: int, author: int, draft: str, nonce: str
    ) -> None:
        await self._sent(exchange, draft, kept(known, exchange.fields, Message(channel, message, author)))

    @on_component("argue-again")
    async def again(self, exchange: Exchange, draft: str) -> None:
        found = await self.house.drafts.fetch(exchange.actor, draft)
        message, known = message_of(found), found["known"]
        wanted = None if known == ASKED else known
        stances = await self.house.arguments.stances(
            exchange.actor, wanted, None if message is None else message.author
        )
        await exchange.ask(form(exchange.tr, known, draft, stances, found, message))

    @on_component("argue-anyway")
    async def anyway(self, exchange: Exchange, draft: str) -> None:
        """What was sent in, after the person has settled what had to be settled first."""
        await self._put(exchange, draft, await self.house.drafts.fetch(exchange.actor, draft))

    async def _sent(self, exchange: Exchange, draft: str, fields: Mapping[str, str]) -> None:
        """Keep what was typed before anything in it can be refused."""
        await self.house.initiatives.current(exchange.actor.guild_id)
        message = message_of(fields)
        own = message is None or message.author == exchange.actor.user_id
        may = Role.PARTICIPANT if own else Role.FACILITATOR
        await self.house.drafts.keep(exchange.actor, draft, fields, may)
        try:
            await self._put(exchange, draft, fields)
        except NotAllowed:  # no other wording would be let through
            await self.house.drafts.drop(exchange.actor, draft)
            raise

    async def _put(self, exchange: Exchange, draft: str, fields: Mapping[str, str]) -> None:
        """Put the draft on the record; where that is refused, its author can mend it."""
        message = message_of(fields)
        try:
            made = await self.house.arguments.add(
                exchange.actor,
                fields["reference"],
                fields["stance"],
                fields["text"],
                nonce=draft,
                link=None if message is None else message.link(exchange.guild.id),
                whose=None if message is None else message.author,
            )
        except (NeedsNotice, NeedsConstituency):
            exchange.resume = custom_id("argue-anyway", draft)
            raise
        except NotAllowed:
            raise
        except Refused as refused:
            await offer_again(exchange, refused, custom_id("argue-again", draft))
            return
        await self.house.drafts.drop(exchange.actor, draft)
        own = message is None or message.author == exchange.actor.user_id
        await exchange.say(_recorded(made) if own else _recorded_for(made))


def _recorded(made: Argument) -> Text:
    return t(
        "On the record of {reference}: {stance}, number {number}. You can take it back with "
        "`/argument withdraw`.",
        reference=made.reference,
        stance=STANCE_WORDS[made.stance],
        number=made.number,
    )


def _recorded_for(made: Argument) -> Text:
    return t(
        "On the record of {reference}: {stance}, number {number}. Whoever wrote it is told, and can take it "
        "back.",
        reference=made.reference,
        stance=STANCE_WORDS[made.stance],
        number=made.number,
    )
