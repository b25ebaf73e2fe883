"""Silence procedures: started on a preview, broken or commented on by a form that says why."""

from __future__ import annotations

import secrets
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot import ui
from bot.cards.ballot import preview_card
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import custom_id, on_component, on_modal
from seminar import silence_times
from seminar.methods import silence
from seminar.silence_times import LONGEST_HOURS, SHORTEST_HOURS
from seminar.words import Text, t
from services.voting.ballot_views import BallotRequest
from services.voting.closing import MOST_REASON


class SilencesCog(HouseCog):
    group = app_commands.Group(
        name=locale_str("silence"), description=locale_str("Silence procedures"), guild_only=True
    )

    @group.command(
        name=locale_str("start"),
        description=locale_str("Prepare a silence procedure; it starts when you confirm"),
    )
    @app_commands.describe(
        reference=locale_str("What is adopted unless somebody objects; several as a package: CAP-01, CAP-02"),
        hours=locale_str("How long it lasts, such as 0.5, 24 or 72; 72 if empty"),
        until=locale_str("Or until when: 30m, 3d, or a time such as 12:30"),
    )
    @app_commands.rename(
        reference=locale_str("reference"), hours=locale_str("hours"), until=locale_str("until")
    )
    async def start(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        hours: app_commands.Range[float, SHORTEST_HOURS, LONGEST_HOURS] | None = None,
        until: str | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        await self.house.initiatives.current(exchange.actor.guild_id)
        prepared = await self.house.ballots.prepare(
            exchange.actor,
            BallotRequest(
                method=silence.name,
                references=reference,
                closes_in=silence_times.closes_in(hours, until),
                channel_id=exchange.channel_id,
            ),
        )
        await exchange.say(view=preview_card(prepared, exchange.tr))

    start.autocomplete("reference")(HouseCog.fitting_lists)

    @on_component("silence-break")
    async def asked_why(self, exchange: Exchange, ballot: int) -> None:
        """The form for the reason, for those who may break the silence."""
        await self.house.silences.require_entry(exchange.actor, ballot)
        await self._ask(
            exchange,
            t("Why do you object, or what would you change?"),
            hint=t("It ends the procedure at once and is posted with your constituency, or without any."),
            title=t("Break the silence"),
            form=custom_id("silence-break", ballot, secrets.token_hex(3)),
            field="reason",
        )

    @on_modal("silence-break")
    async def broken(self, exchange: Exchange, ballot: int, nonce: str) -> None:
        await exchange.think()
        view = await self.house.silences.break_silence(
            exchange.actor, ballot, exchange.fields.get("reason", "")
        )
        await exchange.say(
            t(
                "You have broken the silence, and your reason is on record. Back under discussion: "
                "{references}.",
                references=tuple(item.reference for item in view.items),
            )
        )

    @on_component("silence-explain")
    async def asked_for_position(self, exchange: Exchange, ballot: int) -> None:
        """The form for an explanation of position, for those who could also object."""
        await self.house.silences.require_entry(exchange.actor, ballot)
        await self._ask(
            exchange,
            t("Your position"),
            hint=t("It goes on record with your constituency, or without any; the silence goes on."),
            title=t("Explain your position"),
            form=custom_id("silence-explain", ballot, secrets.token_hex(3)),
            field="text",
        )

    @on_modal("silence-explain")
    async def explained(self, exchange: Exchange, ballot: int, nonce: str) -> None:
        view = await self.house.silences.explain(exchange.actor, ballot, exchange.fields.get("text", ""))
        await exchange.say(
            t(
                "Your explanation of position is on record. The silence {label} goes on until {moment}.",
                label=view.label,
                moment=view.closes_at,
            )
        )

    async def _ask(
        self, exchange: Exchange, label: Text, *, hint: Text, title: Text, form: str, field: str
    ) -> None:
        """Open a form with one field that must be filled in."""
        tr = exchange.tr
        asked = ui.text_field(tr(label), field, {}, 1, MOST_REASON, long=True, hint=tr(hint))
        await exchange.ask(ui.form(tr(title), form, asked))
