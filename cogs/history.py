"""The history of a recommendation, privately: who changed what, when and why, and how it read before."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import discord

from bot.cards.difference import changes_document
from bot.cards.history import history_card
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from seminar.errors import Invalid
from seminar.words import t

if TYPE_CHECKING:
    from bot.client import Rapporteur


class HistoryCog(HouseCog):
    @on_component("history")
    async def history(self, exchange: Exchange, reference: str, page: int, *chosen: str) -> None:
        """A page of it; `chosen` are the two versions compared so far, once there are any."""
        pair = _pair(*chosen)
        await self._draw(exchange, reference, page, pair)

    @on_component("history-from")
    async def older_chosen(self, exchange: Exchange, reference: str, page: int, newer: int) -> None:
        await self._draw(exchange, reference, page, (_version(exchange), newer))

    @on_component("history-to")
    async def newer_chosen(self, exchange: Exchange, reference: str, page: int, older: int) -> None:
        await self._draw(exchange, reference, page, (older, _version(exchange)))

    @on_component("history-whole")
    async def whole(self, exchange: Exchange, reference: str, older: int, newer: int) -> None:
        """The whole difference of two versions, as a file: it did not fit the screen."""
        before, after = await self.house.history.two(exchange.actor.guild_id, reference, older, newer)
        heading = exchange.tr(
            t(
                "{reference}, from version {older} to version {newer}",
                reference=reference,
                older=before.number,
                newer=after.number,
            )
        )
        text = changes_document(heading, before.wording, after.wording, exchange.tr)
        name = f"{reference}-{before.number}-{after.number}.md"
        await exchange.say(
            t("The whole difference, with everything that stays: ~~taken out~~, **put in**."),
            files=[discord.File(BytesIO(text.encode()), name)],
        )

    async def _draw(
        self, exchange: Exchange, reference: str, page: int, pair: tuple[int, int] | None
    ) -> None:
        guild_id = exchange.actor.guild_id
        found = await self.house.history.page(guild_id, reference, page)
        newest = found.items[0].number
        older, newer = pair if pair is not None else (max(1, newest - 1), newest)
        before, after = await self.house.history.two(guild_id, reference, older, newer)
        view = history_card(found, before, after, exchange.tr)
        if pair is None:  # opened from a card, which stays
            await exchange.say(view=view)
        else:
            await exchange.redraw(view)


def _pair(*texts: str) -> tuple[int, int] | None:
    """The two versions that the end of an id names."""
    if not texts:
        return None
    numbers = texts[0].split(":")
    if len(numbers) != 2 or not all(one.isascii() and one.isdigit() and len(one) < 10 for one in numbers):
        raise Invalid(t("This control is out of date. Please open the screen again."))
    return int(numbers[0]), int(numbers[1])


def _version(exchange: Exchange) -> int:
    chosen = exchange.values[0] if len(exchange.values) == 1 else ""
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
        raise Invalid(t("Please choose one version."))
    return int(chosen)


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(HistoryCog(bot))
