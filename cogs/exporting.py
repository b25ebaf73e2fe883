"""Files: `/export` writes every kind in every format, `record` gives a closed ballot's votes.

Exports are for organisers. What a closed ballot published of its votes is for everybody who takes part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from babel import Locale
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.names import names_card
from bot.cog import HouseCog, Suggestions, suggested
from bot.exchange import Exchange
from bot.i18n import Translator
from bot.router import custom_id, on_component
from reports import FORMATS
from reports.kinds import CAST_VOTES, FOLLOW_UP, KINDS, RANKING, kind_named, require_format
from seminar.errors import Invalid
from seminar.words import t
from services.record.exports import Wanted
from services.tracking.views import key_of

if TYPE_CHECKING:
    from bot.client import Rapporteur

_RECORD_FORMAT = "csv"
_DRAFT = {None: "", True: "d", False: "f"}  # d for a draft, f for what is final
_DRAFTS = {text: draft for draft, text in _DRAFT.items()}


class ExportingCog(HouseCog):
    @app_commands.command(
        name=locale_str("export"),
        description=locale_str("Write a ranking, a report, cast votes or the drafting history as a file"),
    )
    @app_commands.describe(
        form=locale_str("The kind of file"),
        event=locale_str("Only this event"),
        theme=locale_str("Only this theme"),
        kind=locale_str("What to write; the ranking if empty"),
        ballot=locale_str("Cast votes of this ballot only, for example B3"),
        entity=locale_str("Follow-up of this addressee only, by code or name"),
        language=locale_str("Language of headings and labels; yours if empty"),
        draft=locale_str("Mark a document as a draft, or not"),
        receipts=locale_str("Add the annex of receipt codes to a document"),
    )
    @app_commands.rename(
        form=locale_str("format"),
        event=locale_str("event"),
        theme=locale_str("theme"),
        kind=locale_str("kind"),
        ballot=locale_str("ballot"),
        entity=locale_str("entity"),
        language=locale_str("language"),
        draft=locale_str("draft"),
        receipts=locale_str("receipts"),
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
        entity: str | None = None,
        language: str = "",
        draft: bool | None = None,
        receipts: bool = False,
    ) -> None:
        exchange = self.exchange(interaction)
        await exchange.think()
        with self.costly(exchange):
            part = (_code(event), _code(theme), _code(ballot), await self._entity(exchange, kind, entity))
            await self._export(exchange, Wanted(kind, *part, draft, receipts), form, language, "")

    @on_component("export-named")
    async def export_named(
        self,
        exchange: Exchange,
        form: str,
        kind: str,
        event: str,
        theme: str,
        ballot: str,
        entity: str,
        language: str,
        draft: str,
        receipts: bool,
        seen: str,
    ) -> None:
        """Go on with an export after its names were looked at; with other names than those, ask again."""
        await exchange.think()
        with self.costly(exchange):
            part = (_code(event), _code(theme), _code(ballot), await self._entity(exchange, kind, entity))
            wanted = Wanted(kind, *part, _DRAFTS.get(draft), receipts)
            await self._export(exchange, wanted, form, language, seen)

    @on_component("record")
    async def record(self, exchange: Exchange, ballot: int) -> None:
        """What a closed ballot published of its votes, for whoever presses the button under its outcome."""
        label, extent = await self.house.records.published(exchange.actor, ballot)
        await exchange.think()
        kind = kind_named(CAST_VOTES)
        with self.costly(exchange):
            await self.house.delivery.hand_out(
                exchange,
                Wanted(CAST_VOTES, ballot=label),
                require_format(kind, _RECORD_FORMAT),
                extent,
                exchange.tr,
                kind.counted(extent),
            )

    async def fitting_languages(self, interaction: discord.Interaction[Any], typed: str) -> Suggestions:
        """Autocomplete of the language, each by its own name."""
        spoken = self.bot.catalogues.languages
        return suggested(((code, Locale.parse(code).get_display_name() or code) for code in spoken), typed)

    export.autocomplete("event")(HouseCog.fitting_events)
    export.autocomplete("theme")(HouseCog.fitting_themes)
    export.autocomplete("entity")(HouseCog.fitting_addressees)
    export.autocomplete("language")(fitting_languages)

    async def _export(self, exchange: Exchange, wanted: Wanted, form: str, language: str, seen: str) -> None:
        """Hand it out, or ask about the names that stand in it."""
        tr = self._speaking(exchange, language)
        extent = await self.house.exports.extent(exchange.actor, wanted)
        kind = kind_named(wanted.kind)
        chosen = require_format(kind, form)
        names = await self.house.delivery.hand_out(
            exchange, wanted, chosen, extent, tr, kind.counted(extent), seen
        )
        if names is not None:
            again = custom_id(
                "export-named",
                form,
                wanted.kind,
                *(code or "" for code in (wanted.event, wanted.theme, wanted.ballot)),
                key_of(wanted.entity) if wanted.entity else "",
                tr.language,
                _DRAFT[wanted.draft],
                int(wanted.receipts),
                names.mark,
            )
            await exchange.say(view=names_card(names, again, exchange.tr))

    async def _entity(self, exchange: Exchange, kind: str, typed: str | None) -> str | None:
        """The addressee that is meant by a code, a name, or the key that stands in an id."""
        if not typed or kind != FOLLOW_UP:
            return typed or None
        return (await self.house.follow_ups.group(exchange.actor, typed)).entity

    def _speaking(self, exchange: Exchange, language: str) -> Translator:
        spoken = self.bot.catalogues.languages
        if language and language not in spoken:
            raise Invalid(
                t(
                    "Nothing is written in “{language}” here, but in {spoken}.",
                    language=language[:40],
                    spoken=spoken,
                )
            )
        return self.bot.catalogues.speak(language) if language else exchange.tr


def _code(typed: str | None) -> str | None:
    """A code as it is written in the initiative; None for none."""
    return (typed or "").strip().upper() or None


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(ExportingCog(bot))
