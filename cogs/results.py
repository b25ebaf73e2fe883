"""Results for organisers: `/results` shows a ranking in chat, `/export` writes it as a file."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.results import PICTURE, last_page, results_card, results_picture
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from reports import FORMATS
from seminar.errors import Invalid, NotFound, Refused
from seminar.words import t, tn

if TYPE_CHECKING:
    from bot.client import Rapporteur

_MIB = 1 << 20


class ResultsCog(HouseCog):
    @app_commands.command(
        name=locale_str("results"), description=locale_str("Show how recommendations came out, ranked")
    )
    @app_commands.describe(event=locale_str("Only this event"), theme=locale_str("Only this theme"))
    @app_commands.rename(event=locale_str("event"), theme=locale_str("theme"))
    @app_commands.guild_only()
    async def results(
        self, interaction: discord.Interaction[Any], event: str | None = None, theme: str | None = None
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        view, files = await self._drawn(exchange, event, theme)
        await exchange.say(view=view, files=files)

    @on_component("results-section")
    async def another_theme(self, exchange: Exchange, event: str) -> None:
        await self._turn(exchange, event, _only(exchange))

    @on_component("results-event")
    async def another_event(self, exchange: Exchange) -> None:
        await self._turn(exchange, _only(exchange))

    @on_component("results-page")
    async def turned(self, exchange: Exchange, event: str, theme: str, page: int) -> None:
        await self._turn(exchange, event, theme, page)

    @app_commands.command(
        name=locale_str("export"), description=locale_str("Write the ranked recommendations as a file")
    )
    @app_commands.describe(
        kind=locale_str("The kind of file"),
        event=locale_str("Only this event"),
        theme=locale_str("Only this theme"),
    )
    @app_commands.rename(kind=locale_str("format"), event=locale_str("event"), theme=locale_str("theme"))
    @app_commands.choices(kind=[app_commands.Choice(name=name, value=name) for name in FORMATS])
    @app_commands.guild_only()
    async def export(
        self,
        interaction: discord.Interaction[Any],
        kind: str,
        event: str | None = None,
        theme: str | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        number = await self.house.results.extent(exchange.actor, event, theme)
        if number == 0:
            raise NotFound(t("There are no recommendations there yet, so there is nothing to export."))
        guild_id = exchange.actor.guild_id
        data = await self.house.exporting.ranking(guild_id, kind, number, event, theme, exchange.tr)
        _require_room(exchange.guild, data)
        name = file_name(FORMATS[kind].extension, event, theme)
        await exchange.say(
            tn(
                "{count} recommendation, ranked within its event and theme.",
                "{count} recommendations, ranked within each event and theme.",
                number,
            ),
            files=[discord.File(BytesIO(data), name)],
        )

    results.autocomplete("event")(HouseCog.fitting_events)
    export.autocomplete("event")(HouseCog.fitting_events)
    results.autocomplete("theme")(HouseCog.fitting_themes)
    export.autocomplete("theme")(HouseCog.fitting_themes)

    async def _turn(self, exchange: Exchange, event: str, theme: str | None = None, page: int = 0) -> None:
        """Put another ranking, or another page, in place of the one whose control was used."""
        await exchange.interaction.response.defer()
        view, files = await self._drawn(exchange, event, theme, page)
        await exchange.redraw(view, files=files)

    async def _drawn(
        self, exchange: Exchange, event: str | None, theme: str | None, page: int = 0
    ) -> tuple[discord.ui.LayoutView, list[discord.File]]:
        found = await self.house.results.section(exchange.actor, event, theme)
        if found is None:
            raise NotFound(t("There are no recommendations there yet, so there is nothing to rank."))
        page = max(0, min(page, last_page(found)))
        picture = await asyncio.to_thread(results_picture, found, exchange.tr, page)
        files = [discord.File(BytesIO(picture.png), PICTURE)] if picture else []
        return results_card(found, exchange.tr, page, picture), files


def file_name(extension: str, event: str | None = None, theme: str | None = None) -> str:
    """`ranking.csv` for everything, `ranking-ROM-all.csv` for a part."""
    if event is None and theme is None:
        return f"ranking.{extension}"
    asked = (code.strip().upper() if code else "all" for code in (event, theme))
    return f"ranking-{'-'.join(asked)}.{extension}"


def _require_room(guild: discord.Guild, data: bytes) -> None:
    """Raises Refused when Discord would not take a file of this size here."""
    if len(data) > guild.filesize_limit:
        raise Refused(
            t(
                "This file has {size} MiB, and this server takes at most {most} MiB. Export one event or "
                "one theme, or choose csv.",
                size=-(-len(data) // _MIB),
                most=guild.filesize_limit // _MIB,
            )
        )


def _only(exchange: Exchange) -> str:
    if len(exchange.values) != 1:
        raise Invalid(t("Please choose one of the list."))
    return exchange.values[0]


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(ResultsCog(bot))
