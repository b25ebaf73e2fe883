"""Every failure ends here, in one clear private sentence.

Commands, components and modals, and anything else that answers a person, hand
what went wrong to `Presenter.present`. A refusal is shown as it is; anything
unforeseen is logged under an id that the person can quote, and says nothing
about the inside.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from bot import gate
from bot.courier import BROKEN_LINE
from bot.exchange import Exchange, cut
from bot.i18n import Catalogues, Translator
from bot.ui import Button, below, one_line
from seminar.errors import Refused
from seminar.words import Text, Value, t
from services.people.registering import NeedsConstituency, NeedsNotice
from storage.errors import StoreUnavailable

log = logging.getLogger(__name__)

REFUSAL = "✋ "
COMMAND_CHANGED = t("This command has just changed. Please reload Discord (Ctrl+R) and try again.")
LONGEST_QUOTE = 300  # characters of anything that a refusal repeats
_EXPIRED = frozenset({10062, 10015, 40060})  # unknown interaction, unknown webhook, already acknowledged


class Presenter:
    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    async def present(
        self, interaction: discord.Interaction[Any], exchange: Exchange | None, error: BaseException
    ) -> None:
        """Tell the person of `interaction` what became of it. Never raises."""
        error = _unwrapped(error)
        try:
            if exchange is not None and isinstance(error, NeedsNotice):
                await exchange.say(view=gate.notice(exchange, error))
            elif exchange is not None and isinstance(error, NeedsConstituency):
                await exchange.say(view=await gate.constituency(exchange, error))
            else:
                tr = (
                    exchange.tr
                    if exchange is not None
                    else self._catalogues.pick(str(interaction.locale), ())
                )
                text = self.sentence(tr, error)
                if text is not None:
                    await self._answer(interaction, exchange, text)
        except discord.HTTPException as failed:
            log.warning(
                "could not tell a person what went wrong: HTTP %s, code %s", failed.status, failed.code
            )
        except BROKEN_LINE as broken:
            log.warning("could not tell a person what went wrong: %s", type(broken).__name__)
        except Exception:
            log.exception("the presenter itself failed")

    def sentence(self, tr: Translator, error: BaseException) -> str | None:
        """What to tell somebody whose act failed so, after it was logged; None: it is too late for that."""
        if isinstance(error, StoreUnavailable):
            log.warning("an act was refused: %s", error)
        if isinstance(error, Refused):
            return refusal(tr, error)
        if isinstance(error, app_commands.AppCommandError):
            return REFUSAL + tr(_command_refusal(error))
        if isinstance(error, discord.HTTPException) and error.code in _EXPIRED:
            log.warning("an answer came too late for Discord (code %s)", error.code)
            return None
        incident = secrets.token_hex(4)
        log.error("incident %s", incident, exc_info=error, extra={"incident": incident})
        if isinstance(error, (discord.HTTPException, *BROKEN_LINE)):
            return "⚠️ " + tr(
                t(
                    "Discord did not take the bot's answer. What you did is kept if you were told so; "
                    "otherwise please try again. If it goes on, tell an organiser: incident {incident}.",
                    incident=incident,
                )
            )
        return "⚠️ " + tr(
            t(
                "Something went wrong on the bot's side, and this act was not done. Please try again; "
                "if it goes on, tell an organiser: incident {incident}.",
                incident=incident,
            )
        )

    async def _answer(
        self, interaction: discord.Interaction[Any], exchange: Exchange | None, text: str
    ) -> None:
        content = cut(text, 2000)
        if exchange is not None:
            await exchange.say(content)
        elif interaction.response.is_done():
            await interaction.followup.send(content, ephemeral=True)
        else:
            await interaction.response.send_message(content, ephemeral=True)


def refusal(tr: Translator, refused: Refused) -> str:
    """The sentence of a refusal, as every road shows it."""
    return REFUSAL + tr(_as_said(refused.text))


async def offer_again(exchange: Exchange, refused: Refused, again: str, *first: Button) -> None:
    """Say why a form was refused, with the way back to it: `again` opens it with what was typed.

    `first` are other ways on, which stand before it.
    """
    mend = Button(exchange.tr(t("Edit my text")), again)
    await exchange.say(refusal(exchange.tr, refused), view=below(*first, mend))


def _as_said(text: Text) -> Text:
    """`text` with what people typed in it shown as typed, and not at more length than a sentence bears."""
    return replace(text, values={name: _value_as_said(value) for name, value in text.values.items()})


def _value_as_said(value: Value) -> Value:
    if isinstance(value, Text):
        return _as_said(value)
    if isinstance(value, tuple):
        return tuple(_value_as_said(part) for part in value)
    return one_line(value, LONGEST_QUOTE) if isinstance(value, str) else value


def _unwrapped(error: BaseException) -> BaseException:
    while isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    return error


def _command_refusal(error: app_commands.AppCommandError) -> Text:
    if isinstance(error, app_commands.TransformerError):
        return t(
            "“{value}” cannot be read here. Please choose from the list.",
            value=cut(str(error.value), LONGEST_QUOTE),
        )
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return COMMAND_CHANGED
    if isinstance(error, app_commands.NoPrivateMessage):
        return t("Please do this in the seminar's server, not in a private conversation.")
    return t("This command cannot be used here.")
