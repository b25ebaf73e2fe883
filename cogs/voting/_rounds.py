"""Between two rounds of a series: the next one is prepared, or the series ends here."""

from __future__ import annotations

from bot.cards.ballot import preview_card
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from seminar.words import t


class RoundsCog(HouseCog):
    @on_component("ballot-round")
    async def next_round(self, exchange: Exchange, ballot: int) -> None:
        prepared = await self.house.ballots.prepare_next_round(exchange.actor, ballot)
        await exchange.say(view=preview_card(prepared, exchange.tr))

    @on_component("ballot-end-series")
    async def series_ended(self, exchange: Exchange, ballot: int) -> None:
        await exchange.think()
        ended = await self.house.ballots.end_series(exchange.actor, ballot)
        await exchange.say(
            t(
                "The series ends with ballot {label}: no further round follows, and its votes are sealed. "
                "What was published stands.",
                label=ended.label,
            )
        )
