"""`/moderate queue`: the proposals that wait to be admitted, with buttons that decide on each."""

from __future__ import annotations

import secrets
from typing import Any

import discord
from discord.app_commands import locale_str

from bot import ui
from bot.cards.colours import CALM
from bot.exchange import Exchange
from bot.i18n import Translator
from bot.router import custom_id, on_component, on_modal
from bot.ui import Button, card, line, one_line, rows, turns
from cogs.moderating._group import ModerateGroup, reason_field
from seminar.terms import STATE_WORDS
from seminar.words import Text, t, tn
from services.drafting.rec_views import Page
from services.drafting.recommendations import RecView

PAGE = 3
SHOWN = 700  # characters of a text, after escaping


class QueueCommand(ModerateGroup):
    @ModerateGroup.group.command(
        name=locale_str("queue"), description=locale_str("The proposals that wait to be admitted")
    )
    async def queue(self, interaction: discord.Interaction[Any]) -> None:
        exchange = self.exchange(interaction)
        await exchange.say(view=await self._queue_page(exchange, 0))

    @on_component("queue")
    async def turned(self, exchange: Exchange, page: int) -> None:
        await exchange.redraw(await self._queue_page(exchange, page))

    @on_component("queue-admit")
    async def admitted(self, exchange: Exchange, reference: str, page: int) -> None:
        rec = await self.house.moderation.admit(exchange.actor, reference)
        await exchange.redraw(await self._queue_page(exchange, page, rec))

    @on_component("queue-return")
    async def asked_what_to_rework(self, exchange: Exchange, reference: str, page: int) -> None:
        await self._ask_why(
            exchange, t("Return {reference}", reference=reference), "queue-return", reference, page
        )

    @on_component("queue-reject")
    async def asked_why_rejected(self, exchange: Exchange, reference: str, page: int) -> None:
        await self._ask_why(
            exchange, t("Reject {reference}", reference=reference), "queue-reject", reference, page
        )

    @on_modal("queue-return")
    async def returned(self, exchange: Exchange, reference: str, page: int, nonce: str) -> None:
        reason = exchange.fields.get("reason", "")
        rec = await self.house.moderation.return_(exchange.actor, reference, reason)
        await exchange.redraw(await self._queue_page(exchange, page, rec))

    @on_modal("queue-reject")
    async def rejected(self, exchange: Exchange, reference: str, page: int, nonce: str) -> None:
        reason = exchange.fields.get("reason", "")
        rec = await self.house.moderation.reject(exchange.actor, reference, reason)
        await exchange.redraw(await self._queue_page(exchange, page, rec))

    async def _ask_why(self, exchange: Exchange, title: Text, form: str, reference: str, page: int) -> None:
        """Ask for the reason, whoever may give one; the id ends in a nonce, as phones want it."""
        await self.house.moderation.queue(exchange.actor, 0, 1)
        await self.house.recommendations.get(exchange.actor.guild_id, reference)
        made = custom_id(form, reference[:20], page, secrets.token_hex(3))
        tr = exchange.tr
        await exchange.ask(ui.form(tr(title), made, reason_field(tr, {}, required=True)))

    async def _queue_page(
        self, exchange: Exchange, page: int, decided: RecView | None = None
    ) -> discord.ui.LayoutView:
        waiting = await self.house.moderation.queue(exchange.actor, page, PAGE)
        return queue_card(waiting, exchange.tr, decided)


def queue_card(waiting: Page, tr: Translator, decided: RecView | None = None) -> discord.ui.LayoutView:
    """A page of the queue; `decided` is what was taken out of it just now."""
    done = None
    if decided is not None:
        done = "✅ " + tr(
            t("{reference} is {state} now.", reference=decided.reference, state=STATE_WORDS[decided.state])
        )
    if not waiting.items:
        return card(done, tr(t("No proposal waits to be admitted.")), accent=CALM)
    last = max(0, (waiting.total - 1) // PAGE)
    return card(
        "## " + tr(tn("{count} proposal waits", "{count} proposals wait", waiting.total)),
        done,
        *(part for rec in waiting.items for part in _item(rec, waiting.page, tr)),
        line() if last else None,
        *rows(turns(tr, waiting.page, last, lambda page: custom_id("queue", page))),
        accent=CALM,
    )


def _item(rec: RecView, page: int, tr: Translator) -> list[discord.ui.Item[Any] | str]:
    author = tr(t("proposed by {author}", author=one_line(tr(rec.author_shown), 100)))
    return [
        line(),
        f"**{rec.reference}** {one_line(rec.title, 220)}\n-# {author}\n{one_line(rec.text, SHOWN)}",
        *rows(
            [
                Button(
                    tr(t("Admit")),
                    custom_id("queue-admit", rec.reference, page),
                    style=discord.ButtonStyle.success,
                ),
                Button(tr(t("Return")), custom_id("queue-return", rec.reference, page)),
                Button(
                    tr(t("Reject")),
                    custom_id("queue-reject", rec.reference, page),
                    style=discord.ButtonStyle.danger,
                ),
            ]
        ),
    ]
