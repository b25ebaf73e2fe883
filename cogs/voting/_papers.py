"""Filling in a paper: every tap is kept and answered with the page as it is then; submitting counts."""

from __future__ import annotations

import re
import secrets

from bot.exchange import Exchange
from bot.router import custom_id, on_component, on_modal
from cogs.voting._sheets import SheetsCog, reason_form
from cogs.voting.papers import points
from seminar.errors import Invalid, NotFound, Refused
from seminar.words import t

ASIDE = "aside"
_WHOLE_NUMBER = re.compile(r"[0-9]+", re.ASCII)


class PapersCog(SheetsCog):
    @on_component("paper", hot=True)
    async def tapped(self, exchange: Exchange, ballot: int, position: int, said: str, page: int) -> None:
        """A tap in the words of the ballot's method, or one of those that every paper understands."""
        await self._fill(exchange, ballot, position, said, page)

    @on_component("paper-pick", hot=True)
    async def picked(self, exchange: Exchange, ballot: int, position: int, page: int, kind: str) -> None:
        """A choice in a list, whose values are in the words of the method; `kind` only tells lists apart."""
        if len(exchange.values) != 1:
            raise Invalid(t("Please choose one answer from the list."))
        await self._fill(exchange, ballot, position, exchange.values[0], page)

    @on_component("paper-number", hot=True)
    async def asked_for_number(self, exchange: Exchange, ballot: int, position: int, page: int) -> None:
        sheet = await self.house.papers.sheet(exchange.actor, ballot)
        if sheet.ballot.rules.points is None:
            raise Refused(t("This ballot is voted on otherwise; open it again with `/vote`."))
        item = next((item for item in sheet.items if item.position == position), None)
        if item is None:
            raise NotFound(t("This recommendation is not on the ballot."))
        await exchange.ask(points.form(sheet, item, exchange.tr, page))

    @on_modal("paper-number")
    async def numbered(self, exchange: Exchange, ballot: int, position: int, page: int, nonce: str) -> None:
        typed = exchange.fields.get("points", "").strip()
        if not _WHOLE_NUMBER.fullmatch(typed):  # a sign would make it a step: one more, one less
            raise Invalid(t("Points are given as a whole number, 0 or more, such as 3."))
        await self._fill(exchange, ballot, position, typed, page)

    @on_component("paper-submit", hot=True)
    async def submitted(self, exchange: Exchange, ballot: int, page: int) -> None:
        """Submit at once, or after a reason was asked, but not for a paper that is refused anyway."""
        if await self.house.papers.asks_reason(exchange.actor, ballot):
            sheet = await self.house.papers.sheet(exchange.actor, ballot)
            if sheet.answers:
                made = custom_id("paper-reason", ballot, page, secrets.token_hex(3))
                await exchange.ask(reason_form(exchange.tr, made, t("Why do you vote like this?")))
                return
        await self._submit(exchange, ballot, page)

    @on_modal("paper-reason")
    async def reasoned(self, exchange: Exchange, ballot: int, page: int, nonce: str) -> None:
        await self._submit(exchange, ballot, page, exchange.fields.get("reason"))

    @on_component("paper-take-back", hot=True)
    async def taken_back(self, exchange: Exchange, ballot: int, page: int) -> None:
        sheet = await self.house.papers.take_back(exchange.actor, ballot)
        self.mark(exchange, ballot)
        await exchange.redraw(self.drawn(exchange, sheet, page))

    @on_component("paper-empty", hot=True)
    async def emptied(self, exchange: Exchange, ballot: int, page: int) -> None:
        sheet = await self.house.papers.empty(exchange.actor, ballot)
        await exchange.redraw(self.drawn(exchange, sheet, page))

    async def _fill(self, exchange: Exchange, ballot: int, position: int, said: str, page: int) -> None:
        sheet = await self.house.papers.fill(exchange.actor, ballot, position, said)
        draw = self.drawn_aside if said == ASIDE else self.drawn
        await exchange.redraw(draw(exchange, sheet, page))

    async def _submit(self, exchange: Exchange, ballot: int, page: int, reason: str | None = None) -> None:
        sheet = await self.house.papers.submit(exchange.actor, ballot, reason)
        self.mark(exchange, ballot)
        await exchange.redraw(self.drawn(exchange, sheet, page))
