"""Looking at recommendations: `/recommendations` in pages, `/recommendation` one card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.recommendation import recommendation_card
from bot.cog import HouseCog
from bot.exchange import Exchange, cut
from bot.i18n import Translator
from bot.router import custom_id, on_component
from bot.ui import Button, card, label, line, link_button, one_line, rows, turns
from seminar.errors import Invalid
from seminar.model import State
from seminar.terms import STATE_WORDS
from seminar.texts import bounded
from seminar.words import Text, t, tn
from services.drafting.finding import MOST_FOUND, Show
from services.drafting.recommendations import RecView

if TYPE_CHECKING:
    from bot.client import Rapporteur

PAGE = 6
LONGEST_SEARCH = 50  # what fits into the id of a page button


SHOW_WORDS: Final[Mapping[Show, Text]] = {
    Show.ALL: t("All"),
    Show.VOTE: t("Needs my vote"),
    Show.MINE: t("Mine"),
}
NOTHING: Final[Mapping[Show, Text]] = {
    Show.ALL: t("No recommendation fits"),
    Show.VOTE: t("Nothing here needs your vote"),
    Show.MINE: t("None of yours fits"),
}
_LETTERS: Final = {show.value: show.value[0] for show in Show}
_SHOWN: Final = {letter: show for show, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for, as the controls carry it; empty for whatever there is."""

    theme: str = ""
    state: str = ""
    event: str = ""
    show: str = Show.ALL.value
    text: str = ""

    def showing(self, show: Show) -> Filters:
        return replace(self, show=show.value)

    def page_id(self, page: int) -> str:
        """The id of a control that opens a page, from 0: with the longest of all it has 98 characters."""
        return custom_id("browsed", page, self.theme, self.state, self.event, _LETTERS[self.show], self.text)


class BrowsingCog(HouseCog):
    @app_commands.command(
        name=locale_str("recommendations"), description=locale_str("Browse the recommendations")
    )
    @app_commands.describe(
        theme=locale_str("Only this theme"),
        state=locale_str("Only in this state"),
        text=locale_str("Only those that contain these words"),
        event=locale_str("Only of this event"),
        show=locale_str("All, those that need your vote, or your own"),
    )
    @app_commands.rename(
        theme=locale_str("theme"),
        state=locale_str("state"),
        text=locale_str("text"),
        event=locale_str("event"),
        show=locale_str("show"),
    )
    @app_commands.choices(
        state=[app_commands.Choice(name=locale_str(STATE_WORDS[s].singular), value=s.value) for s in State],
        show=[app_commands.Choice(name=locale_str(SHOW_WORDS[s].singular), value=s.value) for s in Show],
    )
    @app_commands.guild_only()
    async def recommendations(
        self,
        interaction: discord.Interaction[Any],
        theme: str | None = None,
        state: str | None = None,
        text: app_commands.Range[str, 1, LONGEST_SEARCH] | None = None,
        event: str | None = None,
        show: str | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        initiative = await self.house.initiatives.current(exchange.actor.guild_id)
        filters = Filters(
            initiative.theme(theme.strip().upper()).code if theme else "",
            state or "",
            initiative.event(event.strip().upper()).code if event else "",
            show or Show.ALL.value,
            bounded(text or "", t("What is searched for"), 0, LONGEST_SEARCH),
        )
        await exchange.say(view=await self._page(exchange, 0, filters))

    recommendations.autocomplete("theme")(HouseCog.fitting_themes)
    recommendations.autocomplete("event")(HouseCog.fitting_events)

    @on_component("browse")
    async def browse(self, exchange: Exchange) -> None:
        await exchange.say(view=await self._page(exchange, 0, Filters()))

    @on_component("browsed")
    async def turned(
        self, exchange: Exchange, page: int, theme: str, state: str, event: str, show: str, *text: str
    ) -> None:
        filters = Filters(theme, state, event, _SHOWN.get(show, show), "".join(text))
        await exchange.redraw(await self._page(exchange, page, filters))

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
        history: discord.ui.Button[Any] = Button(
            exchange.tr(t("History")), custom_id("history", rec.reference, 0), emoji="🕰️"
        )
        row = discord.ui.ActionRow(history)
        if link is not None:
            row.add_item(link_button(exchange.tr(t("Go to the discussion")), link))
        view.add_item(row)
        await exchange.say(view=view)

    async def _page(self, exchange: Exchange, page: int, filters: Filters) -> discord.ui.LayoutView:
        tr = exchange.tr
        show = _show(filters.show)
        found = await self.house.finding.browse_for(
            exchange.actor,
            show,
            filters.theme or None,
            _state(filters.state),
            filters.text or None,
            page,
            PAGE,
            event=filters.event or None,
        )
        others = [
            Button(tr(SHOW_WORDS[other]), filters.showing(other).page_id(0))
            for other in Show
            if other is not show
        ]
        if not found.items:
            return card(
                "## " + tr(NOTHING[show]),
                tr(t("Try fewer filters, or propose one yourself with Propose.")),
                *rows(others),
            )
        page, last = found.page, max(0, (found.total - 1) // PAGE)
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=custom_id("browse-show"),
            placeholder=cut(tr(t("Read one of them")), 150),
            options=[
                discord.SelectOption(label=label(f"{rec.reference} · {rec.title}", 100), value=rec.reference)
                for rec in found.items
            ],
        )
        return card(
            "## " + tr(_heading(show, found.total, cut_off=bool(filters.text) and found.total >= MOST_FOUND)),
            "\n".join(_listed(rec, tr) for rec in found.items),
            line(),
            tr(t("Page {page} of {last}", page=page + 1, last=last + 1)) if last else None,
            discord.ui.ActionRow(select),
            *rows(turns(tr, page, last, filters.page_id)),
            *rows(others),
        )


def _heading(show: Show, total: int, *, cut_off: bool) -> Text:
    if cut_off:
        return t("The first {count} recommendations that fit", count=total)
    match show:
        case Show.VOTE:
            return tn(
                "{count} recommendation needs your vote", "{count} recommendations need your vote", total
            )
        case Show.MINE:
            return tn("{count} recommendation of yours", "{count} recommendations of yours", total)
        case Show.ALL:
            return tn("{count} recommendation", "{count} recommendations", total)


def _listed(rec: RecView, tr: Translator) -> str:
    seconds = " · " + tr(tn("{count} second", "{count} seconds", rec.seconds)) if rec.seconds else ""
    return f"**{rec.reference}** {one_line(rec.title, 220)}\n-# {tr(STATE_WORDS[rec.state])}{seconds}"


def _state(code: str) -> State | None:
    try:
        return State(code) if code else None
    except ValueError:
        raise Invalid(t("There is no state “{code}”; please choose from the list.", code=code)) from None


def _show(code: str) -> Show:
    try:
        return Show(code)
    except ValueError:
        raise Invalid(t("“{code}” cannot be shown; please choose from the list.", code=code)) from None


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(BrowsingCog(bot))
