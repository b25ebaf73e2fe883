"""Looking at recommendations: `/recommendations` in pages, `/recommendation` one card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.recommendation import recommendation_card
from bot.cog import HouseCog
from bot.exchange import Exchange, cut
from bot.router import custom_id, on_component
from bot.ui import card, label, line, one_line, rows, turns
from seminar.errors import Invalid
from seminar.model import State
from seminar.terms import STATE_WORDS
from seminar.words import t, tn

if TYPE_CHECKING:
    from bot.client import Rapporteur

PAGE = 6
LAST_PAGE = 99_999
LONGEST_SEARCH = 50  # what fits into the id of a page button


class BrowsingCog(HouseCog):
    @app_commands.command(
        name=locale_str("recommendations"), description=locale_str("Browse the recommendations")
    )
    @app_commands.describe(
        theme=locale_str("Only this theme"),
        state=locale_str("Only in this state"),
        text=locale_str("Only those that contain these words"),
    )
    @app_commands.rename(theme=locale_str("theme"), state=locale_str("state"), text=locale_str("text"))
    @app_commands.choices(
        state=[app_commands.Choice(name=locale_str(STATE_WORDS[s].singular), value=s.value) for s in State]
    )
    @app_commands.guild_only()
    async def recommendations(
        self,
        interaction: discord.Interaction[Any],
        theme: str | None = None,
        state: str | None = None,
        text: app_commands.Range[str, 1, LONGEST_SEARCH] | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        if theme is not None:
            initiative = await self.house.initiatives.current(exchange.actor.guild_id)
            theme = initiative.theme(theme.strip().upper()).code
        await exchange.say(view=await self._page(exchange, 0, theme or "", state or "", text or ""))

    recommendations.autocomplete("theme")(HouseCog.fitting_themes)

    @on_component("browse")
    async def browse(self, exchange: Exchange) -> None:
        await exchange.say(view=await self._page(exchange, 0, "", "", ""))

    @on_component("browse-page")
    async def turned(self, exchange: Exchange, page: int, theme: str, state: str, *text: str) -> None:
        page = min(max(page, 0), LAST_PAGE)
        await exchange.redraw(await self._page(exchange, page, theme, state, "".join(text)))

    @on_component("browse-show")
    async def chosen(self, exchange: Exchange) -> None:
        if len(exchange.values) != 1:
            raise Invalid(t("Please choose one recommendation."))
        await self._show(exchange, exchange.values[0])

    @app_commands.command(
        name=locale_str("recommendation"), description=locale_str("Show one recommendation")
    )
    @app_commands.describe(reference=locale_str("Reference of the recommendation, for example TRN-07"))
    @app_commands.rename(reference=locale_str("reference"))
    @app_commands.guild_only()
    async def recommendation(self, interaction: discord.Interaction[Any], reference: str) -> None:
        await self._show(self.exchange(interaction), reference)

    recommendation.autocomplete("reference")(HouseCog.fitting_references)

    async def _show(self, exchange: Exchange, reference: str) -> None:
        guild_id = exchange.actor.guild_id
        rec = await self.house.recommendations.get(guild_id, reference)
        initiative = await self.house.initiatives.current(guild_id)
        ballots = [await self.house.ballots.view(guild_id, ballot) for ballot in rec.ballots]
        view = recommendation_card(rec, exchange.tr, initiative, ballots)
        link = await self.bot.places.link(exchange.guild, "card", rec.reference)
        if link is not None:
            view.add_item(
                discord.ui.ActionRow(
                    discord.ui.Button(label=cut(exchange.tr(t("Go to the discussion")), 80), url=link)
                )
            )
        await exchange.say(view=view)

    async def _page(
        self, exchange: Exchange, page: int, theme: str, state: str, text: str
    ) -> discord.ui.LayoutView:
        tr, guild_id = exchange.tr, exchange.actor.guild_id
        await self.house.initiatives.current(guild_id)
        found = await self.house.finding.browse(
            guild_id, theme or None, _state(state), text or None, page, PAGE
        )
        last = max(0, (found.total - 1) // PAGE)
        heading = "## " + tr(tn("{count} recommendation", "{count} recommendations", found.total))
        if not found.items:
            return card(
                "## " + tr(t("No recommendation fits")),
                tr(t("Try fewer filters, or propose one yourself with Propose.")),
            )
        listed = [
            f"**{rec.reference}** {one_line(rec.title, 220)}\n-# {tr(STATE_WORDS[rec.state])}"
            + (" · " + tr(tn("{count} second", "{count} seconds", rec.seconds)) if rec.seconds else "")
            for rec in found.items
        ]
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=custom_id("browse-show"),
            placeholder=cut(tr(t("Read one of them")), 150),
            options=[
                discord.SelectOption(label=label(f"{rec.reference} · {rec.title}", 100), value=rec.reference)
                for rec in found.items
            ],
        )
        return card(
            heading,
            "\n".join(listed),
            line(),
            tr(t("Page {page} of {last}", page=page + 1, last=last + 1)) if last else None,
            discord.ui.ActionRow(select),
            *rows(turns(tr, page, last, lambda page: custom_id("browse-page", page, theme, state, text))),
        )


def _state(code: str) -> State | None:
    try:
        return State(code) if code else None
    except ValueError:
        raise Invalid(t("There is no state “{code}”; please choose from the list.", code=code)) from None


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(BrowsingCog(bot))
