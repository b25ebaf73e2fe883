"""Results: `/results` shows a ranking in chat, `/export` writes files, `record` gives a ballot's votes.

Rankings are for organisers. What a closed ballot published of its votes is for everybody who takes part.
"""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.results import last_page, results_card, results_pictures
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from reports import FORMATS
from reports.kinds import CAST_VOTES, KINDS, RANKING, kind_named, require_format
from seminar.errors import Invalid, NotFound, Refused
from seminar.words import t
from services.record.exports import Wanted

if TYPE_CHECKING:
    from bot.client import Rapporteur

_MIB = 1 << 20
_RECORD_FORMAT = "csv"


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
        name=locale_str("export"),
        description=locale_str("Write a ranking, cast votes, arguments or the drafting history as a file"),
    )
    @app_commands.describe(
        form=locale_str("The kind of file"),
        event=locale_str("Only this event"),
        theme=locale_str("Only this theme"),
        kind=locale_str("What to write; the ranking if empty"),
        ballot=locale_str("Cast votes of this ballot only, for example B3"),
    )
    @app_commands.rename(
        form=locale_str("format"),
        event=locale_str("event"),
        theme=locale_str("theme"),
        kind=locale_str("kind"),
        ballot=locale_str("ballot"),
    )
    @app_commands.choices(
        form=[app_commands.Choice(name=name, value=name) for name in FORMATS],
        kind=[
            app_commands.Choice(name=locale_str(kind.label.singular), value=name)
            for name, kind in KINDS.items()
        ],
    )
    @app_commands.guild_only()
    async def export(
        self,
        interaction: discord.Interaction[Any],
        form: str,
        event: str | None = None,
        theme: str | None = None,
        kind: str = RANKING,
        ballot: str | None = None,
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        wanted = Wanted(kind, event, theme, ballot)
        extent = await self.house.exports.extent(exchange.actor, wanted)
        await self._hand_out(exchange, wanted, form, extent)

    @on_component("record")
    async def record(self, exchange: Exchange, ballot: int) -> None:
        """What a closed ballot published of its votes, for whoever presses the button under its outcome."""
        label, extent = await self.house.records.published(exchange.actor, ballot)
        await exchange.think()
        await self._hand_out(exchange, Wanted(CAST_VOTES, ballot=label), _RECORD_FORMAT, extent)

    results.autocomplete("event")(HouseCog.fitting_events)
    export.autocomplete("event")(HouseCog.fitting_events)
    results.autocomplete("theme")(HouseCog.fitting_themes)
    export.autocomplete("theme")(HouseCog.fitting_themes)

    async def _hand_out(self, exchange: Exchange, wanted: Wanted, form: str, extent: int) -> None:
        """The file, privately, with a sentence on how much is in it."""
        kind = kind_named(wanted.kind)
        chosen = require_format(kind, form)
        data = await self.house.exporting.write(exchange.actor.guild_id, wanted, chosen, extent, exchange.tr)
        _require_room(exchange.guild, data)
        file = discord.File(BytesIO(data), file_name(wanted, chosen.extension))
        await exchange.say(kind.counted(extent), files=[file])

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
        pictures = results_pictures(found, exchange.tr, page)
        drawn = [(name, await asyncio.to_thread(picture.png)) for name, picture in pictures.items()]
        files = [discord.File(BytesIO(png), name) for name, png in drawn]
        return results_card(found, exchange.tr, page, pictures), files


def file_name(wanted: Wanted, extension: str) -> str:
    """`ranking.csv` for everything, `ranking-ROM-all.csv` or `cast-votes-B3.csv` for a part."""
    parts = [wanted.kind]
    if wanted.event is not None or wanted.theme is not None:
        parts += [code.strip().upper() if code else "all" for code in (wanted.event, wanted.theme)]
    if wanted.ballot is not None:
        parts.append(f"B{wanted.ballot.strip().upper().lstrip('B').strip()}")
    return f"{'-'.join(parts)}.{extension}"


def _require_room(guild: discord.Guild, data: bytes) -> None:
    """Raises Refused when Discord would not take a file of this size here."""
    if len(data) > guild.filesize_limit:
        raise Refused(
            t(
                "This file has {size} MiB, and this server takes at most {most} MiB. Export one event, "
                "one theme or one ballot, or choose csv.",
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
