"""Deciding on amendments, and the shorter acts on them: seconding, withdrawing, listing."""

from __future__ import annotations

import secrets
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot import ui
from bot.cards.amendment import amendments_list, which_change
from bot.exchange import Exchange
from bot.router import custom_id, on_component, on_modal
from cogs.amending._form import REASON, reason_field
from cogs.amending._group import AMENDMENT, NAMES, REFERENCE, AmendmentGroup
from cogs.amending._reworking import ReworkingCog
from seminar.errors import Invalid
from seminar.model import Change, Role, State
from seminar.words import t, tn
from services.drafting.amendments import ChangeNotSaid
from services.reasons import MOST_REASON

Kind = Literal["substantive", "editorial"]


class AmendmentsCog(ReworkingCog):
    @AmendmentGroup.group.command(
        name=locale_str("accept"), description=locale_str("Make an amendment the text")
    )
    @app_commands.describe(
        reference=REFERENCE,
        amendment=AMENDMENT,
        change=locale_str("Whether it changes the text in substance; yes if empty"),
    )
    @app_commands.rename(**NAMES, change=locale_str("change"))
    @app_commands.choices(
        change=[
            app_commands.Choice(name=locale_str("in substance"), value=Change.SUBSTANTIVE.value),
            app_commands.Choice(name=locale_str("only its wording"), value=Change.EDITORIAL.value),
        ]
    )
    async def accept(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        amendment: int | None = None,
        change: str | None = None,
    ) -> None:
        await self._accept(self.exchange(interaction), reference, amendment, _change(change))

    @on_component("amendment-accept")
    async def accept_pressed(self, exchange: Exchange, reference: str, number: int, *revision: str) -> None:
        """The id names the revision that the person read; the first is not named."""
        await self._accept(exchange, reference, number, None, seen_revision=_number(*revision))

    @on_component("amendment-accept-as")
    async def accept_pressed_as(
        self, exchange: Exchange, reference: str, number: int, version: int, revision: int, change: Kind
    ) -> None:
        await self._accept(
            exchange, reference, number, Change(change), seen_version=version, seen_revision=revision
        )

    async def _accept(
        self,
        exchange: Exchange,
        reference: str,
        number: int | None,
        change: Change | None,
        *,
        seen_version: int | None = None,
        seen_revision: int | None = None,
    ) -> None:
        try:
            done = await self.house.amendments.accept(
                exchange.actor,
                reference,
                number,
                change=change,
                seen_version=seen_version,
                seen_revision=seen_revision,
            )
        except ChangeNotSaid as asked:
            wording = Role.FACILITATOR in exchange.actor.roles
            await exchange.say(view=which_change(asked.amendment, exchange.tr, wording=wording))
            return
        version = done.version or 0
        if done.state is State.PROPOSED:
            said = t(
                "Amendment {number} is the text of {reference} now, as version {version}. It waits to be "
                "admitted.",
                number=done.number,
                reference=done.reference,
                version=version,
            )
        else:
            said = t(
                "Amendment {number} is the text of {reference} now, as version {version}.",
                number=done.number,
                reference=done.reference,
                version=version,
            )
        await exchange.say(said)

    @AmendmentGroup.group.command(name=locale_str("reject"), description=locale_str("Turn an amendment down"))
    @app_commands.describe(
        reference=REFERENCE, amendment=AMENDMENT, reason=locale_str("Why; told to everybody, if given")
    )
    @app_commands.rename(**NAMES, reason=locale_str("reason"))
    async def reject(
        self,
        interaction: discord.Interaction[Any],
        reference: str,
        amendment: int | None = None,
        reason: app_commands.Range[str, 1, MOST_REASON] | None = None,
    ) -> None:
        await self._reject(self.exchange(interaction), reference, amendment, reason or "")

    @on_component("amendment-reject")
    async def reject_pressed(self, exchange: Exchange, reference: str, number: int) -> None:
        """The form for the reason, for those who decide."""
        found = await self.house.amendments.deciding(exchange.actor, reference, number)
        tr = exchange.tr
        hint = t("Told to everybody in the discussion, and to whoever asked for it.")
        await exchange.ask(
            ui.form(
                tr(t("Reject amendment {number}", number=found.number)),
                custom_id("amendment-reject", found.reference, found.number, secrets.token_hex(3)),
                reason_field(tr, {}, hint),
            )
        )

    @on_modal("amendment-reject")
    async def reject_submitted(self, exchange: Exchange, reference: str, number: int, nonce: str) -> None:
        await self._reject(exchange, reference, number, exchange.fields.get(REASON, ""))

    async def _reject(self, exchange: Exchange, reference: str, number: int | None, reason: str) -> None:
        done = await self.house.amendments.reject(exchange.actor, reference, number, reason)
        await exchange.say(
            t(
                "Amendment {number} to {reference} is rejected. It stays on record, and its author can "
                "propose it as a recommendation of its own.",
                number=done.number,
                reference=done.reference,
            )
        )

    @AmendmentGroup.group.command(
        name=locale_str("withdraw"), description=locale_str("Take back your own amendment")
    )
    @app_commands.describe(reference=REFERENCE, amendment=AMENDMENT)
    @app_commands.rename(**NAMES)
    async def withdraw(
        self, interaction: discord.Interaction[Any], reference: str, amendment: int | None = None
    ) -> None:
        exchange = self.exchange(interaction)
        done = await self.house.amendments.withdraw(exchange.actor, reference, amendment)
        await exchange.say(
            t(
                "Amendment {number} to {reference} is withdrawn. It stays on record as withdrawn.",
                number=done.number,
                reference=done.reference,
            )
        )

    @AmendmentGroup.group.command(
        name=locale_str("list"), description=locale_str("Show every amendment to a recommendation")
    )
    @app_commands.describe(reference=REFERENCE)
    @app_commands.rename(reference=NAMES["reference"])
    async def listed(self, interaction: discord.Interaction[Any], reference: str) -> None:
        exchange = self.exchange(interaction)
        found = await self.house.amendments.all_of(exchange.actor.guild_id, reference)
        await exchange.say(view=amendments_list(reference, found, exchange.tr))

    @on_component("amendment-second")
    async def second(self, exchange: Exchange, reference: str, number: int) -> None:
        done = await self.house.amendments.second(exchange.actor, reference, number)
        await exchange.say(
            tn(
                "You second amendment {number} to {reference}. It now has {count} second.",
                "You second amendment {number} to {reference}. It now has {count} seconds.",
                done.seconds,
                number=done.number,
                reference=done.reference,
            )
        )

    accept.autocomplete("reference")(AmendmentGroup.fitting_references)
    reject.autocomplete("reference")(AmendmentGroup.fitting_references)
    withdraw.autocomplete("reference")(AmendmentGroup.fitting_references)
    listed.autocomplete("reference")(AmendmentGroup.fitting_references)
    accept.autocomplete("amendment")(AmendmentGroup.fitting_amendments)
    reject.autocomplete("amendment")(AmendmentGroup.fitting_amendments)
    withdraw.autocomplete("amendment")(AmendmentGroup.fitting_amendments)


def _change(chosen: str | None) -> Change | None:
    """What somebody chose, or typed past the choices."""
    match chosen:
        case None:
            return None
        case Change.SUBSTANTIVE.value | Change.EDITORIAL.value:
            return Change(chosen)
        case _:
            raise Invalid(t("“{change}” is no kind of change; please choose from the list.", change=chosen))


def _number(*texts: str) -> int:
    """The revision that the end of an id names; the first, where it names none."""
    match texts:
        case [text] if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        case []:
            return 1
        case _:
            raise Invalid(t("This control is out of date. Please open the screen again."))
